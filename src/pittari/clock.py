"""What time is it, and which day? The only room that reads the time.

Times are whole microseconds since 1970-01-01T00:00Z ("at"); days are UTC days since then.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pittari.errors import Invalid

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Clock = Callable[[], int]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


def now() -> int:
    """Returns the present in microseconds UTC."""
    return time.time_ns() // 1000


def micros(moment: datetime) -> int:
    """Returns a zoned datetime as microseconds UTC.

    Raises `Invalid` when it has no zone, and when UTC has no such time: the first hours of the
    year 1 east of Greenwich, the last of 9999 west of it, which `moment` could not give back.
    """
    if moment.tzinfo is None:
        raise Invalid(f"expected a time with its zone, such as 2026-01-31T09:00:00Z; got {moment}")
    at = (moment - _EPOCH) // _MICROSECOND
    if not _FIRST <= at <= _LAST:
        raise Invalid(f"expected a time from the year 1 to 9999 in UTC; got {moment}")
    return at


def moment(at: int) -> datetime:
    """Returns microseconds UTC as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def day(at: int) -> int:
    """Returns the UTC day a time falls on, in days since 1970-01-01."""
    return at // DAY


def iso(at: int) -> str:
    """Returns a time as ISO 8601 text in UTC, such as 2026-01-31T09:00:00Z."""
    return moment(at).isoformat().replace("+00:00", "Z")


def iso_day(number: int) -> str:
    """Returns a day number as text, such as 2026-01-31."""
    return moment(number * DAY).date().isoformat()


@dataclass(frozen=True, slots=True)
class Laps:
    """A clock for made-up worlds, which runs from one time of the day to the next in a short lap.

    `stops`: the times of the day, ascending, in microseconds since midnight of a zone that is
    `offset` east of UTC all year. The first lap ends at the moment `first`, which is one of them,
    `wait` of real time after `began`; each further one takes `lap`. A lap goes slowly over the
    time `around` its ends, that one can watch what happens there, and fast between. From the real
    time `until` on the clock stands still. All in microseconds.
    """

    began: int
    first: int
    stops: tuple[int, ...]
    offset: int = 0
    until: int | None = None
    wait: int = 90 * SECOND
    lap: int = 120 * SECOND
    around: int = 12 * MINUTE

    def __call__(self) -> int:
        """Returns what this clock shows now, in microseconds UTC."""
        return self.at(now())

    def at(self, real: int) -> int:
        """Returns what this clock shows at a real time: never less than it showed before."""
        real = real if self.until is None else min(real, self.until)
        number, within = divmod(real - self.began - self.wait, self.lap)
        begin, end = self.stop(number), self.stop(number + 1)
        shown = (begin, begin + self.around, end - self.around, end)
        passed = (0, self.lap // 8, self.lap * 5 // 8, self.lap)
        part = min(bisect_right(passed, within), 3)
        since, share = passed[part - 1], within - passed[part - 1]
        return shown[part - 1] + (shown[part] - shown[part - 1]) * share // (passed[part] - since)

    def stop(self, number: int) -> int:
        """Returns when a lap ends, 0: the first one, in microseconds UTC."""
        midnight, time_of_day = divmod(self.first + self.offset, DAY)
        days, turn = divmod(self.stops.index(time_of_day) + number, len(self.stops))
        return (midnight + days) * DAY + self.stops[turn] - self.offset
