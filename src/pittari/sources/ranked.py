"""How sources hand over: distinct items, best first, scores from 0 to 1."""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import (
    NONE,
    Candidates,
    Places,
    Scores,
    distinct,
    keyed,
    leading,
    ordered,
)
from pittari.model.catalog import Rows


def ranked(
    name: str, rows: Rows, scores: Scores, limit: int, whose: Places | None = None
) -> Candidates:
    """Returns the first `limit` of distinct `rows` for each request, given best first (those below
    0 and scores of 0 fall out), with a column `name`, scaled so that the best of each is 1.
    `whose`: the request of each row, all are of one where it is left out."""
    whose = np.zeros(len(rows), np.intp) if whose is None else whose
    real = ((rows >= 0) & (scores > 0)).nonzero()[0]
    kept = real.take(leading(whose.take(real), limit))
    if not len(kept):
        return NONE
    whose = whose.take(kept)
    return Candidates(rows.take(kept), {name: scaled(whose, scores.take(kept))}, whose)


def scaled(whose: Places, scores: Scores) -> Scores:
    """Returns scores of which the first of each request, its best, is 1."""
    sizes = np.bincount(whose)
    starts = sizes.cumsum() - sizes
    return (scores / scores.take(starts, mode="clip").repeat(sizes)).astype(np.float32, copy=False)


def summed(whose: Places, rows: Rows, votes: Scores) -> tuple[Places, Rows, Scores, Places]:
    """Returns what the votes for equal `rows` of a request add up to: for requests and distinct
    rows ascending, the sum for each, and where in `rows` each stands first."""
    keys, order = ordered(keyed(whose, rows))
    starts = distinct(keys).nonzero()[0]
    first = order.take(starts)
    sums = np.add.reduceat(votes.take(order), starts)
    return whose.take(first), rows.take(first), sums, first
