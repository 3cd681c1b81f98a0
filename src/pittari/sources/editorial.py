"""What do the shop's own people want to show?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates
from pittari.model.request import Batch
from pittari.sources.ranked import ranked


class Editorial:
    """Items named in the settings, earlier ones first."""

    name = "editorial"
    waits = False

    def __init__(self, items: tuple[str, ...]) -> None:
        self.items = tuple(dict.fromkeys(items))

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        """Returns the named items that are in the catalogue."""
        rows = batch.catalog.rows(self.items)
        falling = np.linspace(1.0, 0.5, len(rows), dtype=np.float32)
        return ranked(self.name, rows, falling, limit).repeated(len(batch))
