"""What did a person have to do with before? The newest items of each, for those long away."""

from __future__ import annotations

import numpy as np

from pittari.learning.learner import Learned
from pittari.learning.rows import LogRows
from pittari.settings import LearnTable

KEPT = 50
"""Most items per person."""


class History:
    """Table `history`: items, users, starts i64 (users + 1), seen i32: newest first."""

    name = "history"

    def __init__(self, settings: LearnTable) -> None:
        del settings

    def fit(self, rows: LogRows) -> Learned:
        pairs, starts = rows.pairs, rows.starts
        order = np.lexsort((pairs.item, -pairs.at, pairs.user))
        place = np.arange(len(order)) - np.repeat(starts[:-1], np.diff(starts))
        seen = pairs.item[order[place < KEPT]]
        kept = np.concatenate([[0], np.cumsum(np.minimum(np.diff(starts), KEPT))])
        arrays = {
            "items": rows.items,
            "users": rows.users,
            "starts": kept.astype(np.int64),
            "seen": seen,
        }
        return Learned(arrays, {"people": float(len(rows.users)), "seen": float(len(seen))})
