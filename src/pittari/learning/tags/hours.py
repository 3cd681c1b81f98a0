"""At what time of day is a sticker sent? Of stickers and tags, never of one person."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.errors import Unavailable
from pittari.learning.tags.table import Bytes, Names
from pittari.learning.tags.typed import Log
from pittari.model.catalog import Rows

SLOTS = 8
"""Parts of a day, three hours each."""
ENOUGH = 50
"""A tag whose stickers were sent less often has no usual hours."""

Sends = npt.NDArray[np.int64]


def sends(log: Log, items: Names, since: int, until: int) -> Sends:
    """Returns how often each of `items` (ascending) was sent in each part of the sender's day, in
    since <= at < until (microseconds UTC). Raises `Unavailable` when the log cannot be read."""
    found = np.zeros((len(items), SLOTS), np.int64)
    db = duckdb.connect(config={"memory_limit": "1GB"})
    try:
        columns = ("at", "zone", "item", "action")
        db.register("rows", log.batches(("engagement",), since, until, columns))
        told = db.sql(
            f"""SELECT item, zone, "at" // {clock.HOUR} AS hour, count(*) AS times
            FROM rows WHERE action = 'send' AND "at" >= {since} AND "at" < {until} GROUP BY ALL"""
        ).fetchnumpy()
    except duckdb.Error as error:
        raise Unavailable(f"what people sent cannot be read: {error}") from error
    finally:
        db.close()
    names = np.array([str(name).encode() for name in told["item"]], "S")
    if not len(names) or not len(items):
        return found
    row = np.searchsorted(items, names).clip(max=len(items) - 1)
    pairs = zip(_texts(told["zone"]), told["hour"].tolist(), strict=True)
    slot = np.array([_slot(zone, hour) for zone, hour in pairs], np.int64)
    known = items[row] == names
    np.add.at(found, (row[known], slot[known]), told["times"][known])
    return found


def _texts(column: Any) -> list[str]:
    return [str(text) for text in column]


@cache
def _slot(zone: str, hour: int) -> int:
    """Returns the part of the day that an hour since 1970 is in a zone; UTC for an unknown one."""
    try:
        place = ZoneInfo(zone or "UTC")
    except (KeyError, ValueError, OSError):
        place = ZoneInfo("UTC")
    return clock.moment(hour * clock.HOUR).astimezone(place).hour * SLOTS // 24


def usual(tag: Rows, item: Rows, tags: int, sent: Sends) -> Bytes:
    """Returns how usual each of `tags` is in each part of the day, 255 in its most usual one; 0
    where too little was sent. Cells: `tag` stands on sticker `item`; `sent`: sends of each."""
    total = np.stack([np.bincount(tag, part[item], tags) for part in sent.T], axis=1)
    most = total.max(axis=1, keepdims=True, initial=0)
    share = total / np.maximum(most, 1)
    enough = total.sum(axis=1, keepdims=True) >= ENOUGH
    found: Bytes = np.rint(255 * share * enough).astype(np.uint8)
    return found
