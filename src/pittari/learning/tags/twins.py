"""Which stickers are nearly the same? One creator, the same words on the picture, like tags."""

from __future__ import annotations

import re

import numpy as np

from pittari.learning.tags.wording import Said, Wording
from pittari.model.catalog import Rows

LIKE = 0.6
"""Share of all their tags that two stickers with one caption have both."""
LOOKED_AT = 50
"""Stickers that a sticker is held beside, the first of its caption."""
_SIGNS = re.compile(r"[\W_ー〜~]+")


def twins(wording: Wording) -> Rows:
    """Returns, for each sticker, the first that it is nearly the same as; itself where none is.

    Nearly the same: one creator, captions of the same letters, and tags of which most are the same;
    without a caption, all tags. A sticker with neither is like no other.
    """
    count = len(wording.items)
    captions = _each(wording.captions, count)
    tags = _each(wording.tags, count)
    twin = np.arange(count, dtype=np.int32)
    groups: dict[tuple[int, str, tuple[str, ...]], list[int]] = {}
    for row in range(count):
        caption = _SIGNS.sub("", "".join(captions[row]))
        if not caption and not tags[row]:
            continue
        exact = () if caption else tuple(sorted(tags[row]))
        firsts = groups.setdefault((int(wording.creator[row]), caption, exact), [])
        for first in firsts[:LOOKED_AT]:
            if _share(tags[row], tags[first]) >= LIKE:
                twin[row] = first
                break
        else:
            firsts.append(row)
    return twin


def _each(said: Said, count: int) -> list[list[str]]:
    found: list[list[str]] = [[] for _ in range(count)]
    for item, text in zip(said.item.tolist(), said.text.tolist(), strict=True):
        found[item].append(said.texts[text])
    return found


def _share(one: list[str], other: list[str]) -> float:
    both, every = set(one) & set(other), set(one) | set(other)
    return len(both) / len(every) if every else 1.0
