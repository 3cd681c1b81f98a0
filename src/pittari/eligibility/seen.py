"""Has this person had enough of it?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates, among
from pittari.model.request import Request
from pittari.pipeline.stages import Codes


class Seen:
    """Keeps out what the person muted, what the page shows already, and what was served in vain
    too often. `request.context["shown"]` lists the ids on the page, separated by spaces."""

    vocabulary = ("muted", "on_page", "shown_often")

    def __init__(self, shown_at_most: int) -> None:
        self.shown_at_most = shown_at_most

    def reasons(self, request: Request, candidates: Candidates) -> Codes:
        """Returns the first of the reasons that holds for each candidate."""
        items, person = candidates.items, request.person
        codes = np.zeros(len(items), np.uint8)
        often = person.served[person.served_times >= self.shown_at_most]
        codes[among(items, often)] = 3
        shown = request.context.get("shown")
        if shown:
            codes[among(items, request.catalog.rows(shown.split()))] = 2
        codes[among(items, person.muted)] = 1
        return codes
