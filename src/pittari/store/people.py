"""What is known of a person at the moment of asking: what was acknowledged a moment ago included.

Each process keeps the state of the people it saw last and brings it up to date by what is new,
so that the answer after a purchase knows of it, whichever process took the purchase.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from pittari import clock
from pittari.model.candidates import among
from pittari.model.catalog import FOREVER, Catalog, Rows, User
from pittari.model.request import Person
from pittari.store.database import Database
from pittari.store.lake import Lake

HISTORY_ACTIONS = frozenset({"purchase", "download", "send", "click"})
OWNING = frozenset({"owned", "basic", "deluxe", "trial"})
_HISTORY = 50
_ROWS = 1_000
"""Rows of one person that are read at most; older ones are known from learned tables."""

_NEW_ROWS = f"""
SELECT seq, kind, at, item, action, body FROM events
WHERE "user" = ? AND seq > ? ORDER BY seq DESC LIMIT {_ROWS}
"""
_NEW_FACTS = """
SELECT 'user', '', '', 0, 0, active, revision, body FROM users WHERE id = ? AND revision > ?
UNION ALL SELECT 'entitlement', item, kind, since, until, active, revision, NULL
  FROM entitlements WHERE "user" = ? AND revision > ?
UNION ALL SELECT 'mute', item, '', 0, 0, active, revision, NULL
  FROM mutes WHERE "user" = ? AND revision > ?
UNION ALL SELECT 'erasure', '', '', 0, 0, 0, revision, NULL
  FROM erasures WHERE digest = ? AND revision > ?
"""

HistoryBefore = Callable[[str], Rows]
"""Returns older history of a user, newest first, as catalogue rows."""


class _Place(msgspec.Struct):
    item: str


class _LineUp(msgspec.Struct):
    slots: tuple[_Place, ...] = ()


_line_up = msgspec.json.Decoder(_LineUp).decode
_user = msgspec.json.Decoder(User).decode


@dataclass(slots=True)
class _View:
    """Owned and muted items as rows of one catalogue, good from `since` until just before `until`,
    when the next entitlement begins or ends."""

    ids: tuple[str, ...]
    owned: Rows
    muted: Rows
    since: int
    until: int


@dataclass(slots=True)
class _State:
    """One person, up to row `seq` of the log and to `revision` of the facts."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seq: int = 0
    revision: int = 0
    user: User | None = None
    entitlements: dict[tuple[str, str], Sequence[int]] = field(default_factory=dict)
    muted: set[str] = field(default_factory=set)
    history: dict[str, None] = field(default_factory=dict)
    """From the oldest to the newest."""
    served: dict[str, list[int]] = field(default_factory=dict)
    view: _View | None = None

    def happened(self, rows: Iterable[Sequence[Any]]) -> None:
        """Takes in rows of the log (seq, kind, at, item, action, body), oldest first."""
        for seq, kind, at, item, action, body in rows:
            self.seq = seq
            if kind == "served":
                for place in _line_up(body).slots:
                    self.served.setdefault(place.item, []).append(at)
            elif kind == "engagement":
                self.served.pop(item, None)
                if action in HISTORY_ACTIONS:
                    self.history.pop(item, None)
                    self.history[item] = None

    def told(self, facts: Iterable[Sequence[Any]]) -> None:
        """Takes in what changed among the facts of `_NEW_FACTS`."""
        for what, item, kind, since, until, active, revision, body in facts:
            self.view = None
            self.revision = max(self.revision, revision)
            if what == "user":
                self.user = _user(body) if active else None
            elif what == "mute":
                (self.muted.add if active else self.muted.discard)(item)
            elif active:
                self.entitlements[item, kind] = (since, until)
            else:
                self.entitlements.pop((item, kind), None)

    def forget(self, before: int) -> None:
        """Drops what was served before a time, and history that is no longer asked for."""
        for item, times in list(self.served.items()):
            if min(times) < before:
                kept = [at for at in times if at >= before]
                if kept:
                    self.served[item] = kept
                else:
                    del self.served[item]
        while len(self.history) > _HISTORY:
            del self.history[next(iter(self.history))]

    def seen(self, catalog: Catalog, at: int) -> _View:
        """Returns owned and muted items as rows, from last time where that still holds."""
        view = self.view
        if view is None or view.ids is not catalog.ids or not view.since <= at < view.until:
            spans = [
                (item, span) for (item, kind), span in self.entitlements.items() if kind in OWNING
            ]
            owned = {item: None for item, (since, until) in spans if since <= at < until}
            turns = [turn for _, span in spans for turn in span]
            self.view = view = _View(
                catalog.ids,
                catalog.rows(owned),
                catalog.rows(sorted(self.muted)),
                max((turn for turn in turns if turn <= at), default=0),
                min((turn for turn in turns if turn > at), default=FOREVER),
            )
        return view


class People:
    """Answers `Person`s. `window`: how long, in microseconds, what was served counts as lately."""

    def __init__(
        self,
        database: Database,
        lake: Lake,
        *,
        window: int = 6 * clock.HOUR,
        history_before: HistoryBefore | None = None,
        remembered: int = 50_000,
    ) -> None:
        self._database = database
        self._lake = lake
        self.window = window
        self.history_before = history_before
        self._remembered = remembered
        self._states: OrderedDict[str, tuple[str, _State]] = OrderedDict()
        self._lock = threading.Lock()

    def person(self, user: str, catalog: Catalog, at: int) -> Person:
        """Returns what is known of a user now; one never heard of has defaults.

        `at` in microseconds UTC decides which entitlements hold and what was served lately.
        """
        digest, state = self._state(user)
        with state.lock:
            state = self._up_to_date(user, digest, state)
            state.forget(at - self.window)
            return self._person(state, user, catalog, at, self.history_before)

    def person_at(
        self, user: str, catalog: Catalog, at: int, history_before: HistoryBefore | None = None
    ) -> Person:
        """Returns what was known of a user at a time in the past, from log and lake: for a replay.

        Locale, region and age are those of today, and of an entitlement that was changed since,
        the last change is known.
        """
        state = _State()
        rows = self._lake.of_user(user, at, at - self.window)
        state.happened(rows)
        for _, kind, _, item, action, _ in rows:
            if kind == "engagement" and action in {"mute", "undo"}:
                (state.muted.add if action == "mute" else state.muted.discard)(item)
        asked = (
            'SELECT item, kind, since, until FROM entitlements WHERE "user" = ?'
            " AND created < ? AND (active = 1 OR removed >= ?)"
        )
        with self._database.peek() as session:
            found = session.rows("SELECT body FROM users WHERE id = ?", (user,))
            state.user = _user(found[0][0]) if found else None
            spans = session.rows(asked, (user, at, at))
        state.entitlements = {(item, kind): span for item, kind, *span in spans}
        state.forget(at - self.window)
        return self._person(state, user, catalog, at, history_before)

    def _state(self, user: str) -> tuple[str, _State]:
        with self._lock:
            kept = self._states.get(user)
            if kept is None:
                kept = self._states[user] = (self._database.digest(user), _State())
                if len(self._states) > self._remembered:
                    self._states.popitem(last=False)
            else:
                self._states.move_to_end(user)
            return kept

    def _up_to_date(self, user: str, digest: str, state: _State) -> _State:
        last = state.revision
        with self._database.peek() as session:
            facts = session.rows(_NEW_FACTS, (user, last, user, last, user, last, digest, last))
            if any(fact[0] == "erasure" for fact in facts):
                fresh = _State(state.lock)
                with self._lock:
                    self._states[user] = (digest, fresh)
                state = fresh
                facts = session.rows(_NEW_FACTS, (user, 0, user, 0, user, 0, digest, 0))
            rows = session.rows(_NEW_ROWS, (user, state.seq))
        state.told(facts)
        state.happened(reversed(rows))
        return state

    @staticmethod
    def _person(
        state: _State, user: str, catalog: Catalog, at: int, history_before: HistoryBefore | None
    ) -> Person:
        view = state.seen(catalog, at)
        known = state.user or User(id=user or "-")
        history = catalog.rows(reversed(state.history))
        if history_before is not None and len(history) < _HISTORY:
            history = _then(history, history_before(user))
        served, times = _lately(state.served, catalog)
        return Person(
            user=user,
            locale=known.locale,
            region=known.region,
            zone=known.zone,
            adult=known.adult,
            owned=view.owned,
            history=history,
            muted=view.muted,
            served=served,
            served_times=times,
        )


def _lately(served: dict[str, list[int]], catalog: Catalog) -> tuple[Rows, Rows]:
    found = [(catalog.index.get(item, -1), len(times)) for item, times in served.items()]
    table = np.array([pair for pair in found if pair[0] >= 0], np.int32).reshape(-1, 2)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1])


def _then(newer: Rows, older: Rows) -> Rows:
    """Returns `newer` and what `older` adds to it, in order."""
    return np.concatenate([newer, older[~among(older, newer)]])[:_HISTORY].astype(np.int32)
