"""What is known of a person at the moment of asking: what was acknowledged a moment ago included.

Each process keeps the state of the people it saw last and brings it up to date by what is new,
so that the answer after a purchase knows of it, whichever process took the purchase.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import msgspec
import numpy as np

from pittari import clock
from pittari.model.candidates import among
from pittari.model.catalog import FOREVER, Catalog, Rows, User
from pittari.model.request import Person
from pittari.store.database import Database, Session
from pittari.store.lake import Lake

HISTORY_ACTIONS = frozenset({"purchase", "download", "send", "click"})
OWNING = frozenset({"owned", "basic", "deluxe", "trial"})
_HISTORY = 50
_ROWS = 1_000
"""Rows of one person that are read at most; older ones are known from learned tables. At first
sight only those that say something are read, so that looks do not push out what was taken."""

_NEWS = f"""
SELECT 'user', '', '', '', 0, 0, active, revision, body FROM users WHERE id = ? AND revision > ?
UNION ALL SELECT 'entitlement', item, kind, '', since, until, active, revision, NULL
  FROM entitlements WHERE "user" = ? AND revision > ?
UNION ALL SELECT 'mute', item, '', '', 0, 0, active, revision, NULL
  FROM mutes WHERE "user" = ? AND revision > ?
UNION ALL SELECT 'erasure', '', '', '', 0, 0, 0, revision, NULL
  FROM erasures WHERE digest = ? AND revision > ?
UNION ALL SELECT * FROM (
  SELECT 'row', item, kind, action, at, 0, 0, seq, body FROM events
  WHERE "user" = ? AND seq > ? AND (? OR kind IN ('engagement', 'served'))
  ORDER BY seq DESC LIMIT {_ROWS}) AS news
"""

_NOTHING: Rows = np.zeros(0, np.int32)

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
    """Owned and muted items and the history as rows of one catalogue, good from `since` until just
    before `until`, when the next entitlement begins or ends."""

    ids: tuple[str, ...]
    owned: Rows
    muted: Rows
    history: Rows
    since: int
    until: int


@dataclass(slots=True)
class _Shown:
    """The items of one decision that were not engaged with since, as ids and as catalogue rows."""

    at: int
    items: list[str]
    ids: tuple[str, ...] | None = None
    rows: Rows = field(default_factory=lambda: _NOTHING)

    def within(self, catalog: Catalog) -> Rows:
        """Returns the rows; looks items up again only in a catalogue with other rows."""
        if self.ids is not catalog.ids:
            self.ids, self.rows = catalog.ids, catalog.rows(self.items)
        return self.rows


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
    served: list[_Shown] = field(default_factory=list)
    view: _View | None = None

    def happened(self, rows: Iterable[Sequence[Any]]) -> None:
        """Takes in rows of the log (seq, kind, at, item, action, body), oldest first."""
        for seq, kind, at, item, action, body in rows:
            self.seq = seq
            if kind == "served":
                self.served.append(_Shown(at, [place.item for place in _line_up(body).slots]))
            elif kind == "engagement":
                self._engaged(item, action)

    def _engaged(self, item: str, action: str) -> None:
        for shown in self.served:
            if item in shown.items:
                shown.items.remove(item)
                shown.ids = None
        if action in HISTORY_ACTIONS:
            self.history.pop(item, None)
            self.history[item] = None
            self.view = None

    def told(self, facts: Iterable[Sequence[Any]]) -> None:
        """Takes in what changed among the facts of `_NEWS`."""
        for what, item, kind, _, since, until, active, revision, body in facts:
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
        if any(shown.at < before for shown in self.served):
            self.served = [shown for shown in self.served if shown.at >= before]
        while len(self.history) > _HISTORY:
            del self.history[next(iter(self.history))]

    def seen(self, catalog: Catalog, at: int) -> _View:
        """Returns what is known as rows, from last time where that still holds."""
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
                catalog.rows(reversed(self.history)),
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
        self,
        user: str,
        catalog: Catalog,
        at: int,
        seq: int,
        history_before: HistoryBefore | None = None,
    ) -> Person:
        """Returns what was known of a user at a time in the past, from log and lake: for a replay.

        `seq` is the row of the log that was the next one then: what happened earlier and was told
        later was not known, and what a clock that runs ahead had told was. Locale, region and age
        are those of today, and of an entitlement that was changed since, the last change is known.
        """
        state = _State()
        every = self._lake.of_user(user, at - self.window)
        rows = [row for row in every if row[0] < seq]
        bought = {row[3] for row in rows if row[4] == "purchase"}
        later = {row[3] for row in every if row[4] == "purchase"} - bought
        state.happened(rows)
        for _, kind, _, item, action, _ in rows:
            if kind == "engagement" and action in {"mute", "undo"}:
                (state.muted.add if action == "mute" else state.muted.discard)(item)
        asked = (
            'SELECT item, kind, since, until, created FROM entitlements WHERE "user" = ?'
            " AND (active = 1 OR removed >= ?)"
        )
        with self._database.peek() as session:
            found = session.rows("SELECT body FROM users WHERE id = ?", (user,))
            state.user = _user(found[0][0]) if found else None
            spans = session.rows(asked, (user, at))
        state.entitlements = {
            (item, kind): (since, until)
            for item, kind, since, until, created in spans
            if (kind == "owned" and item in bought)
            or (created < at and not (kind == "owned" and item in later))
        }
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
        with self._database.peek() as session:
            facts, rows = _news(session, user, digest, state)
            if any(fact[0] == "erasure" for fact in facts):
                state = _State(state.lock)
                with self._lock:
                    self._states[user] = (digest, state)
                facts, rows = _news(session, user, digest, state)
        state.told(facts)
        state.happened(rows)
        return state

    @staticmethod
    def _person(
        state: _State, user: str, catalog: Catalog, at: int, history_before: HistoryBefore | None
    ) -> Person:
        view = state.seen(catalog, at)
        known = state.user or User(id=user or "-")
        history = view.history
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


def _news(
    session: Session, user: str, digest: str, state: _State
) -> tuple[list[Any], list[tuple[Any, ...]]]:
    """Returns the facts and, oldest first, the rows of the log that a state does not know yet."""
    last = state.revision
    facts_since = (user, last, user, last, user, last, digest, last)
    values = (*facts_since, user, state.seq, state.seq > 0)
    news = session.rows(_NEWS, values)
    facts = [new for new in news if new[0] != "row"]
    rows = [
        (seq, kind, at, item, action, body)
        for what, item, kind, action, at, _, _, seq, body in news
        if what == "row"
    ]
    return facts, sorted(rows, key=itemgetter(0))


def _lately(served: Sequence[_Shown], catalog: Catalog) -> tuple[Rows, Rows]:
    """Returns the items served, ascending, and how often each was."""
    rows = np.sort(np.concatenate([_NOTHING, *(shown.within(catalog) for shown in served)]))
    if not len(rows):
        return rows, rows
    first = np.flatnonzero(np.concatenate(([True], rows[1:] != rows[:-1])))
    times = np.concatenate((first[1:], [len(rows)])) - first
    return rows[first], times.astype(np.int32)


def _then(newer: Rows, older: Rows) -> Rows:
    """Returns `newer` and what `older` adds to it, in order."""
    if not len(older):
        return newer
    return np.concatenate([newer, older[~among(older, newer)]])[:_HISTORY].astype(np.int32)
