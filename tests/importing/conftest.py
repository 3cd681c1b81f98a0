"""A store whose clock stands still: on SQLite, and on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.importing.files import NOON

from pittari.store import Store, open_store


def opened(url: str, folder: Path) -> Iterator[Store]:
    store = open_store(url, folder / "lake", folder / "parameters", now=lambda: NOON)
    yield store
    store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    yield from opened(f"sqlite:///{tmp_path}/pittari.db", tmp_path)


@pytest.fixture
def each_store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    yield from opened(database_url, tmp_path)
