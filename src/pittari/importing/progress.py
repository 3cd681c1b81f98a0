"""How far did an import get? The database remembers, and the next run goes on from there."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from pittari import clock
from pittari.importing.chunks import Mark
from pittari.store.database import Database


class Step(msgspec.Struct, frozen=True):
    """What one committed chunk did, and where the next one begins."""

    end: Mark = Mark()
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    rejects: int = 0
    """Size of the rejects in bytes, this chunk's among them."""


class Ledger:
    """The steps of one import, by number; `source` stands for file, kind and mapping."""

    def __init__(self, database: Database, source: str) -> None:
        self._database = database
        self._source = source
        asked = "SELECT chunk, counts FROM import_progress WHERE source = ? ORDER BY chunk"
        with database.read() as session:
            rows = session.rows(asked, (source,))
        self.steps = {int(chunk): msgspec.json.decode(body, type=Step) for chunk, body in rows}

    def put(self, number: int, step: Step) -> None:
        """Remembers that a step is committed."""
        written = (
            "INSERT INTO import_progress (source, chunk, state, counts, at)"
            " VALUES (?, ?, 'done', ?, ?) ON CONFLICT (source, chunk) DO UPDATE SET"
            " counts = excluded.counts, at = excluded.at"
        )
        body = msgspec.json.encode(step)
        with self._database.write() as session:
            session.run(written, (self._source, number, body, clock.now()))
        self.steps[number] = step

    def clear(self) -> None:
        """Forgets the import: it is over, or begins again."""
        with self._database.write() as session:
            session.run("DELETE FROM import_progress WHERE source = ?", (self._source,))
        self.steps = {}


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Waits until no other process imports the same thing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if path.exists() and path.stat().st_ino == os.fstat(handle).st_ino:
            break
        os.close(handle)  # whoever held it has taken the file away
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)
