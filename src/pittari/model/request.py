"""Who asks, where, when, and with which knowledge? All that an answer depends on.

Time, dice and knowledge come in by this door: the same `Request` gives the same `Decision`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from numpy.random.bit_generator import ISeedSequence

from pittari.model.candidates import Candidates
from pittari.model.catalog import Catalog, Held, Rows
from pittari.model.parameters import Parameters


def _none() -> Rows:
    return np.zeros(0, np.int32)


class Person(msgspec.Struct, frozen=True, eq=False):
    """What is known of one person at the moment of asking; items are catalogue rows.

    `history` runs from the newest to the oldest item engaged with. `served` and `served_times`:
    items put before the person lately without an engagement since, and how often. `seq`: the row of
    the log up to which this was known, -1: it was not read from a log. `held`: all entitlements,
    those that do not hold now too; `sent`: items sent on this day (UTC), and when.
    """

    user: str
    locale: str = "ja"
    region: str = ""
    zone: str = "UTC"
    adult: bool = False
    owned: Rows = msgspec.field(default_factory=_none)
    history: Rows = msgspec.field(default_factory=_none)
    muted: Rows = msgspec.field(default_factory=_none)
    served: Rows = msgspec.field(default_factory=_none)
    served_times: Rows = msgspec.field(default_factory=_none)
    seq: int = -1
    held: tuple[Held, ...] = ()
    sent: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Knowledge:
    """One catalogue snapshot and one release of parameters, bound together.

    `rows[name]` maps the item numbers of parameters `name` to catalogue rows, -1: not there; a
    last -1 stands behind them, so that the number -1 stays -1.
    """

    catalog: Catalog
    parameters: Mapping[str, Parameters] = field(default_factory=dict)
    rows: Mapping[str, Rows] = field(default_factory=dict)
    _places: dict[str, Rows] = field(default_factory=dict, repr=False, compare=False)
    _columns: dict[tuple[str, str], npt.NDArray[np.float32]] = field(
        default_factory=dict, repr=False, compare=False
    )
    lists: dict[tuple[str, int, int], Candidates] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Learned lists that are the same for many, by parameters, group and length: put together as
    candidates for the first who asks."""
    made_from: Mapping[str, str] = field(default_factory=dict)
    """What the answer depends on instead, by name: a digest's rules and pool."""
    _versions: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def bind(cls, catalog: Catalog, parameters: Mapping[str, Parameters]) -> Knowledge:
        """Returns parameters bound to the rows of a catalogue."""
        find = catalog.index.get
        rows = {
            name: np.array(
                [*(find(item.decode(), -1) for item in learned.arrays["items"].tolist()), -1],
                np.int32,
            )
            for name, learned in parameters.items()
            if "items" in learned.arrays
        }
        return cls(catalog, parameters, rows)

    def over(self, catalog: Catalog) -> Knowledge:
        """Returns the same bound to a snapshot with the same rows, whose columns changed."""
        return replace(self, catalog=catalog, _versions={})

    def to_catalog(self, name: str, numbers: Rows) -> Rows:
        """Returns catalogue rows for item numbers of parameters `name`; -1 stays -1."""
        return self.rows[name].take(numbers)

    def to_learned(self, name: str, rows: Rows) -> Rows:
        """Returns the item numbers parameters `name` have for catalogue rows, -1: unknown."""
        places = self._places.get(name)
        if places is None:
            places = np.full(len(self.catalog), -1, np.int32)
            own = self.rows[name]
            known = own >= 0
            places[own[known]] = np.flatnonzero(known)
            self._places[name] = places
        return places.take(rows)

    def column(self, name: str, array: str, unknown: float) -> npt.NDArray[np.float32]:
        """Returns an array of parameters `name` per catalogue row, `unknown` where not in it."""
        column = self._columns.get((name, array))
        if column is None:
            places = self.to_learned(name, np.arange(len(self.catalog), dtype=np.int32))
            told = np.append(self.parameters[name].arrays[array], unknown)
            self._columns[name, array] = column = told.take(places, mode="wrap").astype(np.float32)
        return column

    def history(self, user: str) -> Rows:
        """Returns the learned history of a user as catalogue rows, newest first."""
        learned = self.parameters.get("history")
        row = learned.user_row(user) if learned else -1
        if learned is None or row < 0:
            return _none()
        starts = learned.arrays["starts"]
        rows = self.to_catalog("history", learned.arrays["seen"][starts[row] : starts[row + 1]])
        return rows[rows >= 0]

    def versions(self) -> Mapping[str, str]:
        """Returns what an answer was made from, by name, for its `served` row."""
        if not self._versions:
            learned = {name: p.version for name, p in self.parameters.items()}
            made_from = self.made_from or {"catalog": str(self.catalog.version), **learned}
            self._versions.update(made_from)
        return self._versions


class _Seed(ISeedSequence):
    """Spreads a seed over the state of a generator by one hash (BLAKE2b), which takes a fifth of
    the time of NumPy's own way."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> npt.NDArray[Any]:
        size = n_words * np.dtype(dtype).itemsize
        hashed = hashlib.blake2b(str(self._seed).encode(), digest_size=size).digest()
        return np.frombuffer(hashed, np.dtype(dtype).newbyteorder("<"))


class Request(msgspec.Struct, frozen=True, eq=False, dict=True):
    """One question to one touchpoint. `at` in microseconds UTC, `n` the most places to fill."""

    decision_id: str
    touchpoint: str
    placement: str
    person: Person
    knowledge: Knowledge
    n: int
    at: int
    seed: int
    context: Mapping[str, str] = msgspec.field(default_factory=dict)
    without: frozenset[str] = frozenset()
    """Sources that are not asked: a replay names those that failed the first time."""

    @cached_property
    def dice(self) -> np.random.Generator:
        """The request's one generator; parts draw from it in the order of the path."""
        return np.random.Generator(np.random.PCG64(_Seed(self.seed)))  # type: ignore[arg-type]

    @property
    def catalog(self) -> Catalog:
        return self.knowledge.catalog


class Batch(msgspec.Struct, frozen=True, eq=False):
    """Requests to one placement that are answered together: from the same knowledge, by the same
    sources."""

    requests: tuple[Request, ...]

    def __len__(self) -> int:
        return len(self.requests)

    def __iter__(self) -> Iterator[Request]:
        return iter(self.requests)

    def only(self, number: int) -> Batch:
        """Returns one request as a batch of its own, its dice as they first lay."""
        return Batch((msgspec.structs.replace(self.requests[number]),))

    @property
    def knowledge(self) -> Knowledge:
        return self.requests[0].knowledge

    @property
    def catalog(self) -> Catalog:
        return self.requests[0].knowledge.catalog

    @property
    def without(self) -> frozenset[str]:
        return self.requests[0].without
