"""Old logs come in: each row once, beside what log and lake know already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.store import crashes
from tests.store.rows import NOON, days, did, held, in_log

from pittari import clock
from pittari.errors import DataError
from pittari.model.event import COLUMNS, AnyRow, stored
from pittari.store import Adopted, Appended, Store


def parquet(path: Path, rows: Sequence[AnyRow]) -> Path:
    cells = zip(*(stored(row) for row in rows), strict=True)
    pq.write_table(pa.table([pa.array(c) for c in cells], names=list(COLUMNS)), path)
    return path


def past(count: int, prefix: str = "") -> list[AnyRow]:
    return [
        row for row in days(count, prefix=prefix) if clock.micros(row.at) < NOON - clock.DAY / 2
    ]


def test_rows_are_adopted_once_beside_log_and_lake(store: Store, tmp_path: Path) -> None:
    rows = past(6)
    store.events.append(rows[:7])
    store.compactor.compact()
    store.events.append(rows[7:10])
    files = [parquet(tmp_path / "a", rows), parquet(tmp_path / "b", rows[:3])]
    assert store.adoption.adopt(files) == Adopted(10, 13)
    assert held(store) == Counter(row.event_id for row in rows)
    assert store.adoption.adopt(files) == Adopted(0, 23)
    assert store.events.append(rows) == Appended(0, 20)
    store.tidy()
    assert held(store) == Counter(row.event_id for row in rows)
    numbers = store.lake.batches(columns=["seq"]).read_all()["seq"].to_pylist()
    assert len(set(numbers)) == 20
    assert max(numbers) == store.events.last_seq()


def test_adopted_rows_come_back_whole(store: Store, tmp_path: Path) -> None:
    rows = past(3)
    store.adoption.adopt([parquet(tmp_path / "a", rows)])
    found = store.lake.batches(columns=COLUMNS).read_all().to_pylist()
    cells = sorted(tuple(row[name] for name in COLUMNS) for row in found)
    assert cells == sorted(stored(row) for row in rows)


def test_an_old_purchase_is_owned_and_an_old_mute_holds(store: Store, tmp_path: Path) -> None:
    at = NOON - 3 * clock.DAY
    rows: list[AnyRow] = [
        did("1", "purchase", at=at),
        did("2", "purchase", at=at + 1),
        did("3", "mute", at=at + 2, item="dogs"),
        did("4", "undo", at=at + 3, item="dogs"),
        did("5", "mute", at=at + 4, item="frogs"),
    ]
    store.adoption.adopt([parquet(tmp_path / "a", rows)])
    assert [e.item for e in store.catalog.entitlements("mika")] == ["cats"]
    with store.database.read() as session:
        assert session.rows("SELECT item FROM mutes WHERE active = 1") == [("frogs",)]


def test_other_files_are_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not over go to the log"):
        store.adoption.adopt([parquet(tmp_path / "a", days(2))])
    pq.write_table(pa.table({"event_id": ["1"]}), tmp_path / "b")
    with pytest.raises(DataError, match="expected a column 'kind'"):
        store.adoption.adopt([tmp_path / "b"])
    assert in_log(store) == set()
    assert store.adoption.adopt([]) == Adopted(0, 0)


def test_a_crash_at_any_step_is_mended_by_the_same_call_again(
    store: Store, database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    rows = past(5)
    files = [parquet(tmp_path / "a", rows)]
    for _ in crashes.everywhere(processes, database_url, tmp_path, "adopt", files):
        assert max(held(store).values(), default=1) == 1
        store.adoption.adopt(files)
        assert held(store) == Counter(row.event_id for row in rows)
        rows = [*rows, *past(3, prefix=f"{len(rows)}-")]
        parquet(tmp_path / "a", rows)
