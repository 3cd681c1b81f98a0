"""What could be shown, as columns: item rows and one column per source and scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.model.catalog import Mask, Rows

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct items with their columns; every array has one entry per item.

    A source's column holds its own score and NaN where the source did not name the item; an
    `because.*` column holds the catalogue row of the item that led there, -1 where none did.
    """

    items: Rows
    columns: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.items)

    def take(self, rows: Rows | Mask | npt.NDArray[np.intp]) -> Candidates:
        """Returns the candidates at `rows`, in that order."""
        return Candidates(self.items[rows], {k: v[rows] for k, v in self.columns.items()})

    def plus(self, name: str, column: npt.NDArray[Any]) -> Candidates:
        """Returns the same candidates with one more column."""
        return Candidates(self.items, {**self.columns, name: column})


NONE = Candidates(np.zeros(0, np.int32))


def union(parts: Sequence[Candidates]) -> Candidates:
    """Returns every item of every part once, by item row; a column missing for an item is NaN
    (or -1 in a column of integers)."""
    if not parts:
        return NONE
    items = np.unique(np.concatenate([part.items for part in parts]))
    columns: dict[str, npt.NDArray[Any]] = {}
    for part in parts:
        places = np.searchsorted(items, part.items)
        for name, values in part.columns.items():
            blank = -1 if values.dtype.kind == "i" else np.nan
            column = columns.setdefault(name, np.full(len(items), blank, values.dtype))
            column[places] = values
    return Candidates(items.astype(np.int32, copy=False), columns)
