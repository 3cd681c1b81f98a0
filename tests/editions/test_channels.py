"""Released rows leave once, also where a process died between sending and saying so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.editions.channels import FileChannel, carry
from pittari.errors import Unavailable
from pittari.store import Store, open_store
from pittari.store.outbox import Parcel, Released, key, laid_out
from pittari.testing import check_channel


def row(number: int, *, dry: bool = False) -> Released:
    edition = "2026-11-22/morning"
    name = key(edition, 0, number)
    return Released(edition, 0, number, f"t{number}", name, 7, dry, b'{"title":"T"}')


def keys(path: Path) -> list[str]:
    return [msgspec.json.decode(line)["key"] for line in path.read_bytes().splitlines()]


def test_a_row_is_one_line_of_json_with_its_key(tmp_path: Path) -> None:
    path = tmp_path / "new" / "outbox.jsonl"
    FileChannel(path).send([row(1)])
    assert msgspec.json.decode(path.read_bytes()) == {
        "key": row(1).key, "edition": "2026-11-22/morning", "shard": 0, "place": 1,
        "topic": "t1", "released": 7, "content": {"title": "T"},
    }  # fmt: skip


def test_the_file_channel_keeps_the_contract_of_its_socket(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    path.touch()
    check_channel(FileChannel(path), lambda: keys(path))


def test_the_contract_sees_a_channel_that_forgets() -> None:
    got: list[str] = []

    class Forgetful:
        name = "forgetful"

        def send(self, rows: Sequence[Released]) -> None:
            got.extend(row.key for row in rows)

    with pytest.raises(AssertionError, match="does not arrive again"):
        check_channel(Forgetful(), lambda: got)


@given(batches=st.lists(st.lists(st.integers(1, 9), unique=True, max_size=9), max_size=6))
def test_each_row_is_written_once_however_often_it_is_sent(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[int]]
) -> None:
    path = tmp_path_factory.mktemp("box") / "outbox.jsonl"
    channels = [FileChannel(path), FileChannel(path)]
    for turn, batch in enumerate(batches):
        channels[turn % 2].send([row(number) for number in batch])
    sent = {number for batch in batches for number in batch}
    written = keys(path) if path.exists() else []
    assert sorted(written) == sorted(row(number).key for number in sent)


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_line_that_a_crash_left_unfinished_is_written_anew(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "outbox.jsonl"
    FileChannel(path).send([row(1), row(2)])
    path.write_bytes(path.read_bytes()[:-cut])
    FileChannel(path).send([row(1), row(2)])
    assert keys(path) == [row(1).key, row(2).key]


def test_a_file_that_was_taken_away_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    channel = FileChannel(path)
    channel.send([row(1)])
    path.rename(tmp_path / "yesterday.jsonl")
    channel.send([row(2)])
    assert keys(path) == [row(2).key]


def test_what_waits_is_carried_once_and_dry_rows_reach_nobody(
    database_url: str, tmp_path: Path
) -> None:
    store: Store = open_store(database_url, tmp_path / "lake", tmp_path / "parameters")
    with store.database.write() as session:
        laid_out(session, "real", [Parcel(1, "a", b"{}")], 5, dry=False)
        laid_out(session, "dry", [Parcel(1, "b", b"{}")], 6, dry=True)
    channel = FileChannel(tmp_path / "outbox.jsonl")
    assert carry(store.outbox, channel, 9) == 2
    assert carry(store.outbox, channel, 9) == 0
    assert keys(tmp_path / "outbox.jsonl") == [key("real", 0, 1)]
    store.close()


def test_a_channel_that_fails_leaves_its_rows_waiting(database_url: str, tmp_path: Path) -> None:
    store: Store = open_store(database_url, tmp_path / "lake", tmp_path / "parameters")
    with store.database.write() as session:
        laid_out(session, "real", [Parcel(1, "a", b"{}")], 5, dry=False)
    (tmp_path / "blocked").write_text("a file where a folder should be")
    with pytest.raises(Unavailable, match="cannot be written"):
        carry(store.outbox, FileChannel(tmp_path / "blocked" / "outbox.jsonl"), 9)
    assert len(store.outbox.waiting()) == 1
    store.close()
