"""How sources hand over: distinct items, best first, scores from 0 to 1."""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import NONE, Candidates, Places, Scores, ordered
from pittari.model.catalog import Rows


def ranked(name: str, rows: Rows, scores: Scores, limit: int) -> Candidates:
    """Returns the first `limit` of distinct `rows`, given best first (those below 0 and scores of
    0 fall out), with a column `name`, scaled so that the best is 1."""
    if not len(rows):
        return NONE
    kept, told = rows[:limit], scores[:limit]
    if np.minimum.reduce(kept) < 0 or told[-1] <= 0:
        real = np.flatnonzero((rows >= 0) & (scores > 0))[:limit]
        if not len(real):
            return NONE
        kept, told = rows.take(real), scores.take(real)
    return Candidates(kept, {name: (told / told[0]).astype(np.float32, copy=False)})


def summed(rows: Rows, votes: Scores) -> tuple[Rows, Scores, Places]:
    """Returns what the votes for equal `rows` add up to: distinct rows ascending, the sum for
    each, and where in `rows` each stands first."""
    keys, order = ordered(rows.astype(np.int64))
    new = np.empty(len(keys), np.bool_)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    starts = new.nonzero()[0]
    first = order.take(starts)
    return rows.take(first), np.add.reduceat(votes.take(order), starts), first


def best(scores: Scores, limit: int) -> Places:
    """Returns the places of the `limit` highest of scores >= 0; equals keep their order."""
    bits = scores.astype(np.float32, copy=False).view(np.int32).astype(np.int64)
    return ordered(-bits, limit)[1]
