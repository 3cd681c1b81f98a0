"""Where does a sticker lie among others? In 16 dimensions, by its words and by who took what."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array

from pittari.learning.content import described
from pittari.learning.rows import LogRows
from pittari.learning.taste.threads import one_core_algebra

WIDTH = 16
LENGTH = 127
"""Of every vector, before its numbers are rounded."""
TOGETHER = 1.0
"""How much it says that the same people took two stickers, beside their words, which say 1."""
_ROUNDS, _MORE = 7, 8
"""Rounds of the iteration, and dimensions it carries along so that the first 16 settle soon."""

Vectors = npt.NDArray[np.int8]
_Floats = npt.NDArray[np.float32]


def placed(rows: LogRows, stickers: npt.NDArray[np.intp]) -> Vectors:
    """Returns one vector per sticker (stickers, 16); 0 where nothing tells it from the others.

    The first principal axes of the stickers' words and people, found by subspace iteration
    (Halko, Martinsson and Tropp 2011, algorithm 4.4); of an axis and its opposite, the one is
    taken on which the outermost sticker lies above 0.
    """
    count = len(stickers)
    width = min(WIDTH + _MORE, count)
    out = np.zeros((count, WIDTH), np.int8)
    if width < 2:
        return out
    with one_core_algebra():
        likeness = _Likeness(rows, stickers)
        dice = np.random.RandomState(0)
        axes = dice.standard_normal((count, width)).astype(np.float32)
        for _ in range(_ROUNDS):
            axes = np.linalg.qr(likeness.times(axes))[0]
        values, turn = np.linalg.eigh((axes.T @ likeness.times(axes)).astype(np.float64))
        order = np.argsort(-values, kind="stable")[:WIDTH]
        found = (axes @ turn[:, order]) * np.sqrt(np.maximum(values[order], 0))
    outermost = np.abs(found).argmax(axis=0)
    found *= np.where(found[outermost, np.arange(found.shape[1])] < 0, -1, 1)
    length = np.sqrt((found * found).sum(axis=1, keepdims=True))
    small = length <= 1e-4 * length.max()
    told = np.divide(LENGTH * found, length, out=np.zeros_like(found), where=~small)
    out[:, : told.shape[1]] = np.rint(told)
    return out


class _Likeness:
    """Stickers x stickers: how alike they are, each less the mean of all; never written out."""

    def __init__(self, rows: LogRows, stickers: npt.NDArray[np.intp]) -> None:
        self.words = csr_array(described(rows.goods)[stickers])
        people = rows.touched
        length = np.sqrt(np.asarray(people.multiply(people).sum(axis=0))).ravel()
        scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
        self.people = csr_array(people @ diags_array(scale, dtype=np.float32))
        n = len(stickers)
        cells = np.concatenate([stickers, rows.goods.package[stickers]])
        at = np.tile(np.arange(n), 2)
        once = np.full(2 * n, np.sqrt(0.5), np.float32)
        self.taken = csr_array((once, (at, cells)), shape=(n, len(rows.items)))
        self.words_back, self.people_back = csr_array(self.words.T), csr_array(self.people.T)
        self.taken_back = csr_array(self.taken.T)

    def times(self, axes: _Floats) -> _Floats:
        """Returns the likeness times some columns."""
        axes = axes - axes.mean(axis=0)
        by_words = self.words @ (self.words_back @ axes)
        by_people = self.taken @ (self.people_back @ (self.people @ (self.taken_back @ axes)))
        told = by_words + np.float32(TOGETHER) * by_people
        less: _Floats = told - told.mean(axis=0)
        return less
