"""A made-up shop as large as a real one, with learned tables of the right shape and no truth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.engine import Engine
from pittari.model.catalog import Entitlement, Item
from pittari.model.event import Engagement
from pittari.model.parameters import user_key

SHELVES = """\
[[shelf]]
name = "for_you"
n = 12
candidates = 84
sources = { taste = 0.5, similar = 0.2, peers = 0.1, content = 0.1, popular = 0.05, fresh = 0.05 }
explore = 0.05
caps = { creator = 3, character = 2 }
"""
"""A shelf whose six sources name some 500 different candidates."""
GROUPS, NEIGHBOURS, LISTED = 24, 50, 200
OWNED, TAKEN = 30, 20


def furnish(engine: Engine, items: int, users: int, seed: int = 0) -> None:
    """Fills an empty project: catalogue, people with what they own and took, learned tables."""
    dice = np.random.default_rng(seed)
    engine.store.catalog.put_items(_goods(items, dice))
    engine.store.catalog.put_entitlements(
        Entitlement(user=f"u{user}", item=f"i{item}")
        for user in range(users)
        for item in dice.integers(0, items, OWNED).tolist()
    )
    now = clock.now()
    for start in range(0, users, 1000):
        engine.store.events.append(
            [
                Engagement(
                    event_id=f"past-{user}-{k}",
                    at=clock.moment(now - clock.HOUR + k),
                    user=f"u{user}",
                    item=f"i{item}",
                    action="click",
                )
                for user in range(start, min(users, start + 1000))
                for k, item in enumerate(dice.integers(0, items, TAKEN).tolist())
            ]
        )
    tables = _tables(items, users, dice)
    engine.store.parameters.publish({name: (t, "bench", {}) for name, t in tables.items()}, now)


def _goods(items: int, dice: np.random.Generator) -> Iterator[Item]:
    creators = dice.integers(0, max(1, items // 14), items).tolist()
    characters = dice.integers(0, max(1, items // 8), items).tolist()
    prices = dice.choice([120, 250, 370], items).tolist()
    for i in range(items):
        yield Item(
            id=f"i{i}", creator=f"c{creators[i]}", character=f"k{characters[i]}", price=prices[i]
        )


def _tables(
    items: int, users: int, dice: np.random.Generator
) -> dict[str, dict[str, npt.NDArray[Any]]]:
    ids = np.array([f"i{i}".encode() for i in range(items)])
    keys = np.sort(np.array([user_key(f"u{i}") for i in range(users)], np.uint64))

    def falling(*shape: int) -> npt.NDArray[np.float32]:
        return -np.sort(-dice.random(shape, np.float32))

    def different(rows: int) -> npt.NDArray[np.int32]:
        drawn = [dice.choice(items, LISTED, replace=False, shuffle=False) for _ in range(rows)]
        return np.array(drawn, np.int32)

    def near() -> dict[str, npt.NDArray[Any]]:
        neighbours = dice.integers(0, items, (items, NEIGHBOURS)).astype(np.int32)
        return {"items": ids, "neighbours": neighbours, "weight": falling(items, NEIGHBOURS)}

    return {
        "popular": {"items": ids, "score": falling(items)},
        "fresh": {"items": ids[::-1].copy(), "score": falling(items)},
        "similar": near(),
        "content": near(),
        "taste": {
            **near(),
            "users": keys,
            "top": different(users),
            "score": falling(users, LISTED),
        },
        "peers": {
            "items": ids,
            "users": keys,
            "group": dice.integers(0, GROUPS, users).astype(np.int16),
            "top": different(GROUPS),
            "score": falling(GROUPS, LISTED),
        },
        "engagement": {"items": ids, "lift": dice.random(items, np.float32) + np.float32(0.5)},
    }
