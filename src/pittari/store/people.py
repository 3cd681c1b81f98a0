"""What is known of a person at the moment of asking: what was acknowledged a moment ago included.

Each process remembers the people it saw last and follows the log: it reads what was committed since
it last looked, whoever committed it, so that the answer after a purchase knows of it. One look
serves all who ask at that moment.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

import msgspec

from pittari import clock
from pittari.model.catalog import Catalog, Held, Rows, User
from pittari.model.request import Person
from pittari.store.database import Database
from pittari.store.lake import Lake
from pittari.store.person import FLEETING, HistoryBefore, State

_ROWS = 1_000
"""Rows of one person that are read at most; older ones are known from learned tables. Only those
that say something are read, so that looks do not push out what was taken."""
_BEHIND = 10_000
"""Rows or facts to catch up with at most: who is further behind forgets all and reads anew."""
_UNREAD = 32
"""News kept for a person who does not ask; with more they are forgotten, and read anew."""

_PERSON = f"""
SELECT 'user', '', '', '', 0, 0, 0, body FROM users WHERE id = ? AND active = 1
UNION ALL SELECT 'entitlement', item, kind, '', since, until, sends, NULL
  FROM entitlements WHERE "user" = ? AND active = 1
UNION ALL SELECT 'mute', item, '', '', 0, 0, 0, NULL
  FROM mutes WHERE "user" = ? AND active = 1
UNION ALL SELECT * FROM (
  SELECT 'row', item, kind, action, at, 0, seq, body FROM events
  WHERE "user" = ? AND seq <= ?
    AND (kind = 'engagement' OR kind = 'served' AND touchpoint <> '{FLEETING}')
  ORDER BY seq DESC LIMIT {_ROWS}) AS news
"""
_NEWS = f"""
SELECT -(SELECT coalesce(max(seq), 0) FROM events), '', value, '', '', NULL, '', ''
  FROM meta WHERE name = 'revision'
UNION ALL SELECT * FROM (
  SELECT seq, kind, at, item, action, body, "user", event_id FROM events
  WHERE seq > ?
    AND (kind = 'engagement' OR kind = 'served' AND touchpoint <> '{FLEETING}')
  ORDER BY seq LIMIT {_BEHIND}) AS news
"""
"""What tells of people in the log after a row; first of all, with the newest row's number turned
negative, the revision of the facts."""
_CHANGED = f"""
SELECT id FROM users WHERE revision > ?
UNION ALL SELECT "user" FROM entitlements WHERE revision > ?
UNION ALL SELECT "user" FROM mutes WHERE revision > ?
UNION ALL SELECT NULL FROM erasures WHERE revision > ?
LIMIT {_BEHIND}
"""
_OWN = 10_000
"""Line-ups of this process that are kept until they come back as news; older ones are read."""
_user = msgspec.json.Decoder(User).decode


class People:
    """Answers `Person`s. `window`: how long, in microseconds, what was served counts as lately."""

    def __init__(
        self,
        database: Database,
        lake: Lake,
        *,
        window: int = 6 * clock.HOUR,
        remembered: int = 50_000,
    ) -> None:
        self._database = database
        self._lake = lake
        self.window = window
        self._remembered = remembered
        self._states: OrderedDict[str, State] = OrderedDict()
        self._own: dict[str, Rows] = {}
        self._lock = threading.Lock()
        self._seq = self._revision = -1

    def person(
        self, user: str, catalog: Catalog, at: int, history_before: HistoryBefore | None = None
    ) -> Person:
        """Returns what is known of a user now; one never heard of has defaults.

        `at` in microseconds UTC decides which entitlements hold and what was served lately;
        `history_before` tells older history in rows of the same catalogue.
        """
        self.follow()
        return self.known(user, catalog, at, history_before)

    def follow(self) -> None:
        """Takes in what any process has committed by now. Raises `Unavailable`."""
        with self._lock, self._database.peek() as session:
            if self._seq < 0:
                self._seq = session.last_seq()
            (last, _, revision, *_), *news = sorted(session.rows(_NEWS, (self._seq,)))
            changed: list[Any] = []
            if revision > self._revision >= 0:
                changed = session.rows(_CHANGED, (self._revision,) * 4)
            if max(len(news), len(changed)) >= _BEHIND or (None,) in changed:
                self._states.clear()
                self._own.clear()
                self._seq = session.last_seq()
            else:
                self._take(news, changed)
                self._seq = max(self._seq, -last)
            self._revision = revision

    def _take(self, news: Sequence[Sequence[Any]], changed: Sequence[Sequence[Any]]) -> None:
        """Lays rows down for those they are about, and forgets those whose facts changed."""
        for (user,) in changed:
            self._states.pop(user, None)
        for *row, user, event_id in news:
            state = self._states.get(user)
            own = self._own.pop(event_id, None)
            if state is None:
                continue
            if own is not None:
                row[-1] = own
            state.news.append(row)
            if len(state.news) > _UNREAD:
                del self._states[user]

    def answered(self, decision_id: str, line_up: Rows) -> None:
        """Is told the catalogue rows of a line-up that goes into the log, so that they need not be
        read and looked up when they come back. Nothing of it is known before it is committed."""
        with self._lock:
            self._own[decision_id] = line_up
            if len(self._own) > _OWN:
                del self._own[next(iter(self._own))]

    def known(
        self, user: str, catalog: Catalog, at: int, history_before: HistoryBefore | None = None
    ) -> Person:
        """Like `person`, as of the last `follow`: for several who ask at one moment."""
        state, seq = self._state(user)
        with state.lock:
            if not state.read:
                self._read(user, state, seq, catalog)
            while state.news:
                state.happened([state.news.pop(0)], catalog)
            state.forget(at - self.window, clock.day(at))
            return state.known(user, catalog, at, history_before)

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
        state = State()
        every = self._lake.of_user(user, at - self.window)
        rows = [row for row in every if row[0] < seq]
        bought = {row[3] for row in rows if row[4] == "purchase"}
        later = {row[3] for row in every if row[4] == "purchase"} - bought
        state.happened(rows, catalog)
        for _, kind, _, item, action, _ in rows:
            if kind == "engagement" and action in {"mute", "undo"}:
                (state.muted.add if action == "mute" else state.muted.discard)(item)
        asked = (
            'SELECT item, kind, since, until, sends, created FROM entitlements WHERE "user" = ?'
            " AND (active = 1 OR removed >= ?)"
        )
        with self._database.peek() as session:
            found = session.rows("SELECT body FROM users WHERE id = ?", (user,))
            state.user = _user(found[0][0]) if found else None
            spans = session.rows(asked, (user, at))
        state.held = tuple(
            Held(item, kind, *span)
            for item, kind, *span, created in spans
            if (kind == "owned" and item in bought)
            or (created < at and not (kind == "owned" and item in later))
        )
        state.forget(at - self.window, clock.day(at))
        return state.known(user, catalog, at, history_before)

    def _state(self, user: str) -> tuple[State, int]:
        """Returns the state of a user, and the row of the log that all states are up to."""
        with self._lock:
            state = self._states.get(user)
            if state is None:
                state = self._states[user] = State()
                if len(self._states) > self._remembered:
                    self._states.popitem(last=False)
            else:
                self._states.move_to_end(user)
            return state, self._seq

    def _read(self, user: str, state: State, seq: int, catalog: Catalog) -> None:
        """Reads a person from the beginning up to a row of the log."""
        with self._database.peek() as session:
            found = session.rows(_PERSON, (user, user, user, user, seq))
        state.told(found)
        rows = [
            (seq, kind, at, item, action, body)
            for what, item, kind, action, at, _, seq, body in found
            if what == "row"
        ]
        state.happened(sorted(rows, key=itemgetter(0)), catalog)
        state.seq, state.read = seq, True
