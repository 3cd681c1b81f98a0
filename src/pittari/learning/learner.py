"""What is a learner? One act: from the rows of the log to arrays that serving reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np

from pittari.errors import PartError
from pittari.learning.rows import LogRows
from pittari.model.parameters import Arrays

BY_ITEM = frozenset({"alpha", "beta", "lift", "neighbours", "weight"})
"""Arrays that count by `items` in every table."""
BY_USER = frozenset({"group"})
"""Arrays that count by `users` in every table."""


@dataclass(frozen=True, slots=True)
class Learned:
    """What a learner found: the arrays of its table, and figures it measured on the way."""

    arrays: Arrays
    figures: Mapping[str, float] = field(default_factory=dict)


@runtime_checkable
class Learner(Protocol):
    """`name` is the table's name, and the name of the source or scorer that reads it."""

    name: str

    def fit(self, rows: LogRows) -> Learned:
        """Returns the table learned from `rows`; equal rows give equal arrays, in any number."""


def checked(name: str, learned: Learned) -> Learned:
    """Returns what a learner found. Raises `PartError` when its arrays do not fit one another."""
    arrays = learned.arrays
    items, users = arrays["items"], arrays.get("users")
    if items.dtype.kind != "S":
        raise PartError(f"learner {name}: expected item ids as bytes, got {items.dtype}")
    for key in BY_ITEM & arrays.keys():
        if len(arrays[key]) != len(items):
            raise PartError(
                f"learner {name}: expected {len(items)} rows in {key}, got {len(arrays[key])}"
            )
    if users is None:
        return learned
    if users.dtype != np.uint64 or (users[1:] <= users[:-1]).any():
        raise PartError(f"learner {name}: expected users as ascending 64-bit keys")
    for key in BY_USER & arrays.keys():
        if len(arrays[key]) != len(users):
            raise PartError(
                f"learner {name}: expected {len(users)} rows in {key}, got {len(arrays[key])}"
            )
    return learned
