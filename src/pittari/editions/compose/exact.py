"""Which line-up is the best of all? Found with proof, usually within a few milliseconds.

A sweep fills place after place and keeps every beginning that could still lead below the best
line-up known, judged by a table of what the rest costs at least; but no more than a width. A sweep
that had to leave beginnings out proves nothing: it tells where the table promised too little, the
table is made again with an eye on that, and a wider sweep follows. The last one leaves nothing out.
"""

from __future__ import annotations

import time
from collections import Counter

import numpy as np

from pittari.editions.compose.costs import NEVER, Bools, Costs, Ints, below, costed, first_of
from pittari.editions.compose.table import Table, Watch, Watched, tabled
from pittari.editions.problem import LineUp, Problem

WIDTH = 1
"""Beginnings that the first sweep keeps at each place."""
LESSONS = 8
"""Watches added to the table after a sweep."""
TEACHERS = 8
"""Beginnings of each place that tell where the table was wrong."""


def solved(problem: Problem, deadline_s: float = 1.0, nodes: int = 500_000) -> LineUp:
    """Returns the one best line-up of a problem; the same problem gives the same answer.

    After `deadline_s` seconds or `nodes` beginnings looked at, the best found so far comes with
    `proven` false; the first sweep is always made, so there always is one.
    """
    if not problem.places:
        return LineUp(np.zeros(0, np.int32), problem.degrees(np.zeros(0, np.int32)), True)
    search = _Search(costed(problem), time.perf_counter() + deadline_s, nodes)
    proven = search.run()
    topics = search.lineup.astype(np.int32)
    return LineUp(topics, problem.degrees(topics), proven, search.nodes)


class _Search:
    """The best line-up known, and what has been spent on it."""

    def __init__(self, costs: Costs, end: float, most: int) -> None:
        self.costs, self.end, self.most = costs, end, most
        self.nodes = self.rounds = 0
        self.best = np.zeros(len(costs.each), np.int64)
        self.best[0] = NEVER
        self.lineup = np.zeros(0, np.int64)

    def run(self) -> bool:
        """Searches until the best is proven (true) or time or nodes are spent (false)."""
        topics = _worth(self.costs)
        watched = Watched.nothing(self.costs).more(self.costs, self._floors())
        table = tabled(self.costs, topics, watched, self.best)
        width = WIDTH
        assert table
        while True:
            self.rounds += 1
            whole, lessons = self._sweep(table, width)
            if whole:
                return True
            if self._spent():
                return False
            topics = self._still_worth(topics)
            if not all(map(len, topics)):
                return True
            watches = [watch for watch, _ in lessons.most_common(LESSONS)]
            table = self._finer(table, topics, watches)
            width *= 4

    def _floors(self):
        steep = self.costs.rest.max(2)
        return [Watch("count", int(l), int(g)) for l, g in np.argwhere(self.costs.floor)[:4]]

    def _finer(self, table: Table, topics: tuple[Ints, ...], watches: list[Watch]) -> Table:
        """Returns a table that watches more; step by step where all at once is too wide."""
        watched = table.watched.more(self.costs, watches)
        finer = tabled(self.costs, topics, watched, self.best, table)
        if finer or len(watches) < 2:
            return finer or table
        half = len(watches) // 2
        table = self._finer(table, topics, watches[:half])
        return self._finer(table, topics, watches[half:])

    def _spent(self) -> bool:
        return self.nodes >= self.most or time.perf_counter() >= self.end

    def _still_worth(self, topics: tuple[Ints, ...]) -> tuple[Ints, ...]:
        """Returns the topics of each place that could lead below the best line-up known."""
        own = [self.costs.each[:, place, here] for place, here in enumerate(topics)]
        first = sum(words[:, 0] for words in own)
        return tuple(
            here[below(words + (first - words[:, 0])[:, None], self.best[:, None])]
            for here, words in zip(topics, own, strict=True)
        )

    def _sweep(self, table: Table, width: int) -> tuple[bool, Counter[Watch]]:
        """Fills place after place; tells whether all was looked at, and what misled the table."""
        whole, lessons = True, Counter[Watch]()
        lineups, state = np.zeros((1, 0), np.int64), np.zeros(1, np.int64)
        gone = np.zeros((len(self.best), 1), np.int64)
        groups, apart = _unwatched(self.costs, table.watched)
        for place, here in enumerate(table.topics):
            then = table.then[place][:, state][:, :, table.kinds[place]]
            seen = gone[:, :, None] + self.costs.each[:, place, here][:, None, :] + then
            row, column = np.nonzero(below(seen, self.best[:, None, None]))
            most = 32 + 16 * width
            if len(row) > most:
                whole = False
                few = np.sort(np.lexsort(seen[::-1, row, column])[:most])
                row, column = row[few], column[few]
            topic, before = here[column], lineups[row]
            self.nodes += len(row)
            seen = seen[:, row, column]
            more, near = self._broken(groups, apart, before, topic, place)
            bound = seen + self.costs.weights @ more + self.costs.beside @ near
            doubled = (before == topic[:, None]).any(1)
            bound[0, doubled] = NEVER
            self._learn(lessons, row, seen, bound, topic, doubled, more, near)
            led = table.next[place][state[row], table.kinds[place][column]]
            lineups = np.column_stack([before, topic])
            kept = np.flatnonzero(below(bound, self.best[:, None]))
            if place + 1 == self.costs.places:
                self._settle(lineups[kept])
                break
            if len(kept) > width:
                order = np.lexsort(bound[::-1, kept])
                kept = kept[order]
                kept = kept[self._different(lineups[kept])]
                whole &= len(kept) <= width
                kept = kept[:width]
            lineups, state = lineups[kept], led[kept]
            gone = bound[:, kept] - table.least[place + 1][:, state]
            if not whole and self.lineup.size and self._spent():
                return False, lessons
        return whole, lessons

    def _broken(
        self, groups: Ints, apart: Ints, before: Ints, topic: Ints, place: int
    ) -> tuple[Ints, Ints]:
        """Returns the degrees by level that a topic adds where the table does not watch."""
        own = groups[:, topic]
        masks = self.costs.masks
        count = ((groups[:, before] == own[..., None]) & masks[:, None, :place]).sum(2)
        level = np.arange(len(own))[:, None]
        more = self.costs.low[level, own, count + 1] - self.costs.low[level, own, count]
        more *= masks[:, place, None]
        if not place:
            return more, np.zeros((len(apart), len(topic)), np.int64)
        beside = apart[:, topic]
        return more, ((beside == apart[:, before[:, -1]]) & (beside >= 0)).astype(np.int64)

    def _learn(self, lessons, row, seen, bound, topic, doubled, more, near) -> None:
        """Notes what the first beginnings would have taken, had the table been right."""
        end = int(np.searchsorted(row, TEACHERS))
        if not end:
            return
        parent = row[:end]
        starts = np.flatnonzero(np.diff(parent, prepend=-1))
        real = _least_in(bound[:, :end], starts)
        misled = below(seen[:, :end], real[:, np.cumsum(np.diff(parent, prepend=-1) > 0) - 1])
        misled = np.flatnonzero(misled)
        for one in topic[misled[doubled[misled]]].tolist():
            lessons[Watch("topic", 0, one)] += 1
        for kind, groups, broken in (("count", self.costs.groups, more), ("apart", self.costs.apart, near)):
            level, where = np.nonzero(broken[:, misled])
            for key in zip(level.tolist(), groups[level, topic[misled[where]]].tolist(), strict=True):
                lessons[Watch(kind, *key)] += 1

    def _settle(self, lineups: Ints) -> None:
        """Takes the best of complete line-ups if it is better than the best known."""
        if not len(lineups):
            return
        totals = self.costs.totals(lineups)
        one = np.lexsort(totals[::-1])[0]
        if below(totals[:, one], self.best):
            self.best, self.lineup = totals[:, one], lineups[one]

    def _different(self, lineups: Ints) -> Ints:
        """Returns the first of each set of beginnings that the same endings complete equally."""
        places = lineups.shape[1]
        _, mask = np.unique(self.costs.masks[:, :places], axis=1, return_inverse=True)
        code = np.sort(lineups * places + mask.ravel(), 1)
        if len(self.costs.apart):
            code = np.column_stack([code, lineups[:, -1]])
        _, first = np.unique(code, axis=0, return_index=True)
        return np.sort(first)


def _worth(costs: Costs) -> tuple[Ints, ...]:
    """Returns for each place the topics that can stand there in a best line-up, cheapest first.

    Of topics alike in every group, only the first as many as there are places.
    """
    alike = np.zeros(costs.each.shape[2], np.int64)
    for own in (*costs.groups, *costs.apart):
        alike = np.unique(alike * (own.max() + 2) + own + 1, return_inverse=True)[1]
    found = []
    for place in range(costs.places):
        order = np.lexsort(costs.each[::-1, place])
        by_kind = order[np.argsort(alike[order], kind="stable")]
        starts = np.flatnonzero(np.diff(alike[by_kind], prepend=-1))
        nth = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
        kept = np.zeros(len(order), np.bool_)
        kept[by_kind[nth < costs.places]] = True
        found.append(order[kept[order]])
    return tuple(found)


def _unwatched(costs: Costs, watched: Watched) -> tuple[Ints, Ints]:
    """Returns groups and neighbour groups without those that the table counts."""
    groups, apart = costs.groups.copy(), costs.apart.copy()
    for kind, level, group in watched.watches:
        if kind != "topic":
            of_level = (groups if kind == "count" else apart)[level]
            of_level[of_level == group] = -1
    return groups, apart


def _least_in(words: Ints, starts: Ints) -> Ints:
    """Returns the first in order of each run of columns."""
    sizes = np.diff(starts, append=words.shape[1])
    equal = np.ones(words.shape[1], np.bool_)
    found = []
    for word in words:
        found.append(np.minimum.reduceat(np.where(equal, word, 2 * NEVER), starts))
        equal &= word == np.repeat(found[-1], sizes)
    return np.stack(found)
