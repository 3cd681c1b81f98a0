"""Is there a pool that could keep each of some promises, and yet not all of them together?

Counts above the number of places change nothing, so there are finitely many pools to tell apart.
The search begins with the richest. It fills it; the line-up found fills every pool that holds as
many of each kind, so a pool where the promises break must hold fewer of one of them: that is the
cut, and each such choice is a poorer pool to look at, unless what must stay possible no longer is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pittari.editions.prove.filling import ALONE, Counts, Demand, Lineup, filled
from pittari.editions.prove.kinds import Undecided

_Found = tuple[Counts, frozenset[object]]
"""What a line-up takes of each cell, and the groups that floors asked for when it was found."""


class Effort:
    """How many pools may still be looked at, for one question or for many."""

    def __init__(self, pools: int, above: Effort | None = None) -> None:
        self.left, self.above = pools, above

    def spend(self) -> None:
        """Takes one. Raises `Undecided` when none is left."""
        self.left -= 1
        if self.left < 0:
            raise Undecided
        if self.above is not None:
            self.above.spend()


class Starving:
    """One question: `musts` are the sets of promises that each stay possible, `target` breaks.

    `pins`: topics that an objective above the target puts at places, whatever is allowed there.
    """

    def __init__(
        self,
        n: int,
        musts: Sequence[Sequence[Demand]],
        target: Sequence[Demand],
        effort: Effort,
        pins: Mapping[int, int] | None = None,
    ) -> None:
        self.n, self.musts, self.target, self.pins = n, musts, target, pins or {}
        self.effort = effort
        self.cuts: list[_Found] = []
        self.kept: list[list[_Found]] = [[] for _ in musts]
        every = [one for some in (*musts, target) for one in some]
        self.present = [one.groups for one in every if one.present and one.low]
        self.lacking: list[Counts] = []
        self.refuted: list[Counts] = []

    def poorer(self, richest: Counts) -> Counts | None:
        """Returns such a pool within a rich one; nothing if there is none. Raises `Undecided`."""
        return self._search(richest) if self._possible(richest) else None

    def _search(self, pool: Counts) -> Counts | None:
        if any(_within(pool, other) for other in self.refuted):
            return None
        self.effort.spend()
        cut = self._cut(pool)
        if cut is None:
            return self._small(pool)
        for cell, many in sorted(enumerate(cut), key=lambda one: one[1]):
            if many:
                less = (*pool[:cell], many - 1, *pool[cell + 1 :])
                found = self._search(less) if self._possible(less) else None
                if found is not None:
                    return found
        self.refuted.append(pool)
        return None

    def _possible(self, pool: Counts) -> bool:
        pinned = list(self.pins.values())
        if sum(pool) < self.n or any(pool[cell] < pinned.count(cell) for cell in pinned):
            return False
        if any(_within(pool, other) for other in self.lacking):
            return False
        for must, known in zip(self.musts, self.kept, strict=True):
            if not any(self._serves(one, pool) for one in known):
                lineup = filled(self.n, pool, must)
                if lineup is None:
                    self.lacking.append(pool)
                    return False
                known.append(self._found(lineup, pool))
        return True

    def _cut(self, pool: Counts) -> Counts | None:
        """What one line-up that keeps all takes of each cell; nothing if there is none."""
        for cut in self.cuts:
            if self._serves(cut, pool):
                return cut[0]
        lineup = filled(self.n, pool, self.target, self.pins)
        if lineup is None:
            return None
        self.cuts.append(self._found(lineup, pool))
        return self.cuts[-1][0]

    def _found(self, lineup: Lineup, pool: Counts) -> _Found:
        return tuple(lineup.count(cell) for cell in range(len(pool))), self._asked(pool)

    def _serves(self, found: _Found, pool: Counts) -> bool:
        """Whether a line-up can be had from a pool, too, and floors ask for no group more."""
        return _within(found[0], pool) and self._asked(pool) <= found[1]

    def _asked(self, pool: Counts) -> frozenset[object]:
        """The groups of a pool that floors ask for, because it holds them."""
        return frozenset(
            (i, group if group != ALONE else (cell, nth))
            for i, groups in enumerate(self.present)
            for cell, group in enumerate(groups)
            if group is not None
            for nth in range(pool[cell] if group == ALONE else min(1, pool[cell]))
        )

    def _small(self, pool: Counts) -> Counts:
        """The same answer with as few topics as can be: what an editor reads."""
        for cell in range(len(pool)):
            low, high = 0, pool[cell]
            while low < high:
                many = (low + high) // 2
                less = (*pool[:cell], many, *pool[cell + 1 :])
                if self._possible(less) and self._cut(less) is None:
                    high = many
                else:
                    low = many + 1
            pool = (*pool[:cell], high, *pool[cell + 1 :])
        return pool


def _within(some: Counts, pool: Counts) -> bool:
    return all(many <= there for many, there in zip(some, pool, strict=True))
