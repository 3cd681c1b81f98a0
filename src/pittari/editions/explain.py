"""Why does this topic stand here, and what forced a rule to give way? One sentence each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from pittari.editions.compiling import NO_WISHES, compiled
from pittari.editions.compose.exact import solved
from pittari.editions.ladder import Composed
from pittari.editions.pool import Pool, Topic, Wishes
from pittari.editions.problem import Apart, Count, Each, Ints, Level, Problem, Rows
from pittari.editions.rules import Rule, Rules, Sentence
from pittari.editions.rules.speaking import spoken

LOCALES = ("ja", "en")
SECONDS = 0.2
"""So long one question behind a relaxed rule may take."""


class PlaceReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a topic stands at a place.

    `runner_up`: the best topic that is not in the line-up, all other places as they are; `level`:
    the first rule, in order of priority, in which the two differ (`desk-pin-PLACE`, `profile` and
    `tie` besides; empty without a runner-up).
    """

    place: int
    winner: str
    runner_up: str | None
    level: str
    said: Sentence


class Relaxed(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that gave way: `forced_by` names the rule above that forced it.

    It is empty when topics were lacking, and when several rules above force it only together.
    """

    rule: str
    degree: int
    forced_by: str
    said: Sentence


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A line-up's reasons, by place and by rule that gave way."""

    places: tuple[PlaceReason, ...]
    relaxed: tuple[Relaxed, ...]


def explained(
    rules: Rules, pool: Pool, wishes: Wishes, composed: Composed | Sequence[str]
) -> Explained:
    """Returns the reasons of a line-up, as composed or as topic ids by place.

    Topics of the line-up that safety keeps out, or that the pool does not hold, have no reason.
    """
    topics = composed.topics if isinstance(composed, Composed) else tuple(composed)
    problem = compiled(rules, pool, wishes)
    number = {pool.entries[row].topic.id: i for i, row in enumerate(problem.rows)}
    if not topics or any(topic not in number for topic in topics):
        return Explained(places=(), relaxed=())
    lineup = np.array([number[topic] for topic in topics], np.int32)
    view = _View(rules, pool, wishes, problem, lineup)
    return Explained(
        places=tuple(view.place(place) for place in range(len(lineup))),
        relaxed=tuple(view.relaxed()),
    )


def changed(rules: Rules, pools: Iterable[Pool], wishes: Wishes = NO_WISHES) -> dict[str, int]:
    """Returns by rule, those of safety too, how many editions would have been others without it."""
    counts = {rule.name: 0 for rule in (*rules.keep_out, *rules.rules)}
    for pool in pools:
        problem = compiled(rules, pool, wishes)
        usual = _ids(pool, problem)
        for level in problem.levels:
            if level.name in counts:
                others = tuple(other for other in problem.levels if other is not level)
                counts[level.name] += _ids(pool, replace(problem, levels=others)) != usual
        for i, kept in enumerate(rules.keep_out):
            fewer = (*rules.keep_out[:i], *rules.keep_out[i + 1 :])
            without = compiled(msgspec.structs.replace(rules, keep_out=fewer), pool, wishes)
            if len(without.rows) > len(problem.rows):
                counts[kept.name] += _ids(pool, without) != usual
    return counts


def _ids(pool: Pool, problem: Problem) -> list[str]:
    return [pool.entries[problem.rows[topic]].topic.id for topic in solved(problem).topics]


@dataclass(frozen=True, slots=True)
class _View:
    """A line-up among the topics it was chosen from."""

    rules: Rules
    pool: Pool
    wishes: Wishes
    problem: Problem
    lineup: Rows

    def place(self, place: int) -> PlaceReason:
        """Compares the topic of a place with each that is not in the line-up."""
        winner = int(self.lineup[place])
        others = np.setdiff1d(np.arange(len(self.problem.rows)), self.lineup)
        if not len(others):
            return self._reason(place, winner, None, "", "lone")
        here = np.append(others, winner)
        degrees = [self._degrees(level, place, here) for level in self.problem.levels]
        order = np.lexsort((self.problem.tie[here], *reversed(degrees)))
        loser = next(i for i in order if here[i] != winner)
        first = next((i for i, d in enumerate(degrees) if d[loser] != d[-1]), None)
        if first is None:
            newer = self._topic(winner).published > self._topic(int(here[loser])).published
            how = "newer" if newer else "id"
            if self.problem.tie[here[loser]] < self.problem.tie[winner]:
                how = "fallback"
            return self._reason(place, winner, int(here[loser]), "tie", how)
        level = self.problem.levels[first].name
        ours, theirs = int(degrees[first][-1]), int(degrees[first][loser])
        how = "fallback" if theirs < ours else self._how(level, ours)
        return self._reason(place, winner, int(here[loser]), level, how)

    def relaxed(self) -> Iterable[Relaxed]:
        """Tells of each promise that gave way what forced it."""
        degrees = self.problem.degrees(self.lineup)
        for i, (level, degree) in enumerate(zip(self.problem.levels, degrees, strict=True)):
            if degree and not self._objective(level.name):
                how, above = self._cause(i, degree)
                place = level.name.rpartition("-")[2]
                parts = {"name": level.name, "n": degree, "above": above, "place": place}
                said = Sentence(
                    **{lang: _words()["relaxed"][how][lang].format(**parts) for lang in LOCALES}
                )
                yield Relaxed(rule=level.name, degree=degree, forced_by=above, said=said)

    def _cause(self, i: int, degree: int) -> tuple[str, str]:
        """Asks of one rule above after the other whether it alone forces the degree."""
        level = self.problem.levels[i]
        if level.name.startswith("desk-pin-"):
            return "pin", ""
        if self._least((level,)) >= degree:
            return "topics", ""
        for above in self.problem.levels[:i]:
            if self._least((above, level)) >= degree:
                return "rule", above.name
        together = self._least(self.problem.levels[: i + 1]) >= degree
        return ("together" if together else "fallback"), ""

    def _least(self, levels: tuple[Level, ...]) -> int:
        """The degree of the last of some levels when only these count."""
        return solved(replace(self.problem, levels=levels), deadline_s=SECONDS).degrees[-1]

    def _degrees(self, level: Level, place: int, here: Ints) -> Ints:
        """The degree of a level with each of some topics at a place, all others as they are."""
        rest = np.delete(self.lineup, place)
        match level:
            case Each(degree=degree):
                at_place: Ints = degree[here, place]
                return at_place
            case Count(group=group, places=places, table=table):
                counted = group[rest[np.delete(places[: len(self.lineup)], place)]]
                counts = np.bincount(counted[counted >= 0], minlength=len(table))
                usual = int(table[np.arange(len(table)), counts].sum())
                own = group[here]
                if not places[place] or not len(table):
                    return np.full(len(here), usual)
                more = table[own, counts[own] + 1] - table[own, counts[own]]
                return usual + np.where(own >= 0, more, 0)
            case Apart(group=group):
                near = [
                    group[self.lineup[p]]
                    for p in (place - 1, place + 1)
                    if 0 <= p < len(self.lineup)
                ]
                return sum(
                    ((group[here] == one) & (one >= 0) for one in near),
                    np.zeros(len(here), np.int64),
                )

    def _how(self, level: str, ours: int) -> str:
        if level.startswith("desk-pin-"):
            return "unpinned" if ours else "pin"
        if level == "profile":
            return "profile"
        if self._objective(level):
            return "by"
        return "less" if ours else "kept"

    def _objective(self, level: str) -> bool:
        return level == "profile" or any(
            rule.name == level and rule.kind == "by" for rule in self.rules.rules
        )

    def _reason(
        self, place: int, winner: int, loser: int | None, level: str, how: str
    ) -> PlaceReason:
        rule = next((one for one in self.rules.rules if one.name == level), None)
        said = {lang: self._said(how, winner, loser, rule, lang) for lang in LOCALES}
        return PlaceReason(
            place=place + 1,
            winner=self._topic(winner).id,
            runner_up=None if loser is None else self._topic(loser).id,
            level=level,
            said=Sentence(**said),
        )

    def _said(self, how: str, winner: int, loser: int | None, rule: Rule | None, lang: str) -> str:
        return _words()["place"][how][lang].format(
            winner=self._topic(winner).titled(lang),
            loser="" if loser is None else self._topic(loser).titled(lang),
            name=rule.name if rule else "",
            rule=spoken(rule, lang) if rule else "",
        )

    def _topic(self, number: int) -> Topic:
        return self.pool.entries[int(self.problem.rows[number])].topic


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    text = Path(__file__).with_suffix(".toml").read_text("utf-8")
    words: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text)
    return words
