"""How sources hand over: distinct items, best first, scores from 0 to 1."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt

from pittari.model.candidates import NONE, Candidates, Scores, ordered
from pittari.model.catalog import Rows

_LOW = np.uint64(0xFFFFFFFF)


def ranked(name: str, rows: Rows, scores: Scores, limit: int) -> Candidates:
    """Returns the first `limit` of distinct `rows`, given best first (those below 0 and scores of
    0 fall out), with a column `name`, scaled so that the best is 1."""
    if not len(rows):
        return NONE
    kept, told = rows[:limit], scores[:limit]
    if kept.min() < 0 or told[-1] <= 0:
        real = np.flatnonzero((rows >= 0) & (scores > 0))[:limit]
        if not len(real):
            return NONE
        kept, told = rows.take(real), scores.take(real)
    return Candidates(kept, {name: (told / told[0]).astype(np.float32, copy=False)})


def summed(name: str, rows: Rows, votes: Scores, because: Rows, limit: int) -> Candidates:
    """Returns the best `limit` items when the votes for equal `rows` add up, where row k of the
    two tables is what `because[k]` votes for, and nobody votes for what is in `because`; the
    column `because.<name>` holds, for each item, the first that voted for it."""
    each = rows.shape[1]
    rows, votes = rows.ravel().astype(np.intp), votes.ravel()
    scratch = _scratch(int(rows.max()) + 2, int(because.max()) + 2)
    np.add.at(scratch.totals, rows, votes)
    scratch.totals[because] = scratch.totals[-1] = 0.0
    totals = scratch.totals.take(rows)
    scratch.totals[rows] = 0.0
    places = np.arange(len(rows))
    scratch.places[rows[::-1]] = places[::-1]
    totals[scratch.places.take(rows) != places] = 0.0
    top = best(totals, min(limit, int(np.count_nonzero(totals > 0))))
    if not len(top):
        return NONE
    told = totals.take(top)
    items = rows.take(top).astype(np.int32)
    return Candidates(items, {name: told / told[0], f"because.{name}": because.take(top // each)})


class _Scratch(threading.local):
    """A number per catalogue row for the moment of one sum, zero before and after; -1 is the
    last place. Writing into it costs less than sorting what is to be summed."""

    totals: Scores = np.zeros(0, np.float32)
    places: npt.NDArray[np.intp] = np.zeros(0, np.intp)


_spare = _Scratch()


def _scratch(*sizes: int) -> _Scratch:
    """Returns this thread's scratch with room for the sizes."""
    if max(sizes) > len(_spare.totals):
        _spare.totals = np.zeros(2 * max(sizes), np.float32)
        _spare.places = np.zeros(2 * max(sizes), np.intp)
    return _spare


def best(scores: Scores, limit: int) -> npt.NDArray[np.intp]:
    """Returns the places of the `limit` highest of scores >= 0; equals keep their order."""
    bits = scores.astype(np.float32, copy=False).view(np.uint32).astype(np.uint64)
    return ordered(_LOW - bits)[:limit]
