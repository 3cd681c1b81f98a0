"""Rows on their way in: a few thousand at a time, each with the line it stands on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from pittari.errors import DataError

BYTES = 32 << 20
"""A chunk ends after this many bytes, so that long rows do not fill the memory."""
_EXCERPT = 500
_GOT = 100


class Mark(msgspec.Struct, frozen=True):
    """A place between two rows: bytes (rows, in Parquet) and lines that lie before it."""

    offset: int = 0
    line: int = 0


class Reject(msgspec.Struct, frozen=True):
    """A row that was left out: where it stands, what was expected, what came."""

    file: str
    line: int
    column: str
    expected: str
    got: str
    row: str


class Chunk(Protocol):
    """Rows of one file, in its order."""

    @property
    def lines(self) -> Sequence[int]:
        """The line on which each row begins."""

    @property
    def end(self) -> Mark:
        """Where the next chunk begins."""

    @property
    def broken(self) -> list[Reject]:
        """Rows that are none: they have no entry in `lines`."""

    def column(self, name: str) -> pa.Array | None:
        """Returns a column, one entry per row, or nothing where no row has it."""

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Yields each row by column name, empty cells left out."""

    def row(self, number: int) -> dict[str, Any]:
        """Returns one row by column name, for an excerpt."""


@dataclass(slots=True)
class CellChunk:
    """Rows of a delimited file."""

    names: Sequence[str]
    rows: list[list[str]]
    lines: list[int]
    end: Mark
    broken: list[Reject] = field(default_factory=list)

    def column(self, name: str) -> pa.Array | None:
        if name not in self.names:
            return None
        at = self.names.index(name)
        return pa.array([row[at] for row in self.rows], pa.string())

    def dicts(self) -> Iterator[dict[str, Any]]:
        for row in self.rows:
            yield {name: cell for name, cell in zip(self.names, row, strict=True) if cell}

    def row(self, number: int) -> dict[str, Any]:
        return dict(zip(self.names, self.rows[number], strict=True))


@dataclass(slots=True)
class DictChunk:
    """Rows of a file of JSON lines."""

    rows: list[dict[str, Any]]
    lines: list[int]
    end: Mark
    broken: list[Reject] = field(default_factory=list)

    def column(self, name: str) -> pa.Array | None:
        cells = [row.get(name) for row in self.rows]
        if all(type(cell) is str for cell in cells):
            return pa.array(cells, pa.string())
        return pa.array([_text(cell) for cell in cells], pa.string())

    def dicts(self) -> Iterator[dict[str, Any]]:
        return iter(self.rows)

    def row(self, number: int) -> dict[str, Any]:
        return self.rows[number]


@dataclass(slots=True)
class BatchChunk:
    """Rows of a Parquet file."""

    file: str
    batch: pa.RecordBatch
    lines: Sequence[int]
    end: Mark
    broken: list[Reject] = field(default_factory=list)

    def column(self, name: str) -> pa.Array | None:
        at = self.batch.schema.get_field_index(name)
        return None if at < 0 else self.batch.column(at)

    def dicts(self) -> Iterator[dict[str, Any]]:
        for row in self._listed(self.batch):
            yield {name: cell for name, cell in row.items() if not _missing(cell)}

    def row(self, number: int) -> dict[str, Any]:
        return self._listed(self.batch.slice(number, 1))[0]

    def _listed(self, batch: pa.RecordBatch) -> list[dict[str, Any]]:
        """Returns rows as dicts; Python's times have microseconds, nanoseconds are cut off."""
        columns = [
            pc.cast(column, pa.timestamp("us", column.type.tz), safe=False)
            if pa.types.is_timestamp(column.type)
            else column
            for column in batch.columns
        ]
        plain = pa.RecordBatch.from_arrays(columns, batch.schema.names)
        try:
            rows: list[dict[str, Any]] = plain.to_pylist()
        except UnicodeDecodeError as error:
            raise DataError(
                f"{self.file}: expected UTF-8 text, got {error.object[:40]!r} among the rows from"
                f" {self.lines[0]:,} on"
            ) from error
        return rows


def _missing(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and math.isnan(cell))


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell)


def cut(text: str, size: int = _EXCERPT) -> str:
    """Returns a text cut to a size that fits a line of the rejects."""
    return text if len(text) <= size else f"{text[:size]}... ({len(text):,} characters)"


def shown(value: object) -> str:
    """Returns what came, in words for a reject."""
    if value is None or value == "":
        return "nothing"
    return cut(value if isinstance(value, str) else str(value), _GOT)


def excerpt(row: dict[str, Any]) -> str:
    """Returns a row as JSON, cut to a sane size."""
    brief = {name: cut(cell) if isinstance(cell, str) else cell for name, cell in row.items()}
    return cut(msgspec.json.encode(brief, enc_hook=str).decode())
