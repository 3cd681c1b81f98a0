"""Reasons are true: the runner-up is the best loser, and what forced a rule did force it."""

from itertools import permutations
from random import Random

import msgspec
import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.editions import made_up

from pittari.editions.compiling import compiled
from pittari.editions.explain import changed, explained
from pittari.editions.ladder import composed
from pittari.editions.pool import Pool, Wishes
from pittari.editions.problem import Problem
from pittari.editions.rules import Rules

SEEDS = st.integers(0, 2**32 - 1)


def world(seed: int) -> tuple[Rules, Pool, Wishes]:
    rng = Random(seed)
    rules = made_up.rules(rng, rng.randrange(1, 7), places=3)
    return rules, made_up.pool(rng, rng.randrange(2, 8)), made_up.wishes(rng)


def numbers(pool: Pool, problem: Problem, topics: tuple[str, ...]) -> list[int]:
    ids = [pool.entries[row].topic.id for row in problem.rows]
    return [ids.index(topic) for topic in topics]


def key(problem: Problem, lineup: list[int]) -> tuple[int, ...]:
    array = np.array(lineup, np.int32)
    return (*problem.degrees(array), *problem.tie[array].tolist())


@given(SEEDS)
def test_the_runner_up_is_the_best_topic_not_placed_and_loses_at_the_level_named(seed: int) -> None:
    rules, pool, wishes = world(seed)
    made = composed(rules, pool, wishes)
    problem = compiled(rules, pool, wishes)
    lineup = numbers(pool, problem, made.topics)
    others = [t for t in range(len(problem.rows)) if t not in lineup]
    for reason in explained(rules, pool, wishes, made).places:
        assert reason.winner == made.topics[reason.place - 1]
        assert reason.said.ja
        assert reason.said.en
        if not others:
            assert reason.runner_up is None
            continue
        i = reason.place - 1
        keys = {t: key(problem, [*lineup[:i], t, *lineup[i + 1 :]]) for t in others}
        best = min(keys, key=keys.__getitem__)
        assert reason.runner_up == pool.entries[problem.rows[best]].topic.id
        ours = key(problem, lineup)
        assert ours < keys[best]
        names = [*(level.name for level in problem.levels), *["tie"] * len(lineup)]
        first = next(n for n, a, b in zip(names, ours, keys[best], strict=True) if a != b)
        assert reason.level == first


@given(SEEDS)
def test_a_rule_gives_way_for_want_of_topics_or_for_the_rule_above_that_is_named(seed: int) -> None:
    rules, pool, wishes = world(seed)
    made = composed(rules, pool, wishes)
    problem = compiled(rules, pool, wishes)
    level = {one.name: i for i, one in enumerate(problem.levels)}
    every = [
        problem.degrees(np.array(some, np.int32))
        for some in permutations(range(len(problem.rows)), problem.places)
    ]
    told = explained(rules, pool, wishes, made).relaxed
    assert {one.rule for one in told} == set(made.relaxed)
    for one in told:
        i = level[one.rule]
        least = min(degrees[i] for degrees in every)
        if one.forced_by:
            assert least < one.degree
            j = level[one.forced_by]
            assert min((degrees[j], degrees[i]) for degrees in every)[1] >= one.degree
            assert j < i
        elif "no line-up of these topics" in one.said.en:
            assert least == one.degree


@given(SEEDS)
def test_a_rule_changed_an_edition_if_without_it_another_would_have_gone_out(seed: int) -> None:
    rng = Random(seed)
    rules = made_up.rules(rng, rng.randrange(1, 5), places=3)
    pools = [made_up.pool(rng, rng.randrange(2, 8)) for _ in range(2)]
    assume(all(composed(rules, pool).topics for pool in pools))
    counts = changed(rules, pools)
    for field in ("keep_out", "rules"):
        several = getattr(rules, field)
        for i, rule in enumerate(several):
            fewer = (*several[:i], *several[i + 1 :])
            without = msgspec.structs.replace(rules, **{field: fewer})
            expected = sum(
                composed(without, pool).topics != composed(rules, pool).topics for pool in pools
            )
            assert counts[rule.name] == expected


def test_a_line_up_from_elsewhere_has_no_reasons() -> None:
    rng = Random(1)
    rules, pool = made_up.rules(rng, 2), made_up.pool(rng, 6)
    assert explained(rules, pool, Wishes(), ["gone"]).places == ()
