"""How sources hand over: distinct items, best first, scores from 0 to 1."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari.model.candidates import NONE, Candidates, Scores, ordered
from pittari.model.catalog import Rows

_LOW = np.uint64(0xFFFFFFFF)
_FIRST = np.zeros(1, np.intp)


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
    two tables is what `because[k]` votes for; the column `because.<name>` holds, for each item,
    the first that voted for it."""
    each = rows.shape[1]
    rows, votes = rows.ravel(), votes.ravel()
    real = ((rows >= 0) & (votes > 0)).nonzero()[0]
    if not len(real):
        return NONE
    rows = rows.take(real)
    order = ordered(rows.astype(np.uint64))
    rows, real = rows.take(order), real.take(order)
    first = np.concatenate((_FIRST, (rows[1:] != rows[:-1]).nonzero()[0] + 1))
    totals = np.add.reduceat(votes.take(real), first)
    top = best(totals, limit)
    told = totals.take(top)
    starts = first.take(top)
    voters = because.take(real.take(starts) // each)
    return Candidates(rows.take(starts), {name: told / told[0], f"because.{name}": voters})


def best(scores: Scores, limit: int) -> npt.NDArray[np.intp]:
    """Returns the places of the `limit` highest of scores >= 0; equals keep their order."""
    bits = scores.astype(np.float32, copy=False).view(np.uint32).astype(np.uint64)
    return ordered(_LOW - bits)[:limit]
