"""What must a device fetch that holds the version before? The bytes that are new, and where.

A difference is a file like any other, signed too. What comes out of it is byte for byte the new
bundle, and is trusted only by the new bundle's own signature.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np

from pittari.device.format import DIFFERENCE, Array, Bytes, File, Head, read, spans, written
from pittari.device.signing import Keys, Signer
from pittari.errors import BundleError, Invalid

BLOCK = 32
"""Bytes that have to be the same, at the least, to be taken from the old file."""
_SEARCHED = 4_000_000
"""Bytes of one section that are searched at every place; in larger ones, at every block."""
OLD, NEW = 0, 1

Step = tuple[int, int, int]


def difference(old: Bytes, new: Bytes, signer: Signer) -> bytes:
    """Returns what turns the file `old` into the file `new`, both signed by this signer.

    Raises `BundleError` when one of them cannot be trusted, `Invalid` when they are of two kinds.
    """
    before, after = read(old, signer.keys), read(new, signer.keys)
    if (before.head.kind, before.head.name) != (after.head.kind, after.head.name):
        raise Invalid(
            f'a difference leads from one version of a file to another; got "{before.head.name}" '
            f'and "{after.head.name}"'
        )
    steps: list[Step] = []
    fresh = bytearray()
    for source, begin, end in _joined(_steps(before, after)):
        if source == NEW:
            steps.append((NEW, len(fresh), end - begin))
            fresh += after.data[begin:end]
        else:
            steps.append((OLD, begin, end - begin))
    head, tail = spans(after)
    sections: dict[str, Array] = {
        "base": np.frombuffer(fingerprint(before), np.uint8),
        "head": np.frombuffer(after.data[:head], np.uint8),
        "steps": np.array(steps, np.uint32).reshape(-1, 3),
        "fresh": np.frombuffer(bytes(fresh), np.uint8),
        "tail": np.frombuffer(after.data[tail:], np.uint8),
    }
    told = after.head
    return written(Head(DIFFERENCE, told.name, told.version, told.created), sections, signer)


def applied(old: Bytes, change: Bytes, keys: Keys) -> bytes:
    """Returns the file that a difference makes of an old one; it is still to be opened, which
    tells whether it is whole.

    Raises `BundleError`: `base` when the difference was made for another file.
    """
    file = read(change, keys)
    before = read(old, keys, whole=False)
    if file.head.kind != DIFFERENCE:
        raise BundleError("kind", "this file is no difference")
    if file.section("base").tobytes() != fingerprint(before):
        raise BundleError("base", "the difference was made for another version than the one held")
    fresh = memoryview(file.section("fresh").tobytes())
    parts: list[Bytes] = [file.section("head").tobytes()]
    for source, begin, length in file.section("steps").reshape(-1, 3).tolist():
        origin = fresh if source == NEW else before.data
        if source not in {OLD, NEW} or begin + length > len(origin):
            raise BundleError("damaged", "the difference takes bytes where there are none")
        parts.append(origin[begin : begin + length])
    parts.append(file.section("tail").tobytes())
    return b"".join(parts)


def fingerprint(file: File) -> bytes:
    """Returns the SHA-256 of a file's header and table, which say all that is in it."""
    return hashlib.sha256(file.data[: spans(file)[0]]).digest()


def _steps(before: File, after: File) -> Iterator[Step]:
    """Yields where the bytes of the new file's sections come from: file, first byte, last."""
    for name, entry in after.entries.items():
        begin, size = entry.offset, entry.bytes
        old = before.entries.get(name)
        if old is None:
            yield NEW, begin, begin + size
        elif (old.digest, old.bytes) == (entry.digest, size):
            yield OLD, old.offset, old.offset + size
        else:
            width = size // (entry.count * entry.columns or 1) or 1
            a = before.data[old.offset : old.offset + old.bytes]
            b = after.data[begin : begin + size]
            for source, first, last in _matched(a, b, width):
                shift = begin if source == NEW else old.offset
                yield source, shift + first, shift + last
        yield NEW, begin + size, begin + size + -size % 8


def _matched(old: memoryview, new: memoryview, width: int) -> Iterator[Step]:
    """Yields how a section is put together from an old one and new bytes; `width`: bytes of one
    of its numbers."""
    same = _alike(old, new)
    if same:
        yield OLD, 0, same
    blocks = {bytes(old[at : at + BLOCK]): at for at in range(0, len(old) - BLOCK + 1, BLOCK)}
    stride = width if len(new) - same <= _SEARCHED else BLOCK
    at = begin = same
    while at < len(new):
        found = blocks.get(bytes(new[at : at + BLOCK]))
        if found is None:
            at += stride
            continue
        if begin < at:
            yield NEW, begin, at
        length = _alike(old[found:], new[at:])
        yield OLD, found, found + length
        at = begin = at + length
    if begin < len(new):
        yield NEW, begin, len(new)


def _alike(a: memoryview, b: memoryview) -> int:
    """Returns how many bytes two texts have in common at their beginning."""
    size, at, step = min(len(a), len(b)), 0, 256
    while at < size and a[at : at + step] == b[at : at + step]:
        at, step = min(size, at + step), step * 2
    if at >= size:
        return size
    rest = min(step, size - at)
    unlike = np.frombuffer(a[at : at + rest], np.uint8) != np.frombuffer(
        b[at : at + rest], np.uint8
    )
    return at + (int(np.argmax(unlike)) if unlike.any() else rest)


def _joined(steps: Iterator[Step]) -> Iterator[Step]:
    """Yields steps, those joined that go on where the one before ends."""
    held: Step | None = None
    for source, begin, end in steps:
        if begin == end:
            continue
        if held is not None and held[0] == source and held[2] == begin:
            held = (source, held[1], end)
        else:
            if held is not None:
                yield held
            held = (source, begin, end)
    if held is not None:
        yield held
