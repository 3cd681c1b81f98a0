"""Which words does each sticker answer to? The table `tags`, learned from all that is told."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari.learning.learner import Learned
from pittari.learning.rows import LogRows
from pittari.learning.tags.claims import Claims, claims
from pittari.learning.tags.embedding import Encoder, embedded, encoder
from pittari.learning.tags.hours import SLOTS, usual
from pittari.learning.tags.keywords import keywords
from pittari.learning.tags.links import Links, alike, spelt, synonyms, together
from pittari.learning.tags.meanings import RATE, meanings
from pittari.learning.tags.places import best_first
from pittari.learning.tags.table import Bytes, TagTable
from pittari.learning.tags.twins import twins
from pittari.learning.tags.widening import Cells, widened
from pittari.learning.tags.wording import Wording
from pittari.learning.tags.words import Vocabulary
from pittari.model.catalog import Mask, Rows
from pittari.settings import LearnTable

HIGHEST = 254
"""The confidence of what is certain, where no person said so."""


class Tags:
    """Table `tags`, as `TagTable` reads it."""

    name = "tags"

    def __init__(self, settings: LearnTable) -> None:
        self.embedding = settings.embedding

    def fit(self, rows: LogRows) -> Learned:
        wording = rows.wording
        table = learned(wording, encoder() if self.embedding else None)
        arrays = table.arrays()  # corrections are applied by whoever reads: they can be taken back
        tagged = np.bincount(table.tag_items, minlength=len(table.items)) > 0
        return Learned(
            arrays,
            {
                "items": float(len(table.items)),
                "tagged": float(tagged.sum()),
                "tags": float(len(table.tags)),
                "keywords": float(len(table.keywords)),
                "bytes": float(sum(array.nbytes for array in arrays.values())),
            },
        )


def learned(wording: Wording, asked: Encoder | None = None) -> TagTable:
    """Returns the table of what is told; people's corrections are not applied yet."""
    known = meanings()
    words = Vocabulary(wording, known)
    told = claims(wording, words)
    stands = np.zeros(len(words), np.bool_)
    stands[told.word] = True
    links = _links(wording, words, told, stands, asked)
    cells = widened(told, links, words.tag, words.given & ~stands)
    twin = twins(wording)
    cells = cells.only(best_first(cells, wording.creator, twin))
    held, counts = np.unique(cells.word, return_counts=True)
    place = np.full(len(words), -1, np.int32)
    place[held] = np.arange(len(held), dtype=np.int32)
    rate = known.rates()
    return TagTable(
        items=wording.items,
        tags=_names([words.words[row] for row in held.tolist()]),
        tag_counts=counts.astype(np.int64),
        tag_items=cells.item,
        confidence=_confidence(cells),
        origin=cells.origin,
        rate=np.array([rate.get(words.words[row], RATE) for row in held.tolist()], np.uint8),
        hours=_hours(cells, place[cells.word], wording),
        **keywords(words, place),
        twin=twin,
    )


def _links(
    wording: Wording, words: Vocabulary, told: Claims, stands: Mask, asked: Encoder | None
) -> Links:
    """Returns all ways from words that stand on stickers to other words."""
    parts = [
        synonyms(words, stands),
        spelt(words, stands),
        alike(words, stands),
        together(words, told, wording.creator),
    ]
    if asked is not None:
        written = [wording.surface.get(word, word) for word in words.words]
        parts.append(embedded(words, stands, written, asked))
    return Links.joined(parts, len(words))


def _hours(cells: Cells, tag: Rows, wording: Wording) -> Bytes:
    """Returns the usual hours of what was said of stickers."""
    tags = int(tag.max(initial=-1)) + 1
    if wording.sent is None:
        return np.zeros((tags, SLOTS), np.uint8)
    return usual(tag[cells.said], cells.item[cells.said], tags, wording.sent)


def _confidence(cells: Cells) -> npt.NDArray[np.uint8]:
    return np.clip(np.rint(cells.chance * 255), 1, HIGHEST).astype(np.uint8)


def _names(words: list[str]) -> npt.NDArray[np.bytes_]:
    return np.array([word.encode() for word in words], "S") if words else np.zeros(0, "S1")
