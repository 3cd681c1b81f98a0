"""Do two rules ever meet, and can both be kept whenever each can? Every pair of a rule file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, product
from typing import Literal

from pittari.editions.pool import Pool
from pittari.editions.prove.cases import Case
from pittari.editions.prove.filling import ALONE, MANY, Counts, Demand, filled
from pittari.editions.prove.kinds import Undecided, Universe
from pittari.editions.prove.occasions import Occasion
from pittari.editions.prove.starving import Effort, Starving
from pittari.editions.rules import Rule, Rules

Relation = Literal[
    "never_meet",
    "compatible",
    "decides",
    "conflict",
    "never_both",
    "first_implies_second",
    "second_implies_first",
    "same",
    "open",
]
POOLS = 60
"""Pools looked at for one pair before it stays open."""
GLANCE = 10
"""Pools looked at for a pair that could not be proven compatible anyway."""
LEADING = 64
"""Of more ways for topics to lead by an objective, only those with topics of one cell are tried."""

_Answer = tuple[Relation, Counts | None, tuple[int, ...]]
"""The relation, the witness, and the cells that lead by an objective."""


@dataclass(frozen=True, slots=True)
class Pair:
    """How two rules stand to each other over all pools; the first has the higher priority.

    `never_meet`: they speak of no topic at the same place on the same day. `compatible`: both can
    be kept whenever each can. `decides`: the second is an objective, and chooses among what the
    first leaves. `conflict`: the witness can keep either and not both (an objective first: could
    keep the second without it). `never_both`: no full edition keeps both. `open`: not proven
    within the limit.
    """

    first: str
    second: str
    relation: Relation
    witness: Pool | None = None


class Pairs:
    """The pairs of a rule file; what several pairs have in common is asked once."""

    def __init__(self, universe: Universe, rules: Rules, effort: Effort) -> None:
        self.universe, self.rules, self.effort = universe, rules, effort
        self.known: dict[object, _Answer] = {}

    def related(self, first: Rule, second: Rule, occasion: Occasion | None) -> Pair:
        """Returns how two rules stand on the first occasion on which both are in force."""
        if occasion is None:
            return Pair(first.name, second.name, "never_meet")
        if second.kind == "by":
            meet = first.kind != "by" or set(_at(first, occasion)) & set(_at(second, occasion))
            return Pair(first.name, second.name, "decides" if meet else "never_meet")
        leads = first.kind == "by"
        promises = (second,) if leads else (first, second)
        places = _at(first, occasion) if leads else ()
        try:
            case = Case(self.universe, self.rules, occasion, promises)
            key = (case.n, case.rich, case.demands, case.exact, places, *_past(promises))
            if key not in self.known:
                self.known[key] = self._led(case, places) if leads else self._asked(case)
        except Undecided:
            return Pair(first.name, second.name, "open")
        relation, counts, leading = self.known[key]
        if counts is None:
            return Pair(first.name, second.name, relation)
        pins = dict(zip(places, leading, strict=True))
        witness = case.pool(counts, pins, first if leads else None)
        return Pair(first.name, second.name, relation if witness else "open", witness)

    def _asked(self, case: Case) -> _Answer:
        """Two promises."""
        first, second = case.demands
        sound = case.universe.whole and not any(_past(case.promises))
        forth = sound and _implies(case, first, second)
        back = sound and _implies(case, second, first)
        if forth or back:
            one: Relation = "first_implies_second" if forth else "second_implies_first"
            return "same" if forth and back else one, None, ()
        provable = sound and (case.exact or _one_cap(case) or _settled(case))
        counts = _conflict(case, Effort(POOLS if provable else GLANCE, self.effort))
        if counts is not None:
            floors = any(one.present and one.low for one in case.demands)
            never = case.universe.whole and not floors and not case.possible()
            return "never_both" if never else "conflict", counts, ()
        if not provable:
            return "open", None, ()
        return "compatible" if _meet(case) else "never_meet", None, ()

    def _led(self, case: Case, places: tuple[int, ...]) -> _Answer:
        """A promise below an objective, which fills its places first."""
        several = [cell for cell, many in enumerate(case.rich) if many >= case.n]
        every = len(several) ** len(places) <= LEADING
        uniform = ((cell,) * len(places) for cell in several)
        ways = product(several, repeat=len(places)) if every else uniform
        led = [(tuple(leading), root) for leading in ways for root in case.roots(case.demands)]
        complete = case.exact and every and len(several) == len(case.cells)
        sound = case.universe.whole and not any(_past(case.promises))
        provable = sound and (complete or _exchanges(case))
        effort = Effort(POOLS if provable else GLANCE, self.effort)
        for leading, root in led:
            pins = dict(zip(places, leading, strict=True))
            if filled(case.n, root, case.demands, pins) is None or not _exchanges(case):
                search = Starving(case.n, [case.demands], case.demands, effort, pins)
                counts = search.poorer(root)
                if counts is not None:
                    return "conflict", counts, leading
        return "compatible" if provable else "open", None, ()


def _past(promises: Sequence[Rule]) -> tuple[str | None, ...]:
    """What went out before counts, too: then what follows from one pool alone proves nothing."""
    return tuple(rule.within for rule in promises)


def _at(rule: Rule, occasion: Occasion) -> tuple[int, ...]:
    """The places a rule speaks of, from 0."""
    every = range(1, occasion.places + 1)
    return tuple(place - 1 for place in every if not rule.places or place in rule.places)


def _conflict(case: Case, effort: Effort) -> Counts | None:
    """A pool that can keep either of two demands and not both: of two cells if possible."""
    first, second = case.demands
    for counts in _plain(case):
        if filled(case.n, counts, case.demands) is None and (
            filled(case.n, counts, (first,)) and filled(case.n, counts, (second,))
        ):
            return counts
    if _settled(case):
        return None
    for root in case.roots(case.demands):
        search = Starving(case.n, [(first,), (second,)], case.demands, effort)
        found = search.poorer(root)
        if found is not None:
            return found
    return None


def _plain(case: Case) -> Iterator[Counts]:
    """Pools of two cells; first those of which neither keeps both demands by itself."""
    size = range(len(case.cells))
    plenty = [cell for cell in size if case.rich[cell] >= case.n]
    both = {cell: all(_keeps(case, cell, one) for one in case.demands) for cell in plenty}
    two = combinations(plenty, 2)
    for some in sorted(two, key=lambda two: both[two[0]] + both[two[1]]):
        yield tuple(case.n if cell in some else 0 for cell in size)


def _settled(case: Case) -> bool:
    """Whether there can be no conflict once pools of two cells show none.

    For one cap on groups at all places beside a simple rule that groups nothing: by Rado's
    theorem the two go together unless some set of places has topics of too few groups, and the
    fewest are one; what the cap needs besides must come from cells it does not bind. For floors at
    all places beside a rule on some places: if all of them together still fit.
    """
    if all(many >= case.n for many in case.rich) and _one_cap(case):
        i = next(i for i, rule in enumerate(case.promises) if rule.each)
        cap, other = case.demands[i], case.demands[1 - i]
        simple = bool(other.allowed) or not other.low or other.high == MANY
        return simple and any(not _keeps(case, cell, other) for cell in _uniform(case, cap))
    for one, other in (case.demands, case.demands[::-1]):
        groups = {group for group in one.groups if group is not None}
        floors = one.low and one.high == MANY and one.places == (1 << case.n) - 1
        if floors and other.allowed and ALONE not in groups:
            bound = (1 << case.n) - 1
            for places in other.allowed:
                bound &= places
            return one.low * max(1, len(groups)) + case.n - bound.bit_count() <= case.n
    return False


def _implies(case: Case, one: Demand, other: Demand) -> bool:
    """Whether every line-up that keeps one demand keeps the other."""
    if one.present and one.low:
        return False
    if any(not _keeps(case, cell, other) for cell in _uniform(case, one)):
        return False
    ways = _placed(case, other) if other.allowed or other.apart else _counted(other)
    return not any(filled(case.n, case.rich, (one, *more), pins) for more, pins in ways)


_Way = tuple[tuple[Demand, ...], dict[int, int]]
"""How a line-up breaks a demand: by further demands, or by cells at places."""


def _placed(case: Case, one: Demand) -> Iterator[_Way]:
    cells = range(len(case.cells))
    for place, cell in product(range(case.n), cells if one.allowed else ()):
        if not one.allowed[cell] >> place & 1:
            yield (), {place: cell}
    for (before, after), a, b in product(pairwise(range(case.n)), cells, cells):
        if one.apart and one.groups[a] == one.groups[b] not in (None, ALONE):
            yield (), {before: a, after: b}


def _counted(one: Demand) -> Iterator[_Way]:
    groups = dict.fromkeys(group for group in one.groups if group is not None)
    for group in groups:
        own = tuple("all" if other == group else None for other in one.groups)
        same = replace(one, groups=own, present=False)
        if group != ALONE or one.high < 1:
            yield (replace(same, low=one.high + 1, high=MANY),), {}
        if one.low:
            yield (replace(same, low=0, high=one.low - 1),), {}
    if one.low and not groups:
        yield (), {}


def _one_cap(case: Case) -> bool:
    """Whether one rule caps groups, at all places, and the other groups nothing.

    Then, by Rado's theorem, the worst that can happen is that all topics for some set of places
    are of one group, and such pools are among those looked at.
    """
    several = zip(case.promises, case.demands, strict=True)
    grouping = [one for rule, one in several if rule.each or rule.apart]
    whole = (1 << case.n) - 1
    return len(grouping) == 1 and all(
        not one.apart and not one.low and one.places == whole for one in grouping
    )


def _exchanges(case: Case) -> bool:
    """Whether what leads by an objective can only break a rule by itself, never by being missed.

    So it is for caps at all places, whose line-ups are the bases of a matroid: leading topics that
    obey it can be completed, if any line-up obeys it. And for floors at all places: of a group
    that has enough, as many are left as it still asks for.
    """
    (rule,), (one,) = case.promises, case.demands
    return rule.kind == "count" and not rule.places and (not one.low or one.high == MANY)


def _uniform(case: Case, one: Demand) -> list[int]:
    """Cells of which a whole edition keeps a demand."""
    several = enumerate(case.rich)
    return [cell for cell, many in several if many >= case.n and _keeps(case, cell, one)]


def _keeps(case: Case, cell: int, one: Demand) -> bool:
    """Whether topics of one cell, as many as places, keep a demand."""
    if one.allowed:
        return one.allowed[cell] == (1 << case.n) - 1
    group, many = one.groups[cell], one.places.bit_count()
    if one.apart:
        return group in (None, ALONE) or case.n < 2
    if group is None:
        return one.present or not one.low
    if group == ALONE:
        return one.high > 0 and (not one.low or (one.low == 1 and many == case.n))
    return one.low <= many <= one.high


def _meet(case: Case) -> bool:
    """Whether both rules speak of some topic at the same place."""
    first, second = (_spoken(case, one) for one in case.demands)
    return any(a & b for a, b in zip(first, second, strict=True))


def _spoken(case: Case, one: Demand) -> Sequence[int]:
    """By cell the places at which it matters to a demand."""
    whole = (1 << case.n) - 1
    if one.allowed:
        return [whole & ~places for places in one.allowed]
    at = whole if one.apart else one.places
    return [at if group is not None else 0 for group in one.groups]
