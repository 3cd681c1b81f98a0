"""Does an edition go out for every pool, safe and the best there is? A million of them, judged.

Random and adversarial rule files, pools and wishes (`pittari.testing.newsroom`), and the rules that
come with the product. Of each pool: there is an edition if and only if at least the minimum of
topics pass safety, with as many places as can be, and the audit finds nothing unsafe. Of each with
few line-ups: it is the best of all of them. Of some: the integer solver of SciPy, and CP-SAT, find
the same. Prints one JSON line; the status is 1 when anything failed, and the seeds are told.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from random import Random

from pittari.editions.audit import audited
from pittari.editions.compiling import compiled
from pittari.editions.compose import cpsat
from pittari.editions.ladder import Composed, composed
from pittari.editions.pool import Pool, Wishes
from pittari.editions.problem import Each, LineUp, Problem
from pittari.editions.rules import EDITIONS, Rules, default_rules, places, today
from pittari.testing import newsroom, referees

BATCH = 1000
FEW = 200
"""Line-ups up to which all are tried."""
OFTEN, SELDOM, LARGE = 500, 2000, 500
"""One pool of so many goes to integer programming, to CP-SAT, and has up to 150 topics."""
EXACT = 100_000
"""Degrees up to which floating sums are trusted."""
SHIPPED = [default_rules(name) for name in EDITIONS]


def main() -> int:
    """Returns 1 when a pool failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pools", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first pool")
    parser.add_argument("--processes", type=int, default=2)
    told = parser.parse_args()
    start = time.perf_counter()
    counts: Counter[str] = Counter()
    failed: list[str] = []
    end = told.seed + told.pools
    batches = [(at, min(at + BATCH, end)) for at in range(told.seed, end, BATCH)]
    with get_context("spawn").Pool(told.processes, initializer=os.nice, initargs=(10,)) as pool:
        for some, wrong in pool.imap_unordered(judged, batches):
            counts += some
            failed += wrong
            if counts["pools"] % 50_000 < BATCH:
                print(f"# {counts['pools']} pools, {len(failed)} failed", file=sys.stderr)
    seconds = round(time.perf_counter() - start)
    print(json.dumps({**counts, "failed": len(failed), "first": failed[:20], "seconds": seconds}))
    return bool(failed)


def judged(seeds: tuple[int, int]) -> tuple[Counter[str], list[str]]:
    """Judges the pools of some seeds: what was counted, and what failed."""
    counts: Counter[str] = Counter()
    failed = []
    rules = SHIPPED[0]
    for seed in range(*seeds):
        dice = Random(seed)
        if seed % 20 == 0:
            rules = dice.choice(SHIPPED) if dice.random() < 0.2 else newsroom.any_rules(dice)
        pool = newsroom.any_pool(dice, 150 if seed % LARGE == 0 else 8)
        wishes = newsroom.wishes(dice, pool) if dice.random() < 0.5 else Wishes()
        edition = composed(rules, pool, wishes)
        counts["pools"] += 1
        counts[edition.rung] += 1
        failed += [f"{seed}: {why}" for why in _wrong(rules, pool, wishes, edition)]
        if edition.topics:
            problem = compiled(rules, pool, wishes)
            number = {pool.entries[row].topic.id: i for i, row in enumerate(problem.rows)}
            lineup = [number[topic] for topic in edition.topics]
            failed += [f"{seed}: {why}" for why in _worse(seed, problem, lineup, counts)]
    return counts, failed


def _wrong(rules: Rules, pool: Pool, wishes: Wishes, edition: Composed) -> Iterator[str]:
    """Yields what breaks the promise or safety."""
    admissible = len(pool.entries) - len(edition.kept_out)
    most = places(rules, today(rules, pool.at, wishes.modes))
    promised = min(admissible, most) if admissible >= rules.edition.minimum else 0
    if len(edition.topics) != promised:
        yield f"{len(edition.topics)} places, promised {promised}"
    if edition.rung not in ("optimum", "fewer", "none"):
        yield edition.rung
    found = audited(rules, pool, wishes, edition.topics) if edition.topics else []
    yield from (f"audit: {one.rule}" for one in found if one.severity == "safety")


def _worse(seed: int, problem: Problem, lineup: list[int], counts: Counter[str]) -> Iterator[str]:
    """Yields which judge found another line-up."""
    judges = {
        "tried": math.perm(len(problem.tie), problem.places) <= FEW,
        "programmed": seed % OFTEN == 1 and _small(problem),
        "cpsat": seed % SELDOM == 2,
    }
    for name, asked in judges.items():
        if asked:
            counts[f"{name}_compared"] += 1
            best = _JUDGES[name](problem).topics.tolist()
            if best != lineup:
                yield f"{name}: {best}"


def _small(problem: Problem) -> bool:
    degrees = (level.degree for level in problem.levels if isinstance(level, Each))
    return all(degree.max(initial=0) < EXACT for degree in degrees)


def _cpsat(problem: Problem) -> LineUp:
    return cpsat.solved(problem, deadline_s=600.0)


_JUDGES = {"tried": referees.tried, "programmed": referees.programmed, "cpsat": _cpsat}

if __name__ == "__main__":
    sys.exit(main())
