"""What does a bundle say of a text, for one person? The device's own steps, one sticker a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pittari.device.matching import Found, Matches, matches
from pittari.device.person import Person
from pittari.device.ranking import Gathered, by_right, gathered, weighed
from pittari.device.settings import NONE
from pittari.device.silence import silent
from pittari.device.stock import Stock
from pittari.model.candidates import Candidates, Keys, Places, distinct, keyed, numbered, ordered
from pittari.model.catalog import Rows

Numbers = npt.NDArray[np.int64]
_CLOSED = -(1 << 30)
"""Less than any score, which is a sum of less than 64 weights of 16 bits by features of 8."""
_FIRST = np.zeros(1, np.intp)
"""Whose all rows are where one looks alone."""


class Look(NamedTuple):
    """What one person's text names. `right`: by what right each sticker can be sent (`NONE`: by
    none; not asked in silence); `score`: of those with a right. `silence`: why nothing is to be
    shown, empty when something may."""

    stock: Stock
    matches: Matches
    silence: str
    gathered: Gathered
    right: Numbers
    score: Numbers


class Named(NamedTuple):
    """Every sticker that a look names, once, under the tag it does best with; those of several
    looks below one another.

    `keys`: look and row of the stock, ascending; `whose`, `items`: the two apart; `of`: the tag of
    each among those `found`; `turn`: less for the better one of two, and of equals for the one that
    was found first.
    """

    keys: Keys
    items: Rows
    whose: Places
    right: Numbers
    of: Numbers
    confidence: Numbers
    score: Numbers
    turn: Places
    found: tuple[Found, ...]

    def rows(self, candidates: Candidates) -> Places | slice:
        """Returns where candidates stand here."""
        if candidates.items is self.items:
            return slice(None)
        return self.keys.searchsorted(keyed(candidates.whose, candidates.items))


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
    """Looks a text up; the arguments are those of `matches`, `ranked` and `silent`."""
    told = matches(stock.bundle, text, caret)
    silence = silent(stock.bundle, told, person, at=at, room=room) or ""
    every = gathered(stock, told.found)
    size = len(every.rows)
    scores = np.full(size, _CLOSED)
    if silence:
        return Look(stock, told, silence, every, np.full(size, NONE), scores)
    rights = by_right(stock, every, person, at)
    open_ = (rights != NONE).nonzero()[0]
    if len(open_):
        few, own = every.take(open_), rights.take(open_)
        best = weighed(stock, told.found, few, own, person, at=at, offset=offset)
        scores[open_] = best.scores
    return Look(stock, told, silence, every, rights, scores)


def named(looks: Sequence[Look]) -> Named:
    """Puts together what looks name. Those of one with a right, by `turn`, stand as `ranked` puts
    them."""
    found, whose = looks[0].matches.found, _FIRST
    rows, of, confidence, _ = looks[0].gathered
    right, score = looks[0].right, looks[0].score
    if len(looks) > 1:
        found = tuple([one for look in looks for one in look.matches.found])
        rows, of, confidence = (
            np.concatenate([look.gathered[column] for look in looks]) for column in range(3)
        )
        right = np.concatenate([look.right for look in looks])
        score = np.concatenate([look.score for look in looks])
        sizes = [len(look.score) for look in looks]
        tags = np.cumsum([0, *(len(look.matches.found) for look in looks[:-1])])
        whose, of = numbered(sizes), of + tags.repeat(sizes)
    quiet = all(look.silence for look in looks)
    best = np.arange(len(score)) if quiet else ordered(keyed(whose, -score))[1]
    keys, turn = ordered(keyed(whose, rows.take(best)))
    new = distinct(keys)
    if np.count_nonzero(new) < len(new):
        first = new.nonzero()[0]
        keys, turn = keys.take(first), turn.take(first)
    at = best.take(turn)
    return Named(
        keys, keys.astype(np.int32), keys >> 32, right.take(at), of.take(at), confidence.take(at),
        score.take(at), turn, found,
    )  # fmt: skip
