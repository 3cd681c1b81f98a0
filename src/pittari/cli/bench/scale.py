"""How long does learning take, and how much memory, as the shop grows?

The world is made up as it is written: people and items in groups of taste, popularity with a
heavy tail, a click for some of what was looked at. It lies on disk as the lake does, by kind and
day, and is read as the lake is.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
import duckdb
import numpy as np
import pyarrow as pa

from pittari import clock
from pittari.learning.learn import LEARNERS, fit
from pittari.learning.rows import read
from pittari.model.catalog import Item
from pittari.settings import LearnTable

NOW = 1_800_000_000 * clock.SECOND
DAYS = 50
GROUPS = 100
ACTIONS = ("purchase", "download", "send", "click")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class World:
    """How large the made-up shop is."""

    users: int
    items: int
    interactions: int
    seed: int = 0

    def goods(self) -> Iterator[Item]:
        """Yields the catalogue: three tags, a creator, a title of two words each."""
        dice = np.random.default_rng([self.seed, DAYS])
        words = dice.integers(0, 5000, (self.items, 2)).tolist()
        tags = dice.integers(0, 40, (self.items, 2)).tolist()
        for i in range(self.items):
            a, b = words[i]
            yield Item(
                id=f"i{i:07}",
                title={"en": f"w{a} w{b}"},
                creator=f"c{i % max(1, self.items // 20)}",
                tags=(f"g{i % GROUPS}", *(f"t{i % GROUPS}-{t}" for t in tags[i])),
                sold_from=clock.moment(NOW - (i % 700) * clock.DAY),
            )

    def day(self, day: int) -> pa.Table:
        """Returns what happened on a day: numbers of person and item, action, time."""
        dice = np.random.default_rng([self.seed, day])
        n = self.interactions // DAYS + (day < self.interactions % DAYS)
        # A tail of very busy people: the number drawn falls off as its square root grows.
        user = (self.users * dice.random(n) ** 1.5).astype(np.int64)
        own = dice.random(n) < 0.7
        group = np.where(own, user % GROUPS, dice.integers(0, GROUPS, n))
        # Rank r of a group is drawn in proportion to 1 / r.
        ranks = max(1, self.items // GROUPS)
        rank = np.exp(dice.random(n) * np.log(ranks + 1)).astype(np.int64) - 1
        return pa.table(
            {
                "n": np.arange(n) + day * (self.interactions // DAYS + 1),
                "u": user,
                "i": (np.minimum(rank, ranks - 1) * GROUPS + group) % self.items,
                "a": dice.choice(len(ACTIONS), n, p=(0.3, 0.1, 0.2, 0.4)),
                "t": NOW - (day + 1) * clock.DAY + dice.integers(0, clock.DAY, n),
                "p": dice.integers(1, 21, n),
            }
        )


def generate(world: World, folder: Path) -> None:
    """Writes the world's rows as `kind=K/day=D/part-0.parquet` under `folder`.

    A fifth of the interactions has an impression before it; as many impressions again have none
    after them.
    """
    db = duckdb.connect()
    for day in range(DAYS):
        db.register("acts", world.day(day))
        name = clock.iso_day(clock.day(NOW - (day + 1) * clock.DAY))
        for kind, query in (("engagement", _ENGAGEMENTS), ("impression", _IMPRESSIONS)):
            place = folder / f"kind={kind}" / f"day={name}"
            place.mkdir(parents=True, exist_ok=True)
            file = place / "part-0.parquet"
            db.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    db.close()


_SHARED = """printf('u%08d', u) AS "user", 'shelf' AS touchpoint, 'UTC' AS zone,
    printf('i%07d', i) AS item, '' AS currency, ''::BLOB AS body, 0::BIGINT AS value"""
_ENGAGEMENTS = f"""SELECT printf('e%012d', n) AS event_id, 'engagement' AS kind, t AS "at",
    CASE WHEN n % 5 = 0 THEN printf('d%012d', n) ELSE '' END AS decision_id,
    ['{"', '".join(ACTIONS)}'][a + 1] AS action, 0::INTEGER AS position, {_SHARED} FROM acts"""
_IMPRESSIONS = f"""SELECT printf('l%012d', n) AS event_id, 'impression' AS kind,
    t - 1000000 AS "at", printf('d%012d', n) AS decision_id, '' AS action,
    p::INTEGER AS position, {_SHARED} FROM acts WHERE n % 5 < 2"""


@dataclass(frozen=True, slots=True)
class ParquetLog:
    """The rows that `generate` wrote, read as the store's lake is."""

    folder: Path

    def batches(
        self, kinds: Sequence[str], since: int, until: int, columns: Sequence[str]
    ) -> pa.RecordBatchReader:
        """Returns the rows with since <= at < until, in any order."""
        files = [f"{self.folder}/kind={kind}/*/*.parquet" for kind in kinds if kind in _MADE]
        names = ", ".join(f'"{name}"' for name in columns)
        if not files:
            types = {"at": pa.int64(), "position": pa.int32(), "body": pa.binary()}
            schema = pa.schema([(name, types.get(name, pa.string())) for name in columns])
            return pa.RecordBatchReader.from_batches(schema, [])
        db = duckdb.connect(config={"memory_limit": "1GB"})
        found = db.sql(
            f"SELECT {names} FROM read_parquet({files}, hive_partitioning = false)"
            f' WHERE "at" >= {since} AND "at" < {until}'
        )
        return found.to_arrow_reader(100_000)


_MADE = ("engagement", "impression")


def bench(
    users: int, items: int, interactions: int, *, seed: int = 0, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Generates a world and learns every table from it, one after the other, keeping all.

    Returns seconds and peak memory (MB, of this whole process) of each step and in total.
    """
    world = World(users, items, interactions, seed)
    settings = LearnTable()
    steps: dict[str, dict[str, float]] = {}

    def step(name: str, work: Callable[[], T]) -> T:
        tell(name)
        gc.collect()
        _forget_peak()
        start = time.perf_counter()
        done = work()
        seconds = time.perf_counter() - start
        steps[name] = {"seconds": round(seconds, 1), "peak_mb": round(_peak_mb())}
        return done

    with tempfile.TemporaryDirectory(prefix="pittari-scale-") as made:
        folder = Path(made)
        step("generate", lambda: generate(world, folder))
        log = ParquetLog(folder)
        rows = step("reading", lambda: read(log, world.goods(), NOW, settings.window_days))
    kept = {name: step(name, partial(fit, name, rows, settings)) for name in LEARNERS}
    learning = [figures for name, figures in steps.items() if name != "generate"]
    return {
        "users": len(rows.users),
        "items": len(rows.items),
        "interactions": interactions,
        "pairs": len(rows.pairs.user),
        "seconds": round(sum(figures["seconds"] for figures in learning), 1),
        "peak_mb": max(figures["peak_mb"] for figures in learning),
        "table_mb": round(sum(a.nbytes for t in kept.values() for a in t.arrays.values()) / 1e6),
        "steps": steps,
    }


def _forget_peak() -> None:
    """Starts the peak anew where the system can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def _peak_mb() -> float:
    """Returns the most memory held since the peak was forgotten, or ever."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        unit = 1024 * 1024 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


@click.command()
@click.option("--users", default=20_000, show_default=True, help="People.")
@click.option("--items", default=2_000, show_default=True, help="Items.")
@click.option("--interactions", default=1_000_000, show_default=True, help="Engagement rows.")
@click.option("--seed", default=0, show_default=True, help="Seed of the made-up world.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(users: int, items: int, interactions: int, seed: int, as_json: bool) -> None:
    """Learn every table from a made-up world of a size; print seconds and peak memory."""
    told = bench(
        users, items, interactions, seed=seed, tell=lambda name: click.echo(name, err=True)
    )
    if as_json:
        click.echo(json.dumps(told))
        return
    for name, figures in told.pop("steps").items():
        click.echo(f"{name:12} {figures['seconds']:8.1f} s {figures['peak_mb']:8.0f} MB")
    click.echo(json.dumps(told))
