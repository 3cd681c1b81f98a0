"""An edition goes out whatever fails: each rung holds when the one above it does not."""

import os
import signal
import subprocess
import sys
from random import Random

import numpy as np
import pytest

from pittari.editions import ladder
from pittari.editions.audit import audited
from pittari.editions.compiling import compiled
from pittari.editions.ladder import RUNGS, WHY, Composed, Parts, Step, composed
from pittari.editions.pool import Pool, Wishes
from pittari.editions.problem import Each, LineUp, Problem
from pittari.editions.rules import Rules, default_rules
from pittari.testing import newsroom, referees

MORNING = default_rules("morning")


def wide(seed: int = 1, topics: int = 120) -> Pool:
    return newsroom.bare_pool(Random(seed), topics)


def broken(*_: object) -> LineUp:
    raise MemoryError("no more room")


def killed(problem: Problem, seconds: float) -> LineUp:
    """Solves in another process, which somebody kills."""
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    os.kill(child.pid, signal.SIGKILL)
    raise ChildProcessError(f"the solver ended with {child.wait()}")


def doubled(problem: Problem, *_: object) -> LineUp:
    topics = np.zeros(problem.places, np.int32)
    return LineUp(topics, problem.degrees(topics), True)


def why(edition: Composed) -> dict[str, str]:
    return {step.rung: step.why for step in edition.steps}


def safe(rules: Rules, pool: Pool, wishes: Wishes, edition: Composed) -> bool:
    found = audited(rules, pool, wishes, edition.topics)
    return not [one for one in found if one.severity == "safety"]


def test_the_first_rung_is_the_full_optimum() -> None:
    edition = composed(MORNING, wide())
    assert (edition.rung, edition.proven, len(edition.topics)) == ("optimum", True, 6)
    assert edition.steps == (Step("optimum", "taken"),)
    assert list(edition.degrees) == [rule.name for rule in MORNING.rules]


def test_at_the_time_limit_the_best_found_goes_out() -> None:
    edition = composed(MORNING, wide(), parts=Parts(deadline_s=0.0))
    assert (edition.rung, edition.proven, len(edition.topics)) == ("best_found", False, 6)
    assert why(edition) == {"optimum": "unproven", "best_found": "taken"}


@pytest.mark.parametrize("solve", [broken, killed, doubled])
def test_with_the_solver_gone_the_greedy_line_up_goes_out(solve: object) -> None:
    pool = wide()
    edition = composed(MORNING, pool, parts=Parts(solve=solve))
    assert (edition.rung, len(set(edition.topics))) == ("greedy", 6)
    assert why(edition)["optimum"] in ("raised", "unsound")
    assert why(edition)["best_found"] == "nothing"
    assert safe(MORNING, pool, Wishes(), edition)


@pytest.mark.parametrize(
    "parts", [Parts(solve=broken, fill=broken), Parts(solve=doubled, fill=doubled)]
)
def test_with_both_solvers_gone_the_line_up_prepared_goes_out_less_what_is_kept_out(
    parts: Parts,
) -> None:
    pool = wide()
    before = composed(MORNING, pool).topics
    edition = composed(MORNING, pool, Wishes(vetoes=before[1:2]), prepared=[before], parts=parts)
    assert edition.rung == "prepared"
    assert edition.topics[:5] == before[:1] + before[2:]
    assert len(set(edition.topics)) == 6
    assert edition.kept_out[before[1]] == "vetoed"
    assert edition.degrees


def test_of_line_ups_prepared_the_newest_of_which_something_is_left_is_taken() -> None:
    pool = wide()
    first, second = pool.entries[3].topic.id, pool.entries[5].topic.id
    parts = Parts(solve=broken, fill=broken)
    told = [["gone"], [first], [second]]
    assert composed(MORNING, pool, prepared=told, parts=parts).topics[0] == first


@pytest.mark.parametrize("parts", [Parts(compile=broken), Parts(solve=broken, fill=broken)])
def test_with_nothing_prepared_the_main_tab_goes_out_from_the_top(parts: Parts) -> None:
    pool = wide()
    edition = composed(MORNING, pool, prepared=[["no", "longer", "there"]], parts=parts)
    assert (edition.rung, why(edition)["prepared"]) == ("main_tab", "nothing")
    main = sorted((entry.main, entry.topic.id) for entry in pool.entries if entry.main)
    assert edition.topics == tuple(topic for _, topic in main[:6])


def test_a_tiny_pool_makes_fewer_places_and_one_below_the_minimum_no_edition() -> None:
    for topics in range(8):
        edition = composed(MORNING, newsroom.bare_pool(Random(topics), topics, others=5))
        assert len(edition.topics) == (min(topics, 6) if topics >= 3 else 0)
        rung = "none" if topics < 3 else "fewer" if topics < 6 else "optimum"
        assert edition.rung == edition.steps[-1].rung == rung
        assert len(edition.kept_out) == 5
    assert [step.why for step in composed(MORNING, wide(topics=4)).steps] == ["short", "taken"]


def test_nothing_goes_out_when_nobody_can_say_what_is_safe() -> None:
    edition = composed(MORNING, wide(), parts=Parts(admit=broken))
    assert (edition.rung, edition.topics) == ("none", ())
    assert "MemoryError" in edition.steps[0].detail


def test_a_problem_that_makes_no_sense_still_lets_an_edition_go() -> None:
    def bent(*_: object) -> Problem:
        whole = compiled(MORNING, wide())
        short = Each("bent", np.zeros((1, 1), np.int64))
        return Problem(whole.places, whole.rows, (short,), whole.tie)

    edition = composed(MORNING, wide(), parts=Parts(compile=bent))
    assert len(edition.topics) == 6
    assert edition.degrees == {}


@pytest.mark.parametrize(
    "parts",
    [Parts(), Parts(solve=broken), Parts(solve=broken, fill=broken), Parts(compile=broken)],
)
def test_pins_stand_on_every_rung_and_never_above_safety(parts: Parts) -> None:
    pool = wide()
    pinned, vetoed = pool.entries[50].topic.id, pool.entries[51].topic.id
    wishes = Wishes(pins={2: pinned, 3: vetoed, 5: pinned}, vetoes=(vetoed,))
    edition = composed(MORNING, pool, wishes, parts=parts)
    assert edition.topics[1] == pinned
    assert vetoed not in edition.topics
    assert len(set(edition.topics)) == 6


def test_every_step_is_a_sentence_in_both_languages() -> None:
    for rung in RUNGS:
        for reason in WHY:
            english, japanese = (Step(rung, reason, "4/6").told(lang) for lang in ("en", "ja"))
            assert english != japanese
            assert english.isascii()
            assert not japanese.isascii()
            assert "{" not in english + japanese


def test_each_step_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", ladder.__name__):
        composed(MORNING, wide(), parts=Parts(solve=broken))
    text = caplog.text
    assert "Full optimum: it failed (MemoryError: no more room)" in text
    assert "Place by place in order of priority: this is the one" in text


CHUNKS = 10


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_an_edition_goes_out_for_every_pool_that_holds_its_minimum(chunk: int) -> None:
    for seed in range(chunk, 10_000, CHUNKS):
        dice = Random(seed // 10)
        rules = newsroom.any_rules(dice, 6)
        dice = Random(seed)
        pool = newsroom.any_pool(dice, 8)
        wishes = newsroom.wishes(dice, pool)
        edition = composed(rules, pool, wishes)
        admissible = len(pool.entries) - len(edition.kept_out)
        assert (edition.rung == "none") == (admissible < rules.edition.minimum), seed
        assert edition.rung in ("optimum", "fewer", "none"), (seed, edition.steps)
        if edition.topics:
            assert edition.proven, seed
            assert safe(rules, pool, wishes, edition), seed
            assert len(set(edition.topics)) == len(edition.topics), seed
            if admissible <= 5:
                problem = compiled(rules, pool, wishes)
                best = problem.rows[referees.tried(problem).topics]
                assert edition.topics == tuple(pool.entries[i].topic.id for i in best), seed
