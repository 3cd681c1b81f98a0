"""Creators are paid for what others sent without owning it: once for each person and product."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pittari import clock
from pittari.cli import root
from pittari.errors import Invalid
from pittari.kpi.payout import month_span, payout
from pittari.model.catalog import Entitlement, Item
from pittari.model.event import Engagement
from pittari.store import Store, open_store

OCTOBER = month_span("2026-10")[0]
DAY = clock.DAY


def items() -> list[Item]:
    found = []
    for package, creator in (("bears", "ann"), ("cats", "ann"), ("dogs", "ben")):
        found.append(Item(id=package, creator=creator, premium=True))
        found += [
            Item(id=f"{package}-{n}", kind="sticker", package=package, creator=creator)
            for n in range(3)
        ]
    return found


def may(user: str, item: str, kind: str, since: int = -30, until: int | None = None) -> Entitlement:
    """An entitlement from so many days after the first of October on, until so many days after."""
    ends = clock.moment(OCTOBER + until * DAY) if until is not None else None
    begins = clock.moment(OCTOBER + since * DAY)
    return Entitlement(user=user, item=item, kind=kind, since=begins, until=ends)  # type: ignore[arg-type]


def did(user: str, item: str, day: float, action: str = "send", n: int = 0) -> Engagement:
    at = OCTOBER + int(day * DAY)
    return Engagement(
        event_id=f"{user}-{item}-{day}-{action}-{n}",
        at=clock.moment(at),
        user=user,
        item=item,
        action=action,  # type: ignore[arg-type]
        touchpoint="suggest",
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A shop with three products of two creators, on a day in November."""
    now = OCTOBER + 33 * DAY
    opened = open_store(
        f"sqlite:///{tmp_path}/pittari.db", tmp_path / "lake", tmp_path / "p", now=lambda: now
    )
    opened.catalog.put_items(items())
    yield opened
    opened.close()


def told(store: Store) -> dict[str, tuple[int, int, int, int]]:
    """Returns pairs, people, products and sends by creator."""
    found = payout(store, "2026-10").creators
    return {share.creator: (share.pairs, share.people, share.products, share.sends)
            for share in found}  # fmt: skip


def test_a_month_whose_answer_is_known(store: Store) -> None:
    store.catalog.put_entitlements(
        [
            may("mia", "*", "deluxe"),
            may("mia", "bears", "deluxe"),
            may("leo", "*", "trial", since=0, until=10),
            may("zoe", "*", "trial_send", since=0, until=31),
            may("zoe", "dogs", "owned"),
        ]
    )
    store.events.append(
        [
            did("mia", "bears-0", 1),
            did("mia", "bears-1", 2),
            did("mia", "cats-0", 3),
            did("leo", "bears-0", 4),
            did("zoe", "dogs-1", 5),
            did("zoe", "cats-1", 6),
            did("eve", "dogs-0", 7),
            did("mia", "gone-0", 8),
        ]
    )
    found = payout(store, "2026-10")
    assert told(store) == {"ann": (4, 3, 2, 5)}
    assert found.pairs == 4
    assert (found.sends, found.owned, found.without_right, found.unknown) == (8, 1, 1, 1)


def test_doubled_sends_count_once(store: Store) -> None:
    store.catalog.put_entitlements([may("mia", "*", "basic")])
    rows = [did("mia", "dogs-0", day) for day in (1, 2, 3)] + [did("mia", "dogs-1", 3)]
    store.events.append(rows)
    store.events.append(rows)
    assert told(store) == {"ben": (1, 1, 1, 4)}


def test_what_is_owned_pays_nothing_and_what_is_bought_later_does(store: Store) -> None:
    store.catalog.put_entitlements(
        [
            may("mia", "*", "basic"),
            may("mia", "dogs", "owned", since=5),
            Entitlement(user="mia", item="cats"),
        ]
    )
    store.events.append([did("mia", "dogs-0", 6), did("mia", "cats-0", 2)])
    assert told(store) == {}
    store.events.append([did("mia", "dogs-0", 4)])
    assert told(store) == {"ben": (1, 1, 1, 1)}
    store.events.append([did("mia", "bears", 9, "purchase"), did("mia", "bears-2", 10)])
    assert told(store) == {"ben": (1, 1, 1, 1)}
    store.events.append([did("mia", "bears-2", 8)])
    assert told(store) == {"ann": (1, 1, 1, 1), "ben": (1, 1, 1, 1)}


def test_a_trial_or_a_plan_that_does_not_run_does_not_count(store: Store) -> None:
    store.catalog.put_entitlements(
        [
            may("leo", "*", "trial", since=2, until=4),
            may("mia", "*", "basic", since=2),
            may("zoe", "dogs", "basic"),
            may("kim", "dogs", "trial", until=3),
        ]
    )
    store.events.append([did("leo", "dogs-0", 1.9), did("leo", "dogs-0", 4)])
    store.events.append([did("mia", "dogs-0", 1), did("zoe", "dogs-0", 5), did("kim", "dogs-0", 3)])
    assert told(store) == {}
    store.events.append([did("leo", "dogs-1", 3.9), did("mia", "dogs-1", 2)])
    store.events.append([did("kim", "dogs-2", 2.9), did("kim", "cats-2", 2.9)])
    assert told(store) == {"ben": (3, 3, 1, 3)}


def test_an_ended_plan_held_until_it_was_ended(store: Store) -> None:
    store.catalog.put_entitlements([may("mia", "*", "basic")])
    store.events.append([did("mia", "dogs-0", 1)])
    store.catalog.delete_entitlement("mia", "*", "basic")
    store.events.append([did("mia", "cats-0", 32)])
    assert told(store) == {"ben": (1, 1, 1, 1)}


def test_a_send_that_was_taken_back_does_not_count(store: Store) -> None:
    store.catalog.put_entitlements([may("mia", "*", "basic")])
    store.events.append(
        [
            did("mia", "dogs-0", 1),
            did("mia", "dogs-0", 1.001, "undo"),
            did("mia", "bears-0", 30.9999),
            did("mia", "bears-0", 31.0001, "undo"),
        ]
    )
    assert told(store) == {}
    assert payout(store, "2026-10").undone == 2
    store.events.append([did("mia", "dogs-0", 1.002)])
    assert told(store) == {"ben": (1, 1, 1, 1)}


def test_the_month_begins_and_ends_where_the_zone_says(store: Store) -> None:
    store.catalog.put_entitlements([may("mia", "*", "basic", since=-60)])
    store.events.append([did("mia", "dogs-0", -0.3), did("mia", "cats-0", 30.7)])
    assert told(store) == {"ann": (1, 1, 1, 1)}
    tokyo = payout(store, "2026-10", "Asia/Tokyo")
    assert [share.creator for share in tokyo.creators] == ["ben"]
    assert payout(store, "2026-12").sends == 0


def test_rows_count_alike_in_the_log_and_in_the_lake(store: Store) -> None:
    store.catalog.put_entitlements([may("mia", "*", "basic"), may("leo", "*", "trial")])
    store.events.append(
        [did("mia", "dogs-0", 1), did("leo", "bears-1", 2), did("eve", "cats-0", 3)]
    )
    before = payout(store, "2026-10")
    assert store.tidy()
    store.events.append([did("mia", "dogs-1", 1)])
    after = payout(store, "2026-10")
    assert after.creators[0] == before.creators[0]
    assert (before.pairs, after.pairs, after.sends) == (2, 2, 4)


@pytest.mark.parametrize("month", ["2026", "2026-13", "2026-00", "26-10", "2026-10-01", "0000-01"])
def test_what_is_no_month_is_refused(store: Store, month: str) -> None:
    with pytest.raises(Invalid, match="month"):
        payout(store, month)


def test_what_is_no_zone_is_refused(store: Store) -> None:
    for zone in ("Nowhere/There", "../etc/passwd", ""):
        with pytest.raises(Invalid, match="zone"):
            payout(store, "2026-10", zone)


def test_the_command_tells_the_same_in_every_form(tmp_path: Path) -> None:
    (tmp_path / "pittari.toml").write_text("")
    opened = open_store(
        f"sqlite:///{tmp_path}/data/pittari.db",
        tmp_path / "data/lake",
        tmp_path / "data/parameters",
    )
    opened.catalog.put_items(items())
    opened.catalog.put_entitlements([may("mia", "*", "basic")])
    opened.events.append([did("mia", "dogs-0", 1), did("mia", "cats-0", 2)])
    opened.close()
    asked = ["report", "payout", "--project", str(tmp_path), "--month", "2026-10"]
    run = CliRunner().invoke(root, [*asked, "--json"], catch_exceptions=False)
    answer = json.loads(run.output)
    assert answer["since"] == "2026-10-01T00:00:00Z"
    assert (answer["sends"], answer["pairs"]) == (2, 2)
    rows = list(csv.DictReader(io.StringIO(CliRunner().invoke(root, [*asked, "--csv"]).output)))
    assert [row["creator"] for row in rows] == ["ann", "ben"]
    assert {row["month"] for row in rows} == {"2026-10"}
    assert "2 pairs" in CliRunner().invoke(root, asked).output
