"""What would editors have been expected to place? Learned anew each month, from the past alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from pittari import clock
from pittari.experiments.shadow.history import History, Past
from pittari.learning.editors.features import Seen, seen
from pittari.learning.editors.habits import Habits, habits, placed
from pittari.learning.editors.learner import LEAST
from pittari.learning.editors.trees import Growth


@dataclass(frozen=True, slots=True)
class Foretold:
    """Past editions whose pools tell what editors were expected to place: those for which enough
    lessons went before. `times`: how often was learned."""

    pasts: tuple[Past, ...]
    times: int


def foretold(history: History, growth: Growth | None = None) -> Foretold:
    """Returns the editions with `preference` filled in, as it would have been known then.

    On the first edition of each month is learned from all lessons told by then, settings
    unchanged; what an edition may not see is not learned from either.
    """
    view, growth = _View(history), growth or Growth()
    pasts: list[Past] = []
    times = 0
    for rows in _months(history):
        known = view.known(min(history.moments[i].main_until for i in rows))
        if known.sum() >= LEAST:
            pasts += _filled(history, rows, view.learned(known, growth))
            times += 1
    return Foretold(tuple(pasts), times)


class _View:
    """What was seen at every lesson, computed once; each month learns from those before it."""

    def __init__(self, history: History) -> None:
        self.history = history
        lessons = history.lessons
        self.told = np.array([lesson.told for lesson in lessons], np.int64)
        moments = [lesson.moment for lesson in lessons]
        among = [lesson.among for lesson in lessons]
        self.seen = seen(history.course, moments, among)
        self.yes = placed(self.seen, lessons)

    def known(self, until: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Says of each lesson whether it was told up to a time."""
        return self.told <= until

    def learned(self, known: np.ndarray[tuple[int], np.dtype[np.bool_]], growth: Growth) -> Habits:
        """Returns the habits that some lessons show."""
        rows = np.repeat(known, np.diff(self.seen.starts))
        sizes = np.diff(self.seen.starts)[known]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        part = Seen(self.seen.topic[rows], starts, self.seen.names, self.seen.values[rows])
        return habits(self.history.course, part, self.yes[rows], growth)


def _months(history: History) -> Iterator[Sequence[int]]:
    """Yields the editions of each calendar month, UTC, in time."""
    months: dict[str, list[int]] = {}
    for i, moment in enumerate(history.moments):
        months.setdefault(clock.iso_day(clock.day(moment.at))[:7], []).append(i)
    yield from (months[month] for month in sorted(months))


def _filled(history: History, rows: Sequence[int], known: Habits) -> Iterator[Past]:
    moments, pools = [history.moments[i] for i in rows], [history.pool_codes(i) for i in rows]
    view, preference = known.preferences(history.course, moments, pools)
    for n, i in enumerate(rows):
        own = slice(int(view.starts[n]), int(view.starts[n + 1]))
        by_code = dict(zip(view.topic[own].tolist(), preference[own].tolist(), strict=True))
        past = history.pasts[i]
        entries = tuple(
            msgspec.structs.replace(entry, preference=by_code[history.code[entry.topic.id]])
            for entry in past.pool.entries
        )
        pool = msgspec.structs.replace(past.pool, entries=entries)
        yield msgspec.structs.replace(past, pool=pool)
