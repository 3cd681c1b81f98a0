"""What is said of which sticker, and how far is it to be believed? Nobody gains by saying all.

A creator's tags count up to the ninth; somebody who gives more is believed less in each. Of words
that stand on most of a creator's stickers, which tell none from another, three count, and are
believed less the more there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pittari.learning.tags.table import ORIGINS
from pittari.learning.tags.wording import Said, Wording
from pittari.learning.tags.words import Vocabulary
from pittari.model.catalog import Rows

Chances = npt.NDArray[np.float32]

COUNTED = 9
"""Tags of one sticker that count, and words of one text."""
SERIES = 3
"""Tags that count of those which most of a creator's stickers have."""
MOST = 0.5
"""Share of a creator's stickers above which a tag is one of the series."""
FEWEST = 4
"""A creator with fewer stickers has no series."""
BELIEVED = 0.5
"""A claim that is believed less leads to no other word, and stands behind all others."""
CHANCE = {"creator": 0.8, "caption": 0.9, "title": 0.6, "series": 0.25, "person": 1.0}
"""How often a word fits the sticker it is said of, when it is said plainly."""
WITHIN = 0.85
"""What is left of that when the word only stands in a longer text."""
SHRINK = 3
"""How many people who typed a word are taken to have sent something else."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Cells: sticker `item`, `word`, the `chance` that it fits, its `origin` in `ORIGINS`, and how
    far whoever said it is believed (`trust`, 0 to 1). By sticker, word and origin, none twice."""

    item: Rows
    word: Rows
    chance: Chances
    origin: npt.NDArray[np.uint8]
    trust: Chances


class _Cells(NamedTuple):
    item: Rows
    word: Rows
    chance: Chances
    origin: str
    trust: Chances


def claims(wording: Wording, words: Vocabulary) -> Claims:
    """Returns all that is said of stickers."""
    parts = [
        _tags(wording, words),
        _text(wording.captions, words, "caption", CHANCE["caption"]),
        _text(wording.titles, words, "title", CHANCE["title"]),
        _text(wording.series, words, "title", CHANCE["series"]),
        _people(wording, words),
        _chosen(wording, words),
    ]
    item = np.concatenate([part.item for part in parts])
    word = np.concatenate([part.word for part in parts])
    origin = np.concatenate(
        [np.full(len(part.item), ORIGINS.index(part.origin), np.uint8) for part in parts]
    )
    chance = np.concatenate([part.chance for part in parts])
    trust = np.concatenate([part.trust for part in parts])
    order = np.lexsort((-chance, origin, word, item))
    same = np.ones(len(order), np.bool_)
    for column in (item, word, origin):
        same[1:] &= column[order][1:] == column[order][:-1]
    same[:1] = False
    first = order[~same]  # said twice in one way, as in two languages, is said once
    return Claims(item[first], word[first], chance[first], origin[first], trust[first])


def _tags(wording: Wording, words: Vocabulary) -> _Cells:
    """Returns creators' tags: the first nine of each sticker, of the series' tags the first three;
    those of a series of more are believed as much less."""
    said, owner = wording.tags, wording.creator[wording.tags.item]
    rows = words.rows(said.texts)
    word = rows[said.text] if len(rows) else np.zeros(0, np.int32)
    number = _in_series(wording.creator, said, word, len(words))
    longest = np.zeros(int(wording.creator.max(initial=0)) + 1)
    np.maximum.at(longest, owner, number)
    given = np.bincount(said.item, minlength=len(wording.items))[said.item]
    alike = np.where(number > 0, SERIES / np.maximum(longest[owner], SERIES), 1)
    trust = (np.minimum(1, COUNTED / np.maximum(given, 1)) * alike).astype(np.float32)
    kept = np.flatnonzero(number <= SERIES)
    kept = kept[places(said.item[kept]) < COUNTED]
    chance = trust[kept] * np.float32(CHANCE["creator"])
    return _Cells(said.item[kept], word[kept], chance, "creator", trust[kept])


def _in_series(creator: Rows, said: Said, word: Rows, width: int) -> npt.NDArray[np.int64]:
    """Returns, for each tag of each sticker, which of its creator's series tags it is, from 1, the
    most given first; 0 when it is none."""
    key = creator[said.item].astype(np.int64) * width + word
    pairs, place, times = np.unique(key, return_inverse=True, return_counts=True)
    owner = pairs // max(width, 1)
    stickers = np.bincount(creator)
    has = stickers[owner] if len(owner) else times
    series = (times > MOST * has) & (has >= FEWEST)
    first = np.full(len(pairs), len(said.item))
    np.minimum.at(first, place, places(said.item))
    order = np.lexsort((pairs, first, -times, ~series, owner))
    number = np.empty(len(pairs), np.int64)
    number[order] = places(owner[order]) + 1
    return np.where(series, number, 0)[place]


def places(group: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Returns the place, from 0, of each cell in its run of equal numbers."""
    if not len(group):
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    return np.arange(len(group)) - np.repeat(starts, np.diff([*starts, len(group)]))


def _text(said: Said, words: Vocabulary, origin: str, chance: float) -> _Cells:
    """Returns the words that texts are, and those that stand in them."""
    counts, found, plain, trust = [], [], [], []
    for text in said.texts:
        own = words.row.get(text, -1)
        here = [own] if own >= 0 else words.standing_in(text)
        tags = list(dict.fromkeys(tag for row in here for tag in words.says[row]))
        counts.append(min(len(tags), COUNTED))
        found += tags[:COUNTED]
        plain.append(chance if own >= 0 else chance * WITHIN)
        trust.append(min(1, COUNTED / max(len(tags), 1)))
    size = np.array(counts, np.int64)
    each = size[said.text] if len(size) else size
    start = np.concatenate([[0], np.cumsum(size)])[:-1]
    cell = np.repeat(start[said.text] if len(size) else start, each)
    cell = cell + _within(each)
    of_text = np.repeat(said.text, each)
    sure = np.array(trust, np.float32)[of_text]
    likely = np.array(plain, np.float32)[of_text] * sure
    item = np.repeat(said.item, each)
    return _Cells(item, np.array(found, np.int32)[cell], likely, origin, sure)


def _within(each: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Returns 0, 1, ... for each of `each` counts."""
    total = np.cumsum(each)
    return np.arange(int(total[-1]) if len(total) else 0) - np.repeat(total - each, each)


def _people(wording: Wording, words: Vocabulary) -> _Cells:
    """Returns what people put on stickers."""
    told = [
        (row, words.row[c.tag])
        for c in wording.corrections
        if c.act == "add" and (row := _row(wording, c.item)) >= 0
    ]
    item = np.array([row for row, _ in told], np.int32)
    word = np.array([row for _, row in told], np.int32)
    one = np.ones(len(told), np.float32)
    return _Cells(item, word, one * np.float32(CHANCE["person"]), "person", one)


def _chosen(wording: Wording, words: Vocabulary) -> _Cells:
    """Returns what people sent after typing a word: the share of those who typed it."""
    told = [
        (row, words.row[word], people / (wording.typed.get(word, people) + SHRINK))
        for word, item, people in wording.chosen
        if (row := _row(wording, item)) >= 0
    ]
    item = np.array([cell[0] for cell in told], np.int32)
    word = np.array([cell[1] for cell in told], np.int32)
    chance = np.array([cell[2] for cell in told], np.float32)
    return _Cells(item, word, chance, "association", np.ones(len(told), np.float32))


def _row(wording: Wording, item: str) -> int:
    row = int(np.searchsorted(wording.items, np.bytes_(item.encode())))
    return row if row < len(wording.items) and wording.items[row] == item.encode() else -1
