"""How have topics fared? What readers read most and what the main tab showed, list by list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Times = npt.NDArray[np.int64]

NEVER = np.iinfo(np.int64).max
"""Stands for a time that is not known."""


@dataclass(frozen=True)
class Lists:
    """Ordered lists of topics at ascending times (microseconds UTC).

    List i holds the topics `topic[starts[i]:starts[i + 1]]`, the first place first.
    """

    at: Times
    starts: Times
    topic: Codes

    @classmethod
    def made(cls, told: Sequence[tuple[int, Sequence[int]]]) -> Lists:
        """Returns lists from (time, topics in order), the times ascending."""
        sizes = [len(topics) for _, topics in told]
        return cls(
            np.array([at for at, _ in told], np.int64),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            np.array([topic for _, topics in told for topic in topics], np.int32),
        )

    @cached_property
    def time(self) -> Times:
        """The time of each entry."""
        return np.repeat(self.at, np.diff(self.starts))

    @cached_property
    def place(self) -> npt.NDArray[np.int64]:
        """The place of each entry, from 1."""
        return np.arange(len(self.topic)) - np.repeat(self.starts[:-1], np.diff(self.starts)) + 1

    def until(self, at: int) -> int:
        """Returns how many lists there were up to and with a time."""
        return int(np.searchsorted(self.at, at, side="right"))

    def entries(self, after: int, until: int) -> slice:
        """Returns the entries of the lists with after < time <= until."""
        first, end = np.searchsorted(self.at, [after, until], side="right")
        return slice(int(self.starts[first]), int(self.starts[max(first, end)]))

    def one(self, i: int) -> Codes:
        """Returns the topics of list i in order."""
        return self.topic[self.starts[i] : self.starts[i + 1]]

    def first(self, topics: int) -> Times:
        """Returns the time each topic was first in a list, `NEVER` where it was in none."""
        found = np.full(topics, NEVER, np.int64)
        np.minimum.at(found, self.topic, self.time)
        return found


@dataclass(frozen=True)
class Course:
    """Topics by code, their words (`section`, `kind` ...; code -1: none), and both kinds of list.

    `published`: microseconds UTC, or `NEVER` where only the lists tell when a topic appeared.
    """

    published: Times
    words: Mapping[str, tuple[tuple[str, ...], Codes]]
    read: Lists
    main: Lists

    @cached_property
    def first(self) -> tuple[Times, Times]:
        """When each topic was first among the most read, and first in the main tab."""
        topics = len(self.published)
        return self.read.first(topics), self.main.first(topics)


@dataclass(frozen=True, slots=True)
class Moment:
    """When an edition is composed, and how far its composer sees: lists up to and with these
    times, microseconds UTC."""

    at: int
    read_until: int
    main_until: int


@dataclass(frozen=True, slots=True)
class Lesson:
    """A line-up that editors made for a moment; `told`: when it came to be known.

    `among`: what they chose from, ascending; all topics of the day's lists when nothing is said.
    """

    moment: Moment
    placed: Codes
    told: int
    among: Codes | None = None
