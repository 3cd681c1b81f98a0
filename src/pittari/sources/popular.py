"""What do many people take, or lately, or people like this one?"""

from __future__ import annotations

from pittari.model.candidates import NONE, Candidates
from pittari.model.request import Request
from pittari.sources.ranked import ranked


class Popular:
    """Items in the order of a learned table with `score` per item, best first.

    Serves the tables `popular` and `fresh`, which have one shape.
    """

    waits = False

    def __init__(self, name: str = "popular") -> None:
        self.name = name

    def candidates(self, request: Request, limit: int) -> Candidates:
        """Returns the leading items: the same for everybody."""
        knowledge = request.knowledge
        learned = knowledge.parameters.get(self.name)
        if learned is None:
            return NONE
        told = knowledge.lists.get((self.name, 0, limit))
        if told is None:
            rows = knowledge.rows[self.name][:-1]
            told = ranked(self.name, rows, learned.arrays["score"], limit)
            knowledge.lists[self.name, 0, limit] = told
        return told


class Peers:
    """What is popular with people of like taste: the table `peers` of groups."""

    name = "peers"
    waits = False

    def candidates(self, request: Request, limit: int) -> Candidates:
        """Returns the leading items of the person's group; none for a person not yet learned."""
        knowledge = request.knowledge
        learned = knowledge.parameters.get(self.name)
        row = learned.user_row(request.person.user) if learned else -1
        if learned is None or row < 0:
            return NONE
        group = int(learned.arrays["group"][row])
        told = knowledge.lists.get((self.name, group, limit))
        if told is None:
            rows = knowledge.to_catalog(self.name, learned.arrays["top"][group])
            told = ranked(self.name, rows, learned.arrays["score"][group], limit)
            knowledge.lists[self.name, group, limit] = told
        return told
