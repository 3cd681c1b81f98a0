"""The memory: catalogue, people, the one log, its lake, and what was learned."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pittari import clock
from pittari.store.adoption import Adopted, Adoption
from pittari.store.audit import Act, Audit
from pittari.store.catalog import CatalogStore, Counts
from pittari.store.compaction import Compactor
from pittari.store.counts import MinuteCounts
from pittari.store.database import Database
from pittari.store.desk import Desk
from pittari.store.editions import EditionStore
from pittari.store.erasure import Erased, Eraser
from pittari.store.events import Appended, EventLog
from pittari.store.feeds import Feeds
from pittari.store.keys import Key, Keys, Role
from pittari.store.lake import Lake
from pittari.store.outbox import Alarms, Outbox
from pittari.store.parameters import ParametersStore, Release, Version
from pittari.store.people import People
from pittari.store.tags import TagStore
from pittari.store.topics import TopicStore

__all__ = [
    "Act",
    "Adopted",
    "Appended",
    "Counts",
    "Erased",
    "Key",
    "Release",
    "Role",
    "Store",
    "Version",
    "open_store",
]


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
    compactor: Compactor
    adoption: Adoption
    eraser: Eraser
    topics: TopicStore
    counts: MinuteCounts
    editions: EditionStore
    outbox: Outbox
    alarms: Alarms
    feeds: Feeds
    desk: Desk
    tags: TagStore

    def tidy(self) -> list[str]:
        """Finishes erasures, moves closed days to the lake, merges and sweeps; returns new files.

        Meant to run now and then, in any process, beside readers and writers.
        """
        self.eraser.finish()
        made = self.compactor.compact() + self.compactor.merge()
        self.compactor.sweep()
        return made

    def erase_user(self, user: str, actor: str = "") -> Erased:
        """Erases a user from catalogue, log and lake; see `Eraser.erase_user`."""
        return self.eraser.erase_user(user, actor)

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
    newsroom: clock.Clock | None = None,
    served_window: int = 6 * clock.HOUR,
) -> Store:
    """Opens the memory and brings its tables up to date.

    `url`: sqlite:///PATH or postgresql://...; `lake` and `parameters`: folders, made when missing.
    Editions go by the database's own time, by `now` where that is not this machine's clock, and
    they and the desk by `newsroom` where it is given: a made-up one's days are short.
    `served_window`: how long, in microseconds, an item counts as served lately.
    """
    desk = newsroom or now
    database = Database.open(url)
    database.migrate()
    files = Lake(database, Path(lake), now)
    compactor = Compactor(database, files, now)
    return Store(
        database=database,
        catalog=CatalogStore(database, now),
        people=People(database, files, window=served_window),
        events=EventLog(database, files),
        lake=files,
        parameters=ParametersStore(database, Path(parameters), now),
        keys=Keys(database, now),
        audit=Audit(database, now),
        compactor=compactor,
        adoption=Adoption(database, files, now),
        eraser=Eraser(database, files, compactor, now),
        topics=TopicStore(database),
        counts=MinuteCounts(database, files, desk),
        editions=EditionStore(database, None if desk is clock.now else desk),
        outbox=Outbox(database),
        alarms=Alarms(database),
        feeds=Feeds(database),
        desk=Desk(database, desk),
        tags=TagStore(database, now),
    )
