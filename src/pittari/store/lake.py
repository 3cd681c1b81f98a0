"""The days that are over, as Parquet files, read together with the log as one."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from pittari import clock
from pittari.errors import Unavailable
from pittari.model.event import COLUMNS, KINDS, Stored
from pittari.store import parts
from pittari.store.database import Database, Session

CLOSED = clock.HOUR
"""How long after its end a day is closed: machines' clocks differ, and rows arrive late."""
_MEMORY = "2GB"
_BATCH = 100_000


@dataclass(frozen=True, slots=True)
class Searched:
    """The files in which some event ids were looked for, and those that were found."""

    files: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()


class Lake:
    """Parquet files under `folder`, by kind and day, listed in the database.

    A file is in the lake from the moment its listing is committed, in the same transaction that
    takes its rows out of the log. Files never change; a rewritten one has another name, and the
    old one stays for a while for those who read it.
    """

    def __init__(self, database: Database, folder: Path, now: clock.Clock = clock.now) -> None:
        self._database = database
        self.folder = folder
        self._now = now

    def open_day(self) -> int:
        """Returns the first day that is not closed yet: its rows are in the log only."""
        return clock.day(self._now() - CLOSED)

    def read(
        self,
        kinds: Sequence[str] = KINDS,
        since: int | None = None,
        until: int | None = None,
        columns: Sequence[str] = parts.SCHEMA.names,
    ) -> Any:
        """Returns the rows of log and lake with since <= at < until as one ibis table on DuckDB.

        The table is a snapshot: what is appended, moved or merged later does not change it. It
        holds at most 2 GB of memory; its columns are those asked for, `seq` and `COLUMNS`.
        Raises `Unavailable` when disk or database fail.
        """
        import ibis  # takes a second: servers never need it

        spool = Path(tempfile.mkdtemp(prefix="pittari-lake-"))
        with _spooled(spool):
            files = self._snapshot(spool, kinds, (since, until), columns)
            backend = ibis.duckdb.connect(**parts.bounds(spool, _MEMORY))
            backend.raw_sql(parts.QUIET)
        weakref.finalize(backend, shutil.rmtree, spool, ignore_errors=True)
        found = backend.read_parquet([str(file) for file in files], hive_partitioning=False)
        if since is not None:
            found = found.filter(found["at"] >= since)
        if until is not None:
            found = found.filter(found["at"] < until)
        return found.select(*columns)

    def batches(
        self,
        kinds: Sequence[str] = KINDS,
        since: int | None = None,
        until: int | None = None,
        columns: Sequence[str] = parts.SCHEMA.names,
    ) -> pa.RecordBatchReader:
        """Returns the same rows as `read` as a stream of record batches, in any order."""
        spool = Path(tempfile.mkdtemp(prefix="pittari-lake-"))
        with _spooled(spool):
            files = self._snapshot(spool, kinds, (since, until), columns)
            db = parts.engine(spool, _MEMORY)
        weakref.finalize(db, shutil.rmtree, spool, ignore_errors=True)
        names = ",".join(f'"{name}"' for name in columns)
        where, values = _within((since, until), '"at"')
        asked = f"SELECT {names} FROM {parts.listed(files)} WHERE true{where}"
        reader = db.sql(asked, params=values).to_arrow_reader(_BATCH)

        def stream() -> Iterator[pa.RecordBatch]:
            with closing(db):
                yield from reader

        return pa.RecordBatchReader.from_batches(reader.schema, stream())

    def of_user(self, user: str, served_since: int) -> list[Sequence[Any]]:
        """Returns all of a user's engagements, and what was served from `served_since` on.

        Rows are (seq, kind, at, item, action, body), in order.
        """
        columns = ["seq", "kind", "at", "item", "action", "body"]
        asked = (
            'SELECT seq, kind, at, item, action, body FROM events WHERE "user" = ?'
            " AND (kind = 'engagement' OR kind = 'served' AND at >= ?)"
        )
        with self._database.read() as session:
            rows = session.rows(asked, (user, served_since))
            files = [
                self.folder / name
                for kind, first in (("engagement", None), ("served", served_since))
                for name in _listed(session, [kind], (first, None))
            ]
        if files:
            right = ds.field("user") == user
            lately = (ds.field("kind") != "served") | (ds.field("at") >= served_since)
            rows += _scan(files, columns, right & lately)
        return sorted(rows, key=lambda row: row[0])

    def rows_of(self, kind: str, day: int, event_id: str) -> list[Sequence[Any]]:
        """Returns the rows of a kind and day with this event id: their numbers and `COLUMNS`."""
        span = (day * clock.DAY, (day + 1) * clock.DAY)
        with self._database.peek() as session:
            files = [self.folder / name for name in _listed(session, [kind], span)]
        return _scan(files, ["seq", *COLUMNS], ds.field("event_id") == event_id) if files else []

    def late(self, rows: Iterable[Stored]) -> dict[int, list[str]]:
        """Returns the event ids of rows of closed days, by day."""
        edge = self.open_day() * clock.DAY
        days: dict[int, list[str]] = {}
        for row in rows:
            if row[2] < edge:
                days.setdefault(clock.day(row[2]), []).append(row[0])
        return days

    def search(self, late: dict[int, list[str]]) -> Searched:
        """Looks for event ids, given by day, before a writer takes its turn."""
        if not late:
            return Searched()
        with self._database.peek() as session:
            return self._search(session, late, Searched())

    def known(
        self, session: Session, late: dict[int, list[str]], before: Searched
    ) -> frozenset[str]:
        """Returns which of the event ids lie in the lake, as the transaction sees it.

        Only files are read that came since `before`, what `search` returned for the same ids.
        """
        return self._search(session, late, before).known if late else frozenset()

    def _search(self, session: Session, late: dict[int, list[str]], before: Searched) -> Searched:
        asked = f"SELECT name, day FROM lake_files WHERE retired = 0 AND day {session.among}"
        files = dict(session.rows(asked, (session.bag(late),)))
        fresh = [name for name in files if name not in before.files]
        known = set(before.known)
        if fresh:
            ids = pa.array(list({name for day in late for name in late[day]}), pa.string())
            found = _scan(
                [self.folder / name for name in fresh], ["event_id"], ds.field("event_id").isin(ids)
            )
            known.update(row[0] for row in found)
        return Searched(before.files | frozenset(fresh), frozenset(known))

    def _snapshot(
        self,
        spool: Path,
        kinds: Sequence[str],
        span: tuple[int | None, int | None],
        columns: Sequence[str],
    ) -> list[Path]:
        """Returns the lake's files and a file with the log's rows, seen at one moment."""
        tail = spool / "log.parquet"
        wanted = list(dict.fromkeys([*columns, "at"]))
        names = ",".join(f'"{name}"' for name in wanted)
        where, values = _within(span, '"at"')
        schema = pa.schema([parts.SCHEMA.field(name) for name in wanted])
        with (
            self._database.read() as session,
            pq.ParquetWriter(tail, schema, compression="zstd") as file,
        ):
            asked = f"SELECT {names} FROM events WHERE kind {session.among}{where}"
            listed = _listed(session, kinds, span)
            for rows in session.stream(asked, (session.bag(kinds), *values)):
                file.write_table(parts.table(rows, wanted))
        return [*(self.folder / name for name in listed), tail]


@contextmanager
def _spooled(spool: Path) -> Iterator[None]:
    """Removes the spool when what fills it fails."""
    try:
        yield
    except BaseException:
        shutil.rmtree(spool, ignore_errors=True)
        raise


def _listed(
    session: Session, kinds: Sequence[str], span: tuple[int | None, int | None]
) -> list[str]:
    since, until = span
    days = (
        None if since is None else clock.day(since),
        None if until is None else clock.day(until - 1) + 1,
    )
    where, values = _within(days, "day")
    asked = f"SELECT name FROM lake_files WHERE retired = 0 AND kind {session.among}{where}"
    return [row[0] for row in session.rows(f"{asked} ORDER BY name", (session.bag(kinds), *values))]


def _within(span: tuple[int | None, int | None], column: str) -> tuple[str, list[int]]:
    bounds = [(">=", span[0]), ("<", span[1])]
    given = [(sign, value) for sign, value in bounds if value is not None]
    return "".join(f" AND {column} {sign} ?" for sign, _ in given), [value for _, value in given]


def _scan(files: Sequence[Path], columns: list[str], where: ds.Expression) -> list[Any]:
    try:
        found = ds.dataset([str(file) for file in files], format="parquet").to_table(
            columns=columns, filter=where
        )
    except OSError as error:
        raise Unavailable(f"the lake cannot be read ({error}): try again") from error
    except pa.ArrowInvalid as error:
        raise parts.damaged(error) from error
    return list(zip(*(found.column(name).to_pylist() for name in columns), strict=True))
