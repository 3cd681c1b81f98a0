"""How many decisions a second come over HTTP, each durable before it leaves, and how fast?"""

from __future__ import annotations

import multiprocessing
import socket
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pittari.cli.bench.load import Load, drive, request
from pittari.cli.bench.running import made, served
from pittari.cli.bench.shop import SHELVES, furnish
from pittari.cli.bench.typing import typing
from pittari.engine import Ask, Engine
from pittari.settings import Project
from pittari.web.messages import Question

_TOGETHER = 12
"""Requests that one of two workers finds at once when 24 connections are busy."""
_spawn = multiprocessing.get_context("spawn")


def bench(
    seconds: float = 10.0,
    *,
    touchpoint: str = "shelf",
    items: int = 41_000,
    users: int = 2_000,
    workers: int = 2,
    connections: int = 24,
) -> dict[str, Any]:
    """Asks a shelf of a made-up shop, or for rows while people type (`suggest`), in process and
    over loopback, and a bare echo beside it.

    Returns decisions per second and latencies; `ratio_to_echo`: to a Starlette and msgspec echo
    of the same question with the same workers and the same crowd. Raises `AssertionError` when an
    answer that came back has no `served` row.
    """
    with tempfile.TemporaryDirectory(prefix="pittari-bench-") as folder:
        project = made(Path(folder) / "project", SHELVES)
        engine = Engine.open(project)
        if touchpoint == "suggest":
            asks = typing(engine, items, users)
        else:
            furnish(engine, items, users)
            asks = [Ask("shelf", f"u{user}", n=12) for user in range(users)]
        key = engine.store.keys.create("bench", "client")
        inside, candidates = _in_process(engine, asks, seconds)
        before = _served_rows(engine)
        engine.close()
        bodies = [
            msgspec.json.encode(
                Question(touchpoint=a.touchpoint, user=a.user, n=a.n, context=dict(a.context or {}))
            )
            for a in asks
        ]
        with served(project, workers) as url:
            wire = [request(url, "/v1/decisions", body, key) for body in bodies]
            warm = drive(url, wire, connections=connections, seconds=seconds / 2)
            asked = drive(url, wire, connections=connections, seconds=seconds)
        _check(project, before + warm.answers + asked.answers, asked)
        with _echo(workers) as url:
            wire = [request(url, "/echo", body) for body in bodies]
            drive(url, wire, connections=connections, seconds=seconds / 10)
            echoed = drive(url, wire, connections=connections, seconds=seconds / 2)
    return {
        "decisions_per_second": round(asked.per_second),
        "p50_ms": round(asked.p50_ms, 2),
        "p99_ms": round(asked.p99_ms, 2),
        "in_process": inside,
        "ratio_to_echo": round(asked.per_second / echoed.per_second, 3),
        "echo_per_second": round(echoed.per_second),
        "items": items,
        "candidates": candidates,
        "workers": workers,
        "connections": connections,
    }


def _in_process(
    engine: Engine, asks: Sequence[Ask], seconds: float
) -> tuple[dict[str, float], float]:
    """Returns the figures of deciding alone, without recording, and how many candidates there
    were on the average; everyone has asked once before. `own_us`: processor time of a decision,
    `together_us`: where several ask together."""
    sizes = []
    for ask in asks:
        decision = engine.decide(ask)
        sizes.append(len(decision.slots) + len(decision.dropped))
    times: list[float] = []
    begun, end = time.thread_time(), time.perf_counter() + seconds / 2
    while not times or times[-1] < end:
        engine.decide(asks[len(times) % len(asks)])
        times.append(time.perf_counter())
    own = (time.thread_time() - begun) / len(times)
    begun = time.thread_time()
    for start in range(0, len(asks), _TOGETHER):
        engine.decide_all(asks[start : start + _TOGETHER])
    together = (time.thread_time() - begun) / len(asks)
    spent = np.diff(times) * 1000
    p50, p99 = np.percentile(spent, [50, 99]).tolist()
    figures = {
        "decisions_per_second": round(1000 / spent.mean()),
        "p50_ms": round(p50, 3),
        "p99_ms": round(p99, 3),
        "own_us": round(1e6 * own, 1),
        "together_us": round(1e6 * together, 1),
    }
    return figures, round(float(np.mean(sizes)), 1)


def _served_rows(engine: Engine) -> int:
    with engine.store.database.peek() as session:
        return int(session.rows("SELECT count(*) FROM events WHERE kind = 'served'")[0][0])


def _check(project: Project, answers: int, asked: Load) -> None:
    engine = Engine.open(project)
    rows = _served_rows(engine)
    engine.close()
    if asked.failed or rows != answers:
        raise AssertionError(f"{answers} answers, {asked.failed} failed, {rows} served rows")


async def _answer(http: Request) -> Response:
    question = msgspec.json.decode(await http.body(), type=Question)
    return Response(msgspec.json.encode(question), media_type="application/json")


def _echo_worker(listener: socket.socket, out: Connection) -> None:
    @asynccontextmanager
    async def ready(app: Starlette) -> AsyncIterator[None]:
        out.send("ready")
        yield

    app = Starlette(routes=[Route("/echo", _answer, methods=["POST"])], lifespan=ready)
    config = uvicorn.Config(
        app, loop="uvloop", http="httptools", access_log=False, log_level="warning"
    )
    uvicorn.Server(config).run([listener])


@contextmanager
def _echo(workers: int) -> Iterator[str]:
    """Runs the bare application behind one socket, and lends its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        pipes = [_spawn.Pipe(duplex=False) for _ in range(workers)]
        crew = [_spawn.Process(target=_echo_worker, args=(listener, out)) for _, out in pipes]
        for process in crew:
            process.start()
        host, port = listener.getsockname()
        try:
            for ours, _ in pipes:
                ours.recv()
            time.sleep(0.2)
            yield f"http://{host}:{port}"
        finally:
            for process in crew:
                process.terminate()
            for process in crew:
                process.join()
