"""What would this person like, judging by everybody's taste?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import NONE, Candidates, union
from pittari.model.request import Batch
from pittari.sources.ranked import ranked
from pittari.sources.similar import RECENT, voted


class Taste:
    """The learned list of a person; for one not yet learned, the history folded in."""

    name = "taste"
    waits = False

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        """Returns the items of each person's list, or none for a person without any history."""
        learned = batch.knowledge.parameters.get(self.name)
        if learned is None:
            return NONE
        own = np.array([learned.user_row(request.person.user) for request in batch])
        known = (own >= 0).nonzero()[0]
        lists = own.take(known)
        top, score = learned.arrays["top"].take(lists, axis=0), learned.arrays["score"]
        rows = batch.knowledge.to_catalog(self.name, top.ravel())
        whose = known.repeat(top.shape[1])
        told = ranked(self.name, rows, score.take(lists, axis=0).ravel(), limit, whose)
        if len(known) == len(batch):
            return told
        strange = [
            request.person.history[: 0 if row >= 0 else RECENT]
            for request, row in zip(batch, own.tolist(), strict=True)
        ]
        return union([told, voted(batch, self.name, self.name, strange, limit)])
