"""Is this file what it claims to be? Looked over as a whole, before the first row is read."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from pittari.errors import DataError, nearest

FORMATS = ("csv", "jsonl", "parquet")
_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_BLOCK = 1 << 20
_MANY = 10
"""So many lines in an unknown encoding are no accident."""
_ENOUGH = 1000
"""Lines beyond ASCII that are looked at."""
_GUESSES = ("shift_jis", "cp932", "euc_jp")
_JAPANESE = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was looked over: it can be opened, and is whole."""

    path: Path
    format: str
    zipped: bool
    encoding: str
    checksum: str
    size: int
    """Bytes on the disk."""

    @property
    def tabbed(self) -> bool:
        return self.path.name.removesuffix(".gz").endswith((".tsv", ".tab"))


def examine(path: Path, told: str = "", encoding: str = "") -> Source:
    """Looks a whole file over: there, not empty, not cut off, in the encoding that was said.

    `told`: the format, one of `FORMATS`, seen by the name when empty; `encoding`: UTF-8 when empty.
    Raises `DataError` with what was expected, what came and what to do.
    """
    if path.is_dir():
        raise DataError(f"{path}: expected a file, got a folder; name the files in it, one by one")
    if not path.exists():
        near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise DataError(f"{path}: there is no such file.{nearest(path.name, near)}")
    zipped = path.name.endswith(".gz")
    kind = told or _format(path)
    if kind == "parquet" and zipped:
        raise DataError(f"{path}: expected a bare Parquet file, got .gz; unpack it with gunzip")
    encoding = _codec(encoding)
    try:
        size = path.stat().st_size
        if not size:
            raise DataError(f"{path}: expected rows, got an empty file (0 bytes)")
        checksum = _checksum(path)
        if kind == "parquet":
            _whole_parquet(path)
        else:
            _whole_text(path, zipped, encoding)
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror or error})") from error
    return Source(path, kind, zipped, encoding, checksum, size)


def opened(source: Source) -> BinaryIO:
    """Opens a text file as UTF-8 bytes, whatever it is stored as, without a byte order mark."""
    return _utf8(source.path, source.zipped, source.encoding)


def _format(path: Path) -> str:
    name = path.name.removesuffix(".gz")
    suffix = Path(name).suffix.lower()
    if suffix not in _SUFFIXES:
        raise DataError(
            f"{path}: expected a name that ends in {', '.join(_SUFFIXES)} (or .gz after it);"
            " say what it is with --format csv, jsonl or parquet"
        )
    return _SUFFIXES[suffix]


def _codec(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding or "utf-8").name
        "".encode(name)  # hex and its like are no encodings of text
    except (LookupError, ValueError) as error:
        known = ("utf-8", "utf-16", "shift_jis", "cp932", "euc_jp", "latin-1")
        raise DataError(
            f'encoding: expected a name such as utf-8 or shift_jis, got "{encoding}".'
            f"{nearest(encoding, known)}"
        ) from error
    return "utf-8" if name == "utf-8-sig" else name


def _checksum(path: Path) -> str:
    total = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            total.update(block)
    return total.hexdigest()


def _whole_parquet(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(4)
        pq.ParquetFile(path).close()
    except (pa.ArrowInvalid, OSError) as error:
        if start == b"PAR1":
            raise DataError(
                f"{path}: expected a whole Parquet file, got one that is cut off or damaged"
                f" ({_first(error)}); copy it again. Nothing of it was taken"
            ) from error
        raise DataError(
            f"{path}: expected a Parquet file, got something else; say what it is with --format"
        ) from error


def _whole_text(path: Path, zipped: bool, encoding: str) -> None:
    try:
        if encoding == "utf-8":
            _refuse_foreign(path, zipped)
        with _utf8(path, zipped, encoding) as file:
            head = b""
            while block := file.read(_BLOCK):
                head = head or block
    except (EOFError, zlib.error) as error:
        raise DataError(
            f"{path}: expected a whole gzip file, got one that is cut off or damaged ({error});"
            " copy it again. Nothing of it was taken"
        ) from error
    except gzip.BadGzipFile as error:
        raise DataError(
            f"{path}: expected gzip behind a name that ends in .gz, got something else; rename it"
        ) from error
    except UnicodeError as error:
        raise DataError(
            f"{path}: expected {encoding} text, got bytes that are not ({error}); the file is cut"
            " off, or another --encoding is right"
        ) from error
    if not head.strip():
        raise DataError(f"{path}: expected rows, got an empty file")
    if b"\r" in head and b"\n" not in head:
        raise DataError(
            f"{path}: expected lines that end in LF or CR LF, got CR alone; convert it with"
            " tr '\\r' '\\n'"
        )


def _refuse_foreign(path: Path, zipped: bool) -> None:
    """Raises `DataError` when the file is in another encoding than UTF-8.

    Some broken lines in a UTF-8 file are rows to reject; a file is foreign when its foreign lines
    make sense in another encoding, or are many, and are more than those that are UTF-8.
    """
    with _raw(path, zipped) as file:
        head = file.peek(4096)[:4096]
        wide = _wide(head)
        if wide:
            raise DataError(
                f"{path}: expected UTF-8 text, got what looks like {wide.upper()}; say so with"
                f" --encoding {wide}"
            )
        own, foreign, odd = _counted(file)
    if foreign <= own:
        return
    guess = max(_GUESSES, key=lambda name: _japanese(odd, name))
    if _japanese(odd, guess):
        raise DataError(
            f"{path}: expected UTF-8 text, got what looks like {guess}; say so with"
            f" --encoding {guess}"
        )
    if foreign >= _MANY:
        raise DataError(
            f"{path}: expected UTF-8 text, got {foreign:,} lines with bytes that are not, such as"
            f" {odd[:20]!r}; say which encoding it is with --encoding"
        )


def _counted(file: io.BufferedReader) -> tuple[int, int, bytes]:
    """Returns how many lines beyond ASCII are UTF-8, how many are not, and some of the latter."""
    own = foreign = 0
    odd = rest = b""
    while (block := file.read(_BLOCK)) and own < _ENOUGH and foreign < _ENOUGH:
        if block.isascii() and not rest:
            continue
        *whole, rest = (rest + block).split(b"\n")
        for line in whole:
            if _decodes(line, "utf-8"):
                own += not line.isascii()
            else:
                foreign += 1
                odd += line[:200] + b"\n"
        rest = rest if len(rest) < _BLOCK else b""
    if rest and not _decodes(rest, "utf-8"):
        return own, foreign + 1, odd + rest[:200]
    return own + (not rest.isascii()), foreign, odd[:65536]


def _wide(head: bytes) -> str:
    """Returns the two- or four-byte encoding that text begins in, or nothing."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(head) >= 8:
        even, odd = head[::2].count(0), head[1::2].count(0)
        if max(even, odd) > len(head) // 8 and min(even, odd) * 8 < max(even, odd):
            return "utf-16-le" if odd > even else "utf-16-be"
    return ""


def _decodes(text: bytes, encoding: str) -> bool:
    try:
        text.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _japanese(text: bytes, encoding: str) -> int:
    """Returns how many kana and common kanji a text has in an encoding, 0 if it is in another."""
    return len(_JAPANESE.findall(text.decode(encoding))) if _decodes(text, encoding) else 0


def _raw(path: Path, zipped: bool) -> io.BufferedReader:
    raw: Any = gzip.GzipFile(path) if zipped else path.open("rb", 0)
    return io.BufferedReader(raw, _BLOCK)


def _utf8(path: Path, zipped: bool, encoding: str) -> BinaryIO:
    raw = _raw(path, zipped)
    if encoding != "utf-8":
        raw = io.BufferedReader(_Recoded(raw, encoding), _BLOCK)
    if raw.peek(3)[:3] == codecs.BOM_UTF8:
        raw.read(3)
    return raw


class _Recoded(io.RawIOBase):
    """Bytes of one encoding, read as UTF-8; what cannot be decoded stays as it is."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._blocks = self._decoded(file, codecs.getincrementaldecoder(encoding))
        self._file = file
        self._rest = b""

    @staticmethod
    def _decoded(file: BinaryIO, decoder: Any) -> Iterator[bytes]:
        decode = decoder("surrogateescape").decode
        while block := file.read(_BLOCK):
            yield decode(block).encode("utf-8", "surrogateescape")
        yield decode(b"", True).encode("utf-8", "surrogateescape")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = block
        part = self._rest[: len(buffer)]
        buffer[: len(part)] = part
        self._rest = self._rest[len(part) :]
        return len(part)

    def close(self) -> None:
        self._file.close()
        super().close()


def _first(error: BaseException) -> str:
    return re.split(r"[.\n]", str(error), maxsplit=1)[0][:200]
