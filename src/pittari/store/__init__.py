"""The memory: catalogue, people, the one log, its lake, and what was learned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pittari import clock
from pittari.store.audit import Audit
from pittari.store.catalog import CatalogStore
from pittari.store.database import Database
from pittari.store.events import EventLog
from pittari.store.keys import Keys
from pittari.store.lake import Lake
from pittari.store.parameters import ParametersStore
from pittari.store.people import People

__all__ = ["Store", "open_store"]


@dataclass(frozen=True, slots=True)
class Store:
    """All of the memory, opened together."""

    database: Database
    catalog: CatalogStore
    people: People
    events: EventLog
    lake: Lake
    parameters: ParametersStore
    keys: Keys
    audit: Audit

    def close(self) -> None:
        """Commits what waits and closes all connections."""
        self.events.close()
        self.database.close()


def open_store(
    url: str,
    lake: Path,
    parameters: Path,
    *,
    now: clock.Clock = clock.now,
    served_window: int = 6 * clock.HOUR,
) -> Store:
    """Opens the memory and brings its tables up to date.

    `url`: sqlite:///PATH or postgresql://...; `lake` and `parameters`: folders, made when missing.
    `served_window`: how long, in microseconds, an item counts as served lately.
    """
    database = Database.open(url)
    database.migrate()
    files = Lake(database, Path(lake), now)
    return Store(
        database=database,
        catalog=CatalogStore(database, now),
        people=People(database, window=served_window),
        events=EventLog(database, files),
        lake=files,
        parameters=ParametersStore(database, Path(parameters), now),
        keys=Keys(database, now),
        audit=Audit(database, now),
    )
