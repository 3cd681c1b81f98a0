"""From the memory to bundles in force, at one stroke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec
import numpy as np

from pittari import clock
from pittari.device.bundle import Bundle
from pittari.device.difference import difference
from pittari.device.format import File, layout
from pittari.device.signing import Signer, signer_of
from pittari.device.writing import OFFERS, write_bundle, write_part
from pittari.errors import BundleError, NotFound, SettingsError
from pittari.learning.tags.table import TagTable
from pittari.settings import BundleTable
from pittari.store import Store
from pittari.touchpoints.suggest.bundling import Stock, chosen, contents, parts, stock
from pittari.touchpoints.suggest.keeping import Kept
from pittari.touchpoints.suggest.offering import Limits
from pittari.touchpoints.suggest.space import Space, settled
from pittari.touchpoints.suggest.stickers import stickers

TABLES = ("tags", "offers")
"""The learned tables that a bundle is made from."""


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a locale: the bundle in force; whether it is new, or nothing had changed;
    how many stickers each word may offer in it."""

    locale: str
    version: int
    bytes: int
    new: bool
    path: Path
    most: int


def build(
    store: Store,
    folder: Path,
    settings: BundleTable,
    locales: Sequence[str] = (),
    at: int | None = None,
) -> list[Built]:
    """Builds the bundles of `locales` (by default the settings') and all parts from what is
    learned and on sale at a time (now), and puts them in force.

    A locale whose bundle would say the same keeps the one it has. Raises `NotFound` where a table
    was not learned yet, `SettingsError` for an unknown locale.
    """
    at = clock.now() if at is None else at
    kept, signer = Kept(folder), signer_of(folder)
    with kept.turn():
        goods, made_from = _goods(store, settings, at)
        goods = _settled(kept, goods)
        kept.put_key(signer.public)
        _build_parts(kept, goods, signer, at)
        making = _Making(kept, signer, settings, at, goods, made_from)
        return [making.build(locale) for locale in dict.fromkeys(locales or settings.locales)]


@dataclass(frozen=True, slots=True)
class _Making:
    """What the bundles of all locales are made with."""

    kept: Kept
    signer: Signer
    settings: BundleTable
    at: int
    goods: Stock
    made_from: Mapping[str, str]

    def build(self, locale: str) -> Built:
        """Puts a locale's bundle in force, unless the one in force says the same."""
        held = _held(self.kept, locale, self.signer)
        version = _version(self.at, held.head.version if held else 0)
        data, most = self._fitting(locale, version, held.ids if held else ())
        new = held is None or not _same(held.file, layout(data))
        if new:
            change = partial(_change, new=data, signer=self.signer)
            self.kept.put(locale, version, data, change, self.settings.keep)
        elif held:
            version, data = held.head.version, held.file.data.tobytes()
        return Built(locale, version, len(data), new, self.kept.path(locale, version), most)

    def _fitting(self, locale: str, version: int, before: Sequence[str]) -> tuple[bytes, int]:
        """Returns a locale's bundle, and how many stickers each word may have in it: as many as
        there may be, fewer where it would grow larger than it may."""
        most, limit = OFFERS, self.settings.most_bytes
        while True:
            cells = chosen(self.goods, Limits(most=most, floor=self.settings.floor))
            told = contents(self.goods, cells, locale, self.made_from, before)
            dated = replace(told, version=version, created=self.at)
            data = write_bundle(dated, self.signer)
            if len(data) <= limit:
                return data, most
            if most == 1:
                raise SettingsError(
                    f"bundle.most_bytes: the bundle of {locale} has {len(data):,} bytes with one "
                    f"sticker for each word, {limit:,} are allowed; allow more"
                )
            most = max(1, min(most - 1, most * limit // len(data)))


def _goods(store: Store, settings: BundleTable, at: int) -> tuple[Stock, dict[str, str]]:
    """Returns what there is to put into bundles, and from which versions it comes."""
    release = store.parameters.current()
    missing = [name for name in TABLES if name not in release.versions]
    if missing:
        raise NotFound(
            f"nothing was learned yet named {' and '.join(missing)}: "
            f"pittari learn {' '.join(missing)}"
        )
    versions = {name: release.versions[name] for name in TABLES}
    learned = store.parameters.load(replace(release, versions=versions))
    table = TagTable.from_arrays(learned["tags"].arrays).corrected(store.tags.corrections())
    there = stickers(store.catalog.every_item(), at, settings.days_on_sale)
    return stock(table, learned["offers"].arrays, there), versions


def _settled(kept: Kept, goods: Stock) -> Stock:
    """Returns the stickers where they lay in the bundles before, and remembers where they lie."""
    there, told = goods.stickers, kept.space()
    if told is not None:
        rows = there.rows(told.ids.tolist())
        vectors, centres = settled(goods.vectors, goods.centres, told, rows)
        goods = replace(goods, vectors=vectors, centres=centres)
    ids = np.array([name.encode() for name in there.ids], "S") if len(there) else np.zeros(0, "S1")
    kept.put_space(Space(ids, goods.vectors, goods.centres))
    return goods


def _build_parts(kept: Kept, goods: Stock, signer: Signer, at: int) -> None:
    """Puts the parts in force; one that would say the same stays as it is."""
    held = kept.newest_parts()
    before: Mapping[str, bytes] = {}
    with suppress(BundleError):  # damaged parts are made anew
        if held:
            told = kept.parts(held)
            before = {package: told[package] for package in told}
    version, out = _version(at, held), {}
    for part in parts(goods):
        data = write_part(replace(part, version=version, created=at), signer)
        old = before.get(part.package)
        out[part.package] = old if old and _alike(old, data) else data
    if out != before:
        kept.put_parts(version, out)


def _version(at: int, before: int) -> int:
    """Returns the time as a number such as 20260131090000, or what comes after the one before:
    versions grow also where files were lost."""
    return max(int(clock.moment(at).strftime("%Y%m%d%H%M%S")), before + 1)


def _change(old: bytes, new: bytes, signer: Signer) -> bytes | None:
    """Returns the difference from an old file; nothing from one that cannot be trusted."""
    try:
        return difference(old, new, signer)
    except BundleError:
        return None


def _held(kept: Kept, locale: str, signer: Signer) -> Bundle | None:
    """Returns the bundle in force; one that cannot be read is none."""
    versions = kept.versions(locale)
    if not versions:
        return None
    try:
        return Bundle.open(kept.path(locale, versions[-1]).read_bytes(), signer.keys)
    except BundleError:
        return None


def _alike(old: bytes, new: bytes) -> bool:
    try:
        return _same(layout(old), layout(new))
    except BundleError:
        return False


def _same(old: File, new: File) -> bool:
    """Returns whether two files say the same; what they were made from may differ."""
    return old.key == new.key and _said(old) == _said(new)


def _said(file: File) -> dict[str, object]:
    told: dict[str, object] = {name: entry.digest for name, entry in file.entries.items()}
    if "meta" in told:
        meta = msgspec.json.decode(file.section("meta").tobytes())
        told["meta"] = {key: value for key, value in meta.items() if key != "made_from"}
    return told
