"""Where good rows of a log wait, by day, until the whole file is read.

Only then is it known which rows are true repeats of one another, and each day's rows can go to the
lake together. What lies here survives a crash: reading goes on after the last whole file.
"""

from __future__ import annotations

import json
import os
import shutil
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pittari import clock
from pittari.importing.events import STAGED
from pittari.model.event import COLUMNS

_ODD = np.array([1, 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
"""Odd factors that mix a hash into 64 bits."""
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


@dataclass(frozen=True, slots=True)
class Group:
    """Some days; of a day with too many rows, only the users of one bucket."""

    first: int
    last: int
    bucket: int
    buckets: int
    rows: int


class Staging:
    """A folder with one Arrow file per chunk, one record batch per day in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def has(self, chunks: int) -> bool:
        """Returns whether the first `chunks` chunks lie here."""
        return all(self._place(number).exists() for number in range(chunks))

    def write(self, number: int, table: pa.Table) -> None:
        """Writes the rows of a chunk; they are on the disk when this returns."""
        days = table["at"].to_numpy() // clock.DAY
        if len(days) and np.any(np.diff(days) < 0):
            order = np.argsort(days, kind="stable")
            table, days = table.take(order), days[order]
        found, starts = np.unique(days, return_index=True)
        ends = [*starts, len(days)][1:]
        schema = STAGED.with_metadata({"days": json.dumps(found.tolist())})
        table = table.cast(STAGED)
        draft = self.folder / "draft"
        with (
            draft.open("wb") as file,
            pa.ipc.new_file(file, schema, options=_OPTIONS) as writer,
        ):
            for start, end in zip(starts.tolist(), ends, strict=True):
                writer.write_batch(table.slice(start, end - start).combine_chunks().to_batches()[0])
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        draft.rename(self._place(number))

    def groups(self, chunks: int, most: int) -> list[Group]:
        """Returns all days in order, in groups of as many whole days as make `most` rows.

        A day with more rows than that comes in buckets of its users.
        """
        rows: dict[int, int] = {}
        for number in range(chunks):
            with self._open(number) as (reader, days):
                for at, day in enumerate(days):
                    rows[day] = rows.get(day, 0) + reader.get_batch(at).num_rows
        groups: list[Group] = []
        for day in sorted(rows):
            size = rows[day]
            if size > most:
                buckets = -(-size // most)
                groups += [Group(day, day, b, buckets, size // buckets) for b in range(buckets)]
            elif groups and groups[-1].buckets == 1 and groups[-1].rows + size <= most:
                before = groups.pop()
                groups.append(Group(before.first, day, 0, 1, before.rows + size))
            else:
                groups.append(Group(day, day, 0, 1, size))
        return groups

    def load(self, group: Group, chunks: int) -> pa.Table:
        """Returns the rows of a group in order of time, then of the file, with `COLUMNS`."""
        found: list[pa.RecordBatch] = []
        for number in range(chunks):
            with self._open(number) as (reader, days):
                wanted = [i for i, day in enumerate(days) if group.first <= day <= group.last]
                found += [_bucket(reader.get_batch(at), group) for at in wanted]
        table = pa.Table.from_batches(found, STAGED)
        at = table["at"].to_numpy()
        if np.any(np.diff(at) < 0):
            table = table.take(np.argsort(at, kind="stable"))
        ids = derived(table)
        body = pa.repeat(pa.scalar(b""), len(table))
        return table.set_column(0, "event_id", ids).append_column("body", body).select(COLUMNS)

    def clear(self) -> None:
        """Removes all that lies here."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _place(self, number: int) -> Path:
        return self.folder / f"chunk-{number:06}.arrow"

    def _open(self, number: int) -> Any:
        return _Opened(self._place(number))


class _Opened:
    def __init__(self, path: Path) -> None:
        self._file = pa.OSFile(str(path))

    def __enter__(self) -> tuple[Any, list[int]]:
        reader = pa.ipc.open_file(self._file)
        return reader, json.loads(reader.schema.metadata[b"days"])

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _bucket(batch: pa.RecordBatch, group: Group) -> pa.RecordBatch:
    if group.buckets == 1:
        return batch
    users = batch.column("user").dictionary_encode()
    crcs = [zlib.crc32(user.encode()) for user in users.dictionary.to_pylist()]
    chosen = np.array(crcs, np.int64) % group.buckets == group.bucket
    return batch.filter(pa.array(chosen[users.indices.to_numpy()]))


def derived(table: pa.Table) -> pa.Array:
    """Returns the event ids of rows, those that are null derived from what the row says.

    An id is the SHA-256 of user, item, action and time (its first 24 hexadecimal digits) and the
    row's number among equal rows: the same rows get the same ids whenever they come.
    """
    given = table["event_id"].combine_chunks()
    if not given.null_count:
        return given
    missing = pc.is_null(given)
    rows = table.filter(missing)
    hashes = _hashes(rows)
    again = _occurrences(hashes)
    repeated = np.flatnonzero(again)
    if len(repeated):
        names = [f"{hashes[i].as_py()}-{again[i]}" for i in repeated.tolist()]
        hashes = pc.replace_with_mask(hashes, pa.array(again > 0), pa.array(names))
    if len(rows) == len(table):
        return hashes
    return pc.replace_with_mask(given, missing, hashes)


def _hashes(rows: pa.Table) -> pa.Array:
    rows = rows.select(["user", "item", "action", "at"])
    with duckdb.connect(config={"threads": 2}) as db:
        db.execute("SET enable_progress_bar = false")
        db.register("rows", rows)
        said = """concat_ws(chr(31), "user", item, action, "at")"""
        made = db.sql(f"SELECT left(sha256({said}), 24) AS id FROM rows").to_arrow_table()
    return made["id"].combine_chunks().cast(pa.string())


def _occurrences(hashes: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Returns, for each hash, how many equal ones stand before it."""
    again = np.zeros(len(hashes), np.int64)
    letters = np.frombuffer(hashes.buffers()[2], np.uint64, 3 * len(hashes), 24 * hashes.offset)
    mixed = letters.reshape(-1, 3) @ _ODD
    ordered = np.sort(mixed)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return again
    seen: dict[str, int] = {}
    for row in np.flatnonzero(np.isin(mixed, twice)).tolist():
        name = hashes[row].as_py()
        again[row] = seen.get(name, 0)
        seen[name] = again[row] + 1
    return again
