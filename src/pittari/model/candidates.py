"""What could be shown, as columns: item rows and one column per source and scorer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.errors import PartError
from pittari.model.catalog import Mask, Rows

Scores = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Column = npt.NDArray[Any]


class Candidates(msgspec.Struct, frozen=True, eq=False):
    """Distinct items with their columns; every array has one entry per item.

    A source's column holds its own score and NaN where the source did not name the item; an
    `because.*` column holds the catalogue row of the item that led there, -1 where none did.
    """

    items: Rows
    columns: Mapping[str, Column] = msgspec.field(default_factory=dict)
    ascending: bool = False
    """Whether the items are known to ascend: few are found among them without a sort."""

    def __len__(self) -> int:
        return len(self.items)

    def take(self, rows: Rows | Places) -> Candidates:
        """Returns the candidates at `rows`, in that order."""
        return Candidates(self.items.take(rows), {k: v.take(rows) for k, v in self.columns.items()})

    def keep(self, rows: Places) -> Candidates:
        """Returns the candidates at ascending `rows`."""
        return msgspec.structs.replace(self.take(rows), ascending=self.ascending)

    def find(self, items: Rows) -> tuple[Places, Places]:
        """Returns the rows of the candidates that are among some items, and which of these each
        one is."""
        if not len(items) or not len(self.items):
            return _NOWHERE, _NOWHERE
        order = None if self.ascending else self.items.argsort()
        at = self.items.searchsorted(items, sorter=order)
        rows = at if order is None else order.take(at, mode="clip")
        which = (self.items.take(rows, mode="clip") == items).nonzero()[0]
        return rows.take(which), which


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
_NOWHERE: Places = np.zeros(0, np.intp)
_HALF = np.int64(32)
_LOW = np.int64(0xFFFFFFFF)


def union(parts: Sequence[Candidates]) -> Candidates:
    """Returns every item of every part once, by item row; a column missing for an item is NaN
    (or -1 in a column of integers). Raises `PartError` when a part names an item twice."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return NONE
    if len(parts) == 1 and _ascending(parts[0].items):
        return Candidates(parts[0].items, parts[0].columns, ascending=True)
    every = np.concatenate([part.items for part in parts])
    keys, order = ordered(every.astype(np.int64))
    new = np.empty(len(keys), np.bool_)
    new[0] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    if len(again := (~new).nonzero()[0]):
        source = _sources(tuple(len(part) for part in parts)).take(order)
        if np.count_nonzero(source.take(again) == source.take(again - 1)):
            raise PartError("expected distinct items from each source")
    items = keys[new].astype(np.int32)
    places = np.empty(len(keys), np.intp)
    places[order] = new.cumsum() - 1
    columns: dict[str, Column] = {}
    end = 0
    for part in parts:
        own, end = places[end : end + len(part)], end + len(part)
        for name, values in part.columns.items():
            column = columns.get(name)
            if column is None:
                column = columns[name] = np.empty(len(items), values.dtype)
                column.fill(-1 if values.dtype.kind == "i" else np.nan)
            column[own] = values
    return Candidates(items, columns, ascending=True)


def _ascending(items: Rows) -> bool:
    """Returns whether items stand in the order of their rows, none twice."""
    return bool(np.count_nonzero(items[1:] > items[:-1]) == len(items) - 1)


@lru_cache(maxsize=256)
def _sources(sizes: tuple[int, ...]) -> Places:
    """Returns for each of the candidates of parts of some sizes the number of its part."""
    return np.repeat(np.arange(len(sizes)), sizes)


def ordered(
    keys: npt.NDArray[np.int64], limit: int | None = None
) -> tuple[npt.NDArray[np.int64], Places]:
    """Returns 32-bit keys (the first `limit`) in order, and where each stood; equals keep theirs.

    The place is packed below the key: all words differ, so that the fastest sort of each
    processor gives the same order.
    """
    packed = (keys << _HALF) | _numbers(len(keys))
    packed.sort()
    packed = packed[:limit]
    return packed >> _HALF, packed & _LOW


_NUMBERS = np.arange(4096)


def _numbers(most: int) -> npt.NDArray[np.int64]:
    """Returns 0, 1, 2 and so on; nobody writes into them."""
    return _NUMBERS[:most] if most <= len(_NUMBERS) else np.arange(most)


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
    return Candidates(np.concatenate([NONE.items, *(part.items for part in parts)]), columns)
