"""Every error as problem+json (RFC 9457): a stable type, a status, and a sentence."""

from __future__ import annotations

import logging
import math

import msgspec

from pittari import errors
from pittari.web.messages import Problem

log = logging.getLogger(__name__)

Headers = list[tuple[bytes, bytes]]
KINDS: dict[str, tuple[int, str]] = {
    "invalid": (422, "A value is not what it has to be"),
    "malformed": (400, "The request cannot be read"),
    "unauthorized": (401, "No key, or not one of ours"),
    "forbidden": (403, "The key's role may not do this"),
    "not_found": (404, "There is no such thing"),
    "method_not_allowed": (405, "The address does not take this method"),
    "not_acceptable": (406, "The answer does not come in the form asked for"),
    "timeout": (408, "The request came too slowly"),
    "conflict": (409, "It stands already, and differently"),
    "too_large": (413, "The request is over a limit"),
    "unsupported_media_type": (415, "The body is not JSON"),
    "too_many": (429, "Too many requests"),
    "headers_too_large": (431, "The headers are over their limit"),
    "internal": (500, "Our fault"),
    "unavailable": (503, "Try again in a moment"),
}
"""The last word of a type's URN, to its status and title."""
_OF_ERRORS: tuple[tuple[type[errors.PittariError], str], ...] = (
    (errors.Invalid, "invalid"),
    (errors.Unauthorized, "unauthorized"),
    (errors.Forbidden, "forbidden"),
    (errors.NotFound, "not_found"),
    (errors.Conflict, "conflict"),
    (errors.TooLarge, "too_large"),
    (errors.TooMany, "too_many"),
    (errors.CallerError, "invalid"),
    (errors.Unavailable, "unavailable"),
)
_UNTOLD = {
    "internal": "Something broke on our side; the log of the server says what.",
    "unavailable": "Database or disk do not answer now. Nothing was half-written: send it again.",
}
"""Where the error's own text is for the server's log, since it may quote a database."""
_JSON = (b"content-type", b"application/problem+json")
RETRY = 1
"""Seconds after which a caller may try again when disk or database failed."""


class Refused(errors.CallerError):
    """A request that HTTP itself refuses; `kind` is one of `KINDS`."""

    def __init__(self, kind: str, text: str, headers: Headers | None = None) -> None:
        super().__init__(text)
        self.kind, self.headers = kind, headers or []


def problem(kind: str, detail: str) -> Problem:
    """Returns a problem of one of `KINDS`."""
    status, title = KINDS[kind]
    return Problem(f"urn:pittari:error:{kind}", title, status, detail)


def answered(error: Exception) -> tuple[int, Headers, bytes]:
    """Returns status, headers and body for an error; one that nobody meant is logged, not told."""
    kind, headers = _kind(error), [_JSON]
    detail = _UNTOLD.get(kind) or str(error)
    if kind == "internal":
        log.error("a request failed", exc_info=error)
    elif kind == "unavailable":
        log.warning("%s", error)
    if isinstance(error, Refused):
        headers += error.headers
    if isinstance(error, errors.TooMany):
        headers.append((b"retry-after", b"%d" % max(1, math.ceil(error.retry_after))))
    if kind == "unavailable":
        headers.append((b"retry-after", b"%d" % RETRY))
    if kind == "unauthorized":
        headers.append((b"www-authenticate", b'Bearer realm="pittari"'))
    if kind in {"too_large", "timeout", "headers_too_large"}:
        headers.append((b"connection", b"close"))
    told = problem(kind, detail)
    return told.status, headers, msgspec.json.encode(told)


def _kind(error: Exception) -> str:
    if isinstance(error, Refused):
        return error.kind
    return next((kind for of, kind in _OF_ERRORS if isinstance(error, of)), "internal")
