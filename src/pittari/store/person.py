"""One person, put together from the facts and the rows of the log that tell of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np

from pittari import clock
from pittari.model.candidates import among
from pittari.model.catalog import FOREVER, Catalog, Held, Rows, User
from pittari.model.request import Person
from pittari.store.lately import Lately

HISTORY_ACTIONS = frozenset({"purchase", "download", "send", "click"})
OWNING = frozenset({"owned", "basic", "deluxe", "trial"})
FLEETING = "suggest"
"""A touchpoint that answers while somebody types: what it showed is not remembered as served."""
_HISTORY = 50
_TOUCHED = 4 * _HISTORY
"""Items kept for a history of packages, since several stickers may be of one."""

HistoryBefore = Callable[[str], Rows]
"""Returns older history of a user, newest first, as catalogue rows; always the same of one user."""


class _Place(msgspec.Struct):
    item: str


class _LineUp(msgspec.Struct):
    touchpoint: str = ""
    slots: tuple[_Place, ...] = ()


_line_up = msgspec.json.Decoder(_LineUp).decode
_user = msgspec.json.Decoder(User).decode


@dataclass(slots=True)
class _View:
    """Owned and muted items and the history as rows of one catalogue, good from `since` until just
    before `until`, when the next entitlement begins or ends; `before`: where older history was
    read."""

    ids: tuple[str, ...]
    before: HistoryBefore | None
    owned: Rows
    muted: Rows
    history: Rows
    since: int
    until: int


@dataclass(slots=True)
class State:
    """One person up to row `seq` of the log, and the rows after it that were not taken in yet."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    read: bool = False
    seq: int = 0
    news: list[Sequence[Any]] = field(default_factory=list)
    user: User | None = None
    held: tuple[Held, ...] = ()
    muted: set[str] = field(default_factory=set)
    history: dict[str, None] = field(default_factory=dict)
    """From the oldest to the newest."""
    served: Lately = field(default_factory=Lately)
    sent: tuple[tuple[str, int], ...] = ()
    """Items sent since some day began, and when."""
    view: _View | None = None
    person: Person | None = None
    """What was said of the person last, while it holds."""

    def happened(self, rows: Iterable[Sequence[Any]], catalog: Catalog) -> None:
        """Takes in rows of the log (seq, kind, at, item, action, body), oldest first; the body may
        be the catalogue rows of a line-up instead."""
        for seq, kind, at, item, action, body in rows:
            if seq <= self.seq:
                continue
            self.seq, self.person = seq, None
            if kind == "engagement":
                self._engaged(item, action, at, catalog)
            elif kind == "served" and isinstance(body, np.ndarray):
                self.served.add(at, body, catalog)
            elif kind == "served":
                line_up = _line_up(body)
                if line_up.touchpoint != FLEETING:
                    self.served.add(at, [place.item for place in line_up.slots], catalog)

    def _engaged(self, item: str, action: str, at: int, catalog: Catalog) -> None:
        self.served.engaged(item, catalog)
        if action in HISTORY_ACTIONS:
            self.history.pop(item, None)
            self.history[item] = None
            self.view = None
        if action == "send":
            self.sent = (*self.sent, (item, at))

    def told(self, facts: Iterable[Sequence[Any]]) -> None:
        """Takes in the facts of `_PERSON`."""
        held = []
        for what, item, kind, _, since, until, number, body in facts:
            if what == "user":
                self.user = _user(body)
            elif what == "mute":
                self.muted.add(item)
            elif what == "entitlement":
                held.append(Held(item, kind, since, until, number))
        self.held = tuple(held)

    def forget(self, before: int, today: int) -> None:
        """Drops what was served before a time and sent before a day (days since 1970-01-01), and
        history that is no longer asked for."""
        if self.sent and any(clock.day(at) < today for _, at in self.sent):
            self.sent = tuple(one for one in self.sent if clock.day(one[1]) >= today)
            self.person = None
        if self.served.forget(before):
            self.person = None
        while len(self.history) > _TOUCHED:
            del self.history[next(iter(self.history))]

    def known(
        self, user: str, catalog: Catalog, at: int, history_before: HistoryBefore | None
    ) -> Person:
        """Returns what is known at a time; where history is short, an older one follows it."""
        view = self.view
        if (
            view is None
            or view.ids is not catalog.ids
            or view.before != history_before
            or not view.since <= at < view.until
        ):
            self.view = view = self._seen(user, catalog, at, history_before)
            self.person = None
        if self.person is None:
            known = self.user or User(id=user or "-")
            served, times = self.served.counted(catalog)
            self.person = Person(
                user=user,
                locale=known.locale,
                region=known.region,
                zone=known.zone,
                adult=known.adult,
                owned=view.owned,
                history=view.history,
                muted=view.muted,
                served=served,
                served_times=times,
                seq=self.seq,
                held=self.held,
                sent=self.sent,
            )
        return self.person

    def _seen(
        self, user: str, catalog: Catalog, at: int, history_before: HistoryBefore | None
    ) -> _View:
        held = [one for one in self.held if one.kind in OWNING]
        owned = dict.fromkeys(one.item for one in held if one.holds(at))
        turns = [turn for one in held for turn in (one.since, one.until)]
        history = _distinct(catalog.packages(catalog.rows(reversed(self.history))))
        if history_before is not None and len(history) < _HISTORY:
            history = _then(history, history_before(user))
        return _View(
            catalog.ids,
            history_before,
            catalog.rows(owned),
            catalog.rows(sorted(self.muted)),
            history,
            max((turn for turn in turns if turn <= at), default=0),
            min((turn for turn in turns if turn > at), default=FOREVER),
        )


def _distinct(rows: Rows) -> Rows:
    """Returns the first `_HISTORY` distinct rows, in their order."""
    return np.array(list(dict.fromkeys(rows.tolist()))[:_HISTORY], np.int32)


def _then(newer: Rows, older: Rows) -> Rows:
    """Returns `newer` and what `older` adds to it, in order."""
    if not len(older):
        return newer
    return np.concatenate([newer, older[~among(older, newer)]])[:_HISTORY].astype(np.int32)
