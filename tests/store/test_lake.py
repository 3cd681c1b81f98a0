"""Laws of the lake: log and lake are one, without gap or double, whatever moves or breaks."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store import crashes
from tests.store.rows import NOON, days, did, held, in_log, seen, served

from pittari import clock
from pittari.errors import DataError, Unavailable
from pittari.model.event import AnyRow
from pittari.store import Appended, Store

TODAY = clock.day(NOON)


def test_closed_days_move_and_the_open_day_stays(store: Store) -> None:
    rows = days(5)
    store.events.append(rows)
    last = store.events.last_seq()
    made = store.compactor.compact()
    assert in_log(store) == {row.event_id for row in rows[:4]}
    assert held(store) == Counter(row.event_id for row in rows)
    assert all((store.lake.folder / name).exists() for name in made)
    assert made[0].startswith("kind=click") or "day=2024-10-0" in made[0]
    assert store.events.last_seq() == last
    assert store.compactor.compact() == []


@pytest.mark.parametrize("before", [TODAY - 2, TODAY, TODAY + 5])
def test_no_day_moves_before_it_is_asked_for_nor_before_it_is_over(
    store: Store, before: int
) -> None:
    store.events.append(days(5))
    store.compactor.compact(before)
    left = {clock.day(clock.micros(row.at)) for _, row in store.events.since(0)}
    assert left == set(range(min(before, TODAY), TODAY + 1))


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    acts=st.lists(
        st.one_of(
            st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4)), min_size=1, max_size=20),
            st.sampled_from(["compact", "merge", "sweep"]),
        ),
        max_size=8,
    )
)
def test_whatever_the_order_of_acts_each_row_is_there_once(
    store: Store, acts: list[list[tuple[int, int]] | str]
) -> None:
    """A late row goes to the log, is known when it comes again, and moves with the next step."""
    start = f"{store.events.last_seq()}-{len(held(store))}"
    before = held(store)
    told: set[str] = set()
    for act in acts:
        if isinstance(act, str):
            getattr(store.compactor, act)(*([0] if act == "sweep" else []))
            continue
        rows = [seen(f"{start}-{number}-{age}", at=NOON - age * clock.DAY) for number, age in act]
        new = {row.event_id for row in rows} - told
        assert store.events.append(rows).new == len(new)
        told |= new
    assert held(store) == before + Counter(told)


def test_served_and_user_rows_are_found_in_the_lake(store: Store) -> None:
    at = NOON - 2 * clock.DAY
    name = f"{at:016x}{7:016x}"
    store.events.append([served(name, "cats", at=at), did("c", "click", at=at)])
    store.compactor.compact()
    assert in_log(store) == set()
    found = store.events.served(name)
    assert found is not None and found.slots[0].item == "cats"  # noqa: PT018
    rows = store.lake.of_user("mika", at)
    assert [(row[1], row[3], row[4]) for row in rows] == [
        ("served", "", ""),
        ("engagement", "cats", "click"),
    ]


def test_read_cuts_by_kind_time_and_column(store: Store) -> None:
    rows = days(4)
    store.events.append(rows)
    store.compactor.compact()
    since, until = NOON - 2 * clock.DAY, NOON + 2
    found = store.lake.read(["impression"], since, until, ["event_id", "at"]).to_pyarrow()
    expected = [
        row
        for row in rows
        if type(row).__name__ == "Impression" and since <= clock.micros(row.at) < until
    ]
    assert found.column_names == ["event_id", "at"]
    assert sorted(found["event_id"].to_pylist()) == sorted(row.event_id for row in expected)
    same = store.lake.batches(["impression"], since, until, ["event_id", "at"]).read_all()
    assert sorted(same.to_pylist(), key=str) == sorted(found.to_pylist(), key=str)


def test_an_open_reader_is_not_broken_by_merging_and_erasing(store: Store) -> None:
    store.events.append(days(3, prefix="a"))
    store.compactor.compact()
    store.events.append(days(3, prefix="b"))
    store.compactor.compact()
    table, stream = store.lake.read(), store.lake.batches(columns=["event_id"])
    store.compactor.merge()
    store.erase_user("mika")
    store.compactor.sweep()
    assert table.count().execute() == 24
    assert stream.read_all().num_rows == 24
    assert sum(held(store).values()) == 12


def test_merging_leaves_one_part_a_kind_and_day_and_sweeping_the_rest_goes(store: Store) -> None:
    for prefix in "abc":
        store.events.append(days(3, prefix=prefix))
        store.compactor.compact()
    before = held(store)
    assert len(store.compactor.merge()) == 6
    assert store.compactor.merge() == []
    assert held(store) == before
    assert store.compactor.sweep() == 0
    store.compactor.sweep(-1)
    assert len(list(store.lake.folder.rglob("*.parquet"))) == 6
    assert held(store) == before


def test_rows_are_there_once_while_compactors_writers_and_readers_run(
    store: Store, reopened: Callable[[], Store]
) -> None:
    others = [reopened() for _ in range(2)]
    told = [row.event_id for row in days(3, prefix="z")]
    store.events.append(days(3, prefix="z"))
    done = threading.Event()
    failures: list[BaseException] = []

    def guarded(act: Callable[[], None]) -> Callable[[], None]:
        def run() -> None:
            try:
                while not done.is_set():
                    act()
            except BaseException as error:
                failures.append(error)

        return run

    def tidy(other: Store) -> Callable[[], None]:
        def run() -> None:
            other.compactor.compact()
            other.compactor.merge()

        return run

    threads = [threading.Thread(target=guarded(tidy(other))) for other in others]
    for thread in threads:
        thread.start()
    for round_ in range(6):
        rows: list[AnyRow] = days(3, prefix=f"{round_}-")
        assert store.events.append(rows) == Appended(len(rows), 0)
        told += [row.event_id for row in rows]
        assert held(store) == Counter(told)
        assert store.events.append(rows) == Appended(0, len(rows))
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert held(store) == Counter(told)


def test_a_crash_at_any_step_of_compacting_or_merging_loses_nothing_and_doubles_nothing(
    store: Store, database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    rows = days(3)
    store.events.append(rows)
    store.compactor.compact()
    rows += days(3, prefix="more")
    store.events.append(rows)
    expected = Counter(row.event_id for row in rows)
    for died in crashes.everywhere(processes, database_url, tmp_path, "tidy"):
        assert held(store) == expected, f"killed at step {died}"
        assert store.events.append(rows) == Appended(0, len(rows))
    store.tidy()
    assert held(store) == expected
    store.compactor.sweep(-1)
    assert len(list(store.lake.folder.rglob("*.parquet"))) == 6


def test_a_folder_that_fails_is_unavailable_and_nothing_is_lost(store: Store) -> None:
    rows = days(3)
    store.events.append(rows)
    store.lake.folder.write_text("in the way of the folder")
    with pytest.raises(Unavailable, match="lake"):
        store.compactor.compact()
    assert len(in_log(store)) == len(rows)
    store.lake.folder.unlink()
    store.compactor.compact()
    assert held(store) == Counter(row.event_id for row in rows)


def test_a_damaged_part_is_named_by_whoever_needs_it_and_erasing_goes_on_once_it_is_back(
    store: Store,
) -> None:
    at = NOON - 2 * clock.DAY
    store.events.append([seen("a", at=at), seen("b", at=at, user="jun")])
    (name,) = store.compactor.compact()
    part = store.lake.folder / name
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    for act in (lambda: store.events.append([seen("a", at=at)]), lambda: store.erase_user("mika")):
        with pytest.raises(DataError, match=r"damaged.*put the file back"):
            act()
    part.write_bytes(whole)
    store.tidy()
    assert held(store) == Counter(["b"])
