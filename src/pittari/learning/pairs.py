"""Who likes what? What a person did with an item, folded to one weight per pair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pittari.model.catalog import Rows

WEIGHTS = {
    "purchase": 1.0,
    "download": 0.8,
    "subscribe": 0.6,
    "trial_start": 0.6,
    "send": 0.5,
    "click": 0.2,
    "open": 0.2,
    "preview": 0.2,
    "undo": 0.0,
    "dismiss": 0.0,
    "mute": 0.0,
}
"""How much an action says of liking; actions not named here say nothing of it."""

_ACTIONS = tuple(WEIGHTS)
_WEIGHT = np.fromiter(WEIGHTS.values(), np.float32)
_UNDO = _ACTIONS.index("undo")
_AGAINST = (_ACTIONS.index("dismiss"), _ACTIONS.index("mute"))

Moments = npt.NDArray[np.int64]
Acts = tuple[Rows, Rows, Moments, npt.NDArray[np.int8]]
"""Columns user, item, time and action (its place in `WEIGHTS`), sorted by these."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Distinct (user, item) pairs, ascending: the greatest weight of an action that stands, and
    the time of the last one."""

    user: Rows
    item: Rows
    weight: npt.NDArray[np.float32]
    at: Moments

    def of(self, people: Rows) -> Pairs:
        """Returns the pairs of the people who have a number in `people` (-1: none), by it."""
        user = people.take(self.user)
        there = user >= 0
        return Pairs(user[there], self.item[there], self.weight[there], self.at[there])


NO_PAIRS = Pairs(
    np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32), np.zeros(0, np.int64)
)


def at_home(acts: Acts, home: Rows) -> Acts:
    """Returns acts with each item replaced by its `home`, sorted again where that is needed."""
    user, item, at, action = acts
    moved = home.take(item)
    if np.array_equal(moved, item):
        return acts
    order = np.lexsort((action, at, moved, user))
    return user[order], moved[order], at[order], action[order]


def paired(user: Rows, item: Rows, at: Moments, action: npt.NDArray[np.int8]) -> Pairs:
    """Folds acts in the order of user, item and time to pairs.

    An undo takes back the act before it in its pair; a dismiss or a mute takes back all before it.
    """
    first = _first(user, item)
    undo = action == _UNDO
    if undo.any():
        keep = ~undo
        keep[:-1] &= ~(undo[1:] & ~first[1:])
        user, item, action, at = user[keep], item[keep], action[keep], at[keep]
        first = _first(user, item)
    weight = _WEIGHT[action]
    against = np.flatnonzero(np.isin(action, _AGAINST))
    if len(against):
        pair = np.cumsum(first) - 1
        last = np.full(int(pair[-1]) + 1, -1)
        np.maximum.at(last, pair[against], against)
        keep = np.arange(len(action)) > last[pair]
        user, item, weight, at = user[keep], item[keep], weight[keep], at[keep]
        first = _first(user, item)
    starts = np.flatnonzero(first)
    if not len(starts):
        return Pairs(user, item, weight, at)
    return Pairs(
        user[starts],
        item[starts],
        np.maximum.reduceat(weight, starts),
        np.maximum.reduceat(at, starts),
    )


def _first(user: Rows, item: Rows) -> npt.NDArray[np.bool_]:
    """Marks the first row of each pair."""
    first = np.ones(len(user), np.bool_)
    first[1:] = (user[1:] != user[:-1]) | (item[1:] != item[:-1])
    return first
