"""Does the person have it already?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates
from pittari.model.request import Batch
from pittari.pipeline.stages import Codes


class NotOwned:
    """Keeps out what the person owns: a shelf sells what one does not have."""

    vocabulary = ("owned",)

    def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
        """Returns 1 for items that are owned."""
        codes = np.zeros(len(candidates), np.uint8)
        codes[candidates.find([request.person.owned for request in batch])[0]] = 1
        return codes
