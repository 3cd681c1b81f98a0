"""The days that are over, as Parquet files, read together with the log as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pittari import clock
from pittari.model.event import Stored
from pittari.store.database import Database, Session

CLOSED = clock.HOUR
"""How long after its end a day is closed: machines' clocks differ, and rows arrive late."""


class Lake:
    """Parquet files under `folder`, by kind and day, listed in the database."""

    def __init__(self, database: Database, folder: Path, now: clock.Clock = clock.now) -> None:
        self._database = database
        self.folder = folder
        self._now = now

    def open_day(self) -> int:
        """Returns the first day that is not closed yet: its rows are in the log only."""
        return clock.day(self._now() - CLOSED)

    def late(self, rows: Sequence[Stored]) -> dict[int, list[str]]:
        """Returns the event ids of rows of closed days, by day."""
        edge = self.open_day() * clock.DAY
        days: dict[int, list[str]] = {}
        for row in rows:
            if row[2] < edge:
                days.setdefault(clock.day(row[2]), []).append(row[0])
        return days

    def known(self, session: Session, late: dict[int, list[str]]) -> set[str]:
        """Returns which of these event ids, given by day, lie in the lake."""
        return set()

    def rows_of(self, kind: str, day: int, event_id: str) -> list[Stored]:
        """Returns the rows of a kind and day with this event id."""
        return []
