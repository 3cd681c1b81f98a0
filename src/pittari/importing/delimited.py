"""CSV and TSV: cells between delimiters, quotes and all; one broken row costs only itself."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator

from pittari.errors import DataError
from pittari.importing.chunks import BYTES, CellChunk, Mark, Reject, cut
from pittari.importing.files import Source
from pittari.importing.lines import bounded, problem
from pittari.importing.mapping import Mapping

Line = tuple[str, int, tuple[str, str] | None]
"""A line as text, its size in bytes, and what was expected and came if it cannot be right."""
_FIELD = csv.field_size_limit()
"""Most characters of one field."""


class Feed:
    """The lines of a file as text, for `csv.reader`: it can be put back to an earlier line."""

    def __init__(self, source: Source, start: Mark) -> None:
        self._lines = bounded(source, start)
        self._back: deque[Line] = deque()
        self.used: list[Line] = []
        """Lines of the record that is being read."""
        self.problem: tuple[str, str] | None = None
        """What was expected and what came, if a line of the record cannot be right."""
        self.mark = start
        self.ended = True
        """Whether the newest line has its line end."""

    def __iter__(self) -> Feed:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._read()
        self.used.append(line)
        if line[2] is not None:
            self.problem = self.problem or line[2]
        return line[0]

    @property
    def text(self) -> str:
        """The record as it stands in the file."""
        return "".join(line[0] for line in self.used)

    def done(self, lines: int | None = None) -> None:
        """Ends the record after `lines` of its lines (all, unless told); the rest comes again."""
        taken = self.used
        if lines is not None:
            taken = self.used[:lines]
            self._back.extendleft(reversed(self.used[lines:]))
        size = taken[0][1] if len(taken) == 1 else sum(line[1] for line in taken)
        self.mark = Mark(self.mark.offset + size, self.mark.line + len(taken))
        self.used = []
        self.problem = None

    def _read(self) -> Line:
        line, size = next(self._lines)
        self.ended = len(line) < size or line.endswith(b"\n")
        try:
            if size == len(line):
                return line.decode(), size, None
        except UnicodeDecodeError:
            pass
        # An excerpt is all that is needed, without quotes that would open a field.
        text = line[:5000].decode(errors="replace").replace('"', "'").rstrip("\r\n")
        return text + "\n", size, problem(line, size)


def delimiter(source: Source, mapping: Mapping) -> str:
    """Returns what stands between the cells of a delimited file."""
    return mapping.delimiter or ("\t" if source.tabbed else ",")


def header(source: Source, mapping: Mapping) -> tuple[list[str], Mark]:
    """Returns the column names of a delimited file and where its rows begin.

    Raises `DataError` for a header that is none.
    """
    between = delimiter(source, mapping)
    feed = Feed(source, Mark())
    try:
        names = next(csv.reader(feed, delimiter=between, strict=True), [])
    except csv.Error as error:
        raise DataError(f"{source.path}: header: expected column names, got {error}") from error
    if feed.problem:
        expected, got = feed.problem
        raise DataError(f"{source.path}: header: expected {expected}, got {got}")
    feed.done()
    if len(names) == 1:
        other = next((sign for sign in ";\t|," if sign in names[0] and sign != between), "")
        if other:
            name = "tab" if other == "\t" else f'"{other}"'
            raise DataError(
                f'{source.path}: header: expected columns separated by "{between}", got one that'
                f" holds {name}; say delimiter = {other!r} in the mapping (--map)"
            )
    for number, name in enumerate(names, 1):
        if not name.strip() or "\0" in name:
            raise DataError(
                f"{source.path}: header: expected a name for column {number}, got {name!r}"
            )
    return names, feed.mark


def cells(
    source: Source, mapping: Mapping, names: list[str], start: Mark, size: int
) -> Iterator[CellChunk]:
    """Yields the rows of a delimited file from a mark on, at most `size` at a time."""
    between = delimiter(source, mapping)
    feed = Feed(source, start)
    chunk = CellChunk(names, [], [], start)
    for line, record in _records(feed, str(source.path), between, len(names)):
        if isinstance(record, Reject):
            chunk.broken.append(record)
        else:
            chunk.rows.append(record)
            chunk.lines.append(line)
        chunk.end = feed.mark
        if len(chunk.rows) >= size or feed.mark.offset - start.offset >= BYTES:
            yield chunk
            start = feed.mark
            chunk = CellChunk(names, [], [], start)
    if chunk.rows or chunk.broken:
        yield chunk


def _records(
    feed: Feed, file: str, between: str, width: int
) -> Iterator[tuple[int, list[str] | Reject]]:
    """Yields each record with the number of its first line."""
    while True:
        reader = csv.reader(feed, delimiter=between, strict=True)
        try:
            for record in reader:
                line = feed.mark.line + 1
                if len(record) == width and feed.problem is None:
                    feed.done()
                    yield line, record
                elif record or feed.problem:
                    found = _odd(feed, file, len(record), width)
                    feed.done()
                    yield line, found
                else:
                    feed.done()
        except csv.Error as error:
            line = feed.mark.line + 1
            expected, got = feed.problem or _unparsed(feed, str(error))
            text = feed.used[0][0] if feed.used else ""
            feed.done(1)
            yield line, Reject(file, line, "", expected, got, cut(text))
        else:
            return


def _odd(feed: Feed, file: str, came: int, width: int) -> Reject:
    """Returns why a record of `came` fields is none."""
    expected, got = feed.problem or (f"{width} fields", f"{came} fields")
    if not feed.problem and not feed.ended and came < width:
        got += ", and no line end: the file may be cut off"
    return Reject(file, feed.mark.line + 1, "", expected, got, cut(feed.text))


def _unparsed(feed: Feed, problem: str) -> tuple[str, str]:
    if "field larger" in problem:
        return f"fields of at most {_FIELD:,} characters", f"one of about {len(feed.text):,}"
    if "end of data" in problem:
        return (
            "the closing quote of a field",
            "the end of the file: it may be cut off, or a quote is not doubled",
        )
    return 'quotes around a whole field, and "" for a quote inside', problem
