"""Is the made-up world there? If not: draw it, live it day by day, learn from it, all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
import pyarrow as pa

import pittari.touchpoints
from pittari import clock
from pittari.demo import artist
from pittari.demo.goods import SINGLE, Shop, shop
from pittari.demo.people import Crowd, crowd
from pittari.demo.rows import Day, Names, tables
from pittari.demo.simulate import Simulator
from pittari.errors import DataError
from pittari.learning import learn
from pittari.model.event import Stored, restored
from pittari.settings import Project, project
from pittari.store import Store, effects, open_store

PEOPLE, DAYS, PACKAGES = 2000, 60, 40
LOGGED = 2
"""The last days whose rows go through the log, as a running server's would; the days before go to
the lake at once."""

Progress = Callable[[str], None]
"""Is told the name of each step as it begins."""

SETTINGS = """\
# A made-up world for trying things out. Its shop page lets anybody act as any of its people, so the
# server listens on this machine only.
[store]
url = "sqlite:///data/pittari.db"
lake = "data/lake"
parameters = "data/parameters"

[server]
host = "127.0.0.1"
port = 8080
open_shop = true
"""


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a world is made from: the same recipe makes the same rows. `end`: its last day, in
    days since 1970-01-01."""

    seed: int
    end: int
    people: int = PEOPLE
    days: int = DAYS
    packages: int = PACKAGES


@dataclass(frozen=True)
class World:
    """A made-up world, thought out but not lived yet."""

    recipe: Recipe

    @property
    def first(self) -> int:
        """The first day, in days since 1970-01-01."""
        return self.recipe.end + 1 - self.recipe.days

    @cached_property
    def shop(self) -> Shop:
        recipe = self.recipe
        specs = artist.packages(recipe.seed, recipe.packages)
        return shop(recipe.seed, specs, self.first, recipe.days)

    @cached_property
    def crowd(self) -> Crowd:
        recipe = self.recipe
        return crowd(recipe.seed, recipe.people, recipe.days, self.shop.kinds)

    @cached_property
    def names(self) -> Names:
        users = self.crowd.users
        return Names(
            [user.id for user in users],
            [user.zone for user in users],
            self.shop.ids,
            self.shop.price.astype(np.int64),
        )

    def simulator(self) -> Simulator:
        """Returns the world at the beginning of its first day."""
        return Simulator(self.recipe.seed, self.crowd, self.shop, self.first)


def build(
    folder: Path,
    seed: int = 0,
    end: date | None = None,
    people: int = PEOPLE,
    days: int = DAYS,
    progress: Progress | None = None,
) -> Project:
    """Makes a project folder with a made-up world that ends on the day `end` (yesterday, UTC).

    The folder appears when it is whole; what an interrupted build left is swept away. Raises
    `DataError` when something else stands there.
    """
    if folder.exists() and any(folder.iterdir() if folder.is_dir() else [folder]):
        raise DataError(f"{folder}: expected no such folder, or an empty one; name another")
    last = clock.day(clock.now()) - 1 if end is None else (end - date(1970, 1, 1)).days
    world = World(Recipe(seed, last, people, days))
    tell = progress or (lambda step: None)
    site = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(site, ignore_errors=True)
    _settle(site, world)
    tell("drawing")
    _draw(site / "pictures", world.shop)
    plan = project(site)
    store = open_store(plan.database_url, plan.lake, plan.parameters)
    try:
        tell("stocking")
        store.catalog.put_items(world.shop.items)
        store.catalog.put_users(world.crowd.users)
        tell("living")
        live(world, store)
        learn(store, plan.settings.learn, as_of=(last + 1) * clock.DAY - 1, progress=tell)
    finally:
        store.close()
    if folder.exists():
        folder.rmdir()
    site.rename(folder)
    return project(folder)


def recipe_of(folder: Path) -> Recipe:
    """Returns what the world in a folder was made from. Raises `DataError` where there is none."""
    path = folder / "world.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recipe)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path}: expected the recipe of a made-up world ({error})") from error


def live(world: World, store: Store) -> None:
    """Lets the days pass and writes down what happens."""
    simulator = world.simulator()
    for number in range(world.recipe.days):
        day = simulator.day(number)
        for _, table in tables(day, world.names):
            append(store, table)


def append(store: Store, table: pa.Table) -> None:
    """Appends a table of stored rows to the log."""
    columns = [column.to_pylist() for column in table.columns]
    store.events.append([restored(cast(Stored, row)) for row in zip(*columns, strict=True)])


def _settle(site: Path, world: World) -> None:
    """Writes the settings of a new project; its shelves leave out what is not sold by itself."""
    (site / "touchpoints").mkdir(parents=True)
    (site / "pittari.toml").write_text(SETTINGS, "utf-8")
    (site / "world.json").write_bytes(msgspec.json.encode(world.recipe))
    shipped = Path(pittari.touchpoints.__file__).parent / "shelf.toml"
    rule = f'bury = [{{ where = {{ category = "{SINGLE}" }} }}]'
    text = shipped.read_text("utf-8").replace("[[shelf]]\n", f"[[shelf]]\n{rule}\n")
    (site / "touchpoints" / "shelf.toml").write_text(text, "utf-8")


def _draw(folder: Path, goods: Shop) -> None:
    folder.mkdir()
    for package in goods.pictures:
        (folder / f"{package.id}.svg").write_text(artist.cover(package), "utf-8")
        for sticker in package.stickers:
            (folder / f"{sticker.id}.svg").write_text(artist.draw(sticker), "utf-8")
