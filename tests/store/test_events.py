"""Laws of the log: each row once, in the order of commits, and what follows from it at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store import crashes
from tests.store.rows import NOON, did, held, seen, served

from pittari.errors import Invalid, Unavailable
from pittari.model.event import Exposure
from pittari.store import Appended, Store

ONE_STORE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ONE_STORE
@given(calls=st.lists(st.lists(st.integers(0, 12), max_size=8), max_size=6), data=st.data())
def test_every_event_id_is_kept_once_however_rows_are_cut_into_calls(
    store: Store, calls: list[list[int]], data: st.DataObject
) -> None:
    start = store.events.last_seq()
    told = [store.events.submit([seen(f"{start}-{n}") for n in call]) for call in calls]
    answers = [future.result() for future in told]
    unique = {n for call in calls for n in call}
    rows = store.events.since(start)
    assert sorted(row.event_id for _, row in rows) == sorted(f"{start}-{n}" for n in unique)
    assert sum(answer.new for answer in answers) == len(unique)
    assert [a.new + a.known for a in answers] == [len(call) for call in calls]


@ONE_STORE
@given(calls=st.lists(st.lists(st.integers(0, 50), max_size=5), max_size=5))
def test_rows_come_back_as_they_went_in_and_in_that_order(
    store: Store, calls: list[list[int]]
) -> None:
    start = store.events.last_seq()
    put = []
    for call in calls:
        rows = [
            [
                seen(f"{start}-{n}", at=NOON + n, item="\u732b"),
                did(f"{start}-{n}", "purchase", item=f"i{n}"),
                served(f"{start}-{n}", "a", "b"),
            ][n % 3]
            for n in call
        ]
        store.events.append(rows)
        put += rows
    first = {row.event_id: row for row in reversed(put)}
    order = list(dict.fromkeys(row.event_id for row in put))
    assert [row for _, row in store.events.since(start)] == [first[name] for name in order]


def test_sequence_order_is_commit_order_among_processes(
    store: Store, database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    """A reader that follows the log by number misses nothing, whoever writes."""
    writers = [
        processes.Process(target=crashes.append, args=(database_url, tmp_path, name, 60))
        for name in ("a", "b", "c")
    ]
    for writer in writers:
        writer.start()
    followed: list[str] = []
    seq = 0
    while len(followed) < 1800:
        alive = any(writer.is_alive() for writer in writers)
        found = store.events.since(seq, 50)
        followed += [row.event_id for _, row in found]
        seq = found[-1][0] if found else seq
        assert found or alive, f"only {len(followed)} rows came"
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert len(set(followed)) == 1800 == len(store.events.since(0, 5000))


def test_a_killed_process_loses_no_acknowledged_row_and_doubles_none(
    store: Store, database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    notes = tmp_path / "acknowledged"
    for life in range(3):
        writers = [
            processes.Process(
                target=crashes.append_until_killed, args=(database_url, tmp_path, f"{life}{name}")
            )
            for name in "ab"
        ]
        for writer in writers:
            writer.start()
        before = notes.stat().st_size if notes.exists() else 0
        pause = threading.Event()
        while not notes.exists() or notes.stat().st_size < before + 2_000:
            pause.wait(0.01)
        for writer in writers:
            writer.kill()
            writer.join()
    batches = notes.read_text().split()
    assert batches
    rows = held(store)
    assert max(rows.values()) == 1
    assert all(rows[f"{batch}-{i}"] == 1 for batch in batches for i in range(10))
    whole = {name.rpartition("-")[0] for name in rows}
    assert sum(rows.values()) == 10 * len(whole), "a batch was written in part"


def test_one_bad_row_fails_its_own_call_only(store: Store) -> None:
    futures = [store.events.submit([seen(f"good-{i}")]) for i in range(5)]
    bad = store.events.submit([seen("\ud800")])
    futures += [store.events.submit([seen(f"good-{i}")]) for i in range(5, 10)]
    with pytest.raises(Invalid, match="cannot be stored"):
        bad.result()
    assert [future.result() for future in futures] == [Appended(1, 0)] * 10
    with pytest.raises(Invalid, match="NUL"):
        store.events.append([seen("x", user="a\0b")])


def test_a_closed_log_refuses_and_a_full_queue_too(
    store: Store, reopened: Callable[[], Store]
) -> None:
    other = reopened()
    other.close()
    with pytest.raises(Unavailable):
        other.events.append([seen("x")])
    rows = [seen(f"row-{i}") for i in range(5_000)]

    def flood() -> None:
        for _ in range(100):
            store.events.submit(rows)

    with store.database.write(), pytest.raises(Unavailable, match="wait for the disk"):
        flood()


def test_a_purchase_owns_and_a_mute_spares_and_an_undo_takes_the_mute_back(store: Store) -> None:
    ahead = NOON + 3_600_000_000
    store.events.append([did("1", "purchase", at=ahead), did("2", "mute", item="dogs")])
    store.events.append([did("3", "mute", item="frogs"), did("4", "undo", item="frogs")])
    assert [(e.item, e.kind) for e in store.catalog.entitlements("mika")] == [("cats", "owned")]
    with store.database.read() as session:
        muted = session.rows("SELECT item FROM mutes WHERE active = 1")
    assert muted == [("dogs",)]


def test_a_repeated_row_has_no_second_effect(store: Store) -> None:
    store.events.append([did("1", "purchase"), did("2", "mute", item="dogs")])
    store.catalog.delete_entitlement("mika", "cats")
    store.events.append([did("3", "undo", item="dogs")])
    store.events.append([did("1", "purchase"), did("2", "mute", item="dogs"), seen("4")])
    assert store.catalog.entitlements("mika") == []
    with store.database.read() as session:
        assert session.rows("SELECT count(*) FROM mutes WHERE active = 1") == [(0,)]


def test_a_decision_is_found_by_its_id(store: Store) -> None:
    name = f"{NOON:016x}{7:016x}"
    store.events.append([served(name, "a"), seen("other")])
    found = store.events.served(name)
    assert found is not None
    assert [slot.item for slot in found.slots] == ["a"]
    assert store.events.served("other") is None
    assert store.events.served("f" * 32) is None


def test_rows_of_one_user_are_found(store: Store) -> None:
    exposure = Exposure(
        event_id="e", at=seen("x").at, user="mika", unit="mika", experiment="x", arm="a"
    )
    store.events.append([seen("1"), seen("2", user="jun"), exposure])
    rows = store.events.of_user("mika")
    assert [row.event_id for _, row in rows] == ["1", "e"]
    assert store.events.of_user("mika", after=rows[0][0]) == rows[1:]
