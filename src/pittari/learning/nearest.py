"""Which rows are nearest to each row? Sparse products in blocks, so memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pittari.model.candidates import Scores
from pittari.model.catalog import Rows

CELLS = 20_000_000
"""Most cells of a product held at once: 8 bytes each."""


def blocks(left: csr_array, right: csr_array) -> Iterator[tuple[int, csr_array]]:
    """Yields `left @ right` as (first row, block); no block has more than about `CELLS` cells,
    unless one row has."""
    work = np.asarray(np.diff(right.indptr), np.int64)
    cost = np.concatenate([[0], np.cumsum(work[left.indices])])[left.indptr]
    width = right.shape[1]
    start, n = 0, left.shape[0]
    while start < n:
        stop = int(np.searchsorted(cost, cost[start] + CELLS, side="right")) - 1
        stop = max(start + 1, stop, min(n, start + CELLS // max(width, 1)))
        stop = min(stop, n)
        yield start, csr_array(left[start:stop] @ right)
        start = stop


def top(block: csr_array, k: int) -> tuple[Rows, Scores]:
    """Returns for each row its k greatest cells above 0, best first, equal ones by column; columns
    i32 (rows, k) with -1 where there are fewer, and their values f32."""
    n = block.shape[0]
    columns, values = np.full((n, k), -1, np.int32), np.zeros((n, k), np.float32)
    indptr, indices, data = block.indptr, block.indices, block.data
    for i in range(n):
        cells = slice(indptr[i], indptr[i + 1])
        best = _best(indices[cells], data[cells], k)
        columns[i, : len(best)] = indices[cells][best]
        values[i, : len(best)] = data[cells][best]
    return columns, values


def _best(columns: Rows, values: Scores, k: int) -> npt.NDArray[np.intp]:
    rows = np.flatnonzero(values > 0)
    if len(rows) > k:
        bar = np.partition(values[rows], len(rows) - k)[len(rows) - k]
        rows = rows[values[rows] >= bar]
    order = np.lexsort((columns[rows], -values[rows]))[:k]
    return rows[order]
