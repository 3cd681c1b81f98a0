"""What else does a sticker answer to? Every claim, followed along the links of its word.

Chances of one pair of sticker and word are put together as if each were a case of its own: none
of them is right with chance (1 - p)(1 - q)..., so more grounds make it surer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pittari.learning.tags.claims import BELIEVED, Chances, Claims, places
from pittari.learning.tags.links import Links
from pittari.model.catalog import Mask, Rows

EACH = 30
"""Words that a sticker gets by links, at most: the surest."""
FILLED = 100
"""Stickers that a word gets by links, at most: the surest."""
ROW = 20
"""So many stickers a word that people type gets where it can, however unsure."""
LEAST = 0.04
"""What is less sure only fills a row."""
LOOKED_AT = 100
"""Words that a sticker can get by links at all."""
CELLS = 2_000_000
"""Steps along links that are held at once."""
_FINE = 1 << 20
"""Chances are told apart to one in so many."""
SURE = 0.99
"""More than this, only a person's word can be."""


@dataclass(frozen=True, slots=True)
class Cells:
    """Sticker `item` answers to `word` with a `chance`; `origin`: its surest ground; `said`:
    somebody said it of this very sticker; `weak`: nobody who is believed did, and no link led."""

    item: Rows
    word: Rows
    chance: Chances
    origin: npt.NDArray[np.uint8]
    said: Mask
    weak: Mask

    def only(self, kept: npt.NDArray[np.integer] | Mask) -> Cells:
        """Returns some of the cells."""
        return Cells(*(getattr(self, name)[kept] for name in self.__slots__))


def widened(claims: Claims, links: Links, tag: Mask, asked: Mask) -> Cells:
    """Returns what stickers answer to, by sticker and word: all that was said and may be a tag,
    and, of what links lead to, the surest of each sticker and of each word. Words that were
    `asked` for in vain get the best there is."""
    starts = np.searchsorted(links.start, np.arange(len(tag) + 1))
    parts = [
        _together(claims, links, starts, tag, slice(first, last))
        for first, last in _blocks(claims, np.diff(starts))
    ]
    cells = Cells(*(np.concatenate([getattr(p, n) for p in parts]) for n in Cells.__slots__))
    likely = cells.chance >= LEAST
    in_item, in_word = _place(cells.item, cells), _place(cells.word, cells)
    vain = asked[cells.word] & (in_word < ROW)
    kept = (likely & (in_item < EACH) & (in_word < FILLED)) | vain
    return cells.only(cells.said | kept)


def _blocks(claims: Claims, ways: npt.NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yields ranges of claims, whole stickers each, of about `CELLS` steps."""
    cost = np.cumsum(ways[claims.word] + 1)
    ends = np.flatnonzero(np.append(claims.item[1:] != claims.item[:-1], True)) + 1
    first = 0
    while first < len(claims.item):
        most = (cost[first - 1] if first else 0) + CELLS
        place = int(np.searchsorted(cost[ends - 1], most, side="right"))
        last = int(ends[min(place, len(ends) - 1)])
        yield first, last
        first = last
    if not len(claims.item):
        yield 0, 0


def _together(
    claims: Claims, links: Links, starts: npt.NDArray[np.int64], tag: Mask, part: slice
) -> Cells:
    """Returns the cells of a range of claims."""
    item, word = claims.item[part], claims.word[part]
    chance, trust = claims.chance[part], claims.trust[part]
    ways = np.where(trust >= BELIEVED, np.diff(starts)[word], 0)
    claim = np.repeat(np.arange(len(item)), ways)
    link = np.repeat(starts[word], ways) + np.arange(len(claim))
    link -= np.repeat(np.cumsum(ways) - ways, ways)
    own = np.flatnonzero(tag[word])
    all_items = np.concatenate([item[own], item[claim]])
    all_words = np.concatenate([word[own], links.end[link]])
    all_chances = np.concatenate([chance[own], chance[claim] * links.chance[link]])
    origins = np.concatenate([claims.origin[part][own], links.origin[link]])
    said = np.arange(len(all_items)) < len(own)
    weak = np.concatenate([trust[own] < BELIEVED, np.zeros(len(link), np.bool_)])
    key = all_items.astype(np.int64) * len(tag) + all_words
    order = np.argsort(key, kind="stable")
    key = key[order]
    group = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if len(key) else key
    if not len(group):
        none = np.zeros(0, np.int32)
        return Cells(none, none, chance[:0], origins[:0], said[:0], weak[:0])
    none_right = np.log1p(-np.minimum(all_chances[order].astype(np.float64), SURE))
    # The greatest chance of a group and its origin, in one number.
    ground = (all_chances[order] * _FINE).astype(np.int64) * 256 + origins[order]
    cells = Cells(
        all_items[order][group],
        all_words[order][group],
        np.minimum(-np.expm1(np.add.reduceat(none_right, group)), SURE).astype(np.float32),
        (np.maximum.reduceat(ground, group) % 256).astype(np.uint8),
        np.logical_or.reduceat(said[order], group),
        np.logical_and.reduceat(weak[order], group),
    )
    return cells.only(cells.said | (_place(cells.item, cells) < LOOKED_AT))


def _place(group: Rows, cells: Cells) -> npt.NDArray[np.int64]:
    """Returns the place of each cell among those of its group that nobody said, the surest first;
    those that somebody said have none that means anything."""
    unsure = _FINE - (cells.chance * _FINE).astype(np.int64)
    # One number sorts faster than a tuple: the group, who said it, how unsure it is.
    key = (group.astype(np.int64) * 2 + cells.said) * 2 * _FINE + unsure
    order = np.argsort(key, kind="stable")
    found = np.empty(len(order), np.int64)
    found[order] = places(group[order])
    return found
