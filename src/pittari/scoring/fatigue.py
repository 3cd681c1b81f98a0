"""Has it been put before this person in vain?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates, Scores
from pittari.model.request import Request


class Fatigue:
    """What is left of an item's score after being served without an answer: keep ** times."""

    name = "fatigue"

    def __init__(self, keep: float) -> None:
        self.keep = keep

    def scores(self, request: Request, candidates: Candidates) -> Scores:
        """Returns a factor from 0 to 1 per candidate."""
        person = request.person
        factor = np.ones(len(candidates), np.float32)
        if len(person.served):
            order = np.argsort(person.served)
            served, times = person.served[order], person.served_times[order]
            at = np.minimum(np.searchsorted(served, candidates.items), len(served) - 1)
            hit = served[at] == candidates.items
            factor[hit] = self.keep ** times[at[hit]].astype(np.float32)
        return factor
