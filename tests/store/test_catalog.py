"""Laws of what was brought in: put twice is put once, and rows of a snapshot never move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.rows import NOON

from pittari import clock
from pittari.errors import Invalid, NotFound
from pittari.model.catalog import Entitlement, Item, User, empty_catalog
from pittari.model.event import Impression
from pittari.store import Counts, Store
from pittari.store.catalog import CHANGED

NAMES = st.sampled_from([f"i{n}" for n in range(6)])


def test_a_put_says_what_is_new_changed_and_the_same(store: Store) -> None:
    items = [Item(id="a"), Item(id="b", price=100, title={"ja": "ねこ"})]
    assert store.catalog.put_items(items) == Counts(2, 0, 0)
    assert store.catalog.put_items(items) == Counts(0, 0, 2)
    assert store.catalog.put_items([Item(id="a", price=5), Item(id="c")]) == Counts(1, 1, 0)
    assert store.catalog.put_items([Item(id="d", price=1), Item(id="d")]) == Counts(1, 0, 0)
    assert store.catalog.items(["d", "b", "x"]) == {"d": Item(id="d"), "b": items[1]}
    assert [item.id for item in store.catalog.every_item()] == ["a", "b", "c", "d"]


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(st.tuples(NAMES, st.integers(0, 2) | st.none()), max_size=10))
def test_a_refreshed_snapshot_is_the_one_a_newcomer_reads(
    store: Store, acts: list[tuple[str, int | None]]
) -> None:
    """Prices are put or items deleted (None); two processes then number all items alike."""
    old = store.catalog.snapshot()
    for name, price in acts:
        if price is None:
            store.catalog.delete_items([name])
        else:
            store.catalog.put_items([Item(id=name, price=price, tags=(name,))])
    refreshed, fresh = store.catalog.refresh(old), store.catalog.snapshot()
    assert refreshed.ids[: len(old)] == old.ids
    assert refreshed.ids == fresh.ids
    assert refreshed.version == fresh.version
    np.testing.assert_array_equal(refreshed.active, fresh.active)
    np.testing.assert_array_equal(refreshed.price, fresh.price)
    assert refreshed.tags == fresh.tags


def test_nothing_new_is_the_same_object(store: Store) -> None:
    store.catalog.put_items([Item(id="a")])
    catalog = store.catalog.snapshot()
    store.catalog.put_items([Item(id="a")])
    store.catalog.put_users([User(id="mika")])
    assert store.catalog.refresh(catalog) is catalog
    assert len(empty_catalog()) == 0


def test_a_deleted_item_is_withdrawn_and_may_come_back(store: Store) -> None:
    store.catalog.put_items([Item(id="a"), Item(id="b")])
    catalog = store.catalog.snapshot()
    assert store.catalog.delete_items(["a", "x"]) == 1
    assert store.catalog.delete_items(["a"]) == 0
    catalog = store.catalog.refresh(catalog)
    assert catalog.active.tolist() == [False, True]
    with pytest.raises(NotFound, match='"a"'):
        store.catalog.item("a")
    assert store.catalog.put_items([Item(id="a")]) == Counts(1, 0, 0)
    assert store.catalog.refresh(catalog).active.tolist() == [True, True]


def test_users_are_kept_and_listed(store: Store, reopened: Callable[[], Store]) -> None:
    users = [User(id=f"u{n}", locale="en", region="JP") for n in range(5)]
    assert store.catalog.put_users(users) == Counts(5, 0, 0)
    assert store.catalog.put_users([User(id="u1"), *users[2:]]) == Counts(0, 1, 3)
    other = reopened()
    assert other.catalog.user("u1") == User(id="u1")
    assert other.catalog.users(after="u1", limit=2) == users[2:4]
    with pytest.raises(NotFound):
        other.catalog.user("nobody")


def test_entitlements_come_back_as_they_were_put(store: Store) -> None:
    spans: list[dict[str, Any]] = [
        {"kind": "owned"},
        {"kind": "trial", "until": clock.moment(NOON), "sends": 3},
        {"kind": "basic", "since": clock.moment(NOON - 1), "until": clock.moment(NOON)},
    ]
    put = [Entitlement(user="mika", item="a", **span) for span in spans]
    assert store.catalog.put_entitlements(put) == Counts(3, 0, 0)
    assert store.catalog.put_entitlements(put) == Counts(0, 0, 3)
    assert sorted(store.catalog.entitlements("mika"), key=str) == sorted(put, key=str)
    longer = Entitlement(user="mika", item="a", kind="trial", sends=5)
    assert store.catalog.put_entitlements([longer]) == Counts(0, 1, 0)
    store.catalog.delete_entitlement("mika", "a", "trial")
    assert longer not in store.catalog.entitlements("mika")
    with pytest.raises(NotFound, match="trial"):
        store.catalog.delete_entitlement("mika", "a", "trial")


@pytest.mark.parametrize("told", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"])
def test_a_time_that_utc_does_not_have_is_refused_before_anything_is_written(
    store: Store, told: str
) -> None:
    when = datetime.fromisoformat(told)
    row = Impression(event_id="odd", at=when, item="cats")
    with pytest.raises(Invalid, match="year 1 to 9999"):
        store.events.append([row])
    with pytest.raises(Invalid, match="year 1 to 9999"):
        store.catalog.put_items([Item(id="fine"), Item(id="odd", sold_until=when)])
    with pytest.raises(Invalid, match="year 1 to 9999"):
        store.catalog.put_entitlements([Entitlement(user="mika", item="cats", since=when)])
    assert len(store.catalog.snapshot()) == 0
    assert store.events.since(0) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_looking_for_changed_items_goes_through_no_other(store: Store) -> None:
    with store.database.peek() as session:
        plan = session.rows(f"EXPLAIN QUERY PLAN {CHANGED}", (0,))
    assert [step[-1] for step in plan] == [
        "SEARCH items USING INDEX items_by_revision (revision>?)"
    ]
