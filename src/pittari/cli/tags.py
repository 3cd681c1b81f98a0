"""Which words does a sticker answer to, and which should it?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from pittari import clock
from pittari.cli import opened, project_option
from pittari.errors import Invalid
from pittari.learning.tags.coverage import coverage
from pittari.learning.tags.lookup import Lookup, sticker_ids
from pittari.learning.tags.meanings import meanings
from pittari.learning.tags.table import TagTable
from pittari.model.tags import Deed
from pittari.store import Store
from pittari.store.tags import tag_of

ACTOR = "command line"
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def command() -> None:
    """List the tags of stickers, and put them right: at once, and for good."""


@command.command("list")
@project_option
@click.argument("item", default="")
@click.option("--tag", default="", help="List the stickers of this tag instead.")
@json_option
def list_tags(folder: Path, item: str, tag: str, as_json: bool) -> None:
    """List the tags of the sticker ITEM, the stickers of a tag, or else all corrections."""
    if item and tag:
        raise click.UsageError("expected ITEM or --tag, not both")
    with opened(folder) as engine:
        if item:
            engine.store.catalog.item(item)
            rows, empty = _tags(engine.tags(), item), f"{item} answers to no word yet"
        elif tag:
            rows, empty = _stickers(engine.tags(), tag), f'no sticker answers to "{tag}"'
        else:
            rows, empty = _corrections(engine.store), "nobody corrected anything yet"
    if as_json:
        click.echo(msgspec.json.encode({"rows": rows}))
        return
    for row in rows:
        click.echo("\t".join(str(cell) for cell in row.values()))
    if not rows:
        click.echo(empty)


@command.command()
@project_option
@click.argument("item")
@click.argument("tag")
def add(folder: Path, item: str, tag: str) -> None:
    """Let the sticker ITEM answer to TAG."""
    _put(folder, "add", tag, item)


@command.command()
@project_option
@click.argument("item")
@click.argument("tag")
def remove(folder: Path, item: str, tag: str) -> None:
    """Take TAG off the sticker ITEM."""
    _put(folder, "remove", tag, item)


@command.command()
@project_option
@click.argument("tag")
def block(folder: Path, tag: str) -> None:
    """Take TAG off all stickers, those to come too."""
    _put(folder, "block", tag)


@command.command()
@project_option
@click.argument("what", nargs=-1, required=True, metavar="[ITEM] TAG")
def restore(folder: Path, what: tuple[str, ...]) -> None:
    """Take back what was said of TAG on the sticker ITEM, or that TAG was blocked."""
    if len(what) > 2:
        raise click.UsageError(
            f"expected [ITEM] TAG; got {len(what)} words: quote a tag of several"
        )
    item, tag = what if len(what) == 2 else ("", what[0])
    with opened(folder) as engine:
        before = engine.store.tags.restore(tag, item, ACTOR)
    click.echo(f'took back: {before.act} "{before.tag}"{f" on {item}" if item else ""}')


@command.command()
@project_option
@click.option(
    "--typed",
    type=click.File(encoding="utf-8"),
    help="What people typed: a text a line, a tab and how often where it was more than once.",
)
@json_option
def report(folder: Path, typed: Any, as_json: bool) -> None:
    """Say which stickers have no tag, which tags few stickers, and what is typed in vain: of what
    people typed, else of the usual words, by how often a sticker is wanted with them."""
    asked = _typed(typed.read()) if typed else meanings().usual()
    with opened(folder) as engine:
        told = coverage(engine.tags(), sticker_ids(engine.knowledge().catalog), asked)
    if as_json:
        click.echo(msgspec.json.encode(told))
        return
    click.echo(f"stickers with a tag\t{told.tagged} of {told.items}")
    click.echo(f"tags per sticker (median)\t{told.tags_each:g}")
    click.echo(f"tags\t{told.tags}")
    click.echo(f"words that can be typed\t{told.keywords}")
    for origin, pairs in told.origins.items():
        click.echo(f"pairs from {origin}\t{pairs}")
    if told.typed:
        what = "typed texts" if typed else "usual words"
        click.echo(f"{what} that lead to a sticker\t{told.answered:.1%}")
    for name in told.untagged:
        click.echo(f"no tag\t{name}")
    for tag, stickers in told.thin:
        click.echo(f"few stickers\t{tag}\t{stickers}")
    for text, times in told.missing:
        click.echo(f"typed in vain\t{text}\t{times}")


def _put(folder: Path, act: Deed, tag: str, item: str = "") -> None:
    with opened(folder) as engine:
        had = item and tag_of(tag) in {one.tag for one in engine.tags().of_item(item, 1000)}
        before = engine.store.tags.put(act, tag, item, ACTOR)
    said = f'{act} "{tag}" on {item or "all stickers"}'
    if before:
        said += f" (before: {before.act}, by {before.by})"
    if act == "remove" and not had:
        said += " (it did not answer to that, and now never will)"
    click.echo(said)


def _tags(table: TagTable, item: str) -> list[dict[str, Any]]:
    return [
        {"tag": one.tag, "confidence": round(one.confidence / 255, 3), "origin": one.origin}
        for one in table.of_item(item)
    ]


def _stickers(table: TagTable, tag: str) -> list[dict[str, Any]]:
    return [
        {"item": one.item, "confidence": round(one.confidence / 255, 3), "origin": one.origin}
        for one in Lookup(table).stickers(tag)
    ]


def _corrections(store: Store) -> list[dict[str, Any]]:
    """Returns what is in force, the newest first."""
    found = sorted(store.tags.corrections(), key=lambda one: -one.at)
    return [
        {"act": c.act, "item": c.item, "tag": c.tag, "by": c.by, "at": clock.iso(c.at)}
        for c in found
    ]


def _typed(text: str) -> Mapping[str, int]:
    """Returns texts with how often they were typed. Raises `Invalid` for a number that is none."""
    told: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        word, tab, times = line.partition("\t")
        if tab and not times.isdigit():
            raise Invalid(f"line {number}: expected a text, a tab and a number; got {line[:80]!r}")
        if word:
            told[word] = told.get(word, 0) + (int(times) if tab else 1)
    return told
