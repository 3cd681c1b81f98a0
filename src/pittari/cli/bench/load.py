"""A crowd that asks over HTTP: many connections, each sending its next request when answered.

It runs in a process of its own and does little per request, so that it takes as little as it can
from the server it measures.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import cast
from urllib.parse import urlsplit

import numpy as np
import uvloop

_spawn = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Load:
    """What came back: answers per second, their times, and how many were not 200."""

    answers: int
    seconds: float
    per_second: float
    p50_ms: float
    p99_ms: float
    failed: int


def request(url: str, path: str, body: bytes, key: str = "") -> bytes:
    """Returns a POST of JSON as it goes over the wire."""
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {urlsplit(url).netloc}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
    ]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def drive(
    url: str, requests: Sequence[bytes], *, connections: int, seconds: float | None = None
) -> Load:
    """Sends `requests`: each once, or over and over for some seconds. Returns what came back.

    Connections begin one after the other, so that workers share them.
    """
    ours, theirs = _spawn.Pipe(duplex=False)
    process = _spawn.Process(
        target=_crowd, args=(theirs, url, requests, connections, seconds), daemon=True
    )
    process.start()
    theirs.close()
    try:
        return cast(Load, ours.recv())
    finally:
        process.join()


def _crowd(
    out: Connection, url: str, requests: Sequence[bytes], connections: int, seconds: float | None
) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        out.send(runner.run(_drive(url, requests, connections, seconds)))


async def _drive(
    url: str, requests: Sequence[bytes], connections: int, seconds: float | None
) -> Load:
    loop = asyncio.get_running_loop()
    place = urlsplit(url)
    wanted = iter(requests) if seconds is None else itertools.cycle(requests)
    crowd = []
    for _ in range(connections):
        _, one = await loop.create_connection(_Caller, str(place.hostname), place.port or 80)
        crowd.append(one)
        await asyncio.sleep(0.005)
    begun = time.perf_counter()
    for one in crowd:
        one.begin(wanted, begun + seconds if seconds else float("inf"))
    await asyncio.gather(*(one.done for one in crowd))
    taken = time.perf_counter() - begun
    times = np.concatenate([np.array(one.times) for one in crowd]) * 1000
    p50, p99 = np.percentile(times, [50, 99]).tolist() if len(times) else (0.0, 0.0)
    failed = sum(one.failed for one in crowd)
    return Load(len(times), taken, len(times) / taken, p50, p99, failed)


class _Caller(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.failed = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = b""
        self._wanted: Iterator[bytes] = iter(())
        self._end = self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def begin(self, wanted: Iterator[bytes], end: float) -> None:
        self._wanted, self._end = wanted, end
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        at = self._buffer.find(b"content-length: ", 0, head) + 16
        length = int(self._buffer[at : self._buffer.find(b"\r", at)])
        if len(self._buffer) < head + 4 + length:
            return
        self.times.append(time.perf_counter() - self._sent)
        self.failed += not self._buffer.startswith(b"HTTP/1.1 200")
        self._buffer = b""
        self._next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.failed += 1
            self.done.set_result(None)

    def _next(self) -> None:
        self._sent = time.perf_counter()
        text = None if self._sent >= self._end else next(self._wanted, None)
        if text is None:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._transport.write(text)
