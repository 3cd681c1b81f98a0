"""Rules hold on their days; editions go out in their window, apart from extras, so many a day."""

from __future__ import annotations

import builtins
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.editions.newspapers import AT, EDITION, REASON, entry, pool, written

from pittari.editions.compiling import admitted, compiled
from pittari.editions.pool import Told, Wishes
from pittari.editions.rules import (
    RuleError,
    calendar,
    in_force,
    is_full,
    no_sooner,
    places,
    read_rules,
    today,
    window,
)

SUNDAY = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)  # 8:00 on Sunday the 22nd in Tokyo
HOLIDAY = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # the 23rd: Labour Thanksgiving Day
TUESDAY = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


def held(at: datetime, modes: tuple[str, ...] = (), **told: Any) -> bool:
    rule = {"name": "some", "reason": REASON, "apart": "section", **told}
    rules = read_rules(written(EDITION, rule=[rule]), "rules.toml")
    return in_force(rules.rules[0], today(rules, at, modes))


@pytest.mark.parametrize(
    ("when", "at", "modes", "holds"),
    [
        ({"weekdays": ["sunday"]}, SUNDAY, (), True),
        ({"weekdays": ["saturday", "monday"]}, SUNDAY, (), False),
        ({"holiday": True}, HOLIDAY, (), True),
        ({"holiday": True}, TUESDAY, (), False),
        ({"holiday": False}, TUESDAY, (), True),
        ({"dates": [date(2026, 11, 22)]}, SUNDAY, (), True),
        ({"dates": [date(2026, 11, 21)]}, SUNDAY, (), False),
        ({"since": date(2026, 11, 22), "until": date(2026, 11, 22)}, SUNDAY, (), True),
        ({"since": date(2026, 11, 23)}, SUNDAY, (), False),
        ({"until": date(2026, 11, 21)}, SUNDAY, (), False),
        ({"mode": "election"}, SUNDAY, ("election",), True),
        ({"mode": "mourning"}, SUNDAY, ("election",), False),
        ({"editions": ["morning", "noon"]}, SUNDAY, (), True),
        ({"editions": ["evening"]}, SUNDAY, (), False),
        ({"weekdays": ["sunday"], "mode": "election"}, SUNDAY, (), False),
    ],
)
def test_a_rule_holds_on_its_days(
    when: dict[str, Any], at: datetime, modes: tuple[str, ...], holds: bool
) -> None:
    assert held(at, modes, when=when) == holds
    assert held(at, modes, unless=when) != holds


def test_a_rule_holds_until_the_end_of_its_last_day() -> None:
    assert held(SUNDAY, expires=date(2026, 11, 22))
    assert not held(SUNDAY, expires=date(2026, 11, 21))


def test_the_desks_mode_switches_rules_of_safety_and_of_taste() -> None:
    when = {"when": {"mode": "mourning"}, "reason": REASON}
    text = written(
        EDITION,
        keep_out=[{"name": "no-jokes", "where": {"tone": "soft"}, **when}],
        rule=[{"name": "hard-first", "want": {"tone": "hard"}, **when}],
    )
    rules, here = read_rules(text, "rules.toml"), pool(entry("joke", tone="soft"), entry("news"))
    assert not admitted(rules, here).kept_out
    assert not compiled(rules, here).levels
    mourning = Wishes(modes=("mourning",))
    assert admitted(rules, here, mourning).kept_out == {"joke": "no-jokes"}
    assert [level.name for level in compiled(rules, here, mourning).levels] == ["hard-first"]


def test_the_number_of_places_follows_the_day() -> None:
    tables = [
        {"n": 8, "when": {"mode": "election"}},
        {"n": 4, "when": {"weekdays": ["saturday", "sunday"]}},
    ]
    rules = read_rules(written(EDITION, places=tables), "rules.toml")
    assert places(rules, today(rules, TUESDAY)) == 6
    assert places(rules, today(rules, SUNDAY)) == 4
    assert places(rules, today(rules, SUNDAY, ("election",))) == 8
    assert compiled(rules, pool(*(entry(f"t{i}") for i in range(9)))).places == 4


def test_without_the_package_of_holidays_the_reader_says_which_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = builtins.__import__

    def gone(name: str, *rest: Any, **more: Any) -> Any:
        if name == "holidays":
            raise ImportError(name)
        return real(name, *rest, **more)

    calendar._holidays.cache_clear()
    monkeypatch.setattr(builtins, "__import__", gone)
    with pytest.raises(RuleError, match=r"pittari\[news\]"):
        held(SUNDAY, when={"holiday": True})
    assert held(SUNDAY, when={"weekdays": ["sunday"]})


def edition(**told: Any) -> Any:
    return read_rules(written(EDITION | told), "rules.toml").edition


@given(day=st.dates(date(2000, 1, 1), date(2037, 12, 31)))
def test_a_window_opens_when_the_desk_can_change_no_more_and_closes_after_it_is_due(
    day: date,
) -> None:
    for zone in ("Asia/Tokyo", "Europe/Berlin", "America/New_York"):
        times = window(edition(zone=zone, at="02:30", late_until="03:10", veto_minutes=5), day)
        assert times.due - times.veto_until == timedelta(minutes=5)
        assert times.veto_until <= times.due < times.late_until
        assert times.late_until - times.due <= timedelta(hours=2)
        assert times.due.astimezone(ZoneInfo(zone)).date() == day


@pytest.mark.parametrize(
    ("day", "due", "late"),
    [
        (date(2026, 3, 29), "03:30+02:00", "04:10+02:00"),  # 02:30 is skipped, 03:10 too early
        (date(2026, 10, 25), "02:30+02:00", "03:10+01:00"),  # 02:30 comes twice
        (date(2026, 6, 1), "02:30+02:00", "03:10+02:00"),
    ],
)
def test_a_change_of_clocks_moves_no_edition_to_another_day(day: date, due: str, late: str) -> None:
    times = window(edition(zone="Europe/Berlin", at="02:30", late_until="03:10"), day)
    assert times.due.isoformat()[11:].replace(":00+", "+") == due
    assert times.late_until.isoformat()[11:].replace(":00+", "+") == late


def test_a_window_may_end_after_midnight() -> None:
    times = window(edition(at="23:50", late_until="00:20"), date(2026, 12, 31))
    assert times.late_until.isoformat() == "2027-01-01T00:20:00+09:00"


def told(name: str, minutes: int) -> Told:
    return Told(edition=name, at=AT + timedelta(minutes=minutes), topics=())


def test_an_edition_keeps_its_distance_from_an_extra() -> None:
    spaced, due = edition(after_extra="30m"), AT
    went_out = (told("2026-11-22/extra", -10), told("2026-11-22/dawn", -1))
    assert no_sooner(spaced, due, went_out) == AT + timedelta(minutes=20)
    assert no_sooner(spaced, due, (told("2026-11-22/extra", -40),)) == due
    assert no_sooner(edition(), due, went_out) == due


def test_a_day_takes_so_many_editions_and_extras_and_no_more() -> None:
    day = date(2026, 11, 22)
    one, two, yesterday = told("x/extra", -10), told("x/noon", -60), told("x/evening", -60 * 9)
    assert is_full(edition(per_day=2), day, (one, two))
    assert not is_full(edition(per_day=2), day, (one, yesterday))
    assert not is_full(edition(), day, (one, two))
