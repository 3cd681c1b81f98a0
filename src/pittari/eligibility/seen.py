"""Has this person had enough of it?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates
from pittari.model.catalog import Catalog, Rows
from pittari.model.request import Request
from pittari.pipeline.stages import Codes


class Seen:
    """Keeps out what the person muted, what the page shows already, and what was served in vain
    too often. `request.context["shown"]` lists the ids on the page, one a line; several may share
    a line, separated by spaces, where none of them holds one."""

    vocabulary = ("muted", "on_page", "shown_often")

    def __init__(self, shown_at_most: int) -> None:
        self.shown_at_most = shown_at_most

    def reasons(self, request: Request, candidates: Candidates) -> Codes:
        """Returns the first of the reasons that holds for each candidate."""
        person = request.person
        codes = np.zeros(len(candidates), np.uint8)
        often = person.served[person.served_times >= self.shown_at_most]
        codes[candidates.find(often)[0]] = 3
        shown = request.context.get("shown")
        if shown:
            codes[candidates.find(_on_page(shown, request.catalog))[0]] = 2
        codes[candidates.find(person.muted)[0]] = 1
        return codes


def _on_page(shown: str, catalog: Catalog) -> Rows:
    lines = shown.split("\n")
    return catalog.rows(
        name for line in lines for name in ([line] if line in catalog.index else line.split(" "))
    )
