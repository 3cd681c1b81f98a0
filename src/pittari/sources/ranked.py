"""How sources hand over: distinct items, best first, scores from 0 to 1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari.model.candidates import NONE, Candidates, Scores
from pittari.model.catalog import Rows

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def ranked(name: str, rows: Rows, scores: Scores, limit: int) -> Candidates:
    """Returns the first `limit` of distinct `rows`, given best first (those below 0 and scores of
    0 fall out), with a column `name`, scaled so that the best is 1."""
    real = (rows >= 0) & (scores > 0)
    if not real.all():
        rows, scores = rows[real], scores[real]
    if not len(rows):
        return NONE
    kept = scores[:limit]
    return Candidates(rows[:limit], {name: (kept / kept[0]).astype(np.float32, copy=False)})


def summed(name: str, rows: Rows, votes: Scores, because: Rows, limit: int) -> Candidates:
    """Returns the best `limit` items when the votes for equal `rows` add up, where row k of the
    two tables is what `because[k]` votes for; the column `because.<name>` holds, for each item,
    the first that voted for it."""
    each = rows.shape[1]
    rows, votes = rows.ravel(), votes.ravel()
    real = np.flatnonzero((rows >= 0) & (votes > 0))
    if not len(real):
        return NONE
    rows, votes = rows.take(real), votes.take(real)
    order = _by(rows.astype(np.uint64))
    rows = rows.take(order)
    first = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
    totals = np.add.reduceat(votes.take(order), first)
    top = best(totals, limit)
    share = (totals.take(top) / totals[top[0]]).astype(np.float32)
    starts = first.take(top)
    voters = because.take(real.take(order.take(starts)) // each)
    return Candidates(rows.take(starts), {name: share, f"because.{name}": voters})


def best(scores: Scores, limit: int) -> npt.NDArray[np.intp]:
    """Returns the places of the `limit` highest of scores >= 0; equals keep their order."""
    bits = scores.astype(np.float32, copy=False).view(np.uint32).astype(np.uint64)
    return _by(_LOW - bits)[:limit]


def _by(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
    """Returns the order that sorts 32-bit keys; equals keep their order.

    The place is packed below the key: all words differ, so that the fastest sort of each
    processor gives the same order.
    """
    packed = (keys << _HALF) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    return (packed & _LOW).astype(np.intp)
