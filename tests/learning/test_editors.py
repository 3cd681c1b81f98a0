"""Editors' habits: laws of the trees, what they find, and a newsroom's own memory of editions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.learning.worlds import told

from pittari import clock
from pittari.clock import DAY, HOUR, MINUTE
from pittari.learning.editors.course import NEVER, Course, Lists, Moment
from pittari.learning.editors.features import DEEP, seen
from pittari.learning.editors.habits import Habits
from pittari.learning.editors.learner import LEAST, Editors, Expected
from pittari.learning.editors.newsroom import NO_NEWSROOM, newsroom
from pittari.learning.editors.trees import Growth, Trees, grown, probability
from pittari.learning.learn import learn
from pittari.model.edition import Draft, Planned
from pittari.model.event import Engagement, Served
from pittari.model.topic import NEWS, Topic
from pittari.settings import LearnTable
from pittari.store import Store, open_store
from pittari.store.outbox import Parcel
from pittari.testing import check_learner

FAST = Growth(trees=30, depth=3, rate=0.3, ridge=1.0)
START = 20_600 * DAY


@pytest.mark.parametrize("seed", range(3))
def test_trees_find_which_questions_matter(seed: int) -> None:
    dice = np.random.default_rng(seed)
    rows = dice.normal(size=(2000, 6)).astype(np.float32)
    yes = (rows[:, 1] > 0.3) & (rows[:, 4] < 0.5)
    trees = grown(rows, yes, replace(FAST, features=1.0))
    fresh = dice.normal(size=(1000, 6)).astype(np.float32)
    truth = (fresh[:, 1] > 0.3) & (fresh[:, 4] < 0.5)
    assert ((trees.log_odds(fresh) > 0) == truth).mean() > 0.97
    assert set(trees.feature[:5, :2].ravel().tolist()) == {1, 4}


def test_chances_are_calibrated_where_nothing_tells_rows_apart() -> None:
    dice = np.random.default_rng(0)
    rows, yes = np.zeros((500, 2), np.float32), dice.random(500) < 0.2
    trees = grown(rows, yes, FAST)
    assert probability(trees.log_odds(rows)) == pytest.approx(yes.mean(), abs=0.01)


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 60))
def test_trees_answer_missing_and_monotonely_changed_values_alike(seed: int, size: int) -> None:
    dice = np.random.default_rng(seed)
    rows = dice.integers(0, 6, (size, 4)).astype(np.float32)
    rows[dice.random(rows.shape) < 0.2] = np.nan
    yes = dice.random(size) < 0.4
    trees = grown(rows, yes, replace(FAST, trees=4))
    again = grown(rows**3, yes, replace(FAST, trees=4))
    assert np.array_equal(trees.log_odds(rows), again.log_odds(rows**3))
    assert np.array_equal(Trees.of(trees.arrays()).log_odds(rows), trees.log_odds(rows))


@pytest.mark.parametrize("answer", [True, False])
def test_without_two_answers_there_is_no_tree(answer: bool) -> None:
    trees = grown(np.ones((9, 2), np.float32), np.full(9, answer), FAST)
    assert len(trees.leaf) == 0
    assert (trees.base > 0) == answer


def course(read: list[tuple[int, list[int]]], main: list[tuple[int, list[int]]]) -> Course:
    return Course(np.full(9, NEVER, np.int64), {}, Lists.made(read), Lists.made(main))


def test_what_is_seen_is_told_in_hours_and_places() -> None:
    at = START + 12 * HOUR
    read = [(at - 3 * HOUR, [1, 2]), (at - HOUR, [2, 3]), (at, [8])]
    main = [(at - 2 * HOUR, [3]), (at - HOUR, [4, 2])]
    view = seen(course(read, main), [Moment(at, at - HOUR, at - 2 * HOUR)])
    assert view.topic.tolist() == [1, 2, 3]
    told = dict(zip(view.names, view.values.T.tolist(), strict=True))
    assert told["read_0"] == [DEEP, 1, 2]
    assert told["read_1"] == [1, 2, DEEP]
    assert told["main_0"] == [DEEP, DEEP, 1]
    assert told["age"] == [3, 3, 2]
    assert told["read_last"] == [3, 1, 1]
    assert told["younger"] == [1, 1, 0]
    assert told["unseen"] == [1, 1, 1]
    assert np.isnan(told["read_2"]).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_lists_after_the_limits_show_nothing(seed: int) -> None:
    dice = np.random.default_rng(seed)
    lists = [
        [(START + n * HOUR, dice.permutation(9)[:4].tolist()) for n in range(30)] for _ in range(2)
    ]
    until = [START + int(dice.integers(0, 30)) * HOUR for _ in range(2)]
    moment = Moment(START + 30 * HOUR, *until)
    cut = [[one for one in some if one[0] <= end] for some, end in zip(lists, until, strict=True)]
    whole, less = seen(course(*lists), [moment]), seen(course(*cut), [moment])
    assert whole.topic.tolist() == less.topic.tolist()
    assert np.array_equal(whole.values, less.values, equal_nan=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(
        f"sqlite:///{tmp_path / 'p.db'}", tmp_path / "lake", tmp_path / "parameters",
        now=lambda: START + 40 * DAY,
    )  # fmt: skip
    yield made
    made.close()


def work(store: Store, days: int) -> None:
    """Editions at 6, 12 and 18 o'clock, each of the three of twelve new topics that are politics
    and stand highest in the main tab."""
    dice = np.random.default_rng(3)
    events = []
    for turn in range(3 * days):
        due = START + turn // 3 * DAY + (6 + turn % 3 * 6) * HOUR
        topics = [
            Topic(
                id=f"t{turn:03}-{n:02}", section=("politics", "sport")[int(dice.integers(2))],
                published=clock.moment(due - 2 * HOUR - n * MINUTE),
            )
            for n in range(12)
        ]  # fmt: skip
        store.topics.put(topics)
        order = [topics[i] for i in dice.permutation(12).tolist()]
        store.topics.place(due - 90 * MINUTE, [topic.id for topic in order])
        events += [
            Engagement(
                event_id=f"e{turn}-{n}", at=clock.moment(due - 70 * MINUTE), item=topic.id,
                user="u", touchpoint=NEWS, action="click", position=n + 1,
            )
            for n, topic in enumerate(order[:4])
        ]  # fmt: skip
        sent = [topic for topic in order if topic.section == "politics"][:3]
        release(store, f"{clock.iso_day(clock.day(due))}/e{turn % 3}", due, sent)
    store.events.append(events)
    store.counts.tail()


def release(store: Store, name: str, due: int, sent: list[Topic]) -> None:
    ledger = store.editions
    ledger.plan([Planned(name, name.rpartition("/")[2], due, due, due + HOUR)])
    ledger.lease(name, "desk", MINUTE)
    seen = ledger.claim(name, "desk").revision
    draft = Draft(rules="", pool=name, pool_at=due, pool_body=b"{}", body=b"{}", seen=seen)
    moment = clock.moment(due)
    served = Served(
        event_id=name, decision_id=name, at=moment, touchpoint="digest", slots=(), n=len(sent)
    )
    parcels = [Parcel(place, topic.id, b"{}") for place, topic in enumerate(sent, 1)]
    ledger.release(name, "desk", draft, served, parcels)


def test_a_newsroom_remembers_what_was_read_what_stood_and_what_went_out(store: Store) -> None:
    work(store, 2)
    room = newsroom(store, START, START + 2 * DAY)
    assert len(room.lessons) == 6
    assert all(0 < len(lesson.placed) <= 3 for lesson in room.lessons)
    assert all(set(lesson.placed) <= set(lesson.among) for lesson in room.lessons)
    assert len(room.course.read.at) == 6
    assert (np.diff(room.course.main.at) == HOUR).all()


def test_editors_expect_what_the_desk_has_always_done(store: Store) -> None:
    work(store, LEAST // 3 + 1)
    as_of = START + (LEAST // 3 + 1) * DAY
    expected = Expected(store)
    due = START + LEAST // 3 * DAY + 18 * HOUR
    ids = [f"t{LEAST + 2:03}-{n:02}" for n in range(12)]
    assert expected(ids, due) == {}
    learn(store, LearnTable(), ["editors"], as_of)
    chances = expected(ids, due)
    topics = store.topics.topics(ids)
    chosen = [chances[name] for name in ids if topics[name].section == "politics"]
    others = [chances[name] for name in ids if topics[name].section != "politics"]
    assert max(others) < 0.2 < max(chosen)


def test_a_damaged_table_expects_nothing_and_stops_no_edition(store: Store, tmp_path: Path) -> None:
    work(store, LEAST // 3)
    learn(store, LearnTable(), ["editors"], START + LEAST * DAY)
    for file in (tmp_path / "parameters").rglob("leaf.npy"):
        file.write_bytes(b"gone")
    assert Expected(store)(["t000-00"], START + 2 * DAY) == {}


def test_few_editions_teach_nothing(store: Store) -> None:
    work(store, 3)
    learn(store, LearnTable(), ["editors"], START + 3 * DAY)
    assert Expected(store)(["t000-00"], START + 2 * DAY) == {}


def test_the_learner_keeps_its_contract(store: Store) -> None:
    work(store, LEAST // 3)
    room = newsroom(store, START, START + LEAST * DAY)
    rows = replace(told([]), newsroom=room)
    check_learner(lambda: Editors(LearnTable()).fit(rows).arrays)
    found = Editors(LearnTable()).fit(rows)
    assert found.figures == {"editions": LEAST, "trees": len(found.arrays["leaf"])}
    assert Habits.of(found.arrays).arrays().keys() == found.arrays.keys()
    assert len(Editors(LearnTable()).fit(replace(rows, newsroom=NO_NEWSROOM)).arrays["leaf"]) == 0
