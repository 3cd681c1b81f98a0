"""What the composer solves: rules and pool as arrays, nothing else left of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Groups = npt.NDArray[np.int32]
Rows = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Each:
    """A degree for every topic at every place (`degree[topic, place]`, 0: as wished); they add."""

    name: str
    degree: Ints


@dataclass(frozen=True, slots=True)
class Count:
    """A degree for how many topics of each group stand at `places` (`table[group, count]`).

    `group[topic]`: the one group a topic belongs to, -1: none. Caps, floors and balances.
    """

    name: str
    group: Groups
    places: npt.NDArray[np.bool_]
    table: Ints


@dataclass(frozen=True, slots=True)
class Apart:
    """A degree of 1 for each two neighbouring places whose topics share a group (-1: none)."""

    name: str
    group: Groups


Level = Each | Count | Apart


@dataclass(frozen=True, slots=True)
class Problem:
    """Fill `places` with distinct topics; minimise the levels' degrees in their strict order.

    Topics are those that safety admits: `rows` are their rows in the pool; `places` is
    min(n, topics). Of line-ups with equal degrees, the one whose `tie` ranks (0: the first
    choice; newer, then id) come first, compared place by place, is the answer: there is always
    exactly one.
    """

    places: int
    rows: Rows
    levels: tuple[Level, ...]
    tie: Ints

    def degrees(self, topics: Rows) -> tuple[int, ...]:
        """Returns the degree of every level for a line-up (topics by place, numbers 0 to T-1)."""
        return tuple(_degree(level, topics) for level in self.levels)


@dataclass(frozen=True, slots=True)
class LineUp:
    """Topics by place with their degrees; `proven`: no other line-up is better."""

    topics: Rows
    degrees: tuple[int, ...]
    proven: bool
    nodes: int = 0


def _degree(level: Level, topics: Rows) -> int:
    match level:
        case Each(degree=degree):
            return int(degree[topics, np.arange(len(topics))].sum())
        case Count(group=group, places=places, table=table):
            counted = group[topics[places[: len(topics)]]]
            counts = np.bincount(counted[counted >= 0], minlength=len(table))
            return int(table[np.arange(len(table)), counts].sum())
        case Apart(group=group):
            own = group[topics]
            return int(((own[1:] == own[:-1]) & (own[1:] >= 0)).sum())
