"""What would each person like next? The taste model's answers, ready to be read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari.learning.learner import Learned
from pittari.learning.rows import LogRows
from pittari.learning.taste import TasteModel, fit
from pittari.model.candidates import Scores
from pittari.model.catalog import Rows
from pittari.settings import LearnTable

LISTED = 200_000
"""Most people whose lists are made beforehand, the latest seen first; serving answers the others
from their histories and the items' neighbours."""
LEARNED_FROM = 250_000
"""Most people the model is fitted on: what goes with what is settled long before, and the time
grows with each. Keys are hashes, so every n-th person is a fair draw."""
SEED = 0


class Taste:
    """Table `taste`: items; users (ascending), top i32 (users, k) and score f32 > 0 without what
    each has already; neighbours i32 (items, n) and weight f32 > 0, which serving adds up over a
    history for people, and deeds, that learning did not know. -1 where there are fewer.
    """

    name = "taste"

    def __init__(self, settings: LearnTable) -> None:
        self.length, self.neighbours = settings.list_length, settings.neighbours

    def fit(self, rows: LogRows) -> Learned:
        n = len(rows.items)
        if not rows.histories.nnz:
            none = np.zeros(0, np.intp)
            blank = _blank(0, self.length), _blank(n, self.neighbours)
            return self._learned(rows, none, *blank)
        step = -(-len(rows.users) // LEARNED_FROM)
        model: TasteModel = fit(rows.histories[::step], seed=SEED)
        listed = lately(rows, LISTED)
        lists = model.top(rows.histories[listed], self.length)
        return self._learned(rows, listed, lists, model.neighbours(self.neighbours))

    def _learned(
        self,
        rows: LogRows,
        listed: npt.NDArray[np.intp],
        lists: tuple[Rows, Scores],
        near: tuple[Rows, Scores],
    ) -> Learned:
        top, score = _positive(*lists)
        neighbours, weight = _positive(*near)
        arrays = {
            "items": rows.items,
            "users": rows.users[listed],
            "top": top,
            "score": score,
            "neighbours": neighbours,
            "weight": weight,
        }
        figures = {"people": len(rows.users), "listed": len(listed), "pairs": rows.histories.nnz}
        return Learned(arrays, {name: float(value) for name, value in figures.items()})


def lately(rows: LogRows, most: int) -> npt.NDArray[np.intp]:
    """Returns the rows of the people who did something last, at most `most`, ascending."""
    if len(rows.users) <= most:
        return np.arange(len(rows.users))
    last = np.maximum.reduceat(rows.pairs.at, rows.starts[:-1])
    return np.sort(np.argsort(-last, kind="stable")[:most])


def _blank(n: int, k: int) -> tuple[Rows, Scores]:
    return np.full((n, k), -1, np.int32), np.zeros((n, k), np.float32)


def _positive(items: Rows, scores: Scores) -> tuple[Rows, Scores]:
    """Leaves out what the model speaks against."""
    said = scores > 0
    return np.where(said, items, -1).astype(np.int32), np.where(said, scores, 0).astype(np.float32)
