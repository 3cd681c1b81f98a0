"""What goes with what the person has?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import NONE, Candidates
from pittari.model.catalog import Rows
from pittari.model.request import Request
from pittari.sources.ranked import best, summed

RECENT = 10
"""How many of the newest items of a history vote."""
DECAY = 0.9
"""What each older item's vote is worth beside the next newer one's."""
_FALLING = (DECAY ** np.arange(RECENT, dtype=np.float32))[:, None]


class Similar:
    """Neighbours of the items in a history, each voting for its own; newer ones count more.

    Serves the tables `similar` (taken by the same people) and `content` (alike in tags, creator
    and words), which have one shape. `request.context["item"]` narrows it to that one item.
    """

    waits = False

    def __init__(self, name: str = "similar") -> None:
        self.name = name

    def candidates(self, request: Request, limit: int) -> Candidates:
        """Returns the items with most votes and, for each, the item that gave the largest."""
        if self.name not in request.knowledge.parameters:
            return NONE
        return voted(request, self.name, self.name, _anchors(request), limit)


def _anchors(request: Request) -> Rows:
    named = request.context.get("item")
    if named is not None:
        return request.catalog.rows([named])
    return request.person.history[:RECENT]


def voted(request: Request, table: str, name: str, anchors: Rows, limit: int) -> Candidates:
    """Returns what the neighbours in `table` of `anchors` (newest first) add up to, as `name`:
    nobody votes for an anchor; the column `because.<name>` holds, for each item, the first anchor
    that voted for it."""
    knowledge = request.knowledge
    places = knowledge.to_learned(table, anchors)
    if -1 in places.tolist():
        known = places >= 0
        anchors, places = anchors[known], places[known]
    if not len(anchors):
        return NONE
    arrays = knowledge.parameters[table].arrays
    votes = arrays["weight"].take(places, axis=0)
    votes *= _FALLING[: len(places)]
    items, sums, first = summed(arrays["neighbours"].take(places, axis=0).ravel(), votes.ravel())
    sums[Candidates(items, ascending=True).find(places)[0]] = 0.0
    top = best(sums, limit)
    rows, told = knowledge.to_catalog(table, items.take(top)), sums.take(top)
    if -1 in rows.tolist() or told[-1] <= 0:  # others make up for what the catalogue lost
        every = best(sums, len(sums))
        rows, told = knowledge.to_catalog(table, items.take(every)), sums.take(every)
        real = ((rows >= 0) & (told > 0)).nonzero()[0][:limit]
        if not len(real):
            return NONE
        top, rows, told = every.take(real), rows.take(real), told.take(real)
    because = anchors.take(first.take(top) // votes.shape[1])
    return Candidates(rows, {name: told / told[0], f"because.{name}": because})
