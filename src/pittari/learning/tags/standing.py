"""Which words stand on stickers now? What was learned, as people put it right since."""

from __future__ import annotations

import threading

import numpy as np

from pittari.learning.tags.table import TagTable
from pittari.model.parameters import Parameters
from pittari.store import Store

NAME = "tags"
_NOTHING = {
    "items": "S1", "tags": "S1", "tag_counts": "i8", "tag_items": "i4", "confidence": "u1",
    "origin": "u1", "rate": "u1", "hours": "u1", "keywords": "S1", "keyword_counts": "i8",
    "keyword_tags": "i4", "keyword_weight": "u1", "reading_keywords": "i4", "readings": "S1",
    "twin": "i4",
}  # fmt: skip


def nothing() -> TagTable:
    """Returns the table before anything was learned."""
    arrays = {name: np.zeros(0, kind) for name, kind in _NOTHING.items()}
    return TagTable.from_arrays({**arrays, "hours": np.zeros((0, 8), np.uint8)})


class Standing:
    """Keeps the corrected table until the learned one or the corrections change."""

    def __init__(self, store: Store) -> None:
        self._tags = store.tags
        self._lock = threading.Lock()
        self._of: tuple[str, int] = ("", -1)
        self._learned = self._table = nothing()

    def table(self, learned: Parameters | None) -> TagTable:
        """Returns the tags as they stand: corrections count at once. Raises `Unavailable`."""
        version = learned.version if learned else ""
        with self._lock:
            now = (version, self._tags.revision())
            if now != self._of:
                if version != self._of[0]:
                    self._learned = TagTable.from_arrays(learned.arrays) if learned else nothing()
                self._table = self._learned.corrected(self._tags.corrections())
                self._of = now
            return self._table
