"""An engine in the known world, on each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from pittari import clock
from pittari.engine import Engine
from pittari.model.catalog import Item
from pittari.settings import Project, project
from pittari.testing import Known, known_world

Open = Callable[[], Engine]


def furnish(engine: Engine, world: Known) -> None:
    """Brings the known world's items and learned tables into an engine's store."""
    catalog = world.knowledge.catalog
    engine.store.catalog.put_items(
        Item(
            id=name,
            title={"en": name},
            creator=f"creator-{row % 7}",
            character=f"character-{row % 5}",
            price=int(catalog.price[row]),
        )
        for row, name in enumerate(catalog.ids)
    )
    learned = {n: (p.arrays, "known", {}) for n, p in world.knowledge.parameters.items()}
    engine.store.parameters.publish(learned, clock.now())


@pytest.fixture
def world() -> Known:
    return known_world()


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pittari.toml").write_text(f'[store]\nurl = "{database_url}"\n')
    shipped = files("pittari").joinpath("touchpoints/shelf.toml").read_text("utf-8")
    patient = shipped.replace("[[shelf]]\n", "[[shelf]]\ndeadline_ms = 60000\n")
    (folder / "touchpoints").mkdir()
    (folder / "touchpoints" / "shelf.toml").write_text(patient, "utf-8")
    return project(folder)


@pytest.fixture
def another(place: Project) -> Iterator[Open]:
    """Opens one more engine on the same project, as another server process would."""
    opened: list[Engine] = []

    def open_engine() -> Engine:
        opened.append(Engine.open(place))
        return opened[-1]

    yield open_engine
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(another: Open, world: Known) -> Engine:
    engine = another()
    furnish(engine, world)
    return engine
