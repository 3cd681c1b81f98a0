"""A store whose clock stands still, on each kind of database."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from tests.store.rows import NOON

from pittari.store import Store, open_store


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(database_url, tmp_path / "lake", tmp_path / "parameters", now=lambda: NOON)
    yield opened
    opened.close()


@pytest.fixture
def reopened(database_url: str, tmp_path: Path, store: Store) -> Iterator[Callable[[], Store]]:
    """Opens the same store again, as another process would."""
    more: list[Store] = []

    def reopen() -> Store:
        folders = tmp_path / "lake", tmp_path / "parameters"
        more.append(open_store(database_url, *folders, now=lambda: NOON))
        return more[-1]

    yield reopen
    for opened in more:
        opened.close()


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Starts processes that have the store imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pittari.store", "tests.store.crashes"])
    return context
