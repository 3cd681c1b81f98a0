"""How sources hand over: distinct items, best first, scores from 0 to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.model.candidates import NONE, Candidates
from pittari.model.catalog import Rows

Weights = npt.NDArray[np.floating[Any]]


def ranked(name: str, rows: Rows, scores: Weights, limit: int) -> Candidates:
    """Returns the best `limit` of distinct `rows` (those below 0 and scores of 0 fall out) with
    a column `name`, scaled so that the best is 1."""
    real = (rows >= 0) & (scores > 0)
    rows, scores = rows[real], scores[real]
    if not len(rows):
        return NONE
    order = np.argsort(-scores, kind="stable")[:limit]
    kept = scores[order]
    return Candidates(rows[order], {name: (kept / kept[0]).astype(np.float32)})


def summed(name: str, rows: Rows, scores: Weights, because: Rows, limit: int) -> Candidates:
    """Returns the best `limit` items when the scores of equal rows add up; the column
    `because.<name>` names, for each, the row that gave it most."""
    real = (rows >= 0) & (scores > 0)
    order = np.argsort(-scores[real], kind="stable")
    rows, scores, because = rows[real][order], scores[real][order], because[real][order]
    if not len(rows):
        return NONE
    items, first, back = np.unique(rows, return_index=True, return_inverse=True)
    totals = np.bincount(back, weights=scores)
    best = np.argsort(-totals, kind="stable")[:limit]
    share = (totals[best] / totals[best[0]]).astype(np.float32)
    return Candidates(items[best], {name: share, f"because.{name}": because[first[best]]})
