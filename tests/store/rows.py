"""Made-up rows for the tests of the store, and what a store holds of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pittari import clock
from pittari.model.event import AnyRow, Engagement, Impression, Reason, Served, Slot
from pittari.store import Store

NOON = 20_000 * clock.DAY + 12 * clock.HOUR
"""The present in these tests: 2024-10-04T12:00Z."""


def seen(name: str, *, at: int = NOON, user: str = "mika", item: str = "cats") -> Impression:
    return Impression(event_id=name, at=clock.moment(at), user=user, item=item)


def did(
    name: str, action: Any, *, at: int = NOON, user: str = "mika", item: str = "cats"
) -> Engagement:
    return Engagement(event_id=name, at=clock.moment(at), user=user, item=item, action=action)


def served(name: str, *items: str, at: int = NOON, user: str = "mika") -> Served:
    slots = tuple(
        Slot(place=i, item=item, score=1.0, propensity=1.0, source="taste", reason=Reason(key="x"))
        for i, item in enumerate(items)
    )
    return Served(event_id=name, decision_id=name, at=clock.moment(at), user=user, slots=slots)


def days(count: int, *, per_day: int = 4, prefix: str = "") -> list[AnyRow]:
    """Rows of the last `count` days, today included, of three kinds and two users."""
    rows: list[AnyRow] = []
    for number in range(count * per_day):
        at = NOON - (number // per_day) * clock.DAY + number
        user = ("mika", "jun")[number % 2]
        name = f"{prefix}{number}"
        rows.append(
            [seen, lambda n, **k: did(n, "click", **k), served][number % 3](name, at=at, user=user)
        )
    return rows


def held(store: Store) -> Counter[str]:
    """Returns how often each event id is found in log and lake, read as one."""
    return Counter(store.lake.batches(columns=["event_id"]).read_all()["event_id"].to_pylist())


def in_log(store: Store) -> set[str]:
    return {row.event_id for _, row in store.events.since(0, 1_000_000)}
