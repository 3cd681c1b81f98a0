"""Columns of several requests do what plain lists would do, one request after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.errors import PartError
from pittari.model.candidates import (
    NONE,
    Candidates,
    best_first,
    bounds,
    keyed,
    leading,
    numbered,
    ordered,
    stacked,
    turns,
    union,
)

rows = st.integers(0, 30)
distinct = st.lists(rows, unique=True, max_size=12)
requests = st.lists(distinct, min_size=1, max_size=5)
"""The items of each request."""
scores = st.sampled_from(
    [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1e-45, -1e-45, 3e38, -3e38, np.inf, -np.inf]
) | st.floats(width=32, allow_nan=False)


def column(items: list[int]) -> np.ndarray:
    return np.array(items, np.float32) / 30


def together(each: list[list[int]], name: str = "s") -> Candidates:
    """Candidates of several requests, made without any of the code under test."""
    items = [item for own in each for item in own]
    whose = [number for number, own in enumerate(each) for _ in own]
    return Candidates(np.array(items, np.int32), {name: column(items)}, np.array(whose, np.intp))


def pairs(candidates: Candidates) -> list[tuple[int, int]]:
    return list(zip(candidates.whose.tolist(), candidates.items.tolist(), strict=True))


@given(requests, st.data(), st.booleans())
def test_few_are_found_among_their_own_wherever_they_stand(
    each: list[list[int]], data: st.DataObject, ascending: bool
) -> None:
    few = [data.draw(st.lists(rows, max_size=8)) for _ in each]
    each = [sorted(own) for own in each] if ascending else each
    made = together(each)
    candidates = Candidates(made.items, made.columns, made.whose, ascending=ascending)
    wanted = [(number, item) for number, own in enumerate(few) for item in own]
    for _ in range(2):  # what is worked out for the first who asks serves the second
        found, which = candidates.find([np.array(own, np.int32) for own in few])
        assert [pairs(candidates)[row] for row in found.tolist()] == [
            wanted[one] for one in which.tolist()
        ]
        assert which.tolist() == [
            at for at, (number, item) in enumerate(wanted) if item in each[number]
        ]


def test_the_last_item_and_what_no_catalogue_has_are_told_apart() -> None:
    candidates = together([[0, 5], [0, 5]])
    few = [np.array([6, -1, 5], np.int32), np.array([-1, 0, 2**31 - 1], np.int32)]
    found, which = candidates.find(few)
    assert (found.tolist(), which.tolist()) == ([1, 2], [2, 4])


@given(st.integers(1, 5), st.data())
def test_a_union_has_every_item_once_for_each_and_what_each_source_said_of_it(
    people: int, data: st.DataObject
) -> None:
    sources = data.draw(st.lists(st.lists(distinct, min_size=people, max_size=people), max_size=4))
    every = union([together(each, f"s{k}") for k, each in enumerate(sources)])
    assert pairs(every) == sorted(
        {(number, item) for each in sources for number, own in enumerate(each) for item in own}
    )
    assert every.ascending or not len(every)
    for k, each in enumerate(sources):
        if any(each):
            expected = [
                item / 30 if item in each[number] else np.nan for number, item in pairs(every)
            ]
            np.testing.assert_array_equal(every.columns[f"s{k}"], np.array(expected, np.float32))
        else:
            assert f"s{k}" not in every.columns


def test_what_no_source_said_is_nan_or_nowhere() -> None:
    one = Candidates(np.array([4], np.int32), {"because.a": np.array([7], np.int32)})
    other = Candidates(np.array([2], np.int32), {"b": np.ones(1, np.float32)})
    for every in (union([one, other]), stacked([other, one])):
        assert every.items.tolist() == [2, 4]
        assert every.columns["because.a"].tolist() == [-1, 7]
        np.testing.assert_array_equal(every.columns["b"], np.array([1, np.nan], np.float32))


def test_a_source_that_names_an_item_twice_is_named() -> None:
    twice = Candidates(np.array([3, 1, 3], np.int32), {"a": np.ones(3, np.float32)})
    other = Candidates(np.array([3, 2], np.int32), {"b": np.ones(2, np.float32)})
    for parts in ([twice], [twice, other], [other, twice]):
        with pytest.raises(PartError, match="distinct items"):
            union(parts)
    assert union([other, other]).items.tolist() == [2, 3]


def test_an_item_named_for_two_is_not_named_twice() -> None:
    once = together([[3, 1], [1, 3], [3]])
    assert pairs(union([once])) == [(0, 1), (0, 3), (1, 1), (1, 3), (2, 3)]
    twice = together([[3, 1], [3, 1, 3], [3]])
    for parts in ([twice], [twice, once], [once, twice]):
        with pytest.raises(PartError, match="distinct items"):
            union(parts)


@given(requests, st.integers(0, 4))
def test_stacked_and_each_undo_one_another(each: list[list[int]], without: int) -> None:
    alone = [
        Candidates(np.array(own, np.int32), {"s": column(own)} if k != without else {})
        for k, own in enumerate(each)
    ]
    every = stacked(alone)
    assert pairs(every) == [(number, item) for number, own in enumerate(each) for item in own]
    again = list(every.each(len(each)))
    assert [one.items.tolist() for one in again] == each
    for number, one in enumerate(again):
        assert not one.whose.any()
        told = column(each[number])
        if number != without:
            np.testing.assert_array_equal(one.columns["s"], told)
        elif len(one) and "s" in one.columns:
            assert np.isnan(one.columns["s"]).all()


@given(distinct, st.integers(1, 5))
def test_what_is_repeated_is_the_same_for_each(items: list[int], people: int) -> None:
    one = Candidates(np.array(items, np.int32), {"s": column(items)})
    every = one.repeated(people)
    assert pairs(every) == [(number, item) for number in range(people) for item in items]
    np.testing.assert_array_equal(every.columns["s"], np.tile(column(items), people))
    assert pairs(NONE.repeated(people)) == []


@given(requests, st.data())
def test_keeping_and_taking_keep_columns_and_requests_together(
    each: list[list[int]], data: st.DataObject
) -> None:
    candidates = union([together(each)])
    some = data.draw(
        st.lists(st.sampled_from(range(len(candidates)))) if len(candidates) else st.just([])
    )
    for made, at in (
        (candidates.take(np.array(some, np.intp)), some),
        (candidates.keep(np.array(sorted(set(some)), np.intp)), sorted(set(some))),
    ):
        assert pairs(made) == [pairs(candidates)[row] for row in at]
        if "s" in made.columns:
            np.testing.assert_array_equal(made.columns["s"], column(made.items.tolist()))


@given(st.lists(st.lists(scores, max_size=12), min_size=1, max_size=5), st.data())
def test_the_best_of_each_stand_first_and_equals_keep_their_order(
    each: list[list[float]], data: st.DataObject
) -> None:
    most = [data.draw(st.integers(1, 14)) for _ in each]
    whose, told = (
        numbered([len(own) for own in each]),
        np.array([one for own in each for one in own], np.float32),
    )
    starts = bounds(whose, len(each))
    for limits in (most, [most[0]] * len(each)):
        expected = [
            start + at
            for own, start, limit in zip(each, starts[:-1], limits, strict=True)
            for at in sorted(range(len(own)), key=lambda at: -np.float32(own[at]))[:limit]
        ]
        assert best_first(whose, told, np.array(limits)).tolist() == expected
    assert best_first(whose, told, most[0]).tolist() == expected


@given(st.lists(st.tuples(st.integers(0, 63), st.integers(-(2**31), 2**31 - 1)), max_size=40))
def test_keys_are_ordered_as_their_parts_and_equals_keep_their_order(
    told: list[tuple[int, int]],
) -> None:
    whose = np.array([number for number, _ in told], np.intp)
    low = np.array([number for _, number in told], np.int32)
    keys, order = ordered(keyed(whose, low))
    assert order.tolist() == sorted(range(len(told)), key=told.__getitem__)
    assert keys.tolist() == [told[at][0] * 2**32 + told[at][1] for at in order.tolist()]


def test_keys_are_ordered_also_where_there_are_very_many() -> None:
    dice = np.random.default_rng(1)
    keys = keyed(np.sort(dice.integers(0, 64, 40_000)), dice.integers(-99, 99, 40_000))
    expected = np.argsort(keys, kind="stable")
    found, order = ordered(keys)
    assert np.array_equal(order, expected)
    assert np.array_equal(found, keys[expected])


@given(st.lists(st.integers(0, 5), max_size=6), st.integers(1, 6))
def test_groups_are_numbered_bounded_and_counted(sizes: list[int], most: int) -> None:
    whose = numbered(sizes)
    assert whose.tolist() == [number for number, size in enumerate(sizes) for _ in range(size)]
    assert bounds(whose, len(sizes)) == [sum(sizes[:k]) for k in range(len(sizes) + 1)]
    assert turns(whose).tolist() == [turn for size in sizes for turn in range(size)]
    first = [turn < most for turn in turns(whose).tolist()]
    assert leading(whose, most).tolist() == [at for at, one in enumerate(first) if one]


def test_nobody_can_write_into_numbers_that_all_share() -> None:
    with pytest.raises(ValueError, match="read-only"):
        turns(np.zeros(3, np.intp))[0] = 7


@pytest.mark.parametrize("whose", [[1], [0, 1, 1]])
def test_candidates_of_whom_some_are_told_are_not_given_to_the_first(whose: list[int]) -> None:
    with pytest.raises(PartError, match="for each of 2 candidates"):
        Candidates(np.array([3, 4], np.int32), {}, np.array(whose, np.intp))
