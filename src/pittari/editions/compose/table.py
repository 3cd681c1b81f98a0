"""What can the places still to be filled cost at least? A table over place and state.

The state counts only what is watched: groups of a counting level, groups of neighbours, single
topics. Everything else is forgotten, so the table never says too much; where the search finds that
it says too little, it is made again, watching more (state-space relaxation, Christofides,
Mingozzi and Toth, Networks 11, 1981; refined where it is broken, Righini and Salani, Networks 51,
2008).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from pittari.editions.compose.costs import NEVER, Bools, Costs, Ints, below, first_of

BITS = 62


class Watch(NamedTuple):
    """Something the state counts: a group of a counting or a neighbour level, or one topic."""

    kind: Literal["count", "apart", "topic"]
    level: int
    group: int


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched so far, and how it lies in the bits of a state.

    `add[place, topic]` is what a topic adds to the state; `near` are the bits of neighbour groups
    by level, `single` those of topics: in a sum with a state they must not meet.
    """

    watches: tuple[Watch, ...]
    shifts: tuple[int, ...]
    bits: int
    add: Ints
    near: Ints
    single: int

    @classmethod
    def nothing(cls, costs: Costs) -> Watched:
        """Returns the watch that forgets everything."""
        add = np.zeros(costs.each.shape[1:], np.int64)
        return cls((), (), 0, add, np.zeros(len(costs.apart), np.int64), 0)

    def more(self, costs: Costs, watches: Iterable[Watch]) -> Watched:
        """Returns the watch with those of `watches` added that find room."""
        new, shifts, bits = list(self.watches), list(self.shifts), self.bits
        add, near, single = self.add.copy(), self.near.copy(), self.single
        for watch in watches:
            members, mask, width = _members(costs, watch)
            if watch in new or bits + width > BITS:
                continue
            add[np.ix_(mask, members)] += 1 << bits
            if watch.kind == "apart":
                near[watch.level] |= 1 << bits
            elif watch.kind == "topic":
                single |= 1 << bits
            new.append(watch)
            shifts.append(bits)
            bits += width
        return Watched(tuple(new), tuple(shifts), bits, add, near, single)


def _members(costs: Costs, watch: Watch) -> tuple[Bools, Bools, int]:
    """Returns topics and places that count for a watch, and how many bits it needs."""
    everywhere = np.ones(costs.places, np.bool_)
    if watch.kind == "topic":
        return np.arange(costs.each.shape[2]) == watch.group, everywhere, 1
    if watch.kind == "apart":
        return costs.apart[watch.level] == watch.group, everywhere, 1
    mask = costs.masks[watch.level]
    return costs.groups[watch.level] == watch.group, mask, int(mask.sum()).bit_length()


@dataclass(frozen=True, slots=True)
class Table:
    """By place: its topics, their kind, and per state and kind the least to come.

    `states[place]` are sorted; `least[place][word, state]` is the least cost from this place on;
    `then[place][word, state, kind]` is the least after a topic of a kind, with what it costs to
    stand beside the one before; `next[place][state, kind]` is the state it leads to.
    """

    watched: Watched
    topics: tuple[Ints, ...]
    kinds: tuple[Ints, ...]
    states: tuple[Ints, ...]
    least: tuple[Ints, ...]
    then: tuple[Ints, ...]
    next: tuple[Ints, ...]


def tabled(
    costs: Costs,
    topics: tuple[Ints, ...],
    watched: Watched,
    best: Ints,
    *,
    old: Table | None = None,
    widest: int = 2000,
) -> Table | None:
    """Returns the table without what cannot lead below `best`; nothing if it grows too wide.

    `topics[place]` are those worth a look there, the cheapest first; `old` is a table that watched
    the first of what `watched` does; `widest` bounds states times kinds of topic at a place.
    """
    states = [np.zeros(1, np.int64)]
    gone = np.zeros((len(best), 1), np.int64)
    layers = []
    clear = ~int(np.bitwise_or.reduce(watched.near, initial=0))
    for place, here in enumerate(topics):
        now = states[-1][:, None]
        deltas, first, kinds = np.unique(
            watched.add[place, here], return_index=True, return_inverse=True
        )
        if len(now) * len(deltas) > widest:
            return None
        met = _met(costs, watched, now & deltas)
        each = costs.each[:, place, here[first]][:, None, :]
        total = gone[:, :, None] + met + each
        led = (now & clear) + deltas
        free = (now & deltas & watched.single) == 0
        if old:
            free &= below(total + _foreseen(old, place + 1, led), best[:, None, None])
        reached, to, gone = _merged(led[free], total[:, free])
        if old:
            counted = _counted(costs.low, costs, watched, reached, len(old.watched.watches))
            foreseen = gone + counted + _foreseen(old, place + 1, reached)
            kept = below(foreseen, best[:, None])
            to = np.where(kept, np.cumsum(kept) - 1, -1)[to]
            reached, gone = reached[kept], gone[:, kept]
        following = np.full(led.shape, -1, np.int64)
        following[free] = to
        states.append(reached)
        layers.append(_Layer(kinds, met, each, following))
    return _backward(costs, watched, topics, states, layers)


class _Layer(NamedTuple):
    """Steps from the states before a place: kind by topic, costs and the state they lead to."""

    kinds: Ints
    met: Ints
    each: Ints
    next: Ints


def _met(costs: Costs, watched: Watched, shared: Ints) -> Ints:
    """Returns what neighbours of a watched group cost, for the bits that two topics share."""
    met = np.zeros((len(costs.each), *shared.shape), np.int64)
    for level, bits in enumerate(watched.near.tolist()):
        if bits:
            met += costs.beside[:, level, None, None] * ((shared & bits) != 0)
    return met


def _foreseen(old: Table, place: int, states: Ints) -> Ints:
    """Returns the least from a place on as a table with fewer watches has it."""
    known = old.states[place]
    if not len(known):
        return np.full((len(old.least[place]), *states.shape), NEVER, np.int64)
    fewer = states & ((1 << old.watched.bits) - 1)
    where = np.minimum(np.searchsorted(known, fewer), len(known) - 1)
    least = old.least[place][:, where]
    least[0][known[where] != fewer] = NEVER
    return least


def _merged(states: Ints, words: Ints) -> tuple[Ints, Ints, Ints]:
    """Returns the different states, which of them each one is, and the first in order of each."""
    order = np.lexsort((*words[::-1], states))
    ordered = states[order]
    new = np.ones(len(states), np.bool_)
    new[1:] = ordered[1:] != ordered[:-1]
    to = np.empty(len(states), np.int64)
    to[order] = np.cumsum(new) - 1
    return ordered[new], to, words[:, order[new]]


def _backward(
    costs: Costs,
    watched: Watched,
    topics: tuple[Ints, ...],
    states: list[Ints],
    layers: list[_Layer],
) -> Table:
    least = [_counted(costs.rest, costs, watched, states[-1])]
    thens = []
    for layer in reversed(layers):
        then = np.full(layer.met.shape, NEVER, np.int64)
        open_ = layer.next >= 0
        then[:, open_] = layer.met[:, open_] + least[-1][:, layer.next[open_]]
        thens.append(then)
        least.append(first_of(then + layer.each))
    return Table(
        watched,
        topics,
        tuple(layer.kinds for layer in layers),
        tuple(states),
        tuple(reversed(least)),
        tuple(reversed(thens)),
        tuple(layer.next for layer in layers),
    )


def _counted(tables: Ints, costs: Costs, watched: Watched, states: Ints, since: int = 0) -> Ints:
    """Returns by `tables` what the counts in a state cost, of watches from a number on."""
    total = np.zeros((len(costs.each), len(states)), np.int64)
    ends = [*watched.shifts, watched.bits][1:]
    for watch, start, end in list(zip(watched.watches, watched.shifts, ends, strict=True))[since:]:
        if watch.kind == "count":
            count = (states >> start) & ((1 << (end - start)) - 1)
            cost = tables[watch.level, watch.group, count]
            total += costs.weights[:, watch.level, None] * cost
    return total
