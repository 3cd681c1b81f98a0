"""What uvicorn leaves open: heads that never end. They are cut off by size and by time."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from pittari.web.problems import Refused, answered

HEAD_BYTES = 16_384
"""Most bytes of a request's address and headers together."""
HEAD_SECONDS = 10.0
"""Seconds in which a whole head has to arrive, on a new connection too."""


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 with limits on heads."""

    _timer: asyncio.TimerHandle | None = None
    _open = False
    """Whether a head has begun and not ended."""
    _left = HEAD_BYTES

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        begun = self._open
        super().data_received(data)
        if self._open and not self.transport.is_closing():
            self._left -= len(data) if begun else 0
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
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._open = False
        self._stop_timer()
        if self._left < 0:
            self._refuse("headers_too_large", _TOO_LARGE)
        elif not self.transport.is_closing():
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.transport.is_closing():
            super().on_message_complete()

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
