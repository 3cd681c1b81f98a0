"""How fast does a company's log come in? A Parquet file of made-up rows, brought in and timed."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pittari import clock

DAYS = 60
_ACTIONS = ("impression", "click", "preview", "download", "send", "purchase", "mute")
_SHARES = (0.60, 0.24, 0.06, 0.04, 0.04, 0.018, 0.002)
_BLOCK = 500_000


def bench(rows: int) -> dict[str, Any]:
    """Imports `rows` event rows over 60 closed days into an empty project, in a fresh process.

    Returns seconds, rows per second and the peak resident memory of that process in bytes.
    """
    with tempfile.TemporaryDirectory(prefix="pittari-bench-") as folder:
        file = Path(folder) / "events.parquet"
        write(file, rows)
        code = f"from {__name__} import run; run()"
        asked = [sys.executable, "-c", code, folder]
        done = subprocess.run(asked, check=True, capture_output=True, text=True)  # noqa: S603
        told: dict[str, Any] = msgspec.json.decode(done.stdout)
        return {"rows": rows, "file_bytes": file.stat().st_size, **told}


def run() -> None:
    """Imports `events.parquet` of the folder named on the command line; prints what it took."""
    from pittari import importing
    from pittari.store import open_store

    folder = Path(sys.argv[1])
    store = open_store(f"sqlite:///{folder}/pittari.db", folder / "lake", folder / "parameters")
    start = time.perf_counter()
    source = importing.examine(folder / "events.parquet")
    plan = importing.plan("events", source, importing.Mapping())
    report = importing.bring(plan, store, folder / "rejects.jsonl", lambda *_: None)
    seconds = time.perf_counter() - start
    store.close()
    scale = 1 if sys.platform == "darwin" else 1024
    told = {
        "new": report.new,
        "rejected": report.rejected,
        "seconds": round(seconds, 2),
        "rows_per_second": round(report.read / seconds),
        "peak_rss_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale,
    }
    print(msgspec.json.encode(told).decode())


def write(file: Path, rows: int, seed: int = 7) -> None:
    """Writes made-up event rows in order of time: heavy tails of people and items."""
    dice = np.random.Generator(np.random.PCG64(seed))
    users = np.array([f"user-{number:07}" for number in range(max(10, rows // 50))])
    items = np.array([f"package-{number:05}" for number in range(41_000)])
    start = (clock.day(clock.now()) - DAYS - 1) * clock.DAY
    step = DAYS * clock.DAY / rows
    with pq.ParquetWriter(file, _schema(), compression="zstd") as writer:
        for first in range(0, rows, _BLOCK):
            size = min(_BLOCK, rows - first)
            action = dice.choice(len(_ACTIONS), size, p=_SHARES)
            bought = action == _ACTIONS.index("purchase")
            at = start + ((first + np.arange(size)) * step).astype(np.int64)
            columns = [
                pa.array(at, pa.timestamp("us", "UTC")),
                pa.array(users[_heavy(dice, len(users), size)]),
                pa.array(items[_heavy(dice, len(items), size)]),
                pa.array(np.array(_ACTIONS)[action]),
                pa.array(dice.integers(1, 25, size)),
                pa.array(np.where(bought, 120, 0)),
                pa.array(np.where(bought, "JPY", "")),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=_schema()))


def _schema() -> pa.Schema:
    return pa.schema(
        [
            ("at", pa.timestamp("us", "UTC")),
            ("user", pa.string()),
            ("item", pa.string()),
            ("action", pa.string()),
            ("position", pa.int64()),
            ("value", pa.int64()),
            ("currency", pa.string()),
        ]
    )


def _heavy(dice: np.random.Generator, things: int, size: int) -> np.ndarray[Any, Any]:
    """Returns numbers below `things`, small ones far more often."""
    return (things * dice.random(size) ** 3).astype(np.int64)
