"""A small shop whose words are known: each sticker's own tags, and what each is read as."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from tests.learning.worlds import log

from pittari import clock
from pittari.learning.learn import fit
from pittari.learning.rows import read
from pittari.model.catalog import Item
from pittari.settings import LearnTable
from pittari.store import Store
from pittari.text.folding import folded

NOW = 1_800_000_000 * clock.SECOND
WORDS = ("おはよう", "ありがとう", "おやすみ", "good night", "thanks", "やったー", "ごめん", "ok")


def tag_table(items: Iterable[Item]) -> dict[str, npt.NDArray[np.generic]]:
    """Returns arrays of a table `tags` that holds what creators said, and no more."""
    singles = [item for item in items if item.kind == "sticker"]
    ids = sorted(item.id.encode() for item in singles)
    row = {name: at for at, name in enumerate(ids)}
    pairs = sorted(
        {(folded(tag).encode(), row[item.id.encode()]) for item in singles for tag in item.tags}
    )
    tags = sorted({tag for tag, _ in pairs})
    counts = np.array([sum(1 for tag, _ in pairs if tag == one) for one in tags], np.int64)
    return {
        "items": np.array(ids, "S") if ids else np.zeros(0, "S1"),
        "tags": np.array(tags, "S") if tags else np.zeros(0, "S1"),
        "tag_counts": counts,
        "tag_items": np.array([at for _, at in pairs], np.int32),
        "confidence": np.full(len(pairs), 200, np.uint8),
        "origin": np.zeros(len(pairs), np.uint8),
        "rate": np.full(len(tags), 128, np.uint8),
        "hours": np.full((len(tags), 8), 128, np.uint8),
        "keywords": np.array(tags, "S") if tags else np.zeros(0, "S1"),
        "keyword_counts": np.ones(len(tags), np.int64),
        "keyword_tags": np.arange(len(tags), dtype=np.int32),
        "keyword_weight": np.full(len(tags), 255, np.uint8),
        "reading_keywords": np.zeros(0, np.int32),
        "readings": np.zeros(0, "S1"),
        "twin": np.arange(len(ids), dtype=np.int32),
    }


def goods(packages: int = 6, each: int = 8, at: int = NOW, **more: object) -> list[Item]:
    """Returns packages and their stickers; creators take part with every package but the first."""
    sold = clock.moment(at - 400 * clock.DAY)
    found = []
    for number in range(packages):
        name, told = f"pack-{number}", {"premium": number > 0, "creator": f"creator-{number // 2}"}
        found.append(Item(id=name, kind="package", sold_from=sold, **{**told, **more}))
        for place in range(each):
            tags = (WORDS[place % len(WORDS)], WORDS[(place + number) % len(WORDS)])
            found.append(
                Item(id=f"{name}-{place}", kind="sticker", package=name, tags=tags, **told)
            )
    return found


def fill(store: Store, items: Iterable[Item] | None = None, at: int = NOW) -> None:
    """Puts a shop into a store, and in force what is learned of it."""
    store.catalog.put_items(goods() if items is None else items)
    there = store.catalog.every_item()
    learned = {"tags": (tag_table(there), "known", {})}
    offers = fit("offers", read(log([]), there, at, 365), LearnTable())
    learned["offers"] = (offers.arrays, "known", {})
    store.parameters.publish(learned, at)
