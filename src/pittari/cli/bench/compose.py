"""How long does the best line-up take? Made-up pools of 300 topics, beside CP-SAT."""

from __future__ import annotations

import time
from collections.abc import Iterator
from random import Random
from typing import Any

import msgspec
import numpy as np

from pittari.editions.compiling import admitted, compiled
from pittari.editions.compose import cpsat, exact
from pittari.editions.ladder import composed
from pittari.editions.pool import Pool
from pittari.editions.problem import LineUp, Problem
from pittari.editions.rules import Rules, read_rules
from pittari.testing import newsroom

SHAPES = ("plain", "one-section", "one-source", "nearly-tied")
"""Kinds of pool: even; 60 % of one section; 80 % of one of 7 sources; few words to tell by."""

RULES = """
[edition]
name = "morning"
places = 6
at = "08:00"
late_until = "08:40"
owner = "news desk"
"""
LEVELS = (
    "at_most = 1\neach = 'story'",
    "over = { age_hours = 12 }",
    "at_most = 2\neach = 'section'",
    "at_most = 2\neach = 'source'",
    "at_least = 2\neach = 'tone'",
    "apart = 'section'",
    "by = 'clicks_1h'\nplaces = [1, 2]",
    "by = 'main'\nplaces = [3]",
    "by = 'importance'\nplaces = [4, 5, 6]",
)


def bench(pools: int, *, topics: int = 300, peers: int = 12) -> dict[str, Any]:
    """Composes `pools` editions of 6 places by 9 rules, every second in a drawn order of priority.

    Times are processor time, which a busy machine does not change much: of the search alone
    (`p50_ms`, `p95_ms`, `max_ms`), by kind of pool, and from rules and pool to edition
    (`edition_p95_ms`). Every so many pools, CP-SAT solves the same problem: `ratio_to_cpsat` is how
    many times longer it takes, `equal_to_cpsat` how often both answer the same, of `peers`.
    """
    took: dict[str, list[float]] = {shape: [] for shape in SHAPES}
    editions, other, own, equal, unproven = [], 0.0, 0.0, 0, 0
    for i, (shape, rules, pool) in enumerate(_worlds(pools, topics)):
        problem = compiled(rules, pool)
        found, seconds = _timed(problem)
        took[shape].append(seconds * 1e3)
        unproven += not found.proven
        start = time.process_time()
        composed(rules, pool)
        editions.append((time.process_time() - start) * 1e3)
        if i % max(1, pools // peers) == 0:
            start = time.process_time()
            peer = cpsat.solved(problem)
            other, own = other + time.process_time() - start, own + seconds
            equal += peer.topics.tolist() == found.topics.tolist()
    every = [ms for shape in took.values() for ms in shape]
    compared = len(range(0, pools, max(1, pools // peers)))
    return {
        "pools": pools,
        "topics": topics,
        "p50_ms": _share(every, 50),
        "p95_ms": _share(every, 95),
        "max_ms": _share(every, 100),
        "unproven": unproven,
        "p95_ms_by_pool": {shape: _share(ms, 95) for shape, ms in took.items() if ms},
        "edition_p95_ms": _share(editions, 95),
        "ratio_to_cpsat": round(other / own, 1),
        "cpsat_ms": round(other / compared * 1e3, 1),
        "equal_to_cpsat": f"{equal}/{compared}",
    }


def _timed(problem: Problem) -> tuple[LineUp, float]:
    start = time.process_time()
    found = exact.solved(problem, deadline_s=10.0)
    return found, time.process_time() - start


def _worlds(pools: int, topics: int) -> Iterator[tuple[str, Rules, Pool]]:
    """Yields kind, rules and a pool of which exactly so many topics pass safety."""
    for seed in range(pools):
        dice = Random(seed)  # noqa: S311 - made-up news
        levels = dice.sample(LEVELS, len(LEVELS)) if seed % 2 else LEVELS
        rules = read_rules(RULES + "".join(map(_rule, range(len(levels)), levels)), "bench.toml")
        shape = SHAPES[seed // 2 % len(SHAPES)]
        pool = newsroom.pool(dice, 2 * topics, shape)
        rows = admitted(rules, pool).rows[:topics]
        entries = tuple(pool.entries[row] for row in rows)
        yield shape, rules, msgspec.structs.replace(pool, entries=entries)


def _rule(i: int, told: str) -> str:
    return f"[[rule]]\nname = 'rule-{i}'\nreason = {{ en = 'Made up.' }}\n{told}\n"


def _share(values: list[float], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 2)
