"""What is on offer, as learning sees it: sale dates and the words an item is described by."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pittari import clock
from pittari.model.catalog import Item, Mask, Rows

FIELDS = ("tag", "creator", "character", "category", "word")

_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uff66-\uff9f々〆ー]+")


@dataclass(frozen=True, slots=True)
class Goods:
    """Catalogue columns, one entry per item of `ids` (ascending).

    `known`: the catalogue has the item. `sold_from`: microseconds UTC, 0 where it is not told.
    `words`: items x features, how often each stands; `fields[j]` is the place in `FIELDS` of
    feature j. A feature belongs to one kind of item: a package is not alike to its stickers.
    `package`: the row of a sticker's package, its own where it is sold alone; -1 where the item is
    no sticker.
    """

    ids: npt.NDArray[np.bytes_]
    known: Mask
    active: Mask
    sold_from: npt.NDArray[np.int64]
    words: csr_array
    fields: npt.NDArray[np.uint8]
    package: Rows

    def among(self, items: npt.NDArray[np.bytes_]) -> Goods:
        """Returns the columns by `items` (ascending, all of `ids` among them)."""
        at = np.searchsorted(items, self.ids)
        lengths = np.zeros(len(items), np.int64)
        lengths[at] = np.diff(self.words.indptr)
        starts = np.concatenate([[0], np.cumsum(lengths)])
        shape = (len(items), self.words.shape[1])
        words = csr_array((self.words.data, self.words.indices, starts), shape=shape)
        known, active = np.zeros(len(items), np.bool_), np.zeros(len(items), np.bool_)
        sold_from = np.zeros(len(items), np.int64)
        known[at], active[at], sold_from[at] = self.known, self.active, self.sold_from
        package = np.full(len(items), -1, np.int32)
        sticker = self.package >= 0
        package[at[sticker]] = at[self.package[sticker]]
        return Goods(items, known, active, sold_from, words, self.fields, package)


def goods(told: Iterable[Item]) -> Goods:
    """Returns the columns of a catalogue; each item is looked at once, in any order."""
    ids: list[bytes] = []
    packages: dict[bytes, bytes] = {}
    active, sold_from = array("b"), array("q")
    starts, columns = array("q", [0]), array("i")
    features: dict[tuple[int, str, str], int] = {}
    for item in told:
        ids.append(item.id.encode())
        if item.kind == "sticker":
            packages[ids[-1]] = item.package.encode()
        active.append(item.status == "active")
        sold_from.append(clock.micros(item.sold_from) if item.sold_from else 0)
        columns.extend(
            features.setdefault((field, item.kind, text), len(features))
            for field, text in _features(item)
        )
        starts.append(len(columns))
    order = np.argsort(np.asarray(ids, "S")) if ids else np.zeros(0, np.intp)
    ranked = sorted(features)
    words = csr_array(
        (np.ones(len(columns), np.float32), np.asarray(columns, np.int32), np.asarray(starts)),
        shape=(len(ids), len(features)),
    )
    by_name = np.fromiter((features[f] for f in ranked), np.int64, len(ranked))
    words = csr_array(words[order][:, by_name])
    words.sum_duplicates()
    ascending = np.asarray(ids, "S")[order] if ids else np.zeros(0, "S1")
    return Goods(
        ascending,
        np.ones(len(ids), np.bool_),
        np.asarray(active, np.bool_)[order],
        np.asarray(sold_from, np.int64)[order],
        words,
        np.fromiter((field for field, _, _ in ranked), np.uint8, len(ranked)),
        _packages(ascending, packages),
    )


def _packages(ids: npt.NDArray[np.bytes_], told: Mapping[bytes, bytes]) -> Rows:
    """Returns the row of each sticker's package among ascending ids; an unknown one is its own."""
    rows = {name: row for row, name in enumerate(ids.tolist())} if told else {}
    package = np.full(len(ids), -1, np.int32)
    for name, of in told.items():
        package[rows[name]] = rows.get(of, rows[name])
    return package


def _features(item: Item) -> Iterator[tuple[int, str]]:
    for tag in item.tags:
        yield 0, _fold(tag)
    for field, value in enumerate((item.creator, item.character, item.category), start=1):
        if value:
            yield field, _fold(value)
    for text in item.title.values():
        yield from ((4, word) for word in tokens(text))


def tokens(text: str) -> list[str]:
    """Returns the words of a text, folded; Japanese, Chinese and Korean runs as character pairs."""
    found: list[str] = []
    for word in _WORD.findall(_fold(text)):
        last = 0
        for run in _CJK.finditer(word):
            found.extend([word[last : run.start()]] if run.start() > last else [])
            found.extend(_pairs(run.group()))
            last = run.end()
        found.extend([word[last:]] if last < len(word) else [])
    return found


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
