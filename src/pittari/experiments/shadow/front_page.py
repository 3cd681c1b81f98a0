"""Could rules have set a real front page? Reads ranks of a news site as a history of editions.

The folder holds `most_read.parquet` (snapshot_utc, rank, story), `front_page.parquet`
(snapshot_utc, position, story), `stories.parquet` (story, section, subsection, kind) and
`slots.tsv`: three slots a day, each with the front page that is to be foretold, and how far its
composer may see: most-read lists up to an hour before the slot, front pages up to the one that
the slot before was to foretell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv

from pittari import clock
from pittari.clock import DAY, HOUR, MINUTE
from pittari.editions.pool import WINDOWS, Clicks, Entry, Pool, Told, Topic
from pittari.errors import DataError
from pittari.experiments.shadow.history import EDITORS, History, Past
from pittari.learning.editors.course import NEVER, Codes, Course, Lesson, Lists, Moment
from pittari.learning.editors.features import candidates

PLACES = 10
NAMES = {6: "morning", 11: "noon", 17: "evening"}
"""Names of the slots by their hour."""
BEFORE = {6: 13, 11: 5, 17: 6}
"""Hours from the slot before."""
LAG = 60 * MINUTE
"""Most-read lists this young may not be read yet; a front page this late is no slot's any more."""
LEAST_LISTS = 12
"""Most-read lists of a day, without which a slot does not count."""
LISTS = {"10m": 1, "1h": 2, "2h": 3}
"""How many of the hourly lists stand for each window."""
FULL = 100.0
"""Clicks per 1,000 impressions that stand for the first rank; rank r has 1 / log2(r + 1) of it."""
AFTER = 3 * HOUR
"""How long after a slot its readers are counted."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One edition to foretell, times in microseconds UTC."""

    at: int
    target: int
    limit: int
    part: str

    @property
    def name(self) -> str:
        """DATE/NAME."""
        return f"{clock.iso_day(clock.day(self.at))}/{NAMES[self.at // HOUR % 24]}"

    @property
    def moment(self) -> Moment:
        """How far its composer may see."""
        return Moment(self.at, self.at - LAG, self.limit)


def is_front_page(folder: Path) -> bool:
    """Says whether a folder holds such files."""
    return (folder / "slots.tsv").exists()


def read_front_page(folder: Path) -> History:
    """Reads the folder. Raises `DataError` when a file is missing or not what it has to be."""
    try:
        read, main = _ranks(folder, "most_read", "rank"), _ranks(folder, "front_page", "position")
        stories = pq.read_table(folder / "stories.parquet")
        slots = _slots(folder / "slots.tsv")
    except (OSError, pa.ArrowInvalid, KeyError, ValueError) as problem:
        raise DataError(
            f"{folder}: expected the files of a news front page: {problem}"
        ) from problem
    ids = np.union1d(read[1], main[1])
    course = Course(
        np.full(len(ids), NEVER, np.int64),
        _words(stories, ids),
        _lists(*read, ids),
        _lists(*main, ids),
    )
    maker = _Maker(course, tuple(str(story) for story in ids.tolist()))
    moments = [slot.moment for slot in slots]
    return History(
        [maker.past(slot) for slot in slots], maker.ids, course, moments, _lessons(course, slots)
    )


class _Maker:
    """Makes an edition that was from what its composer may see."""

    def __init__(self, course: Course, ids: tuple[str, ...]) -> None:
        self.course, self.ids = course, ids

    def past(self, slot: Slot) -> Past:
        course, moment = self.course, slot.moment
        topics = candidates(course, moment)
        page = course.main.one(course.main.until(slot.limit) - 1)
        place = {int(topic): i for i, topic in enumerate(page.tolist(), start=1)}
        first = np.minimum.reduce([
            np.where(own[topics] <= until, own[topics], slot.at)
            for own, until in zip(course.first, (moment.read_until, moment.main_until), strict=True)
        ])  # fmt: skip
        clicks, importance = self._clicks(moment, topics), self._importance(moment, topics)
        known = {
            code: self._topic(code, at)
            for code, at in zip(topics.tolist(), first.tolist(), strict=True)
        }
        entries = tuple(
            Entry(topic=known[code], main=place.get(code, 0), importance=worth, clicks=own)
            for code, worth, own in zip(topics.tolist(), importance.tolist(), clicks, strict=True)
        )
        pool = Pool(
            edition=slot.name,
            at=clock.moment(slot.at),
            entries=entries,
            told=(self._told(slot, known),),
        )
        truth = [self.ids[code] for code in _target(course, slot.target).tolist()]
        return Past(
            pool=pool, editors={EDITORS: tuple(truth)}, part=slot.part, later=self._later(slot)
        )

    def _topic(self, code: int, first: int) -> Topic:
        words = {
            attribute: told[codes[code]] if codes[code] >= 0 else ""
            for attribute, (told, codes) in self.course.words.items()
        }
        return Topic(
            id=self.ids[code],
            section=words["section"],
            kind=words["kind"],
            published=clock.moment(first),
        )

    def _told(self, slot: Slot, known: dict[int, Topic]) -> Told:
        codes = _target(self.course, slot.limit).tolist()
        topics = tuple(known[code] for code in codes if code in known)
        hour = slot.limit // HOUR % 24
        name = f"{clock.iso_day(clock.day(slot.limit))}/{NAMES.get(hour, 'other')}"
        return Told(edition=name, at=clock.moment(slot.limit), topics=topics)

    def _clicks(self, moment: Moment, topics: Codes) -> list[dict[str, Clicks]]:
        """Rates from ranks: the mean over a window's lists of 1 / log2(rank + 1)."""
        read = self.course.read
        end = read.until(moment.read_until)
        whole = end - read.until(moment.at - DAY)
        found: list[dict[str, Clicks]] = [{} for _ in topics]
        for window in WINDOWS:
            lists = min(LISTS.get(window, whole), end)
            span = slice(int(read.starts[end - lists]), int(read.starts[end]))
            kept = np.isin(read.topic[span], topics)
            row = np.searchsorted(topics, read.topic[span][kept])
            gain = 1 / np.log2(read.place[span][kept] + 1)
            mean = np.bincount(row, gain, len(topics)) / max(lists, 1)
            square = np.bincount(row, gain**2, len(topics)) / max(lists, 1)
            spread = np.sqrt(np.maximum(square - mean**2, 0) / max(lists, 1))
            seen = np.bincount(row, minlength=len(topics))
            rows = zip((FULL * mean).tolist(), (FULL * spread).tolist(), seen.tolist(), strict=True)
            for own, (rate, wide, count) in zip(found, rows, strict=True):
                own[window] = Clicks(rate=rate, spread=wide, seen=count)
        return found

    def _importance(self, moment: Moment, topics: Codes) -> npt.NDArray[np.float64]:
        """The share of the day's first places that a topic held, others by 1 / log2(place + 1)."""
        main = self.course.main
        span = main.entries(moment.at - DAY, moment.main_until)
        lists = main.until(moment.main_until) - main.until(moment.at - DAY)
        gain = 1 / np.log2(main.place[span] + 1)
        row = np.searchsorted(topics, main.topic[span])
        return np.bincount(row, gain, len(topics)) / max(lists, 1)

    def _later(self, slot: Slot) -> dict[str, float]:
        """How much each topic was read in the hours after, by ranks again."""
        read = self.course.read
        span = read.entries(slot.at, slot.at + AFTER)
        lists = max(read.until(slot.at + AFTER) - read.until(slot.at), 1)
        sums = np.bincount(read.topic[span], FULL / np.log2(read.place[span] + 1), len(self.ids))
        return {self.ids[code]: float(sums[code] / lists) for code in np.unique(read.topic[span])}


def _lessons(course: Course, slots: Sequence[Slot]) -> list[Lesson]:
    """The slots' own front pages, and those an hour before and after, each foretold with the same
    lag: three times as many lessons of the same habit."""
    days = range(clock.day(slots[0].at), clock.day(slots[-1].at) + 1)
    lessons = []
    for day in days:
        for hour, before in BEFORE.items():
            for shift in (-1, 0, 1):
                lesson = _lesson(course, day * DAY + (hour + shift) * HOUR, before)
                if lesson is not None:
                    lessons.append(lesson)
    return lessons


def _lesson(course: Course, at: int, before: int) -> Lesson | None:
    target, limit = _page(course.main, at), _page(course.main, at - before * HOUR)
    lists = course.read.until(at - LAG) - course.read.until(at - DAY)
    if target is None or limit is None or lists < LEAST_LISTS:
        return None
    return Lesson(Moment(at, at - LAG, limit), _target(course, target), target)


def _page(main: Lists, at: int) -> int | None:
    """Returns the time of the first front page within the hour from `at`, or nothing."""
    i = int(np.searchsorted(main.at, at))
    return int(main.at[i]) if i < len(main.at) and main.at[i] <= at + LAG else None


def _target(course: Course, at: int) -> Codes:
    """Returns the first ten of the front page at exactly a time."""
    return course.main.one(course.main.until(at) - 1)[:PLACES]


def _ranks(
    folder: Path, name: str, column: str
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Returns time and story of each row, in the order of time and rank."""
    table = pq.read_table(folder / f"{name}.parquet")
    time = table["snapshot_utc"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
    order = np.lexsort((table[column].to_numpy(), time))
    return time[order], table["story"].to_numpy()[order].astype(np.int64)


def _lists(time: npt.NDArray[np.int64], story: npt.NDArray[np.int64], ids: Any) -> Lists:
    at, starts = np.unique(time, return_index=True)
    return Lists(
        at,
        np.append(starts, len(time)).astype(np.int64),
        np.searchsorted(ids, story).astype(np.int32),
    )


def _words(
    stories: pa.Table, ids: npt.NDArray[np.int64]
) -> dict[str, tuple[tuple[str, ...], Codes]]:
    row = {story: i for i, story in enumerate(stories["story"].to_pylist())}
    own = [row[story] for story in ids.tolist()]
    words = {}
    for attribute in ("section", "subsection", "kind"):
        told = stories[attribute].to_pylist()
        known = {word: i for i, word in enumerate(sorted({told[i] for i in own} - {""}))}
        codes = [known.get(told[i], -1) for i in own]
        words[attribute] = (tuple(known), np.array(codes, np.int32))
    return words


def _slots(file: Path) -> list[Slot]:
    table = csv.read_csv(file, parse_options=csv.ParseOptions(delimiter="\t"))
    return list(_told(table))


def _told(table: pa.Table) -> Iterator[Slot]:
    names = ("slot_utc", "target_snapshot_utc", "front_page_limit_utc")
    times = [
        table[name].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_pylist() for name in names
    ]
    for at, target, limit, part in zip(*times, table["part"].to_pylist(), strict=True):
        yield Slot(at, target, limit, part)
