"""Which words stand on which stickers? The learned table `tags`, as whoever serves it reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pittari.model.catalog import Rows
from pittari.model.parameters import Arrays
from pittari.model.tags import Correction
from pittari.text.folding import folded

ORIGINS = (
    "creator",
    "caption",
    "title",
    "spelling",
    "synonym",
    "association",
    "embedding",
    "person",
)
"""Where a tag of a sticker comes from; a person's word is the last one."""
PERSON = ORIGINS.index("person")
CERTAIN = 255
"""The confidence of what a person said."""
USUAL = 128
"""How often, and at each hour, a tag that nothing was learned of is taken to be wanted."""

Names = npt.NDArray[np.bytes_]
Bytes = npt.NDArray[np.uint8]
Counts = npt.NDArray[np.int64]


class ItemTag(NamedTuple):
    """A tag of one sticker: `confidence` 1 to 255, and its origin, one of `ORIGINS`."""

    tag: str
    confidence: int
    origin: str


@dataclass(frozen=True)
class TagTable:
    """Tags of stickers, and the words that lead to tags.

    `items`: sticker ids, `tags`: folded texts, both as ascending UTF-8 bytes, none twice.
    `tag_counts[t]` cells of `tag_items` (rows of `items`), `confidence` (1 to 255) and `origin`
    (places in `ORIGINS`) belong to tag t, the best first. `rate` [tags] 0 to 255: how often
    somebody who types such a word wants a sticker; `hours` [tags, 8]: how usual it is in each three
    hours of the day.

    `keywords`: folded words, ascending, none twice; `keyword_counts[k]` cells of `keyword_tags`
    (rows of `tags`) and `keyword_weight` (1 to 255) belong to keyword k. `readings[i]` is how
    `keywords[reading_keywords[i]]` is read, in kana.

    `twin[i]`: row of the first of the near-duplicates of sticker i; i itself when it has none.
    """

    items: Names
    tags: Names
    tag_counts: Counts
    tag_items: Rows
    confidence: Bytes
    origin: Bytes
    rate: Bytes
    hours: Bytes
    keywords: Names
    keyword_counts: Counts
    keyword_tags: Rows
    keyword_weight: Bytes
    reading_keywords: Rows
    readings: Names
    twin: Rows

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> TagTable:
        """Returns the table of a version's arrays; raises `KeyError` where one is missing."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns what `from_arrays` takes."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The tags as texts."""
        return tuple(tag.decode() for tag in self.tags.tolist())

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The keywords as texts."""
        return tuple(word.decode() for word in self.keywords.tolist())

    @cached_property
    def starts(self) -> Counts:
        """Where each tag's cells begin; one longer than `tags`."""
        return _starts(self.tag_counts)

    @cached_property
    def keyword_starts(self) -> Counts:
        """Where each keyword's cells begin; one longer than `keywords`."""
        return _starts(self.keyword_counts)

    @cached_property
    def _by_item(self) -> tuple[Counts, Counts]:
        """Cells by sticker, the surest first and then by tag, and where each sticker's begin."""
        tag = self.cell_tags()
        order = np.lexsort((tag, -self.confidence.astype(np.int16), self.tag_items))
        return order, _starts(np.bincount(self.tag_items, minlength=len(self.items)))

    def cell_tags(self) -> Rows:
        """Returns the tag of each cell."""
        return np.repeat(np.arange(len(self.tags), dtype=np.int32), self.tag_counts)

    def row(self, item: str) -> int:
        """Returns the row of a sticker, or -1."""
        return _row(self.items, item)

    def tag_row(self, tag: str) -> int:
        """Returns the row of a tag, or -1; the tag may stand as people write it."""
        return _row(self.tags, folded(tag))

    def of_item(self, item: str, n: int = 15) -> list[ItemTag]:
        """Returns the `n` surest tags of a sticker, equal ones in the order of their texts: the
        same from call to call. Nothing for a sticker that is not known."""
        row = self.row(item)
        if row < 0:
            return []
        order, starts = self._by_item
        cells = order[starts[row] : starts[row + 1]][:n]
        tags = np.searchsorted(self.starts, cells, side="right") - 1
        return [
            ItemTag(self.texts[tag], int(self.confidence[cell]), ORIGINS[self.origin[cell]])
            for tag, cell in zip(tags.tolist(), cells.tolist(), strict=True)
        ]

    def of_tag(self, tag: str) -> Rows:
        """Returns the rows of a tag's stickers, the best first; none for an unknown tag."""
        row = self.tag_row(tag)
        if row < 0:
            return np.zeros(0, np.int32)
        found: Rows = self.tag_items[self.starts[row] : self.starts[row + 1]]
        return found

    def corrected(self, corrections: Iterable[Correction]) -> TagTable:
        """Returns the table as people want it; what they said last of a pair counts.

        `add` puts a tag on a sticker, surest and first in its tag; `remove` takes it off; `block`
        keeps it off. Said of no sticker (`item` is empty), `remove` takes off what no person
        added, `block` takes off everything, and `add` ends both. What people said when the table
        was learned, and took back since, is gone.
        """
        told = _last(corrections)
        learned = self.origin != PERSON
        if not told and learned.all():
            return self
        everywhere = {tag: act for (item, tag), act in told.items() if not item}
        blocked = {tag for tag, act in everywhere.items() if act == "block"}
        added = [
            (item, tag)
            for (item, tag), act in told.items()
            if item and act == "add" and tag not in blocked
        ]
        gone = [pair for pair, act in told.items() if pair[0] and act != "add"]
        taken = [tag for tag, act in everywhere.items() if act != "add"]
        return self._only(learned)._without(gone, taken)._with(added)._swept()

    def _without(self, pairs: list[tuple[str, str]], tags: list[str]) -> TagTable:
        """Returns the table without some pairs of sticker and tag, and without some tags."""
        width = len(self.items)
        cells = self.cell_tags().astype(np.int64) * width + self.tag_items
        found = [(_row(self.tags, tag), self.row(item)) for item, tag in pairs]
        odd = np.array([t * width + i for t, i in found if t >= 0 and i >= 0], np.int64)
        rows = [row for tag in tags if (row := _row(self.tags, tag)) >= 0]
        kept = ~np.isin(cells, odd) & ~np.isin(self.cell_tags(), np.array(rows, np.int32))
        return self._only(kept)

    def _only(self, kept: npt.NDArray[np.bool_]) -> TagTable:
        """Returns the table with some cells of tags only."""
        counts = np.bincount(self.cell_tags()[kept], minlength=len(self.tags)).astype(np.int64)
        return replace(
            self,
            tag_counts=counts,
            tag_items=self.tag_items[kept],
            confidence=self.confidence[kept],
            origin=self.origin[kept],
        )

    def _with(self, pairs: list[tuple[str, str]]) -> TagTable:
        """Returns the table with what people added before everything else of its tag."""
        if not pairs:
            return self
        wider = self._knowing([item for item, _ in pairs], [tag for _, tag in pairs])
        wider = wider._without(pairs, [])
        item = np.array([wider.row(item) for item, _ in pairs], np.int32)
        tag = np.array([_row(wider.tags, tag) for _, tag in pairs], np.int32)
        all_tags = np.concatenate([tag, wider.cell_tags()])
        order = np.argsort(all_tags, kind="stable")
        sure = np.full(len(pairs), CERTAIN, np.uint8)
        said = np.full(len(pairs), PERSON, np.uint8)
        return replace(
            wider,
            tag_counts=np.bincount(all_tags, minlength=len(wider.tags)).astype(np.int64),
            tag_items=np.concatenate([item, wider.tag_items])[order],
            confidence=np.concatenate([sure, wider.confidence])[order],
            origin=np.concatenate([said, wider.origin])[order],
        )

    def _knowing(self, items: list[str], tags: list[str]) -> TagTable:
        """Returns the table with rows for stickers and tags it may not have; a new tag's only
        keyword is its own text."""
        all_items = _union(self.items, items)
        all_tags = _union(self.tags, tags)
        new = [tag for tag in dict.fromkeys(tags) if _row(self.tags, tag) < 0]
        keywords = _union(self.keywords, new)
        moved = np.searchsorted(all_items, self.items).astype(np.int32)
        tag_moved = np.searchsorted(all_tags, self.tags).astype(np.int32)
        word_moved = np.searchsorted(keywords, self.keywords).astype(np.int32)
        twin = np.arange(len(all_items), dtype=np.int32)
        twin[moved] = moved[self.twin]
        word = np.concatenate(
            [
                word_moved[np.repeat(np.arange(len(self.keywords)), self.keyword_counts)],
                np.array([_row(keywords, tag) for tag in new], np.int32),
            ]
        )
        to = np.concatenate(
            [tag_moved[self.keyword_tags], np.array([_row(all_tags, tag) for tag in new], np.int32)]
        )
        weight = np.concatenate([self.keyword_weight, np.full(len(new), CERTAIN, np.uint8)])
        order = np.argsort(word, kind="stable")
        return replace(
            self,
            items=all_items,
            tags=all_tags,
            tag_counts=_spread(self.tag_counts, tag_moved, len(all_tags)),
            tag_items=moved[self.tag_items],
            rate=_spread(self.rate, tag_moved, len(all_tags), USUAL),
            hours=_spread(self.hours, tag_moved, len(all_tags), USUAL),
            keywords=keywords,
            keyword_counts=np.bincount(word, minlength=len(keywords)).astype(np.int64),
            keyword_tags=to[order].astype(np.int32),
            keyword_weight=weight[order],
            reading_keywords=word_moved[self.reading_keywords],
            twin=twin,
        )

    def _swept(self) -> TagTable:
        """Returns the table without tags that no sticker has, and words that lead nowhere."""
        held = self.tag_counts > 0
        if held.all():
            return self
        tag_moved = (np.cumsum(held) - 1).astype(np.int32)
        kept = held[self.keyword_tags]
        word = np.repeat(np.arange(len(self.keywords)), self.keyword_counts)[kept]
        counts = np.bincount(word, minlength=len(self.keywords)).astype(np.int64)
        leads = counts > 0
        word_moved = (np.cumsum(leads) - 1).astype(np.int32)
        read = leads[self.reading_keywords]
        return replace(
            self,
            tags=self.tags[held],
            tag_counts=self.tag_counts[held],
            rate=self.rate[held],
            hours=self.hours[held],
            keywords=self.keywords[leads],
            keyword_counts=counts[leads],
            keyword_tags=tag_moved[self.keyword_tags[kept]],
            keyword_weight=self.keyword_weight[kept],
            reading_keywords=word_moved[self.reading_keywords[read]],
            readings=self.readings[read],
        )


def _last(corrections: Iterable[Correction]) -> dict[tuple[str, str], str]:
    """Returns what was said last of each sticker (or none) and folded tag, in a fixed order."""
    told = sorted(corrections, key=lambda c: c.at)
    found = {(c.item, folded(c.tag)): c.act for c in told}
    return dict(sorted((pair, act) for pair, act in found.items() if pair[1]))


def _starts(counts: npt.NDArray[Any]) -> Counts:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _row(names: Names, name: str) -> int:
    row = int(np.searchsorted(names, np.bytes_(name.encode())))
    return row if row < len(names) and names[row] == name.encode() else -1


def _union(names: Names, more: Iterable[str]) -> Names:
    new = [name.encode() for name in more]
    return np.union1d(names, np.array(new, "S")) if new else names


def _spread(column: npt.NDArray[Any], moved: Rows, rows: int, new: int = 0) -> npt.NDArray[Any]:
    wider = np.full((rows, *column.shape[1:]), new, column.dtype)
    wider[moved] = column
    return wider
