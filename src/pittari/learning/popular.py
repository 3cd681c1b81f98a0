"""What do people take now? Distinct people per item, each counting less as time passes."""

from __future__ import annotations

import numpy as np

from pittari.learning.learner import Learned
from pittari.learning.rows import LogRows
from pittari.settings import LearnTable


class Popular:
    """Table `popular`: items, score f32 > 0, best first: people, by what they did, halved each
    half life."""

    name = "popular"

    def __init__(self, settings: LearnTable) -> None:
        self.half_life_days = settings.half_life_days

    def fit(self, rows: LogRows) -> Learned:
        weights = rows.decayed(self.half_life_days)
        score = np.bincount(rows.pairs.item, weights, len(rows.items)).astype(np.float32)
        best = np.argsort(-score, kind="stable")[: np.count_nonzero(score)]
        arrays = {"items": rows.items[best], "score": score[best]}
        return Learned(arrays, {"items": float(len(best)), "people": float(len(rows.users))})
