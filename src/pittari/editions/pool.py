"""Which topics could stand in this edition, and what is known of each? One frozen snapshot."""

from __future__ import annotations

import hashlib
from collections import Counter
from functools import cached_property
from typing import Annotated

import msgspec

from pittari.errors import DataError
from pittari.model.catalog import Moment, Word
from pittari.model.topic import Topic

__all__ = ["WINDOWS", "Clicks", "Entry", "Note", "Pool", "Told", "Topic", "Wishes", "read_pool"]

WINDOWS = ("10m", "1h", "2h", "any")
"""Over how long clicks are counted."""


class Clicks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Clicks of one window, freed of what the place on the page adds.

    `rate`: expected clicks per 1,000 impressions at the first place; `spread`: its standard
    deviation, wide for a young topic; `seen`: impressions behind it.
    """

    rate: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    spread: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    seen: Annotated[int, msgspec.Meta(ge=0)] = 0


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A topic in a pool, with its signals at the pool's time."""

    topic: Topic
    main: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Its place in the main tab now, 1 the first; 0: not there."""
    importance: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    """How important for the public: from the desk, from places held in the main tab, or learnt."""
    preference: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    """How likely editors are to place it, as learned from past line-ups; 0: nothing learned."""
    clicks: dict[str, Clicks] = {}
    """By window, the names of `WINDOWS`."""


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An edition or extra that went out: what readers have had already, the newest first."""

    edition: str
    """DATE/NAME; the name of an extra begins with `extra`."""
    at: Moment
    topics: tuple[Topic, ...]

    @property
    def is_extra(self) -> bool:
        """An extra goes out when the news asks for it; all else is a digest."""
        return self.edition.rpartition("/")[2].startswith("extra")


class Note(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to be known of a pool or draft, such as counts that stopped at a time; `key` is
    put into words by the pages."""

    key: Word
    at: Moment | None = None
    what: Word = ""


class Pool(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """All that an edition is composed from; the same pool and rules give the same line-up."""

    edition: str = ""
    """DATE/NAME, such as 2026-11-22/morning."""
    at: Moment
    entries: tuple[Entry, ...]
    told: tuple[Told, ...] = ()
    notes: tuple[Note, ...] = ()
    """What its reader has to know: counts that stopped, feeds that fail."""

    @cached_property
    def digest(self) -> str:
        """16 letters that change when anything in the pool does."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


class Wishes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the desk asks of one edition, beside the rules."""

    pins: dict[int, str] = {}
    """Topic by place, from 1; above every rule, below safety."""
    vetoes: tuple[str, ...] = ()
    """Topics that may not stand in this edition."""
    modes: tuple[str, ...] = ()
    """What the desk has switched on: election, mourning."""


def read_pool(data: bytes, name: str) -> Pool:
    """Reads a pool from JSON; `name` stands in errors. Raises `DataError`."""
    try:
        pool = msgspec.json.decode(data, type=Pool)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise DataError(f"{name}: expected a pool of topics as JSON: {error}") from error
    times = Counter(entry.topic.id for entry in pool.entries)
    twice = next((some for some, count in times.items() if count > 1), None)
    if twice is not None:
        raise DataError(f'{name}: topic "{twice}" stands twice; each topic stands once in a pool')
    return pool
