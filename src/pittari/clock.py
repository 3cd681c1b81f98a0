"""What time is it, and which day? The only room that reads the time.

Times are whole microseconds since 1970-01-01T00:00Z ("at"); days are UTC days since then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
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
