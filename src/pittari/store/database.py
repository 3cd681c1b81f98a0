"""The one door to the database: snapshots to read, and one writer at a time among all processes.

Writers take turns from before their first statement until after their commit. So the order of
sequence numbers is the order of commits: whoever has read up to a number has missed nothing.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from pittari.errors import Unavailable
from pittari.store import drivers

_IDLE = 16
_PAGES = 8_000
"""Size of SQLite's write-ahead file from which on it is worth a moment of every writer's time."""


class Session:
    """One open transaction. SQL text goes straight to the driver, with `?` for values."""

    __slots__ = ("_driver", "core", "raw")

    def __init__(self, core: sa.Connection, driver: drivers.Driver) -> None:
        self.core = core
        """The same transaction for SQLAlchemy Core."""
        self.raw: Any = core.connection.driver_connection
        self._driver = driver

    @property
    def among(self) -> str:
        """`WHERE column {among}` takes one value, `bag(values)`: any of them matches."""
        return self._driver.among

    def bag(self, values: Iterable[Any]) -> Any:
        """Returns many values as the one that `among` takes."""
        return self._driver.bag(list(values))

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """Runs one statement; returns its rows as tuples."""
        return cast(list[Any], self.raw.execute(self._driver.text(sql), values).fetchall())

    def stream(self, sql: str, values: Sequence[Any] = (), size: int = 20_000) -> Iterator[Any]:
        """Runs one query; yields lists of at most `size` rows, without holding them all."""
        if self._driver.name == "sqlite":
            cursor = self.raw.execute(sql, values)
        else:
            cursor = self.raw.cursor(name="stream")
            cursor.execute(self._driver.text(sql), values)
        while batch := cursor.fetchmany(size):
            yield batch
        cursor.close()

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Runs one statement; returns how many rows it touched."""
        return cast(int, self.raw.execute(self._driver.text(sql), values).rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Runs one statement for each row of values."""
        self.raw.cursor().executemany(self._driver.text(sql), rows)

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
        """Inserts rows in order, skips those that stand already; returns how many went in."""
        return self._driver.insert(self.raw, table, columns, rows)

    def reserve(self, count: int) -> int:
        """Takes numbers of the log for rows that go elsewhere; returns the first of them."""
        return self._driver.reserve(self.raw, "events", "seq", count)

    def moved(self, seq: int) -> None:
        """Remembers that rows up to this number were written, though the log holds them no more."""
        self.run("UPDATE meta SET value = ? WHERE name = 'moved' AND value < ?", (seq, seq))

    def last_seq(self) -> int:
        """Returns the number of the newest row ever written."""
        asked = "SELECT max(seq) FROM events UNION ALL SELECT value FROM meta WHERE name = 'moved'"
        return max(int(row[0] or 0) for row in self.rows(asked))

    def now(self) -> int:
        """Returns the database's own time in microseconds UTC: one clock for all processes."""
        return int(self.rows(self._driver.clock)[0][0])

    def revise(self) -> int:
        """Returns the next revision; what changes in this transaction carries it."""
        bump = "UPDATE meta SET value = value + 1 WHERE name = 'revision' RETURNING value"
        return int(self.rows(bump)[0][0])


class Database:
    """An SQLite file or a PostgreSQL database. Open it after a fork, not before."""

    def __init__(self, driver: drivers.Driver) -> None:
        self._driver = driver
        self._engine = driver.engine()
        self._idle: deque[Session] = deque()
        self._secret = b""

    @classmethod
    def open(cls, url: str) -> Database:
        """Opens `sqlite:///PATH` or `postgresql://...`; nothing is read yet."""
        return cls(drivers.driver(url))

    @property
    def kind(self) -> str:
        return self._driver.name

    def close(self) -> None:
        """Closes the connections that are not in use."""
        while self._idle:
            self._drop(self._idle.pop())

    def migrate(self) -> None:
        """Brings the tables up to this version; safe to call twice, and from many processes."""
        with self._guarded():
            self._driver.prepare()
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.write() as session:
            config.attributes["connection"] = session.core
            command.upgrade(config, "head")

    def digest(self, name: str) -> str:
        """Returns what stands for a name that must not be kept in clear: a keyed BLAKE2b.

        The key is this database's own, so that nobody else can try names out.
        """
        if not self._secret:
            with self.peek() as session:
                found = session.rows("SELECT value FROM meta WHERE name = 'secret'")
            self._secret = found[0][0].to_bytes(8, "little")
        return hashlib.blake2b(name.encode(), key=self._secret, digest_size=16).hexdigest()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Opens one snapshot. Raises `Unavailable` when disk or server fail."""
        with self._guarded():
            session = self._begin(self._driver.begin_read)
            yield from self._through(session, "COMMIT")

    @contextmanager
    def peek(self) -> Iterator[Session]:
        """Lends a connection on which each statement sees the newest state; cheaper than `read`."""
        with self._guarded():
            session = self._begin("")
            yield from self._through(session, "")

    @contextmanager
    def write(self) -> Iterator[Session]:
        """Opens a transaction, alone among all processes; it is durable when the block ends.

        Raises `Unavailable` when disk or server fail; then nothing of it was written, except
        when a server was lost during the commit itself: then it is written wholly or not at all.
        """
        with self._guarded(), self._driver.turn():
            session = self._begin(self._driver.begin_write)
            yield from self._through(session, "COMMIT")

    def checkpoint(self) -> None:
        """Empties SQLite's write-ahead file, so that no commit has to.

        Most of it while others write; the rest, once the file is large, while nobody does, since
        only an empty file starts anew.
        """
        with self.peek() as session:
            pages = self._driver.checkpoint(session.raw)
        if pages > _PAGES:
            with self._guarded(), self._driver.turn(), self.peek() as session:
                self._driver.checkpoint(session.raw)

    def _begin(self, statement: str) -> Session:
        """Returns a session in a transaction; an idle one whose server has gone is replaced."""
        while True:
            fresh = not self._idle
            session = self._fresh() if fresh else self._idle.pop()
            try:
                self._control(session, statement)
            except Exception as error:
                self._drop(session)
                if fresh or not self._driver.failed(error):
                    raise
            else:
                return session

    def _through(self, session: Session, commit: str) -> Iterator[Session]:
        try:
            yield session
            self._control(session, commit)
        except BaseException as error:
            self._undo(session, error, commit)
            raise
        if len(self._idle) < _IDLE:
            self._idle.append(session)
        else:
            self._drop(session)

    def _undo(self, session: Session, error: BaseException, commit: str) -> None:
        """Rolls back, and keeps the connection unless it may be the thing that broke."""
        try:
            if commit:
                self._control(session, "ROLLBACK")
            broken = self._driver.failed(_cause(error)) or not isinstance(error, Exception)
        except Exception:
            broken = True
        if broken:
            self._drop(session)
        else:
            self._idle.append(session)

    def _control(self, session: Session, statement: str) -> None:
        if not statement:
            return
        if self.kind == "sqlite":
            if statement != "ROLLBACK" or session.raw.in_transaction:
                session.raw.execute(statement)
        else:
            session.raw.execute(statement, prepare=False)

    def _fresh(self) -> Session:
        return Session(self._engine.connect(), self._driver)

    def _drop(self, session: Session) -> None:
        try:
            session.core.invalidate()
            session.core.close()
        except Exception as error:
            if not self._driver.failed(_cause(error)):
                raise

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (Exception, sa.exc.SQLAlchemyError) as error:
            cause = _cause(error)
            if isinstance(error, OSError) or self._driver.failed(cause):
                said = str(cause).strip().splitlines() or [type(cause).__name__]
                raise Unavailable(
                    f"the database does not answer ({said[0]}): nothing was half-written, try again"
                ) from error
            raise


def _cause(error: BaseException) -> BaseException:
    if isinstance(error, sa.exc.DBAPIError) and error.orig is not None:
        return error.orig
    return error
