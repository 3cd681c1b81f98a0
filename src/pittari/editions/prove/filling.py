"""Can the places be filled from so many topics of each kind, all promises kept? How, or no.

Exact and small: kinds instead of topics, places from the first to the last, what has failed once
is not tried again.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pittari.editions.prove.aspects import FREE
from pittari.editions.prove.kinds import Kind, Undecided, grouped
from pittari.editions.rules import Rule

ALONE = ("alone",)
"""The group of a topic that shares its word with no other."""
MANY = 99
"""More topics than any edition has places."""
LOOKS = 20_000
"""Beginnings looked at before a question stays open."""

Lineup = tuple[int, ...]
"""By place the cell its topic is from."""
Counts = tuple[int, ...]
"""How many topics of each cell a pool has."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Topics of one kind that share their free words, or of which each has words of its own.

    `groups[j]`: the group by the j-th attribute that groups; nothing when it has no word.
    """

    kind: Kind
    groups: tuple[Hashable, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """A promise on cells: where they may stand, or how many of each group, or not side by side.

    `allowed`: by cell the places, as bits. `groups`: by cell its group or nothing; at `places` (as
    bits) from `low` to `high` of each, of those only that the pool holds when `present`. `apart`:
    of no group two neighbours.
    """

    allowed: tuple[int, ...] = ()
    groups: tuple[Hashable, ...] = ()
    places: int = 0
    low: int = 0
    high: int = MANY
    present: bool = False
    apart: bool = False


def cells(kinds: Iterable[Kind], rules: Sequence[Rule]) -> tuple[Cell, ...]:
    """Returns cells of kinds: of free words that a rule counts by, shared ones and own ones."""
    names = grouped(rules)
    found = []
    for kind in kinds:
        several: list[tuple[Hashable, ...]] = [()]
        for name, word in zip(names, kind.words, strict=True):
            spoken = any(
                hit and name in (rule.each, rule.apart)
                for hit, rule in zip(kind.hits, rules, strict=True)
            )
            told = next((v.heard for v in kind.variants if name == "story" and v.heard), ())
            here: list[Hashable] = [(word, told) if word else None]
            if word == FREE and spoken and kind.most > 1:
                here.append(ALONE)
            several = [(*before, one) for before in several for one in here]
        found += [Cell(kind, groups) for groups in several]
    return tuple(found)


def demand(rule: Rule, rules: Sequence[Rule], several: Sequence[Cell], n: int) -> Demand:
    """Returns what a rule of `rules` asks of cells in an edition of n places."""
    at = sum(1 << place - 1 for place in rule.places if place <= n) if rule.places else (1 << n) - 1
    i = rules.index(rule)
    hits = [cell.kind.hits[i] for cell in several]
    if rule.kind in {"count", "apart"}:
        group = rule.each or rule.apart
        j = grouped(rules).index(group) if group else -1
        groups = tuple(
            (cell.groups[j] if group else "all") if hit else None
            for hit, cell in zip(hits, several, strict=True)
        )
        if rule.apart:
            return Demand(groups=groups, apart=True)
        low, high = rule.at_least or 0, MANY if rule.at_most is None else rule.at_most
        return Demand((), groups, at, low, high, present=bool(group))
    wanted = rule.kind in {"want", "pin"}
    everywhere = (1 << n) - 1
    return Demand(tuple(everywhere if hit == wanted else everywhere & ~at for hit in hits))


def filled(
    n: int, counts: Counts, demands: Sequence[Demand], pins: Mapping[int, int] | None = None
) -> Lineup | None:
    """Returns a line-up of n places that keeps all demands, from so many topics of each cell.

    `pins`: cell by place, from 0, that must stand there. Raises `Undecided`.
    """
    return _Filling(n, counts, demands, pins or {}).run()


class _Filling:
    def __init__(
        self, n: int, counts: Counts, demands: Sequence[Demand], pins: Mapping[int, int]
    ) -> None:
        self.n, self.left, self.pins = n, list(counts), pins
        self.counting = [one for one in demands if one.groups and not one.apart]
        self.aparts = [one.groups for one in demands if one.apart]
        self.tally: list[dict[Hashable, int]] = [
            self._present(one, counts) for one in self.counting
        ]
        allowed = [(1 << n) - 1] * len(counts)
        for one in demands:
            for cell, places in enumerate(one.allowed):
                allowed[cell] &= places
        self.options = [
            [
                cell
                for cell, at in enumerate(allowed)
                if counts[cell] and at >> place & 1 and self.pins.get(place, cell) == cell
            ]
            for place in range(n)
        ]
        self.lineup: list[int] = []
        self.failed: set[object] = set()
        self.looks = 0

    def run(self) -> Lineup | None:
        if not all(self.options) or sum(self.left) < self.n or self._short(0):
            return None
        return tuple(self.lineup) if self._from(0) else None

    def _present(self, one: Demand, counts: Counts) -> dict[Hashable, int]:
        """Groups that a floor asks for: all there are, or those that the pool holds."""
        if not one.present:
            return {"all": 0}
        tally: dict[Hashable, int] = {}
        for cell, (group, many) in enumerate(zip(one.groups, counts, strict=True)):
            if group == ALONE:
                alone = range(min(many, self.n + 1) if one.low else 0)
                tally |= {(*ALONE, cell, i): 0 for i in alone}
            elif group is not None and many:
                tally[group] = 0
        return tally

    def _from(self, place: int) -> bool:
        if place == self.n:
            return True
        last = [groups[self.lineup[-1]] if place else None for groups in self.aparts]
        key = (place, tuple(self.left), *last, *(tuple(t.values()) for t in self.tally))
        if key in self.failed:
            return False
        self.looks += 1
        if self.looks > LOOKS:
            raise Undecided
        for cell in sorted(self.options[place], key=self._use, reverse=True):
            if self.left[cell] and not self._beside(cell, last):
                taken = self._take(place, cell)
                if taken is not None:
                    if not self._short(place + 1) and self._from(place + 1):
                        return True
                    self._give_back(cell, taken)
        self.failed.add(key)
        return False

    def _use(self, cell: int) -> tuple[int, int]:
        """Which cell to try first: one that a floor still asks for, then the most plentiful."""
        asked = 0
        for one, tally in zip(self.counting, self.tally, strict=True):
            group = one.groups[cell]
            asked += group is not None and one.low > tally.get(group, 0)
        return asked, self.left[cell]

    def _beside(self, cell: int, last: Sequence[Hashable]) -> bool:
        return any(
            groups[cell] not in (None, ALONE) and groups[cell] == before
            for groups, before in zip(self.aparts, last, strict=True)
        )

    def _take(self, place: int, cell: int) -> list[tuple[dict[Hashable, int], Hashable]] | None:
        """Puts a topic at a place; nothing if a cap would be broken."""
        taken: list[tuple[dict[Hashable, int], Hashable]] = []
        for one, tally in zip(self.counting, self.tally, strict=True):
            group = one.groups[cell]
            if group is None or not one.places >> place & 1:
                continue
            if group == ALONE:
                own = ((*ALONE, cell, i) for i in range(self.n))
                group = next((key for key in own if tally.get(key) == 0), (*ALONE, cell, place))
            if tally.get(group, 0) >= one.high:
                return None
            if group in tally:
                taken.append((tally, group))
        for tally, group in taken:
            tally[group] += 1
        self.left[cell] -= 1
        self.lineup.append(cell)
        return taken

    def _give_back(self, cell: int, taken: list[tuple[dict[Hashable, int], Hashable]]) -> None:
        for tally, group in taken:
            tally[group] -= 1
        self.left[cell] += 1
        self.lineup.pop()

    def _short(self, place: int) -> bool:
        """Whether a floor asks for more than the places left can hold."""
        for one, tally in zip(self.counting, self.tally, strict=True):
            if one.low:
                room = (one.places >> place).bit_count()
                if sum(max(0, one.low - n) for n in tally.values()) > room:
                    return True
        return False
