"""What was left out, and why: one JSON line per row."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec

from pittari.errors import DataError
from pittari.importing.chunks import Reject

_encode = msgspec.json.Encoder().encode


class Rejects:
    """Rejects of one import, gathered in a file that survives a crash."""

    def __init__(self, path: Path, size: int) -> None:
        """Opens `path` and keeps its first `size` bytes: those of committed chunks."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = path.open("r+b" if size else "wb")
        self._file.truncate(size)
        self._file.seek(size)

    def add(self, rejects: Sequence[Reject]) -> int:
        """Writes rejects in order of line, waits for the disk, returns the size in bytes."""
        if rejects:
            ordered = sorted(rejects, key=lambda reject: reject.line)
            self._file.write(b"".join(_encode(reject) + b"\n" for reject in ordered))
            self._file.flush()
            os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def publish(gathered: Path, target: Path, *, more: bool) -> None:
    """Puts gathered rejects where a person looks; `more`: behind those of other files."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with gathered.open("rb") as file, target.open("ab" if more else "wb") as out:
            shutil.copyfileobj(file, out)
    except OSError as error:
        raise DataError(
            f"{target}: rejected rows cannot be written here ({error.strerror}); name another"
            " place with --rejects"
        ) from error
