"""Which line-up is the best of all? Found with proof, usually within a few milliseconds.

A sweep fills place after place and keeps the beginnings that could still lead below the best
line-up known, judged by a table of what the rest costs at least; but no more than a width. A sweep
that had to leave beginnings out proves nothing: it tells where the table promised too little, the
table is made again with an eye on that, and a wider sweep follows. The last leaves nothing out.
"""

from __future__ import annotations

import time

import numpy as np

from pittari.editions.compose.costs import NEVER, Costs, Ints, below, costed
from pittari.editions.compose.greedy import filled
from pittari.editions.compose.sweep import Sweep
from pittari.editions.compose.table import Table, Watch, Watched, tabled
from pittari.editions.problem import LineUp, Problem

GROWTH = 4
"""A sweep keeps so many times as many beginnings as the one before."""
FIRST = 512
"""Steps at a place that the first sweep looks at: few beginnings where there are many topics."""
STATES = 1000
"""For each beginning kept, how wide a table may grow; never beyond `WIDEST`."""
WIDEST = 400_000
LESSONS = 4
"""Watches added to the table after a sweep."""
FLOORS = 4
"""Floors watched from the start: without an eye on them a table is far too low."""


def solved(problem: Problem, deadline_s: float = 1.0, nodes: int = 500_000) -> LineUp:
    """Returns the one best line-up of a problem; unless time runs out, always the same.

    After `deadline_s` seconds, or `nodes` beginnings looked at, the best found so far, and no worse
    than the greedy one, comes with `proven` false; the first sweep is always made. Raises
    `ValueError` for a level whose degrees do not fit 60 bits.
    """
    if not problem.places:
        none = np.zeros(0, np.int32)
        return LineUp(none, problem.degrees(none), True)
    search = _Search(costed(problem), time.perf_counter() + deadline_s, nodes)
    proven = search.run()
    if not proven:
        search.settle(filled(problem).topics[None].astype(np.int64))
    topics = search.lineup.astype(np.int32)
    return LineUp(topics, problem.degrees(topics), proven, search.nodes)


class _Search:
    """The best line-up known, and what has been spent on it."""

    def __init__(self, costs: Costs, end: float, most: int) -> None:
        self.costs, self.end, self.most = costs, end, most
        self.nodes, self.width = 0, max(1, FIRST // costs.each.shape[2])
        self.best = np.zeros(len(costs.each), np.int64)
        self.best[0] = NEVER
        self.lineup = np.zeros(0, np.int64)

    def run(self) -> bool:
        """Searches until the best is proven (true) or time or nodes are spent (false)."""
        topics = _worth(self.costs)
        table = tabled(self.costs, topics, Watched.nothing(self.costs), self.best)
        assert table  # noqa: S101 - it has one state
        floors = [Watch("count", *floor) for floor in self.costs.floors[:FLOORS].tolist()]
        table = self._finer(table, topics, floors)
        while True:
            sweep = Sweep(self.costs, table, self.best, self.width, self._spent).run()
            self.nodes += sweep.steps
            self.settle(sweep.lineups)
            topics = self._still_worth(topics)
            if sweep.whole or not all(map(len, topics)):
                return True
            if self._spent(0):
                return False
            watches = [watch for watch, _ in sweep.lessons.most_common(LESSONS)]
            table = self._finer(table, topics, watches)
            self.width *= GROWTH

    def _spent(self, steps: int) -> bool:
        """Tells whether to give up; never before there is a line-up."""
        spent = self.nodes + steps >= self.most or time.perf_counter() >= self.end
        return spent and len(self.lineup) > 0

    def settle(self, lineups: Ints) -> None:
        """Takes the best of complete line-ups if it is better than the best known."""
        if len(lineups):
            totals = self.costs.totals(lineups)
            first = np.lexsort(totals[::-1])[0]
            if below(totals[:, first], self.best):
                self.best, self.lineup = totals[:, first], lineups[first]

    def _finer(self, table: Table, topics: tuple[Ints, ...], watches: list[Watch]) -> Table:
        """Returns a table that watches more: the first half, where all at once is too wide."""
        widest = min(STATES * self.width, WIDEST)
        while watches and not self._spent(0):
            watched = table.watched.more(self.costs, watches)
            finer = tabled(self.costs, topics, watched, self.best, old=table, widest=widest)
            if finer:
                return finer
            watches = watches[: len(watches) // 2]
        return table

    def _still_worth(self, topics: tuple[Ints, ...]) -> tuple[Ints, ...]:
        """Returns the topics of each place that could lead below the best line-up known."""
        own = [self.costs.each[:, place, here] for place, here in enumerate(topics)]
        first = np.sum([words[:, 0] for words in own], 0)
        return tuple(
            here[below(words + (first - words[:, 0])[:, None], self.best[:, None])]
            for here, words in zip(topics, own, strict=True)
        )


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
