"""Where are bundles kept? In one folder, each file whole or not there; the newest is in force.

data/bundles/ja/VERSION.bundle            the bundle, VERSION.bundle.gz beside it
data/bundles/ja/VERSION-OLD.difference    from an older one, .gz beside it
data/bundles/parts/VERSION.parts          all parts
data/bundles/keys                         public keys, in hexadecimal
data/bundles/space.npz                    where each sticker lies
"""

from __future__ import annotations

import fcntl
import gzip
import io
import mmap
import os
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
import numpy as np

from pittari.device.arrival import put
from pittari.errors import BundleError, Unavailable
from pittari.touchpoints.suggest.space import Space

PARTS = "parts"
"""The folder of parts; no locale is called so."""
_LENGTH = struct.Struct("<Q")
_index = msgspec.json.Decoder(dict[str, tuple[int, int]]).decode


class Kept:
    """The bundles of a project, below its `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data" / "bundles"

    def locales(self) -> list[str]:
        """Returns the locales that have a bundle."""
        with suppress(FileNotFoundError):
            names = sorted(entry.name for entry in os.scandir(self.folder) if entry.is_dir())
            return [name for name in names if name != PARTS and self.versions(name)]
        return []

    def versions(self, locale: str) -> list[int]:
        """Returns the versions of a locale's bundle that are kept, ascending."""
        return _versions(self.folder / locale, ".bundle")

    def path(self, locale: str, version: int, old: int | None = None) -> Path:
        """Returns where a bundle is, or a difference that leads to it from an old one."""
        name = f"{version}.bundle" if old is None else f"{version}-{old}.difference"
        return self.folder / locale / name

    def keys(self) -> list[str]:
        """Returns the public keys that bundles in force are signed with, in hexadecimal."""
        file = self.folder / "keys"
        return file.read_text("ascii", "replace").split() if file.exists() else []

    def put_key(self, public: bytes) -> None:
        """Says which public key belongs to the bundles in force."""
        if self.keys() != [public.hex()]:
            _write(self.folder / "keys", f"{public.hex()}\n".encode())

    def space(self) -> Space | None:
        """Returns where stickers lie in the bundles in force; None: none is."""
        file = self.folder / "space.npz"
        if not file.exists():
            return None
        with np.load(file, allow_pickle=False) as told:
            return Space(**{name: told[name] for name in Space._fields})

    def put_space(self, space: Space) -> None:
        """Says where stickers lie from now on."""
        out = io.BytesIO()
        np.savez(out, **space._asdict())
        _write(self.folder / "space.npz", out.getvalue())

    def newest_parts(self) -> int:
        """Returns the version of the parts in force, 0: none."""
        return max(_versions(self.folder / PARTS, ".parts"), default=0)

    def parts(self, version: int) -> Parts:
        """Returns the parts of a version. Raises `BundleError` where the file is damaged."""
        return Parts(self.folder / PARTS / f"{version}.parts")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Holds the turn to write: one builder at a time, and a killed one gives it back. What
        one that was killed left half-written goes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".turn").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            for draft in self.folder.glob("**/.*-draft"):
                draft.unlink(missing_ok=True)
            yield

    def put(
        self,
        locale: str,
        version: int,
        data: bytes,
        change: Callable[[bytes], bytes | None],
        keep: int,
    ) -> None:
        """Puts a bundle in force, with differences from the `keep` versions before it; `change`
        returns the difference from an old file, or nothing. Older files go."""
        folder = self.folder / locale
        folder.mkdir(exist_ok=True)
        older = self.versions(locale)[-keep:] if keep else []
        olds = [(old, self.path(locale, old).read_bytes()) for old in older]
        for old, told in [*olds, (version, data)]:
            step = change(told)
            if step and len(step) < len(data):
                _write(self.path(locale, version, old), step)
                _write(packed(self.path(locale, version, old)), pack(step))
        whole = self.path(locale, version)
        _write(packed(whole), pack(data))
        _write(whole, data)
        names = {self.path(locale, old).name for old in older}
        own = (f"{version}.", f"{version}-")
        _sweep(folder, lambda name: name in names or name.startswith(own))

    def put_parts(self, version: int, parts: Mapping[str, bytes]) -> None:
        """Puts all parts in force, by package."""
        folder = self.folder / PARTS
        folder.mkdir(exist_ok=True)
        at, index = 0, {}
        for package, data in parts.items():
            index[package] = (at, len(data))
            at += len(data)
        head = msgspec.json.encode(index)
        file = folder / f"{version}.parts"
        _write(file, b"".join([_LENGTH.pack(len(head)), head, *parts.values()]))
        _sweep(folder, lambda name: name == file.name)


class Parts:
    """All parts of a project in one file: length of the index, the index, the parts."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            (length,) = _LENGTH.unpack_from(self._data)
            self._begin = _LENGTH.size + length
            self._places = _index(self._data[_LENGTH.size : self._begin])
        except (ValueError, struct.error, msgspec.DecodeError) as error:
            raise BundleError("damaged", f"{path} is no file of parts: {error}") from error

    def __getitem__(self, package: str) -> bytes:
        """Returns a package's part. Raises `KeyError`."""
        at, length = self._places[package]
        return self._data[self._begin + at : self._begin + at + length]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, package: object) -> bool:
        return package in self._places


def packed(path: Path) -> Path:
    """Returns where the same file is, packed with gzip."""
    return path.with_name(f"{path.name}.gz")


def pack(data: bytes) -> bytes:
    """Returns bytes packed with gzip; the same bytes always alike."""
    return gzip.compress(data, 6, mtime=0)


def _versions(folder: Path, suffix: str) -> list[int]:
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    told = [name.removesuffix(suffix) for name in names if name.endswith(suffix)]
    return sorted(int(name) for name in told if name.isdigit())


def _sweep(folder: Path, kept: Callable[[str], bool]) -> None:
    for file in folder.iterdir():
        if not kept(file.name):
            file.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    """Puts a file in its place. Raises `Unavailable` where the disk takes no more."""
    try:
        put(path, data)
    except OSError as error:
        raise Unavailable(
            f"{path} cannot be written ({error.strerror}): what is in force stays; make room and "
            "build again"
        ) from error
