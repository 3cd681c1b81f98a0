"""A few stickers with tags, as if they had been learned."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from pittari import clock
from pittari.engine import Engine
from pittari.learning.tags.standing import nothing
from pittari.learning.tags.table import ORIGINS, TagTable
from pittari.model.catalog import Item
from pittari.model.tags import Correction
from pittari.store import Store

PAIRS = {
    "s0": ("おはよう", "太陽"),
    "s1": ("おはよう", "good morning", "ねむい"),
    "s2": ("ありがとう", "thank you"),
}
"""What was learned; a fourth sticker, s3, has nothing."""


def learned(pairs: dict[str, tuple[str, ...]] = PAIRS) -> TagTable:
    """Returns a table of these pairs, each as sure as the next; all are creators' tags."""
    said = [Correction(item, tag, "add", "", 0) for item, tags in pairs.items() for tag in tags]
    table = nothing().corrected(said)
    sure = np.full_like(table.confidence, 200)
    creator = np.full_like(table.origin, ORIGINS.index("creator"))
    return replace(table, confidence=sure, origin=creator)


def put_stickers(store: Store) -> None:
    """Puts the package and its stickers into a catalogue."""
    title = {"ja": "朝のしろくま", "en": "Morning bear"}
    store.catalog.put_items(
        [
            Item(id="p", title=title),
            *(
                Item(
                    id=f"s{i}", kind="sticker", package="p", title={"en": f"bear {i}"},
                    caption={"ja": "おはよう"} if i < 2 else {},
                )
                for i in range(4)
            ),
        ]
    )  # fmt: skip


def publish(store: Store, table: TagTable) -> int:
    """Puts a learned table in force; returns the release."""
    return store.parameters.publish({"tags": (table.arrays(), "known", {})}, clock.now()).id


def learn(engine: Engine, table: TagTable) -> None:
    """Puts a learned table in force, and waits until an engine goes by it."""
    release = publish(engine.store, table)
    while engine.release != release:
        engine.refresh()
        time.sleep(0.02)
