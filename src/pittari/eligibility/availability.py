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
            codes[catalog.adult.take(items)] = 4
        codes[~catalog.sold_in(person.region).take(catalog.regions.take(items))] = 3
        early = catalog.sold_from.take(items) > request.at
        codes[early | (catalog.sold_until.take(items) <= request.at)] = 2
        codes[~catalog.active.take(items)] = 1
        return codes
