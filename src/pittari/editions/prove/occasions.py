"""Which rules can hold on one and the same day? Each such set is checked once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, combinations

from pittari.editions.rules import (
    KeepOut,
    Rule,
    Rules,
    When,
    in_force,
    places,
    today,
    window,
)

DAYS = 366
"""So many days from the first are looked at, and all that the rules name."""
MODES = 4
"""Of more modes than this, only single ones are tried, not several at once."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A time with the modes the desk has switched on, and what holds then."""

    at: datetime
    modes: tuple[str, ...]
    places: int
    keep_out: tuple[KeepOut, ...]
    rules: tuple[Rule, ...]

    @property
    def promises(self) -> tuple[Rule, ...]:
        """All rules but objectives: those that are kept or give way."""
        return tuple(rule for rule in self.rules if rule.kind != "by")


def occasions(rules: Rules, since: date) -> tuple[Occasion, ...]:
    """Returns one occasion for each set of rules that holds on some day, the usual one first."""
    every: tuple[Rule | KeepOut, ...] = (*rules.keep_out, *rules.rules)
    dated = [rule for rule in every if _dated(rule)]
    whens = [when for rule in dated for when in (rule.when, rule.unless) if when]
    whens += [some.when for some in rules.days]
    days = _days(whens, dated, since) if dated or whens else [since]
    first: dict[tuple[object, ...], tuple[date, tuple[str, ...]]] = {}
    often: Counter[tuple[object, ...]] = Counter()
    for modes in _modes(whens):
        for day in days:
            seen = today(rules, window(rules.edition, day).due, modes)
            key = (places(rules, seen), *(in_force(rule, seen) for rule in dated))
            first.setdefault(key, (day, modes))
            often[key] += not modes
    order = sorted(first, key=lambda key: -often[key])
    return tuple(_occasion(rules, *first[key]) for key in order)


def _occasion(rules: Rules, day: date, modes: tuple[str, ...]) -> Occasion:
    at = window(rules.edition, day).due
    seen = today(rules, at, modes)
    return Occasion(
        at,
        modes,
        places(rules, seen),
        tuple(rule for rule in rules.keep_out if in_force(rule, seen)),
        tuple(rule for rule in rules.rules if in_force(rule, seen)),
    )


def _dated(rule: Rule | KeepOut) -> bool:
    return any(told is not None for told in (rule.when, rule.unless, rule.expires))


def _days(whens: list[When], dated: list[Rule | KeepOut], since: date) -> list[date]:
    one = timedelta(days=1)
    named = {day for when in whens for day in when.dates}
    named |= {when.since for when in whens if when.since}
    named |= {when.until + one for when in whens if when.until}
    named |= {rule.expires + one for rule in dated if rule.expires}
    usual = [since + i * one for i in range(DAYS)]
    return usual + sorted(day for day in named if day > usual[-1])


def _modes(whens: list[When]) -> Iterator[tuple[str, ...]]:
    named = sorted({when.mode for when in whens if when.mode})
    sizes = range(len(named) + 1 if len(named) <= MODES else 2)
    return chain.from_iterable(combinations(named, size) for size in sizes)
