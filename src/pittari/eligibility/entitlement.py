"""Does the person have it already?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates, among
from pittari.model.request import Request
from pittari.pipeline.stages import Codes


class NotOwned:
    """Keeps out what the person owns: a shelf sells what one does not have."""

    vocabulary = ("owned",)

    def reasons(self, request: Request, candidates: Candidates) -> Codes:
        """Returns 1 for items that are owned."""
        return among(candidates.items, request.person.owned).astype(np.uint8)
