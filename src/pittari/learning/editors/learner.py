"""What would our editors place? A table learned from editions, and its answer for those to come."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import numpy as np

from pittari.clock import DAY
from pittari.errors import ParametersError
from pittari.learning.editors.course import Moment
from pittari.learning.editors.habits import Habits, learned
from pittari.learning.editors.newsroom import newsroom
from pittari.learning.editors.trees import Growth
from pittari.learning.learner import Learned
from pittari.learning.rows import LogRows
from pittari.settings import LearnTable
from pittari.store import Store

log = logging.getLogger(__name__)

LEAST = 60
"""Editions without which nothing is learned: four weeks of three a day are more."""
BEFORE = 2 * DAY
"""How far back the course of a topic is read when an edition is composed."""


class Editors:
    """Table `editors`: questions about a topic's course and the answers' weights, as `Habits`
    reads them; no trees while fewer than `LEAST` editions went out."""

    name = "editors"

    def __init__(self, settings: LearnTable) -> None:
        self.growth = Growth()

    def fit(self, rows: LogRows) -> Learned:
        room = rows.newsroom
        lessons = [lesson for lesson in room.lessons if lesson.told <= rows.as_of]
        enough = lessons if len(lessons) >= LEAST else []
        habits = learned(room.course, enough, self.growth)
        return Learned(
            habits.arrays(),
            {"editions": float(len(lessons)), "trees": float(len(habits.trees.leaf))},
        )


class Expected:
    """How likely editors are to place topics, by the table in force; nothing without one."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._kept: tuple[str, Habits | None] = ("", None)

    def __call__(self, ids: Iterable[str], at: int) -> dict[str, float]:
        """Returns a number from 0 to 1 by topic, as known at a time (microseconds UTC).

        A table that cannot be read is none: an edition goes out without it.
        """
        try:
            return self._expected(ids, at)
        except ParametersError as error:
            log.warning("what editors would place is not known: %s", error)
            return {}

    def _expected(self, ids: Iterable[str], at: int) -> dict[str, float]:
        habits = self._habits()
        if habits is None:
            return {}
        asked = sorted(set(ids))
        room = newsroom(self.store, at - BEFORE, at + 1, asked, sent=False)
        codes = np.searchsorted(np.array(room.ids), asked).astype(np.int32)
        _, chance = habits.preferences(room.course, [Moment(at, at, at)], [codes])
        return dict(zip(asked, chance.tolist(), strict=True))

    def _habits(self) -> Habits | None:
        release = self.store.parameters.current()
        version = release.versions.get(Editors.name, "")
        if version != self._kept[0]:
            table = self.store.parameters.load(release)[Editors.name]
            habits = Habits.of(table.arrays)
            self._kept = (version, habits if len(habits.trees.leaf) else None)
        return self._kept[1]
