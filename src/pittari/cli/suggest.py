"""Which stickers would stand above the input for this text?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pittari.device.person import Person
    from pittari.device.stock import Stock
    from pittari.touchpoints.suggest.serving import Device

DEMO = {"people": 60, "days": 12}
"""The made-up world that answers where there is no project: small, so that it is there soon."""


@click.command()
@click.argument("text")
@click.option("--user", default="", help="Whose packages and rights; all packages when silent.")
@click.option("--locale", default="ja", show_default=True, help="Which language's bundle.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A project, or a folder with a file of items; a made-up shop when silent.",
)
@click.option("--caret", type=click.IntRange(0), help="Letters before the caret; all of them.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    *, text: str, user: str, locale: str, data: Path | None, caret: int | None, as_json: bool
) -> None:
    """Print the row of stickers for a typed TEXT, as a device shows it; - reads it from the input.

    Nothing is recorded. Without --data the project of this folder answers, or else a made-up shop.
    """
    import msgspec

    from pittari import clock

    if text == "-":
        text = sys.stdin.read().rstrip("\r\n")
    folder = data or Path()
    at = clock.now()
    if (folder / "pittari.toml").is_file():
        device = _of_project(folder, user, locale, at)
    elif data is not None:
        device = _of_files(data, user, locale, at)
    else:
        device = _of_demo(user, locale, at)
    told = _row(device, text, caret, at)
    if as_json:
        click.echo(msgspec.json.encode(told))
    else:
        _print(told)


def _of_project(folder: Path, user: str, locale: str, at: int) -> Device:
    from pittari.cli import opened
    from pittari.touchpoints.suggest.serving import Device

    with opened(folder) as engine:
        if not user:
            stock = engine.suggest.everything(locale)
            return Device(stock, _owner_of_all(stock))
        engine.store.catalog.user(user)
        catalog = engine.knowledge().catalog
        person = engine.store.people.person(user, catalog, at)
        return engine.suggest.device(person, catalog, at, locale)


def _of_files(folder: Path, user: str, locale: str, at: int) -> Device:
    from pittari.errors import Invalid
    from pittari.importing.folder import catalogue
    from pittari.touchpoints.suggest.serving import Device
    from pittari.touchpoints.suggest.trying import tried

    if user:
        raise Invalid("--user: expected a project, which knows people; files of items know none")
    stock = tried(catalogue(folder), locale, at)
    return Device(stock, _owner_of_all(stock))


def _of_demo(user: str, locale: str, at: int) -> Device:
    from pittari import clock
    from pittari.demo import World
    from pittari.demo.world import Recipe
    from pittari.touchpoints.suggest.serving import Device
    from pittari.touchpoints.suggest.trying import tried

    world = World(Recipe(0, clock.day(at) - 1, **DEMO))
    stock = tried(world.shop.items, locale, at)
    owner = _neighbour(world, user, at) if user else _owner_of_all(stock)
    return Device(stock, owner)


def _neighbour(world: Any, user: str, at: int) -> Person:
    """Returns one of the made-up people, after the days they lived. Raises `NotFound`."""
    from pittari.device.person import Person as Owner
    from pittari.errors import NotFound, nearest
    from pittari.model.catalog import FOREVER, Held, empty_catalog
    from pittari.model.request import Person
    from pittari.touchpoints.suggest.rights import rights

    names = [one.id for one in world.crowd.users]
    if user not in names:
        raise NotFound(f'there is no user "{user}" in the made-up shop.{nearest(user, names)}')
    row, simulator = names.index(user), world.simulator()
    for day in range(world.recipe.days):
        simulator.day(day)
    bought = [
        name for name, has in zip(world.shop.ids, simulator.life.has[row], strict=True) if has
    ]
    held = [Held.of(one) for one in world.plans.entitlements if one.user == user]
    held += [Held(name, "owned", 0, FOREVER, 0) for name in bought]
    known = world.crowd.users[row]
    person = Person(user, region=known.region, adult=known.adult, held=tuple(held))
    return Owner(rights=rights(person, empty_catalog(), at).rights)


def _owner_of_all(stock: Stock) -> Person:
    from pittari.device.person import Person, Rights

    return Person(rights=Rights(owned=frozenset(stock.packages), adult=True))


def _row(device: Device, text: str, caret: int | None, at: int) -> dict[str, Any]:
    from pittari.device.matching import matches
    from pittari.device.ranking import ranked
    from pittari.device.silence import silent

    stock, owner, ahead = device
    found = matches(stock.bundle, text, caret)
    silence = silent(stock.bundle, found, owner, at=at)
    row = () if silence else ranked(stock, found, owner, at=at, offset=ahead)
    return {
        "row": [
            {
                "item": one.item,
                "tag": one.tag,
                "keyword": one.keyword,
                "match": one.match,
                "confidence": round(one.confidence / 255, 3),
                "source": one.source,
                "score": one.parts,
            }
            for one in row
        ],
        "silence": silence,
        "bundle": f"{stock.bundle.head.name}/{stock.bundle.head.version}",
    }


def _print(told: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    rows: Sequence[dict[str, Any]] = told["row"]
    if not rows:
        click.echo(f"nothing to show: {told['silence'] or 'nothing that can be sent'}")
        return
    table = Table()
    for name in ("item", "tag", "keyword", "match", "source"):
        table.add_column(name)
    table.add_column("confidence", justify="right")
    table.add_column("score", justify="right")
    for one in rows:
        cells = (one["item"], one["tag"], one["keyword"], one["match"], one["source"])
        table.add_row(*cells, f"{one['confidence']:.2f}", f"{sum(one['score'].values()):,}")
    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal:
        console = Console(width=120, markup=False, emoji=False, highlight=False)
    console.print(table)
