"""How does a made-up world come about? Drawn, lived day by day, learned from: all or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import msgspec
import numpy as np
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from pittari import clock
from pittari.demo import artist
from pittari.demo.goods import Shop, shop
from pittari.demo.newsroom.founding import catch_up, found
from pittari.demo.people import Crowd, crowd
from pittari.demo.plans import Plans, plans
from pittari.demo.rows import SCHEMA, Names, restored_rows, tables
from pittari.demo.simulate import Simulator, affinities
from pittari.errors import DataError
from pittari.learning.learn import learn
from pittari.settings import Project, project
from pittari.store import Store, open_store
from pittari.touchpoints.suggest.building import build as bundles

PEOPLE, DAYS, PACKAGES = 2000, 60, 40
LOGGED = 2
"""The last days whose rows go through the log, as a running server's would; the days before go to
the lake at once."""

Progress = Callable[[str], None]
"""Is told the name of each step as it begins."""


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

    @property
    def over(self) -> int:
        """The moment it ends, in microseconds UTC."""
        return (self.recipe.end + 1) * clock.DAY

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
            [[sticker.id for sticker in spec.stickers] for spec in self.shop.pictures],
        )

    @cached_property
    def plans(self) -> Plans:
        affinity = affinities(self.crowd, self.shop)
        return plans(self.recipe.seed, self.crowd, self.shop, affinity, self.over)

    def simulator(self) -> Simulator:
        """Returns the world at the beginning of its first day."""
        return Simulator(self.recipe.seed, self.crowd, self.shop, self.first, self.plans)


def build(
    folder: Path,
    seed: int = 0,
    end: date | None = None,
    *,
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
    site = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(site, ignore_errors=True)
    _settle(site, world)
    # One thread for linear algebra: the tables are small, and threads that wait for one another on
    # a busy machine cost more than all the work.
    with threadpool_limits(1, "blas"):
        _fill(project(site), world, progress or (lambda step: None))
    if folder.exists():
        folder.rmdir()
    site.rename(folder)
    return project(folder)


def _fill(plan: Project, world: World, tell: Progress) -> None:
    tell("drawing")
    _draw(plan.folder / "pictures", world.shop)
    store = open_store(plan.database_url, plan.lake, plan.parameters)
    try:
        tell("stocking")
        store.catalog.put_items(world.shop.items)
        store.catalog.put_users(world.crowd.users)
        store.catalog.put_entitlements(world.plans.entitlements)
        tell("living")
        _live(world, store, plan.folder / "rows.parquet")
        tell("reporting")
        morning = found(plan.folder, store, world.recipe.seed, world.recipe.end)
        learn(store, plan.settings.learn, as_of=world.over - 1, progress=tell)
        tell("bundling")
        bundles(store, plan.folder, plan.settings.bundle, at=world.over)
        tell("catching_up")
        catch_up(store, world.recipe.seed, morning)
    finally:
        store.close()


def recipe_of(folder: Path) -> Recipe:
    """Returns what the world in a folder was made from. Raises `DataError` where there is none."""
    path = folder / "world.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recipe)
    except (OSError, msgspec.DecodeError) as error:
        raise DataError(f"{path}: expected the recipe of a made-up world ({error})") from error


def _live(world: World, store: Store, spool: Path) -> None:
    """Lets the days pass and writes down what happens."""
    simulator = world.simulator()
    edge = min(world.recipe.end + 1 - LOGGED, store.lake.open_day())
    lately = []
    with pq.ParquetWriter(spool, SCHEMA, compression="lz4") as file:
        for number in range(world.recipe.days):
            day = simulator.day(number)
            for table in tables(day, world.names):
                if day.day < edge:
                    file.write_table(table)
                else:
                    lately.append(table)
    store.adoption.adopt([spool])
    spool.unlink()
    for table in lately:
        store.events.append(restored_rows(table))


def _settle(site: Path, world: World) -> None:
    """Writes the settings of a new project, and what its world was made from."""
    given = files("pittari.demo") / "data"
    (site / "touchpoints").mkdir(parents=True)
    for name, place in (("pittari.toml", "pittari.toml"), ("shelf.toml", "touchpoints/shelf.toml")):
        (site / place).write_bytes((given / name).read_bytes())
    (site / "world.json").write_bytes(msgspec.json.encode(world.recipe))


def _draw(folder: Path, goods: Shop) -> None:
    folder.mkdir()
    for package in goods.pictures:
        (folder / f"{package.id}.svg").write_text(artist.cover(package), "utf-8")
        for sticker in package.stickers:
            (folder / f"{sticker.id}.svg").write_text(artist.draw(sticker), "utf-8")
