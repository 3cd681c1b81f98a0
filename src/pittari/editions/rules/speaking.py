"""How does a rule read aloud? Its sentence in Japanese or English, from words in TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from pittari.editions.rules.checking import BUILT_IN
from pittari.editions.rules.language import Compare, Is, KeepOut, Rule, When, Where
from pittari.editions.rules.vocabulary import ATTRIBUTES


def spoken(rule: Rule | KeepOut, locale: str) -> str:
    """Returns what a rule says, in `ja` or `en`, with the days on which it does."""
    say = _Voice(locale)
    sentence = say.kept_out(rule) if isinstance(rule, KeepOut) else say.rule(rule)
    if rule.unless is not None:
        sentence = say.of("when", "unless", rule=sentence, when=say.when(rule.unless))
    if rule.expires is not None:
        sentence = say.of("when", "expires", rule=sentence, date=rule.expires)
    if rule.when is not None:
        sentence = say.of("when", "sentence", when=say.when(rule.when), rule=sentence)
    return sentence[:1].upper() + sentence[1:]


def gives_way(rule: Rule | KeepOut, locale: str) -> str:
    """Returns how a rule gives way: in its owner's words, else in those of its kind."""
    if isinstance(rule, KeepOut):
        return _Voice(locale).of("gives_way", "keep_out")
    told = rule.gives_way.to(locale) if rule.gives_way else ""
    return told or _Voice(locale).of("gives_way", rule.kind)


def described(where: Where, locale: str) -> str:
    """Returns the topics that conditions fit, as a phrase: "topics whose section is sport"."""
    return _Voice(locale).topics(where)


def label(attribute: str, locale: str) -> str:
    """Returns what an attribute is called."""
    return str(_Voice(locale).words["attribute"][attribute]["label"])


def called(value: str, locale: str) -> str:
    """Returns what a word of a topic is called, such as a section; itself when nobody named it."""
    return _Voice(locale).value(value)


def built_in(reason: str, locale: str) -> str:
    """Returns the sentence of a reason that is always in force, one of `BUILT_IN`."""
    assert reason in BUILT_IN  # noqa: S101
    return _Voice(locale).of("reason", reason)


@cache
def _words(locale: str) -> dict[str, dict[str, Any]]:
    path = Path(__file__).parent / "words" / f"{'ja' if locale == 'ja' else 'en'}.toml"
    return tomllib.loads(path.read_text("utf-8"))


class _Voice:
    def __init__(self, locale: str) -> None:
        self.words = _words(locale)

    def of(self, table: str, key: str, **parts: object) -> str:
        return str(self.words[table][key]).format(**parts)

    def kept_out(self, rule: KeepOut) -> str:
        return self.of("rule", "keep_out", topics=self.topics(rule.where))

    def rule(self, rule: Rule) -> str:
        kind = rule.kind
        parts: dict[str, object] = {
            "places": self.at(rule.places),
            "holders": self.holders(rule.places),
            "among": self.among(rule),
        }
        match kind:
            case "avoid" | "want":
                parts["topics"] = self.excepted(rule.avoid or rule.want or {}, rule)
            case "over" | "under":
                ((name, limit),) = (rule.over or rule.under or {}).items()
                parts |= {"label": self.name(name), "limit": self.number(name, limit)}
                parts["step"] = self.number(name, rule.step)
            case "count":
                kind = _bounds(rule.at_least, rule.at_most)
                parts |= {"low": rule.at_least, "high": rule.at_most}
                parts["within"] = self.within(rule.within)
                if rule.each is None:
                    parts["topics"] = self.excepted(rule.where, rule)
                else:
                    kind, parts["group"] = f"each_{kind}", self.name(rule.each)
            case "apart":
                parts["group"] = self.name(rule.apart or "")
            case "by":
                kind = "by" if rule.unit is None else "by_unit"
                parts |= {
                    "objective": self.of("objective", rule.by or ""),
                    "unit": f"{rule.unit or 1:g}",
                }
            case _:
                parts["topic"] = self.of("part", "quote", word=rule.pin)
        return self.of("rule", kind, **parts)

    def name(self, attribute: str) -> str:
        return str(self.words["attribute"][attribute]["label"])

    def excepted(self, where: Where, rule: Rule) -> str:
        """Topics but for the deliberate exception, in the order of the language."""
        return self.of("part", "excepted", topics=self.topics(where), of=self.excepting(rule))

    def among(self, rule: Rule) -> str:
        told = self.of("part", "among", topics=self.topics(rule.where)) if rule.where else ""
        return told + self.excepting(rule)

    def excepting(self, rule: Rule) -> str:
        if not rule.except_:
            return ""
        return self.of("part", "except", topics=self.topics(rule.except_))

    def within(self, within: str | None) -> str:
        if within is None or within == "today":
            return self.of("part", "today") if within else ""
        span = self.of("span", within[-1] + ("_one" if within[:-1] == "1" else ""), n=within[:-1])
        return self.of("part", "within", span=span)

    def at(self, places: Sequence[int]) -> str:
        key = "at_one" if len(places) == 1 else "at_many"
        return self.of("part", key, places=self.several(places)) if places else ""

    def holders(self, places: Sequence[int]) -> str:
        if not places:
            return self.of("part", "every_place")
        key = "one_place" if len(places) == 1 else "many_places"
        return self.of("part", key, places=self.several(places))

    def several(self, words: Sequence[object], last: str = "and") -> str:
        *before, end = [str(word) for word in words]
        told = str(self.words["part"]["comma"]).join(before)
        return f"{told}{self.words['part'][last]}{end}" if before else end

    def topics(self, where: Where) -> str:
        if not where:
            return self.of("part", "all_topics")
        told = [self.condition(name, value) for name, value in where.items()]
        joined = str(self.words["part"]["both"]).join(told)
        return self.of("part", "topics", conditions=joined)

    def condition(self, name: str, told: Is) -> str:
        attribute = ATTRIBUTES[name]
        if attribute.kind == "flag":
            return self.phrase(name, "yes" if told else "no")
        if attribute.kind in {"number", "clock"}:
            if not isinstance(told, Compare):
                return self.phrase(name, "equal", n=self.number(name, told))
            key = _bounds(told.at_least, told.at_most)
            low, high = self.number(name, told.at_least), self.number(name, told.at_most)
            return self.phrase(name, key, one=told.at_most == 1, low=low, high=high)
        words = told.not_ if isinstance(told, Compare) else told
        several = words if isinstance(words, tuple) else (words,)
        values = [self.value(str(word)) for word in several]
        key = "not" if isinstance(told, Compare) else "is"
        return self.phrase(name, key, values=self.several(values, "or"))

    def phrase(self, name: str, key: str, *, one: bool = False, **parts: object) -> str:
        own, most = self.words["attribute"][name], self.words["any"]
        told = (own.get(f"{key}_one") if one else None) or own.get(key) or most[key]
        return str(told).format(label=own["label"], **parts)

    def number(self, name: str, value: object) -> str:
        shown = f"{value:g}" if isinstance(value, float) else str(value)
        return self.phrase(name, "number", one=value == 1, n=shown)

    def value(self, word: str) -> str:
        return str(self.words["value"].get(word) or self.of("part", "quote", word=word))

    def when(self, when: When) -> str:
        told = []
        for key in ("editions", "weekdays", "dates"):
            if values := getattr(when, key):
                words = [self.value(str(v)) if key != "dates" else v for v in values]
                told.append(self.of("when", key, values=self.several(words)))
        if when.holiday is not None:
            told.append(self.of("when", "holiday" if when.holiday else "no_holiday"))
        for key in ("since", "until"):
            if getattr(when, key) is not None:
                told.append(self.of("when", key, value=getattr(when, key)))
        if when.mode is not None:
            told.append(self.of("when", "mode", value=self.value(when.mode)))
        return str(self.words["part"]["while"]).join(told)


def _bounds(low: object, high: object) -> str:
    """Which side is bounded: `at_least`, `at_most`, or both, `between`."""
    if low is not None and high is not None:
        return "between"
    return "at_most" if low is None else "at_least"
