"""Learned tables: what learning writes and serving reads, each version with its checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The label on a version: what is in it, what it was learned from, how to know it is whole.

    `version` starts with the time the log was read as of and ends with the checksum's first
    letters, so that the same rows, settings and code give the same version.
    """

    name: str
    version: str
    as_of: int
    """Microseconds UTC: rows that happened later were not read."""
    schema: dict[str, str]
    """Array name to dtype and shape, such as `float32[41000]`."""
    checksum: str
    settings_digest: str
    figures: dict[str, float] = {}
    """What learning measured, such as rows read or a validation score."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """One version of one learned table.

    `arrays["items"]`, where present, holds item ids (UTF-8 bytes) that the other arrays count by;
    `arrays["users"]`, where present, holds ascending `user_key`s.
    """

    manifest: Manifest
    arrays: Arrays

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def version(self) -> str:
        return self.manifest.version

    def user_row(self, user: str) -> int:
        """Returns the row of a user in the arrays that count by `users`, or -1."""
        keys = self.arrays["users"]
        key = user_key(user)
        row = int(keys.searchsorted(key))
        return row if row < len(keys) and keys[row] == key else -1


@lru_cache(maxsize=100_000)
def user_key(user: str) -> np.uint64:
    """Returns the 64-bit key that stands for a user id in learned tables (BLAKE2b)."""
    digest = hashlib.blake2b(user.encode(), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def checksum(arrays: Arrays) -> str:
    """Returns the SHA-256 of names, dtypes, shapes and bytes, in order of name."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        total.update(f"{name}:{array.dtype.str}:{array.shape};".encode())
        total.update(array.tobytes())
    return total.hexdigest()


def schema(arrays: Arrays) -> dict[str, str]:
    """Returns array name to dtype and shape."""
    return {name: f"{a.dtype.str}{list(a.shape)}" for name, a in sorted(arrays.items())}
