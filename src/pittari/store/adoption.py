"""A company's old log comes in by the million: straight into the lake, each row once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pittari import clock
from pittari.errors import DataError, Unavailable
from pittari.model.event import COLUMNS
from pittari.store import effects, parts
from pittari.store.compaction import Changed, enlist, on_disk, spilled
from pittari.store.database import Database, Session
from pittari.store.lake import Lake
from pittari.store.parts import Part

_TRIES = 10
_CHUNK = 50_000
_SPAN = 500_000
_DAY_OF = f'floor("at" / {clock.DAY}.0)::BIGINT'


@dataclass(frozen=True, slots=True)
class Adopted:
    """How many rows were new, and how many stood in log, lake or the files themselves already."""

    new: int
    known: int


class Adoption:
    """Takes Parquet files of rows into the lake.

    A span of days is one transaction, and a row that is known is left out: after a crash the
    same call again does the rest.
    """

    def __init__(self, database: Database, lake: Lake, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._lake = lake
        self._now = now

    def adopt(self, files: Sequence[Path]) -> Adopted:
        """Adds the rows of Parquet files with the columns of `model.event.COLUMNS`, in any order.

        All rows must lie before `Lake.open_day`; later ones are for `EventLog.append`. Duplicates
        are known by `event_id` and day. Raises `DataError` for other files, `Unavailable` when
        disk or database fail.
        """
        if not files:
            return Adopted(0, 0)
        with on_disk(), spilled() as db:
            spool = Path(str(db.sql("SELECT current_setting('temp_directory')").fetchall()[0][0]))
            staged, days = self._staged(db, files, spool)
            seq, log = self._log_ids(spool)
            spans = _spans(days)
            new = sum(self._span(db, span, (staged, log), seq) for span in spans)
        return Adopted(new, sum(rows for _, rows in days) - new)

    def _staged(
        self, db: duckdb.DuckDBPyConnection, files: Sequence[Path], spool: Path
    ) -> tuple[Path, list[tuple[int, int]]]:
        """Writes all rows in order of time; returns the file, and (day, rows) of its days."""
        for file in files:
            came = set(pq.read_schema(file).names)
            if missing := [name for name in COLUMNS if name not in came]:
                raise DataError(f"{file}: expected a column {missing[0]!r}, got {sorted(came)}")
        staged = spool / "staged.parquet"
        cast = ",".join(f'"{f.name}"::{_sql_type(f)} AS "{f.name}"' for f in list(parts.SCHEMA)[1:])
        db.execute(
            f'COPY (SELECT {cast} FROM {parts.listed(files)} ORDER BY "at")'
            f" TO '{staged}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 50000)"
        )
        days = db.execute(
            f"SELECT {_DAY_OF} AS day, count(*) FROM '{staged}' GROUP BY day ORDER BY day"
        ).fetchall()
        if days and days[-1][0] >= self._lake.open_day():
            raise DataError(
                f"expected rows before {clock.iso_day(self._lake.open_day())}, got some of "
                f"{clock.iso_day(days[-1][0])}: rows of days that are not over go to the log"
            )
        return staged, days

    def _log_ids(self, spool: Path) -> tuple[int, Path]:
        """Writes the event ids that the log holds of closed days; returns its last row's number."""
        path = spool / "log.parquet"
        schema = pa.schema([("event_id", pa.string()), ("at", pa.int64())])
        edge = self._lake.open_day() * clock.DAY
        with self._database.read() as session, pq.ParquetWriter(path, schema) as file:
            last = session.rows("SELECT max(seq) FROM events")[0][0] or 0
            for rows in session.stream("SELECT event_id, at FROM events WHERE at < ?", (edge,)):
                file.write_table(parts.table(rows, schema.names))
        return last, path

    def _span(
        self, db: duckdb.DuckDBPyConnection, days: range, sources: tuple[Path, Path], seq: int
    ) -> int:
        """Adopts some days; returns how many of their rows were new."""
        for _ in range(_TRIES):
            with self._database.read() as session:
                lake = _live(session, days)
                late = _since(session, days, seq)
            new = self._fresh(db, days, sources, (lake, late))
            if not new:
                return 0
            with self._database.write() as session:
                first = session.reserve(new)
            made = self._parts(db, first)
            parts.settled(self._lake.folder, made)
            try:
                with self._database.write() as session:
                    if (_live(session, days), _since(session, days, seq)) != (lake, late):
                        raise Changed
                    enlist(session, self._lake.folder, made, self._now())
                    session.moved(first + new - 1)
                    _follow(db, session)
            except Changed:
                parts.dropped(self._lake.folder, made)
            else:
                return new
        raise Unavailable(
            f"{clock.iso_day(days[0])} changes all the time: nothing was half-written"
        )

    def _fresh(
        self,
        db: duckdb.DuckDBPyConnection,
        days: range,
        sources: tuple[Path, Path],
        known: tuple[list[str], list[str]],
    ) -> int:
        """Makes the table `fresh` of the rows of these days that nobody knows; returns how many."""
        staged, log = sources
        lake, late = known
        db.register("late", pa.table({"event_id": pa.array(late, pa.string())}))
        ids = [f"SELECT event_id FROM '{log}' WHERE {_within(days)}", "SELECT event_id FROM late"]
        if lake:
            ids.append(f"SELECT event_id FROM {parts.listed(self._lake.folder / n for n in lake)}")
        db.execute(
            f"""CREATE OR REPLACE TEMP TABLE fresh AS
            SELECT * FROM '{staged}' AS row WHERE {_within(days)}
              AND NOT EXISTS (FROM ({" UNION ALL ".join(ids)}) AS k WHERE k.event_id = row.event_id)
            QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY "at", kind) = 1"""
        )
        return int(db.execute("SELECT count(*) FROM fresh").fetchall()[0][0])

    def _parts(self, db: duckdb.DuckDBPyConnection, first: int) -> list[Part]:
        """Writes `fresh` as parts whose rows are numbered from `first`."""
        asked = f"SELECT kind, {_DAY_OF} AS day, count(*) FROM fresh GROUP BY ALL ORDER BY ALL"
        made = []
        for kind, day, rows in db.execute(asked).fetchall():
            select = (
                f'SELECT *, {first - 1} + row_number() OVER (ORDER BY "at", event_id) AS seq'
                f" FROM fresh WHERE kind = '{kind}' AND {_within(range(day, day + 1))}"
            )
            part = parts.copied(self._lake.folder, db, select, (kind, day))
            made += [part] if part else []
            first += rows
        return made


def _follow(db: duckdb.DuckDBPyConnection, session: Session) -> None:
    """Writes what follows from the rows of `fresh`, each purchase of an item once."""
    acts = ",".join(f"'{action}'" for action in sorted(effects.ACTIONS))
    found = db.execute(
        'SELECT "user", item, action, min("at") AS "at" FROM fresh'
        f" WHERE kind = 'engagement' AND action IN ({acts})"
        ' GROUP BY "user", item, action, CASE WHEN action = \'purchase\' THEN 0 ELSE "at" END'
        ' ORDER BY "at", "user", item'
    )
    while rows := found.fetchmany(_CHUNK):
        effects.follow(session, rows)


def _spans(days: Sequence[tuple[int, int]]) -> list[range]:
    """Returns the days of (day, rows) in spans of about `_SPAN` rows."""
    spans: list[range] = []
    size = _SPAN
    for day, rows in days:
        if size + rows > _SPAN:
            spans.append(range(day, day + 1))
            size = rows
        else:
            spans[-1] = range(spans[-1].start, day + 1)
            size += rows
    return spans


def _live(session: Session, days: range) -> list[str]:
    asked = "SELECT name FROM lake_files WHERE retired = 0 AND day >= ? AND day < ? ORDER BY name"
    return [row[0] for row in session.rows(asked, (days.start, days.stop))]


def _since(session: Session, days: range, seq: int) -> list[str]:
    """Returns the event ids of some days that reached the log after row `seq`."""
    asked = "SELECT event_id FROM events WHERE seq > ? AND at >= ? AND at < ? ORDER BY seq"
    span = (days.start * clock.DAY, days.stop * clock.DAY)
    return [row[0] for row in session.rows(asked, (seq, *span))]


def _within(days: range) -> str:
    return f'"at" >= {days.start * clock.DAY} AND "at" < {days.stop * clock.DAY}'


def _sql_type(field: pa.Field) -> str:
    names = {pa.int64(): "BIGINT", pa.int32(): "INTEGER", pa.binary(): "BLOB"}
    return names.get(field.type, "VARCHAR")
