"""What does an address answer? One GET, bounded in size and time, that is led nowhere private."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from pittari.errors import DataError

MOST_BYTES = 4 << 20
PATIENCE = 10.0
"""Seconds for a whole answer, redirects included."""
REDIRECTS = 3
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Addresses that stand for one of IPv4 (RFC 6052)."""
_LATE = "expected a whole answer in time, got none"
_BLOCK = 65_536
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer; `fresh` is false when nothing changed since the state that was named."""

    body: bytes
    media: str
    etag: str
    modified: str
    fresh: bool = True


def fetch(
    url: str,
    etag: str = "",
    modified: str = "",
    *,
    private: bool = False,
    patience: float = PATIENCE,
) -> Fetched:
    """Returns what an http or https address answers, unless it is as `etag` or `modified` named it.

    Only public addresses are asked; with `private` the host named may have any, those that it
    redirects to may not. Raises `DataError`, a sentence
    on what the address does instead of answering.
    """
    end = time.monotonic() + patience
    named = {"if-none-match": etag} if etag else {}
    named |= {"if-modified-since": modified} if modified else {}
    first = there = _split(url, url)
    for _ in range(REDIRECTS + 1):
        anywhere = private and there.hostname == first.hostname
        with _asked(url, there, named, end, anywhere=anywhere) as answer:
            if answer.status in _MOVED:
                there = _split(urljoin(there.geturl(), answer.headers.get("location", "")), url)
                continue
            if answer.status == 304:
                return Fetched(b"", "", etag, modified, fresh=False)
            if answer.status != 200:
                raise DataError(f"{url}: expected 200, got {answer.status} {answer.reason[:80]}")
            headers = answer.headers
            return Fetched(
                _body(answer, end, url),
                headers.get("content-type", ""),
                headers.get("etag", "")[:500],
                headers.get("last-modified", "")[:100],
            )
    raise DataError(f"{url}: expected a feed after at most {REDIRECTS} redirects, got another one")


@contextmanager
def _asked(
    url: str, there: SplitResult, named: dict[str, str], end: float, *, anywhere: bool
) -> Iterator[http.client.HTTPResponse]:
    """Asks one address; whatever it does, it is hung up on when the time is over."""
    headers = {"accept-encoding": "identity", "user-agent": "pittari", **named}
    left = max(0.1, end - time.monotonic())
    connection = _connection(there, left, anywhere=anywhere)
    late = threading.Timer(left, _hang_up, [connection])
    late.daemon = True
    late.start()
    try:
        path = (there.path or "/") + (f"?{there.query}" if there.query else "")
        connection.request("GET", path, headers=headers)
        yield connection.getresponse()
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        over = time.monotonic() >= end - 0.05
        raise DataError(f"{url}: {_LATE if over else _said(error)}") from error
    finally:
        late.cancel()
        connection.close()


def _body(answer: http.client.HTTPResponse, end: float, url: str) -> bytes:
    gathered = bytearray()
    while block := answer.read1(_BLOCK):
        gathered += block
        if len(gathered) > MOST_BYTES:
            raise DataError(f"{url}: expected at most {MOST_BYTES >> 20} MiB, got more")
        if time.monotonic() > end:
            raise DataError(f"{url}: {_LATE}")
    return bytes(gathered)


def _split(url: str, asked: str) -> SplitResult:
    try:
        there = urlsplit(url)
        port = there.port
    except ValueError as error:
        raise DataError(f"{asked}: {error}") from error
    if there.scheme not in ("http", "https") or not there.hostname or port == 0:
        raise DataError(f"{asked}: expected an http or https address, got {url[:200]!r}")
    return there


def _connection(there: SplitResult, left: float, *, anywhere: bool) -> http.client.HTTPConnection:
    host = there.hostname or ""
    if there.scheme == "https":
        return _Safe(host, there.port or 443, left, anywhere)
    return _Plain(host, there.port or 80, left, anywhere)


class _Plain(http.client.HTTPConnection):
    """Connects to the very address that was looked at: a name could mean another one later."""

    def __init__(self, host: str, port: int, left: float, anywhere: bool) -> None:
        super().__init__(host, port, timeout=left)
        self._anywhere = anywhere

    def connect(self) -> None:
        self.sock = _connected(self.host, self.port, self.timeout or PATIENCE, self._anywhere)


class _Safe(_Plain):
    default_port = 443

    def connect(self) -> None:
        super().connect()
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _connected(host: str, port: int, left: float, anywhere: bool) -> socket.socket:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    problem: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _, address in found:
        if not anywhere and not _public(str(address[0])):
            problem = OSError(f"it leads to {host}, which has no public address (say private = true"
                              " where a feed of your own network is meant)")  # fmt: skip
            continue
        made = socket.socket(family, kind, protocol)
        made.settimeout(left)
        try:
            made.connect(address)
        except OSError as error:
            made.close()
            problem = error
        else:
            return made
    raise problem


def _public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None
        found = inside or found.sixtofour or found.ipv4_mapped or found
    return found.is_global and not found.is_multicast


def _hang_up(connection: http.client.HTTPConnection) -> None:
    made = connection.sock
    if made is not None:
        with suppress(OSError):
            made.shutdown(socket.SHUT_RDWR)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200] or 'the connection broke'}"
