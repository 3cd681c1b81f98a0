"""Some rules on one occasion, as cells and demands; and back, as a pool one can read."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, product

import msgspec
import numpy as np

from pittari.editions.compiling import compiled
from pittari.editions.pool import Pool, Wishes
from pittari.editions.problem import Apart, Count, Each, Level
from pittari.editions.prove.aspects import FREE
from pittari.editions.prove.filling import ALONE, MANY, Cell, Counts, Demand, cells, demand, filled
from pittari.editions.prove.kinds import Universe, grouped
from pittari.editions.prove.making import Made, Maker
from pittari.editions.prove.occasions import Occasion
from pittari.editions.prove.starving import Effort, Starving
from pittari.editions.rules import OBJECTIVES, Rule, Rules


class Case:
    """What pools can be to some promises, one demand for each, in an edition of n places.

    `rich`: the pool that holds as many of each cell as could ever matter. `exact`: whether words
    that no rule names play no part, so that the cells are all there is to tell apart.
    """

    def __init__(
        self, universe: Universe, rules: Rules, occasion: Occasion, promises: Sequence[Rule]
    ) -> None:
        self.universe, self.rules, self.occasion = universe, rules, occasion
        self.promises, self.n = tuple(promises), occasion.places
        every = cells(universe.kinds(self.promises, occasion.keep_out), self.promises)
        self.cells = _distinct(every, self.promises, self.n)
        self.demands = tuple(
            demand(rule, self.promises, self.cells, self.n) for rule in self.promises
        )
        more = any(one.present and one.low for one in self.demands)
        self.rich: Counts = tuple(min(cell.kind.most, self.n + more) for cell in self.cells)
        self.exact = universe.whole and not any(ALONE in cell.groups for cell in self.cells)

    def roots(self, demands: Sequence[Demand]) -> Iterator[Counts]:
        """Pools to begin with: the rich one, and such as lack groups that a floor would ask for."""
        yield self.rich
        for one in demands:
            if one.present and one.low:
                known = list(dict.fromkeys(group for group in one.groups if group is not None))
                for size in range(4):
                    for some in combinations(known, size):
                        yield tuple(
                            many if group is None or group in some else 0
                            for many, group in zip(self.rich, one.groups, strict=True)
                        )
                for alone in (cell for cell, group in enumerate(one.groups) if group == ALONE):
                    root = [
                        many * (group is None)
                        for many, group in zip(self.rich, one.groups, strict=True)
                    ]
                    root[alone] = self.n // one.low
                    yield tuple(root)

    def possible(self) -> bool:
        """Says whether some full edition keeps all promises, whatever went out before it."""
        several = [_before(*two) for two in zip(self.promises, self.demands, strict=True)]
        return any(
            filled(self.n, root, demands) is not None
            for demands in product(*several)
            for root in self.roots(demands)
        )

    def broken(self, demands: Sequence[Demand], effort: Effort) -> Counts | None:
        """Returns a pool, plain if possible, of which no line-up keeps the demands; or nothing."""
        size = len(self.cells)
        for cell, many in enumerate(self.rich):
            if many >= self.n:
                for other in (None, *(i for i in range(size) if i != cell and self.rich[i])):
                    plain = tuple(many if i == cell else int(i == other) for i in range(size))
                    if filled(self.n, plain, demands) is None:
                        return plain
        for root in self.roots(demands):
            if sum(root) >= self.n:
                found = Starving(self.n, [()], demands, effort).poorer(root)
                if found is not None:
                    return found
        return None

    def pool(
        self,
        counts: Counts,
        pins: Mapping[int, int] | None = None,
        by: Rule | None = None,
    ) -> Pool | None:
        """Returns a pool of made-up topics, so many of each cell; nothing if there is no such one.

        `pins`: cell by place, from 0, of the topics that lead by an objective, in that order.
        """
        order = [cell for _, cell in sorted((pins or {}).items())]
        rest = [cell for cell, many in enumerate(counts) for _ in range(many - order.count(cell))]
        shown = self.universe.asks(self.promises) | (
            {OBJECTIVES[by.by or ""].attribute} if by else set()
        )
        maker = Maker(self.rules.edition, self.occasion.at, self.universe.words, shown)
        namer = _Namer(maker, grouped(self.promises))
        made = []
        for i, cell in enumerate((*order, *rest)):
            rank = _rank(by, i, len(order)) if by else None
            made.append(Made(self.cells[cell].kind.variants, namer.words(self.cells[cell]), rank))
        pool = maker.pool(made)
        shares = (share for one in pool.entries for share in (one.importance, one.preference))
        ids = {one.topic.id for one in pool.entries}
        if len(ids) < len(made) or any(share > 1 for share in shares):
            return None
        return pool if self._true(pool, (*order, *rest)) else None

    def alone(self, promises: Sequence[Rule]) -> Rules:
        """Returns the file with some of its editorial rules only."""
        return msgspec.structs.replace(self.rules, rules=tuple(promises))

    def _true(self, pool: Pool, made: Sequence[int]) -> bool:
        """Whether the rules see the topics made as what they were made to be."""
        wishes = Wishes(modes=self.occasion.modes)
        problem = compiled(self.alone(self.promises), pool, wishes)
        if len(problem.rows) != len(made) or problem.places != self.n:
            return False
        levels = {level.name: level for level in problem.levels}
        return all(
            _agrees(levels[rule.name], one, made, self.n)
            for rule, one in zip(self.promises, self.demands, strict=True)
        )


def _before(rule: Rule, one: Demand) -> list[Demand]:
    """What a demand asks of the edition after so many have gone out that count, too."""
    if rule.within is None:
        return [one]
    most = max(one.low, one.high if one.high < MANY else 0)
    return [
        replace(
            one,
            low=max(0, one.low - many),
            high=one.high if one.high == MANY else max(0, one.high - many),
        )
        for many in range(most + 1)
    ]


class _Namer:
    """Gives topics of a cell their free words: shared ones, or each its own."""

    def __init__(self, maker: Maker, names: Sequence[str]) -> None:
        self.maker, self.names = maker, names
        self.shared: dict[Hashable, int] = {}
        self.next = dict.fromkeys(names, 0)

    def words(self, cell: Cell) -> dict[str, str]:
        told = {}
        for name, group, word in zip(self.names, cell.groups, cell.kind.words, strict=True):
            if word == FREE:
                key = (name, group)
                if group == ALONE or key not in self.shared:
                    self.shared[key] = self.next[name]
                    self.next[name] += 1
                told[name] = self.maker.word(name, self.shared[key])
        return told


def _distinct(several: Sequence[Cell], promises: Sequence[Rule], n: int) -> tuple[Cell, ...]:
    """Cells that the promises can tell apart: one of each, but each topic named by its id."""
    demands = [demand(rule, promises, several, n) for rule in promises]
    plenty: dict[object, Cell] = {}
    named: list[tuple[object, Cell]] = []
    for i, cell in enumerate(several):
        seen = tuple((one.allowed or one.groups)[i] for one in demands)
        if cell.kind.most >= n:
            plenty.setdefault(seen, cell)
        else:
            named.append((seen, cell))
    return (*plenty.values(), *(cell for seen, cell in named if seen not in plenty))


def _rank(by: Rule, i: int, leading: int) -> tuple[str, float]:
    """What the i-th topic has of an objective: the leading ones differ, all others trail alike."""
    objective = OBJECTIVES[by.by or ""]
    unit = by.unit or objective.unit
    place = min(i, leading)
    return by.by or "", (leading - place if objective.most else place + 1) * unit


def _agrees(level: Level, one: Demand, made: Sequence[int], n: int) -> bool:
    match level:
        case Each(degree=degree):
            allowed = [[one.allowed[cell] >> place & 1 for place in range(n)] for cell in made]
            return bool(((degree == 0) == np.array(allowed, np.bool_)).all())
        case Count(group=group, places=places, table=table):
            at = sum(1 << place for place in range(n) if places[place])
            counts = np.arange(n + 1)
            kept = (counts >= one.low) & (counts <= one.high)
            same = bool(((table == 0) == kept).all()) and at == one.places
            return same and _grouped_alike(group.tolist(), [one.groups[cell] for cell in made])
        case Apart(group=group):
            return _grouped_alike(group.tolist(), [one.groups[cell] for cell in made])


def _grouped_alike(group: Sequence[int], expected: Sequence[Hashable]) -> bool:
    """Whether two ways of grouping put the same topics together."""
    told = [(i,) if one == ALONE else one for i, one in enumerate(expected)]
    pairs = {(int(a) if a >= 0 else None, b) for a, b in zip(group, told, strict=True)}
    alike = all((a is None) == (b is None) for a, b in pairs)
    return alike and len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})
