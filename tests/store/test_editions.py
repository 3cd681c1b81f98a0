"""The ledger of editions, the desk's acts, its rules and switches, the outbox and the alarms."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.store.rows import NOON

from pittari import clock
from pittari.errors import Conflict, Invalid, NotFound
from pittari.model.edition import Act, Draft, Edition, Planned
from pittari.model.event import Served
from pittari.store import Store, open_store
from pittari.store.desk import Divergence
from pittari.store.outbox import Parcel

NAME = "2024-10-04/noon"
MINUTE = clock.MINUTE


def planned(name: str = NAME, due: int = NOON + 10 * MINUTE, *, dry: bool = False) -> Planned:
    return Planned(name, "noon", due, due - 2 * MINUTE, due + 40 * MINUTE, dry)


def draft(seen: int = 0, body: bytes = b'["a","b"]') -> Draft:
    return Draft("rules-1", "pool-1", NOON, b"{}", body, seen)


def served(name: str = "decision-1") -> Served:
    return Served(event_id=name, decision_id=name, at=clock.moment(NOON), touchpoint="digest")


PARCELS = [Parcel(1, "a", b"{}"), Parcel(2, "b", b"{}")]


def actions(store: Store) -> list[str]:
    return [act.action for act in reversed(store.audit.acts())]


def gone_out(store: Store, name: str = NAME) -> Edition:
    assert store.editions.lease(name, "one", MINUTE)
    store.editions.draft(name, "one", draft())
    store.editions.claim(name, "one")
    return store.editions.release(name, "one", draft(), served(f"decision {name}"), PARCELS)


def test_an_edition_goes_its_way_and_all_of_its_release_stands_together(store: Store) -> None:
    assert store.editions.plan([planned()]) == 1
    assert store.editions.plan([planned()]) == 0
    edition = gone_out(store)
    assert (edition.state, edition.decision) == ("released", f"decision {NAME}")
    assert store.events.served(edition.decision) is not None
    assert [row.topic for row in store.outbox.of(NAME)] == ["a", "b"]
    assert store.topics.pool("pool-1") == b"{}"
    assert actions(store) == ["edition.claim", "edition.release"]
    assert [one.id for one in store.editions.released(NOON + clock.HOUR)] == [NAME]


def test_an_edition_is_released_once(store: Store) -> None:
    store.editions.plan([planned()])
    gone_out(store)
    for again in (
        lambda: store.editions.claim(NAME, "one"),
        lambda: store.editions.release(NAME, "one", draft(), served("other"), PARCELS),
        lambda: store.editions.skip(NAME, "one", "late"),
        lambda: store.editions.draft(NAME, "one", draft()),
    ):
        with pytest.raises(Conflict, match="released already"):
            again()
    assert store.editions.lease(NAME, "two", MINUTE) is None
    assert len(store.outbox.of(NAME)) == 2
    assert store.events.served("other") is None


def test_a_release_that_fails_midway_leaves_nothing(store: Store) -> None:
    store.editions.plan([planned()])
    store.editions.lease(NAME, "one", MINUTE)
    store.editions.claim(NAME, "one")
    with pytest.raises(Exception, match=r"UNIQUE|duplicate"):
        store.editions.release(NAME, "one", draft(), served(), [PARCELS[0], PARCELS[0]])
    assert store.editions.edition(NAME).state == "claimed"
    assert store.events.served("decision-1") is None
    assert store.outbox.of(NAME) == []


def test_a_lease_keeps_others_away_until_it_ends(
    database_url: str, store: Store, tmp_path: object
) -> None:
    time = [NOON]
    store.close()
    store = open_store(database_url, tmp_path / "l", tmp_path / "p", now=lambda: time[0])  # type: ignore[operator]
    store.editions.plan([planned()])
    assert store.editions.lease(NAME, "one", MINUTE)
    assert store.editions.lease(NAME, "two", MINUTE) is None
    assert store.editions.lease(NAME, "one", MINUTE), "its owner takes it again"
    with pytest.raises(Conflict, match='with "one", not with "two"'):
        store.editions.claim(NAME, "two")
    time[0] += 2 * MINUTE
    assert store.editions.lease(NAME, "two", MINUTE)
    with pytest.raises(Conflict, match='with "two", not with "one"'):
        store.editions.draft(NAME, "one", draft())
    store.close()


def test_the_ledger_goes_by_the_databases_time(database_url: str, tmp_path: object) -> None:
    store = open_store(database_url, tmp_path / "l", tmp_path / "p")  # type: ignore[operator]
    assert abs(store.editions.now() - clock.now()) < 10 * clock.SECOND
    store.close()


def test_two_editors_do_not_overwrite_each_other(store: Store) -> None:
    store.editions.plan([planned()])
    edition = store.editions.act(NAME, "mika", Act(deed="pin", places={1: "a"}), 0)
    assert edition.revision == 1
    with pytest.raises(Conflict, match=r"mika: pin a at 1"):
        store.editions.act(NAME, "jun", Act(deed="veto", topic="a"), 0)
    store.editions.act(NAME, "jun", Act(deed="veto", topic="a"), 1)
    done = store.editions.acts(NAME)
    assert [(one.actor, one.act.deed, one.revision) for one in done] == [
        ("mika", "pin", 1),
        ("jun", "veto", 2),
    ]
    assert actions(store) == ["edition.pin", "edition.veto"]


def test_a_line_up_composed_before_an_act_is_not_kept(store: Store) -> None:
    store.editions.plan([planned()])
    store.editions.lease(NAME, "one", MINUTE)
    store.editions.act(NAME, "mika", Act(deed="pin", places={1: "a"}), 0)
    with pytest.raises(Conflict, match="changed since you looked"):
        store.editions.draft(NAME, "one", draft(seen=0))
    assert store.editions.draft(NAME, "one", draft(seen=1)).state == "composed"


def test_the_desk_is_too_late_once_its_time_is_over(store: Store) -> None:
    store.editions.plan([planned(due=NOON + MINUTE)])
    with pytest.raises(Conflict, match="the desk could act until"):
        store.editions.act(NAME, "mika", Act(deed="hold"), 0)


@pytest.mark.parametrize(
    "act",
    [
        Act(deed="pin"),
        Act(deed="pin", places={0: "a"}),
        Act(deed="swap", places={1: "a", 2: "a"}),
        Act(deed="veto"),
    ],
)
def test_an_act_says_what_it_speaks_of(store: Store, act: Act) -> None:
    store.editions.plan([planned()])
    with pytest.raises(Invalid):
        store.editions.act(NAME, "mika", act, 0)


def test_new_times_move_an_edition_that_is_not_claimed(store: Store) -> None:
    store.editions.plan([planned()])
    later = planned(due=NOON + 20 * MINUTE)
    assert store.editions.plan([later]) == 1
    assert store.editions.edition(NAME).due == later.due
    store.editions.lease(NAME, "one", MINUTE)
    store.editions.claim(NAME, "one")
    assert store.editions.plan([planned()]) == 0
    assert [one.id for one in store.editions.unfinished(NOON + clock.HOUR)] == [NAME]


def test_a_skipped_edition_says_why(store: Store) -> None:
    store.editions.plan([planned()])
    store.editions.lease(NAME, "one", MINUTE)
    edition = store.editions.skip(NAME, "one", "held by mika")
    assert (edition.state, edition.note) == ("skipped", "held by mika")
    assert store.editions.unfinished(NOON + clock.HOUR) == []
    with pytest.raises(NotFound, match="DATE/NAME"):
        store.editions.edition("tomorrow")


def test_dry_editions_are_swept_and_real_ones_stay(store: Store) -> None:
    dry = "2024-10-04/noon dry"
    store.editions.plan([planned(), planned(dry, dry=True)])
    gone_out(store, dry)
    gone_out(store)
    assert sorted(row.dry for row in store.outbox.waiting()) == [False, False, True, True]
    assert store.editions.sweep(NOON + clock.HOUR) == 1
    assert {row.edition for row in store.outbox.waiting()} == {NAME}
    assert [one.id for one in store.editions.between(0, NOON + clock.DAY)] == [NAME]


def test_rows_a_channel_took_wait_no_more_and_keys_never_change(store: Store) -> None:
    store.editions.plan([planned()])
    gone_out(store)
    rows = store.outbox.waiting()
    store.outbox.took(rows[:1], NOON)
    assert [row.place for row in store.outbox.waiting()] == [2]
    assert [row.key for row in store.outbox.of(NAME)] == [row.key for row in rows]
    assert len({row.key for row in rows}) == 2


def test_an_alarm_is_entered_once_and_comes_back_until_it_was_sent(store: Store) -> None:
    assert store.alarms.enter(NAME, "late", NOON, b"{}")
    assert not store.alarms.enter(NAME, "late", NOON, b"{}")
    first = store.alarms.take(NOON, 10, 3)
    assert first is not None
    assert first.tries == 0
    assert store.alarms.take(NOON, 10, 3) is None
    assert store.alarms.take(NOON + 10, 10, 3) is not None
    assert store.alarms.take(NOON + 29, 10, 3) is None, "twice as long after each try"
    assert store.alarms.take(NOON + 30, 10, 3) is not None
    assert store.alarms.take(NOON + clock.DAY, 10, 3) is None, "three tries are enough"
    store.alarms.enter(NAME, "pool", NOON, b"{}")
    store.alarms.sent(f"{NAME} pool", NOON)
    assert store.alarms.take(NOON + clock.DAY, 10, 3) is None


def test_rules_are_saved_on_top_of_what_one_has_seen(store: Store) -> None:
    first = store.desk.save("morning", "places = 6", "mika")
    with pytest.raises(Conflict, match=r"saved by mika .* after you looked"):
        store.desk.save("morning", "places = 5", "jun")
    second = store.desk.save("morning", "places = 5", "jun", seen=first.number)
    assert [one.number for one in store.desk.versions("morning")] == [second.number, first.number]
    assert store.desk.published("morning") is None


def test_a_published_version_replaces_the_one_in_force_and_the_log_says_so(store: Store) -> None:
    first = store.desk.save("morning", "places = 6", "mika")
    second = store.desk.save("morning", "places = 5", "jun", seen=first.number)
    store.desk.publish(first.number, "mika")
    store.desk.publish(second.number, "mika")
    assert store.desk.version(first.number).state == "retired"
    found = store.desk.published("morning")
    assert found is not None
    assert (found.number, found.approver) == (second.number, "mika")
    kinds = [row.__struct_config__.tag for _, row in store.events.since(0)]
    assert kinds == ["published", "published"]


def test_where_two_people_are_asked_for_the_author_cannot_approve(store: Store) -> None:
    number = store.desk.save("morning", "places = 6", "mika").number
    assert store.desk.publish(number, "mika", two=True).state == "proposed"
    with pytest.raises(Conflict, match="second person"):
        store.desk.publish(number, "mika", two=True)
    assert store.desk.published("morning") is None
    assert store.desk.publish(number, "jun", two=True).state == "published"


def test_a_mode_turned_by_somebody_else_is_not_turned_blindly(store: Store) -> None:
    mode = store.desk.switch("mourning", True, "mika")
    with pytest.raises(Conflict, match="turned by mika"):
        store.desk.switch("mourning", False, "jun")
    store.desk.switch("mourning", False, "jun", seen=mode.revision)
    assert [(one.name, one.active, one.actor) for one in store.desk.modes()] == [
        ("mourning", False, "jun")
    ]


def test_a_divergence_is_judged_once_it_is_noted(store: Store) -> None:
    one = Divergence(NAME, 2, "rules-1", "a", "b", "one-per-story")
    assert store.desk.diverge([one]) == 1
    assert store.desk.diverge([one]) == 0
    store.desk.judge(NAME, 2, "rules-1", "good", "mika")
    assert store.desk.divergences(judged=False) == []
    found = store.desk.divergences(judged=True)
    assert [(d.verdict, d.actor) for d in found] == [("good", "mika")]
    with pytest.raises(Invalid, match="expected good, neutral, harmful"):
        store.desk.judge(NAME, 2, "rules-1", "bad", "mika")  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        store.desk.judge(NAME, 3, "rules-1", "good", "mika")


def test_every_act_of_the_desk_leaves_its_name(store: Store, reopened: Callable[[], Store]) -> None:
    store.editions.plan([planned()])
    store.editions.act(NAME, "mika", Act(deed="hold", why="verdict expected"), 0)
    version = store.desk.save("noon", "places = 3", "jun")
    store.desk.publish(version.number, "mika", two=True)
    store.desk.switch("election", True, "mika")
    noted = [(act.actor, act.action, act.subject) for act in reversed(reopened().audit.acts())]
    assert noted == [
        ("mika", "edition.hold", NAME),
        ("jun", "rules.save", "noon"),
        ("mika", "rules.publish", "noon"),
        ("mika", "mode.on", "election"),
    ]
