"""Which word says what another says, and how surely? The ways from a word to other words.

A link from a to b with chance p: a sticker that a fits is one that b fits, p of the time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array

from pittari.learning.nearest import blocks
from pittari.learning.tags.claims import BELIEVED, Chances, Claims, places
from pittari.learning.tags.table import ORIGINS
from pittari.learning.tags.words import Vocabulary
from pittari.model.catalog import Mask, Rows
from pittari.text.sound import sound

SYNONYM = 0.85
"""A way of saying, to the word that stands for the meaning."""
SPELLING, ENDING = 0.85, 0.5
"""The same word written otherwise, and an English word with another ending."""
ALIKE = 0.5
"""Two words with the same pieces; what they share of them, squared, is left of it."""
LEAST = 0.01
"""A link less sure than this is none."""
WAYS = 40
"""Links of one kind that lead to a word, the surest."""
SHRINK = 2.0
"""Creators that are taken to use a word without its companion."""
TOGETHER = 2
"""Two words go together when so many creators put both on one sticker."""
PIECES = {True: (3, 4, 5), False: (1, 2, 3)}
"""Lengths of a word's pieces: of the alphabet, of other letters."""
COMMON = 0.05
"""A piece of more than this share of the words says nothing."""

_GAP = re.compile(r"[ \-'・_]+")
_ENDING = re.compile(r"([a-z]{3,}?)(?:s|es|ing|ed|er|y|ies|ly|e)?")
_KANJI = re.compile("[㐀-鿿]")


@dataclass(frozen=True, slots=True)
class Links:
    """Cells: from word `start` to word `end`, with a `chance`, and where it comes from."""

    start: Rows
    end: Rows
    chance: Chances
    origin: npt.NDArray[np.uint8]

    @classmethod
    def made(cls, start: Rows, end: Rows, chance: Chances, origin: str) -> Links:
        """Returns links of one kind."""
        said = np.full(len(start), ORIGINS.index(origin), np.uint8)
        return cls(start.astype(np.int32), end.astype(np.int32), chance.astype(np.float32), said)

    @classmethod
    def joined(cls, parts: Sequence[Links], width: int) -> Links:
        """Returns the surest link of each pair of words, by start and end."""
        start, end, chance, origin = (
            np.concatenate([getattr(part, name) for part in (_NONE, *parts)])
            for name in cls.__slots__
        )
        order = np.lexsort((origin, -chance, end, start))
        key = start[order].astype(np.int64) * width + end[order]
        first = order[np.concatenate([[True], key[1:] != key[:-1]])] if len(key) else order
        return cls(start[first], end[first], chance[first], origin[first])


_NONE = Links.made(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32), "creator")


def synonyms(words: Vocabulary, told: Mask) -> Links:
    """Returns links from ways of saying to the words that stand for their meanings; and to words
    that stand on no sticker (`told`) though somebody gave them, from all that mean the same."""
    named = [(form, tag, SYNONYM) for tag, forms in words.meanings for form in forms]
    asked = words.given & ~told
    among = [
        (other, form, SYNONYM if other == tag else SYNONYM**2)
        for tag, forms in words.meanings
        for form in forms
        if asked[form]
        for other in (tag, *forms)
        if other != form and told[other]
    ]
    cells = sorted({*named, *among})
    start = np.array([cell[0] for cell in cells], np.int32)
    end = np.array([cell[1] for cell in cells], np.int32)
    return Links.made(start, end, np.array([cell[2] for cell in cells], np.float32), "synonym")


def together(words: Vocabulary, claims: Claims, creator: Rows) -> Links:
    """Returns links between words that creators put on one sticker: the share of a word's creators
    who also put the other beside it, where that is more than twice its share of all creators.

    Creators are counted, not stickers: nobody makes two words go together alone.
    """
    width, owners = len(words), int(creator.max(initial=0)) + 1
    kept = (claims.trust >= BELIEVED) & words.tag[claims.word]
    cells = distinct(claims.item[kept].astype(np.int64) * width + claims.word[kept])
    item, word = cells // width, cells % width
    each = [(by, _beside(item, by)) for by in _distances(item)]
    pairs = [(word[k] * width + word[k + by]) * owners + creator[item[k]] for by, k in each]
    seen = distinct(np.concatenate(pairs))
    key, times = np.unique(seen // owners, return_counts=True)
    key, times = key[times >= TOGETHER], times[times >= TOGETHER]
    using = distinct(word * owners + creator[item]) // owners
    alone = np.bincount(using, minlength=width)
    start = np.concatenate([key // width, key % width])
    end = np.concatenate([key % width, key // width])
    chance = np.tile(times, 2) / (alone[start] + SHRINK)
    lifted = chance > 2 * alone[end] / owners
    return strongest(Links.made(start[lifted], end[lifted], chance[lifted], "association"))


def distinct(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Returns each value once, ascending."""
    values = np.sort(values)
    return values[np.concatenate([[True], values[1:] != values[:-1]])] if len(values) else values


def _distances(item: npt.NDArray[np.int64]) -> range:
    """Returns how far apart two cells of one sticker can stand."""
    return range(1, int(np.bincount(item).max(initial=1)) + 1)


def _beside(item: npt.NDArray[np.int64], by: int) -> npt.NDArray[np.intp]:
    """Returns the cells that have another of the same sticker `by` behind them."""
    return np.flatnonzero(item[by:] == item[:-by])


def alike(words: Vocabulary, told: Mask) -> Links:
    """Returns links from the words that stand on stickers (`told`) to words with the same pieces:
    the cosine of their rare pieces, squared."""
    pieces = _pieces(words)
    of_told = csr_array(diags_array(told.astype(np.float32), dtype=np.float32) @ pieces)
    parts = []
    for first, block in blocks(pieces, csr_array(of_told.T)):
        cells = block.tocoo()
        chance = ALIKE * np.square(cells.data)
        end = cells.row + first
        kept = (chance >= LEAST) & (end != cells.col) & words.tag[end]
        parts.append(Links.made(cells.col[kept], end[kept], chance[kept], "spelling"))
    return strongest(Links.joined(parts, len(words)))


def spelt(words: Vocabulary, told: Mask) -> Links:
    """Returns links from the words that stand on stickers (`told`) to other spellings of them: the
    same sound, the same letters but for gaps, the same word but for an English ending."""
    groups: dict[tuple[float, str], list[int]] = {}
    for row, word in enumerate(words.words):
        same = {(SPELLING, _letters(word)), (SPELLING, sound(word).whole or "")}
        for chance, key in same | {(ENDING, _stem(word))}:
            if key:
                groups.setdefault((chance, key), []).append(row)
    found = {
        (start, end, chance)
        for (chance, _), group in groups.items()
        for start in group
        for end in group
        if start != end and told[start] and words.tag[end]
    }
    cells = sorted(found)
    start = np.array([cell[0] for cell in cells], np.int32)
    end = np.array([cell[1] for cell in cells], np.int32)
    return Links.made(start, end, np.array([cell[2] for cell in cells], np.float32), "spelling")


def strongest(links: Links) -> Links:
    """Returns, for each word, the surest links that lead to it."""
    order = np.lexsort((links.start, -links.chance, links.end))
    place = places(links.end[order])
    kept = np.sort(order[(place < WAYS) & (links.chance[order] >= LEAST)])
    return Links(links.start[kept], links.end[kept], links.chance[kept], links.origin[kept])


def _letters(word: str) -> str:
    return _GAP.sub("", word)


def _stem(word: str) -> str:
    """Returns an English word without its ending; nothing for other words."""
    found = _ENDING.fullmatch(word)
    return f"{found[1]}-" if found else ""


def _pieces(words: Vocabulary) -> csr_array:
    """Returns words x pieces: rare pieces weigh more (TF-IDF), rows of length 1.

    Pieces hold where a word begins and ends; a piece with kanji weighs twice, a lone kana nothing.
    """
    column: dict[str, int] = {}
    rows, columns, weights = [], [], []
    for row, word in enumerate(words.words):
        for piece, weight in _cut(word).items():
            rows.append(row)
            columns.append(column.setdefault(piece, len(column)))
            weights.append(weight)
    shape = (len(words), len(column))
    found = csr_array((np.array(weights, np.float32), (rows, columns)), shape=shape)
    held = np.bincount(columns, minlength=len(column)) if columns else np.zeros(0)
    useful = held <= max(20, COMMON * len(words))
    rare = np.where(useful, np.log(len(words) / np.maximum(held, 1)), 0)
    found = csr_array(found @ diags_array(rare.astype(np.float32), dtype=np.float32))
    length = np.sqrt(np.asarray(found.multiply(found).sum(axis=1))).ravel()
    scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    return csr_array(diags_array(scale, dtype=np.float32) @ found)


def _cut(word: str) -> dict[str, float]:
    pieces: dict[str, float] = {}
    for part in word.split(" "):
        framed = f"^{part}$"
        for size in PIECES[part.isascii()]:
            for at in range(len(framed) - size + 1):
                piece = framed[at : at + size]
                if size > 1 or "㐀" <= piece <= "鿿":
                    pieces[piece] = 2.0 if _KANJI.search(piece) else 1.0
    return pieces
