"""What does the checker say of a rule file, in the visitor's words?"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from pittari.editions import prove
from pittari.editions.prove import Answer
from pittari.editions.rulebook import read_edition
from pittari.editions.rules import KeepOut, Rule, RuleError, Rules
from pittari.editions.rules.speaking import gives_way, spoken
from pittari.web.desk.cards import headline
from pittari.web.desk.faults import told
from pittari.web.words import Words

MOODS = {"good": "good", "fair": "warn", "bad": "bad"}
"""The colour of each mood."""


@dataclass(frozen=True, slots=True)
class Finding:
    """An answer in one language; `witness`: the topics of a made-up day on which it shows."""

    mood: str
    sentence: str
    proof: str
    witness: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Answers to one kind of question, the worst first; `calm` more of them are well."""

    name: str
    answers: tuple[Finding, ...]
    calm: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule as one would read it aloud."""

    name: str
    safety: bool
    reason: str
    sentence: str
    by: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer; with an `error` at a `line` there is nothing else."""

    error: str = ""
    line: int = 0
    mood: str = "good"
    headline: str = ""
    proof: str = ""
    groups: tuple[Group, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    ms: int = 0


def report(text: str, name: str, words: Words) -> Report:
    """Returns what is to be said of a rule file, within a typist's pause."""
    begun = time.perf_counter()
    try:
        rules = read_edition(text, name)
    except RuleError as error:
        return Report(error=told(error, words.language), line=error.line, mood="bad")
    return _checked(rules, words, begun)


def _checked(rules: Rules, words: Words, begun: float) -> Report:
    found = prove.checked(rules)
    groups = (
        _group("alone", found.rules, words),
        _group("pairs", (*found.pairs, found.together), words),
        _group("assumed", found.assumptions, words),
    )
    heavy = (found.goes_out, *found.rules)
    every: list[Rule | KeepOut] = [*rules.keep_out, *rules.rules]
    return Report(
        mood=next(m for m in ("bad", "fair", "good") if any(one.mood == m for one in heavy)),
        headline=found.goes_out.said.to(words.language),
        proof=found.goes_out.proof.to(words.language) if found.goes_out.proof else "",
        groups=groups,
        spoken=tuple(_spoken(rule, words) for rule in every),
        ms=round(1000 * (time.perf_counter() - begun)),
    )


def _group(name: str, answers: Iterable[Answer], words: Words) -> Group:
    """Returns what is worth a look; answers that all is well are only counted."""
    every = list(answers)
    shown = [one for mood in ("bad", "fair") for one in every if one.mood == mood]
    if name == "assumed":
        shown = every
    return Group(name, tuple(_finding(one, words) for one in shown), len(every) - len(shown))


def _finding(one: Answer, words: Words) -> Finding:
    topics = one.witness.entries if one.witness else ()
    return Finding(
        MOODS[one.mood],
        one.said.to(words.language),
        one.proof.to(words.language) if one.proof else "",
        tuple(headline(entry.topic, words) for entry in topics),
    )


def _spoken(rule: Rule | KeepOut, words: Words) -> Spoken:
    language = words.language
    said = spoken(rule, language)
    if isinstance(rule, Rule):
        said = f"{said}{'' if language == 'ja' else ' '}{gives_way(rule, language)}"
    by = words("rules.rule_by", owner=rule.owner, review=rule.review or "–")
    return Spoken(rule.name, isinstance(rule, KeepOut), rule.reason.to(language), said, by)
