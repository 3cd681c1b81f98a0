"""How a part of the lake is written: whole under its name, or not there at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pittari import clock
from pittari.errors import DataError
from pittari.model.event import COLUMNS

_NUMBERS = {"at": pa.int64(), "position": pa.int32(), "value": pa.int64(), "body": pa.binary()}
SCHEMA = pa.schema(
    [("seq", pa.int64()), *((name, _NUMBERS.get(name, pa.string())) for name in COLUMNS)]
)
"""A row of the lake: its number in the log, then `model.event.COLUMNS`."""
DRAFT = ".draft-"
QUIET = "SET enable_progress_bar = false"
"""DuckDB would draw its progress on standard output, where commands print their answers."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the lake; `name` is its path under the lake's folder."""

    name: str
    kind: str
    day: int
    rows: int
    bytes: int


def named(kind: str, day: int, first: int, last: int) -> str:
    """Returns a name that no other part has, even one made of the same rows."""
    folder = f"kind={kind}/day={clock.iso_day(day)}"
    return f"{folder}/part-{first}-{last}-{secrets.token_hex(4)}.parquet"


def table(rows: Sequence[Sequence[Any]], columns: Sequence[str]) -> pa.Table:
    """Returns rows of the database as an Arrow table of the lake's types."""
    schema = pa.schema([SCHEMA.field(name) for name in columns])
    values: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else ([] for _ in columns)
    arrays = [pa.array(v, field.type) for v, field in zip(values, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)


def write(folder: Path, kind: str, day: int, rows: Sequence[Sequence[Any]]) -> Part:
    """Writes rows (number and `COLUMNS`, in order of number) as one part, and waits for the disk.

    Raises `OSError` when the disk fails; a draft may stay behind, a half part never.
    """
    name = named(kind, day, rows[0][0], rows[-1][0])
    draft = drafted(folder, name)
    pq.write_table(table(rows, SCHEMA.names), draft, compression="zstd")
    return placed(folder, draft, Part(name, kind, day, len(rows), draft.stat().st_size))


def copied(
    folder: Path, db: duckdb.DuckDBPyConnection, select: str, part: tuple[str, int]
) -> Part | None:
    """Writes what an SQL query over `SCHEMA` returns as a part of (kind, day), ordered by user.

    Returns nothing when the query returns no row.
    """
    kind, day = part
    draft = drafted(folder, named(kind, day, 0, 0))
    names = ",".join(f'"{name}"' for name in SCHEMA.names)
    db.execute(
        f"COPY (SELECT {names} FROM ({select}) ORDER BY \"user\", seq) TO '{_quoted(draft)}'"
        " (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)"
    )
    count, first, last = db.execute(
        f"SELECT count(*), min(seq), max(seq) FROM read_parquet('{_quoted(draft)}')"
    ).fetchall()[0]
    if not count:
        draft.unlink()
        return None
    name = named(kind, day, first, last)
    return placed(folder, draft, Part(name, kind, day, count, draft.stat().st_size))


def drafted(folder: Path, name: str) -> Path:
    """Returns where a part is written before it takes its name, beside that place."""
    place = folder / name
    place.parent.mkdir(parents=True, exist_ok=True)
    return place.with_name(DRAFT + place.name)


def placed(folder: Path, draft: Path, part: Part) -> Part:
    """Moves a draft to its place when its bytes are on the disk."""
    place = folder / part.name
    _sync(draft)
    os.rename(draft, place)
    return part


def settled(folder: Path, files: Iterable[Part]) -> None:
    """Waits until the names of new parts are on the disk, too."""
    places = [(folder / part.name).parent for part in files]
    for above in {above for place in places for above in (place, place.parent, folder)}:
        _sync(above)


def dropped(folder: Path, parts: Iterable[Part]) -> None:
    """Deletes parts that were never listed."""
    for part in parts:
        with suppress(OSError):
            (folder / part.name).unlink()


def damaged(error: Exception) -> DataError:
    """Returns what to say of a part that is not what was written."""
    said = str(error).splitlines()[0]
    return DataError(f"the lake is damaged ({said}): put the file back from a copy")


def listed(files: Iterable[Path]) -> str:
    """Returns the SQL that reads these files as one table."""
    names = ",".join(f"'{_quoted(file)}'" for file in files)
    return f"read_parquet([{names}], hive_partitioning = false)"


def engine(spill: Path, memory: str = "640MB") -> duckdb.DuckDBPyConnection:
    """Opens a DuckDB of bounded memory that spills into a folder."""
    db = duckdb.connect(config=bounds(spill, memory))
    db.execute(QUIET)
    return db


def bounds(spill: Path, memory: str) -> dict[str, Any]:
    """Returns the settings that bound a DuckDB."""
    return {
        "memory_limit": memory,
        "temp_directory": str(spill),
        "threads": 2,
        "preserve_insertion_order": False,
    }


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
