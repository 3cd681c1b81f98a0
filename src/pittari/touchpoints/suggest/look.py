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
from pittari.model.candidates import Candidates
from pittari.model.catalog import Rows

Numbers = npt.NDArray[np.int64]


class Look(NamedTuple):
    """Every sticker that a matched tag names, once, under the tag it does best with.

    `items`: rows of the stock, ascending. `right`: by what right each can be sent (`NONE`: by
    none); `of`: its tag among the matched ones; `turn`: where it was found, which decides between
    equals. `silence`: why nothing is to be shown, empty when something may be.
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

    def rows(self, candidates: Candidates) -> npt.NDArray[np.intp]:
        """Returns where candidates stand here."""
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
    silence = silent(stock.bundle, told, person, at=at, room=room)
    named = gathered(stock, told.found)
    rights = by_right(stock, named, person, at)
    closed = rights == NONE
    open_, rest = np.flatnonzero(~closed), np.flatnonzero(closed)
    weight = np.zeros(len(open_), np.int64)
    if len(open_) and not silence:
        few = named.take(open_)
        weight = weighed(stock, told.found, few, rights[open_], person, at=at, offset=offset).scores
    turns = np.concatenate([open_[np.argsort(-weight, kind="stable")], rest])
    items, first = np.unique(named.rows[turns], return_index=True)
    turn = turns[first]
    scores = np.zeros(len(rights), np.int64)
    scores[open_] = weight
    return Look(
        stock, told, silence or "", items.astype(np.int32), rights[turn], named.of[turn],
        named.confidence[turn], scores[turn], turn,
    )  # fmt: skip
