"""One process commits for all workers of a server, so that none of them ever waits for a disk.

Rows cross a socket as frames (4 bytes of length, then MessagePack) and are acknowledged when they
are durable. What several workers send while one transaction waits for the disk is the next one.
"""

from __future__ import annotations

import asyncio
import itertools
import selectors
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, cast

import msgspec

from pittari.errors import Invalid, Unavailable
from pittari.model.event import Stored
from pittari.store.events import GROUP, PAUSE, WAITING, Appended, Call, EventLog

_LENGTH = 4
_READ = 1 << 20
_AGAIN = 0.1
"""Seconds between two tries to reach a process that commits."""


class _Sent(msgspec.Struct, array_like=True):
    number: int
    rows: list[Stored]


class _Said(msgspec.Struct, array_like=True):
    """What became of the rows sent under a number; `failed` says why none was written, and
    `again` whether to try again."""

    number: int
    new: int = 0
    known: int = 0
    failed: str = ""
    again: bool = False


_encode = msgspec.msgpack.Encoder().encode
_sent = msgspec.msgpack.Decoder(_Sent).decode
_said = msgspec.msgpack.Decoder(_Said).decode


class Relay(asyncio.Protocol):
    """A worker's line to the process that commits; it lives in one event loop."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._transport: asyncio.WriteTransport | None = None
        self._gone = asyncio.Event()
        self._buffer = bytearray()
        self._calls: dict[int, tuple[int, Future[Appended]]] = {}
        self._numbers = itertools.count()
        self.waiting = 0

    async def keep(self) -> None:
        """Connects, and connects again whenever the other side has died; never returns."""
        while True:
            self._gone.clear()
            try:
                await self._loop.create_unix_connection(lambda: self, self._address)
                await self._gone.wait()
            except OSError:
                await asyncio.sleep(_AGAIN)

    @property
    def connected(self) -> bool:
        """Whether somebody takes rows, or will when their process has come up."""
        return self._transport is not None

    def close(self) -> None:
        """Hangs up; what was not acknowledged fails as `Unavailable`."""
        if self._transport is not None:
            self._transport.close()

    def submit(self, rows: Sequence[Stored]) -> Future[Appended]:
        """Sends rows, from any thread; the future resolves when they are durable.

        Raises `Unavailable` when too many rows wait, and `Invalid` for a row that is no text.
        """
        if self.waiting > WAITING:
            raise Unavailable(f"{self.waiting:,} rows wait for the disk: try again in a while")
        number = next(self._numbers)
        try:
            text = _encode(_Sent(number, list(rows)))
        except UnicodeEncodeError as error:
            raise Invalid(f"a row cannot be stored: {error}") from error
        future: Future[Appended] = Future()
        if threading.get_ident() == self._thread:
            self._send(number, len(rows), text, future)
        else:
            self._loop.call_soon_threadsafe(self._send, number, len(rows), text, future)
        return future

    def _send(self, number: int, rows: int, text: bytes, future: Future[Appended]) -> None:
        if self._transport is None:
            future.set_exception(Unavailable(_DIED))
            return
        self.waiting += rows
        self._calls[number] = (rows, future)
        self._transport.write(_framed(text))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport, self._buffer, self.waiting = None, bytearray(), 0
        calls, self._calls = self._calls, {}
        for _, future in calls.values():
            future.set_exception(Unavailable(_DIED))
        self._gone.set()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        for text in _frames(self._buffer):
            said = _said(text)
            rows, future = self._calls.pop(said.number)
            self.waiting -= rows
            if said.failed:
                future.set_exception((Unavailable if said.again else Invalid)(said.failed))
            else:
                future.set_result(Appended(said.new, said.known))


class _Line:
    """A worker's connection, as the process that commits sees it."""

    def __init__(self, line: socket.socket) -> None:
        self.line = line
        self._buffer = bytearray()
        self._space = memoryview(bytearray(_READ))
        self._answers: list[bytes] = []

    def read(self) -> list[Call]:
        """Returns the calls that have come in whole. Raises `EOFError` at the end."""
        size = self.line.recv_into(self._space)
        if not size:
            raise EOFError
        self._buffer += self._space[:size]
        sent = [_sent(text) for text in _frames(self._buffer)]
        return [Call(one.rows, _Reply(one.number, self._answers)) for one in sent]

    def answer(self) -> None:
        """Sends what is to be said."""
        if self._answers:
            with suppress(OSError):  # a worker that has died reads no answer
                self.line.sendall(b"".join(self._answers))
            self._answers.clear()


class _Reply:
    """Stands for the caller in another process: turns what becomes of its rows into an answer."""

    __slots__ = ("_answers", "_number")

    def __init__(self, number: int, answers: list[bytes]) -> None:
        self._number, self._answers = number, answers

    def set_result(self, result: Appended) -> None:
        self._say(_Said(self._number, result.new, result.known))

    def set_exception(self, exception: BaseException) -> None:
        again = isinstance(exception, Unavailable)
        self._say(_Said(self._number, failed=str(exception), again=again))

    def _say(self, said: _Said) -> None:
        self._answers.append(_framed(_encode(said)))


def commit_for_all(listener: socket.socket, end: Any, log: EventLog) -> None:
    """Commits what workers send on connections to `listener`, until `end` can be read and the
    last of them has hung up."""
    lines: list[_Line] = []
    ending = False
    with selectors.DefaultSelector() as ready:
        ready.register(listener, selectors.EVENT_READ)
        ready.register(end, selectors.EVENT_READ)
        while lines or not ending:
            calls: list[Call] = []
            for key, _ in ready.select():
                if key.fileobj is listener:
                    lines.append(_Line(listener.accept()[0]))
                    ready.register(lines[-1].line, selectors.EVENT_READ, lines[-1])
                elif key.fileobj is end:
                    ready.unregister(end)
                    ending = True
                else:
                    try:
                        calls += key.data.read()
                    except (EOFError, OSError):
                        ready.unregister(key.fileobj)
                        key.data.line.close()
                        lines.remove(key.data)
            for group in _groups(calls):
                log.commit(group)
                for line in lines:
                    line.answer()
            if len(calls) > 1:
                time.sleep(PAUSE)


def _groups(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    """Cuts calls so that no transaction has many more rows than `GROUP`."""
    start = size = 0
    for at, call in enumerate(calls):
        size += len(call.rows)
        if size >= GROUP or at == len(calls) - 1:
            yield calls[start : at + 1]
            start, size = at + 1, 0


def _framed(text: bytes) -> bytes:
    return len(text).to_bytes(_LENGTH, "little") + text


def _frames(buffer: bytearray) -> Iterator[bytes]:
    """Yields the whole frames at the beginning of a buffer, and takes them off."""
    at = 0
    while len(buffer) >= at + _LENGTH:
        end = at + _LENGTH + int.from_bytes(buffer[at : at + _LENGTH], "little")
        if len(buffer) < end:
            break
        with memoryview(buffer) as view:
            text = bytes(view[at + _LENGTH : end])
        yield text
        at = end
    del buffer[:at]


_DIED = "the process that writes the log has died and comes back: try again in a while"
