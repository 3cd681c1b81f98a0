"""What would this person like, judging by everybody's taste?"""

from __future__ import annotations

from pittari.model.candidates import NONE, Candidates
from pittari.model.request import Request
from pittari.sources.ranked import ranked
from pittari.sources.similar import RECENT, voted


class Taste:
    """The learned list of a person; for one not yet learned, the history folded in."""

    name = "taste"
    waits = False

    def candidates(self, request: Request, limit: int) -> Candidates:
        """Returns the items of the person's list, or none for a person without any history."""
        learned = request.knowledge.parameters.get(self.name)
        if learned is None:
            return NONE
        row = learned.user_row(request.person.user)
        if row < 0:
            return voted(request, self.name, self.name, request.person.history[:RECENT], limit)
        top, score = learned.arrays["top"][row], learned.arrays["score"][row]
        rows = request.knowledge.to_catalog(self.name, top)
        return ranked(self.name, rows, score, limit)
