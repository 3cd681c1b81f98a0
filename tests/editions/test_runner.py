"""The clock: what happens when, whatever goes wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

import msgspec
import pytest
from tests.editions.conftest import MORNING, House, topics
from tests.editions.outage import read_only

from pittari import clock
from pittari.editions import releasing
from pittari.editions.gathering import read_sheet
from pittari.editions.ladder import Composed, Parts, composed
from pittari.editions.planning import coming, planned, rehearsal
from pittari.editions.pool import Pool, Wishes, read_pool
from pittari.editions.problem import LineUp, Problem
from pittari.editions.rulebook import read_edition
from pittari.editions.rules import RuleError, Rules, default_text, read_rules
from pittari.editions.runner import Pace, Runner
from pittari.errors import Invalid
from pittari.model.edition import Act
from pittari.model.event import Served
from pittari.store.outbox import Released
from pittari.touchpoints.digest import compose

NAME = "2024-11-22/morning"
MINUTE = clock.MINUTE


def stocked(house: House, count: int = 12) -> None:
    house.store.topics.put(topics(count, house.at))


def until(house: House, left: int) -> None:
    """Turns the clock to so many minutes before the edition is due."""
    house.at = MORNING - left * MINUTE


def test_an_edition_is_drafted_twice_and_goes_out_when_it_is_due(house: House) -> None:
    stocked(house)
    runner = house.runner()
    seen = []
    for left in (90, 59, 29, 25, 9, 1, 0):
        until(house, left)
        runner.tick()
        edition = house.store.editions.edition(NAME)
        sheet = read_sheet(edition.body)
        drafted = (MORNING - clock.micros(sheet.at)) // MINUTE if sheet else None
        seen.append((left, edition.state, drafted))
    assert seen == [
        (90, "planned", None), (59, "planned", None), (29, "composed", 29), (25, "composed", 29),
        (9, "composed", 9), (1, "composed", 9), (0, "released", 0),
    ]  # fmt: skip
    edition = house.store.editions.edition(NAME)
    rows = house.store.outbox.of(NAME)
    assert [row.place for row in rows] == [1, 2, 3, 4, 5, 6]
    served = house.store.events.served(edition.decision)
    assert served is not None
    assert [slot.item for slot in served.slots] == [row.topic for row in rows]
    told = {"rules": edition.rules, "pool": edition.pool, "settings": edition.rules}
    assert served.versions == told
    assert house.kinds() == []


def test_a_released_edition_can_be_composed_again_from_what_was_kept(house: House) -> None:
    stocked(house)
    until(house, 0)
    house.runner().tick()
    edition = house.store.editions.edition(NAME)
    pool = read_pool(house.store.topics.pool(edition.pool), "pool")
    made, served = compose(
        house.rulebook.rules("morning"), pool, house.steps()._wishes(edition), []
    )
    sheet = read_sheet(edition.body)
    assert sheet is not None
    assert made == sheet.composed
    assert served.decision_id == edition.decision


def test_silence_means_go_and_the_desks_wishes_stand(house: House) -> None:
    stocked(house)
    runner = house.runner()
    until(house, 9)
    runner.tick()
    store = house.store
    drafted = read_sheet(store.editions.edition(NAME).body)
    assert drafted is not None
    first, second = drafted.topics[:2]
    store.editions.act(NAME, "mika", Act(deed="veto", topic=first), 0)
    store.editions.act(NAME, "mika", Act(deed="pin", places={6: second}), 1)
    until(house, 0)
    runner.tick()
    topics_out = [row.topic for row in store.outbox.of(NAME)]
    assert first not in topics_out
    assert topics_out[5] == second


def test_an_edition_that_is_held_is_not_sent_and_the_desk_is_called(house: House) -> None:
    stocked(house)
    runner = house.runner()
    until(house, 9)
    runner.tick()
    house.store.editions.act(NAME, "mika", Act(deed="hold"), 0)
    until(house, 0)
    runner.tick()
    edition = house.store.editions.edition(NAME)
    assert (edition.state, edition.note) == ("skipped", "held mika")
    assert house.store.outbox.of(NAME) == []
    assert house.kinds() == ["skipped_held"]


def test_a_start_after_the_time_is_late_until_it_is_too_late(house: House) -> None:
    stocked(house)
    house.runner().tick()
    until(house, -39)
    house.runner("two").tick()
    assert house.store.editions.edition(NAME).state == "released"
    assert house.kinds() == ["late"]
    noon = "2024-11-22/noon"
    house.at = house.store.editions.edition(noon).late_until + 1
    house.runner("three").tick()
    edition = house.store.editions.edition(noon)
    assert (edition.state, edition.note) == ("skipped", "late")
    assert house.kinds() == ["late", "skipped_late"]


def test_an_hour_before_the_desk_is_called_when_too_little_may_stand(house: House) -> None:
    stocked(house, 2)
    runner = house.runner()
    until(house, 59)
    runner.tick()
    runner.tick()
    assert house.kinds() == ["assumption"]
    stocked(house, 12)
    until(house, 0)
    runner.tick()
    assert house.store.editions.edition(NAME).state == "released"


def test_an_hour_before_the_desk_is_told_which_promises_would_break(house: House) -> None:
    only = [msgspec.structs.replace(topic, section="sport") for topic in topics(12, house.at)]
    house.store.topics.put(only)
    until(house, 59)
    house.runner().tick()
    assert house.kinds() == ["promises"]
    (alarm,) = house.store.alarms.latest()
    text = msgspec.json.decode(alarm.body)["text"]
    assert text["en"] != text["ja"]
    assert "many-sections" in text["en"]


def test_with_too_few_topics_nothing_is_sent_and_the_desk_is_called(house: House) -> None:
    stocked(house, 2)
    until(house, 0)
    house.runner().tick()
    edition = house.store.editions.edition(NAME)
    assert (edition.state, edition.note) == ("skipped", "few 2 3")
    assert house.kinds() == ["skipped_few"]


def test_a_pool_that_fails_or_is_late_is_replaced_by_the_last_one(house: House) -> None:
    stocked(house)
    until(house, 9)
    house.runner().tick()
    old = house.store.editions.edition(NAME).pool
    house.store.topics.delete(["t0"])

    def hangs(name: str, at: int) -> Pool:
        time.sleep(30)
        raise AssertionError

    until(house, 0)
    house.runner(gather=hangs, patience=0.05).tick()
    edition = house.store.editions.edition(NAME)
    assert edition.state == "released"
    assert edition.pool != old
    pool = read_pool(house.store.topics.pool(edition.pool), "pool")
    assert [note.key for note in pool.notes][-1] == "pool_of"
    assert clock.micros(pool.at) == MORNING
    assert "t0" not in [row.topic for row in house.store.outbox.of(NAME)]
    assert house.kinds() == ["stale"]


def test_without_any_pool_it_is_tried_again(house: House) -> None:
    stocked(house)
    until(house, 0)
    broken = [True]

    def gather(name: str, at: int) -> Pool:
        if broken:
            raise ValueError("no pool today")
        return house.steps().gather(name, at)

    runner = house.runner(gather=gather)
    runner.tick()
    assert house.store.editions.edition(NAME).state == "claimed"
    assert house.kinds() == ["broken"]
    broken.clear()
    runner.tick()
    assert house.store.editions.edition(NAME).state == "claimed", "it waits a moment"
    house.at += 5 * clock.SECOND
    runner.tick()
    assert house.store.editions.edition(NAME).state == "released"


def test_a_database_that_takes_no_writes_stops_nothing_for_good_and_the_desk_is_called(
    house: House,
) -> None:
    stocked(house)
    runner = house.runner()
    until(house, 1)
    runner.tick()
    until(house, 0)
    with read_only(house.store.database):
        runner.tick()
        runner.tick()
        for _ in range(200):
            if house.calls:
                break
            time.sleep(0.05)
        assert house.store.editions.edition(NAME).state == "composed"
    assert [(told.edition, told.kind) for told in house.calls] == [(NAME, "database")]
    runner.tick()
    assert house.store.editions.edition(NAME).state == "released"
    assert len(house.store.outbox.of(NAME)) == 6


def test_the_desk_is_told_of_an_edition_that_came_from_far_down_the_ladder(house: House) -> None:
    stocked(house)

    def raises(problem: Problem, seconds: float) -> LineUp:
        raise MemoryError

    def hindered(
        rules: Rules, pool: Pool, wishes: Wishes, prepared: Sequence[Sequence[str]]
    ) -> tuple[Composed, Served]:
        _, served = compose(rules, pool, wishes, prepared)
        return composed(rules, pool, wishes, prepared, Parts(solve=raises)), served

    until(house, 0)
    house.runner(compose=hindered).tick()
    assert house.store.editions.edition(NAME).state == "released"
    assert house.kinds() == ["fallback"]


def test_what_the_audit_blocks_is_left_out_and_the_edition_goes(house: House) -> None:
    stocked(house)
    house.store.topics.put([msgspec.structs.replace(topics(1, house.at)[0], hazard=True)])
    unsafe = "t0"

    def careless(
        rules: Rules, pool: Pool, wishes: Wishes, prepared: Sequence[Sequence[str]]
    ) -> tuple[Composed, Served]:
        made, served = compose(rules, pool, wishes, prepared)
        if unsafe in wishes.vetoes:
            return made, served
        return msgspec.structs.replace(made, topics=(unsafe, *made.topics[1:])), served

    until(house, 0)
    house.runner(compose=careless).tick()
    assert house.store.editions.edition(NAME).state == "released"
    assert unsafe not in [row.topic for row in house.store.outbox.of(NAME)]
    assert house.kinds() == ["audit"]


def test_a_composer_deaf_to_safety_lets_nothing_unsafe_out(house: House) -> None:
    stocked(house, 40)
    unsafe = {f"t{number}" for number in range(30)}
    house.store.topics.put(
        [msgspec.structs.replace(topic, hazard=True) for topic in topics(30, house.at)]
    )

    def deaf(
        rules: Rules, pool: Pool, wishes: Wishes, prepared: Sequence[Sequence[str]]
    ) -> tuple[Composed, Served]:
        blind = msgspec.structs.replace(rules, keep_out=())
        deaf_to = msgspec.structs.replace(wishes, vetoes=())
        return compose(blind, pool, deaf_to if heeds is None else wishes, prepared)

    until(house, 0)
    heeds: object = True
    house.runner(compose=deaf).tick()
    rows = house.store.outbox.of(NAME)
    assert len(rows) == 6
    assert unsafe.isdisjoint(row.topic for row in rows)
    house.at += 4 * clock.HOUR
    heeds = None
    house.runner(compose=deaf).tick()
    assert unsafe.isdisjoint(row.topic for row in house.store.outbox.of("2024-11-22/noon"))


def test_a_topic_withdrawn_while_the_edition_is_composed_does_not_go_out(house: House) -> None:
    stocked(house)
    gone: list[str] = []

    def slow(
        rules: Rules, pool: Pool, wishes: Wishes, prepared: Sequence[Sequence[str]]
    ) -> tuple[Composed, Served]:
        made, served = compose(rules, pool, wishes, prepared)
        if not gone:
            gone.append(made.topics[0])
            house.store.topics.delete(gone)
        return made, served

    until(house, 0)
    runner = house.runner(compose=slow)
    runner.tick()
    assert house.store.editions.edition(NAME).state == "claimed"
    runner.tick()
    rows = house.store.outbox.of(NAME)
    assert len(rows) == 6
    assert gone[0] not in [row.topic for row in rows]


def test_an_audit_that_breaks_warns_and_the_edition_goes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    stocked(house)
    monkeypatch.setattr(releasing, "audited", breaks)
    until(house, 0)
    house.runner().tick()
    assert len(house.store.outbox.of(NAME)) == 6
    assert house.kinds() == ["audit"]


def test_a_channel_that_breaks_its_contract_stops_no_edition(house: House) -> None:
    class Rude:
        name = "rude"

        def send(self, rows: Sequence[Released]) -> None:
            raise KeyError("not what was agreed")

    stocked(house)
    until(house, 0)
    runner = Runner(house.steps(), Pace(rehearse=0), Rude())
    runner.tick()
    house.at += 4 * clock.HOUR
    runner.tick()
    assert house.store.editions.edition("2024-11-22/noon").state == "released"
    assert len(house.store.outbox.waiting()) == 9


def test_a_rule_file_emptied_while_editions_run_stops_none(house: House) -> None:
    stocked(house)
    own = house.folder / "touchpoints" / "digest"
    own.mkdir(parents=True)
    for name in ("morning", "noon"):
        (own / f"{name}.toml").write_text(default_text(name))
    house.__post_init__()
    house.runner().tick()
    (own / "noon.toml").write_text("")
    until(house, 0)
    house.runner("two").tick()
    assert house.store.editions.edition(NAME).state == "released"
    assert "rules" in house.kinds()


@pytest.mark.parametrize("topic", ["t\n1", "\x00", "x" * 1000, "\ud800"])
def test_an_act_that_could_not_be_read_again_is_not_entered(house: House, topic: str) -> None:
    stocked(house)
    house.runner().tick()
    for act in (Act(deed="veto", topic=topic), Act(deed="pin", places={1: topic})):
        with pytest.raises(Invalid):
            house.store.editions.act(NAME, "mori", act, 0)
    until(house, 0)
    house.runner().tick()
    assert house.store.editions.edition(NAME).state == "released"


def test_rules_of_another_edition_are_not_taken_for_this_one() -> None:
    with pytest.raises(RuleError, match='expected "noon", got "morning"') as caught:
        read_edition(default_text("morning"), "noon")
    assert caught.value.key == "edition.name"
    assert "name" in default_text("morning").splitlines()[caught.value.line - 1]


def test_rules_that_cannot_be_read_are_replaced_by_those_of_the_product(house: House) -> None:
    stocked(house)
    own = house.folder / "touchpoints" / "digest"
    own.mkdir(parents=True)
    (own / "morning.toml").write_text(default_text("morning"))
    house.__post_init__()
    runner = house.runner()
    runner.tick()
    (own / "morning.toml").write_text("[edition]\nname = 3")
    until(house, 0)
    runner.tick()
    assert house.store.editions.edition(NAME).state == "released"
    assert "rules" in house.kinds()


def test_an_edition_whose_rules_are_no_more_is_given_up_quietly(house: House) -> None:
    stocked(house)
    own = house.folder / "touchpoints" / "digest"
    own.mkdir(parents=True)
    (own / "noon.toml").write_text(default_text("noon"))
    house.runner().tick()
    house.__post_init__()
    until(house, 30)
    house.runner("two").tick()
    edition = house.store.editions.edition(NAME)
    assert (edition.state, edition.note) == ("skipped", "gone")
    assert house.kinds() == []


def test_the_desks_published_rules_are_those_in_force(house: House) -> None:
    stocked(house)
    text = default_text("morning").replace("places = 6", "places = 4", 1)
    version = house.store.desk.save("morning", text, "mika")
    house.store.desk.publish(version.number, "mika")
    until(house, 0)
    house.runner().tick()
    assert len(house.store.outbox.of(NAME)) == 4


def test_an_edition_of_more_than_a_day_allows_is_not_sent(house: House) -> None:
    stocked(house, 40)
    text = default_text("noon").replace('name = "noon"', 'name = "noon"\nper_day = 1', 1)
    version = house.store.desk.save("noon", text, "mika")
    house.store.desk.publish(version.number, "mika")
    until(house, 0)
    runner = house.runner()
    runner.tick()
    edition = house.store.editions.edition("2024-11-22/noon")
    house.at = edition.due
    runner.tick()
    edition = house.store.editions.edition("2024-11-22/noon")
    assert (edition.state, edition.note) == ("skipped", "full 1")


def test_a_rehearsal_goes_the_whole_way_and_reaches_nobody(house: House) -> None:
    stocked(house)
    runner = house.runner(rehearse=60 * MINUTE)
    runner.tick()
    runner.tick()
    (dry,) = house.store.editions.between(0, house.at + 1, dry=True)
    assert dry.state == "released"
    assert house.store.events.served(dry.decision) is None
    assert all(row.dry for row in house.store.outbox.of(dry.id))
    assert house.store.editions.released(house.at + MINUTE) == []


def test_topics_told_in_the_morning_are_known_at_noon(house: House) -> None:
    stocked(house, 40)
    until(house, 0)
    runner = house.runner()
    runner.tick()
    told = {row.topic for row in house.store.outbox.of(NAME)}
    house.at = house.store.editions.edition("2024-11-22/noon").due
    runner.tick()
    noon = house.store.editions.edition("2024-11-22/noon")
    pool = read_pool(house.store.topics.pool(noon.pool), "pool")
    assert {topic.id for topic in pool.told[0].topics} == told
    assert told.isdisjoint(row.topic for row in house.store.outbox.of(noon.id))


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Asia/Tokyo", date(2026, 11, 22), "08:00", "2026-11-21T23:00:00Z"),
        ("Europe/Berlin", date(2026, 3, 28), "08:00", "2026-03-28T07:00:00Z"),
        ("Europe/Berlin", date(2026, 3, 29), "08:00", "2026-03-29T06:00:00Z"),
        ("Europe/Berlin", date(2026, 3, 29), "02:30", "2026-03-29T01:30:00Z"),
        ("Europe/Berlin", date(2026, 10, 25), "02:30", "2026-10-25T00:30:00Z"),
        ("America/New_York", date(2026, 11, 1), "01:30", "2026-11-01T05:30:00Z"),
    ],
)
def test_an_edition_is_due_by_the_clocks_of_its_zone(
    zone: str, day: date, at: str, expected: str
) -> None:
    text = default_text("morning").replace('at = "08:00"', f'at = "{at}"\nzone = "{zone}"')
    rules = read_rules(text.replace('"08:40"', '"09:40"'), "morning.toml")
    told = planned(rules, day)
    assert clock.iso(told.due) == expected
    assert told.id == f"{day}/morning"
    assert told.closes == told.due - 2 * MINUTE
    assert told.late_until > told.due


def test_every_day_has_one_edition_also_when_clocks_change() -> None:
    text = default_text("morning").replace('at = "08:00"', 'at = "02:30"\nzone = "Europe/Berlin"')
    rules = read_rules(text, "morning.toml")
    begun = 1_790_000_000 * clock.SECOND
    found = {
        edition.id: edition.due
        for hour in range(0, 80 * 24, 7)
        for edition in coming(rules, begun + hour * clock.HOUR)
    }
    days = sorted(found)
    dues = [found[name] for name in days]
    assert dues == sorted(set(dues))
    gaps = {(later - earlier) // clock.HOUR for earlier, later in pairwise(dues)}
    assert gaps == {24, 25}, "no day is left out, the one that has 25 hours is in between"


def test_all_replicas_rehearse_the_same_edition() -> None:
    every = 60 * MINUTE
    first = rehearsal("noon", MORNING + 1, every)
    assert first == rehearsal("noon", MORNING + every - 1, every)
    assert first.id != rehearsal("noon", MORNING + every, every).id
    assert first.late_until < rehearsal("noon", MORNING + every, every).due


def test_what_a_channel_is_given_is_all_it_needs(house: House) -> None:
    stocked(house)
    until(house, 0)
    house.runner().tick()
    told = msgspec.json.decode(house.store.outbox.of(NAME)[0].body)
    assert told["edition"] == NAME
    assert (told["place"], told["of"]) == (1, 6)
    assert told["title"].startswith("Topic number")
    noon = house.store.editions.edition("2024-11-22/noon")
    assert told["expires"] == clock.iso(noon.due)
