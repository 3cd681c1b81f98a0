"""What could be shown, as columns: item rows and one column per source and scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.errors import PartError
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
        if rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)
        return Candidates(self.items.take(rows), {k: v.take(rows) for k, v in self.columns.items()})

    def plus(self, name: str, column: npt.NDArray[Any]) -> Candidates:
        """Returns the same candidates with one more column."""
        return Candidates(self.items, {**self.columns, name: column})


def among(items: Rows, few: Rows) -> Mask:
    """Returns, per item, whether it is one of `few`."""
    if not len(few):
        return np.zeros(len(items), np.bool_)
    ordered = np.sort(few)
    at = np.searchsorted(ordered, items)
    at[at == len(ordered)] = 0
    found: Mask = ordered.take(at) == items
    return found


NONE = Candidates(np.zeros(0, np.int32))
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


def union(parts: Sequence[Candidates]) -> Candidates:
    """Returns every item of every part once, by item row; a column missing for an item is NaN
    (or -1 in a column of integers). Raises `PartError` when a part names an item twice."""
    if len(parts) == 1 and len(parts[0]) and _ascending(parts[0].items):
        return parts[0]
    every = np.concatenate([NONE.items, *(part.items for part in parts)])
    if not len(every):
        return NONE
    order = ordered(every.astype(np.uint64))
    ascending = every.take(order)
    again = ascending[1:] == ascending[:-1]
    source = _sources(tuple(len(part) for part in parts)).take(order)
    if (again & (source[1:] == source[:-1])).any():
        raise PartError("expected distinct items from each source")
    new = np.concatenate(([True], ~again))
    items = ascending[new]
    back = np.empty(len(every), np.intp)
    back[order] = new.cumsum() - 1
    columns: dict[str, npt.NDArray[Any]] = {}
    end = 0
    for part in parts:
        places, end = back[end : end + len(part)], end + len(part)
        for name, values in part.columns.items():
            column = columns.get(name)
            if column is None:
                column = columns[name] = np.empty(len(items), values.dtype)
                column.fill(-1 if values.dtype.kind == "i" else np.nan)
            column[places] = values
    return Candidates(items, columns)


def _ascending(items: Rows) -> bool:
    """Returns whether items stand in the order of their rows, none twice."""
    return bool(np.count_nonzero(items[1:] > items[:-1]) == len(items) - 1)


@lru_cache(maxsize=256)
def _sources(sizes: tuple[int, ...]) -> npt.NDArray[np.intp]:
    """Returns for each of the candidates of parts of some sizes the number of its part."""
    return np.repeat(np.arange(len(sizes)), sizes)


def ordered(keys: npt.NDArray[np.uint64]) -> npt.NDArray[np.intp]:
    """Returns the order that sorts 32-bit keys; equals keep their order.

    The place is packed below the key: all words differ, so that the fastest sort of each
    processor gives the same order.
    """
    packed = (keys << _HALF) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    return (packed & _LOW).astype(np.intp)


def stacked(parts: Sequence[Candidates]) -> Candidates:
    """Puts distinct candidates below one another; a column one part lacks is NaN there (or -1)."""
    names = {name: values.dtype for part in parts for name, values in part.columns.items()}
    columns = {
        name: np.concatenate(
            [
                part.columns.get(
                    name, np.full(len(part), -1 if dtype.kind == "i" else np.nan, dtype)
                )
                for part in parts
            ]
        )
        for name, dtype in names.items()
    }
    return Candidates(np.concatenate([part.items for part in parts]), columns)
