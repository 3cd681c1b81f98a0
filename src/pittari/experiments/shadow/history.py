"""What was there to choose from, and what did the editors choose? Editions that were."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pittari import clock
from pittari.editions.pool import Clicks, Entry, Pool
from pittari.errors import DataError
from pittari.learning.editors.course import Codes, Course, Lesson, Lists, Moment
from pittari.learning.editors.newsroom import course_of
from pittari.model.catalog import Word

EDITORS = "editors"
"""Whose line-up it is where nobody is named."""


class Past(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One edition that was: a line of a history file."""

    pool: Pool
    editors: dict[str, tuple[str, ...]]
    """Line-ups by editor: topic ids, the first place first. An id need not stand in the pool."""
    part: Word = "all"
    """Reports keep parts asunder, such as one to choose settings on and one to report."""
    later: dict[str, float] = {}
    """Clicks per 1,000 impressions in the hours after the edition, by topic: for judging only."""

    @property
    def edition(self) -> str:
        """DATE/NAME."""
        return self.pool.edition

    @property
    def name(self) -> str:
        """The edition's name without its date."""
        return self.pool.edition.rpartition("/")[2]


@dataclass(frozen=True)
class History:
    """Editions in the order of time, with the course that topics took meanwhile.

    `moments`: how far the composer of each edition saw; `lessons`: line-ups to learn from.
    """

    pasts: Sequence[Past]
    ids: tuple[str, ...]
    """Topic ids by the code that the course knows them by."""
    course: Course
    moments: Sequence[Moment]
    lessons: Sequence[Lesson]

    @cached_property
    def code(self) -> dict[str, int]:
        """The code of each topic id."""
        return {name: i for i, name in enumerate(self.ids)}

    def pool_codes(self, i: int) -> Codes:
        """Returns the codes of the topics in the pool of edition i, ascending."""
        own = [self.code[entry.topic.id] for entry in self.pasts[i].pool.entries]
        return np.sort(np.array(own, np.int32))


def history_of(pasts: Iterable[Past]) -> History:
    """Returns a history from its pools alone: each is one list of what was read most and one of
    what stood in the main tab, and each line-up is a lesson."""
    ordered = sorted(pasts, key=lambda past: (past.pool.at, past.edition))
    topics = {entry.topic.id: entry.topic for past in ordered for entry in past.pool.entries}
    ids = tuple(sorted(topics))
    code = {name: i for i, name in enumerate(ids)}
    at = [clock.micros(past.pool.at) for past in ordered]
    course = course_of(
        topics,
        ids,
        _lists(at, [[code[name] for name in _read(past.pool)] for past in ordered]),
        _lists(at, [[code[name] for name in _main(past.pool)] for past in ordered]),
    )
    moments = [Moment(one, one, one) for one in at]
    made = History(ordered, ids, course, moments, ())
    lessons = [
        Lesson(
            moment,
            np.array([code[name] for name in lineup if name in code], np.int32),
            moment.at,
            made.pool_codes(i),
        )
        for i, (past, moment) in enumerate(zip(ordered, moments, strict=True))
        for _, lineup in sorted(past.editors.items())
    ]
    return History(ordered, ids, course, moments, lessons)


def read_history(folder: Path) -> History:
    """Reads every `*.jsonl` and `*.parquet` of a folder as a history.

    A line, or row, is one edition: `pool` (as `pittari digest compose` reads it; in Parquet as
    JSON text), `editors` (topic ids by editor; in Parquet as JSON text), and, if told, `part` and
    `later`. Raises `DataError` naming file and row.
    """
    files = sorted([*folder.glob("*.jsonl"), *folder.glob("*.parquet")])
    pasts = [past for file in files for past in _pasts(file)]
    if not pasts:
        raise DataError(
            f"{folder}: expected a history: files *.jsonl or *.parquet with one edition a line"
        )
    seen: set[str] = set()
    for past in pasts:
        if past.edition in seen:
            raise DataError(f'{folder}: edition "{past.edition}" stands twice; expected it once')
        seen.add(past.edition)
    return history_of(pasts)


def write_history(pasts: Iterable[Past], file: Path) -> None:
    """Writes editions as JSON lines, to be read again by `read_history`."""
    with file.open("wb") as out:
        for past in pasts:
            out.write(msgspec.json.encode(past) + b"\n")


def _pasts(file: Path) -> list[Past]:
    lines = file.read_bytes().splitlines() if file.suffix == ".jsonl" else _rows(file)
    decode = msgspec.json.Decoder(Past).decode
    pasts = []
    for number, line in enumerate(lines, start=1):
        try:
            pasts.append(decode(line))
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            raise DataError(
                f"{file}, row {number}: expected an edition with its pool and the editors'"
                f" line-ups: {error}"
            ) from error
    return pasts


def _rows(file: Path) -> list[bytes]:
    try:
        rows = pq.read_table(file).to_pylist()
        return [msgspec.json.encode(_opened(row)) for row in rows]
    except (OSError, pa.ArrowInvalid, ValueError) as error:
        raise DataError(
            f"{file}: expected Parquet with columns pool and editors: {error}"
        ) from error


def _opened(row: dict[str, object]) -> dict[str, object]:
    """Returns a row whose JSON texts are read."""
    return {
        key: json.loads(value) if key != "part" and isinstance(value, str) else value
        for key, value in row.items()
        if value is not None
    }


def _lists(at: Sequence[int], topics: Sequence[Sequence[int]]) -> Lists:
    return Lists.made(list(zip(at, topics, strict=True)))


def _read(pool: Pool) -> list[str]:
    rated = sorted((-_rate(entry), entry.topic.id) for entry in pool.entries if _rate(entry) > 0)
    return [name for _, name in rated]


def _rate(entry: Entry) -> float:
    none = Clicks()
    return entry.clicks.get("1h", entry.clicks.get("any", none)).rate


def _main(pool: Pool) -> list[str]:
    return [name for _, name in sorted((e.main, e.topic.id) for e in pool.entries if e.main)]
