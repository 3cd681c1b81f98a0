"""What uvicorn leaves open: heads that never end are cut off by size and by time, and what is there
as a whole, a short body or an answer, is handed on as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from pittari.web.problems import Refused, answered
from pittari.web.reading import BODY

HEAD_BYTES = 16_384
"""Most bytes of a request's address and headers together."""
HEAD_SECONDS = 10.0
"""Seconds in which a whole head has to arrive, on a new connection too."""


class Exchange(RequestResponseCycle):
    """A request and its answer, whose head waits for its body so that both leave at once."""

    _head: Any = None

    async def send(self, message: Any) -> None:
        """Takes a message of ASGI. Raises `RuntimeError` for one that is out of place."""
        if self.transport.is_closing():  # of several on one connection uvicorn tells the last only
            self.disconnected = True
            return
        if message["type"] == "http.response.start" and not self.response_started:
            self._head = message
            return
        head, self._head = self._head, None
        if head is not None:
            whole = self._whole(head["status"], head.get("headers", ()), message)
            if whole and not (self.flow.write_paused or self.disconnected):
                self._answer(whole)
                return
            await super().send(head)
        await super().send(message)

    def _whole(self, status: int, headers: Iterable[tuple[bytes, bytes]], message: Any) -> bytes:
        """Returns head and body; nothing where uvicorn has more to say, or fault to find."""
        body, pairs = message.get("body", b""), tuple(headers)
        if (
            (b"content-length", b"%d" % len(body)) not in pairs
            or message.get("more_body")
            or self.scope["method"] == "HEAD"
        ):
            return b""
        told = _lines(pairs)
        if not told:
            return b""
        lines = [b"%b: %b\r\n" % pair for pair in self.default_headers]
        end = b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n"
        return b"".join([STATUS_LINE[status], *lines, told, end, body])

    def _answer(self, whole: bytes) -> None:
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.transport.write(whole)
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 with limits on heads."""

    scope: Any
    _timer: asyncio.TimerHandle | None = None
    _open = False
    """Whether a head has begun and not ended."""
    _left = HEAD_BYTES
    _fresh = False
    """Whether a head has ended in what came last, so that nobody has asked for its body yet."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        begun, self._fresh = self._open, False
        super().data_received(data)
        if self._open and not self.transport.is_closing():
            self._left -= len(data) if begun and not self._fresh else 0
            if self._left < 0:
                self._refuse("headers_too_large", _TOO_LARGE)
            elif self._timer is None:
                self._timer = self.loop.call_later(HEAD_SECONDS, self._late)

    def on_message_begin(self) -> None:
        self._open, self._left = True, HEAD_BYTES
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._left -= len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._left -= len(name) + len(value)
        if self._open:
            name = name.lower()
            self.headers.append((name, value))
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True
        elif self._left < 0:  # what follows a body in chunks says nothing that anybody reads
            self._refuse("headers_too_large", _TOO_LARGE)

    def on_headers_complete(self) -> None:
        self._open = False
        self._stop_timer()
        if self._left < 0:
            self._refuse("headers_too_large", _TOO_LARGE)
        elif not self.transport.is_closing():
            self._begin()

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.transport.is_closing():
            super().on_message_complete()
            if self._fresh:
                self.scope[BODY] = self.cycle.body

    def _begin(self) -> None:
        """Begins an exchange, as uvicorn does for whom no other protocol may be asked for."""
        version, scope = self.parser.get_http_version(), self.scope
        stays = self.parser.should_keep_alive() and not self.parser.should_upgrade()
        path, scope["raw_path"], scope["query_string"] = _parted(self.url)
        scope["path"], scope["method"] = path, self.parser.get_method().decode("ascii")
        scope["http_version"] = version
        before = self.cycle
        self.cycle = Exchange(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=version != "1.0" and stays,
            on_response=self.on_response_complete,
        )
        self._fresh = True
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def send_400_response(self, msg: str) -> None:
        self._refuse("malformed", "expected a request of HTTP/1.1")

    def _late(self) -> None:
        self._timer = None
        said = f"expected the head of a request within {HEAD_SECONDS:g} seconds"
        self._refuse("timeout", said)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, kind: str, said: str) -> None:
        """Answers without an application, and hangs up."""
        status, headers, text = answered(Refused(kind, said))
        lines = [name + b": " + value + b"\r\n" for name, value in headers]
        length = b"content-length: %d\r\n" % len(text)
        self.transport.write(b"".join([STATUS_LINE[status], *lines, length, b"\r\n", text]))
        self.transport.close()


_TOO_LARGE = f"expected at most {HEAD_BYTES:,} bytes of address and headers"


@lru_cache(maxsize=1000)
def _lines(pairs: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """Returns headers as lines; nothing where uvicorn has more to say, or fault to find."""
    names = [name for name, _ in pairs]
    if (
        b"connection" in names
        or HEADER_RE.search(b"".join(names))
        or HEADER_VALUE_RE.search(b"".join(value for _, value in pairs))
    ):
        return b""
    return b"".join(b"%b: %b\r\n" % pair for pair in pairs)


def _parted(url: bytes) -> tuple[str, bytes, bytes]:
    """Returns the path of an address, the path as it came, and the query."""
    parsed = httptools.parse_url(url)
    path = parsed.path.decode("ascii")
    return unquote(path) if "%" in path else path, parsed.path, parsed.query or b""
