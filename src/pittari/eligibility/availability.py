"""Is it on sale, here, for this person?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates
from pittari.model.request import Request
from pittari.pipeline.stages import Codes


class Availability:
    """Withdrawn items, other seasons, other regions, and adult items where not allowed."""

    vocabulary = ("withdrawn", "not_on_sale", "not_in_region", "adult")

    def reasons(self, request: Request, candidates: Candidates) -> Codes:
        """Returns the first of the reasons that holds for each candidate."""
        catalog, items, person = request.catalog, candidates.items, request.person
        codes = np.zeros(len(items), np.uint8)
        if not person.adult:
            codes[catalog.adult[items]] = 4
        codes[~catalog.sold_in(person.region)[catalog.regions[items]]] = 3
        off = (catalog.sold_from[items] > request.at) | (catalog.sold_until[items] <= request.at)
        codes[off] = 2
        codes[~catalog.active[items]] = 1
        return codes
