"""Has this person had enough of it?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates
from pittari.model.catalog import Catalog, Rows
from pittari.model.request import Batch
from pittari.pipeline.stages import Codes


class Seen:
    """Keeps out what the person muted, what the page shows already, and what was served in vain
    too often. `request.context["shown"]` lists the ids on the page, one a line; several may share
    a line, separated by spaces, where none of them holds one."""

    vocabulary = ("muted", "on_page", "shown_often")

    def __init__(self, shown_at_most: int) -> None:
        self.shown_at_most = shown_at_most

    def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
        """Returns the first of the reasons that holds for each candidate."""
        people = [request.person for request in batch]
        codes = np.zeros(len(candidates), np.uint8)
        rows, which = candidates.find([person.served for person in people])
        times = np.concatenate([person.served_times for person in people])
        codes[rows[times.take(which) >= self.shown_at_most]] = 3
        shown = [request.context.get("shown", "") for request in batch]
        if any(shown):
            codes[candidates.find([_on_page(one, batch.catalog) for one in shown])[0]] = 2
        codes[candidates.find([person.muted for person in people])[0]] = 1
        return codes


def _on_page(shown: str, catalog: Catalog) -> Rows:
    lines = shown.split("\n")
    return catalog.rows(
        name for line in lines for name in ([line] if line in catalog.index else line.split(" "))
    )
