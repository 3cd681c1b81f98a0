"""One pass over the places: which beginnings could still lead below the best line-up known?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np

from pittari.editions.compose.costs import NEVER, Bools, Costs, Ints, below
from pittari.editions.compose.table import Table, Watch

TEACHERS = 8
"""Beginnings at each place that tell where the table was wrong."""
LEAST, EACH = 32, 16
"""Steps looked at closely at a place: so many, and so many more for each beginning kept."""


class _Steps(NamedTuple):
    """Beginnings with one more topic, one a column.

    `seen`: the least cost of the whole by the table; `bound`: with what the table forgets, which is
    that the topic stands there already (`doubled`), or degrees `more[level]` and `near[level]`.
    """

    row: Ints
    topic: Ints
    state: Ints
    seen: Ints
    bound: Ints
    doubled: Bools
    more: Ints
    near: Ints


@dataclass(slots=True)
class Sweep:
    """What a pass found: complete line-ups that may be better, and whether it left any out."""

    costs: Costs
    table: Table
    best: Ints
    width: int
    stop: Callable[[int], bool]
    """Told how many steps were looked at; whether to end early."""
    whole: bool = True
    steps: int = 0
    lineups: Ints = field(default_factory=lambda: np.zeros((1, 0), np.int64))
    lessons: Counter[Watch] = field(default_factory=Counter)
    """What misled the table, and how often."""

    def run(self) -> Sweep:
        """Fills place after place, and returns itself."""
        state, gone = np.zeros(1, np.int64), np.zeros((len(self.best), 1), np.int64)
        loose = _unwatched(self.costs, self.table)
        for place in range(self.costs.places):
            steps = self._steps(loose, place, state, gone)
            self.steps += len(steps.row)
            self._learn(steps)
            lineups = np.column_stack([self.lineups[steps.row], steps.topic])
            kept = np.flatnonzero(below(steps.bound, self.best[:, None]))
            if len(kept) > self.width and place + 1 < self.costs.places:
                kept = self._narrowed(kept, steps.bound, lineups)
            self.lineups, state = lineups[kept], steps.state[kept]
            gone = steps.bound[:, kept] - self.table.least[place + 1][:, state]
            if self.stop(self.steps):
                self.whole, self.lineups = False, lineups[:0]
                break
        return self

    def _steps(self, loose: tuple[Ints, Ints], place: int, state: Ints, gone: Ints) -> _Steps:
        """Returns the steps that the table lets lead below the best, or the first of them."""
        here, kinds = self.table.topics[place], self.table.kinds[place]
        then = self.table.then[place][:, state][:, :, kinds]
        seen = gone[:, :, None] + self.costs.each[:, place, here][:, None, :] + then
        row, column = np.nonzero(below(seen, self.best[:, None, None]))
        if len(row) > LEAST + EACH * self.width:
            self.whole = False
            order = np.lexsort(seen[::-1, row, column])
            first = np.sort(order[: LEAST + EACH * self.width])
            row, column = row[first], column[first]
        topic, before, seen = here[column], self.lineups[row], seen[:, row, column]
        more, near = _forgotten(self.costs, *loose, before, topic)
        bound = seen + self.costs.weights @ more + self.costs.beside @ near
        doubled = (before == topic[:, None]).any(1)
        bound[0, doubled] = NEVER
        led = self.table.next[place][state[row], kinds[column]]
        return _Steps(row, topic, led, seen, bound, doubled, more, near)

    def _narrowed(self, kept: Ints, bound: Ints, lineups: Ints) -> Ints:
        """Returns the first in order, one of all that the same endings complete equally."""
        kept = kept[np.lexsort(bound[::-1, kept])]
        places = lineups.shape[1]
        masks = self.costs.masks[:, :places]
        alike = [np.flatnonzero((column == masks.T).all(1))[0] for column in masks.T]
        code = np.sort(lineups[kept] * places + np.array(alike), 1)
        if len(self.costs.apart):
            code = np.column_stack([code, lineups[kept, -1]])
        kept = kept[np.sort(np.unique(code, axis=0, return_index=True)[1])]
        self.whole &= len(kept) <= self.width
        return kept[: self.width]

    def _learn(self, steps: _Steps) -> None:
        """Notes what the first beginnings would have taken next, had the table been right."""
        end = int(np.searchsorted(steps.row, TEACHERS))
        new = np.diff(steps.row[:end], prepend=-1) > 0
        real = _least_of_runs(steps.bound[:, :end], np.flatnonzero(new))
        misled = np.flatnonzero(below(steps.seen[:, :end], real[:, np.cumsum(new) - 1]))
        topic = steps.topic[misled]
        for one in topic[steps.doubled[misled]].tolist():
            self.lessons[Watch("topic", 0, one)] += 1
        self._note("count", self.costs.groups, steps.more[:, misled], topic)
        self._note("apart", self.costs.apart, steps.near[:, misled], topic)

    def _note(
        self, kind: Literal["count", "apart"], groups: Ints, degree: Ints, topic: Ints
    ) -> None:
        level, where = np.nonzero(degree)
        for key in zip(level.tolist(), groups[level, topic[where]].tolist(), strict=True):
            self.lessons[Watch(kind, *key)] += 1


def _unwatched(costs: Costs, table: Table) -> tuple[Ints, Ints]:
    """Returns groups and neighbour groups without those that the table watches."""
    groups, apart = costs.groups.copy(), costs.apart.copy()
    for watch in table.watched.watches:
        if watch.kind != "topic":
            level = (groups if watch.kind == "count" else apart)[watch.level]
            level[level == watch.group] = -1
    return groups, apart


def _forgotten(
    costs: Costs, groups: Ints, apart: Ints, before: Ints, topic: Ints
) -> tuple[Ints, Ints]:
    """Returns the degrees by level that a topic adds after others, in the groups given."""
    place = before.shape[1]
    own, level = groups[:, topic], np.arange(len(groups))[:, None]
    same = (groups[:, before] == own[..., None]) & costs.masks[:, None, :place]
    count = same.sum(2)
    more = costs.low[level, own, count + 1] - costs.low[level, own, count]
    near = np.zeros((len(apart), len(topic)), np.int64)
    if place:
        near[:] = (apart[:, topic] == apart[:, before[:, -1]]) & (apart[:, topic] >= 0)
    return more * costs.masks[:, place, None], near


def _least_of_runs(words: Ints, starts: Ints) -> Ints:
    """Returns the first in order of each run of columns, given where the runs start."""
    if not len(starts):
        return words[:, :0]
    sizes = np.diff(starts, append=words.shape[1])
    equal = np.ones(words.shape[1], np.bool_)
    found = []
    for word in words:
        found.append(np.minimum.reduceat(np.where(equal, word, 2 * NEVER), starts))
        equal &= word == np.repeat(found[-1], sizes)
    return np.stack(found)
