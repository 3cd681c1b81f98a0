"""Which few items does an item stand closest to, when all pairs would be too many?"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from .matrices import Floats, Ints, Sparse
from .threads import in_order

BLOCK_CELLS = 16_000_000  # cells of a dense block of scores: 64 MB


def strongest(people: Sparse, kept: int) -> Sparse:
    """Returns the `kept` largest entries of each row of people' people, items x items.

    Time grows with the sum of squared history lengths; memory with items x kept and one block.
    """
    items = people.shape[1]
    owners = people.T.tocsr()
    width = max(1, BLOCK_CELLS // items)

    def part(start: int) -> Sparse:
        block = (owners[start : start + width] @ people).toarray()
        found, weights = best(block, kept)
        rows = np.repeat(np.arange(len(block)), found.shape[1])
        real = weights.ravel() > 0
        cells = (rows[real], found.ravel()[real])
        return sp.csr_matrix((weights.ravel()[real], cells), shape=block.shape)

    return sp.vstack(list(in_order(part, range(0, items, width))), format="csr")


def best(scores: Floats, k: int) -> tuple[Ints, Floats]:
    """Returns the k highest of each row, best first; of equal ones the lower column first."""
    k = min(k, scores.shape[1])
    if k == 0:
        nothing = np.empty((len(scores), 0))
        return nothing.astype(np.int32), nothing.astype(np.float32)
    found = np.argpartition(scores, scores.shape[1] - k, axis=1)[:, -k:]
    found.sort(axis=1)
    values = np.take_along_axis(scores, found, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return (
        np.take_along_axis(found, order, axis=1).astype(np.int32),
        np.take_along_axis(values, order, axis=1).astype(np.float32),
    )
