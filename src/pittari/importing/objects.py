"""JSON lines: one object per line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from pittari.importing.chunks import BYTES, DictChunk, Mark, Reject, cut, excerpt
from pittari.importing.files import Source
from pittari.importing.lines import bounded, problem

Strange = Callable[[dict[str, Any]], tuple[str, str] | None]
"""Returns the first key of a row that is unknown and what is expected instead, or nothing."""
FLAT: Any = dict[str, str | int | float | None]
"""Objects that hold texts and numbers only."""
DEEP: Any = dict[str, Any]


def objects(
    source: Source, shape: Any, strange: Strange, start: Mark, size: int
) -> Iterator[DictChunk]:
    """Yields the objects (`FLAT` or `DEEP`) after a mark, at most `size` at a time."""
    decode = msgspec.json.Decoder(shape).decode
    chunk = DictChunk([], [], start)
    for line, length in bounded(source, start):
        number = chunk.end.line + 1
        row = _object(str(source.path), number, (line, length), decode, strange)
        chunk.end = Mark(chunk.end.offset + length, number)
        if isinstance(row, Reject):
            chunk.broken.append(row)
        elif row is not None:
            chunk.rows.append(row)
            chunk.lines.append(number)
        if len(chunk.rows) >= size or chunk.end.offset - start.offset >= BYTES:
            yield chunk
            start = chunk.end
            chunk = DictChunk([], [], start)
    if chunk.rows or chunk.broken:
        yield chunk


def _object(
    file: str, number: int, told: tuple[bytes, int], decode: Any, strange: Strange
) -> dict[str, Any] | Reject | None:
    """Returns the object of a line, why there is none, or nothing for a blank line."""
    line, length = told
    try:
        row: dict[str, Any] = decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if not line.strip():
            return None
        expected, got = problem(line, length) or _unparsed(line, error)
        text = cut(line[:5000].decode(errors="replace").rstrip("\r\n"))
        return Reject(file, number, "", expected, got, text)
    odd = strange(row)
    if odd:
        return Reject(file, number, odd[0], odd[1], "an unknown key", excerpt(row))
    return row


def _unparsed(line: bytes, error: Exception) -> tuple[str, str]:
    if line.strip() in (b"[", b"]") or line.rstrip().endswith(b","):
        return "one JSON object per line", f"a line of a JSON list; convert it ({error})"
    if isinstance(error, msgspec.ValidationError) and line.lstrip().startswith(b"{"):
        return "an object of texts and numbers", f"something else ({error})"
    if not line.endswith(b"\n"):
        return "one JSON object per line", f"a last line that is cut off ({error})"
    return "one JSON object per line", f"something else ({error})"
