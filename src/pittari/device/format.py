"""How does a bundle lie in its file? A header, a table of sections, their arrays, a signature.

docs/bundle.md holds the layout byte by byte. Every number is little-endian; sections begin at
multiples of 8; nothing but zeros lies between them, so that equal contents are equal bytes.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.device.signing import KEY_BYTES, SIGNATURE_BYTES, Keys, Signer
from pittari.errors import BundleError, Invalid

MAGIC = b"PITTARI\x00"
FORMAT = 1
NAME_BYTES = 24
"""Longest name of a file."""
LOCALE, PART, DIFFERENCE = 1, 2, 3
KINDS = {LOCALE: "locale", PART: "part", DIFFERENCE: "difference"}
_HEADER = struct.Struct("<8sHHIQQq24s")
_ENTRY = struct.Struct("<8sHHIQQ32s")
_TRAILER = KEY_BYTES + SIGNATURE_BYTES
_MOST_SECTIONS = 256
_TYPES: dict[int, np.dtype[Any]] = {
    number: np.dtype(code)
    for number, code in enumerate(("u1", "<u2", "<u4", "i1", "<i2", "<i4"), start=1)
}
_OF_TYPE = {
    1: "meta language kw kw.n kw.w snd snd.n run run.n tag tag.n tag.w tag.off tag.rate tag.hour "
    "it it.n it.flag it.prior it.reg it.clus pk pk.n base head tail fresh",
    3: "kw.num kw.to snd.kw run.kw tag.num tag.to it.pack decay steps",
    4: "it.vec clus",
    5: "rank quiet",
}
"""What each section must be."""
_COLUMNS = {"tag.hour": 8, "steps": 3, "it.vec": None, "clus": None}
"""Of those that have not one; none: any number."""
_TYPE = {name: number for number, names in _OF_TYPE.items() for name in names.split()}
_NUMBERS = {(kind.kind, kind.itemsize): number for number, kind in _TYPES.items()}

Bytes = bytes | memoryview
Array = npt.NDArray[Any]
Sections = Mapping[str, Array]
"""Name (at most 8 ASCII letters) to an array of one or two dimensions."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says it is. `name`: the locale of a bundle, the package of a part; `version`
    grows; `created` in microseconds UTC."""

    kind: int
    name: str
    version: int
    created: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One section: where its bytes lie, and their SHA-256."""

    name: str
    type: int
    columns: int
    offset: int
    count: int
    digest: bytes

    @property
    def bytes(self) -> int:
        return self.count * self.columns * _TYPES[self.type].itemsize


@dataclass(frozen=True, slots=True)
class File:
    """A file whose layout and signature are good; `checked`: it was all compared when it came, so
    that what it points to need not be looked at again."""

    head: Head
    entries: Mapping[str, Entry]
    data: memoryview
    key: bytes
    checked: bool = False

    def section(self, name: str) -> Array:
        """Returns a section as an array that lies in the file. Raises `BundleError` when there is
        none, or it is not of the type that it must be."""
        entry = self.entries.get(name)
        if entry is None:
            raise BundleError("damaged", f'the bundle has no section "{name}"')
        columns = _COLUMNS.get(name, 1)
        known = name in _TYPE
        if known and (entry.type != _TYPE[name] or columns not in {None, entry.columns}):
            raise BundleError("damaged", f'section "{name}" is of another type than it must be')
        size = entry.count * entry.columns
        flat = np.frombuffer(self.data, _TYPES[entry.type], size, entry.offset)
        return flat.reshape(entry.count, entry.columns) if entry.columns > 1 else flat

    def json(self, name: str, kind: type[Any]) -> Any:
        """Returns a section that holds JSON, read as a type."""
        try:
            return msgspec.json.decode(self.section(name).tobytes().decode(), type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BundleError("damaged", f'section "{name}": {error}') from error


def written(head: Head, sections: Sections, signer: Signer) -> bytes:
    """Returns the file of some sections, in the order given.

    Raises `Invalid` for a name, a type or a number that the format cannot hold.
    """
    name = head.name.encode()
    if (
        not 0 < len(name) <= NAME_BYTES
        or not 0 <= head.version < 1 << 53
        or len(sections) > _MOST_SECTIONS
    ):
        raise Invalid(
            f"a bundle has a name of 1 to {NAME_BYTES} bytes, a version below 2^53 and at most "
            f'{_MOST_SECTIONS} sections; got "{head.name}", {head.version}, {len(sections)}'
        )
    at = _HEADER.size + len(sections) * _ENTRY.size
    table, parts = [], []
    for section, array in sections.items():
        told = section.encode("ascii")
        shape = (*array.shape, 1)
        kind = _NUMBERS.get((array.dtype.kind, array.dtype.itemsize))
        if kind is None or not 0 < len(told) <= 8 or array.ndim not in {1, 2} or not shape[1]:
            raise Invalid(f'section "{section}": cannot hold {array.dtype}{list(array.shape)}')
        raw = np.ascontiguousarray(array, _TYPES[kind]).tobytes()
        digest = hashlib.sha256(raw).digest()
        table.append(_ENTRY.pack(told, kind, shape[1], 0, at, shape[0], digest))
        parts.append(raw + bytes(-len(raw) % 8))
        at += len(parts[-1])
    header = _HEADER.pack(
        MAGIC, FORMAT, len(table), head.kind, at + _TRAILER, head.version, head.created, name
    )
    signed = header + b"".join(table)
    return b"".join([signed, *parts, signer.id, signer.sign(signed)])


def read(data: Bytes, keys: Keys, *, whole: bool = True) -> File:
    """Returns a file that can be trusted: laid out as the format says, signed with one of `keys`.

    `whole` also compares the SHA-256 of every section, as a file must be that has just arrived.
    Raises `BundleError` with one of its reasons.
    """
    file = layout(data)
    view, key, end = file.data, file.key, spans(file)[0]
    if key not in keys:
        raise BundleError("key", f"the bundle is signed with a key not known here ({key.hex()})")
    if not keys.good(key, bytes(view[-SIGNATURE_BYTES:]), bytes(view[:end])):
        raise BundleError("tampered", "the bundle's signature is not that of its contents")
    if whole:
        check(file)
        return file
    return replace(file, checked=True)


def layout(data: Bytes) -> File:
    """Returns a file that is laid out as the format says, trusted or not: nobody looked at its
    signature. Raises `BundleError` with one of its reasons."""
    view = memoryview(data).toreadonly()
    head, count = _head(view)
    key = bytes(view[-_TRAILER:-SIGNATURE_BYTES])
    return File(head, MappingProxyType(_table(view, count)), view, key)


def check(file: File) -> None:
    """Compares every section with the SHA-256 that is signed. Raises `BundleError`: tampered."""
    for entry in file.entries.values():
        if hashlib.sha256(file.data[entry.offset : entry.offset + entry.bytes]).digest() != (
            entry.digest
        ):
            raise BundleError("tampered", f'section "{entry.name}" is not what was signed')


def spans(file: File) -> tuple[int, int]:
    """Returns where the table of a file ends, and where its key and signature begin."""
    return _HEADER.size + len(file.entries) * _ENTRY.size, len(file.data) - _TRAILER


def kind_of(data: Bytes) -> int:
    """Returns the kind that a file says it has, trusted or not. Raises `BundleError`."""
    return _head(memoryview(data).toreadonly())[0].kind


def _head(view: memoryview) -> tuple[Head, int]:
    """Returns a header that can be read, and the number of sections."""
    begin = bytes(view[:8])
    if begin != MAGIC[: len(begin)] or not begin:
        raise BundleError("no_bundle", "this is no bundle: it does not begin as one")
    if len(view) < _HEADER.size + _TRAILER:
        raise BundleError("truncated", f"the bundle ends after {len(view)} bytes")
    _, form, count, kind, length, version, created, name = _HEADER.unpack(view[: _HEADER.size])
    if form != FORMAT:
        raise BundleError("format", f"the bundle has format {form}; known here is {FORMAT}")
    if length > len(view):
        raise BundleError("truncated", f"the bundle has {length} bytes, {len(view)} came")
    if length < len(view):
        raise BundleError("tampered", f"the bundle has {length} bytes, {len(view)} came")
    if kind not in KINDS or count > _MOST_SECTIONS:
        raise BundleError("damaged", f"the bundle says kind {kind} and {count} sections")
    if length < _HEADER.size + count * _ENTRY.size + _TRAILER:
        raise BundleError("damaged", "the bundle is shorter than its own table")
    try:
        told = name.rstrip(b"\x00").decode()
    except UnicodeDecodeError as error:
        raise BundleError("damaged", "the bundle's name is no UTF-8") from error
    return Head(kind, told, version, created), count


def _table(view: memoryview, count: int) -> dict[str, Entry]:
    """Returns the sections; each lies where the one before it ends, zeros fill up."""
    at = _HEADER.size + count * _ENTRY.size
    entries: dict[str, Entry] = {}
    for number in range(count):
        begin = _HEADER.size + number * _ENTRY.size
        told, kind, columns, zero, offset, rows, digest = _ENTRY.unpack(
            view[begin : begin + _ENTRY.size]
        )
        name = told.rstrip(b"\x00").decode("latin-1")
        if kind not in _TYPES or not columns or zero or offset != at or name in entries:
            raise BundleError("damaged", f'section {number} ("{name}") lies where it cannot')
        entry = Entry(name, kind, columns, offset, rows, digest)
        end = at + entry.bytes
        at = end + -end % 8
        if at > len(view) - _TRAILER:
            raise BundleError("damaged", f'section "{name}" reaches over the end')
        if any(view[end:at]):
            raise BundleError("tampered", f'something stands behind section "{name}"')
        entries[name] = entry
    if at != len(view) - _TRAILER:
        raise BundleError("damaged", "something stands between the sections and the signature")
    return entries


def from_texts(name: str, texts: Sequence[str], what: str) -> dict[str, Array]:
    """Returns the two sections of a list of texts: their UTF-8 bytes, and the length of each.

    Raises `Invalid` for a text of more than 255 bytes.
    """
    raw = [text.encode() for text in texts]
    long = next((text for text in raw if len(text) > 255), None)
    if long is not None:
        raise Invalid(f"{what}: expected at most 255 bytes, got {len(long)} ({long[:40]!r}...)")
    return {
        name: np.frombuffer(b"".join(raw), np.uint8),
        f"{name}.n": np.array([len(text) for text in raw], np.uint8),
    }


def texts(file: File, name: str) -> list[str]:
    """Returns a list of texts. Raises `BundleError` when it is no UTF-8, or too short."""
    raw = file.section(name)
    ends = np.cumsum(file.section(f"{name}.n"), dtype=np.int64)
    if (int(ends[-1]) if len(ends) else 0) != len(raw):
        raise BundleError("damaged", f'section "{name}" has not the length of its texts')
    begins = np.zeros(len(raw) + 1, np.int64)  # letters that begin before each byte
    np.cumsum((raw & 0xC0) != 0x80, out=begins[1:])
    cut = ends[ends < len(raw)]
    try:
        text = raw.tobytes().decode()
    except UnicodeDecodeError as error:
        raise BundleError("damaged", f'section "{name}": {error}') from error
    if (begins[cut + 1] == begins[cut]).any():
        raise BundleError("damaged", f'section "{name}" cuts a letter')
    places = begins[ends].tolist()
    return [text[a:b] for a, b in zip([0, *places], places, strict=False)]


def starts(file: File, name: str) -> npt.NDArray[np.int64]:
    """Returns where each row's cells begin, from the counts of a section, and the end of all."""
    counts = file.section(name)
    out = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=out[1:])
    return out
