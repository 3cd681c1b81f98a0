"""What readers click follows what they want; the editors' month is one people could have made."""

from __future__ import annotations

from itertools import combinations, pairwise

import msgspec
import numpy as np
import pytest

from pittari import clock
from pittari.demo.newsroom.editors import EDITORS, VOLATILE, composed
from pittari.demo.newsroom.front import PLACES, STEP, Day
from pittari.demo.newsroom.month import EDITIONS, Shift, month
from pittari.editions.pool import WINDOWS
from pittari.editions.signals import signals

TODAY = 20_780


@pytest.fixture(scope="module")
def today() -> Day:
    return Day(0, TODAY)


@pytest.fixture(scope="module")
def shifts() -> list[Shift]:
    return list(month(0, TODAY, 10))


def test_a_day_and_its_counts_are_the_same_for_the_same_seed(today: Day) -> None:
    again, other = Day(0, TODAY), Day(1, TODAY)
    assert np.array_equal(today.tab, again.tab)
    assert np.array_equal(today.counts.clicked, again.counts.clicked)
    assert not np.array_equal(today.tab, other.tab)


def test_the_main_tab_shows_each_story_once_and_nothing_before_its_time(today: Day) -> None:
    for step, row in enumerate(today.tab):
        at = today.start + step * STEP * clock.MINUTE
        shown = [today.news[n].at(at) for n in row if n >= 0]
        assert None not in shown
        topics = [topic for topic in shown if topic is not None]
        assert len({topic.story or topic.id for topic in topics}) == len(topics)
        for topic in topics:
            assert topic.status == "active"
            assert topic.embargo is None or topic.embargo <= clock.moment(at)
            assert topic.stale_at is None or topic.stale_at > clock.moment(at)
    assert (today.tab[6 * 60 // STEP :] >= 0).all()


def test_counts_are_of_what_stood_there_and_some_minutes_are_missing(today: Day) -> None:
    counts = today.counts
    minute = counts.minute - today.start // clock.MINUTE
    assert np.array_equal(today.tab[minute // STEP, counts.place - 1], counts.topic)
    assert (counts.clicked <= counts.seen).all()
    assert set(counts.place.tolist()) == set(range(1, PLACES + 1))
    heard = np.unique(minute)
    assert 1_000 < len(heard) < 1_440


def test_readers_look_less_at_lower_places_and_click_what_pulls(today: Day) -> None:
    counts = today.counts
    seen = np.bincount(counts.place, counts.seen)[1:]
    assert (np.diff(seen) < 0).all()
    total = np.bincount(counts.topic, counts.seen, minlength=len(today.ids))
    much = total > 150
    rate = np.bincount(counts.topic, counts.clicked, minlength=len(today.ids))[much] / total[much]
    assert np.corrcoef(rate, today.pull[much])[0, 1] > 0.4


def test_signals_find_what_pulls_behind_the_places(today: Day) -> None:
    counts = today.counts
    at = today.start + clock.DAY
    told = signals(counts, at, at - clock.MINUTE)
    found = np.array([told.of(name)["any"].rate for name in today.ids])
    total = np.bincount(counts.topic, counts.seen, minlength=len(today.ids))
    much = total > 150
    assert np.corrcoef(found[much], today.pull[much])[0, 1] > 0.5


def test_a_month_has_three_editions_a_day_each_with_its_frozen_pool(shifts: list[Shift]) -> None:
    assert [one.past.name for one in shifts] == [name for name, _, _ in EDITIONS] * 10
    assert [one.past.edition for one in shifts[-3:]] == [
        f"{clock.iso_day(TODAY)}/{name}" for name, _, _ in EDITIONS
    ]
    assert all(one.at < other.at for one, other in pairwise(shifts))
    again = list(month(0, TODAY, 10))
    assert [one.past.pool.digest for one in again] == [one.past.pool.digest for one in shifts]
    assert [one.past.editors for one in again] == [one.past.editors for one in shifts]
    for one in shifts:
        assert 60 <= len(one.past.pool.entries) <= 140
        assert all(set(entry.clicks) == set(WINDOWS) for entry in one.past.pool.entries)
        assert sum(entry.main == 1 for entry in one.past.pool.entries) == 1
        assert all(entry.topic.published <= one.past.pool.at for entry in one.past.pool.entries)


def test_pools_tell_of_the_editions_before_them(shifts: list[Shift]) -> None:
    for before, one in pairwise(shifts):
        assert one.past.pool.told[0].edition == before.past.edition
        assert tuple(topic.id for topic in one.past.pool.told[0].topics) == tuple(
            topic.id for topic in before.sent
        )


def test_editors_fill_all_places_with_distinct_topics_and_send_nothing_that_passes(
    shifts: list[Shift],
) -> None:
    for one in shifts:
        places = {name: places for name, _, places in EDITIONS}[one.past.name]
        entries = {entry.topic.id: entry.topic for entry in one.past.pool.entries}
        told = {topic.id for told in one.past.pool.told[:2] for topic in told.topics}
        for line_up in one.past.editors.values():
            assert len(line_up) == len(set(line_up)) == places
            assert not told & set(line_up)
            for name in line_up:
                assert not entries[name].hazard
                assert entries[name].kind not in VOLATILE
                assert entries[name].status == "active"


def test_editors_agree_as_colleagues_do_neither_always_nor_by_chance(shifts: list[Shift]) -> None:
    shared = [
        len(set(one) & set(other)) / len(one)
        for edition in shifts
        for one, other in combinations(edition.past.editors.values(), 2)
    ]
    assert 0.5 < float(np.mean(shared)) < 0.9
    assert {one.duty for one in shifts} == {editor.id for editor in EDITORS}


def test_an_editor_of_an_empty_pool_sends_nothing(shifts: list[Shift]) -> None:
    empty = msgspec.structs.replace(shifts[0].past.pool, entries=())
    assert composed(EDITORS[0], empty, 6, np.random.default_rng(0)) == ()
