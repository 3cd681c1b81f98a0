"""Which candidate stands at which place? Pins, caps, quotas, spread and real exploration.

Place by place, from the first: a pinned item stands where it is pinned; else, with probability
`explore`, one of the leading admissible candidates is drawn evenly; else the best admissible one
stands, where each item already placed of the same creator or character takes off a little.
The propensity logged is the exact probability of the item at that place, given the places before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.model.candidates import Candidates
from pittari.model.catalog import Mask
from pittari.model.request import Request
from pittari.pipeline.match import matching
from pittari.pipeline.stages import Arrangement
from pittari.settings import Quota, Shelf

SPREAD_OVER = ("creator", "character")
BELOW, LIMITED = 1, 2


@dataclass(slots=True)
class _Board:
    """The leading candidates while places are filled; arrays run over them, best first."""

    rows: npt.NDArray[np.intp]
    value: npt.NDArray[np.float64]
    open: Mask
    limits: list[tuple[Mask | npt.NDArray[np.int32], dict[int, int], int]]
    spread: list[npt.NDArray[np.int32]]
    loss: float
    needs: list[tuple[Mask, int]] = field(default_factory=list)
    limited: Mask = field(default_factory=lambda: np.zeros(0, np.bool_))

    def place(self, at: int) -> None:
        """Puts the candidate `at` on the shelf, and draws the consequences."""
        self.open[at] = False
        for codes, counts, most in self.limits:
            code = int(codes[at])
            if code < 0:
                continue
            counts[code] = counts.get(code, 0) + 1
            if counts[code] >= most:
                same = codes == code
                self.limited |= same & self.open
                self.open &= ~same
        for group in self.spread:
            self.value[group == group[at]] -= self.loss
        self.needs = [(fits, need - bool(fits[at])) for fits, need in self.needs]

    def admissible(self, places_left: int) -> Mask:
        """Returns who may stand here: all open ones, or only those a quota still waits for."""
        due = [(fits, need) for fits, need in self.needs if need > 0 and (fits & self.open).any()]
        if due and sum(need for _, need in due) >= places_left:
            wanted: Mask = np.logical_or.reduce([fits for fits, _ in due])
            return self.open & wanted
        return self.open


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

    def arrange(self, request: Request, candidates: Candidates) -> Arrangement:
        """Returns at most `request.n` rows in order, with propensities and how each came there."""
        pins = self._pins(request, candidates)
        board = self._board(request, candidates, pins)
        draws = request.dice.random((request.n, 2)) if self.shelf.explore else None
        rows: list[int] = []
        chances: list[float] = []
        how: list[str] = []
        for place in range(request.n):
            pinned = pins.get(place + 1)
            if pinned is not None:
                at, chance, note = pinned, 1.0, "pinned"
            else:
                may = board.admissible(request.n - place - sum(p > place + 1 for p in pins))
                if not may.any():
                    continue
                at, chance, note = self._pick(board, may, None if draws is None else draws[place])
            board.place(at)
            rows.append(int(board.rows[at]))
            chances.append(chance)
            how.append(note)
        left = np.full(len(candidates), BELOW, np.uint8)
        left[board.rows[board.limited]] = LIMITED
        left[rows] = 0
        return Arrangement(np.array(rows, np.intp), np.array(chances, np.float64), left, tuple(how))

    def _pick(
        self, board: _Board, may: Mask, draw: npt.NDArray[np.float64] | None
    ) -> tuple[int, float, str]:
        best = int(np.argmax(np.where(may, board.value, -np.inf)))
        if draw is None:
            return best, 1.0, ""
        share = self.shelf.explore
        pool = np.flatnonzero(may)[: self.shelf.explore_from]
        at = int(pool[int(draw[1] * len(pool))]) if draw[0] < share else best
        chance = (1 - share) * (at == best) + share / len(pool) * bool(np.any(pool == at))
        return at, float(chance), "explored" if at != best else ""

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
        score = candidates.columns["score"]
        order = np.lexsort((candidates.items, -score))
        reach = max(self.shelf.explore_from, 4 * request.n)
        quotas = [(q, matching(q.where, request, candidates)) for q in self.shelf.quota]
        keep = np.zeros(len(order), np.bool_)
        keep[:reach] = True
        for quota, fits in quotas:
            keep[np.flatnonzero(fits[order])[: quota.at_least]] = True
        if pins:
            keep |= np.isin(order, list(pins.values()))
        rows = order[keep]
        for place, row in pins.items():
            pins[place] = int(np.flatnonzero(rows == row)[0])
        items = candidates.items[rows]
        codes = request.catalog.codes
        value = score[rows].astype(np.float64)
        board = _Board(
            rows=rows,
            value=value,
            open=np.ones(len(rows), np.bool_),
            limits=[(codes[name][items], {}, most) for name, most in self.caps.items()],
            spread=[codes[name][items] for name in SPREAD_OVER] if self.shelf.spread else [],
            loss=self.shelf.spread * float(value.max(initial=0.0)),
            limited=np.zeros(len(rows), np.bool_),
        )
        _quotas(board, [(q, fits[rows]) for q, fits in quotas])
        board.open[list(pins.values())] = False
        return board


def _quotas(board: _Board, quotas: list[tuple[Quota, Mask]]) -> None:
    for quota, fits in quotas:
        if quota.at_least:
            board.needs.append((fits, quota.at_least))
        if quota.at_most == 0:
            board.limited |= fits
            board.open &= ~fits
        elif quota.at_most is not None:
            board.limits.append((np.where(fits, 0, -1).astype(np.int32), {}, quota.at_most))


def _holds(since: datetime | None, until: datetime | None, at: int) -> bool:
    begun = since is None or clock.micros(since) <= at
    return begun and (until is None or at < clock.micros(until))
