"""What is in the news, and in which order did the main tab show it?"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from pittari import clock
from pittari.errors import Conflict, Invalid, NotFound
from pittari.model.catalog import Id
from pittari.model.topic import Topic
from pittari.store.catalog import Counts
from pittari.store.database import Database, Session

_encode = msgspec.json.Encoder().encode
_topic = msgspec.json.Decoder(Topic).decode
_ids = msgspec.json.Decoder(tuple[Id, ...]).decode

MOST = 1_000
"""Places of the main tab that are kept."""
_PUT = """
INSERT INTO topics (id, revision, active, latest, body) VALUES (?, ?, 1, ?, ?)
ON CONFLICT (id) DO UPDATE SET
  revision = excluded.revision, active = 1, latest = excluded.latest, body = excluded.body
"""
_PLACE = """
INSERT INTO main_tab (at, body) VALUES (?, ?)
ON CONFLICT (at) DO UPDATE SET body = excluded.body
"""
_FREEZE = """
INSERT INTO pools (digest, edition, at, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Placing:
    """The main tab's topics in order, as they stood from `at` on (microseconds UTC)."""

    at: int
    ids: tuple[str, ...]


class TopicStore:
    """Topics, the main tab over time, and frozen pools. What is put again changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, topics: Iterable[Topic]) -> Counts:
        """Adds or replaces topics by id. Raises `Invalid` for a time that no clock can show."""
        wanted = {topic.id: topic for topic in topics}
        times = {name: _latest(topic) for name, topic in wanted.items()}
        with self._database.write() as session:
            asked = f"SELECT id, body FROM topics WHERE active = 1 AND id {session.among}"
            known = dict(session.rows(asked, (session.bag(wanted),)))
            bodies = {name: _encode(topic) for name, topic in wanted.items()}
            rows = {name: body for name, body in bodies.items() if known.get(name) != body}
            if rows:
                revision = session.revise()
                told = [(name, revision, times[name], body) for name, body in rows.items()]
                session.many(_PUT, told)
        changed = sum(name in known for name in rows)
        return Counts(len(rows) - changed, changed, len(wanted) - len(rows))

    def delete(self, ids: Iterable[str]) -> int:
        """Takes topics out; pools show them withdrawn. Returns how many there were."""
        with self._database.write() as session:
            asked = f"SELECT id FROM topics WHERE active = 1 AND id {session.among}"
            there = session.rows(asked, (session.bag(ids),))
            if there:
                revision = session.revise()
                ended = "UPDATE topics SET active = 0, revision = ? WHERE id = ?"
                session.many(ended, [(revision, row[0]) for row in there])
        return len(there)

    def topic(self, name: str) -> Topic:
        """Returns the topic with this id. Raises `NotFound`, also for a deleted one."""
        with self._database.peek() as session:
            found = session.rows("SELECT body FROM topics WHERE active = 1 AND id = ?", (name,))
        if not found:
            raise NotFound(f'there is no topic "{name}"')
        return _topic(found[0][0])

    def topics(self, ids: Iterable[str]) -> dict[str, Topic]:
        """Returns those topics that exist, by id; a deleted one is withdrawn."""
        with self._database.peek() as session:
            asked = f"SELECT body, active FROM topics WHERE id {session.among}"
            found = _told(session, asked, (session.bag(ids),))
        return {topic.id: topic for topic in found}

    def current(self, since: int, until: int | None = None) -> list[Topic]:
        """Returns the topics that were published or updated from `since` on (microseconds UTC),
        before `until`, the newest first; a deleted one is withdrawn."""
        asked = (
            "SELECT body, active FROM topics WHERE latest >= ? AND latest < ?"
            " ORDER BY latest DESC, id"
        )
        with self._database.peek() as session:
            return _told(session, asked, (since, 2**62 if until is None else until))

    def place(self, at: int, ids: Sequence[str]) -> bool:
        """Says in which order the main tab shows topics from `at` on; returns whether that is new.

        An order told late is in force from its own time until the next. Raises `Invalid` for an
        order that is too long or names a topic twice.
        """
        if len(ids) > MOST:
            raise Invalid(f"expected at most {MOST:,} topics in the main tab, got {len(ids):,}")
        twice = next((name for i, name in enumerate(ids) if name in ids[:i]), None)
        if twice is not None:
            raise Invalid(f'expected each topic once in the main tab; "{twice}" stands twice')
        body = _encode(list(ids))
        asked = "SELECT body FROM main_tab WHERE at <= ? ORDER BY at DESC LIMIT 1"
        with self._database.write() as session:
            known = session.rows(asked, (at,))
            new = not known or known[0][0] != body
            if new:
                session.run(_PLACE, (at, body))
        return new

    def place_more(self, at: int, ids: Sequence[str]) -> bool:
        """Like `place`, behind what is known of this very time: an order may come in parts."""
        known = self.placed(at)
        before = known.ids if known.at == at else ()
        return self.place(at, [*before, *(name for name in ids if name not in before)][:MOST])

    def placed(self, at: int) -> Placing:
        """Returns the main tab as it stood at a time; empty before it was first told."""
        asked = "SELECT at, body FROM main_tab WHERE at <= ? ORDER BY at DESC LIMIT 1"
        with self._database.peek() as session:
            found = session.rows(asked, (at,))
        return Placing(found[0][0], _ids(found[0][1])) if found else Placing(0, ())

    def placings(self, since: int, until: int) -> list[Placing]:
        """Returns the orders in force within since <= at < until, in time; the first one may have
        begun earlier."""
        asked = (
            "SELECT at, body FROM main_tab WHERE at < ? AND at >="
            " coalesce((SELECT max(at) FROM main_tab WHERE at <= ?), ?) ORDER BY at"
        )
        with self._database.peek() as session:
            rows = session.rows(asked, (until, since, since))
        return [Placing(at, _ids(body)) for at, body in rows]

    def freeze(self, digest: str, edition: str, at: int, body: bytes) -> None:
        """Keeps a pool's JSON under its digest; a pool that is there already stays."""
        with self._database.write() as session:
            frozen(session, digest, edition, at, body)

    def pool(self, digest: str) -> bytes:
        """Returns the JSON of a frozen pool. Raises `NotFound`."""
        with self._database.peek() as session:
            found = session.rows("SELECT body FROM pools WHERE digest = ?", (digest,))
        if not found:
            raise NotFound(f'there is no pool "{digest}"; only those of released editions are kept')
        return zlib.decompress(found[0][0])

    def last_pool(self, before: int) -> str:
        """Returns the digest of the newest pool frozen up to a time, or nothing."""
        asked = "SELECT digest FROM pools WHERE at <= ? ORDER BY at DESC, digest LIMIT 1"
        with self._database.peek() as session:
            found = session.rows(asked, (before,))
        return found[0][0] if found else ""

    def sweep(self, before: int) -> int:
        """Forgets pools frozen before a time, save those of editions; returns how many."""
        with self._database.write() as session:
            return session.run(
                "DELETE FROM pools WHERE at < ?"
                " AND digest NOT IN (SELECT pool FROM editions WHERE dry = 0)",
                (before,),
            )


def frozen(session: Session, digest: str, edition: str, at: int, body: bytes) -> None:
    """Keeps a pool within a transaction."""
    session.run(_FREEZE, (digest, edition, at, zlib.compress(body)))


def check_offered(session: Session, ids: Iterable[str]) -> None:
    """Raises `Conflict` when a topic was withdrawn or deleted, within a transaction."""
    asked = f"SELECT body, active FROM topics WHERE id {session.among}"
    for topic in _told(session, asked, (session.bag(ids),)):
        if topic.status == "withdrawn":
            raise Conflict(f'topic "{topic.id}" was withdrawn meanwhile; compose again without it')


def _latest(topic: Topic) -> int:
    """Returns when a topic was published or updated; checks that every time can be told again."""
    times = [topic.published, topic.updated, topic.stale_at, topic.embargo]
    told = [clock.micros(moment) for moment in times if moment is not None]
    return max(told[0], clock.micros(topic.updated)) if topic.updated else told[0]


def _told(session: Session, asked: str, values: Sequence[object]) -> list[Topic]:
    return [
        _topic(body) if active else msgspec.structs.replace(_topic(body), status="withdrawn")
        for body, active in session.rows(asked, values)
    ]
