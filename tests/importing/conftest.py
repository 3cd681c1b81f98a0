"""A store whose clock stands still: on SQLite, and on each kind of database."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from tests.importing.deaths import opened

from pittari.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = opened(f"sqlite:///{tmp_path}/pittari.db", tmp_path)
    yield found
    found.close()


@pytest.fixture
def each_store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    found = opened(database_url, tmp_path)
    yield found
    found.close()


@pytest.fixture(scope="session")
def importers() -> ForkServerContext:
    """Starts processes that have the importer imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.importing.deaths"])
    return context
