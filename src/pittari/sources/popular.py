"""What do many people take, or lately, or people like this one?"""

from __future__ import annotations

from pittari.model.candidates import NONE, Candidates, Scores, stacked
from pittari.model.catalog import Rows
from pittari.model.request import Batch, Knowledge
from pittari.sources.ranked import ranked


class Popular:
    """Items in the order of a learned table with `score` per item, best first.

    Serves the tables `popular` and `fresh`, which have one shape.
    """

    waits = False

    def __init__(self, name: str = "popular") -> None:
        self.name = name

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        """Returns the leading items: the same for everybody."""
        learned = batch.knowledge.parameters.get(self.name)
        if learned is None:
            return NONE
        every, score = slice(None, -1), learned.arrays["score"]
        told = _listed(batch.knowledge, self.name, 0, every, scores=score, limit=limit)
        return told.repeated(len(batch))


class Peers:
    """What is popular with people of like taste: the table `peers` of groups."""

    name = "peers"
    waits = False

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        """Returns the leading items of each person's group; none for a person not yet learned."""
        learned = batch.knowledge.parameters.get(self.name)
        if learned is None:
            return NONE
        told = []
        for request in batch:
            row = learned.user_row(request.person.user)
            if row < 0:
                told.append(NONE)
                continue
            group = int(learned.arrays["group"][row])
            top, score = learned.arrays["top"][group], learned.arrays["score"][group]
            known = batch.knowledge
            told.append(_listed(known, self.name, group, top, scores=score, limit=limit))
        return stacked(told)


def _listed(
    knowledge: Knowledge,
    name: str,
    group: int,
    numbers: slice | Rows,
    *,
    scores: Scores,
    limit: int,
) -> Candidates:
    """Returns the leading items of a learned list, put together for the first who asks."""
    told = knowledge.lists.get((name, group, limit))
    if told is None:
        told = ranked(name, knowledge.rows[name][numbers], scores, limit)
        knowledge.lists[name, group, limit] = told
    return told
