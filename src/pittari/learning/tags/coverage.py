"""Which stickers have no words, which words have no stickers, and what do people type in vain?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from pittari.learning.tags.table import ORIGINS, TagTable
from pittari.text.finding import Words
from pittari.text.folding import folded

FEW = 3
"""A tag with fewer stickers than this fills no row."""
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a table answers. Shares are 0 to 1, and 0 where there is nothing to share.

    `items`: stickers asked about; `tagged`: those with a tag; `tags_each`: tags of the median one;
    `untagged`: ids of the first without any. `tags`, `keywords`: how many there are; `few`: tags
    with fewer than `FEW` stickers; `thin`: the first of these, the thinnest first. `origins`: pairs
    of tag and sticker by where they come from. `texts`: different texts typed; `typed`: how often
    any was; `answered`: the share of `typed` that leads to a sticker; `vain`: different texts that
    lead nowhere; `missing`: the first of these and how often each was typed, most typed first.
    """

    items: int
    tagged: int
    tags_each: float
    untagged: tuple[str, ...]
    tags: int
    keywords: int
    few: int
    thin: tuple[tuple[str, int], ...]
    origins: dict[str, int]
    texts: int
    typed: int
    answered: float
    vain: int
    missing: tuple[tuple[str, int], ...]


def coverage(table: TagTable, items: Iterable[str], typed: Mapping[str, int]) -> Coverage:
    """Returns what a table answers of stickers `items` and of words `typed` (word to how often).

    A typed text is answered when it is a keyword, or a keyword of two letters or more stands in it.
    """
    asked = list(dict.fromkeys(items))
    rows = np.array([table.row(item) for item in asked], np.int64)
    each = np.bincount(table.tag_items, minlength=len(table.items))
    counts = np.where(rows >= 0, each[rows], 0) if len(each) else np.zeros(len(asked), np.int64)
    few = np.flatnonzero(table.tag_counts < FEW)
    thin = few[np.argsort(table.tag_counts[few], kind="stable")][:SHOWN]
    missing = _missing(table, typed)
    total = sum(typed.values())
    origins = np.bincount(table.origin, minlength=len(ORIGINS)).tolist()
    return Coverage(
        items=len(asked),
        tagged=int((counts > 0).sum()),
        tags_each=float(np.median(counts)) if asked else 0.0,
        untagged=tuple(name for name, n in zip(asked, counts, strict=True) if n == 0)[:SHOWN],
        tags=len(table.tags),
        keywords=len(table.keywords),
        few=len(few),
        thin=tuple((table.texts[tag], int(table.tag_counts[tag])) for tag in thin.tolist()),
        origins=dict(zip(ORIGINS, origins, strict=True)),
        texts=len(set(map(folded, typed))),
        typed=total,
        answered=1 - sum(missing.values()) / total if total else 0.0,
        vain=len(missing),
        missing=tuple(sorted(missing.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN]),
    )


def _missing(table: TagTable, typed: Mapping[str, int]) -> dict[str, int]:
    """Returns what leads nowhere, folded, with how often it was typed."""
    words = Words(table.words)
    missing: dict[str, int] = {}
    for text, times in typed.items():
        word = folded(text)
        known = words.row(word) >= 0 or any(-size >= 2 for size, _, _ in words.occurrences(word))
        if not known:
            missing[word] = missing.get(word, 0) + times
    return missing
