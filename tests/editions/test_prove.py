"""The checker tells the truth: counter-examples break what they should, and what holds, holds."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import permutations
from random import Random

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from tests.editions import made_up

from pittari.editions.compiling import compiled
from pittari.editions.ladder import composed
from pittari.editions.pool import Pool, Wishes
from pittari.editions.problem import Apart, Count, Each, Problem
from pittari.editions.prove import Answer, assumptions, checked
from pittari.editions.rules import Rules, default_rules

SINCE = date(2026, 11, 20)
KINDS = ("avoid", "want", "over", "count", "count", "apart", "by", "pin")
Degrees = dict[str, npt.NDArray[np.int64]]


def degrees(rules: Rules, names: tuple[str, ...], answer: Answer) -> dict[str, int]:
    """What the composer does with some rules of a file in a counter-example."""
    assert answer.witness is not None
    held = tuple(rule for rule in rules.rules if rule.name in names)
    some = msgspec.structs.replace(rules, rules=held)
    made = composed(some, answer.witness, Wishes(modes=answer.modes))
    assert made.proven
    return made.degrees


def breaks(rules: Rules, answer: Answer) -> bool:
    """Whether the composer, given the counter-example, breaks what it is said to break."""
    every = tuple(rule.name for rule in rules.rules)
    match answer.question, answer.answer:
        case "rule", _:
            return degrees(rules, every, answer)[answer.rules[0]] > 0
        case "pair" | "together", "conflict" | "never_both" | "led" | "pairs":
            first, second = answer.rules
            objective = next(r for r in rules.rules if r.name == first).kind == "by"
            alone = objective or not degrees(rules, (first,), answer)[first]
            free = not degrees(rules, (second,), answer)[second]
            return alone and free and degrees(rules, answer.rules, answer)[second] > 0
        case "together", _:
            alone = all(not degrees(rules, (name,), answer)[name] for name in answer.rules)
            return alone and any(degrees(rules, every, answer)[name] for name in answer.rules)
    return any(degrees(rules, answer.rules, answer).values())


@pytest.mark.parametrize("seed", range(60))
def test_every_counter_example_breaks_what_it_claims_to_break(seed: int) -> None:
    rng = Random(seed)
    rules = made_up.rules(rng, rng.randrange(2, 9))
    report = checked(rules, SINCE)
    for answer in report.answers:
        if answer.witness is not None:
            assert breaks(rules, answer), answer
            assert answer.said.ja
            assert answer.said.en
    for one in assumptions(rules, SINCE):
        if one.witness is not None:
            assert not one.holds(one.witness, Wishes(modes=one.modes)), one


def few_places(seed: int) -> Rules:
    rng = Random(seed)
    kinds = KINDS if seed % 3 else ("avoid", "want", "over", "count")
    return made_up.rules(rng, rng.randrange(2, 7), kinds, places=rng.choice([2, 3]))


def pools(rules: Rules, seed: int, count: int) -> Iterator[tuple[Pool, Problem, Degrees]]:
    """Random pools that fill the edition, with the degrees of every line-up there is."""
    rng = Random(seed)
    n = rules.edition.places
    line_ups = {size: np.array(list(permutations(range(size), n))) for size in range(n, 8)}
    for _ in range(count):
        at = made_up.AT + timedelta(days=rng.randrange(7))
        pool = msgspec.structs.replace(made_up.pool(rng, rng.randrange(n, 8)), at=at)
        problem = compiled(rules, pool)
        if problem.places == n:
            lines = line_ups[len(problem.rows)]
            yield pool, problem, {one.name: degree(one, lines) for one in problem.levels}


def degree(level: Each | Count | Apart, lines: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    if isinstance(level, Each):
        return level.degree[lines, np.arange(lines.shape[1])].sum(1)
    own = level.group[lines]
    if isinstance(level, Apart):
        return ((own[:, 1:] == own[:, :-1]) & (own[:, 1:] >= 0)).sum(1)
    own = np.where(level.places[: lines.shape[1]], own, -1)
    counts = [(own == group).sum(1) for group in range(len(level.table))]
    return sum(
        (row[n] for row, n in zip(level.table, counts, strict=True)), np.zeros(len(own), int)
    )


def holds(answer: Answer, told: Degrees, rules: Rules) -> bool:
    """Whether what the checker says of rules is true of every line-up of a pool."""
    if any(name not in told for name in answer.rules):
        return True
    kept = [told[name] == 0 for name in answer.rules]
    match answer.question, answer.answer:
        case "rule", "dead" | "dead_behind":
            return bool(kept[0].all())
        case "rule", "holds":
            return bool(kept[0].any())
        case "rule", "always_yields":
            return not kept[0].any()
        case "rule", "covered":
            return bool(kept[0][kept[1]].all())
        case "pair", "first_implies_second":
            return bool(kept[1][kept[0]].all())
        case "pair", "second_implies_first":
            return bool(kept[0][kept[1]].all())
        case "pair", "same":
            return bool((kept[0] == kept[1]).all())
        case "pair", "never_both":
            return not (kept[0] & kept[1]).any()
        case "pair", "compatible" | "never_meet":
            first = next(rule for rule in rules.rules if rule.name == answer.rules[0])
            if any(r.kind == "by" for r in rules.rules if r.name == answer.rules[1]):
                return True
            if first.kind == "by":
                kept[0] = told[first.name] == told[first.name].min()
            return not (kept[0].any() and kept[1].any()) or bool((kept[0] & kept[1]).any())
    return True


@pytest.mark.parametrize("seed", range(100))
def test_what_holds_survives_random_pools(seed: int) -> None:
    rules = few_places(seed)
    report = checked(rules, SINCE)
    needed = assumptions(rules, SINCE)
    never = {answer.rules[0] for answer in report.rules if answer.answer == "always_yields"}
    promises = {rule.name for rule in rules.rules if rule.kind != "by"} - never
    for pool, _, told in pools(rules, seed, 100):
        for answer in report.answers:
            assert holds(answer, told, rules), answer
        kept = [told[name] == 0 for name in promises & set(told)]
        together = np.logical_and.reduce(kept).any() if kept else True
        if report.together.answer == "proven" and all(one.holds(pool) for one in needed):
            assert together
        for one in needed:
            asked = {*one.rules, *one.counted}
            if asked and not one.holds(pool):
                some = [told[name] == 0 for name in asked]
                assert not np.logical_and.reduce(some).any(), one


def test_the_shipped_rules_go_out_and_their_answers_are_whole() -> None:
    for name in ("morning", "noon", "evening"):
        report = checked(default_rules(name), SINCE)
        assert report.goes_out.answer == "always"
        assert all(breaks(default_rules(name), a) for a in report.answers if a.witness)


def test_the_same_file_and_day_give_the_same_answers() -> None:
    rules = default_rules("morning")
    assert checked(rules, SINCE) == checked(rules, SINCE)
