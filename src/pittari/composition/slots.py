"""Which candidate stands at which place? Pins, caps, quotas, spread and real exploration.

Pinned items count for caps and quotas before all others, wherever they stand. Then, place by place
from the first: a pinned item stands where it is pinned; else, with probability
`explore`, one of the leading admissible candidates is drawn evenly; else the best admissible one
stands, where each item already placed of the same creator or character takes off a little.
The propensity logged is the exact probability of the item at that place, given the places before.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from pittari import clock
from pittari.model.candidates import Candidates, Places, Scores
from pittari.model.catalog import Catalog, Mask, Rows
from pittari.model.request import Request
from pittari.pipeline.match import matching
from pittari.pipeline.stages import Arrangement
from pittari.settings import Quota, Shelf

SPREAD_OVER = ("creator", "character")
BELOW, LIMITED = 1, 2


@dataclass(slots=True)
class _Board:
    """The leading candidates while places are filled; lists run over them, best first.

    Plain lists: for each place only the first few are looked at, since what likeness takes off a
    score never lifts anybody. `unit` is what each one placed takes off those of its kind. A kind
    below 0 is no kind.
    """

    rows: Places
    score: list[float]
    open: list[bool]
    reach: int
    free: int
    """How many of the first `reach` are open."""
    unit: float = 0.0
    spread: list[tuple[list[int], dict[int, int]]] = field(default_factory=list)
    """The kind of each candidate, and how many of a kind are placed."""
    limits: list[tuple[list[int], dict[int, int], int]] = field(default_factory=list)
    """The kind of each candidate, how many of a kind have a place, and how many may."""
    needs: list[tuple[list[bool], int]] = field(default_factory=list)
    limited: list[int] = field(default_factory=list)

    def best(self, may: list[bool]) -> int:
        """Returns the first of the most valuable candidates that may, -1 where there is none."""
        best, most, unit, spread = -1, -math.inf, self.unit, self.spread
        for at, score in enumerate(self.score):
            if score <= most:
                break
            if may[at]:
                value = score
                for kinds, met in spread:
                    if kinds[at] in met:
                        value -= unit * met[kinds[at]]
                if value > most:
                    best, most = at, value
        return best

    def close(self, at: int) -> None:
        """Takes a candidate out of the running."""
        if self.open[at]:
            self.open[at] = False
            self.free -= at < self.reach

    def limit(self, kinds: list[int], kind: int) -> None:
        """Takes all candidates of a kind out of the running because its limit is reached."""
        for at, own in enumerate(kinds):
            if own == kind and self.open[at]:
                self.limited.append(at)
                self.close(at)

    def place(self, at: int) -> None:
        """Puts the candidate `at`, counted already, on the shelf; those like it lose a little."""
        for kinds, met in self.spread:
            met[kinds[at]] = met.get(kinds[at], 0) + 1

    def count(self, at: int) -> None:
        """Counts a candidate that has its place, or is pinned to one, for caps and quotas."""
        self.close(at)
        for kinds, placed, most in self.limits:
            kind = kinds[at]
            if kind >= 0:
                placed[kind] = number = placed.get(kind, 0) + 1
                if number >= most:
                    self.limit(kinds, kind)
        if self.needs:
            self.needs = [(fits, need - fits[at]) for fits, need in self.needs]

    def wanted(self, places_left: int) -> list[bool] | None:
        """Returns who a quota still waits for, when there is room for nobody else."""
        waiting = [(_both(fits, self.open), need) for fits, need in self.needs if need > 0]
        due = [(fits, need) for fits, need in waiting if any(fits)]
        if not due or sum(need for _, need in due) < places_left:
            return None
        return [any(column) for column in zip(*(fits for fits, _ in due), strict=True)]


class Slots:
    """Lays out one shelf by its settings."""

    vocabulary = ("below_the_line", "limit")

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        caps = shelf.caps
        self.caps = {
            name: most
            for name in ("creator", "character", "category", "price")
            if (most := getattr(caps, name)) is not None
        }
        self._looked_at = tuple({**self.caps, **dict.fromkeys(SPREAD_OVER if shelf.spread else ())})

    def arrange(self, request: Request, candidates: Candidates) -> Arrangement:
        """Returns at most `request.n` rows in order, with propensities and how each came there."""
        pins = self._pins(request, candidates)
        board = self._board(request, candidates, pins)
        draws = request.dice.random((request.n, 2)).tolist() if self.shelf.explore else None
        places: list[int] = []
        chances: list[float] = []
        how: list[str] = []
        for place in range(request.n):
            if place + 1 in pins:
                at, chance, note = pins[place + 1], 1.0, "pinned"  # counted already
            else:
                wanted = None
                if board.needs:
                    free = request.n - place - sum(p > place + 1 for p in pins)
                    wanted = board.wanted(free)
                draw = None if draws is None else draws[place]
                at, best, chance = self._pick(board, wanted, draw)
                if at < 0:
                    continue
                note = "" if at == best else "explored"
                board.count(at)
            board.place(at)
            places.append(at)
            chances.append(chance)
            how.append(note)
        rows = board.rows[places]
        left = np.empty(len(candidates), np.uint8)
        left.fill(BELOW)
        if board.limited:
            left[board.rows[board.limited]] = LIMITED
        left[rows] = 0
        return Arrangement(rows, np.array(chances, np.float64), left, tuple(how))

    def _pick(
        self, board: _Board, wanted: list[bool] | None, draw: list[float] | None
    ) -> tuple[int, int, float]:
        """Returns who stands at the next place and who is best there, -1 for nobody, and how
        probable the one who stands was; `wanted`: nobody else may."""
        may = board.open if wanted is None else wanted
        best = board.best(may)
        if best < 0 or draw is None:
            return best, best, 1.0
        share, reach = self.shelf.explore, self.shelf.explore_from
        pool = board.free if wanted is None else sum(may[:reach])
        at = best
        if draw[0] < share and pool:
            open_ = [at for at, fits in enumerate(may[:reach]) if fits]
            at = open_[int(draw[1] * pool)]
        even = share / pool if pool and at < reach else 0.0
        greedy = 1.0 - share if pool else 1.0
        return at, best, greedy * (at == best) + even

    def _pins(self, request: Request, candidates: Candidates) -> dict[int, int]:
        """Returns place -> candidate row for the pins that hold now and may be shown."""
        found: dict[int, int] = {}
        for pin in self.shelf.pin:
            if pin.place > request.n or not _holds(pin.since, pin.until, request.at):
                continue
            row = np.flatnonzero(candidates.items == request.catalog.index.get(pin.item, -1))
            if len(row) and int(row[0]) not in found.values():
                found.setdefault(pin.place, int(row[0]))
        return found

    def _board(self, request: Request, candidates: Candidates, pins: dict[int, int]) -> _Board:
        """Returns the leading candidates; turns `pins` from candidate rows to places on it."""
        score, items = candidates.columns["score"], candidates.items
        rows = _leading(score, items, max(self.shelf.explore_from, 4 * request.n))
        quotas = [(q, matching(q.where, request, candidates)) for q in self.shelf.quota]
        kinds = self._kinds_of(request.catalog, items.take(rows))
        if pins or quotas or not self._enough(kinds, len(rows), request.n):
            rows = self._further(request, candidates, rows, list(pins.values()), quotas)
            kinds = self._kinds_of(request.catalog, items.take(rows))
        for place, row in pins.items():
            pins[place] = int(np.flatnonzero(rows == row)[0])
        reach = self.shelf.explore_from
        board = _Board(
            rows=rows,
            score=score.take(rows).tolist(),
            open=[True] * len(rows),
            reach=reach,
            free=min(reach, len(rows)),
        )
        self._likeness(board, kinds)
        for quota, fits in quotas:
            _apply(board, quota, fits[rows].tolist())
        for at in pins.values():
            board.count(at)
        return board

    def _kinds_of(self, catalog: Catalog, items: Rows) -> dict[str, list[int]]:
        """Returns the kind of each item in every column that caps and spread look at."""
        return {name: catalog.kinds(name).take(items).tolist() for name in self._looked_at}

    def _enough(self, kinds: dict[str, list[int]], leading: int, n: int) -> bool:
        """Says whether the leading candidates alone can fill `n` places within the caps."""
        limits = [(kinds[name], most) for name, most in self.caps.items()]
        return len(_fitting(limits, [], range(leading), n)) == n

    def _further(
        self,
        request: Request,
        candidates: Candidates,
        rows: Places,
        fixed: list[int],
        quotas: list[tuple[Quota, Mask]],
    ) -> Places:
        """Returns the leading rows and those further down that pins, quotas and caps need."""
        score, items = candidates.columns["score"], candidates.items
        limits = self._limits(request.catalog, items, quotas)
        more = [np.array(fixed, np.intp)]
        some = rows.tolist()
        if len(rows) < len(items) and len(_fitting(limits, fixed, some, request.n)) < request.n:
            every = _leading(score, items, len(items)).tolist()
            more.append(_placed(_fitting(limits, fixed, every, request.n)))
        for quota, fits in quotas:
            if quota.at_least:
                named = np.flatnonzero(fits)
                some = named[_leading(score[named], items[named], len(named))].tolist()
                more.append(_placed(_fitting(limits, fixed, some, quota.at_least)))
        rows = np.unique(np.concatenate([rows, *more]))
        return rows[_leading(score[rows], items[rows], len(rows))]

    def _limits(
        self, catalog: Catalog, items: Rows, quotas: list[tuple[Quota, Mask]]
    ) -> list[tuple[list[int], int]]:
        """Returns the kind of each candidate and the most of a kind, for caps and quotas."""
        caps = [
            (catalog.kinds(name).take(items).tolist(), most) for name, most in self.caps.items()
        ]
        return caps + [
            (np.where(fits, 0, -1).tolist(), quota.at_most)
            for quota, fits in quotas
            if quota.at_most is not None
        ]

    def _likeness(self, board: _Board, kinds: dict[str, list[int]]) -> None:
        """Sets the caps and the spread of a board."""
        board.limits = [(kinds[name], {}, most) for name, most in self.caps.items()]
        if self.shelf.spread and board.score:
            board.unit = self.shelf.spread * max(0.0, board.score[0])
            board.spread = [(kinds[name], {}) for name in SPREAD_OVER]


def _fitting(
    limits: list[tuple[list[int], int]], fixed: list[int], order: Sequence[int], most: int
) -> list[int]:
    """Returns the first `most` rows of `order` that fit together within the limits, and beside the
    rows that are `fixed`: with them on the board, caps leave no place empty that can be filled."""
    if not limits:
        return list(order[:most])
    told: list[tuple[list[int], int, dict[int, int]]] = [(*limit, {}) for limit in limits]
    for kinds, _, counts in told:
        for row in fixed:
            counts[kinds[row]] = counts.get(kinds[row], 0) + 1
    found: list[int] = []
    for row in order:
        if len(found) == most:
            break
        for kinds, limit, counts in told:
            if counts.get(kinds[row], 0) >= limit and kinds[row] >= 0:
                break
        else:
            found.append(row)
            for kinds, _, counts in told:
                counts[kinds[row]] = counts.get(kinds[row], 0) + 1
    return found


def _placed(rows: list[int]) -> Places:
    return np.array(rows, np.intp)


def _leading(score: Scores, items: Rows, reach: int) -> Places:
    """Returns the rows of the `reach` highest scores, highest first, equal ones by item."""
    if not reach:
        return np.zeros(0, np.intp)
    if len(score) <= reach:
        every: Places = np.lexsort((items, -score))
        return every
    highest = score.copy()
    highest.partition(len(score) - reach)
    rows = (score >= highest[-reach]).nonzero()[0]
    order: Places = np.lexsort((items.take(rows), -score.take(rows)))
    leading: Places = rows.take(order[:reach])
    return leading


def _apply(board: _Board, quota: Quota, fits: list[bool]) -> None:
    if quota.at_least:
        board.needs.append((fits, quota.at_least))
    kinds = [0 if one else -1 for one in fits]
    if quota.at_most == 0:
        board.limit(kinds, 0)
    elif quota.at_most is not None:
        board.limits.append((kinds, {}, quota.at_most))


def _both(some: list[bool], others: list[bool]) -> list[bool]:
    return [one and other for one, other in zip(some, others, strict=True)]


def _holds(since: datetime | None, until: datetime | None, at: int) -> bool:
    begun = since is None or clock.micros(since) <= at
    return begun and (until is None or at < clock.micros(until))
