"""Which candidate stands at which place? Pins, caps, quotas, spread and real exploration.

Pinned items count for caps and quotas before all others, wherever they stand. Then, place by place
from the first: a pinned item stands where it is pinned; else, with probability
`explore`, one of the leading admissible candidates is drawn evenly; else the best admissible one
stands, where each item already placed of the same creator or character takes off a little.
The propensity logged is the exact probability of the item at that place, given the places before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

import numpy as np

from pittari import clock
from pittari.composition.board import Board, fitting
from pittari.model.candidates import Candidates, Places, Scores, best_first, bounds
from pittari.model.catalog import Catalog, Mask, Rows
from pittari.model.request import Batch, Request
from pittari.pipeline.match import matching
from pittari.pipeline.stages import Arrangement
from pittari.settings import Quota, Shelf

SPREAD_OVER = ("creator", "character")
BELOW, LIMITED = 1, 2
_Pins = Mapping[int, int]
"""Which candidate stands at a place."""


@dataclass(frozen=True, slots=True)
class _Head:
    """The leading candidates of a request, best first: where each stands among all, its score, and
    its kind in every column that caps and spread look at."""

    rows: list[int]
    score: list[float]
    kinds: dict[str, list[int]]


@dataclass(frozen=True, slots=True)
class _Own:
    """All candidates of a request: those from row `start` on."""

    start: int
    items: Rows
    score: Scores
    quotas: list[tuple[Quota, Mask]]


@dataclass(frozen=True, slots=True)
class _LineUps:
    """What stands on the shelves of a batch, and who was kept out by a limit."""

    rows: list[int] = field(default_factory=list)
    chances: list[float] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    limited: list[int] = field(default_factory=list)


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

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        """Returns at most `n` rows of each request in order, with propensities and how each came
        there."""
        laid = _LineUps()
        told = zip(batch, self._own(batch, candidates), self._heads(batch, candidates), strict=True)
        for request, own, leading in told:
            head, pins = leading, self._pins(request, own)
            if pins or own.quotas or not self._enough(head, request.n):
                head = self._further(request, own, head, list(pins.values()))
            self._fill(request, self._board(own, head, pins), pins, laid)
        rows = np.array(laid.rows, np.intp)
        left = np.empty(len(candidates), np.uint8)
        left.fill(BELOW)
        left[laid.limited] = LIMITED
        left[rows] = 0
        return Arrangement(rows, np.array(laid.chances, np.float64), left, laid.how)

    def _fill(self, request: Request, board: Board, pins: _Pins, laid: _LineUps) -> None:
        """Fills the places of one shelf; `pins`: who stands where on the board."""
        draws = request.dice.random((request.n, 2)).tolist() if self.shelf.explore else None
        at_place = {place: board.rows.index(row) for place, row in pins.items()}
        for place in range(request.n):
            if place + 1 in at_place:
                at, chance, note = at_place[place + 1], 1.0, "pinned"  # counted already
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
            laid.rows.append(board.rows[at])
            laid.chances.append(chance)
            laid.how.append(note)
        laid.limited.extend([board.rows[at] for at in board.limited])

    def _pick(
        self, board: Board, wanted: list[bool] | None, draw: list[float] | None
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

    def _own(self, batch: Batch, candidates: Candidates) -> list[_Own]:
        """Returns the candidates of each request."""
        quotas = [(q, matching(q.where, batch.catalog, candidates)) for q in self.shelf.quota]
        items, score = candidates.items, candidates.columns["score"]
        return [
            _Own(a, items[a:b], score[a:b], [(quota, fits[a:b]) for quota, fits in quotas])
            for a, b in pairwise(bounds(candidates.whose, len(batch)))
        ]

    def _heads(self, batch: Batch, candidates: Candidates) -> list[_Head]:
        """Returns the leading candidates of each request."""
        reach = [max(self.shelf.explore_from, 4 * request.n) for request in batch]
        same, score = len(set(reach)) == 1, candidates.columns["score"]
        rows = best_first(candidates.whose, score, reach[0] if same else np.array(reach))
        every = self._head(batch.catalog, candidates.items, score, rows)
        return [
            _Head(
                every.rows[a:b],
                every.score[a:b],
                {name: kinds[a:b] for name, kinds in every.kinds.items()},
            )
            for a, b in pairwise(bounds(candidates.whose.take(rows), len(batch)))
        ]

    def _head(self, catalog: Catalog, items: Rows, score: Scores, rows: Places) -> _Head:
        few = items.take(rows)
        kinds = {name: catalog.kinds(name).take(few).tolist() for name in self._looked_at}
        return _Head(rows.tolist(), score.take(rows).tolist(), kinds)

    def _pins(self, request: Request, own: _Own) -> _Pins:
        """Returns the pins that hold now and may be shown: place -> row among all candidates."""
        found: dict[int, int] = {}
        for pin in self.shelf.pin:
            if pin.place > request.n or not _holds(pin.since, pin.until, request.at):
                continue
            row = np.flatnonzero(own.items == request.catalog.index.get(pin.item, -1))
            if len(row) and own.start + int(row[0]) not in found.values():
                found.setdefault(pin.place, own.start + int(row[0]))
        return found

    def _board(self, own: _Own, head: _Head, pins: _Pins) -> Board:
        """Returns the board of one shelf, on which the pinned are counted."""
        reach, size = self.shelf.explore_from, len(head.rows)
        board = Board(
            rows=head.rows,
            score=head.score,
            open=[True] * size,
            reach=reach,
            free=min(reach, size),
            limits=[(head.kinds[name], {}, most) for name, most in self.caps.items()],
        )
        if self.shelf.spread and head.score:
            board.unit = self.shelf.spread * max(0.0, head.score[0])
            board.spread = [(head.kinds[name], {}) for name in SPREAD_OVER]
        for quota, fits in own.quotas:
            board.ask(quota, fits[np.array(head.rows, np.intp) - own.start].tolist())
        for row in pins.values():
            board.count(board.rows.index(row))
        return board

    def _enough(self, head: _Head, n: int) -> bool:
        """Says whether the leading candidates alone can fill `n` places within the caps."""
        limits = [(head.kinds[name], most) for name, most in self.caps.items()]
        return len(fitting(limits, [], range(len(head.rows)), n)) == n

    def _further(self, request: Request, own: _Own, head: _Head, pinned: list[int]) -> _Head:
        """Returns the leading candidates and those further down that pins, quotas and caps need."""
        score, items, size = own.score, own.items, len(own.items)
        limits = self._limits(request.catalog, own)
        fixed, some = ([row - own.start for row in rows] for rows in (pinned, head.rows))
        more = [*fixed, *some]
        if len(some) < size and len(fitting(limits, fixed, some, request.n)) < request.n:
            every = _falling(score, np.arange(size))
            more += fitting(limits, fixed, every, request.n)
        for quota, fits in own.quotas:
            if quota.at_least:
                named = _falling(score, fits.nonzero()[0])
                more += fitting(limits, fixed, named, quota.at_least)
        rows = np.array(_falling(score, np.unique(np.array(more, np.intp))), np.intp)
        wider = self._head(request.catalog, items, score, rows)
        return _Head([own.start + row for row in wider.rows], wider.score, wider.kinds)

    def _limits(self, catalog: Catalog, own: _Own) -> list[tuple[list[int], int]]:
        """Returns the kind of each candidate and the most of a kind, for caps and quotas."""
        caps = [
            (catalog.kinds(name).take(own.items).tolist(), most) for name, most in self.caps.items()
        ]
        return caps + [
            (np.where(fits, 0, -1).tolist(), quota.at_most)
            for quota, fits in own.quotas
            if quota.at_most is not None
        ]


def _falling(score: Scores, rows: Places) -> Sequence[int]:
    """Returns rows from the highest score to the lowest; equals keep their order."""
    order = best_first(np.zeros(len(rows), np.intp), score.take(rows), len(rows))
    told: list[int] = rows.take(order).tolist()
    return told


def _holds(since: datetime | None, until: datetime | None, at: int) -> bool:
    begun = since is None or clock.micros(since) <= at
    return begun and (until is None or at < clock.micros(until))
