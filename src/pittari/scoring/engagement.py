"""Do people who see it take it?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates, Scores
from pittari.model.request import Batch


class Engagement:
    """The learned click rate of an item beside the average: 1 is average, and so is unknown."""

    name = "engagement"

    def scores(self, batch: Batch, candidates: Candidates) -> Scores:
        """Returns the table's `lift` per candidate."""
        if self.name not in batch.knowledge.parameters:
            return np.ones(len(candidates), np.float32)
        return batch.knowledge.column(self.name, "lift", 1.0).take(candidates.items)
