"""What could be shown, as columns: item rows and one column per source and scorer.

Several requests are answered together, so candidates stand below one another, those of the first
request first: what a step costs is mostly the step, and hardly how many numbers it goes through.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, cast

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.errors import PartError
from pittari.model.catalog import Mask, Rows

Scores = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]
Keys = npt.NDArray[np.int64]
Column = npt.NDArray[Any]

_LOW = 32
"""Bits of a catalogue row, or of another number that is not the request's."""
_ROWS = np.int64((1 << _LOW) - 1)
_NOWHERE: Places = np.zeros(0, np.intp)


class Candidates(msgspec.Struct, frozen=True, eq=False):
    """For each request of a batch distinct items with their columns; every array has one entry
    per candidate. Where `whose` is left out, all are for one request; `PartError` is raised where
    it tells of more or fewer than there are.

    A source's column holds its own score and NaN where the source did not name the item; an
    `because.*` column holds the catalogue row of the item that led there, -1 where none did.
    """

    items: Rows
    columns: Mapping[str, Column] = msgspec.field(default_factory=dict)
    whose: Places = msgspec.field(default_factory=lambda: _NOWHERE)
    """The number of the request that each is for, never falling."""
    ascending: bool = False
    """Whether the items of each request are known to ascend: few are found among them without a
    sort."""
    _keys: Keys | None = None

    def __post_init__(self) -> None:
        whose, n = self.whose, len(self.items)
        if len(whose) == n and whose.dtype == np.intp:
            return
        if len(whose) not in {0, n} or whose.dtype.kind not in "iu":
            raise PartError(
                f"expected in `whose` the number of the request for each of {n} candidates, or"
                f" nothing where all are for one; got {len(whose)} of {whose.dtype}"
            )
        told = whose.astype(np.intp) if len(whose) else np.zeros(n, np.intp)
        msgspec.structs.force_setattr(self, "whose", told)

    def __len__(self) -> int:
        return len(self.items)

    def take(self, rows: Rows | Places) -> Candidates:
        """Returns the candidates at `rows`, in that order."""
        columns = {name: values.take(rows) for name, values in self.columns.items()}
        return Candidates(self.items.take(rows), columns, self.whose.take(rows))

    def keep(self, rows: Places) -> Candidates:
        """Returns the candidates at ascending `rows`."""
        return msgspec.structs.replace(self.take(rows), ascending=self.ascending)

    def each(self, requests: int) -> Iterator[Candidates]:
        """Yields the candidates of each request alone."""
        if requests == 1:
            yield self
            return
        for start, end in pairwise(bounds(self.whose, requests)):
            columns = {name: values[start:end] for name, values in self.columns.items()}
            yield Candidates(self.items[start:end], columns, ascending=self.ascending)

    def repeated(self, requests: int) -> Candidates:
        """Returns the candidates of one request for each of several."""
        if requests == 1:
            return self
        columns = {k: np.concatenate([v] * requests) for k, v in self.columns.items()}
        whose = _numbers(requests).repeat(len(self))
        return Candidates(np.concatenate([self.items] * requests), columns, whose, self.ascending)

    def find(self, few: Sequence[Rows]) -> tuple[Places, Places]:
        """Returns the rows of the candidates that are among some items, which `few` has for each
        request, and where each of them stands in `few`, one after the other."""
        keys: Column = self.items
        wanted: Column = few[0] if len(few) == 1 else np.concatenate(few)
        if not len(wanted) or not len(keys):
            return _NOWHERE, _NOWHERE
        if len(few) > 1:
            wanted = keyed(numbered([len(items) for items in few]), wanted)
            keys = self._keyed()
        order = None if self.ascending else keys.argsort()
        at = keys.searchsorted(wanted, sorter=order)
        rows = at if order is None else order.take(at, mode="clip")
        which = (keys.take(rows, mode="clip") == wanted).nonzero()[0]
        return rows.take(which), which

    def _keyed(self) -> Keys:
        """Returns the key of each, worked out for the first who asks."""
        if self._keys is None:
            msgspec.structs.force_setattr(self, "_keys", keyed(self.whose, self.items))
        return cast(Keys, self._keys)


def among(items: Rows, few: Rows) -> Mask:
    """Returns, per item, whether it is one of `few`."""
    if not len(few):
        return np.zeros(len(items), np.bool_)
    few = np.sort(few)
    at = np.searchsorted(few, items)
    at[at == len(few)] = 0
    found: Mask = few.take(at) == items
    return found


NONE = Candidates(np.zeros(0, np.int32))


def union(parts: Sequence[Candidates]) -> Candidates:
    """Returns every item of every part once for each request, by request and item row; a column
    missing for an item is NaN (or -1 in a column of integers). Raises `PartError` when a part
    names an item twice."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return NONE
    if len(parts) == 1 and _ascending(parts[0]):
        return msgspec.structs.replace(parts[0], ascending=True)
    items = np.concatenate([part.items for part in parts])
    whose = np.concatenate([part.whose for part in parts])
    keys, order = ordered(keyed(whose, items))
    new = distinct(keys)
    if len(again := (~new).nonzero()[0]):
        source = numbered([len(part) for part in parts]).take(order)
        if np.count_nonzero(source.take(again) == source.take(again - 1)):
            raise PartError("expected distinct items from each source")
    keys = keys[new]
    places = np.empty(len(order), np.intp)
    places[order] = new.cumsum() - 1
    columns: dict[str, Column] = {}
    end = 0
    for part in parts:
        own, end = places[end : end + len(part)], end + len(part)
        for name, values in part.columns.items():
            column = columns.get(name)
            if column is None:
                column = columns[name] = np.empty(len(keys), values.dtype)
                column.fill(_missing(values))
            column[own] = values
    return Candidates((keys & _ROWS).astype(np.int32), columns, keys >> _LOW, ascending=True)


def stacked(parts: Sequence[Candidates]) -> Candidates:
    """Puts the candidates of several requests, one request each, below one another; a column that
    one part lacks is NaN there (or -1)."""
    if len(parts) == 1:
        return parts[0]
    kinds = {name: values[:0] for part in parts for name, values in part.columns.items()}
    columns = {
        name: np.concatenate([_column(part, name, kind) for part in parts])
        for name, kind in kinds.items()
    }
    items = np.concatenate([NONE.items, *(part.items for part in parts)])
    return Candidates(items, columns, numbered([len(part) for part in parts]))


def _column(part: Candidates, name: str, kind: Column) -> Column:
    column = part.columns.get(name)
    return np.full(len(part), _missing(kind), kind.dtype) if column is None else column


def _missing(values: Column) -> float:
    return -1 if values.dtype.kind == "i" else np.nan


def _ascending(part: Candidates) -> bool:
    """Returns whether items stand in the order of their requests and rows, none twice."""
    keys = keyed(part.whose, part.items)
    return bool(np.count_nonzero(keys[1:] > keys[:-1]) == len(keys) - 1)


def numbered(sizes: Sequence[int]) -> Places:
    """Returns the number of its group for each member of groups of some sizes: 0, 0, 1, 2, 2."""
    return _numbers(len(sizes)).repeat(sizes)


def bounds(whose: Places, requests: int) -> list[int]:
    """Returns where the entries of each request begin, and last where they end."""
    if requests == 1:
        return [0, len(whose)]
    starts: list[int] = whose.searchsorted(_numbers(requests + 1)).tolist()
    return starts


def keyed(whose: Places, low: npt.NDArray[np.signedinteger[Any]]) -> Keys:
    """Returns one whole number for a request and a number of 32 bits, ordered as these two are."""
    if not np.count_nonzero(whose):  # they need not rise: parts stand below one another
        return low.astype(np.int64)
    return (whose << _LOW) + low


def ordered(keys: Keys) -> tuple[Keys, Places]:
    """Returns keys in order, and where each stood; equals keep their order.

    The place is packed below the key: all words differ, so that the fastest sort of each
    processor gives the same order. Both have to fit into one word: keys of 64 requests leave room
    for 33 million places.
    """
    places = len(keys).bit_length()
    packed = (keys << places) | _numbers(len(keys))
    packed.sort()
    return packed >> places, packed & ((1 << places) - 1)


def distinct(keys: Keys) -> Mask:
    """Returns, of keys in order, which are not the same as the one before."""
    new = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return new


def best_first(whose: Places, scores: Scores, most: int | Places) -> Places:
    """Returns the places of the `most` highest scores of each request, highest first; equals keep
    their order. `whose`: the request of each score; `most`: one number, or one for each request."""
    bits = (scores + np.float32(0)).astype(np.float32, copy=False).view(np.int32)
    rising = bits ^ ((bits >> 31) & 0x7FFFFFFF)  # of numbers below 0 a higher one has lower bits
    order = ordered(keyed(whose, ~rising))[1]
    return order.take(leading(whose, most))  # every request has as many, so they stand as before


def leading(whose: Places, most: int | Places) -> Places:
    """Returns the places of the first `most` of each request."""
    if not isinstance(most, int):
        return (turns(whose) < most.take(whose)).nonzero()[0]
    if _alone(whose):
        return _numbers(len(whose))[:most]
    first = np.ones(len(whose), np.bool_)
    np.not_equal(whose[most:], whose[:-most], out=first[most:])
    return first.nonzero()[0]


def turns(whose: Places) -> Places:
    """Returns the place of each among those of its request: 0, 1, 2, and 0 again."""
    if _alone(whose):
        return _numbers(len(whose))
    sizes = np.bincount(whose)
    return _numbers(len(whose)) - (sizes.cumsum() - sizes).repeat(sizes)


def _alone(whose: Places) -> bool:
    """Returns whether all is the first request's."""
    return not len(whose) or not whose[-1]


_NUMBERS = np.arange(16_384)
_NUMBERS.setflags(write=False)  # all answers share them


def _numbers(most: int) -> Places:
    """Returns 0, 1, 2 and so on."""
    return _NUMBERS[:most] if most <= len(_NUMBERS) else np.arange(most)
