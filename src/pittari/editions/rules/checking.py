"""Does a rule file make sense? What the types alone cannot refuse."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from pittari.editions.rules.calendar import is_holiday
from pittari.editions.rules.language import (
    BESIDE,
    KINDS,
    SPAN,
    About,
    Compare,
    Edition,
    Is,
    KeepOut,
    Rule,
    Rules,
    When,
    Where,
    hour,
    is_time,
)
from pittari.editions.rules.lines import Path
from pittari.editions.rules.vocabulary import ATTRIBUTES, GROUPS, OBJECTIVES, Attribute
from pittari.errors import SettingsError, nearest

BUILT_IN = ("withdrawn", "embargoed", "vetoed")
"""Safety that no file has to say: reasons that are always in force."""

MOST = 100
"""Rules in one file: beyond, no checker answers while somebody types."""
LATEST = 12
"""Hours that an edition may be late at most: more is a slip of the pen."""
YEARS = range(2000, 3000)
"""Of which dates may speak: the calendar has ends, and a checker looks at days around each."""

Named = TypeVar("Named", Rule, KeepOut)

_NEW_YEAR = date(2026, 1, 1)
_ALWAYS = {f.encode_name for f in msgspec.structs.fields(About)} | {"priority", "gives_way"}


class Fault(Exception):
    """What is wrong, and the path of the key where."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(text)
        self.path = path
        self.text = text


def check(rules: Rules) -> Rules:
    """Returns the rules in order, owners and review dates filled in. Raises `Fault`."""
    _edition(rules.edition)
    for i, some in enumerate(rules.days):
        at: Path = ("places", i)
        _when(some.when, rules.edition, (*at, "when"))
        if some.n < rules.edition.minimum:
            raise Fault((*at, "n"), f"expected at least edition.minimum, {rules.edition.minimum}")
    _names(rules)
    if len(rules.keep_out) + len(rules.rules) > MOST:
        raise Fault(
            ("rule", MOST - len(rules.keep_out)), f"expected at most {MOST} rules in a file"
        )
    for i, kept in enumerate(rules.keep_out):
        at = ("keep_out", i)
        _about(kept, rules.edition, at)
        _where(kept.where, (*at, "where"))
    for i, rule in enumerate(rules.rules):
        at = ("rule", i)
        _about(rule, rules.edition, at)
        _rule(rule, at)
    return msgspec.structs.replace(
        rules,
        keep_out=tuple(_filled(kept, rules.edition) for kept in rules.keep_out),
        rules=_ordered([_filled(rule, rules.edition) for rule in rules.rules]),
    )


def _edition(edition: Edition) -> None:
    try:
        ZoneInfo(edition.zone)
    except (KeyError, ValueError, OSError) as error:
        close = nearest(edition.zone, available_timezones())
        raise Fault(("edition", "zone"), f"there is no such time zone.{close}") from error
    late = (hour(edition.late_until) - hour(edition.at)) % 24
    if not 0 < late <= LATEST:
        raise Fault(
            ("edition", "late_until"),
            f"expected a time up to {LATEST} hours later than at, {edition.at}",
        )
    if edition.minimum > edition.places:
        raise Fault(("edition", "minimum"), f"expected at most places, {edition.places}")


def _names(rules: Rules) -> None:
    seen: set[str] = set()
    for table, several in (("keep_out", rules.keep_out), ("rule", rules.rules)):
        for i, one in enumerate(several):
            if one.name in BUILT_IN or one.name == "profile" or one.name.startswith("desk-"):
                raise Fault((table, i, "name"), "this name is taken; choose another")
            if one.name in seen:
                raise Fault((table, i, "name"), "this name stands twice; give each rule its own")
            seen.add(one.name)


def _about(rule: Rule | KeepOut, edition: Edition, at: Path) -> None:
    if not (rule.owner or edition.owner):
        raise Fault(at, "names no owner; add owner here or in [edition]")
    if not (rule.reason.ja or rule.reason.en):
        raise Fault((*at, "reason"), 'expected a sentence, such as { ja = "...", en = "..." }')
    _day(rule.expires, (*at, "expires"))
    for key, when in (("when", rule.when), ("unless", rule.unless)):
        if when is not None:
            _when(when, edition, (*at, key))


def _when(when: When, edition: Edition, at: Path) -> None:
    if when == When():
        raise Fault(at, 'is empty; say on which days, such as { weekdays = ["sunday"] }')
    for key, day in (("since", when.since), ("until", when.until)):
        _day(day, (*at, key))
    for i, day in enumerate(when.dates):
        _day(day, (*at, "dates", i))
    if when.mode is not None and when.mode not in edition.modes:
        raise Fault(
            (*at, "mode"),
            f"edition.modes does not know it.{nearest(when.mode, edition.modes)}",
        )
    if when.holiday is not None:
        try:
            is_holiday(edition.holidays, _NEW_YEAR)
        except SettingsError as error:
            raise Fault((*at, "holiday"), str(error)) from error


def _day(day: date | None, at: Path) -> None:
    if day is not None and day.year not in YEARS:
        raise Fault(at, f"expected a date of the years {YEARS[0]} to {YEARS[-1]}, got {day}")


def _rule(rule: Rule, at: Path) -> None:
    keys = rule.keys
    kinds = [kind for kind, own in KINDS.items() if any(key in keys for key in own)]
    if len(kinds) != 1:
        told = f"says {' and '.join(kinds)}" if kinds else "says nothing to do"
        every = ", ".join(key for own in KINDS.values() for key in own)
        raise Fault(at, f"{told}; expected one of {every}")
    kind = kinds[0]
    for key in sorted(keys - _ALWAYS - set(KINDS[kind]) - set(BESIDE[kind])):
        raise Fault((*at, key), f"does not go with {kind}; it takes {', '.join(BESIDE[kind])}")
    for key in ("avoid", "want", "where"):
        where = getattr(rule, key)
        if where is not None:
            _where(where, (*at, key), empty=key == "where")
    _where(rule.except_, (*at, "except"), empty=True)
    if len(set(rule.places)) < len(rule.places):
        raise Fault((*at, "places"), "a place stands twice")
    _own(rule, kind, at)


def _own(rule: Rule, kind: str, at: Path) -> None:
    match kind:
        case "over" | "under":
            _limit(getattr(rule, kind), (*at, kind))
        case "count":
            _word(rule.each, GROUPS, (*at, "each"))
            _count(rule, at)
        case "apart":
            _word(rule.apart, GROUPS, (*at, "apart"))
        case "by":
            _word(rule.by, OBJECTIVES, (*at, "by"))
        case "pin" if len(rule.places) != 1:
            raise Fault((*at, "places"), "expected the one place of the pin, such as places = [1]")


def _count(rule: Rule, at: Path) -> None:
    if rule.each is None and not rule.where:
        raise Fault(at, 'counts everything; say which with where, or each = "section"')
    low, high = rule.at_least or 0, rule.at_most
    if high is not None and low > high:
        raise Fault((*at, "at_least"), f"asks for more than at_most, {high}")
    if rule.within is not None and rule.within != "today" and not re.match(SPAN, rule.within):
        raise Fault((*at, "within"), 'expected "today" or a span such as "48h"')


def _limit(limit: dict[str, float], at: Path) -> None:
    if len(limit) != 1:
        raise Fault(at, "expected one attribute, such as { age_hours = 12 }")
    ((name, number),) = limit.items()
    numbers = [word for word, one in ATTRIBUTES.items() if one.kind == "number"]
    _word(name, numbers, (*at, name))
    if not _is_number(number):
        raise Fault((*at, name), f"expected a number, got {number}")
    _reach(number, ATTRIBUTES[name], (*at, name))


def _word(word: str | None, words: Iterable[str], at: Path) -> None:
    if word is not None and word not in set(words):
        close = nearest(word, words) or f" Expected one of {', '.join(words)}."
        raise Fault(at, f'there is no "{word}" here.{close}')


def _where(where: Where, at: Path, *, empty: bool = False) -> None:
    if not where and not empty:
        raise Fault(at, "is empty, and would fit every topic; say which")
    for name, told in where.items():
        here = (*at, name)
        if name not in ATTRIBUTES:
            raise Fault(here, f"a topic has no such attribute.{nearest(name, ATTRIBUTES)}")
        _fits(told, ATTRIBUTES[name], here)


def _fits(told: Is, attribute: Attribute, at: Path) -> None:
    """Raises `Fault` unless the value is one its attribute may be compared with."""
    match attribute.kind:
        case "flag":
            if not isinstance(told, bool):
                raise Fault(at, f"expected true or false, got {_shown(told)}")
        case "number":
            _between(told, at, _is_number, "a number")
            bounds = (told.at_least, told.at_most) if isinstance(told, Compare) else (told,)
            for bound in bounds:
                _reach(bound, attribute, at)
        case "clock":
            _between(told, at, is_time, "a time of day such as 06:00")
        case _:
            _words(told, attribute, at)


def _reach(told: object, attribute: Attribute, at: Path) -> None:
    if isinstance(told, float) and abs(told) > attribute.most:
        raise Fault(at, f"expected a number of at most {attribute.most:,}, got {told:g}")


def _is_number(told: object) -> bool:
    return isinstance(told, float) and math.isfinite(told)


def _between(told: Is, at: Path, good: Callable[[object], bool], what: str) -> None:
    if good(told):
        return
    if not isinstance(told, Compare):
        raise Fault(at, f"expected {what} or {{ at_least = ..., at_most = ... }}")
    if told.not_ is not None:
        raise Fault((*at, "not"), "goes with words only; use at_least or at_most")
    if told.at_least is None and told.at_most is None:
        raise Fault(at, "expected at_least, at_most or both")
    for key, bound in (("at_least", told.at_least), ("at_most", told.at_most)):
        if bound is not None and not good(bound):
            raise Fault((*at, key), f"expected {what}, got {_shown(bound)}")


def _words(told: Is, attribute: Attribute, at: Path) -> None:
    words: Is | None = told
    if isinstance(told, Compare):
        if told.at_least is not None or told.at_most is not None or told.not_ is None:
            raise Fault(at, "expected a word, a list of words, or { not = ... }")
        words, at = told.not_, (*at, "not")
    several = (words,) if isinstance(words, str) else words
    if not isinstance(several, tuple) or not several or "" in several:
        raise Fault(at, f"expected a word or a list of words, got {_shown(told)}")
    for word in several:
        if attribute.values:
            _word(word, attribute.values, at)


def _shown(told: Is) -> str:
    return str(told).lower() if isinstance(told, bool) else f'"{told}"'


def _filled(rule: Named, edition: Edition) -> Named:
    return msgspec.structs.replace(
        rule, owner=rule.owner or edition.owner, review=rule.review or edition.review
    )


def _ordered(rules: list[Rule]) -> tuple[Rule, ...]:
    """By priority; a file that numbers one rule numbers all, and no number twice."""
    numbers = [rule.priority for rule in rules if rule.priority is not None]
    if not numbers:
        return tuple(rules)
    seen: set[int] = set()
    for i, rule in enumerate(rules):
        if rule.priority is None:
            raise Fault(("rule", i), "has no priority while others have; number all or none")
        if rule.priority in seen:
            raise Fault(("rule", i, "priority"), "stands twice; each rule has its own")
        seen.add(rule.priority)
    return tuple(sorted(rules, key=lambda rule: rule.priority or 0))
