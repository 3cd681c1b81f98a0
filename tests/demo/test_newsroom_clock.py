"""The newsroom's clock: never back, and at each stop exactly when its lap ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari import clock
from pittari.clock import DAY, HOUR, MINUTE, SECOND, Laps
from pittari.engine import Engine
from pittari.errors import SettingsError
from pittari.settings import project

STOPS = (8 * HOUR, 12 * HOUR, 18 * HOUR)
FIRST = 20_780 * DAY - HOUR
CLOCK = Laps(began=5 * SECOND, first=FIRST, stops=STOPS, offset=9 * HOUR)
real = st.integers(-DAY, 30 * DAY)


@given(real, real)
def test_it_never_goes_back(one: int, other: int) -> None:
    assert CLOCK.at(min(one, other)) <= CLOCK.at(max(one, other))


@given(st.integers(0, 10_000))
def test_it_shows_every_stop_when_its_lap_ends(number: int) -> None:
    ends = CLOCK.began + CLOCK.wait + number * CLOCK.lap
    assert CLOCK.at(ends) == CLOCK.stop(number)
    assert CLOCK.at(ends - 1) < CLOCK.stop(number)


@given(st.integers(0, 10_000))
def test_stops_come_in_the_order_of_the_day(number: int) -> None:
    assert (CLOCK.stop(number) + CLOCK.offset) % DAY == STOPS[number % 3]
    assert 0 < CLOCK.stop(number + 1) - CLOCK.stop(number) <= 14 * HOUR
    assert CLOCK.stop(number + 3) - CLOCK.stop(number) == DAY


def test_the_first_stop_comes_soon_and_the_next_ones_within_two_minutes() -> None:
    assert CLOCK.stop(0) == FIRST
    assert CLOCK.wait <= 90 * SECOND
    assert CLOCK.lap <= 120 * SECOND


def test_the_last_minutes_before_a_stop_can_be_watched() -> None:
    due = CLOCK.began + CLOCK.wait
    assert CLOCK.stop(0) - CLOCK.at(due - 30 * SECOND) <= 10 * MINUTE
    assert CLOCK.at(due + 10 * SECOND) - CLOCK.stop(0) <= 10 * MINUTE


@given(real)
def test_from_a_time_on_it_may_stand_still(at: int) -> None:
    still = replace(CLOCK, until=HOUR)
    assert still.at(at) == CLOCK.at(min(at, HOUR))


def test_a_first_stop_that_is_no_stop_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        Laps(began=0, first=FIRST + MINUTE, stops=STOPS, offset=9 * HOUR).at(0)


def test_editions_and_counts_go_by_the_file_that_settings_name(tmp_path: Path) -> None:
    (tmp_path / "pittari.toml").write_text('[digest]\nclock = "laps.json"\n')
    (tmp_path / "laps.json").write_bytes(msgspec.json.encode(CLOCK))
    engine = Engine.open(project(tmp_path))
    try:
        shown = engine.store.editions.now()
        assert CLOCK.at(clock.now() - MINUTE) < shown <= CLOCK.at(clock.now())
        assert abs(engine.now() - clock.now()) < MINUTE
    finally:
        engine.close()


@pytest.mark.parametrize("told", [None, b"{}", b"[1]", b"soon"])
def test_a_clock_that_cannot_be_read_is_named(tmp_path: Path, told: bytes | None) -> None:
    (tmp_path / "pittari.toml").write_text('[digest]\nclock = "laps.json"\n')
    if told is not None:
        (tmp_path / "laps.json").write_bytes(told)
    with pytest.raises(SettingsError, match=r"laps\.json: expected a clock that runs in laps"):
        Engine.open(project(tmp_path))
