"""Which rules hold today, how many places are there, and when may the edition go out?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from pittari.editions.pool import Told
from pittari.editions.rules.language import (
    WEEKDAYS,
    Edition,
    KeepOut,
    Rule,
    Rules,
    When,
    hour,
    span,
)
from pittari.errors import SettingsError, nearest


@dataclass(frozen=True, slots=True)
class Day:
    """A day as rules see it: local date, edition, and the modes the desk has switched on."""

    date: date
    edition: str
    country: str
    modes: tuple[str, ...] = ()


def today(rules: Rules, at: datetime, modes: tuple[str, ...] = ()) -> Day:
    """Returns the day of a time in the edition's zone."""
    edition = rules.edition
    local = at.astimezone(ZoneInfo(edition.zone))
    return Day(local.date(), edition.name, edition.holidays, modes)


def in_force(rule: Rule | KeepOut, day: Day) -> bool:
    """Says whether a rule holds on a day: not expired, `when` fits, `unless` does not."""
    if rule.expires is not None and day.date > rule.expires:
        return False
    fits = rule.when is None or holds(rule.when, day)
    return fits and not (rule.unless is not None and holds(rule.unless, day))


def holds(when: When, day: Day) -> bool:
    """Says whether all that is given of `when` fits the day.

    Raises `SettingsError` when it asks for holidays and the extra `news` is not installed.
    """
    return (
        (not when.editions or day.edition in when.editions)
        and (not when.weekdays or WEEKDAYS[day.date.weekday()] in when.weekdays)
        and (not when.dates or day.date in when.dates)
        and (when.since is None or day.date >= when.since)
        and (when.until is None or day.date <= when.until)
        and (when.mode is None or when.mode in day.modes)
        and (when.holiday is None or is_holiday(day.country, day.date) == when.holiday)
    )


def places(rules: Rules, day: Day) -> int:
    """Returns how many places the edition has on a day."""
    return next((some.n for some in rules.days if holds(some.when, day)), rules.edition.places)


def is_holiday(country: str, day: date) -> bool:
    """Says whether a day is a public holiday. Raises `SettingsError` without the extra `news`."""
    return day in _holidays(country, day.year)


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    try:
        import holidays
    except ImportError as error:
        raise SettingsError(
            'rules that ask for holidays need the extra `news`: pip install "pittari[news]"'
        ) from error
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError as error:
        known = list(holidays.list_supported_countries())
        raise SettingsError(
            f"edition.holidays: no holidays are known of {country}.{nearest(country, known)}"
        ) from error


@dataclass(frozen=True, slots=True)
class Window:
    """When an edition may change and go out, as zoned times.

    Until `veto_until` the desk may change it, at `due` it goes out; after `late_until` no more.
    """

    veto_until: datetime
    due: datetime
    late_until: datetime


def window(edition: Edition, day: date) -> Window:
    """Returns the times of an edition on a local date, in the edition's zone.

    A time that a change of clocks skips falls as much later; of one told twice the first counts.
    It may always go out late: `late_until` is later than `due`.
    `late_until` earlier than `at` is on the next day.
    """
    due = _local(day, edition.at, edition.zone)
    last = day + timedelta(days=edition.late_until < edition.at)
    late = _local(last, edition.late_until, edition.zone)
    if late <= due:  # the change of clocks skipped the first of the two alone
        hours = hour(edition.late_until) - hour(edition.at)
        late = due + timedelta(hours=hours % 24)
    return Window(due - timedelta(minutes=edition.veto_minutes), due, late)


def no_sooner(edition: Edition, due: datetime, told: tuple[Told, ...]) -> datetime:
    """Returns when the edition may go out: when due, or `after_extra` after the last extra."""
    if edition.after_extra is None:
        return due
    pause = timedelta(microseconds=span(edition.after_extra))
    return max([due, *(some.at + pause for some in told if some.is_extra)])


def is_full(edition: Edition, day: date, told: tuple[Told, ...]) -> bool:
    """Says whether as many editions and extras went out on a day as `per_day` allows."""
    zone = ZoneInfo(edition.zone)
    sent = sum(some.at.astimezone(zone).date() == day for some in told)
    return edition.per_day is not None and sent >= edition.per_day


def _local(day: date, time: str, zone: str) -> datetime:
    local = datetime(
        day.year, day.month, day.day, int(time[:2]), int(time[3:]), tzinfo=ZoneInfo(zone)
    )
    return local.astimezone(UTC).astimezone(ZoneInfo(zone))
