"""Measures of agreement: values worked out by hand, and laws."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.experiments.shadow.measures import (
    MEASURES,
    ndcg,
    overlap,
    pairwise_order,
    rank_biased_overlap,
    recall,
    same_place,
)

LISTS = st.lists(st.sampled_from("abcdefghijkl"), unique=True, max_size=12)
BOTH_WAYS = ("overlap", "same_place", "rbo", "pairwise_order")


def test_values_worked_out_by_hand() -> None:
    ours, theirs = list("abcd"), list("bacx")
    assert overlap(ours, theirs) == 3 / 4
    assert same_place(ours, theirs) == 1 / 4
    assert pairwise_order(ours, theirs) == 2 / 3  # a-c and b-c agree, a-b does not
    assert recall(ours, theirs) == 3 / 4
    gain = [1 / math.log2(place + 1) for place in range(1, 5)]
    assert ndcg(ours, theirs) == pytest.approx(sum(gain[:3]) / sum(gain))


def test_rank_biased_overlap_worked_out_by_hand() -> None:
    p = 0.7
    # Agreement at depths 1 to 3 of "abc" and "acb": 1, 1/2, 1.
    expected = (1 - p) / p * (p + p**2 / 2 + p**3) + p**3
    assert rank_biased_overlap("abc", "acb", p) == pytest.approx(expected)
    # Of "ab" and "axb" (s = 2, l = 3): overlap 1, 1, 2 at depths 1, 2, 3; at depth 3 the shorter
    # list is taken to go on agreeing as it did at its end: X_s (d - s) / (s d) = 1 / 6.
    expected = (1 - p) / p * (p + p**2 / 2 + 2 * p**3 / 3 + p**3 / 6)
    expected += ((2 - 1) / 3 + 1 / 2) * p**3
    assert rank_biased_overlap("ab", "axb", p) == pytest.approx(expected)


def test_gains_only_look_at_ten_places() -> None:
    theirs = [f"t{i}" for i in range(12)]
    assert recall(theirs[::-1], theirs) == 8 / 10
    assert ndcg([*theirs[:10], "x"], theirs) == 1
    assert recall([f"x{i}" for i in range(10)] + theirs, theirs) == 0


def test_lists_without_a_pair_or_a_truth_are_not_judged() -> None:
    assert math.isnan(pairwise_order(["a", "b"], ["b", "x"]))
    assert math.isnan(ndcg(["a"], []))
    assert math.isnan(recall(["a"], []))
    assert [overlap([], []), same_place([], []), rank_biased_overlap([], [])] == [1, 1, 1]
    assert [overlap(["a"], []), same_place([], ["a"]), rank_biased_overlap(["a"], [])] == [0, 0, 0]


@pytest.mark.parametrize("name", MEASURES)
@given(ours=LISTS)
def test_the_same_list_has_one(name: str, ours: list[str]) -> None:
    value = MEASURES[name](ours, ours)
    assert math.isnan(value) or value == pytest.approx(1)


@pytest.mark.parametrize("name", MEASURES)
@given(ours=LISTS, theirs=LISTS)
def test_measures_lie_between_nought_and_one(name: str, ours: list[str], theirs: list[str]) -> None:
    value = MEASURES[name](ours, theirs)
    assert math.isnan(value) or -1e-12 <= value <= 1 + 1e-12


@pytest.mark.parametrize("name", BOTH_WAYS)
@given(ours=LISTS, theirs=LISTS)
def test_agreement_is_mutual(name: str, ours: list[str], theirs: list[str]) -> None:
    one, other = MEASURES[name](ours, theirs), MEASURES[name](theirs, ours)
    assert one == pytest.approx(other, nan_ok=True)


@given(ours=LISTS, theirs=LISTS)
def test_rank_biased_overlap_is_nought_only_without_a_common_topic(
    ours: list[str], theirs: list[str]
) -> None:
    alike = rank_biased_overlap(ours, theirs)
    if ours and theirs:
        assert (alike > 0) == bool(set(ours) & set(theirs))


@given(ours=LISTS.filter(len))
def test_a_list_turned_round_agrees_on_no_pair(ours: list[str]) -> None:
    order = pairwise_order(ours[::-1], ours)
    assert order == 0 if len(ours) > 1 else math.isnan(order)


@given(theirs=LISTS.filter(lambda some: len(some) > 1))
def test_a_right_topic_moved_up_gains(theirs: list[str]) -> None:
    wrong, right = "wrong", theirs[0]
    assert ndcg([right, wrong], theirs) > ndcg([wrong, right], theirs)
    assert rank_biased_overlap([right, wrong], theirs) > rank_biased_overlap([wrong, right], theirs)


def test_the_order_of_two_lists_falls_with_every_neighbour_swapped() -> None:
    theirs = list("abcd")
    by_swaps: dict[int, set[float]] = {}
    for ours in permutations(theirs):
        swaps = sum(a > b for i, a in enumerate(ours) for b in ours[i + 1 :])
        by_swaps.setdefault(swaps, set()).add(round(pairwise_order(ours, theirs), 9))
    assert {n: values.pop() for n, values in by_swaps.items() if len(values) == 1} == {
        n: round(1 - n / 6, 9) for n in range(7)
    }
