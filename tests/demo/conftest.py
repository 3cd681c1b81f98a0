"""One small made-up world, made once for all tests of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pittari.demo import World, build, recipe_of
from pittari.engine import Engine
from pittari.settings import Project, project

END = date(2026, 3, 1)
PEOPLE, DAYS = 500, 40


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project folder with a small world in it; nobody may write there."""
    folder = tmp_path_factory.mktemp("demo") / "world"
    return build(folder, seed=0, end=END, people=PEOPLE, days=DAYS)


@pytest.fixture(scope="session")
def world(site: Project) -> World:
    return World(recipe_of(site.folder))


@pytest.fixture(scope="session")
def engine(site: Project) -> Iterator[Engine]:
    """An engine to read with."""
    opened = Engine.open(site)
    yield opened
    opened.close()


@pytest.fixture
def running(site: Project, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a copy of the world, to write to."""
    shutil.copytree(site.folder, tmp_path / "world")
    opened = Engine.open(project(tmp_path / "world"))
    yield opened
    opened.close()
