"""How does the newsroom come about, and when does its next edition go out? Files and a past."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from pittari import clock
from pittari.clock import Laps
from pittari.demo.newsroom import pictures
from pittari.demo.newsroom.front import Day
from pittari.demo.newsroom.grammar import SECTIONS
from pittari.demo.newsroom.ledger import enter
from pittari.demo.newsroom.month import EDITIONS, month
from pittari.demo.newsroom.plan import OFFSET
from pittari.demo.newsroom.wire import FAR, Wire
from pittari.experiments.shadow.history import write_history
from pittari.store import Store

DAYS = 30
"""Days of editions behind a new newsroom."""
CLOCK = "newsroom/clock.json"
HISTORY = "newsroom/history/month.jsonl"
"""Files in the project's folder: the clock that `digest.clock` names, and the month as the shadow
reads it."""


def found(folder: Path, store: Store, seed: int, last: int) -> int:
    """Founds a newsroom in a project's folder: its pictures, and a month of topics and editions up
    to the day `last` (days since 1970-01-01). Returns what its clock shows, on the night after:
    it stands still until the newsroom
    runs."""
    for section in SECTIONS:
        (folder / "pictures" / f"news-{section}.svg").write_text(pictures.draw(section), "utf-8")
    shifts = list(month(seed, last, DAYS))
    enter(shifts, store.database)  # before topics end: what is withdrawn now could not go out
    for number in range(last - DAYS + 2, last + 1, 2):
        store.topics.put(topic for news in Day(seed, number).news for _, topic in news.versions)
    (folder / HISTORY).parent.mkdir(parents=True)
    write_history([shift.past for shift in shifts], folder / HISTORY)
    laps = wind(folder, shifts[-1].at, still=True)
    return laps()


def catch_up(store: Store, seed: int, now: int) -> None:
    """Brings in the topics, the main tab and the clicks of the day before a moment."""
    Wire(store, seed, now - FAR).follow(now)


def wind(folder: Path, after: int, began: int | None = None, *, still: bool = False) -> Laps:
    """Sets the newsroom's clock: its next edition, the first one due after a moment, goes out a
    minute and a half after `began` (now). `still`: once it is resumed. Returns the clock."""
    stops = tuple(hour * clock.HOUR for _, hour, _ in EDITIONS)
    midnight, time_of_day = divmod(after + OFFSET, clock.DAY)
    later = [stop for stop in stops if stop > time_of_day] or [clock.DAY + stops[0]]
    began = clock.now() if began is None else began
    first = midnight * clock.DAY + later[0] - OFFSET
    laps = Laps(began, first, stops, OFFSET, began if still else None)
    _write(folder, laps)
    return laps


def halt(folder: Path) -> None:
    """Lets the newsroom's clock stand still."""
    _write(folder, replace(_read(folder), until=clock.now()))


def resume(folder: Path, store: Store) -> None:
    """Lets the newsroom's clock go on from where it stands. One that nobody halted went on while
    nobody worked: it is wound anew, and goes on from what was reached."""
    laps = _read(folder)
    if laps.until is None:
        wind(folder, reached(store))
    else:
        _write(folder, replace(laps, began=laps.began + clock.now() - laps.until, until=None))


def reached(store: Store) -> int:
    """Returns how far the newsroom's time has come: its newest edition that is over, and what its
    main tab showed last."""
    editions = store.editions.released(2**62, 1)
    gone = editions[0].due if editions else 0
    return max(gone, store.topics.placed(2**62).at)


def _read(folder: Path) -> Laps:
    return msgspec.json.decode((folder / CLOCK).read_bytes(), type=Laps)


def _write(folder: Path, laps: Laps) -> None:
    (folder / CLOCK).write_bytes(msgspec.json.encode(laps))
