"""The one log: rows go in once, are durable when acknowledged, and never change.

One thread per process commits for all callers (group commit): while one transaction waits for the
disk, the next one gathers. In the workers of a server that is another process (see `relay`).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, cast

from pittari import clock
from pittari.errors import Invalid, PittariError, Unavailable
from pittari.model.event import COLUMNS, AnyRow, Served, Stored, restored, stored
from pittari.store import effects
from pittari.store.database import Database, Session
from pittari.store.lake import Lake

SELECT = ",".join(f'"{name}"' for name in COLUMNS)
GROUP = 8_000
"""Rows of one transaction; a larger one keeps other processes waiting."""
PAUSE = 0.003
"""Seconds in which callers gather once there are several: one turn of the disk serves them all.
A caller who is alone waits for nobody."""
WAITING = 100_000
"""Rows that may wait; more are refused, so that memory stays bounded while the disk is slow."""

_CHECKPOINT = 0.25
"""Seconds between two rounds of emptying the write-ahead file."""


@dataclass(frozen=True, slots=True)
class Appended:
    """How many rows of a call were new, and how many the log or the lake knew already."""

    new: int
    known: int


class Caller(Protocol):
    """Is told what became of the rows: a future of this process, or who stands for another."""

    def set_result(self, result: Appended) -> None: ...

    def set_exception(self, exception: BaseException) -> None: ...


@dataclass(slots=True)
class Call:
    """Rows that go into the log together, and who waits for them."""

    rows: Sequence[Stored]
    caller: Caller


class Relay(Protocol):
    """Another process that commits."""

    waiting: int

    def submit(self, rows: Sequence[Stored]) -> Future[Appended]: ...


class EventLog:
    """Appends rows and reads them back; `lake` holds the rows of days that were moved."""

    def __init__(self, database: Database, lake: Lake) -> None:
        self._database = database
        self._lake = lake
        self._calls: deque[Call] = deque()
        self._waiting = 0
        self._closed = False
        self._news = threading.Condition()
        self._writer: threading.Thread | None = None
        self._emptier: threading.Thread | None = None
        self._written = threading.Event()
        self._relay: Relay | None = None

    def through(self, relay: Relay | None) -> None:
        """Hands rows to another process from now on, None: commits them here again."""
        self._relay = relay

    def append(self, rows: Sequence[AnyRow]) -> Appended:
        """Appends rows, each `event_id` once, and waits until they are durable.

        Raises `Invalid` for a row that cannot be stored and `Unavailable` when disk or database
        fail; then none of the rows was written.
        """
        return self.submit(rows).result()

    def submit(self, rows: Sequence[AnyRow]) -> Future[Appended]:
        """Like `append`, for a caller that does not wait: the future resolves when durable."""
        ready = [stored(row) for row in rows]
        if any("\0" in "\1".join(row[3:8]) for row in ready):
            raise Invalid("expected text, got a NUL character in a row")
        if self._relay is not None:
            return self._relay.submit(ready)
        future: Future[Appended] = Future()
        with self._news:
            if self._closed or self._waiting > WAITING:
                raise Unavailable(f"{self._waiting:,} rows wait for the disk: try again in a while")
            self._waiting += len(ready)
            self._calls.append(Call(ready, future))
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="log", daemon=True)
                self._writer.start()
            self._news.notify()
        return future

    @property
    def waiting(self) -> int:
        """How many rows wait to be durable in this process."""
        return self._waiting if self._relay is None else self._relay.waiting

    def close(self) -> None:
        """Commits what waits, then stops; later rows are refused as `Unavailable`."""
        with self._news:
            self._closed = True
            self._news.notify()
        if self._writer is not None:
            self._writer.join()
        self._written.set()

    def since(self, seq: int, limit: int = 1000) -> list[tuple[int, AnyRow]]:
        """Returns up to `limit` rows of the log after `seq`, in order, each with its number."""
        asked = f"SELECT seq,{SELECT} FROM events WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._database.peek() as session:
            return _numbered(session.rows(asked, (seq, limit)))

    def of_user(self, user: str, after: int = 0, limit: int = 1000) -> list[tuple[int, AnyRow]]:
        """Returns up to `limit` rows of one user in the log after `after`, in order."""
        asked = f'SELECT seq,{SELECT} FROM events WHERE "user" = ? AND seq > ? ORDER BY seq LIMIT ?'
        with self._database.peek() as session:
            return _numbered(session.rows(asked, (user, after, limit)))

    def served(self, decision_id: str) -> Served | None:
        """Returns the row of a decision from log or lake, or nothing if there is none."""
        found = self.numbered(decision_id)
        return found[1] if found else None

    def numbered(self, decision_id: str) -> tuple[int, Served] | None:
        """Returns the row of a decision with its number in the log, or nothing."""
        asked = f"SELECT seq,{SELECT} FROM events WHERE event_id = ? AND kind = 'served'"
        with self._database.peek() as session:
            found = session.rows(asked, (decision_id,))
        if not found and (day := _day(decision_id)) is not None:
            found = self._lake.rows_of("served", day, decision_id)
        return cast(tuple[int, Served], _numbered(found[:1])[0]) if found else None

    def last_seq(self) -> int:
        """Returns the number of the newest row ever written; it never goes back."""
        with self._database.peek() as session:
            return session.last_seq()

    def _write(self) -> None:
        while calls := self._gather():
            self.commit(calls)
            with self._news:
                self._waiting -= sum(len(call.rows) for call in calls)
            if len(calls) > 1:
                time.sleep(PAUSE)

    def _empty(self) -> None:
        """Empties the write-ahead file now and then, beside the writer."""
        pause = threading.Event()
        while self._written.wait() and not self._closed:
            self._written.clear()
            with suppress(Unavailable):
                self._database.checkpoint()
            pause.wait(_CHECKPOINT)

    def _gather(self) -> list[Call]:
        """Waits for calls; returns those of the next transaction, none when closed."""
        calls: list[Call] = []
        size = 0
        with self._news:
            while not self._calls and not self._closed:
                self._news.wait()
            while self._calls and (not calls or size + len(self._calls[0].rows) <= GROUP):
                calls.append(self._calls.popleft())
                size += len(calls[-1].rows)
        return calls

    def commit(self, calls: Sequence[Call]) -> None:
        """Writes calls in one transaction and resolves their futures; one bad row fails its own
        call only. For one thread of a process, which waits for the disk."""
        if self._emptier is None:
            self._emptier = threading.Thread(target=self._empty, name="checkpoint", daemon=True)
            self._emptier.start()
        try:
            self._commit(calls)
        except Exception as error:
            self._refuse(calls, error)
        self._written.set()

    def _commit(self, calls: Sequence[Call]) -> None:
        rows = [row for call in calls for row in call.rows]
        late = self._lake.late(rows)
        searched = self._lake.search(late)
        with self._database.write() as session:
            moved = self._lake.known(session, late, searched)
            fresh = [row for row in rows if row[0] not in moved] if moved else rows
            ids = insert(session, fresh)
        if moved and ids is None:
            ids = {row[0] for row in fresh}
        for call in calls:
            new = len(call.rows) if ids is None else _claim(call.rows, ids)
            call.caller.set_result(Appended(new, len(call.rows) - new))

    def _refuse(self, calls: Sequence[Call], error: Exception) -> None:
        """Fails the calls of a transaction; one bad row fails its own call only."""
        for call in calls:
            if len(calls) == 1 or isinstance(error, Unavailable):
                call.caller.set_exception(_said(error))
            else:
                try:
                    self._commit([call])
                except Exception as own:
                    call.caller.set_exception(_said(own))


def insert(session: Session, rows: Sequence[Stored]) -> set[str] | None:
    """Inserts rows within a transaction, with what follows from them (see `effects`).

    Returns the event ids that were new, or None when all of them were.
    """
    new = session.insert("events", COLUMNS, rows)
    if any(row[8] in effects.ACTIONS for row in rows):
        effects.follow(session, _latest(session, new, '"user",item,action,at'))
    if new == len(rows):
        return None
    return {row[0] for row in _latest(session, new, "event_id")}


def _latest(session: Session, count: int, columns: str) -> list[tuple[str, ...]]:
    """Returns the newest rows in order: those this transaction wrote, since it writes alone."""
    asked = f"SELECT seq,{columns} FROM events ORDER BY seq DESC LIMIT ?"
    return [row[1:] for row in reversed(session.rows(asked, (count,)))]


def _claim(rows: Sequence[Stored], ids: set[str]) -> int:
    """Counts the rows that were new and takes them out, so that a second caller has them known."""
    new = 0
    for row in rows:
        if row[0] in ids:
            ids.discard(row[0])
            new += 1
    return new


def _said(error: Exception) -> Exception:
    if isinstance(error, PittariError):
        return error
    return Invalid(f"a row cannot be stored: {error}")


def _numbered(rows: Sequence[tuple[int, Stored]]) -> list[tuple[int, AnyRow]]:
    return [(row[0], restored(cast(Stored, row[1:]))) for row in rows]


def _day(decision_id: str) -> int | None:
    """Returns the day in a decision id, whose first 16 letters are its time in hexadecimal."""
    try:
        return clock.day(int(decision_id[:16], 16))
    except ValueError:
        return None
