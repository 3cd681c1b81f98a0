"""Creators are paid for what others sent without owning it: once for each person and product."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pittari import clock
from pittari.cli import root
from pittari.errors import Invalid
from pittari.kpi.payout import month_span, payout
from pittari.model.catalog import Entitlement, Held, Item
from pittari.model.event import Engagement
from pittari.store import Store, open_store
from pittari.touchpoints.suggest.sends import judged

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


def may(
    user: str, item: str, kind: str, since: int = -30, until: int | None = None, sends: int = 0
) -> Entitlement:
    """An entitlement from so many days after the first of October on, until so many days after."""
    ends = clock.moment(OCTOBER + until * DAY) if until is not None else None
    begins = clock.moment(OCTOBER + since * DAY)
    return Entitlement(
        user=user, item=item, kind=kind, since=begins, until=ends, sends=sends  # type: ignore[arg-type]
    )  # fmt: skip


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
            may("zoe", "*", "trial_send", since=0, until=31, sends=1),
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


def test_an_undo_at_the_same_time_takes_back_though_told_first(store: Store) -> None:
    store.catalog.put_entitlements([may("mia", "*", "basic")])
    store.events.append([did("mia", "dogs-0", 1, "undo")])
    store.events.append([did("mia", "dogs-0", 1)])
    assert told(store) == {}
    assert payout(store, "2026-10").undone == 1


def test_who_does_not_take_part_is_paid_for_what_is_kept_alone(store: Store) -> None:
    store.catalog.put_items([msgspec.structs.replace(items()[8], premium=False)])
    store.catalog.put_entitlements([may("mia", "*", "deluxe"), may("leo", "*", "trial")])
    store.events.append([did("mia", "dogs-0", 1), did("leo", "dogs-0", 1)])
    found = payout(store, "2026-10")
    assert (found.pairs, found.without_right) == (0, 2)
    store.catalog.put_entitlements([may("mia", "dogs", "deluxe")])
    assert told(store) == {"ben": (1, 1, 1, 1)}


def test_a_package_is_no_sticker_and_is_not_paid(store: Store) -> None:
    store.catalog.put_entitlements([may("mia", "*", "basic")])
    store.events.append([did("mia", "dogs", 1)])
    assert (payout(store, "2026-10").unknown, told(store)) == (1, {})


def test_trial_sends_beyond_the_days_number_are_not_paid(store: Store) -> None:
    """The day is UTC's, also where the month begins in the middle of it."""
    store.catalog.put_entitlements(
        [may("zoe", "*", "trial_send", sends=1), may("kim", "*", "trial_send")]
    )
    store.events.append(
        [
            did("zoe", "dogs-1", 1.5),
            did("zoe", "cats-1", 1.2),
            did("zoe", "cats-1", 1.3, "undo"),
            did("zoe", "bears-1", 2.0),
            did("kim", "dogs-1", 2.0),
        ]
    )
    found = payout(store, "2026-10")
    assert told(store) == {"ann": (1, 1, 1, 1)}
    assert (found.undone, found.without_right) == (1, 2)
    before = [did("zoe", "dogs-1", -0.9), did("zoe", "cats-1", -0.2)]
    store.events.append(before)
    tokyo = payout(store, "2026-10", "Asia/Tokyo")
    assert (tokyo.sends, tokyo.without_right, tokyo.pairs) == (5, 3, 1)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A shop of nine packages, every third of which takes part only by its sticker, and every third
    not at all."""
    folder = tmp_path_factory.mktemp("shared")
    now = OCTOBER + 33 * DAY
    opened = open_store(f"sqlite:///{folder}/a.db", folder / "lake", folder / "p", now=lambda: now)
    opened.catalog.put_items(
        [Item(id=f"p{n}", creator=f"c{n}", premium=n % 3 == 0) for n in range(9)]
        + [Item(id=f"p{n}-0", kind="sticker", package=f"p{n}", premium=n % 3 == 1)
           for n in range(9)]
    )  # fmt: skip
    yield opened
    opened.close()


PACKAGES = [f"p{n}" for n in range(9)]
KINDS = ["owned", "basic", "deluxe", "trial", "trial_send"]
entitlements = st.lists(
    st.tuples(
        st.sampled_from(["*", "*", *PACKAGES]),
        st.sampled_from(KINDS),
        st.integers(-2, 4),
        st.one_of(st.none(), st.integers(1, 6)),
        st.integers(0, 3),
    ),
    max_size=14,
    unique_by=lambda one: one[:2],
)
logged = st.lists(
    st.tuples(
        st.sampled_from([*(f"{name}-0" for name in PACKAGES), "p0", "gone"]),
        st.integers(0, 11).map(lambda third: third / 3),
    ),
    max_size=14,
)
_users = itertools.count()
Log = list[tuple[str, float]]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(entitlements, logged), min_size=1, max_size=12))
@example([
    ([("*", "basic", 0, None, 0), *((name, "basic", 0, None, 0) for name in PACKAGES)],
     [(f"{name}-0", 1.0) for name in PACKAGES]),
    ([("*", "trial_send", 0, None, 2)],
     [("p0-0", 1.5), ("p0-0", 1.5), ("p3-0", 1.5), ("p6-0", 1.5), ("p6-0", 1.25)]),
    ([("*", "basic", 0, None, 0), *((f"p{n}", "basic", n - 9, None, 0) for n in range(9))],
     [(f"{name}-0", 1.0) for name in PACKAGES[5:]]),
    *(([("*", kind, 0, None, 1)], [(f"{name}-0", 1.0) for name in PACKAGES])
      for kind in KINDS),
])  # fmt: skip
def test_what_is_paid_is_what_a_client_is_not_told_to_be_uncounted(
    shared: Store, people: list[tuple[list[tuple[str, str, int, int | None, int]], Log]]
) -> None:
    """The report's rule and that of the answer to a client are one, for a whole log."""
    before, held, sends = payout(shared, "2026-10"), {}, []
    for entitled, log in people:
        user = f"u{next(_users)}"
        shared.catalog.put_entitlements([may(user, *one) for one in entitled])
        held[user] = [Held.of(one) for one in shared.catalog.entitlements(user)]
        sends += [did(user, item, day, n=n) for n, (item, day) in enumerate(log)]
    shared.events.append(sends)

    def on(user: str, day: int) -> list[tuple[str, int]]:
        sent = [(one.item, clock.micros(one.at)) for one in sends if one.user == user]
        return [one for one in sent if clock.day(one[1]) == day]

    def owned(send: Engagement) -> bool:
        return any(
            has.kind == "owned" and f"{has.item}-0" == send.item
            and has.holds(clock.micros(send.at)) for has in held[send.user]
        )  # fmt: skip

    told = judged(sends, lambda user: held[user], on, shared.catalog.snapshot())
    why = {one.event_id: one.why for one in told}
    paid = [one for one in sends if one.event_id not in why and not owned(one)]
    unknown = sum(reason == "unknown_item" for reason in why.values())
    after = payout(shared, "2026-10")
    assert after.unknown - before.unknown == unknown
    assert after.without_right - before.without_right == len(why) - unknown
    assert after.owned - before.owned == sum(owned(one) for one in sends)
    assert after.pairs - before.pairs == len({(one.user, one.item) for one in paid})


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
