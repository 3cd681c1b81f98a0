"""Has it been put before this person in vain?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates, Scores
from pittari.model.request import Batch


class Fatigue:
    """What is left of an item's score after being served without an answer: keep ** times."""

    name = "fatigue"

    def __init__(self, keep: float) -> None:
        self.keep = keep

    def scores(self, batch: Batch, candidates: Candidates) -> Scores:
        """Returns a factor from 0 to 1 per candidate."""
        factor = np.ones(len(candidates), np.float32)
        rows, which = candidates.find([request.person.served for request in batch])
        times = np.concatenate([request.person.served_times for request in batch])
        factor[rows] = np.float32(self.keep) ** times.take(which).astype(np.float32)
        return factor
