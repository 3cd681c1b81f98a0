"""What does an editor see of a topic? Numbers from its course up to a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pittari.clock import DAY, HOUR
from pittari.learning.editors.course import Codes, Course, Lists, Moment

Floats = npt.NDArray[np.float64]

READ, MAIN = 12, 8
"""How many of the latest lists are looked at one by one."""
DEEP = 20
"""Places from here on, and absence, count as this place."""
HALVED = (1.5, 3.0, 8.0)
"""Half-lives of reading in hours."""
RISES = (1, 3, 5)
LONG = 200.0
"""Hours; what is older is as old as this."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The candidates of several moments, one after another, with their features by name.

    `starts`: where each moment's candidates begin; one longer than there are moments.
    """

    topic: Codes
    starts: npt.NDArray[np.int64]
    names: tuple[str, ...]
    values: npt.NDArray[np.float32]


def seen(
    course: Course, moments: Sequence[Moment], among: Sequence[Codes | None] | None = None
) -> Seen:
    """Returns what was seen at each moment of its candidates: of `among`, or of all topics in a
    list of the day before. Nothing later than the moment's own limits is read."""
    found = [
        candidates(course, moment) if own is None else own
        for moment, own in zip(moments, among or [None] * len(moments), strict=True)
    ]
    tables = [_table(course, *both) for both in zip(moments, found, strict=True)]
    names = tuple(_table(course, Moment(0, 0, 0), np.zeros(0, np.int32)))
    values = [np.column_stack(list(table.values())).astype(np.float32) for table in tables]
    return Seen(
        np.concatenate([np.zeros(0, np.int32), *found]),
        np.concatenate([[0], np.cumsum([len(topics) for topics in found])]).astype(np.int64),
        names,
        np.vstack([np.zeros((0, len(names)), np.float32), *values]),
    )


def candidates(course: Course, moment: Moment) -> Codes:
    """Returns the topics in any list of the day before the moment, ascending."""
    since = moment.at - DAY
    read = course.read.topic[course.read.entries(since, moment.read_until)]
    main = course.main.topic[course.main.entries(since, moment.main_until)]
    return np.union1d(read, main).astype(np.int32)


def _table(course: Course, moment: Moment, topics: Codes) -> dict[str, Floats]:
    read = _stood(course.read, moment.at, moment.read_until, topics, READ)
    main = _stood(course.main, moment.at, moment.main_until, topics, MAIN)
    age = _age(course, moment, topics)
    table = {f"read_{i}": read.places[:, i] for i in range(READ)}
    table |= {f"main_{i}": main.places[:, i] for i in range(MAIN)}
    table |= {f"read_{name}": values for name, values in read.summed.items()}
    table |= {f"main_{name}": values for name, values in main.summed.items()}
    for hours in HALVED:
        table[f"read_weight_{hours:g}h"] = read.weighed(hours)
    latest = np.nan_to_num(read.places, nan=DEEP)
    for back in RISES:
        table[f"rise_{back}"] = latest[:, back] - latest[:, 0]
    younger = age[None, :] < age[:, None]
    ahead = latest[None, :, 0] < latest[:, None, 0]
    table["younger"] = younger.sum(1).astype(np.float64)
    table["younger_ahead"] = (younger & ahead).sum(1).astype(np.float64)
    unseen = (main.summed["first"] < 0) & (latest[:, 0] < DEEP)
    table["unseen"] = np.full(len(topics), float(unseen.sum()))
    table["age"] = np.minimum(age, LONG)
    table["hour"] = np.full(len(topics), float(moment.at // HOUR % 24))
    table["weekday"] = np.full(len(topics), float((moment.at // DAY + 3) % 7))
    return table


def _age(course: Course, moment: Moment, topics: Codes) -> Floats:
    """Hours since each topic was published or first in a list that may be read."""
    times = [course.published[topics]]
    for first, until in zip(course.first, (moment.read_until, moment.main_until), strict=True):
        own = first[topics]
        times.append(np.where(own <= until, own, np.iinfo(np.int64).max))
    hours: Floats = (moment.at - np.minimum.reduce(times).astype(np.float64)) / HOUR
    return np.maximum(hours, 0.0)


@dataclass(frozen=True, slots=True)
class _Stood:
    """Places of topics in the latest lists (topics x lists, newest first) and sums over a day."""

    places: Floats
    summed: dict[str, Floats]
    row: npt.NDArray[np.int64]
    gain: Floats
    ago: Floats

    def weighed(self, half_life: float) -> Floats:
        """Returns the sum of 1 / log2(place + 1) over a day, halved with age in hours."""
        gain = self.gain * np.exp2(-self.ago / half_life)
        total: Floats = np.bincount(self.row, gain, len(self.places)).astype(np.float64)
        return total


def _stood(lists: Lists, at: int, until: int, topics: Codes, latest: int) -> _Stood:
    places = _latest(lists, at, until, topics, latest)
    span = lists.entries(at - DAY, until)
    known = np.isin(lists.topic[span], topics)
    row = np.searchsorted(topics, lists.topic[span][known])
    place, ago = lists.place[span][known], (at - lists.time[span][known]) / HOUR
    inside = places < DEEP
    summed = {
        "count": np.bincount(row, minlength=len(topics)).astype(np.float64),
        "best": _least(row, place.astype(np.float64), len(topics), DEEP),
        "last": _least(row, ago, len(topics), LONG),
        "first": -_least(row, -ago, len(topics), 1.0),
        "run": np.cumprod(inside, axis=1).sum(1).astype(np.float64),
        "left": (~inside[:, 0] & inside.any(1)).astype(np.float64),
    }
    seen = lists.until(until)
    lag = (at - int(lists.at[seen - 1])) / HOUR if seen else np.nan
    summed["lag"] = np.full(len(topics), min(lag, LONG))
    return _Stood(places, summed, row, 1 / np.log2(place + 1), ago)


def _latest(lists: Lists, at: int, until: int, topics: Codes, latest: int) -> Floats:
    """Places in the latest lists, `DEEP` where absent, NaN where no list of the day is left."""
    places = np.full((len(topics), latest), np.nan)
    end = lists.until(until)
    for i in range(latest):
        if end - 1 - i < 0 or lists.at[end - 1 - i] <= at - DAY:
            break
        places[:, i] = DEEP
        own = lists.one(end - 1 - i)
        row = np.minimum(np.searchsorted(topics, own), max(len(topics) - 1, 0))
        there = topics[row] == own if len(topics) else np.zeros(len(own), np.bool_)
        places[row[there], i] = np.minimum(np.flatnonzero(there) + 1, DEEP)
    return places


def _least(row: npt.NDArray[np.int64], values: Floats, size: int, none: float) -> Floats:
    found = np.full(size, none, np.float64)
    np.minimum.at(found, row, values)
    return found
