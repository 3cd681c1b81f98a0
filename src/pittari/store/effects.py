"""What follows from a row at once: who has bought an item owns it, who mutes it is spared it.

What is bought is owned whatever the time on the row: the clock of a shop may run ahead of ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pittari.model.catalog import FOREVER
from pittari.store.database import Session

ACTIONS = frozenset({"purchase", "mute", "undo"})

_OWN = f"""
INSERT INTO entitlements
  ("user", item, kind, since, until, sends, active, revision, created, removed)
VALUES (?, ?, 'owned', 0, {FOREVER}, 0, 1, ?, ?, 0)
ON CONFLICT ("user", item, kind) DO UPDATE SET
  since = excluded.since, until = excluded.until, active = 1, revision = excluded.revision,
  removed = 0
WHERE entitlements.active = 0 OR entitlements.until < excluded.until
"""
_MUTE = """
INSERT INTO mutes ("user", item, at, active, revision) VALUES (?, ?, ?, ?, ?)
ON CONFLICT ("user", item) DO UPDATE SET
  at = excluded.at, active = excluded.active, revision = excluded.revision
WHERE mutes.active <> excluded.active
"""


def follow(session: Session, rows: Iterable[Sequence[Any]]) -> None:
    """Writes what follows from new rows (user, item, action, at), given in order."""
    owned: dict[tuple[str, str], int] = {}
    muted: dict[tuple[str, str], tuple[int, int]] = {}
    for user, item, action, at in rows:
        if not user or action not in ACTIONS:
            continue
        if action == "purchase":
            owned[user, item] = at
        else:
            muted[user, item] = (at, int(action == "mute"))
    if not owned and not muted:
        return
    revision = session.revise()
    session.many(_OWN, [(*who, revision, at) for who, at in owned.items()])
    session.many(_MUTE, [(*who, *state, revision) for who, state in muted.items()])
