"""The door on an engine in the known world, on each kind of database, asked in process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from pittari import clock
from pittari.engine import Engine
from pittari.model.catalog import Item
from pittari.settings import project
from pittari.testing import known_world
from pittari.web.app import create_app

Client = Callable[[str], TestClient]
SETTINGS = """\
[store]
url = "{url}"
[server]
body_bytes = 20000
batch_rows = 50
"""


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    """An engine whose shop is the known world."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pittari.toml").write_text(SETTINGS.format(url=database_url))
    opened = Engine.open(project(folder))
    world = known_world()
    opened.store.catalog.put_items(
        Item(id=name, title={"en": name}, creator=f"creator-{row % 7}")
        for row, name in enumerate(world.knowledge.catalog.ids)
    )
    learned = {n: (p.arrays, "known", {}) for n, p in world.knowledge.parameters.items()}
    opened.store.parameters.publish(learned, clock.now())
    yield opened
    opened.close()


@pytest.fixture
def door(engine: Engine) -> Iterator[TestClient]:
    """The door, with nobody's key."""
    with TestClient(create_app(engine), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def keyed(engine: Engine, door: TestClient) -> Client:
    """Gives the door with a key of a role."""

    def client(role: str) -> TestClient:
        key = engine.store.keys.create(role, role)
        again = TestClient(door.app, raise_server_exceptions=False)
        again.headers["authorization"] = f"Bearer {key}"
        return again

    return client


@pytest.fixture
def admin(keyed: Client) -> TestClient:
    return keyed("admin")


def row(number: int, **more: Any) -> dict[str, Any]:
    """A row as a client sends it."""
    return {
        "kind": "impression",
        "event_id": f"row-{number}",
        "at": "2026-01-31T09:00:00Z",
        "user": "even-1",
        "item": "item-2",
        **more,
    }
