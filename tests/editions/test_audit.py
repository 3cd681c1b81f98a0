"""The audit, written apart, sees what the composer's degrees tell, and safety besides."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.editions import made_up

from pittari.editions.audit import Finding, audited
from pittari.editions.compiling import admitted, compiled
from pittari.editions.pool import Pool, Wishes
from pittari.editions.rules import Rules

SEEDS = st.integers(0, 2**32 - 1)


def world(seed: int) -> tuple[Random, Rules, Pool, Wishes]:
    rng = Random(seed)
    rules = made_up.rules(rng, rng.randrange(1, 8))
    return rng, rules, made_up.pool(rng, rng.randrange(10)), made_up.wishes(rng)


@given(SEEDS)
def test_a_rule_is_warned_of_where_its_degree_is_not_zero_and_nowhere_else(seed: int) -> None:
    rng, rules, pool, wishes = world(seed)
    problem = compiled(rules, pool, wishes)
    topics = np.array(rng.sample(range(len(problem.rows)), problem.places), np.int32)
    by = {rule.name for rule in rules.rules if rule.kind == "by"}
    degrees = problem.degrees(topics)
    expected = {
        level.name
        for level, degree in zip(problem.levels, degrees, strict=True)
        if degree and level.name not in by
    }
    ids = [pool.entries[problem.rows[topic]].topic.id for topic in topics]
    found = audited(rules, pool, wishes, ids)
    assert {one.rule for one in found if one.severity == "warning"} == expected
    assert [one for one in found if one.severity == "safety"] == (
        [] if ids else [Finding("too-few-places", "safety")]
    )


@given(SEEDS)
def test_what_safety_keeps_out_blocks_and_nothing_else_of_the_pool_does(seed: int) -> None:
    _, rules, pool, wishes = world(seed)
    kept_out = admitted(rules, pool, wishes).kept_out
    for entry in pool.entries:
        found = audited(rules, pool, wishes, [entry.topic.id])
        blocked = [one.rule for one in found if one.severity == "safety"]
        reason = kept_out.get(entry.topic.id)
        assert blocked == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("lineup", "reason"),
    [
        (["t1", "t1"], "same-topic-twice"),
        (["t1", "gone"], "unknown-topic"),
        ([f"t{i}" for i in range(9)], "too-many-places"),
        ([], "too-few-places"),
    ],
)
def test_an_impossible_line_up_blocks(lineup: list[str], reason: str) -> None:
    rng = Random(1)
    pool, rules = made_up.pool(rng, 9), made_up.rules(rng, 0)
    found = audited(rules, pool, Wishes(), lineup)
    assert reason in {one.rule for one in found if one.severity == "safety"}
