"""The newsroom in motion: it founds itself, wakes where it fell asleep, and its editions go out."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from pittari import clock
from pittari.clock import Laps
from pittari.demo import recipe_of
from pittari.demo.newsroom.founding import CLOCK, HISTORY, halt, reached, resume, wind
from pittari.demo.newsroom.grammar import SECTIONS
from pittari.demo.newsroom.month import EDITIONS, month
from pittari.demo.newsroom.plan import OFFSET
from pittari.demo.newsroom.running import live
from pittari.demo.newsroom.wire import FAR, Wire
from pittari.editions.gathering import read_sheet
from pittari.editions.pool import read_pool
from pittari.engine import Engine
from pittari.experiments.shadow.history import read_history
from pittari.settings import Project, project
from pittari.store import Store, open_store
from pittari.touchpoints import digest

MONDAY = 20_780 * clock.DAY - OFFSET


@pytest.fixture
def moving(tmp_path: Path) -> Iterator[tuple[Store, list[int]]]:
    """An empty store whose editions and counts go by a clock that the test sets."""
    now = [MONDAY]
    store = open_store(
        f"sqlite:///{tmp_path}/x.db", tmp_path / "l", tmp_path / "p", newsroom=lambda: now[0]
    )
    yield store, now
    store.close()


def test_the_month_stands_in_the_ledger_with_its_pools_and_in_a_history_file(
    engine: Engine, site: Project
) -> None:
    recipe = recipe_of(site.folder)
    shifts = list(month(recipe.seed, recipe.end))
    gone = engine.store.editions.released(shifts[-1].at + 1, 1000)
    assert [edition.id for edition in reversed(gone)] == [one.past.edition for one in shifts]
    for edition, shift in zip(reversed(gone), shifts, strict=True):
        sheet = read_sheet(edition.body)
        assert sheet is not None
        assert sheet.topics == shift.past.editors[shift.duty]
        assert (edition.due, edition.changed, edition.owner) == (shift.at, shift.at, shift.duty)
        assert edition.pool == shift.past.pool.digest
        assert engine.explain(edition.decision).context == {"editor": shift.duty}
    newest = gone[0]
    assert read_pool(engine.store.topics.pool(newest.pool), newest.id) == shifts[-1].past.pool
    assert engine.store.outbox.waiting() == []
    told = read_history((site.folder / HISTORY).parent)
    assert list(told.pasts) == [shift.past for shift in shifts]


def test_the_founding_draws_all_sections_and_lets_the_next_edition_be_the_first_of_the_day(
    site: Project,
) -> None:
    assert all((site.folder / f"pictures/news-{name}.svg").is_file() for name in SECTIONS)
    laps = site.newsroom_clock
    assert laps is not None
    after = (recipe_of(site.folder).end + 1) * clock.DAY - OFFSET
    assert laps.first == after + EDITIONS[0][1] * clock.HOUR
    assert laps() == laps.at(laps.began) < laps.first
    assert laps() == site.newsroom_clock()  # type: ignore[misc]


def test_a_new_world_can_be_asked_for_its_next_edition_with_clicks_in_its_pool(
    engine: Engine,
) -> None:
    pool = engine.digest.pool("x/morning", engine.store.editions.now())
    assert len(pool.entries) > 80
    assert [one.edition.rpartition("/")[2] for one in pool.told[:3]] == [
        "evening",
        "noon",
        "morning",
    ]
    assert sum(entry.main > 0 for entry in pool.entries) == 8
    assert any(entry.clicks["any"].seen for entry in pool.entries)
    assert all(entry.topic.titles.keys() == {"ja", "en"} for entry in pool.entries)


def test_the_wire_brings_each_row_once_however_often_it_is_followed(
    moving: tuple[Store, list[int]],
) -> None:
    store, now = moving
    steps = [3 * clock.HOUR, 7 * clock.MINUTE, 40 * clock.SECOND, 0, 15 * clock.MINUTE]
    wire = Wire(store, 0, MONDAY - clock.HOUR)
    sent = 0
    for step in steps:
        now[0] += step
        sent += wire.follow(now[0])
    store.counts.tail()
    once = store.counts.minutes(MONDAY - FAR, now[0])
    looks = int(once.seen.sum() + once.clicked.sum())
    assert 0 < looks < sent, "some rows were sent twice, and counted once"
    Wire(store, 0, MONDAY - clock.HOUR).follow(now[0])
    store.counts.tail()
    again = store.counts.minutes(MONDAY - FAR, now[0])
    assert int(again.seen.sum() + again.clicked.sum()) == looks
    assert len(store.topics.placed(now[0]).ids) == 8
    assert all(clock.micros(t.published) <= now[0] for t in store.topics.current(0))


def test_who_slept_long_misses_what_was_long_ago(moving: tuple[Store, list[int]]) -> None:
    store, _ = moving
    wire = Wire(store, 0, MONDAY - 100 * clock.DAY)
    wire.follow(MONDAY)
    oldest = min(clock.micros(topic.published) for topic in store.topics.current(0))
    assert oldest > MONDAY - FAR - 3 * clock.HOUR
    assert wire.follow(MONDAY) == 0


def test_a_clock_is_wound_to_the_next_edition_after_a_moment(tmp_path: Path) -> None:
    (tmp_path / "newsroom").mkdir()
    noon = MONDAY + 12 * clock.HOUR
    laps = wind(tmp_path, noon, began=0)
    assert laps.stop(0) == laps.first == MONDAY + 18 * clock.HOUR
    assert noon < laps.at(0) < laps.first
    assert wind(tmp_path, noon - 1, began=0).first == noon
    late = wind(tmp_path, MONDAY + 20 * clock.HOUR, began=0)
    assert late.first == MONDAY + clock.DAY + 8 * clock.HOUR
    assert msgspec.json.decode((tmp_path / CLOCK).read_bytes(), type=Laps) == late


def test_a_halted_clock_stands_and_goes_on_from_there(
    moving: tuple[Store, list[int]], tmp_path: Path
) -> None:
    (tmp_path / "newsroom").mkdir()
    wind(tmp_path, MONDAY, began=clock.now() - 30 * clock.SECOND)

    def laps() -> Laps:
        return msgspec.json.decode((tmp_path / CLOCK).read_bytes(), type=Laps)

    halt(tmp_path)
    stood = laps()()
    assert laps().at(clock.now() + clock.DAY) == stood
    resume(tmp_path, moving[0])
    went = laps()
    assert went.until is None
    assert went.first == MONDAY + 8 * clock.HOUR
    assert stood <= went() < stood + clock.HOUR


def test_a_clock_that_nobody_halted_goes_on_from_what_was_reached(
    moving: tuple[Store, list[int]], tmp_path: Path
) -> None:
    (tmp_path / "newsroom").mkdir()
    wind(tmp_path, MONDAY, began=0)
    moving[0].topics.place(MONDAY + 9 * clock.HOUR, ["demo-1"])
    assert reached(moving[0]) == MONDAY + 9 * clock.HOUR
    resume(tmp_path, moving[0])
    laps = msgspec.json.decode((tmp_path / CLOCK).read_bytes(), type=Laps)
    assert laps.first == MONDAY + 12 * clock.HOUR
    assert clock.now() - clock.MINUTE < laps.began <= clock.now()


def test_an_edition_goes_out_on_the_newsrooms_clock_exactly_once(
    site: Project, tmp_path: Path
) -> None:
    folder = tmp_path / "world"
    shutil.copytree(site.folder, folder)
    place = project(folder)
    with closing(Engine.open(place)) as engine:
        laps = wind(folder, reached(engine.store))
    soon = replace(laps, began=clock.now() - laps.wait + 3 * clock.SECOND)
    (folder / CLOCK).write_bytes(msgspec.json.encode(soon))
    seed, stop = recipe_of(folder).seed, threading.Event()
    with closing(Engine.open(place)) as engine:
        table, store = place.settings.digest, engine.store
        with digest.running(engine.digest, folder, table, "here") as runner:
            newsroom = threading.Thread(target=live, args=(store, seed, runner, stop))
            newsroom.start()
            try:
                pause = threading.Event()
                while store.editions.released(2**62, 1)[0].due != soon.first:
                    assert newsroom.is_alive()
                    pause.wait(0.05)
                pause.wait(0.5)
            finally:
                stop.set()
                newsroom.join()
        edition = store.editions.released(2**62, 1)[0]
        assert edition.owner == "here"
        assert edition.changed >= edition.due
        rows = store.outbox.of(edition.id)
        assert [row.place for row in rows] == list(range(1, 7))
        decided = engine.explain(edition.decision)
        assert [slot.item for slot in decided.slots] == [row.topic for row in rows]
        written = [
            msgspec.json.decode(line) for line in (folder / table.outbox).read_bytes().splitlines()
        ]
        sent = Counter((line["edition"], line["place"]) for line in written)
        assert sent == {(edition.id, place): 1 for place in range(1, 7)}
        topics = store.topics.topics(row.topic for row in rows)
        assert not any(topic.hazard for topic in topics.values())
