"""What does a topic cost at a place, when all levels must be compared in their strict order?

A vector of degrees is packed into a few 64-bit words, the first level in the highest digits, so
that words add like degrees and compare like the vector. What a group's first topics cost by the
straight line under its table is moved to the topics; what is left (`rest`) is never negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pittari.editions.problem import Apart, Count, Each, Ints, Level, Problem

NEVER = 1 << 61
"""A first word above every cost."""
ROOM = 1 << 60

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Costs:
    """A problem as words: `each[word, place, topic]`, and for levels over several topics, apart.

    `groups[level, topic]` (-1: none), `masks[level, place]`, `rest[level, group, count]`, its
    last group all zero; `low` is `rest` or what any larger count costs, whichever is less.
    """

    places: int
    each: Ints
    groups: Ints
    masks: Bools
    rest: Ints
    low: Ints
    floor: Bools
    weights: Ints
    """Of a degree of each counting level, `weights[word, level]`."""
    apart: Ints
    """Groups whose neighbours cost, `apart[level, topic]`."""
    beside: Ints
    """Of a degree of each such level, `beside[word, level]`."""

    def totals(self, topics: Ints) -> Ints:
        """Returns the words of whole line-ups, `topics[line-up, place]`, as `[word, line-up]`."""
        place = np.arange(self.places)
        total = self.each[:, place, topics].sum(2)
        own = self.groups[:, topics]
        same = (own[..., None] == own[..., None, :]) & self.masks[:, None, None, :]
        first = self.masks[:, None] & (np.tril(same, -1).sum(3) == 0)
        level = np.arange(len(own))[:, None, None]
        rest = np.where(first, self.rest[level, own, same.sum(3)], 0).sum(2)
        near = self.apart[:, topics]
        met = ((near[..., 1:] == near[..., :-1]) & (near[..., 1:] >= 0)).sum(2)
        summed: Ints = total + self.weights @ rest + self.beside @ met
        return summed


def costed(problem: Problem) -> Costs:
    """Returns a problem in words; levels that no line-up can change are left out."""
    n = problem.places
    counts, aparts, parts, tops = [], [], [], []
    for level in problem.levels:
        part, top, counted = _parts(level, n)
        part = part - part.min(1, keepdims=True)
        parts.append(part)
        tops.append(top + int(part.max(1).sum()))
        if counted is not None:
            counts.append((len(parts) - 1, counted))
        if isinstance(level, Apart):
            aparts.append((len(parts) - 1, level.group.astype(np.int64)))
    tie = problem.tie - problem.tie.min()
    digits = _digits([*tops, *[int(tie.max())] * n])
    words = 1 + max(word for word, _ in digits)
    each = np.zeros((words, n, len(tie)), np.int64)
    for (word, unit), part in zip(digits, parts, strict=False):
        each[word] += unit * part
    for place, (word, unit) in enumerate(digits[len(parts) :]):
        each[word, place] += unit * tie
    weights = np.zeros((words, len(parts)), np.int64)
    for i, (word, unit) in enumerate(digits[: len(parts)]):
        weights[word, i] = unit
    live = [i for i, _ in counts]
    near = [i for i, _ in aparts]
    groups, masks, rest, low, floor = _stacked([counted for _, counted in counts], n, len(tie))
    apart = np.array([group for _, group in aparts], np.int64).reshape(len(near), len(tie))
    return Costs(n, each, groups, masks, rest, low, floor, weights[:, live], apart, weights[:, near])


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a counting level costs beyond the straight line: groups that never do are dropped."""

    group: Ints
    mask: Bools
    rest: Ints
    low: Ints
    floor: Bools


def _parts(level: Level, n: int) -> tuple[Ints, int, _Counted | None]:
    """Returns what single topics cost (place x topic), the most the rest can, and the rest."""
    if isinstance(level, Each):
        return level.degree[:, :n].T.astype(np.int64), 0, None
    if isinstance(level, Apart):
        return np.zeros((n, len(level.group)), np.int64), n - 1, None
    return _counted(level, n)


def _counted(level: Count, n: int) -> tuple[Ints, int, _Counted | None]:
    mask = level.places[:n]
    m = int(mask.sum())
    group = level.group.astype(np.int64)
    table = level.table[:, : m + 1].astype(np.int64)
    most = np.minimum(np.bincount(group[group >= 0], minlength=len(table)), m)
    count = np.arange(1, m + 1)
    reached = count <= most[:, None]
    slope = np.where(reached, (table[:, 1:] - table[:, :1]) // np.maximum(count, 1), NEVER)
    line = np.where(most > 0, slope.min(1, initial=NEVER), 0)
    above = table - table[:, :1] - line[:, None] * np.arange(m + 1)
    above = above[np.arange(len(table))[:, None], np.minimum(np.arange(n + 1), most[:, None])]
    part = np.where(group >= 0, line[group], 0) * mask[:, None]
    live = above.any(1)
    if not live.any():
        return part, 0, None
    rest = np.append(above[live], np.zeros((1, n + 1), np.int64), 0)
    low = np.minimum.accumulate(rest[:, ::-1], 1)[:, ::-1]
    renamed = np.where(live, np.cumsum(live) - 1, -1)
    own = np.where(group >= 0, renamed[group], -1)
    top = m * int(np.diff(rest, axis=1).max())
    return part, top, _Counted(own, mask, rest, low, np.append(line[live] < 0, False))


def _stacked(counts: Sequence[_Counted], n: int, topics: int) -> tuple[Ints, Bools, Ints, Ints]:
    """Returns groups, masks and tables of all counting levels; the last row of a table is zero."""
    width = max((len(counted.rest) for counted in counts), default=1)
    groups = np.full((len(counts), topics), -1, np.int64)
    masks = np.zeros((len(counts), n), np.bool_)
    rest = np.zeros((len(counts), width, n + 1), np.int64)
    low = np.zeros_like(rest)
    floor=np.zeros(rest.shape[:2],bool)
    for i, counted in enumerate(counts):
        groups[i], masks[i] = counted.group, counted.mask
        rest[i, : len(counted.rest)] = counted.rest
        low[i, : len(counted.low)] = counted.low
        floor[i,:len(counted.floor)]=counted.floor
    return groups, masks, rest, low, floor


def _digits(tops: Sequence[int]) -> list[tuple[int, int]]:
    """Returns word and unit of each digit whose greatest value is given, the highest first."""
    word, unit = 0, 1
    digits = []
    for top in reversed(tops):
        if unit * (top + 1) > ROOM and unit > 1:
            word, unit = word + 1, 1
        digits.append((word, unit))
        unit *= top + 1
    return [(word - own, unit) for own, unit in reversed(digits)]


def below(left: Ints, right: Ints) -> Bools:
    """Tells where words (first axis) come before other words."""
    less: Bools = left[-1] < right[-1]
    for a, b in zip(left[-2::-1], right[-2::-1], strict=True):
        less = (a < b) | ((a == b) & less)
    return less


def first_of(words: Ints) -> Ints:
    """Returns the first in order along the last axis."""
    found = [words[0].min(-1)]
    equal = words[0] == found[0][..., None]
    for word in words[1:]:
        found.append(np.where(equal, word, NEVER).min(-1))
        equal &= word == found[-1][..., None]
    return np.stack(found)
