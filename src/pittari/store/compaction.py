"""Days that are over move out of the log: into the lake, step by step, never twice, never lost."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from pittari import clock
from pittari.errors import Unavailable
from pittari.model.event import COLUMNS
from pittari.store import parts
from pittari.store.database import Database, Session
from pittari.store.lake import Lake
from pittari.store.parts import Part

STEP = 20_000
"""Rows that one transaction takes out of the log; writers wait for it."""
_TRIES = 10
_NAMES = ",".join(f'"{name}"' for name in COLUMNS)
_LIST = (
    "INSERT INTO lake_files (name, kind, day, rows, bytes, created, retired)"
    " VALUES (?, ?, ?, ?, ?, ?, 0)"
)


class Changed(Exception):
    """Somebody else moved, merged or erased the same rows first: nothing was written."""


class Compactor:
    """Moves closed days into the lake and keeps it tidy; any number of them may run at once."""

    def __init__(self, database: Database, lake: Lake, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._lake = lake
        self._now = now

    def compact(self, before_day: int | None = None) -> list[str]:
        """Moves rows of closed days (those before `before_day`) from the log to the lake.

        Returns the names of the files that were made. Each step writes its files, then one
        transaction lists them and deletes the rows: a crash leaves either the rows or the files.
        Raises `Unavailable` when disk or database fail.
        """
        day = self._lake.open_day()
        edge = (day if before_day is None else min(before_day, day)) * clock.DAY
        made: list[str] = []
        seq = 0
        while True:
            asked = f"SELECT seq,{_NAMES} FROM events WHERE seq > ? AND at < ? ORDER BY seq LIMIT ?"
            with self._database.read() as session:
                rows = session.rows(asked, (seq, edge, STEP))
            if not rows:
                return made
            with on_disk():
                files = [
                    parts.write(self._lake.folder, *group, found)
                    for group, found in _grouped(rows).items()
                ]
            last = rows[-1][0]
            if self._listed(files, partial(_take, rows, edge)):
                made += [file.name for file in files]
                seq = last

    def merge(self) -> list[str]:
        """Makes one part of all parts of a kind and day; returns the names of the new ones."""
        asked = (
            "SELECT kind, day FROM lake_files WHERE retired = 0"
            " GROUP BY kind, day HAVING count(*) > 1 ORDER BY day, kind"
        )
        with self._database.read() as session:
            groups = session.rows(asked)
            sources = [_files(session, kind, day) for kind, day in groups]
        made = [
            self.rewrite(kind, day, names)
            for (kind, day), names in zip(groups, sources, strict=True)
        ]
        return [name for name in made if name]

    def rewrite(self, kind: str, day: int, names: Sequence[str], where: str = "true") -> str | None:
        """Replaces parts by one with those of their rows that fulfil `where` (SQL).

        Returns its name; nothing when no row is left or when the parts were replaced meanwhile.
        """
        folder = self._lake.folder
        source = f"SELECT * FROM {parts.listed(folder / name for name in names)} WHERE {where}"
        with on_disk(), spilled() as db:
            part = parts.copied(folder, db, source, (kind, day))
        made = [part] if part else []
        if not self._listed(made, partial(retire, names, self._now())):
            return None
        return part.name if part else None

    def sweep(self, grace: int = clock.HOUR) -> int:
        """Deletes files that were replaced, or never listed, more than `grace` microseconds ago.

        Returns how many. Those who still read a file have this long to finish.
        """
        with self._database.read() as session:
            known = dict(session.rows("SELECT name, retired FROM lake_files"))
        old = [name for name, retired in known.items() if 0 < retired < self._now() - grace]
        folder = self._lake.folder
        strangers = [
            path
            for path in folder.rglob("*.parquet")
            if path.relative_to(folder).as_posix() not in known
        ]
        swept = 0
        with on_disk():
            for path in [folder / name for name in old] + _older(strangers, clock.now() - grace):
                path.unlink(missing_ok=True)
                swept += 1
        if old:
            with self._database.write() as session:
                session.many("DELETE FROM lake_files WHERE name = ?", [(name,) for name in old])
        return swept

    def _listed(self, files: Sequence[Part], step: Callable[[Session], None]) -> bool:
        """Lists files in one transaction with a step; returns whether the step still fitted."""
        with on_disk():
            parts.settled(self._lake.folder, files)
        try:
            with self._database.write() as session:
                step(session)
                enlist(session, self._lake.folder, files, self._now())
        except Changed:
            parts.dropped(self._lake.folder, files)
            return False
        return True


def enlist(session: Session, folder: Path, files: Iterable[Part], now: int) -> None:
    """Makes files part of the lake. Raises `Changed` when one was swept away meanwhile."""
    for file in files:
        if not (folder / file.name).exists():
            raise Changed
        row = (file.name, file.kind, file.day, file.rows, file.bytes, now)
        session.run(_LIST, row)


def retire(names: Sequence[str], now: int, session: Session) -> None:
    """Takes files out of the lake. Raises `Changed` when one was out already."""
    asked = f"UPDATE lake_files SET retired = ? WHERE retired = 0 AND name {session.among}"
    if session.run(asked, (now, session.bag(names))) != len(names):
        raise Changed


@contextmanager
def spilled() -> Iterator[duckdb.DuckDBPyConnection]:
    """Lends a DuckDB of bounded memory with a folder to spill into."""
    with tempfile.TemporaryDirectory(prefix="pittari-lake-") as spill:
        db = parts.engine(Path(spill))
        try:
            yield db
        finally:
            db.close()


def _take(rows: Sequence[Sequence[Any]], edge: int, session: Session) -> None:
    """Deletes the rows of a step from the log, all of them or none."""
    first, last = rows[0][0], rows[-1][0]
    taken = "DELETE FROM events WHERE seq BETWEEN ? AND ? AND at < ?"
    if session.run(taken, (first, last, edge)) != len(rows):
        raise Changed
    session.moved(last)


def _grouped(rows: Iterable[Sequence[Any]]) -> dict[tuple[str, int], list[Sequence[Any]]]:
    groups: dict[tuple[str, int], list[Sequence[Any]]] = {}
    for row in rows:
        groups.setdefault((row[2], clock.day(row[3])), []).append(row)
    return groups


def _files(session: Session, kind: str, day: int) -> list[str]:
    asked = "SELECT name FROM lake_files WHERE retired = 0 AND kind = ? AND day = ? ORDER BY name"
    return [row[0] for row in session.rows(asked, (kind, day))]


def _older(paths: Iterable[Path], before: int) -> list[Path]:
    """Returns the files last written before a time; one that has just gone is not among them."""
    found = []
    for path in paths:
        try:
            if path.stat().st_mtime_ns // 1000 < before:
                found.append(path)
        except FileNotFoundError:
            continue
    return found


@contextmanager
def on_disk() -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.IOException) as error:
        raise Unavailable(
            f"the lake cannot be written ({error}): nothing was half-written, try again"
        ) from error
    except duckdb.InvalidInputException as error:
        raise parts.damaged(error) from error
