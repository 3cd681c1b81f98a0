"""Which of all fitting stickers are offered under each word to somebody who owns none of them?

At most 100 for each tag: the best, spread over tastes, packages and creators, and so that the
stickers of creators whom few people know yet are seen too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.device.writing import OFFERS

Numbers = npt.NDArray[np.integer[Any]]
Cells = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Limits:
    """`most` stickers of a tag; `per_package` and `per_creator` of them while there are others;
    `per_cluster` for each taste before the best of all. `floor`: places in all tags together that
    each creator gets, where there are stickers of theirs that fit."""

    most: int = OFFERS
    per_package: int = 4
    per_creator: int = 10
    per_cluster: int = 3
    floor: int = 3


@dataclass(frozen=True, slots=True)
class Fitting:
    """Stickers that fit tags, one cell for each pair: `score` is higher for better ones. The other
    columns tell of the cell's sticker; `twin` is the same for near-duplicates."""

    tag: Numbers
    item: Numbers
    score: Numbers
    package: Numbers
    creator: Numbers
    cluster: Numbers
    twin: Numbers


STANDARD = Limits()


def offered(fit: Fitting, limits: Limits = STANDARD) -> Cells:
    """Returns the cells that are offered, by tag, the best first; ties go by item.

    - Of near-duplicates one is offered in a tag.
    - Places are left empty only where nothing else fits.
    - Each cluster that has stickers within the caps gets `per_cluster` places of a tag, or as many
      as it has, where the floor does not need them.
    - A creator below the floor waits only in tags whose places are all held by creators who are
      not above it.
    """
    order = np.lexsort((fit.item, -fit.score.astype(np.int64), fit.tag))
    alone = order[_before(fit.tag[order], fit.twin[order]) == 0]
    tag = fit.tag[alone]
    late = _lateness(fit, alone, limits)
    turn = np.lexsort((late, tag))
    placed = np.zeros(len(alone), np.bool_)
    placed[turn[_before(tag[turn]) < limits.most]] = True
    if limits.floor:
        creator = np.unique(fit.creator[alone], return_inverse=True)[1]
        _lift(_Places(tag, creator, late, placed), limits.floor)
    chosen: Cells = alone[placed]
    return chosen


@dataclass(frozen=True, slots=True)
class _Places:
    """Cells by tag, the best first: whose they are, how late they come, and whether each has a
    place."""

    tag: Numbers
    creator: Numbers
    late: npt.NDArray[np.int8]
    placed: npt.NDArray[np.bool_]


def _lateness(fit: Fitting, cells: Cells, limits: Limits) -> npt.NDArray[np.int8]:
    """Returns 0 for what a cluster's places are for, 1 for what else is within the caps, 2."""
    tag = fit.tag[cells]
    late = np.full(len(cells), 2, np.int8)
    within = np.flatnonzero(_before(tag, fit.package[cells]) < limits.per_package)
    one = _before(tag[within], fit.creator[cells][within]) < limits.per_creator
    within = within[one]
    late[within] = 1
    first = _before(tag[within], fit.cluster[cells][within]) < limits.per_cluster
    late[within[first]] = 0
    return late


def _before(tag: Numbers, group: Numbers | None = None) -> npt.NDArray[np.int64]:
    """Returns how many cells of the same tag and group stand before each."""
    key = tag.astype(np.int64)
    if group is not None:
        key = (key << 32) + group
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    counts = np.diff(np.append(first, len(key)))
    before = np.empty(len(key), np.int64)
    before[order] = np.arange(len(key)) - np.repeat(first[: len(counts)], counts)
    return before


def _lift(cells: _Places, floor: int) -> None:
    """Gives creators below the floor places of creators above it, in place; everybody's first
    place comes before anybody's second."""
    creator, placed = cells.creator, cells.placed
    fitting = np.bincount(creator)
    for level in range(1, floor + 1):
        shown = np.bincount(creator[placed], minlength=len(fitting))
        waiting = np.flatnonzero(~placed & (shown < level)[creator])
        if len(waiting):
            few = np.lexsort((waiting, creator[waiting], fitting[creator[waiting]]))
            _raise(cells, waiting[few].tolist(), shown.tolist(), level)


def _raise(cells: _Places, waiting: list[int], shown: list[int], level: int) -> None:
    """Lets waiting cells, whose creators are below a level, take places of creators above it.

    Who has few stickers that fit chooses first; the places that go are the last to have been
    given. Nobody falls below the level, so a place that cannot go now cannot go later either:
    each is looked at once.
    """
    tag, placed = cells.tag, cells.placed
    tags = np.unique(tag[waiting])
    holders = np.flatnonzero(placed & np.isin(tag, tags))
    holders = holders[np.lexsort((-holders, -cells.late[holders], tag[holders]))]
    names = tags.tolist()
    following = dict(zip(names, np.searchsorted(tag[holders], tags).tolist(), strict=True))
    last = dict(zip(names, np.searchsorted(tag[holders], tags, "right").tolist(), strict=True))
    owners = cells.creator[holders].tolist()
    for cell in waiting:
        own, name = int(cells.creator[cell]), int(tag[cell])
        if shown[own] >= level:
            continue
        place = following[name]
        while place < last[name] and shown[owners[place]] <= level:
            place += 1
        if place < last[name]:
            placed[holders[place]], placed[cell] = False, True
            shown[owners[place]] -= 1
            shown[own] += 1
            place += 1
        following[name] = place
