"""Which editions are to come, and when? Days and clocks of each edition's own zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pittari import clock
from pittari.editions.rules import Rules, window
from pittari.model.edition import Planned

AHEAD = 2
"""Days for which editions are entered in advance."""


def planned(rules: Rules, day: date) -> Planned:
    """Returns the edition of a local date, in the edition's zone."""
    told = window(rules.edition, day)
    due = clock.micros(told.due)
    return Planned(
        id=f"{day.isoformat()}/{rules.edition.name}",
        name=rules.edition.name,
        due=due,
        closes=due - rules.edition.veto_minutes * clock.MINUTE,
        late_until=clock.micros(told.late_until),
    )


def coming(rules: Rules, now: int, ahead: int = AHEAD) -> Iterable[Planned]:
    """Yields the editions by these rules that may still go out, up to `ahead` days from today."""
    today = clock.moment(now).astimezone(ZoneInfo(rules.edition.zone)).date()
    for days in range(-1, ahead + 1):
        edition = planned(rules, today + timedelta(days=days))
        if edition.late_until >= now:
            yield edition


def rehearsal(name: str, now: int, every: int) -> Planned:
    """Returns the dry edition of this moment: one each `every` microseconds, for all replicas."""
    due = now - now % every
    started = clock.iso(due).removesuffix("Z")
    return Planned(f"dry-{started}/{name}", name, due, due, due + every - 1, dry=True)
