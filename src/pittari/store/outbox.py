"""What is to leave the house, and has it left? Released rows, and alarms for those who watch."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from pittari.store.database import Database, Session

_SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
_COLUMNS = "edition, shard, place, topic, key, released, dry, body"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One place of an edition for one shard of its readers; `body` is JSON for the channel."""

    place: int
    topic: str
    body: bytes
    shard: int = 0


@dataclass(frozen=True, slots=True)
class Released:
    """A row of the outbox; `key` is the same at every try, so that a channel may know it again."""

    edition: str
    shard: int
    place: int
    topic: str
    key: str
    released: int
    dry: bool
    body: bytes


@dataclass(frozen=True, slots=True)
class Alarm:
    """What somebody has to know: `body` is its JSON; `tries` so far."""

    key: str
    edition: str
    kind: str
    raised: int
    sent: int
    tries: int
    body: bytes


class Outbox:
    """Rows that were released and wait for a channel, in order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, limit: int = 1000) -> list[Released]:
        """Returns rows that no channel took yet: whole editions first come, first served."""
        asked = (
            f"SELECT {_COLUMNS} FROM outbox WHERE written = 0"
            " ORDER BY released, edition, shard, place LIMIT ?"
        )
        with self._database.peek() as session:
            return [_row(row) for row in session.rows(asked, (limit,))]

    def of(self, edition: str) -> list[Released]:
        """Returns all rows of an edition."""
        asked = f"SELECT {_COLUMNS} FROM outbox WHERE edition = ? ORDER BY shard, place"
        with self._database.peek() as session:
            return [_row(row) for row in session.rows(asked, (edition,))]

    def took(self, rows: Sequence[Released], at: int) -> None:
        """Says that a channel has these rows."""
        done = "UPDATE outbox SET written = ? WHERE edition = ? AND shard = ? AND place = ?"
        with self._database.write() as session:
            session.many(done, [(at, row.edition, row.shard, row.place) for row in rows])


class Alarms:
    """One alarm of a kind per edition, kept until it was sent."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def enter(self, edition: str, kind: str, at: int, body: bytes) -> bool:
        """Enters an alarm; returns whether it is the first of its kind for this edition."""
        with self._database.write() as session:
            entered = session.run(
                "INSERT INTO alarms (key, edition, kind, raised, sent, tries, next_try, body)"
                " VALUES (?, ?, ?, ?, 0, 0, ?, ?) ON CONFLICT DO NOTHING",
                (f"{edition} {kind}", edition, kind, at, at, body),
            )
        return bool(entered)

    def take(self, at: int, again: int, tries: int) -> Alarm | None:
        """Takes one alarm to send whose time has come; it comes again after `again` microseconds,
        twice as long after each try, until it is `sent` or was tried `tries` times."""
        asked = (
            "SELECT key, edition, kind, raised, sent, tries, body FROM alarms"
            " WHERE sent = 0 AND next_try <= ? AND tries < ? ORDER BY next_try, key LIMIT 1"
        )
        with self._database.write() as session:
            found = session.rows(asked, (at, tries))
            if not found:
                return None
            alarm = Alarm(*found[0])
            session.run(
                "UPDATE alarms SET tries = tries + 1, next_try = ? WHERE key = ?",
                (at + again * 2**alarm.tries, alarm.key),
            )
        return alarm

    def sent(self, key: str, at: int) -> None:
        """Says that an alarm has reached somebody."""
        with self._database.write() as session:
            session.run("UPDATE alarms SET sent = ? WHERE key = ?", (at, key))

    def latest(self, limit: int = 100) -> list[Alarm]:
        """Returns the newest alarms."""
        asked = (
            "SELECT key, edition, kind, raised, sent, tries, body FROM alarms"
            " ORDER BY raised DESC, key LIMIT ?"
        )
        with self._database.peek() as session:
            return [Alarm(*row) for row in session.rows(asked, (limit,))]


def laid_out(
    session: Session, edition: str, parcels: Sequence[Parcel], at: int, *, dry: bool
) -> None:
    """Writes the rows of an edition within the transaction that releases it."""
    rows = [
        (edition, one.shard, one.place, one.topic, key(edition, one.shard, one.place), at, int(dry),
         0, one.body)
        for one in parcels
    ]  # fmt: skip
    session.many(
        "INSERT INTO outbox (edition, shard, place, topic, key, released, dry, written, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def key(edition: str, shard: int, place: int) -> str:
    """Returns the retry key of a row, UUIDv5: a provider that knows it sends nothing twice."""
    return str(uuid.uuid5(_SPACE, f"pittari:{edition}/{shard}/{place}"))


def _row(row: tuple[str, int, int, str, str, int, int, bytes]) -> Released:
    return Released(*row[:6], dry=bool(row[6]), body=row[7])
