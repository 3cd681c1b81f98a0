"""Topics from files: each with where the main tab had it, at as many times as the file tells."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pittari import clock
from pittari.importing.mapping import PlacedTopic
from pittari.model.topic import Topic
from pittari.store.catalog import Counts
from pittari.store.topics import TopicStore

_FIELDS = Topic.__struct_fields__


def put(store: TopicStore, rows: Sequence[PlacedTopic]) -> Counts:
    """Puts topics (of two with one id, the last) and the main tab's orders.

    Rows of one `main_at` make one order by their places; where it is not said, the topic stood
    there when it was updated or published.
    """
    counts = store.put(_plain(row) for row in rows)
    orders: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        if row.main:
            at = clock.micros(row.main_at or row.updated or row.published)
            orders.setdefault(at, []).append((row.main, row.id))
    for at, places in orders.items():
        store.place_more(at, list(dict.fromkeys(name for _, name in sorted(places))))
    return counts


def _plain(row: PlacedTopic) -> Topic:
    return msgspec.convert({name: getattr(row, name) for name in _FIELDS}, Topic)
