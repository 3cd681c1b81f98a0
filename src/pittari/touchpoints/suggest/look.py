"""What does a bundle say of a text, for one person? The device's own steps, one sticker a row."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pittari.device.matching import Matches, matches
from pittari.device.person import Person
from pittari.device.ranking import by_right, gathered, weighed
from pittari.device.settings import NONE
from pittari.device.silence import silent
from pittari.device.stock import Stock
from pittari.model.candidates import Candidates, ordered
from pittari.model.catalog import Rows

Numbers = npt.NDArray[np.int64]
_CLOSED = -(1 << 30)
"""Less than any score, which is a sum of less than 64 weights of 16 bits by features of 8."""


class Look(NamedTuple):
    """Every sticker that a matched tag names, once, under the tag it does best with.

    `items`: rows of the stock, ascending. `right`: by what right each can be sent (`NONE`: by
    none; not asked in silence); `of`: its tag among the matched ones; `score`: of those with a
    right; `turn`: where it was found, which decides between equals. `silence`: why nothing is to be
    shown, empty when something may.
    """

    stock: Stock
    matches: Matches
    silence: str
    items: Rows
    right: Numbers
    of: Numbers
    confidence: Numbers
    score: Numbers
    turn: Numbers

    def rows(self, candidates: Candidates) -> npt.NDArray[np.intp] | slice:
        """Returns where candidates stand here."""
        if candidates.items is self.items:
            return slice(None)
        return np.searchsorted(self.items, candidates.items)


def looked(
    stock: Stock,
    text: str,
    caret: int | None,
    person: Person,
    *,
    at: int,
    offset: int = 0,
    room: str = "",
) -> Look:
    """Looks a text up; the arguments are those of `matches`, `ranked` and `silent`.

    Ranked by `score`, equals by `turn`, the stickers with a right stand as `ranked` puts them.
    """
    told = matches(stock.bundle, text, caret)
    silence = silent(stock.bundle, told, person, at=at, room=room) or ""
    named = gathered(stock, told.found)
    size = len(named.rows)
    scores = np.full(size, _CLOSED)
    if silence:
        rights = np.full(size, NONE)
        items, order = ordered(named.rows)
    else:
        rights = by_right(stock, named, person, at)
        open_ = (rights != NONE).nonzero()[0]
        if len(open_):
            few, own = named.take(open_), rights.take(open_)
            best = weighed(stock, told.found, few, own, person, at=at, offset=offset)
            scores[open_] = best.scores
        turns = ordered(-scores)[1]
        items, order = ordered(named.rows.take(turns))
        order = turns.take(order)
    again = items[1:] == items[:-1]
    if np.count_nonzero(again):
        first = np.concatenate(([True], ~again))
        items, order = items[first], order[first]
    return Look(
        stock, told, silence, items.astype(np.int32), rights.take(order), named.of.take(order),
        named.confidence.take(order), scores.take(order), order,
    )  # fmt: skip
