"""What several rooms of tests share: the two databases, and no test that fails for being slow."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from pittari.store.database import Database
from postgres import Server, server

_numbers = itertools.count()

settings.register_profile("pittari", deadline=None)
settings.load_profile("pittari")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A private PostgreSQL server with a migrated database named `template`."""
    with server() as running:
        running.run("CREATE DATABASE template")
        database = Database.open(running.url("template"))
        database.migrate()
        database.close()
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh database, once of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/pittari.db"
        return
    running: Server = request.getfixturevalue("postgres_server")
    name = f"test{next(_numbers)}"
    running.run(f"CREATE DATABASE {name} TEMPLATE template")
    yield running.url(name)
    running.run(f"DROP DATABASE {name} WITH (FORCE)")
