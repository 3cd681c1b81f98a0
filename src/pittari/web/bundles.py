"""The API's part for devices: bundles, differences and parts, for anybody, as files.

A worker reads a file once and sends the same bytes to everybody; it looks for a newer version at
most once a second, so that all workers follow a build.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from typing import Annotated

import msgspec

from pittari import clock
from pittari.device.difference import fingerprint
from pittari.device.format import layout
from pittari.errors import NotFound, nearest
from pittari.touchpoints.suggest.keeping import Kept, Parts, pack, packed
from pittari.web.messages import BundlesTold, BundleTold
from pittari.web.operations import Call, File, Operation
from pittari.web.problems import Headers

LOOK = 1.0
"""Seconds between looks for a newer version."""
CACHE = b"public, max-age=0, s-maxage=60"
"""Browsers ask each time whether it is still so; what stands between may answer for a minute."""
MEDIA = "application/octet-stream"


class Have(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version that the caller has; 0: none."""

    have: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)] = 0


class Current:
    """One locale's bundle in force, as bytes that are read once."""

    def __init__(self, kept: Kept, locale: str, version: int) -> None:
        self._kept, self._locale, self.version = kept, locale, version
        self._read: dict[tuple[int | None, bool], bytes] = {}
        self._whole = kept.path(locale, version).read_bytes()
        file = layout(self._whole)
        self.size, self.created = len(self._whole), file.head.created
        self._name = fingerprint(file).hex()[:32]

    def best(self, have: int, *, zipped: bool) -> tuple[bytes, str]:
        """Returns what brings a caller here who has a version (0: none), and its tag."""
        step = self._bytes(have, zipped=zipped) if have else None
        tag = f"{self._name}-{have}" if step else self._name
        if not zipped:
            return step or self._whole, tag
        return step or self._bytes(None, zipped=True) or pack(self._whole), f"{tag}-gz"

    def _bytes(self, old: int | None, *, zipped: bool) -> bytes | None:
        """Returns a file beside the bundle; nothing where there is none, or a newer build has
        swept it away just now."""
        if (old, zipped) not in self._read:
            path = self._kept.path(self._locale, self.version, old)
            try:
                self._read[old, zipped] = (packed(path) if zipped else path).read_bytes()
            except FileNotFoundError:
                return None
        return self._read[old, zipped]


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
        """Returns a locale's bundle. Raises `NotFound`, naming those there are."""
        there = self.bundles()
        if locale not in there:
            known = f"there are {', '.join(there)}" if there else "none was built yet"
            raise NotFound(f'there is no bundle for "{locale}": {known}.{nearest(locale, there)}')
        return there[locale]

    def part(self, package: str) -> bytes:
        """Returns a package's part. Raises `NotFound`."""
        self._look()
        if self._parts is None or package not in self._parts[1]:
            raise NotFound(f'there is no part for a package "{package}"')
        return self._parts[1][package]

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
                with suppress(FileNotFoundError):  # swept while we looked: the next look finds it
                    self._parts = version, self.kept.parts(version)
            self._due = time.monotonic() + LOOK

    def _newest(self, locale: str) -> Current | None:
        held = self._bundles.get(locale)
        version = self.kept.versions(locale)[-1]
        if held is not None and held.version == version:
            return held
        try:
            return Current(self.kept, locale, version)
        except FileNotFoundError:
            return held


class BundlesApi:
    """What the operations of devices do; disks are read from a thread."""

    window: Window

    async def bundles(self, call: Call) -> BundlesTold:
        def told() -> BundlesTold:
            there = self.window.bundles().items()
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
