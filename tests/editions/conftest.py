"""A newsroom whose time the tests set: a store with topics, the book of rules, the steps."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from pittari import clock
from pittari.editions.alarms import Bell, Call
from pittari.editions.gathering import gathered
from pittari.editions.releasing import Steps
from pittari.editions.rulebook import Rulebook
from pittari.editions.runner import Pace, Runner
from pittari.model.topic import Topic
from pittari.store import Store, open_store
from pittari.touchpoints.digest import compose

MORNING = 1_732_230_000 * clock.SECOND
"""2024-11-22, 08:00 in Tokyo."""


def topics(count: int, at: int, first: int = 0) -> list[Topic]:
    """Topics that nothing keeps out, published within the last hours."""
    sections = ("politics", "world", "sport", "culture", "economy", "life", "science", "local")
    return [
        Topic(
            id=f"t{number}", title=f"Topic number {number}", section=sections[number % 8],
            tone="soft" if number % 2 else "hard", link="https://news.example/t",
            published=clock.moment(at) - timedelta(minutes=7 * (number - first) + 10),
        )
        for number in range(first, first + count)
    ]  # fmt: skip


@dataclass
class House:
    """What a replica is made of, at a time the test turns."""

    store: Store
    folder: Path
    at: int
    calls: list[Call] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bell = Bell(self.store.alarms, [self.calls.append], lambda: self.at)
        self.rulebook = Rulebook(self.folder, self.store.desk)

    def steps(self, owner: str = "one", **changes: object) -> Steps:
        """The steps as `owner` takes them."""
        told = {
            "store": self.store, "rulebook": self.rulebook, "bell": self.bell, "owner": owner,
            "compose": compose, "gather": lambda name, at: gathered(self.store, name, at),
        }  # fmt: skip
        return Steps(**{**told, **changes})  # type: ignore[arg-type]

    def runner(self, owner: str = "one", rehearse: int = 0, **changes: object) -> Runner:
        """A replica that does not rehearse unless told to."""
        return Runner(self.steps(owner, **changes), Pace(rehearse=rehearse))

    def kinds(self) -> list[str]:
        """The alarms that were raised, oldest first."""
        return [alarm.kind for alarm in reversed(self.store.alarms.latest())]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    made: list[House] = []
    store = open_store(
        database_url, tmp_path / "lake", tmp_path / "parameters",
        now=lambda: made[0].at if made else MORNING,
    )  # fmt: skip
    made.append(House(store, tmp_path, MORNING - 90 * clock.MINUTE))
    yield made[0]
    made[0].bell.close(1)
    store.close()


@pytest.fixture(scope="session")
def processes() -> ForkServerContext:
    """Starts processes that have the newsroom imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.editions.replicas"])
    return context
