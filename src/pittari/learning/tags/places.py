"""Who stands first in a tag? The surest, and nobody's stickers in all the first places."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari.learning.tags.claims import places
from pittari.learning.tags.widening import Cells
from pittari.model.catalog import Rows

QUOTA = 10
"""Places that one creator's stickers take in a tag while others' wait."""
STEP = 0.05
"""Chances as near as this are equal: then creators take turns."""


def best_first(cells: Cells, creator: Rows, twin: Rows) -> npt.NDArray[np.int64]:
    """Returns the cells by word, the best first.

    Behind all others stand, in this order: stickers beyond their creator's quota, near-duplicates
    of a sticker that stands before them, and what only somebody says who is not believed. Among
    equals creators take turns.
    """
    owner = creator[cells.item]
    grade = -np.floor(cells.chance / np.float32(STEP)).astype(np.int64)
    copy = twin[cells.item] != cells.item
    behind = np.where(cells.weak, 2, np.where(copy & _stands(cells, twin), 1, 0))
    order = np.lexsort((cells.item, -cells.chance, behind, owner, cells.word))
    turn = np.empty(len(order), np.int64)
    key = cells.word.astype(np.int64) * (int(creator.max(initial=0)) + 1) + owner
    turn[order] = places(key[order])
    late = np.where(behind > 0, behind + 1, turn >= QUOTA)
    return np.lexsort((cells.item, -cells.chance, turn, grade, late, cells.word))


def _stands(cells: Cells, twin: Rows) -> npt.NDArray[np.bool_]:
    """Returns whether the first of a sticker's near-duplicates has the word too; the cells stand by
    sticker and word."""
    width = int(cells.word.max(initial=0)) + 1
    key = cells.item.astype(np.int64) * width + cells.word
    wanted = twin[cells.item].astype(np.int64) * width + cells.word
    found: npt.NDArray[np.bool_] = (
        key[np.searchsorted(key, wanted).clip(max=len(key) - 1)] == wanted
    )
    return found
