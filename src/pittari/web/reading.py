"""What did the caller send? Bodies within their limits, and a sentence for every slip."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args, get_type_hints
from urllib.parse import parse_qsl, unquote_to_bytes

import msgspec
from starlette.types import Receive, Scope

from pittari.errors import Invalid, TooLarge, nearest
from pittari.web.problems import Refused

BODY = "pittari.body"
"""Where the scope of a request has its body, when that came as a whole with its head."""
PATIENCE = 20.0
"""Seconds in which a whole body has to arrive."""

T = TypeVar("T")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_KIND = re.compile(r"Invalid value ('.*') - at `\$(.*)\.kind`\Z", re.DOTALL)
_WHERE = re.compile(r" - at `(.*)`\Z", re.DOTALL)


async def read_body(
    headers: Mapping[bytes, bytes], scope: Scope, receive: Receive, limit: int
) -> bytes:
    """Returns a JSON body of at most `limit` bytes; a longer one is refused while it comes in.

    Raises `TooLarge`, and `Refused` for another media type, a packed body, or one too slow.
    """
    _check_type(headers)
    said = headers.get(b"content-length", b"0")
    if not said.isdigit() or int(said) > limit:
        raise _over(limit)
    gathered = scope.get(BODY)
    if gathered is None:
        gathered = await _gathered(receive, limit)
    if len(gathered) > limit:
        raise _over(limit)
    return bytes(gathered)


async def _gathered(receive: Receive, limit: int) -> bytes:
    """Returns a body as it comes, until it is over its limit."""
    try:
        async with asyncio.timeout(PATIENCE):
            message = await receive()
            gathered = message.get("body", b"")
            while message.get("more_body") and len(gathered) <= limit:
                message = await receive()
                gathered += message.get("body", b"")
    except TimeoutError:
        raise Refused("timeout", f"expected the whole body within {PATIENCE:g} seconds") from None
    return bytes(gathered)


def decoded(decoder: msgspec.json.Decoder[T], text: bytes) -> T:
    """Returns a body as what it has to be. Raises `Invalid`, or `Refused` for what is not JSON."""
    try:
        try:
            return decoder.decode(text)
        except msgspec.ValidationError as error:
            if "got `float`" not in str(error):
                raise
            return msgspec.convert(_whole(msgspec.json.decode(text)), decoder.type)
    except msgspec.ValidationError as error:
        raise Invalid(sentence(str(error), decoder.type)) from error
    except RecursionError:
        raise Refused("malformed", "expected JSON that is not nested so deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        what = "nothing" if not text else str(error)
        raise Refused("malformed", f"expected a body of JSON in UTF-8; got {what}") from error


def fits(raw_path: bytes, parts: Sequence[str]) -> bool:
    """Returns whether an address has the segments of a template, such as `items`, `{id}`."""
    sent = raw_path.split(b"/")
    plain = zip(sent, parts, strict=False)
    return len(sent) == len(parts) and all(p[:1] == "{" or s == p.encode() for s, p in plain)


def segments(raw_path: bytes, parts: Sequence[str], kinds: tuple[Any, ...]) -> tuple[Any, ...]:
    """Returns the ids in an address, unquoted one by one and checked; `parts` as in `fits`.

    Raises `Invalid` for a bad one.
    """
    both = zip(raw_path.split(b"/"), parts, strict=True)
    sent = [segment for segment, part in both if part[:1] == "{"]
    return tuple(_id(part, kind) for part, kind in zip(sent, kinds, strict=True))


def query(text: bytes, kind: type[T]) -> T:
    """Returns the query of an address as a table of `kind`. Raises `Invalid`."""
    try:
        if not text:
            return msgspec.convert({}, kind)
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict")
        return msgspec.convert(dict(pairs), kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"in the query: {sentence(str(error), kind)}") from error
    except ValueError as error:
        raise Invalid("in the query: expected UTF-8 in percent-encoding") from error


def check_times(moments: Iterable[datetime | None]) -> None:
    """Raises `Invalid` for a time whose UTC is before the year 1 or after 9999."""
    for moment in moments:
        if moment is not None and moment.year in {1, 9999}:
            try:
                moment.astimezone(UTC)
            except OverflowError:
                raise Invalid(f"expected a time of the years 1 to 9999; got {moment}") from None


def sentence(problem: str, kind: Any) -> str:
    """Turns a validation error of `kind` into: where, what, and the nearest right word."""
    tag = _KIND.match(problem)
    if tag:
        known = ", ".join(_tags(kind))
        return f"{tag.group(2)}.kind: expected {known}; got {tag.group(1)}".lstrip(".")
    found = _WHERE.search(problem)
    where = found.group(1).lstrip("$").lstrip(".") if found else ""
    what = problem[: found.start()] if found else problem
    unknown = _UNKNOWN.search(what)
    if unknown:
        word = unknown.group(1)
        what = f'there is no field "{word}".{nearest(word, _fields(kind))}'
    else:
        what = f"{what[:1].lower()}{what[1:]}"
    return f"{where}: {what}" if where else what


def _whole(value: Any) -> Any:
    """Returns JSON with 5.0 as 5: to JSON they are one number, and some languages write the one
    for the other."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {name: _whole(one) for name, one in value.items()}
    return value


def _id(part: bytes, kind: Any) -> Any:
    try:
        return msgspec.convert(unquote_to_bytes(part).decode(), kind)
    except (UnicodeDecodeError, msgspec.ValidationError) as error:
        raise Invalid(
            "in the address: expected an id of 1 to 128 characters, without control characters"
        ) from error


def _fields(kind: Any) -> Iterator[str]:
    """Yields the fields of every table that is, or lies in, a type."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield from kind.__struct_encode_fields__
        for hint in get_type_hints(kind).values():
            yield from _fields(hint)
    for inner in get_args(kind):
        yield from _fields(inner)


def _tags(kind: Any) -> Iterator[str]:
    """Yields the names of the tables a type chooses among by their `kind`."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__struct_config__.tag:
        yield str(kind.__struct_config__.tag)
    for inner in get_args(kind):
        yield from _tags(inner)


def _check_type(headers: Mapping[bytes, bytes]) -> None:
    media = headers.get(b"content-type", b"")
    if media != b"application/json" and media.split(b";")[0].strip() != b"application/json":
        told = media.decode("latin-1") or "none"
        raise Refused(
            "unsupported_media_type", f"expected Content-Type: application/json; got {told}"
        )
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Refused("unsupported_media_type", "expected a body that is not compressed")


def _over(limit: int) -> TooLarge:
    return TooLarge(f"expected a body of at most {limit:,} bytes (server.body_bytes)")
