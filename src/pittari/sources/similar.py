"""What goes with what the person has?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pittari.model.candidates import NONE, Candidates, best_first, numbered, turns
from pittari.model.catalog import Rows
from pittari.model.request import Batch, Request
from pittari.sources.ranked import scaled, summed

RECENT = 10
"""How many of the newest items of a history vote."""
DECAY = 0.9
"""What each older item's vote is worth beside the next newer one's."""
_FALLING = DECAY ** np.arange(RECENT, dtype=np.float32)
_NEVER = np.float32(-1e30)
"""The vote of an anchor for itself: no sum of others outweighs it."""


class Similar:
    """Neighbours of the items in a history, each voting for its own; newer ones count more.

    Serves the tables `similar` (taken by the same people) and `content` (alike in tags, creator
    and words), which have one shape. `request.context["item"]` narrows it to that one item.
    """

    waits = False

    def __init__(self, name: str = "similar") -> None:
        self.name = name

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        """Returns the items with most votes and, for each, the item that gave the largest."""
        if self.name not in batch.knowledge.parameters:
            return NONE
        return voted(batch, self.name, self.name, list(map(_anchors, batch)), limit)


def _anchors(request: Request) -> Rows:
    named = request.context.get("item")
    if named is not None:
        return request.catalog.rows([named])
    return request.person.history[:RECENT]


def voted(batch: Batch, table: str, name: str, anchors: Sequence[Rows], limit: int) -> Candidates:
    """Returns what the neighbours in `table` of each request's `anchors` (newest first) add up to,
    as `name`: nobody votes for an anchor; the column `because.<name>` holds, for each item, the
    first anchor that voted for it."""
    knowledge = batch.knowledge
    every = np.concatenate(anchors)
    places = knowledge.to_learned(table, every)
    known = (places >= 0).nonzero()[0]
    if not len(known):
        return NONE
    every, places = every.take(known), places.take(known)
    askers = numbered([len(some) for some in anchors]).take(known)
    arrays = knowledge.parameters[table].arrays
    votes = arrays["weight"].take(places, axis=0)
    votes *= _FALLING.take(turns(askers))[:, None]
    width = votes.shape[1]
    whose, items, sums, first = summed(
        np.concatenate((askers.repeat(width), askers)),
        np.concatenate((arrays["neighbours"].take(places, axis=0).ravel(), places)),
        np.concatenate((votes.ravel(), np.full(len(places), _NEVER))),
    )
    top = best_first(whose, sums, limit)
    rows = knowledge.to_catalog(table, items.take(top))
    if np.count_nonzero(rows < 0):  # others make up for what the catalogue lost
        sums[knowledge.to_catalog(table, items) < 0] = 0.0
        top = best_first(whose, sums, limit)
        rows = knowledge.to_catalog(table, items.take(top))
    real = (sums.take(top) > 0).nonzero()[0]
    if not len(real):
        return NONE
    rows, top = rows.take(real), top.take(real)
    whose, because = whose.take(top), every.take(first.take(top) // width)
    columns = {name: scaled(whose, sums.take(top)), f"because.{name}": because}
    return Candidates(rows, columns, whose)
