"""One operation of the API: from the request's head to its answer, each concern at its turn.

The table of operations (`pittari.web.api`) is all there is: routes, roles, limits, the OpenAPI
description and the page about it are read from it.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.routing import Match, Route
from starlette.types import Receive, Scope, Send

from pittari.errors import Conflict
from pittari.model.catalog import Id
from pittari.store.keys import Key, Role
from pittari.web.guard import Guard
from pittari.web.metrics import Metrics
from pittari.web.problems import Headers, Refused, answered
from pittari.web.reading import decoded, fits, query, read_body, segments

_encode = msgspec.json.Encoder().encode
JSON = "application/json"


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address without a query."""


class Call(msgspec.Struct, frozen=True):
    """A request that was admitted and read: ids from its path, query, body, the key's name and
    role, headers."""

    ids: tuple[str, ...]
    query: Any
    body: Any
    key: Key | None
    headers: Mapping[bytes, bytes] = {}


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file: its headers say how it may be cached. Status 304: it is as the
    caller has it."""

    status: int
    headers: Headers
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address.

    `role`: the least one that may, None: anybody. `public`: a file for anybody, who is then
    counted by address. `body`, `answer`, `query`: their types.
    `errors`: which of `problems.KINDS` it answers with, beside those that all can.
    """

    method: str
    path: str
    name: str
    summary: str
    act: Callable[[Any, Call], Awaitable[Any]]
    role: Role | None = None
    body: Any = None
    answer: Any = None
    query: Any = NoQuery
    example: Any = None
    errors: tuple[str, ...] = ()
    media: str = JSON
    public: bool = False

    @property
    def fields(self) -> list[str]:
        """The names in the path, such as `user` and `item`."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]


@dataclass(slots=True)
class Address:
    """All operations of one path, as an ASGI application that answers whatever comes."""

    operations: Mapping[str, Operation]
    api: Any
    guard: Guard
    metrics: Metrics
    limit: int
    _parts: Sequence[str] = ()
    _ids: tuple[Any, ...] = ()
    _decoders: dict[str, msgspec.json.Decoder[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = next(iter(self.operations.values()))
        self._parts, self._ids = first.path.split("/"), (Id,) * len(first.fields)
        self._decoders = {
            method: msgspec.json.Decoder(operation.body)
            for method, operation in self.operations.items()
            if operation.body is not None
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        operation = self.operations.get(method)
        try:
            status, headers, text = await self._answer(operation, scope, receive)
        except Exception as error:
            status, headers, text = answered(error)
        await reply(send, status, headers, text)
        known = operation or next(iter(self.operations.values()))
        taken = time.perf_counter() - begun
        self.metrics.request(method if operation else "other", known.path, status, taken)

    async def _answer(
        self, operation: Operation | None, scope: Scope, receive: Receive
    ) -> tuple[int, Headers, bytes]:
        if operation is None:
            raise _not_allowed(self.operations)
        headers = dict(scope["headers"])
        key = None
        if operation.role is not None:
            key = await self.guard.admit(headers.get(b"authorization", b""), operation.role)
        elif operation.public:
            self.guard.visit((scope.get("client") or ("",))[0])
        _check_accept(headers, operation.media)
        ids: tuple[str, ...] = ()
        if self._ids:
            ids = segments(scope["raw_path"], self._parts, self._ids)
        asked = query(scope["query_string"], operation.query)
        body = None
        if operation.body is not None:
            text = await read_body(headers, scope, receive, self.limit)
            body = decoded(self._decoders[operation.method], text)
        answer = await operation.act(self.api, Call(ids, asked, body, key, headers))
        media = [(b"content-type", operation.media.encode())]
        if isinstance(answer, File):
            return answer.status, [*media, *answer.headers], answer.body
        return 200, media, answer if isinstance(answer, bytes) else _encode(answer)


def routes(
    operations: Sequence[Operation], api: Any, guard: Guard, metrics: Metrics, limit: int
) -> Iterator[Route]:
    """Yields one route per path, which takes every method and says which ones it knows."""
    paths: dict[str, dict[str, Operation]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = operation
    for path, own in paths.items():
        yield Template(path.replace("}", ":path}"), Address(own, api, guard, metrics, limit))


class Template(Route):
    """A route whose ids are whole segments of the address as it was sent: a slash within an id
    comes quoted, and does not make it another address."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Returns whether an address is one of this route."""
        if scope["type"] == "http" and not fits(scope["raw_path"], self.path.split("/")):
            return Match.NONE, {}
        return super().matches(scope)


async def reply(send: Send, status: int, headers: Headers, text: bytes) -> None:
    """Sends a whole answer, which nobody may keep unless its headers say so."""
    headers = list(headers)
    if status != 304:
        headers.append((b"content-length", b"%d" % len(text)))
    if b"cache-control" not in [name for name, _ in headers]:
        headers.append((b"cache-control", b"no-store"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


def _not_allowed(operations: Mapping[str, Operation]) -> Refused:
    allowed = ", ".join(operations)
    return Refused("method_not_allowed", f"expected {allowed}", [(b"allow", allowed.encode())])


def _check_accept(headers: Mapping[bytes, bytes], media: str) -> None:
    accept = headers.get(b"accept", b"*/*").decode("latin-1")
    if "*/*" in accept:
        return
    kind = media.split(";", maxsplit=1)[0]
    wanted = {kind, f"{kind.split('/')[0]}/*"}
    if not any(part.split(";")[0].strip() in wanted for part in accept.split(",")):
        raise Refused("not_acceptable", f"expected Accept: {kind}; got {accept}")


def whole(call: Call, body: type[msgspec.Struct]) -> dict[str, Any]:
    """Returns the fields of a body with the id of its address. Raises `Conflict`."""
    told = {name: getattr(call.body, name) for name in body.__struct_fields__}
    if told["id"] not in {None, call.ids[0]}:
        raise Conflict(f'the address says id "{call.ids[0]}" and the body "{told["id"]}"')
    return {**told, "id": call.ids[0]}


def check_once(keys: Iterable[str | tuple[str, ...]]) -> None:
    """Raises `Conflict` for a key that comes twice."""
    seen: set[str | tuple[str, ...]] = set()
    for key in keys:
        if key in seen:
            told = key if isinstance(key, str) else ", ".join(key)
            raise Conflict(f'expected each id once; "{told}" came twice')
        seen.add(key)
