"""What does a topic cost at a place, when all levels must be compared in their strict order?

A vector of degrees is packed into a few 64-bit words, the first level in the highest digits, so
that words add like degrees and compare like the vector. What a group's first topics cost by the
straight line under its table is moved to the topics; what is left (`rest`) is never negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pittari.editions.problem import Apart, Count, Each, Level, Problem

NEVER = 1 << 61
"""A first word above every cost."""
ROOM = 1 << 60

Ints = npt.NDArray[np.int64]
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
    weights: Ints
    """Of a degree of each counting level, `weights[word, level]`."""
    apart: Ints
    """Groups whose neighbours cost, `apart[level, topic]`."""
    beside: Ints
    """Of a degree of each such level, `beside[word, level]`."""
    floors: Ints
    """Level and group, one a row, where more topics cost less at first."""

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
    """Returns a problem in words. Raises `ValueError` for a level whose degrees do not fit one."""
    n, topics = problem.places, len(problem.tie)
    parts = [_part(level, n) for level in problem.levels]
    tie = (problem.tie - problem.tie.min()).astype(np.int64)
    digits = _digits([part.top for part in parts] + [int(tie.max())] * n)
    units = np.zeros((1 + max(word for word, _ in digits), len(digits)), np.int64)
    each = np.zeros((len(units), n, topics), np.int64)
    for i, (word, unit) in enumerate(digits):
        units[word, i] = unit
        if i < len(parts):
            each[word] += unit * parts[i].each
        else:
            each[word, i - len(parts)] += unit * tie
    counted = [i for i, part in enumerate(parts) if part.counted]
    aparts = {i: level for i, level in enumerate(problem.levels) if isinstance(level, Apart)}
    tables = [part.counted for part in parts if part.counted]
    groups, masks, rest, low, floors = _stacked(tables, n, topics)
    apart = np.array([level.group for level in aparts.values()], np.int64).reshape(-1, topics)
    by_level = units[:, counted], apart, units[:, list(aparts)]
    return Costs(n, each, groups, masks, rest, low, *by_level, floors)


class _Counted(NamedTuple):
    """What a counting level costs beyond the straight line, for the groups where it ever does."""

    group: Ints
    mask: Bools
    rest: Ints
    low: Ints
    floor: Bools


class _Part(NamedTuple):
    """A level by `each[place, topic]`, above the least of the place; `top`: the most in all."""

    each: Ints
    top: int
    counted: _Counted | None = None


def _part(level: Level, n: int) -> _Part:
    if isinstance(level, Apart):
        return _Part(np.zeros((n, len(level.group)), np.int64), n - 1)
    if isinstance(level, Each):
        each, top, counted = level.degree[:, :n].T.astype(np.int64), 0, None
    else:
        each, top, counted = _lined(level, n)
    each = each - each.min(1, keepdims=True)
    top += int(each.max(1).sum())
    if top >= ROOM:
        raise ValueError(f'level "{level.name}": expected degrees that add up to less than 2^60')
    return _Part(each, top, counted)


def _lined(level: Count, n: int) -> tuple[Ints, int, _Counted | None]:
    """Returns the straight line under each group's table by place and topic, and what is left."""
    mask = level.places[:n]
    m = int(mask.sum())
    group = level.group.astype(np.int64)
    table = level.table[:, : m + 1].astype(np.int64)
    most = np.minimum(np.bincount(group[group >= 0], minlength=len(table)), m)
    count = np.arange(1, m + 1)
    slope = np.where(count <= most[:, None], (table[:, 1:] - table[:, :1]) // count, NEVER)
    line: Ints = np.where(most > 0, slope.min(1, initial=NEVER), 0)
    over = table - table[:, :1] - line[:, None] * np.arange(m + 1)
    last = np.minimum(np.arange(n + 1), most[:, None])
    above: Ints = np.take_along_axis(over, last, 1)
    each = np.append(line, 0)[group] * mask[:, None]
    live = above.any(1)
    if not live.any():
        return each, 0, None
    rest: Ints = np.append(above[live], np.zeros((1, n + 1), np.int64), 0)
    low: Ints = np.minimum.accumulate(rest[:, ::-1], 1)[:, ::-1]
    renamed = np.where(live, np.cumsum(live) - 1, -1)
    own = np.append(renamed, -1)[group]
    top = m * int(np.diff(rest, axis=1).max())
    return each, top, _Counted(own, mask, rest, low, line[live] < 0)


def _stacked(
    counts: Sequence[_Counted], n: int, topics: int
) -> tuple[Ints, Bools, Ints, Ints, Ints]:
    """Returns groups, masks, tables and floors of all counting levels, as `Costs` has them."""
    width = max((len(counted.rest) for counted in counts), default=1)
    groups = np.full((len(counts), topics), -1, np.int64)
    masks = np.zeros((len(counts), n), np.bool_)
    rest = np.zeros((len(counts), width, n + 1), np.int64)
    low = np.zeros_like(rest)
    floor = np.zeros((len(counts), width), np.bool_)
    for i, counted in enumerate(counts):
        groups[i], masks[i] = counted.group, counted.mask
        rest[i, : len(counted.rest)] = counted.rest
        low[i, : len(counted.low)] = counted.low
        floor[i, : len(counted.floor)] = counted.floor
    return groups, masks, rest, low, np.argwhere(floor)


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
