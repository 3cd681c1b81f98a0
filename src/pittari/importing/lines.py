"""Lines of text files, from any place on, in memory that stays small however long one is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from pittari.importing.chunks import Mark
from pittari.importing.files import Source, opened

LINE = 1 << 20
"""Most bytes of one line; what is longer is skipped without being held."""


def bounded(source: Source, start: Mark) -> Iterator[tuple[bytes, int]]:
    """Yields lines after a mark and their sizes in bytes; of one that is too long, the beginning.

    Lines are UTF-8 whatever the file is stored as, and keep their ends.
    """
    with opened(source) as file:
        _forward(file, source, start)
        while line := file.readline(LINE + 1):
            size = len(line)
            if size > LINE and not line.endswith(b"\n"):
                while part := file.readline(LINE):
                    size += len(part)
                    if part.endswith(b"\n"):
                        break
            yield line, size


def problem(line: bytes, size: int) -> tuple[str, str] | None:
    """Returns what was expected of a line and what came, if it cannot be right."""
    if size > LINE + 1:
        return f"a line of at most {LINE:,} bytes", f"{size:,} bytes"
    try:
        line.decode()
    except UnicodeDecodeError as error:
        odd = line[max(0, error.start - 8) : error.end + 8]
        return "UTF-8 text (if all lines are in another encoding, say --encoding)", repr(odd)
    return None


def _forward(file: BinaryIO, source: Source, start: Mark) -> None:
    """Moves a file just opened to a mark; packed and recoded files are read up to there."""
    left = start.offset
    if left and not source.zipped and source.encoding == "utf-8":
        file.seek(left, 1)
        return
    while left:
        left -= len(file.read(min(left, 1 << 20)))
