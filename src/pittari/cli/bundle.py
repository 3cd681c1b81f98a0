"""What do devices fetch to suggest stickers? Built, looked into, compared and checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from pittari.cli import opened, project_option

if TYPE_CHECKING:
    from pittari.device.format import File
    from pittari.device.signing import Keys
    from pittari.touchpoints.suggest.building import Built

_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def command() -> None:
    """Build the bundles of a project; show, compare and verify any."""


@command.command()
@project_option
@click.option("--locale", "locales", multiple=True, help="Which; those of the settings by default.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build(folder: Path, locales: tuple[str, ...], as_json: bool) -> None:
    """Build bundles and parts from what is learned and on sale, and put them in force."""
    from pittari.device.writing import OFFERS
    from pittari.touchpoints.suggest import building

    with opened(folder) as engine:
        settings = engine.project.settings.bundle
        built = building.build(engine.store, engine.project.folder, settings, locales)
    if as_json:
        click.echo(msgspec.json.encode({"bundles": [_told(one) for one in built]}))
        return
    for one in built:
        said = "is new" if one.new else "stays: nothing changed"
        if one.most < OFFERS:
            said += f"; at most {one.most} stickers for each word, to keep it small"
        click.echo(f"{one.locale}\tversion {one.version} {said}\t{one.bytes:,} bytes\t{one.path}")


def _told(built: Built) -> dict[str, Any]:
    told = {name: getattr(built, name) for name in ("locale", "version", "bytes", "new", "most")}
    return {**told, "path": str(built.path)}


@command.command()
@click.argument("file", type=_file)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def show(file: Path, as_json: bool) -> None:
    """Show what stands in FILE: a bundle, a part or a difference, trusted or not."""
    from pittari.device.format import layout

    told = _shown(layout(file.read_bytes()))
    if as_json:
        click.echo(msgspec.json.encode(told))
        return
    for name in ("kind", "name", "version", "created", "bytes", "key"):
        click.echo(f"{name:<10}{told[name]}")
    for name, number in told["counts"].items():
        click.echo(f"{name:<10}{number:,}")
    for name, value in told.get("meta", {}).items():
        click.echo(f"{name:<10}{msgspec.json.encode(value).decode()}")
    for section in told["sections"]:
        rows = f"{section['rows']:,} x {section['columns']}"
        click.echo(f"  {section['name']:<10}{section['bytes']:>12,} bytes  {rows}")


@command.command()
@project_option
@click.argument("old", type=_file)
@click.argument("new", type=_file)
@click.option("--out", type=click.Path(path_type=Path), help="Write the difference to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def diff(folder: Path, old: Path, new: Path, out: Path | None, as_json: bool) -> None:
    """Say what a device that holds OLD must fetch for NEW, and write it, signed by the project."""
    from pittari.device.difference import difference
    from pittari.device.format import read
    from pittari.device.signing import signer_of

    signer = signer_of(folder)
    before, after = old.read_bytes(), new.read_bytes()
    data = difference(before, after, signer)
    if out is not None:
        out.write_bytes(data)
    one, other = (read(text, signer.keys).entries for text in (before, after))
    changed = [
        name for name, entry in other.items() if name not in one or one[name].digest != entry.digest
    ]
    if as_json:
        told = {"bytes": len(data), "whole": len(after), "changed": changed}
        click.echo(msgspec.json.encode(told))
        return
    click.echo(f"{len(data):,} bytes; the whole file has {len(after):,}")
    click.echo(f"changed: {', '.join(changed) or 'nothing'}")


@command.command()
@project_option
@click.argument("file", type=_file)
@click.option("--key", default="", help="Public key, 64 hexadecimal digits; the project's own.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(folder: Path, file: Path, key: str, as_json: bool) -> None:
    """Check FILE as a device does; a refused one ends with status 1 and the reason."""
    from pittari.errors import BundleError

    reason = text = ""
    try:
        _checked(file.read_bytes(), _keys(folder, key))
    except BundleError as error:
        reason, text = error.reason, str(error)
    if as_json:
        click.echo(msgspec.json.encode({"good": not reason, "reason": reason, "detail": text}))
    else:
        click.echo(f"refused: {reason}: {text}" if reason else "good")
    if reason:
        raise click.exceptions.Exit(1)


def _keys(folder: Path, told: str) -> Keys:
    from pittari.device.signing import Keys, signer_of
    from pittari.errors import SettingsError

    if not told:
        return signer_of(folder).keys
    try:
        return Keys([bytes.fromhex(told)])
    except ValueError as error:
        raise SettingsError(
            f"--key: expected 64 hexadecimal digits, as GET /v1/bundles tells them; got {told!r}"
        ) from error


def _checked(data: bytes, keys: Keys) -> None:
    """Raises `BundleError` where a device would."""
    from pittari.device.bundle import Bundle, Part
    from pittari.device.format import LOCALE, PART, kind_of, read

    kind = kind_of(data)
    if kind == LOCALE:
        Bundle.open(data, keys)
    elif kind == PART:
        Part.open(data, keys)
    else:
        read(data, keys)


def _shown(file: File) -> dict[str, Any]:
    from pittari import clock
    from pittari.device.format import KINDS

    head, entries = file.head, file.entries
    told: dict[str, Any] = {
        "kind": KINDS[head.kind],
        "name": head.name,
        "version": head.version,
        "created": clock.iso(head.created),
        "bytes": len(file.data),
        "key": file.key.hex(),
    }
    counted = {"keywords": "kw.n", "links": "kw.to", "sounds": "snd.kw", "tags": "tag.n",
               "offers": "tag.to", "items": "it.n", "packages": "pk.n", "clusters": "clus",
               "steps": "steps"}  # fmt: skip
    told["counts"] = {n: entries[s].count for n, s in counted.items() if s in entries}
    if "meta" in entries:
        told["meta"] = msgspec.json.decode(file.section("meta").tobytes())
    told["sections"] = [
        {"name": name, "rows": entry.count, "columns": entry.columns, "bytes": entry.bytes}
        for name, entry in entries.items()
    ]
    return told
