"""How many rows a second go into the log over HTTP, durable and each once?"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pittari import clock
from pittari.cli.bench.load import Load, drive, request
from pittari.cli.bench.running import made, served
from pittari.engine import Engine
from pittari.model.event import COLUMNS, Engagement, Impression, stored
from pittari.settings import Project

BATCH = 100
Rows = list[Impression | Engagement]


def bench(rows: int, *, workers: int = 2, connections: int = 8, seed: int = 0) -> dict[str, Any]:
    """Sends `rows` event rows in batches of 100 to a server of its own, some batches twice.

    Returns rows per second (acknowledged, so durable), latencies of a batch, what the log holds
    afterwards, and what SQLite alone takes on the same disk. Raises `AssertionError` when the log
    does not hold each row exactly once.
    """
    with tempfile.TemporaryDirectory(prefix="pittari-bench-") as folder:
        project = made(Path(folder) / "project")
        engine = Engine.open(project)
        key = engine.store.keys.create("bench", "client")
        engine.close()
        batches = _batches(rows, seed)
        bodies = [msgspec.json.encode(batch) for batch in batches]
        with served(project, workers) as url:
            wire = [request(url, "/v1/events", body, key) for body in bodies]
            drive(url, wire[:20], connections=connections)
            sent = drive(url, wire[20:], connections=connections)
            again = drive(url, wire[:: max(1, len(wire) // 50)], connections=connections)
        held, different = _held(project)
        unique = sum(map(len, batches))
        if (held, different) != (unique, unique) or sent.failed or again.failed:
            raise AssertionError(f"sent {unique} rows; the log holds {held}, {different} different")
        return {
            "rows_per_second": round(sent.per_second * BATCH),
            "rows": unique,
            "log_rows": held,
            "batch": BATCH,
            "workers": workers,
            "connections": connections,
            **_times(sent),
            "sent_again": again.answers * BATCH,
            "sqlite_alone_rows_per_second": round(_alone(Path(folder) / "alone.db", batches)),
        }


def _times(load: Load) -> dict[str, float]:
    return {"p50_ms": round(load.p50_ms, 2), "p99_ms": round(load.p99_ms, 2)}


def _batches(rows: int, seed: int) -> list[Rows]:
    """Returns batches as clients send them: what was seen, and one click in twenty."""
    dice = np.random.default_rng(seed)
    now = clock.now()
    users, items = dice.integers(0, 10_000, rows).tolist(), dice.integers(0, 41_000, rows).tolist()
    made: Rows = []
    for i in range(rows):
        shared: dict[str, Any] = {
            "event_id": f"{seed:x}-{i:032x}",
            "at": clock.moment(now - i % 1_000_000),
            "user": f"u{users[i]}",
            "touchpoint": "shelf",
            "decision_id": f"{now - i // 12:016x}{i // 12:016x}",
            "item": f"i{items[i]}",
            "position": 1 + i % 12,
        }
        made.append(Engagement(action="click", **shared) if i % 20 == 0 else Impression(**shared))
    return [made[at : at + BATCH] for at in range(0, rows, BATCH)]


def _held(project: Project) -> tuple[int, int]:
    """Returns how many rows the log holds, and how many different ids."""
    engine = Engine.open(project)
    try:
        with engine.store.database.peek() as session:
            asked = "SELECT count(*), count(DISTINCT event_id) FROM events"
            held, different = session.rows(asked)[0]
    finally:
        engine.close()
    return held, different


def _alone(file: Path, batches: list[Rows]) -> float:
    """Returns rows per second of the bare database: one writer, one table, 1,000 rows a commit."""
    rows = [stored(row) for batch in batches for row in batch]
    raw = sqlite3.connect(file, isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=FULL")
    names = ",".join(f'"{name}"' for name in COLUMNS)
    raw.execute(f"CREATE TABLE events (seq INTEGER PRIMARY KEY, {names}, UNIQUE (event_id))")
    raw.execute('CREATE INDEX by_user ON events ("user", seq)')
    put = f"INSERT INTO events ({names}) VALUES ({','.join('?' * len(COLUMNS))})"
    begun = time.perf_counter()
    for at in range(0, len(rows), 1000):
        raw.execute("BEGIN IMMEDIATE")
        raw.executemany(put, rows[at : at + 1000])
        raw.execute("COMMIT")
    taken = time.perf_counter() - begun
    raw.close()
    return len(rows) / taken
