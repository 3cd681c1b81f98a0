"""The API's part for devices: bundles, differences and parts, for anybody, as files.

A worker reads a file once and sends the same bytes to everybody; it looks for a newer version at
most once a second, so that all workers follow a build. What it reads it compares with its
signature: a file that was damaged on the disk goes to nobody, and the one before goes instead.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import threading
import time
import zlib
from pathlib import Path
from typing import Annotated

import msgspec

from pittari import clock
from pittari.device.difference import fingerprint
from pittari.device.format import layout, read
from pittari.device.signing import Keys
from pittari.errors import BundleError, NotFound, Unavailable, nearest
from pittari.touchpoints.suggest.keeping import Kept, Parts, pack, packed
from pittari.web.messages import BundlesTold, BundleTold
from pittari.web.operations import Call, File, Operation
from pittari.web.problems import Headers

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between looks for a newer version."""
CACHE = b"public, max-age=0, s-maxage=60"
"""Browsers ask each time whether it is still so; what stands between may answer for a minute."""
MEDIA = "application/octet-stream"


class Have(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version that the caller has; 0: none."""

    have: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)] = 0


class Current:
    """One locale's bundle in force, as bytes that are read once. Raises `BundleError` for one
    that is not as it was signed."""

    def __init__(self, kept: Kept, locale: str, version: int) -> None:
        self._kept, self._locale, self.version = kept, locale, version
        self._keys = _keys(kept)
        self._steps: dict[int, bytes] = {}
        self._packed: dict[int | None, bytes] = {}
        self._whole = kept.path(locale, version).read_bytes()
        file = read(self._whole, self._keys)
        self.size, self.created = len(self._whole), file.head.created
        self._name = fingerprint(file).hex()[:32]

    def best(self, have: int, *, zipped: bool) -> tuple[bytes, str]:
        """Returns what brings a caller here who has a version (0: none), and its tag."""
        step = self._step(have) if have else None
        data, old = (step, have) if step else (self._whole, None)
        tag = f"{self._name}-{have}" if step else self._name
        if not zipped:
            return data, tag
        if old not in self._packed:
            self._packed[old] = _packed(self._kept.path(self._locale, self.version, old), data)
        return self._packed[old], f"{tag}-gz"

    def _step(self, old: int) -> bytes | None:
        """Returns the difference from an old version; nothing where there is none, it is damaged,
        or a newer build has swept it away just now."""
        if old not in self._steps:
            path = self._kept.path(self._locale, self.version, old)
            try:
                data = path.read_bytes()
                read(data, self._keys)
            except FileNotFoundError:
                return None
            except BundleError as error:
                log.warning("%s is not given: %s", path.name, error)
                return None
            self._steps[old] = data
        return self._steps[old]


class Window:
    """What is in force, looked at from one worker; safe to ask from several threads."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self._lock = threading.Lock()
        self._due = 0.0
        self._bundles: dict[str, Current] = {}
        self._parts: tuple[int, Parts] | None = None

    def bundles(self) -> dict[str, Current]:
        """Returns each locale's bundle."""
        self._look()
        return self._bundles

    def bundle(self, locale: str) -> Current:
        """Returns a locale's bundle. Raises `NotFound`, naming those there are, and `Unavailable`
        where all that is kept is damaged."""
        there = self.bundles()
        if locale not in there and locale in self.kept.locales():
            raise Unavailable(f"no bundle for {locale} that is kept can be read: build it again")
        if locale not in there:
            known = f"there are {', '.join(there)}" if there else "none was built yet"
            raise NotFound(f'there is no bundle for "{locale}": {known}.{nearest(locale, there)}')
        return there[locale]

    def part(self, package: str) -> bytes:
        """Returns a package's part. Raises `NotFound`, and `Unavailable` for a damaged one."""
        self._look()
        if self._parts is None and self.kept.newest_parts():
            raise Unavailable("the parts that are kept cannot be read: build them again")
        if self._parts is None or package not in self._parts[1]:
            raise NotFound(f'there is no part for a package "{package}"')
        data = self._parts[1][package]
        try:
            read(data, _keys(self.kept))
        except BundleError as error:
            raise Unavailable(f"the part of package {package} is damaged: {error}") from error
        return data

    def _look(self) -> None:
        with self._lock:
            if time.monotonic() < self._due:
                return
            self._bundles = {
                locale: current
                for locale in self.kept.locales()
                if (current := self._newest(locale)) is not None
            }
            version = self.kept.newest_parts()
            if version and (self._parts is None or self._parts[0] != version):
                try:
                    self._parts = version, self.kept.parts(version)
                except FileNotFoundError:
                    pass  # swept while we looked: the next look finds it
                except BundleError as error:
                    log.warning("parts %d are not taken: %s", version, error)
            self._due = time.monotonic() + LOOK

    def _newest(self, locale: str) -> Current | None:
        """Returns the newest bundle that is whole; none older than the one that was given."""
        held = self._bundles.get(locale)
        for version in reversed(self.kept.versions(locale)):
            if held is not None and version <= held.version:
                break
            try:
                return Current(self.kept, locale, version)
            except FileNotFoundError:
                continue
            except BundleError as error:
                log.warning("bundle %s/%d is not taken: %s", locale, version, error)
        return held


def _keys(kept: Kept) -> Keys:
    """Returns the keys that are told to devices. Raises `Unavailable` where they are damaged."""
    try:
        return Keys(map(bytes.fromhex, kept.keys()))
    except ValueError as error:
        raise Unavailable("the public keys of bundles cannot be read: build them again") from error


def _packed(path: Path, data: bytes) -> bytes:
    """Returns a file's bytes packed, from beside it where they are the same there."""
    try:
        told = packed(path).read_bytes()
        if gzip.decompress(told) == data:
            return told
    except (OSError, EOFError, zlib.error):
        pass
    return pack(data)


class BundlesApi:
    """What the operations of devices do; disks are read from a thread."""

    window: Window

    async def bundles(self, call: Call) -> BundlesTold:
        def told() -> BundlesTold:
            there = self.window.bundles().items()
            _keys(self.window.kept)
            bundles = [
                BundleTold(locale, one.version, clock.moment(one.created), one.size)
                for locale, one in there
            ]
            return BundlesTold(self.window.kept.keys(), bundles)

        return await asyncio.to_thread(told)

    async def bundle(self, call: Call) -> File:
        zipped = _takes_gzip(call.headers.get(b"accept-encoding", b""))

        def found() -> tuple[bytes, str]:
            return self.window.bundle(call.ids[0]).best(call.query.have, zipped=zipped)

        data, tag = await asyncio.to_thread(found)
        return _file(call, data, tag, zipped=zipped)

    async def part(self, call: Call) -> File:
        zipped = _takes_gzip(call.headers.get(b"accept-encoding", b""))

        def found() -> tuple[bytes, str]:
            data = self.window.part(call.ids[0])
            tag = fingerprint(layout(data)).hex()[:32]
            return (pack(data), f"{tag}-gz") if zipped else (data, tag)

        data, tag = await asyncio.to_thread(found)
        return _file(call, data, tag, zipped=zipped)


def _file(call: Call, data: bytes, tag: str, *, zipped: bool) -> File:
    """Returns a file with its headers; nothing of it to who has it already."""
    name = f'"{tag}"'.encode()
    headers: Headers = [(b"etag", name), (b"cache-control", CACHE), (b"vary", b"accept-encoding")]
    had = [part.strip().removeprefix(b"W/") for part in
           call.headers.get(b"if-none-match", b"").split(b",")]  # fmt: skip
    if name in had or b"*" in had:
        return File(304, headers)
    if zipped:
        headers.append((b"content-encoding", b"gzip"))
    return File(200, headers, data)


def _takes_gzip(accepted: bytes) -> bool:
    """Returns whether a caller takes gzip: it names it, and not as what it does not want."""
    for part in accepted.lower().split(b","):
        name, _, quality = part.partition(b";")
        if name.strip() in {b"gzip", b"*"}:
            return quality.replace(b" ", b"") not in {b"q=0", b"q=0.0", b"q=0.00", b"q=0.000"}
    return False


_KNOWN = ("not_found",)
BUNDLES = (
    Operation(
        "GET", "/v1/bundles", "bundles", "Read which bundles there are, and the public keys",
        BundlesApi.bundles, answer=BundlesTold,
    ),
    Operation(
        "GET", "/v1/bundles/{locale}", "bundle", "Fetch a bundle, or what is new in it",
        BundlesApi.bundle, answer=msgspec.Raw, query=Have, errors=_KNOWN, media=MEDIA, public=True,
    ),
    Operation(
        "GET", "/v1/parts/{package}", "part", "Fetch a package's part of the bundle",
        BundlesApi.part, answer=msgspec.Raw, errors=_KNOWN, media=MEDIA, public=True,
    ),
)  # fmt: skip
