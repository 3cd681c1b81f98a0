"""What does somebody find who looks a word up? Tags by any way of typing, and their stickers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from pittari.learning.tags.table import ORIGINS, Counts, TagTable
from pittari.model.catalog import Catalog, Rows
from pittari.text.folding import folded
from pittari.text.sound import sound

_LAST = (1_000, 0)


class TagItem(NamedTuple):
    """A sticker of one tag: `confidence` 1 to 255, and its origin, one of `ORIGINS`."""

    item: str
    confidence: int
    origin: str


class Lookup:
    """Looks things up in one table."""

    def __init__(self, table: TagTable) -> None:
        self.table = table

    def stickers(self, tag: str) -> list[TagItem]:
        """Returns a tag's stickers, the best first; none for an unknown tag."""
        table, row = self.table, self.table.tag_row(tag)
        if row < 0:
            return []
        cells = slice(int(table.starts[row]), int(table.starts[row + 1]))
        return [
            TagItem(item.decode(), sure, ORIGINS[origin])
            for item, sure, origin in zip(
                table.items[table.tag_items[cells]].tolist(),
                table.confidence[cells].tolist(),
                table.origin[cells].tolist(),
                strict=True,
            )
        ]

    def keywords(self, tag: str) -> list[str]:
        """Returns the words that lead to a tag when they are typed, the surest first."""
        row = self.table.tag_row(tag)
        if row < 0:
            return []
        words, starts = self._by_tag
        return [self.table.words[word] for word in words[starts[row] : starts[row + 1]].tolist()]

    def search(self, text: str, n: int) -> list[str]:
        """Returns the `n` tags that a text begins or sounds like, or, from two letters on, stands
        in: those with the shortest such word first, then the surest, then those with most
        stickers."""
        wanted, table = folded(text), self.table
        if not wanted:
            return []
        best: dict[int, tuple[int, int]] = {}
        for long, word in self._like(wanted):
            cells = slice(int(table.keyword_starts[word]), int(table.keyword_starts[word + 1]))
            tags, weights = table.keyword_tags[cells], table.keyword_weight[cells]
            for tag, weight in zip(tags.tolist(), weights.tolist(), strict=True):
                best[tag] = min(best.get(tag, _LAST), (long, -weight))
        if len(wanted) > 1:
            for tag, name in enumerate(table.texts):
                if wanted in name:
                    best[tag] = min(best.get(tag, _LAST), (len(name), 0))
        counts = table.tag_counts
        found = sorted(best, key=lambda tag: (*best[tag], -int(counts[tag]), tag))
        return [table.texts[tag] for tag in found[:n]]

    def _like(self, wanted: str) -> Iterator[tuple[int, int]]:
        """Yields keywords that begin with a text, are read so, or sound so, with their length in
        letters as they are typed in kana; two letters of romaji are about one of kana."""
        yield from ((len(form), word) for form, word in _beginning(self._words, wanted))
        for begin in sound(wanted).begins if len(wanted) > 1 else ():
            yield from (((len(s) + 1) // 2, word) for s, word in _beginning(self._sounds, begin))

    @cached_property
    def _words(self) -> list[tuple[str, int]]:
        read = zip(self._readings, self.table.reading_keywords.tolist(), strict=True)
        return sorted([*((word, row) for row, word in enumerate(self.table.words)), *read])

    @cached_property
    def _readings(self) -> list[str]:
        return [reading.decode() for reading in self.table.readings.tolist()]

    @cached_property
    def _sounds(self) -> list[tuple[str, int]]:
        spelt = [(sound(word).whole, row) for word, row in self._words]
        return sorted({(whole, row) for whole, row in spelt if whole})

    @cached_property
    def _by_tag(self) -> tuple[Rows, Counts]:
        """Keywords by tag, the surest first, and where each tag's begin."""
        table = self.table
        words = np.repeat(np.arange(len(table.keywords), dtype=np.int32), table.keyword_counts)
        order = np.lexsort((words, -table.keyword_weight.astype(np.int16), table.keyword_tags))
        counts = np.bincount(table.keyword_tags, minlength=len(table.tags))
        return words[order], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def sticker_ids(catalog: Catalog) -> list[str]:
    """Returns the stickers of a catalogue that are not withdrawn."""
    stickers = catalog.codes["kind"] == catalog.code("kind", "sticker")
    return [catalog.ids[row] for row in np.flatnonzero(stickers & catalog.active).tolist()]


def _beginning(words: Sequence[tuple[str, int]], begin: str) -> Iterator[tuple[str, int]]:
    at = bisect_left(words, (begin, -1))
    while at < len(words) and words[at][0].startswith(begin):
        yield words[at]
        at += 1
