"""Made-up logs whose lesson is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pittari import clock
from pittari.learning.rows import LogRows, read
from pittari.model.catalog import Item
from pittari.model.event import COLUMNS, AnyRow, Engagement, stored
from pittari.settings import LearnTable

NOW = 1_800_000_000 * clock.SECOND
SETTINGS = LearnTable(neighbours=5, list_length=10, groups=2)


@dataclass(frozen=True)
class MemoryLog:
    """A log that is one Arrow table."""

    table: pa.Table

    def batches(
        self, kinds: Sequence[str], since: int, until: int, columns: Sequence[str]
    ) -> pa.RecordBatchReader:
        at = self.table["at"]
        inside = pc.and_(pc.greater_equal(at, since), pc.less(at, until))
        asked = pc.is_in(self.table["kind"], pa.array(list(kinds)))
        kept = self.table.filter(pc.and_(inside, asked)).select(list(columns))
        return pa.RecordBatchReader.from_batches(kept.schema, kept.to_batches(max_chunksize=100))


def log(rows: Sequence[AnyRow]) -> MemoryLog:
    """Returns a log of these rows, in this order."""
    columns = list(zip(*map(stored, rows), strict=True)) or [[] for _ in COLUMNS]
    types = [pa.int64() if c in ("at", "position", "value") else pa.string() for c in COLUMNS]
    types[-1] = pa.binary()
    arrays = [pa.array(list(c), t) for c, t in zip(columns, types, strict=True)]
    return MemoryLog(pa.table(arrays, names=list(COLUMNS)))


def told(rows: Sequence[AnyRow], items: Sequence[Item] = (), as_of: int = NOW) -> LogRows:
    """Returns what learning reads of these rows."""
    return read(log(rows), items, as_of, SETTINGS.window_days)


def act(user: str, item: str, action: str = "purchase", ago: int = clock.DAY, **more: object):
    """Returns one engagement, `ago` microseconds before now."""
    moment = clock.moment(NOW - ago)
    name = f"{user}-{item}-{action}-{ago}-{more.get('decision_id', '')}"
    return Engagement(event_id=name[:128], at=moment, user=user, item=item, action=action, **more)


def checkerboard(people: int = 60, items: int = 20, seed: int = 0) -> list[Engagement]:
    """Even people like even items, odd people odd ones; each has about half of theirs."""
    dice = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        for item in range(person % 2, items, 2):
            if dice.random() < 0.6:
                ago = int(dice.integers(1, 10 * clock.DAY))
                rows.append(act(f"u{person:03}", f"i{item:03}", ago=ago))
    return rows


def even(name: str | bytes) -> bool:
    """Says which colour of the board a person or an item has."""
    return int(name[1:]) % 2 == 0
