"""Do people who see it take it?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates, Scores
from pittari.model.request import Request


class Engagement:
    """The learned click rate of an item beside the average: 1 is average, and so is unknown."""

    name = "engagement"

    def scores(self, request: Request, candidates: Candidates) -> Scores:
        """Returns the table's `lift` per candidate."""
        learned = request.knowledge.parameters.get(self.name)
        if learned is None:
            return np.ones(len(candidates), np.float32)
        places = request.knowledge.to_learned(self.name, candidates.items)
        lift = learned.arrays["lift"]
        if not len(lift):
            return np.ones(len(candidates), np.float32)
        return np.where(places >= 0, lift[places], 1.0).astype(np.float32)
