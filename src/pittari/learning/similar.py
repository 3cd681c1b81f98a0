"""Which items go together? Item to item, from the people two items share."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array, diags_array

from pittari.learning.learner import Learned
from pittari.learning.nearest import blocks, top
from pittari.learning.rows import LogRows
from pittari.settings import LearnTable

SHRINK = 3.0
"""How many ordinary people two items are taken not to share, so that one shared person does not
make two rare items the same."""
LONGEST = 500
"""Of longer histories the newest items count; without a bound one collector costs more than all."""


class Similar:
    """Table `similar`: items, neighbours i32 (items, k), weight f32 in [0, 1].

    A cosine of the items' columns of people, shrunk: x.y / (|x||y| + shrink), after each person's
    row was divided by the root of its length ("inverse user frequency" of Breese, Heckerman and
    Kadie 1998 has the same aim: who likes everything says little).
    """

    name = "similar"

    def __init__(self, settings: LearnTable) -> None:
        self.k = settings.neighbours

    def fit(self, rows: LogRows) -> Learned:
        people = _damped(rows)
        by_item = csr_array(people.T)
        shrink = SHRINK * float((people.data**2).mean()) if people.nnz else 0.0
        length = np.sqrt(np.asarray(by_item.multiply(by_item).sum(axis=1))).ravel()
        n = len(rows.items)
        neighbours, weight = np.full((n, self.k), -1, np.int32), np.zeros((n, self.k), np.float32)
        for start, block in blocks(by_item, people):
            stop = start + block.shape[0]
            own = np.repeat(np.arange(start, stop), np.diff(block.indptr))
            block.data /= length[own] * length[block.indices] + shrink
            block.data[own == block.indices] = 0
            neighbours[start:stop], weight[start:stop] = top(block, self.k)
        known = float((neighbours[:, :1] >= 0).sum())
        arrays = {"items": rows.items, "neighbours": neighbours, "weight": weight}
        return Learned(arrays, {"items": float(n), "with_neighbours": known})


def _damped(rows: LogRows) -> csr_array:
    """People x items: weights of each one's newest items, long histories turned down."""
    histories = rows.histories
    lengths = np.diff(rows.starts)
    if (lengths > LONGEST).any():
        order = np.lexsort((-rows.pairs.at, rows.pairs.user))
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order)) - np.repeat(rows.starts[:-1], lengths)
        kept = place < LONGEST
        starts = np.concatenate([[0], np.cumsum(np.minimum(lengths, LONGEST))])
        cells = (rows.pairs.weight[kept], rows.pairs.item[kept], starts)
        histories, lengths = csr_array(cells, shape=histories.shape), np.diff(starts)
    return csr_array(diags_array(1 / np.sqrt(np.maximum(lengths, 1)), dtype=np.float32) @ histories)
