"""Clicks freed of the place: laws of the estimate, and worlds whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pittari import clock
from pittari.editions.signals import SPANS, importance, place_looks, rates, signals
from pittari.store.counts import Minutes
from pittari.store.topics import Placing

AT = 20_000 * clock.DAY
NOW = AT // clock.MINUTE
Count = tuple[str, int, int, int, int]


def minutes(rows: list[Count]) -> Minutes:
    """Counts from rows of topic, place, minutes ago, seen, clicked."""
    ids = sorted({row[0] for row in rows})
    columns = list(zip(*rows, strict=True)) or [()] * 5
    return Minutes(
        tuple(ids),
        np.array([ids.index(name) for name in columns[0]], np.int32),
        np.array(columns[1], np.int32),
        np.array([NOW - ago for ago in columns[2]], np.int64),
        np.array(columns[3], np.int64),
        np.array(columns[4], np.int64),
    )


def world(seed: int, topics: int = 40, places: int = 12) -> tuple[Minutes, np.ndarray, np.ndarray]:
    """A page that shuffles its topics each minute of two hours; its true rates and looks."""
    dice = np.random.default_rng(seed)
    true = dice.gamma(4, 0.01, topics)
    looks = 1 / np.arange(1, places + 1) ** dice.uniform(0.2, 1.2)
    rows: list[Count] = []
    for minute in range(1, 120):
        shown = dice.permutation(topics)[:places]
        for place, topic in enumerate(shown.tolist(), 1):
            seen = 200
            clicked = dice.poisson(seen * looks[place - 1] * true[topic])
            rows.append((f"t{topic:03}", place, minute, seen, int(clicked)))
    return minutes(rows), true, looks


@pytest.mark.parametrize("seed", range(3))
def test_places_and_topics_are_told_apart_where_topics_move(seed: int) -> None:
    counts, true, looks = world(seed)
    assert place_looks(counts)[1:] == pytest.approx(looks, rel=0.2)
    found = signals(counts, AT, AT - clock.MINUTE)
    rate = np.array([found.of(name)["2h"].rate for name in counts.ids]) / 1000
    spread = np.array([found.of(name)["2h"].spread for name in counts.ids]) / 1000
    assert np.mean(np.abs(rate - true) < 3 * spread) > 0.9
    assert np.corrcoef(rate, true)[0, 1] > 0.95


def test_a_topic_low_on_the_page_is_not_held_to_be_unloved() -> None:
    rows: list[Count] = []
    for minute in range(1, 61):
        turned = minute % 2
        rows += [("a", 1 + turned, minute, 100, 10 - 5 * turned)]
        rows += [("b", 2 - turned, minute, 100, 5 + 5 * turned)]
        rows += [("low", 2, minute, 100, 5)]
    found = signals(minutes(rows), AT, AT - clock.MINUTE)
    high, low = found.of("a")["1h"], found.of("low")["1h"]
    assert low.rate == pytest.approx(high.rate, rel=0.15)


def test_a_topic_nobody_saw_is_unsure_and_not_unloved() -> None:
    counts, _, _ = world(1)
    found = signals(counts, AT, AT - clock.MINUTE)
    for window in SPANS:
        seen = [found.of(name)[window] for name in counts.ids if found.of(name)[window].seen]
        unseen = found.of("never")[window]
        assert unseen.rate > 0
        assert unseen.seen == 0
        assert unseen.spread > np.median([clicks.spread for clicks in seen])


rows = st.lists(
    st.tuples(
        st.sampled_from("abcde"), st.integers(0, 6), st.integers(1, 200), st.integers(0, 5000),
        st.integers(0, 100),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@given(rows=rows)
@settings(deadline=None, max_examples=60)
def test_rates_are_finite_positive_and_do_not_depend_on_the_order_of_rows(
    rows: list[Count],
) -> None:
    found = signals(minutes(rows), AT, AT - clock.MINUTE)
    turned = signals(minutes(rows[::-1]), AT, AT - clock.MINUTE)
    for name in "abcdef":
        for window in SPANS:
            clicks = found.of(name)[window]
            assert clicks.rate > 0
            assert clicks.spread > 0
            assert np.isfinite([clicks.rate, clicks.spread]).all()
            assert turned.of(name)[window].rate == pytest.approx(clicks.rate, rel=1e-3)


@given(seen=st.integers(1, 10_000), share=st.floats(0, 0.2), more=st.integers(1, 50))
@settings(deadline=None, max_examples=60)
def test_more_clicks_lift_a_topic_over_others_and_more_looks_in_vain_lower_it(
    seen: int, share: float, more: int
) -> None:
    clicked = int(seen * share)
    looks = np.ones(2)
    rows: list[Count] = [("a", 1, 1, seen, clicked), ("other", 1, 1, seen, clicked)]

    def lead(change: Count) -> float:
        counts = minutes([*rows, change])
        (mine, other), _ = rates(counts, np.ones(len(counts.seen), np.bool_), looks)
        return mine.rate / other.rate

    assert lead(("a", 1, 1, 0, more)) > lead(("a", 1, 1, 0, 0))
    if clicked:
        assert lead(("a", 1, 1, 10 * seen, 0)) < lead(("a", 1, 1, 0, 0))


def test_windows_hold_what_happened_within_them_and_no_more() -> None:
    rows: list[Count] = [("a", 1, 1, 10, 1), ("a", 1, 30, 20, 1), ("a", 1, 90, 40, 1)]
    rows += [("a", 1, 500, 80, 1), ("a", 1, 0, 160, 1)]
    found = signals(minutes(rows), AT, AT).of("a")
    assert {window: clicks.seen for window, clicks in found.items()} == {
        "10m": 10, "1h": 30, "2h": 70, "any": 150,
    }  # fmt: skip


def test_counts_that_stopped_are_said_and_the_last_ones_stay_in_use() -> None:
    rows: list[Count] = [("a", 1, 40, 100, 10)]
    newest = AT - 40 * clock.MINUTE
    found = signals(minutes(rows), AT, newest)
    assert [(note.key, note.at) for note in found.notes] == [
        ("no_counts_since", clock.moment(newest))
    ]
    assert found.of("a")["10m"].seen == 100
    assert signals(minutes([]), AT, None).notes[0].key == "no_counts"
    assert signals(minutes(rows), AT, AT - 4 * clock.MINUTE).notes == ()


def test_importance_is_the_time_and_height_held_in_the_main_tab() -> None:
    hour = clock.HOUR
    placings = [
        Placing(AT - 9 * hour, ("first", "second")),
        Placing(AT - 1 * hour, ("second", "late")),
    ]
    found = importance(placings, AT)
    assert found["first"] == pytest.approx(2 / 3, abs=1e-6)
    assert found["second"] == pytest.approx(2 / 3 / np.log2(3) + 1 / 3, abs=1e-6)
    assert found["late"] == pytest.approx(1 / 3 / np.log2(3), abs=1e-6)
    assert importance([Placing(0, ("a",))], AT)["a"] == 1
