"""Files for the tests of importing, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pittari import clock
from pittari.importing import Mapping, Report, bring, examine, look, plan
from pittari.store import Store

NOON = 20_000 * clock.DAY + 12 * clock.HOUR
"""The present in these tests: 2024-10-04T12:00Z."""
HEADER = "at,user,item,action\n"
ROW = "2024-10-01T09:00:00Z,mika,cats,click\n"


def silent(*_: object) -> None:
    """Progress that nobody watches."""


def looked(file: Path, kind: str = "events", told: str = "", **mapping: Any) -> Report:
    """Returns what importing a file would do."""
    source = examine(file, told, mapping.get("encoding", ""))
    return look(plan(kind, source, Mapping(**mapping)), silent, now=lambda: NOON)


def brought(store: Store, file: Path, kind: str = "events", **mapping: Any) -> Report:
    """Imports a file; rejects stand beside it."""
    source = examine(file, "", mapping.get("encoding", ""))
    planned = plan(kind, source, Mapping(**mapping))
    return bring(planned, store, file.with_suffix(".rejects"), silent, now=lambda: NOON)


def rows(store: Store) -> list[tuple[Any, ...]]:
    """Returns (user, item, action, at) of all rows of log and lake, in order."""
    names = ["user", "item", "action", "at"]
    table = store.lake.batches(columns=names).read_all()
    return sorted(zip(*(table[name].to_pylist() for name in names), strict=True))
