"""Where did the rules choose otherwise than the editors, and which rule did it?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np

from pittari.editions.compiling import admitted, compiled
from pittari.editions.pool import Pool
from pittari.editions.problem import Problem
from pittari.editions.rules import Rules

Cause = Literal["rule", "kept_out", "not_in_pool", "length", "tie", "fallback"]
"""Why their topic does not stand there: a rule prefers ours; safety keeps theirs out; it was not
there to choose; one line-up is shorter; all rules find both equal; or ours is not the best by the
rules, since a lower rung of the ladder composed it."""


class Divergence(msgspec.Struct, frozen=True):
    """A place where our line-up is not the editors'; an empty id: the line-up is shorter.

    `rule`: the name of the rule that led there, where `cause` is `rule` or `kept_out`.
    """

    edition: str
    place: int
    ours: str
    theirs: str
    cause: Cause
    rule: str = ""


def divergences(
    rules: Rules, pool: Pool, ours: Sequence[str], theirs: Sequence[str]
) -> list[Divergence]:
    """Returns the places where two line-ups of one pool differ, each with what caused it.

    Their topic is put at the place, ours goes where theirs stood (or out): the first rule, in
    order of priority, that finds this worse is the cause.
    """
    weighed = _Weighed(rules, pool)
    found = []
    for place, (own, other) in enumerate(_beside(ours, theirs), start=1):
        if own != other:
            cause, rule = weighed.at(ours, place, other)
            found.append(Divergence(pool.edition, place, own, other, cause, rule))
    return found


def first_difference(
    rules: Rules, pool: Pool, better: Sequence[str], worse: Sequence[str]
) -> tuple[Cause, str]:
    """Returns why `rules` prefer one whole line-up to another: the first rule, in order of
    priority, whose degrees differ, or what keeps the other from being composed at all."""
    weighed = _Weighed(rules, pool)
    for topic in worse:
        outside = weighed.outside(topic)
        if outside is not None:
            return outside
    return weighed.first(better, worse)


class _Weighed:
    """The rules' judgement of any line-up of one pool."""

    def __init__(self, rules: Rules, pool: Pool) -> None:
        self.problem: Problem = compiled(rules, pool)
        self.kept_out = admitted(rules, pool).kept_out
        ids = [pool.entries[row].topic.id for row in self.problem.rows]
        self.number = {name: i for i, name in enumerate(ids)}

    def at(self, ours: Sequence[str], place: int, theirs: str) -> tuple[Cause, str]:
        """Returns cause and rule of a divergence at a place."""
        if not theirs:
            return "length", ""
        outside = self.outside(theirs)
        if outside or place > len(ours):
            return outside or ("length", "")
        return self.first(ours, _swapped(ours, place, theirs))

    def outside(self, topic: str) -> tuple[Cause, str] | None:
        """Returns why a topic cannot stand in any line-up, or nothing."""
        if topic in self.kept_out:
            return "kept_out", self.kept_out[topic]
        return None if topic in self.number else ("not_in_pool", "")

    def first(self, ours: Sequence[str], theirs: Sequence[str]) -> tuple[Cause, str]:
        """Returns the first level that tells two line-ups apart."""
        if len(ours) != len(theirs):
            return "length", ""
        both = zip(self.problem.levels, self._degrees(ours), self._degrees(theirs), strict=True)
        for level, own, other in both:
            if own != other:
                return ("rule", level.name) if own < other else ("fallback", "")
        return "tie", ""

    def _degrees(self, topics: Sequence[str]) -> tuple[int, ...]:
        return self.problem.degrees(np.array([self.number[name] for name in topics], np.int32))


def _swapped(ours: Sequence[str], place: int, topic: str) -> list[str]:
    """Returns our line-up with a topic put at a place (from 1), ours there where it stood."""
    changed = list(ours)
    if topic in changed:
        changed[changed.index(topic)] = changed[place - 1]
    changed[place - 1] = topic
    return changed


def _beside(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[str, str]]:
    longer = max(len(ours), len(theirs))
    padded = ([*some, *[""] * (longer - len(some))] for some in (ours, theirs))
    return list(zip(*padded, strict=True))
