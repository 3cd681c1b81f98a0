"""Which words do all taste families share about sparse histories?"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pittari.errors import Invalid

Floats: TypeAlias = npt.NDArray[np.float32]
Ints: TypeAlias = npt.NDArray[np.int32]
Rows: TypeAlias = npt.NDArray[np.int64]
Arrays: TypeAlias = dict[str, npt.NDArray[Any]]
Sparse: TypeAlias = Any  # scipy ships no types: a float32 csr_matrix, users x items


def histories_of(matrix: Any, items: int | None = None) -> Sparse:
    """Returns `matrix` as canonical float32 CSR: sorted, each pair once, no zeros stored.

    Raises:
        Invalid: It is not sparse, has another number of items, or holds a weight that is
            negative or not finite.
    """
    is_sparse: bool = sp.issparse(matrix)
    if not is_sparse:
        raise Invalid(f"histories: expected a scipy.sparse matrix, got {type(matrix).__name__}")
    if items is not None and matrix.shape[1] != items:
        raise Invalid(f"histories: this model knows {items} items, got {matrix.shape[1]} columns")
    rows = sp.csr_matrix(matrix, dtype=np.float32, copy=True)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    if rows.nnz and not (np.isfinite(rows.data).all() and rows.data.min() > 0):
        raise Invalid("histories: expected finite weights of 0 or more")
    return rows


def pack(name: str, matrix: Sparse) -> Arrays:
    """Returns the arrays of a CSR matrix under names that begin with `name`."""
    return {
        f"{name}.indptr": matrix.indptr,
        f"{name}.indices": matrix.indices,
        f"{name}.data": matrix.data,
        f"{name}.shape": np.asarray(matrix.shape, dtype=np.int64),
    }


def unpack(name: str, arrays: Arrays) -> Sparse:
    """Returns the CSR matrix that `pack` took apart."""
    rows, width = (int(n) for n in arrays[f"{name}.shape"])
    columns = (arrays[f"{name}.data"], arrays[f"{name}.indices"], arrays[f"{name}.indptr"])
    return sp.csr_matrix(columns, shape=(rows, width))


def scaled(matrix: Sparse, rows: Floats | None, columns: Floats | None) -> Sparse:
    """Returns `matrix` with each row and column multiplied by its number, still float32."""
    data = matrix.data.copy()
    if rows is not None:
        data *= np.repeat(rows, np.diff(matrix.indptr))
    if columns is not None:
        data *= columns[matrix.indices]
    return sp.csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def inverse_root(degrees: Floats) -> Floats:
    """Returns 1 / square root of each degree, and 0 where the degree is 0."""
    return np.where(degrees > 0, 1 / np.sqrt(np.maximum(degrees, 1e-30)), 0).astype(np.float32)


def sums(matrix: Sparse, axis: int) -> Floats:
    """Returns the sums along `axis` as a flat float32 array."""
    return np.asarray(matrix.sum(axis=axis), dtype=np.float32).ravel()
