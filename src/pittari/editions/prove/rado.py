"""What must a pool hold for the promises to be kept? The sets of places that could starve.

R. Rado (A theorem on independence relations, Quarterly Journal of Mathematics 13, 1942): places can
be filled with different topics, each eligible for its place and together independent in a matroid,
if and only if for every set of places the topics eligible for one of them have at least its rank.
With caps on disjoint groups the rank of a set of topics is the sum over groups of the smaller of
cap and topics. Without caps it is Hall's theorem. Places for which the same topics are eligible
starve together, so that of the 63 sets of 6 places a handful is left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from pittari.editions.compiling import NO_WISHES, compiled
from pittari.editions.pool import Pool, Wishes
from pittari.editions.problem import Apart, Count, Each, Level, Problem
from pittari.editions.prove.cases import Case
from pittari.editions.prove.filling import ALONE, MANY
from pittari.editions.prove.kinds import Undecided, Universe
from pittari.editions.prove.occasions import Occasion
from pittari.editions.prove.report import Answer, answered, listed, spots
from pittari.editions.prove.starving import Effort
from pittari.editions.rules import Rule, Rules

Form = Literal["places", "caps", "floor", "apart"]
Groups = npt.NDArray[np.int64]

CLASSES = 6
"""Of more kinds of place than this, only each and all together are looked at."""
POOLS = 10


@dataclass(frozen=True, slots=True)
class Assumption:
    """What a pool must hold, or some of `rules` give way.

    `places`, from 1, starve otherwise: at least `need` topics that the rules let stand at one of
    them (`places`), counted up to the caps of `counted` (`caps`), counted by its floor (`floor`, of
    each of its groups that the pool holds), or of which no two neighbours must be alike (`apart`).
    """

    form: Form
    rules: tuple[str, ...]
    places: tuple[int, ...]
    need: int
    size: int
    """How many places the edition has then."""
    counted: tuple[str, ...] = ()
    file: Rules | None = field(default=None, repr=False, compare=False)
    witness: Pool | None = field(default=None, repr=False, compare=False)
    modes: tuple[str, ...] = field(default=(), compare=False)
    """What the desk must have switched on for the witness."""

    @property
    def answer(self) -> Answer:
        """The assumption in words, with a pool that does not hold it."""
        names = (*self.rules, *self.counted)
        form = self.form if names else "full"
        parts = {
            "names": listed(self.rules),
            "counted": listed(self.counted),
            "places": spots(self.places, self.size),
        }
        return answered(
            "assumed", form, names, self.witness, parts=parts, modes=self.modes, need=self.need
        )

    def holds(self, pool: Pool, wishes: Wishes = NO_WISHES) -> bool:
        """Says whether a pool holds it, or its rules are not all in force at the pool's time."""
        found = self.found(pool, wishes)
        return found is None or found >= self.need

    def found(self, pool: Pool, wishes: Wishes = NO_WISHES) -> int | None:
        """Returns how many such topics a pool holds; nothing if not all rules are in force."""
        assert self.file is not None  # noqa: S101 - only tests compare assumptions without one
        problem = compiled(self.file, pool, wishes)
        levels = {level.name: level for level in problem.levels}
        if not all(name in levels for name in (*self.rules, *self.counted)):
            return None
        return self._count(problem, levels)

    def _count(self, problem: Problem, levels: dict[str, Level]) -> int:
        eligible = np.ones((len(problem.rows), problem.places), np.bool_)
        for name in self.rules:
            level = levels[name]
            if isinstance(level, Each):
                eligible &= level.degree == 0
        at = [place - 1 for place in self.places if place <= problem.places]
        topics = np.flatnonzero(eligible[:, at].any(1))
        several = [levels[name] for name in self.counted]
        if self.form == "places":
            return len(topics)
        if self.form == "floor":
            return min(_floored(level, topics, self.need, len(at)) for level in several)
        free = len(topics)
        total = 0
        for level in several:
            counts, caps = _capped(level, topics, problem.places)
            free -= int(counts.sum())
            total += int(np.minimum(counts, caps).sum())
        return free + total


def _capped(level: Level, topics: Groups, n: int) -> tuple[Groups, Groups]:
    """By group how many topics there are and how many may stand."""
    assert isinstance(level, Count | Apart)  # noqa: S101
    own = level.group[topics]
    if isinstance(level, Apart):
        counts = np.bincount(own[own >= 0])
        return counts, np.full(len(counts), (n + 1) // 2)
    counts = np.bincount(own[own >= 0], minlength=len(level.table))
    return counts, ((level.table == 0) * np.arange(level.table.shape[1])).max(1, initial=0)


def _floored(level: Level, topics: Groups, need: int, places: int) -> int:
    """What the group that lacks most has, counted towards the floor with what went out before.

    It is fewer, too, by as many as all floors together ask for more topics than there are places.
    """
    assert isinstance(level, Count)  # noqa: S101
    own = level.group[topics]
    counts = np.bincount(own[own >= 0], minlength=len(level.table))
    kept = level.table == 0
    asked = np.where(kept.any(1), kept.argmax(1), need)
    return need + min(int((counts - asked).min(initial=0)), places - int(asked.sum()))


def assumed(
    universe: Universe,
    rules: Rules,
    occasion: Occasion,
    promises: Sequence[Rule],
    known: set[Assumption],
) -> Iterator[Assumption]:
    """Yields what pools must hold for some promises to be kept, each with a pool that does not.

    What is `known` from another occasion is not looked at again.
    """
    whole = tuple(range(1, occasion.places + 1))
    each = tuple(rule for rule in promises if rule.kind not in {"count", "apart"})
    sets = _sets(universe, rules, occasion, each)
    asked: list[tuple[Form, tuple[int, ...], int, tuple[Rule, ...]]] = [
        ("places", places, len(places), ()) for places in sets
    ]
    for family in _families(universe, rules, occasion, promises):
        least = min(0 if rule.within else rule.at_most or 0 for rule in family)
        limited = _within(family[0], occasion)
        for places in dict.fromkeys((*sets, whole)) if limited == whole else [limited]:
            if len(places) > least:
                asked.append(("caps", places, len(places), family))
    for rule in promises:
        if rule.at_least:
            asked.append(("floor", _within(rule, occasion), rule.at_least, (rule,)))
        if rule.apart:
            asked.append(("apart", whole, len(whole), (rule,)))
    for form, places, need, counted in asked:
        here = tuple(rule for rule in each if not rule.places or set(rule.places) & set(places))
        if form == "apart":
            here = ()
        if not places:
            continue
        names, by = (tuple(rule.name for rule in some) for some in (here, counted))
        one = Assumption(form, names, places, need, occasion.places, by, rules)
        if one in known:
            continue
        known.add(one)
        try:
            asked_of = counted if form == "floor" else (*here, *counted)
            case = Case(universe, rules, occasion, asked_of)
            yield replace(one, witness=_lacking(case, form, places), modes=occasion.modes)
        except Undecided:
            yield one


def suffices(case: Case) -> bool:
    """Says whether the assumptions are enough for all of a case's promises, by Rado's theorem.

    So they are where rules only say which topics may stand at a place, and cap groups of the whole
    edition of which no topic is in two.
    """
    caps = [one for one in case.demands if not one.allowed]
    whole = (1 << case.n) - 1
    return (
        case.n <= CLASSES
        and case.universe.whole
        and all(not one.apart and not one.low and one.places == whole for one in caps)
        and all(
            sum(one.groups[cell] is not None for one in caps) <= 1
            for cell in range(len(case.cells))
        )
    )


def _sets(
    universe: Universe, rules: Rules, occasion: Occasion, each: Sequence[Rule]
) -> list[tuple[int, ...]]:
    """The sets of places for which different topics are eligible: unions of like places."""
    n = occasion.places
    try:
        case = Case(universe, rules, occasion, each)
    except Undecided:
        return list(dict.fromkeys(_within(rule, occasion) for rule in each))
    allowed = [(1 << n) - 1] * len(case.cells)
    for one in case.demands:
        allowed = [a & b for a, b in zip(allowed, one.allowed, strict=True)]
    at = [frozenset(c for c, places in enumerate(allowed) if places >> p & 1) for p in range(n)]
    every = frozenset(range(len(case.cells)))
    alike = [cells for cells in dict.fromkeys(at) if cells != every]
    sizes = range(1, len(alike) + 1) if len(alike) <= CLASSES else (1, len(alike))
    found: dict[frozenset[int], tuple[int, ...]] = {}
    for size in sizes:
        for some in combinations(alike, size):
            union = frozenset().union(*some)
            if union != every:
                found[union] = tuple(p + 1 for p in range(n) if at[p] <= union)
    return list(found.values())


def _within(rule: Rule, occasion: Occasion) -> tuple[int, ...]:
    """The places of the edition that a rule speaks of, from 1."""
    every = range(1, occasion.places + 1)
    return tuple(place for place in every if not rule.places or place in rule.places)


def _families(
    universe: Universe, rules: Rules, occasion: Occasion, promises: Sequence[Rule]
) -> list[tuple[Rule, ...]]:
    """Caps on groups of which no topic is in two: together where they cap the whole edition."""
    families: list[list[Rule]] = []
    for rule in promises:
        if rule.at_most is None:
            continue
        for family in families:
            if (
                not rule.places
                and not family[0].places
                and all(
                    _disjoint(Case(universe, rules, occasion, (rule, other))) for other in family
                )
            ):
                family.append(rule)
                break
        else:
            families.append([rule])
    return [tuple(family) for family in families]


def _disjoint(case: Case) -> bool:
    first, second = case.demands
    return not any(
        a is not None and b is not None for a, b in zip(first.groups, second.groups, strict=True)
    )


def _lacking(case: Case, form: Form, places: tuple[int, ...]) -> Pool | None:
    """A pool that lacks what is assumed: of topics of one cell, if places starve."""
    counting = [one for one in case.demands if not one.allowed]
    if form in {"floor", "apart"}:
        counts = case.broken([replace(one, high=MANY) for one in counting], Effort(POOLS))
        return case.pool(counts) if counts else None
    at = sum(1 << place - 1 for place in places)
    for cell, many in enumerate(case.rich):
        eligible = at
        for one in case.demands:
            eligible &= one.allowed[cell] if one.allowed else at
        caps = [one.high for one in counting if one.groups[cell] not in (None, ALONE)]
        if many >= case.n and (not eligible or min(caps, default=case.n) < len(places)):
            return case.pool(
                tuple(case.n if other == cell else 0 for other in range(len(case.rich)))
            )
    return None
