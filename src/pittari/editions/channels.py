"""How does a released edition leave the house? Rows of the outbox go to a channel, once each.

A channel may be asked again for rows it has: a process can die after it sent and before it said
so. Every row carries a key that is the same at every try; by it a channel knows a row again.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec

from pittari.errors import Unavailable
from pittari.store.outbox import Outbox, Released

_BLOCK = 1 << 20


@runtime_checkable
class Channel(Protocol):
    """Takes released rows somewhere. Raises `Unavailable` when it cannot now."""

    @property
    def name(self) -> str: ...

    def send(self, rows: Sequence[Released]) -> None:
        """Sends rows that may have been sent before: those it has, by their keys, it drops."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the outbox as the file channel writes it."""

    key: str
    edition: str
    shard: int
    place: int
    topic: str
    released: int
    content: msgspec.Raw


class _Key(msgspec.Struct):
    key: str


class FileChannel:
    """Appends rows to a file as JSON lines: each key stands there once, also after a crash, as
    long as the file is not taken away between a crash and the next start."""

    name = "file"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: set[str] = set()
        self._read_to = 0
        self._inode = 0

    def send(self, rows: Sequence[Released]) -> None:
        """Appends the rows the file does not have, and waits until they are durable."""
        try:
            with self._locked() as file:
                self._look(file)
                fresh = [row for row in rows if row.key not in self._keys]
                written = b"".join(_line(row) for row in fresh)
                if written:
                    _write(file, written)
                    os.fsync(file)
        except OSError as error:
            raise Unavailable(f"{self._path}: cannot be written ({error})") from error

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """Opens the file for this process alone."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)

    def _look(self, file: int) -> None:
        """Learns the keys that were appended since the last look; cuts off a line that a crash
        left unfinished, and goes to the end."""
        told = os.fstat(file)
        if told.st_ino != self._inode or told.st_size < self._read_to:
            self._keys, self._read_to, self._inode = set(), 0, told.st_ino
        os.lseek(file, self._read_to, os.SEEK_SET)
        rest = b""
        while block := os.read(file, _BLOCK):
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                self._read_to += len(line) + 1
                self._keys.add(_key(line))
        os.ftruncate(file, self._read_to)
        os.lseek(file, self._read_to, os.SEEK_SET)


def carry(outbox: Outbox, channel: Channel, at: int) -> int:
    """Takes what waits in the outbox to a channel; returns how many rows. Dry rows end here.

    Raises `Unavailable`; what was not said to be taken waits for the next time.
    """
    rows = outbox.waiting()
    if rows:
        channel.send([row for row in rows if not row.dry])
        outbox.took(rows, at)
    return len(rows)


def _line(row: Released) -> bytes:
    told = Line(
        key=row.key, edition=row.edition, shard=row.shard, place=row.place, topic=row.topic,
        released=row.released, content=msgspec.Raw(row.body),
    )  # fmt: skip
    return msgspec.json.encode(told) + b"\n"


def _key(line: bytes) -> str:
    try:
        return msgspec.json.decode(line, type=_Key).key
    except msgspec.DecodeError:
        return ""


def _write(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
