"""From the memory to bundles in force, at one stroke."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import msgspec

from pittari import clock
from pittari.device.bundle import Bundle
from pittari.device.difference import difference
from pittari.device.format import File, layout
from pittari.device.signing import Signer, signer_of
from pittari.device.writing import write_bundle, write_part
from pittari.errors import BundleError, NotFound
from pittari.learning.tags.table import TagTable
from pittari.settings import BundleTable
from pittari.store import Store
from pittari.touchpoints.suggest.bundling import Stock, chosen, contents, parts, stock
from pittari.touchpoints.suggest.keeping import Kept
from pittari.touchpoints.suggest.offering import Limits
from pittari.touchpoints.suggest.stickers import stickers

TABLES = ("tags", "offers")
"""The learned tables that a bundle is made from."""


@dataclass(frozen=True, slots=True)
class Built:
    """What became of a locale: the bundle in force; whether it is new, or nothing had changed."""

    locale: str
    version: int
    bytes: int
    new: bool
    path: Path


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
        kept.put_key(signer.public)
        _build_parts(kept, goods, signer, at)
        cells = chosen(goods, Limits(floor=settings.floor))
        built = []
        for locale in dict.fromkeys(locales or settings.locales):
            held = _held(kept, locale, signer)
            before = held.ids if held else ()
            told = contents(goods, cells, locale, made_from, before)
            version = _version(at, held.head.version if held else 0)
            data = write_bundle(replace(told, version=version, created=at), signer)
            new = held is None or not _same(held.file, layout(data))
            if new:
                change = partial(_change, new=data, signer=signer)
                kept.put(locale, version, data, change, settings.keep)
            elif held:
                version, data = held.head.version, bytes(held.file.data)
            built.append(Built(locale, version, len(data), new, kept.path(locale, version)))
    return built


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


def _build_parts(kept: Kept, goods: Stock, signer: Signer, at: int) -> None:
    """Puts the parts in force; one that would say the same stays as it is."""
    held = kept.newest_parts()
    before: Mapping[str, bytes] = {}
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
