"""What differs between SQLite and PostgreSQL, so that nobody else has to know."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Protocol, cast

import sqlalchemy as sa

from pittari.errors import SettingsError, nearest

_LOCK = 0x70697474617269
"""The advisory lock of PostgreSQL that writers take: the letters of "pittari"."""
_FILE = "sqlite:///"
_CHUNK = 256
_FEW = 32
"""Rows per INSERT of SQLite: a chunk, or as many as there are up to a few, or these few; so many
sizes that few statements are needed, and so few that every one stays prepared."""


class Driver(Protocol):
    """One kind of database. Statements are written with `?` for values."""

    name: str
    among: str
    """`WHERE column {among}` with one value, `bag(values)`: column is one of the values."""
    begin_read: str
    """Opens a snapshot."""
    begin_write: str
    """Opens a transaction that runs while no other writer's does."""
    clock: str
    """Asks for the database's own time, in microseconds UTC."""

    def engine(self) -> sa.Engine: ...

    def prepare(self) -> None:
        """Makes a database file that lives beside its log, where there are files."""

    def turn(self) -> Any:
        """Returns the context in which a writer of this process may begin."""

    def text(self, sql: str) -> str: ...

    def bag(self, values: Sequence[Any]) -> Any: ...

    def insert(self, raw: Any, table: str, columns: Sequence[str], rows: Sequence[Any]) -> int:
        """Inserts rows in order, skips those that stand already; returns how many went in."""

    def reserve(self, raw: Any, table: str, column: str, count: int) -> int:
        """Takes `count` numbers of a serial column; returns the first."""

    def checkpoint(self, raw: Any) -> int:
        """Moves what was written ahead to its place, without keeping anybody waiting.

        Returns the pages of the write-ahead file.
        """

    def failed(self, error: BaseException) -> bool:
        """Whether disk or server failed, rather than the statement."""


class Sqlite:
    """A file. Writers of all processes queue at a lock file, since SQLite's own waiting sleeps."""

    name = "sqlite"
    among = "IN (SELECT value FROM json_each(?))"
    begin_read = "BEGIN"
    begin_write = "BEGIN IMMEDIATE"
    clock = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000"

    def __init__(self, path: Path) -> None:
        self.path = path
        self._gate = threading.Lock()
        self._locks: list[int] = []

    def engine(self) -> sa.Engine:
        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(self.path)),
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"check_same_thread": False, "cached_statements": 512, "timeout": 10},
        )

        @sa.event.listens_for(engine, "connect")
        def _settle(raw: sqlite3.Connection, _: object) -> None:
            for pragma in (
                "synchronous=FULL",
                "busy_timeout=10000",
                "foreign_keys=ON",
                "cache_size=-65536",
                "temp_store=MEMORY",
                "wal_autocheckpoint=16000",
                "journal_size_limit=67108864",
            ):
                raw.execute(f"PRAGMA {pragma}")

        return engine

    def prepare(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.turn(), sqlite3.connect(self.path, timeout=10) as raw:
            raw.execute("PRAGMA journal_mode=WAL")
        raw.close()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Two locks make the queue fair: who waits for the turn keeps others from overtaking."""
        with self._gate:
            if not self._locks:
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                names = (f"{self.path}-next", f"{self.path}-turn")
                self._locks = [os.open(name, flags, 0o644) for name in names]
            first, turn = self._locks
            fcntl.flock(first, fcntl.LOCK_EX)
            try:
                fcntl.flock(turn, fcntl.LOCK_EX)
            finally:
                fcntl.flock(first, fcntl.LOCK_UN)
            try:
                yield
            finally:
                fcntl.flock(turn, fcntl.LOCK_UN)

    def text(self, sql: str) -> str:
        return sql

    def bag(self, values: Sequence[Any]) -> Any:
        return json.dumps(list(values))

    def insert(self, raw: Any, table: str, columns: Sequence[str], rows: Sequence[Any]) -> int:
        done, start, names = 0, 0, tuple(columns)
        while left := len(rows) - start:
            size = _CHUNK if left >= _CHUNK else min(left, _FEW)
            values = [cell for row in rows[start : start + size] for cell in row]
            done += raw.execute(_insert_values(table, names, size), values).rowcount
            start += size
        return done

    def reserve(self, raw: Any, table: str, column: str, count: int) -> int:
        raw.execute(
            "INSERT INTO sqlite_sequence (name, seq) SELECT ?, 0"
            " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)",
            (table, table),
        )
        taken = "UPDATE sqlite_sequence SET seq = seq + ? WHERE name = ? RETURNING seq"
        return int(raw.execute(taken, (count, table)).fetchall()[0][0]) - count + 1

    def checkpoint(self, raw: Any) -> int:
        return int(raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()[0][1])

    def failed(self, error: BaseException) -> bool:
        return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


@cache
def _insert_values(table: str, columns: tuple[str, ...], rows: int) -> str:
    names = ",".join(f'"{name}"' for name in columns)
    row = f"({','.join('?' * len(columns))})"
    values = ",".join([row] * rows)
    return f"INSERT INTO {table} ({names}) VALUES {values} ON CONFLICT DO NOTHING"


_TYPES = {"at": "int8", "position": "int4", "value": "int8", "body": "bytea"}


class Postgres:
    """A server. Writers of all processes queue at one advisory lock, held until the commit."""

    name = "postgresql"
    among = "= ANY(?)"
    begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    begin_write = f"BEGIN; SELECT pg_advisory_xact_lock({_LOCK})"
    clock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

    def __init__(self, url: sa.URL) -> None:
        try:
            import psycopg
        except ImportError as error:
            raise SettingsError(
                "a postgresql:// address needs the extra pittari[postgres]; it is not installed"
            ) from error
        self.url = url.set(drivername="postgresql+psycopg")
        self._failures = (
            psycopg.OperationalError,
            psycopg.InterfaceError,
            psycopg.errors.ReadOnlySqlTransaction,
        )
        self._gate = threading.Lock()

    def engine(self) -> sa.Engine:
        return sa.create_engine(
            self.url,
            poolclass=sa.NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"connect_timeout": 5, "options": "-c lock_timeout=30s"},
        )

    def prepare(self) -> None:
        pass

    def turn(self) -> Any:
        return self._gate

    @staticmethod
    @cache
    def _text(sql: str) -> str:
        return sql.replace("?", "%s")

    def text(self, sql: str) -> str:
        return self._text(sql)

    def bag(self, values: Sequence[Any]) -> Any:
        return list(values)

    def insert(self, raw: Any, table: str, columns: Sequence[str], rows: Sequence[Any]) -> int:
        if not rows:
            return 0
        names = ",".join(f'"{name}"' for name in columns)
        arrays = ",".join(f"%b::{_TYPES.get(name, 'text')}[]" for name in columns)
        statement = (
            f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}) ON CONFLICT DO NOTHING"
        )
        values = [list(column) for column in zip(*rows, strict=True)]
        return cast(int, raw.execute(statement, values).rowcount)

    def reserve(self, raw: Any, table: str, column: str, count: int) -> int:
        serial = f"pg_get_serial_sequence('{table}', '{column}')"
        taken = f"SELECT setval({serial}, nextval({serial}) + %s)"
        return int(raw.execute(taken, (count - 1,)).fetchone()[0]) - count + 1

    def checkpoint(self, raw: Any) -> int:
        return 0

    def failed(self, error: BaseException) -> bool:
        return isinstance(error, self._failures)


def driver(url: str) -> Driver:
    """Returns the driver of a database address. Raises `SettingsError` for one it cannot be.

    What follows `sqlite:///` is a path as it stands: a folder may have ?, # or % in its name.
    """
    if url.startswith(_FILE) and url != _FILE:
        return Sqlite(Path(url.removeprefix(_FILE)))
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise SettingsError(
            f'database: expected sqlite:///PATH or postgresql://HOST/NAME, got "{url}"'
        ) from error
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return Postgres(parsed)
    raise SettingsError(
        f"database: expected sqlite:///PATH or postgresql://HOST/NAME, got {kind}://..."
        + nearest(kind, ["sqlite", "postgresql"])
    )
