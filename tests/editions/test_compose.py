"""The composer finds the best line-up of all, says whether it is proven, and always answers."""

import subprocess
import sys
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pittari.editions.compose import cpsat, exact, greedy
from pittari.editions.problem import Apart, Count, Each, LineUp, Problem
from pittari.errors import Unavailable
from pittari.testing import newsroom, referees

SEEDS = st.integers(0, 2**32 - 1)


def small(seed: int, topics: int = 6, places: int = 4, levels: int = 7) -> Problem:
    dice = Random(seed)
    size = dice.randrange(1, topics + 1), dice.randrange(1, places + 1), dice.randrange(levels + 1)
    return newsroom.any_problem(dice, *size)


def large(seed: int, **changes: int) -> Problem:
    size = {"topics": 300, "places": 6, "levels": 9} | changes
    return newsroom.any_problem(Random(seed), **size)


def same(one: LineUp, other: LineUp) -> bool:
    return one.topics.tolist() == other.topics.tolist() and one.degrees == other.degrees


@given(SEEDS)
@settings(max_examples=300)
def test_the_optimum_is_the_best_of_all_line_ups(seed: int) -> None:
    problem = small(seed)
    found = exact.solved(problem, deadline_s=60)
    assert found.proven
    assert same(found, referees.tried(problem))


@pytest.mark.parametrize("seed", range(6))
def test_the_optimum_is_what_cp_sat_finds(seed: int) -> None:
    problem = large(seed, topics=30, places=5)
    assert same(exact.solved(problem, deadline_s=60), cpsat.solved(problem))


@pytest.mark.parametrize("seed", range(40))
def test_the_optimum_is_what_integer_programming_finds(seed: int) -> None:
    problem = small(seed, topics=9)
    if any(isinstance(level, Each) and level.degree.max() > 1000 for level in problem.levels):
        problem = Problem(problem.places, problem.rows, problem.levels[:0], problem.tie)
    assert same(exact.solved(problem, deadline_s=60), referees.programmed(problem))


@given(SEEDS)
@settings(max_examples=50)
def test_the_order_in_which_topics_come_in_changes_nothing(seed: int) -> None:
    problem = small(seed, topics=12)
    order = np.random.default_rng(seed).permutation(len(problem.tie))
    shuffled = Problem(
        problem.places,
        problem.rows,
        tuple(_taken(level, order) for level in problem.levels),
        problem.tie[order],
    )
    again = exact.solved(shuffled, deadline_s=60)
    assert order[again.topics].tolist() == exact.solved(problem, deadline_s=60).topics.tolist()


def _taken(level: Each | Count | Apart, order: np.ndarray) -> Each | Count | Apart:
    match level:
        case Each(name, degree):
            return Each(name, degree[order])
        case Count(name, group, places, table):
            return Count(name, group[order], places, table)
        case Apart(name, group):
            return Apart(name, group[order])


@pytest.mark.parametrize("seed", range(8))
def test_what_is_proven_of_300_topics_is_no_worse_than_any_line_up_by_chance(seed: int) -> None:
    problem = large(seed)
    found = exact.solved(problem, deadline_s=60)
    assert found.proven
    assert same(found, exact.solved(problem, deadline_s=60))
    rng = np.random.default_rng(seed)
    for _ in range(200):
        other = rng.permutation(300)[: problem.places].astype(np.int32)
        other[:3] = np.where(rng.random(3) < 0.7, found.topics[:3], other[:3])
        if len(set(other.tolist())) == problem.places:
            key = problem.degrees(other), problem.tie[other].tolist()
            assert (found.degrees, problem.tie[found.topics].tolist()) <= key


@pytest.mark.parametrize("limit", [{"deadline_s": 0.0}, {"nodes": 0}])
def test_limits_leave_a_whole_line_up_and_say_that_nothing_is_proven(
    limit: dict[str, float],
) -> None:
    unproven = 0
    for seed in range(8):
        problem = large(seed)
        found = exact.solved(problem, **limit)
        assert len(set(found.topics.tolist())) == problem.places
        assert found.degrees == problem.degrees(found.topics)
        assert found.degrees <= greedy.filled(problem).degrees
        unproven += not found.proven
    assert unproven


@given(SEEDS)
@settings(max_examples=100)
def test_greedy_fills_every_place_and_is_never_better_than_the_optimum(seed: int) -> None:
    problem = small(seed, topics=10, places=6)
    found = greedy.filled(problem)
    assert len(set(found.topics.tolist())) == problem.places
    assert found.degrees == problem.degrees(found.topics)
    assert not found.proven
    assert exact.solved(problem, deadline_s=60).degrees <= found.degrees


def test_greedy_takes_the_first_wish_where_nothing_is_in_conflict() -> None:
    wish = np.array([[0, 9], [1, 5], [9, 0]], np.int64)
    rows, tie = np.arange(3, dtype=np.int32), np.arange(3, dtype=np.int64)
    problem = Problem(2, rows, (Each("wish", wish),), tie)
    assert greedy.filled(problem).topics.tolist() == [0, 2]


def test_of_line_ups_alike_in_every_degree_the_first_in_the_order_of_choice_wins() -> None:
    tie = np.array([4, 0, 3, 1, 2], np.int64)
    problem = Problem(3, np.arange(5, dtype=np.int32), (), tie)
    for found in (exact.solved(problem), cpsat.solved(problem), greedy.filled(problem)):
        assert found.topics.tolist() == [1, 3, 4]


def test_no_topics_make_an_empty_line_up() -> None:
    none = np.zeros(0, np.int32)
    level = Count("cap", none, np.ones(6, np.bool_), np.zeros((0, 7), np.int64))
    problem = Problem(0, none, (level,), none.astype(np.int64))
    for found in (exact.solved(problem), cpsat.solved(problem), greedy.filled(problem)):
        assert found.topics.tolist() == []
        assert found.degrees == (0,)


def test_degrees_that_do_not_fit_are_refused_by_name() -> None:
    level = Each("too-far", np.array([[0], [2**60]], np.int64))
    problem = Problem(1, np.arange(2, dtype=np.int32), (level,), np.arange(2, dtype=np.int64))
    with pytest.raises(ValueError, match="too-far"):
        exact.solved(problem)


def test_cp_sat_without_time_says_that_it_found_nothing() -> None:
    with pytest.raises(Unavailable, match="longer"):
        cpsat.solved(large(1), deadline_s=0.0)


def test_cp_sat_without_its_extra_names_the_extra() -> None:
    code = (
        "import sys; sys.modules['ortools'] = None\n"
        "import numpy as np\n"
        "from pittari.editions.compose import cpsat\n"
        "from pittari.editions.problem import Problem\n"
        "one = np.zeros(1, np.int32)\n"
        "try:\n    cpsat.solved(Problem(1, one, (), one.astype(np.int64)))\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "SettingsError" in run.stdout
    assert "pittari[solver]" in run.stdout
