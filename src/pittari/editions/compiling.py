"""Which topics does safety admit, and what is there to solve? Rules and a pool become arrays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pittari.clock import micros
from pittari.editions.columns import Columns
from pittari.editions.pool import Pool, Wishes
from pittari.editions.problem import Apart, Count, Each, Groups, Ints, Level, Problem, Rows
from pittari.editions.rules import OBJECTIVES, Rule, Rules, in_force, places, today

NO_WISHES = Wishes()
MOST = 10**9
"""No topic has a larger degree at a place, so that sums stay whole numbers of 64 bits."""
HAIR = 1e-9
"""What a computed number may be over a limit, in steps, and still count as at it."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Rows of the pool that safety admits; for every other topic's id the reason's name."""

    rows: Rows
    kept_out: dict[str, str]


def admitted(rules: Rules, pool: Pool, wishes: Wishes = NO_WISHES) -> Admitted:
    """Returns what may stand in the edition, whatever the place.

    Reasons are the names of `keep_out` rules, the first that fits, after the built-in
    `withdrawn`, `embargoed` and `vetoed`.
    """
    return _admitted(rules, Columns(pool, rules.edition), wishes)


def compiled(rules: Rules, pool: Pool, wishes: Wishes = NO_WISHES) -> Problem:
    """Returns what there is to solve: the desk's pins, then each rule in force, as levels.

    A level bears its rule's name; the desk's are `desk-pin-PLACE`, a rotating choice `profile`.
    """
    columns = Columns(pool, rules.edition)
    day = today(rules, pool.at, wishes.modes)
    rows = _admitted(rules, columns, wishes).rows
    stand = _Stand(columns, rows, min(places(rules, day), len(rows)))
    held = [rule for rule in rules.rules if in_force(rule, day)]
    band = rules.edition.profile
    last = next((i for i in range(len(held), 0, -1) if held[i - 1].kind != "by"), 0)
    levels: list[Level] = [
        _pinned(stand, f"desk-pin-{place}", topic, place)
        for place, topic in sorted(wishes.pins.items())
        if place <= stand.places
    ]
    for i, rule in enumerate(held):
        levels.append(
            _objective(rule, stand, band if i >= last else 0.0)
            if rule.kind == "by"
            else _LEVEL[rule.kind](rule, stand)
        )
    if band > 0:
        levels.append(_rotating(stand))
    return Problem(places=stand.places, rows=rows, levels=tuple(levels), tie=_tie(stand))


def _admitted(rules: Rules, columns: Columns, wishes: Wishes) -> Admitted:
    day = today(rules, columns.pool.at, wishes.modes)
    reasons = [
        ("withdrawn", columns.fits({"status": "withdrawn"})),
        ("embargoed", columns.fits({"embargoed": True})),
        ("vetoed", columns.fits({"id": wishes.vetoes})),
        *((kept.name, columns.fits(kept.where)) for kept in rules.keep_out if in_force(kept, day)),
    ]
    first = np.full(len(columns.topics), -1)
    for i, (_, mask) in enumerate(reasons):
        first[mask & (first < 0)] = i
    kept_out = {
        columns.topics[row].id: reasons[first[row]][0] for row in np.flatnonzero(first >= 0)
    }
    return Admitted(np.flatnonzero(first < 0).astype(np.int32), kept_out)


@dataclass(frozen=True, slots=True)
class _Stand:
    """The admitted topics and the number of places, as every kind of rule sees them."""

    columns: Columns
    rows: Rows
    places: int

    def fits(self, rule: Rule) -> npt.NDArray[np.bool_]:
        """Topics a rule speaks of: `where` and not `except`."""
        mask = self.columns.fits(rule.where)
        if rule.except_:
            mask &= ~self.columns.fits(rule.except_)
        return mask[self.rows]

    def at(self, rule: Rule) -> npt.NDArray[np.bool_]:
        """The places a rule speaks of."""
        if not rule.places:
            return np.ones(self.places, np.bool_)
        return np.isin(np.arange(1, self.places + 1), rule.places)

    def each(self, name: str, degree: npt.ArrayLike, at: npt.NDArray[np.bool_]) -> Each:
        """A degree by topic, at some places only."""
        return Each(name, np.outer(np.asarray(degree, np.int64), at).astype(np.int64))


def _avoid(rule: Rule, stand: _Stand) -> Level:
    fits = stand.columns.fits(rule.avoid or {})[stand.rows] & stand.fits(rule)
    return stand.each(rule.name, fits, stand.at(rule))


def _want(rule: Rule, stand: _Stand) -> Level:
    return stand.each(rule.name, ~stand.columns.fits(rule.want or {})[stand.rows], stand.at(rule))


def _graded(rule: Rule, stand: _Stand) -> Level:
    """Steps over (or under) the limit, begun ones counting whole; missing values obey."""
    sign = 1 if rule.over else -1
    ((name, limit),) = (rule.over or rule.under or {}).items()
    beyond = sign * (stand.columns.numbers(name)[stand.rows] - limit) / rule.step
    steps = np.clip(np.ceil(np.nan_to_num(beyond) - HAIR), 0, MOST)
    return stand.each(rule.name, np.where(stand.fits(rule), steps, 0), stand.at(rule))


def _count(rule: Rule, stand: _Stand) -> Level:
    group, before = _groups(rule, stand)
    counts = np.arange(stand.places + 1)
    table = np.zeros((len(before), stand.places + 1), np.int64)
    if rule.at_most is not None:
        left = np.maximum(rule.at_most - before, 0)
        table += np.maximum(counts[None, :] - left[:, None], 0)
    if rule.at_least is not None:
        table += np.maximum(rule.at_least - before[:, None] - counts[None, :], 0)
    return Count(rule.name, group, stand.at(rule), table)


def _groups(rule: Rule, stand: _Stand) -> tuple[Groups, Ints]:
    """Each topic's group, and how many of each group went out `within` the rule's span."""
    fits = stand.fits(rule)
    if rule.each is None:
        return np.where(fits, 0, -1).astype(np.int32), _before(rule, stand, {"": 0}, 1)
    codes, words = stand.columns.codes(rule.each)
    own = np.where(fits, codes[stand.rows], -1)
    present = np.unique(own[own >= 0])
    group = np.where(own >= 0, np.searchsorted(present, own), -1).astype(np.int32)
    number = {int(code): i for i, code in enumerate(present)}
    known = {word: number[code] for word, code in words.items() if code in number}
    return group, _before(rule, stand, known, len(present))


def _before(rule: Rule, stand: _Stand, known: dict[str, int], size: int) -> Ints:
    counts = np.zeros(size, np.int64)
    if rule.within is None:
        return counts
    told = stand.columns.past(rule.within)
    fits = told.fits(rule.where) & ~(told.fits(rule.except_) if rule.except_ else False)
    for topic, counted in zip(told.topics, fits, strict=True):
        word = "" if rule.each is None else getattr(topic, rule.each)
        if counted and word in known:
            counts[known[word]] += 1
    return counts


def _apart(rule: Rule, stand: _Stand) -> Level:
    codes, _ = stand.columns.codes(rule.apart or "")
    return Apart(rule.name, np.where(stand.fits(rule), codes[stand.rows], -1).astype(np.int32))


def _objective(rule: Rule, stand: _Stand, band: float) -> Level:
    """Units behind the best; of k places the first counts k times, the last once.

    So that the leading k topics stand there, the best first. `band`, a share of the range, is a
    coarser unit: topics as near as that count as equal.
    """
    objective = OBJECTIVES[rule.by or ""]
    unit = rule.unit or objective.unit
    values = stand.columns.numbers(objective.attribute)[stand.rows]
    known = np.clip(np.rint((values if objective.most else -values) / unit), -MOST, MOST)
    least = np.fmin.reduce(known, initial=0.0)
    worst = least if objective.most else least - 1
    whole = np.where(np.isnan(known), worst, known).astype(np.int64)
    behind = whole.max(initial=int(worst)) - whole
    behind = behind // (1 + int(band * behind.max(initial=0)))
    at = stand.at(rule)
    weight = np.zeros(stand.places, np.int64)
    weight[at] = np.arange(at.sum(), 0, -1)
    return Each(rule.name, np.outer(behind, weight).astype(np.int64))


def _pin(rule: Rule, stand: _Stand) -> Level:
    return _pinned(stand, rule.name, rule.pin or "", rule.places[0])


def _pinned(stand: _Stand, name: str, topic: str, place: int) -> Level:
    other = ~stand.columns.fits({"id": topic})[stand.rows]
    return stand.each(name, other, np.arange(1, stand.places + 1) == place)


def _rotating(stand: _Stand) -> Level:
    """A draw for each topic from the edition's id: the same every time it is composed."""
    pool = stand.columns.pool
    drawn = [
        hashlib.sha256(f"{pool.edition}\n{pool.entries[row].topic.id}".encode()).digest()[0]
        for row in stand.rows
    ]
    return stand.each("profile", drawn, np.ones(stand.places, np.bool_))


def _tie(stand: _Stand) -> Ints:
    """The total order of choice: newer first, then by id."""
    topics = [stand.columns.topics[row] for row in stand.rows]
    order = sorted(range(len(topics)), key=lambda i: (-micros(topics[i].published), topics[i].id))
    tie = np.empty(len(topics), np.int64)
    tie[order] = np.arange(len(topics))
    return tie


_LEVEL: dict[str, Callable[[Rule, _Stand], Level]] = {
    "avoid": _avoid,
    "want": _want,
    "over": _graded,
    "under": _graded,
    "count": _count,
    "apart": _apart,
    "pin": _pin,
}
