"""What can be offered, to whom, and who may use what: brought in, kept, and read as a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from pittari import clock
from pittari.errors import NotFound
from pittari.model.catalog import FOREVER, Catalog, Entitlement, Item, User, empty_catalog
from pittari.store.database import Database, Session

_encode = msgspec.json.Encoder().encode
_item = msgspec.json.Decoder(Item).decode
_user = msgspec.json.Decoder(User).decode

CHANGED = "SELECT number, body, active, revision FROM items WHERE revision > ?"
"""Items changed since a revision; in any order, for SQLite would go through all of them, each time,
to bring a few in order."""

_PUT_ITEM = """
INSERT INTO items (id, revision, active, body) VALUES (?, ?, 1, ?)
ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, active = 1, body = excluded.body
"""
_PUT_USER = _PUT_ITEM.replace("items", "users")
_PUT_ENTITLEMENT = """
INSERT INTO entitlements
  ("user", item, kind, since, until, sends, active, revision, created, removed)
VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, 0)
ON CONFLICT ("user", item, kind) DO UPDATE SET
  since = excluded.since, until = excluded.until, sends = excluded.sends, active = 1,
  revision = excluded.revision, removed = 0
"""
_END_ENTITLEMENT = """
UPDATE entitlements SET active = 0, revision = ?, removed = ?
WHERE "user" = ? AND item = ? AND kind = ? AND active = 1
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a put did: things new, changed, and the same as before; of two with one id, the last."""

    new: int
    changed: int
    same: int


class CatalogStore:
    """Items, users and entitlements. What is put again unchanged changes nothing."""

    def __init__(self, database: Database, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._now = now

    def put_items(self, items: Iterable[Item]) -> Counts:
        """Adds or replaces items by id. Raises `Invalid` for a time that no clock can show."""
        return self._put("items", _PUT_ITEM, {item.id: _encode(_timely(item)) for item in items})

    def put_users(self, users: Iterable[User]) -> Counts:
        """Adds or replaces users by id."""
        return self._put("users", _PUT_USER, {user.id: _encode(user) for user in users})

    def put_entitlements(self, entitlements: Iterable[Entitlement]) -> Counts:
        """Adds or replaces entitlements by user, item and kind."""
        wanted = {(e.user, e.item, e.kind): _span(e) for e in entitlements}
        created = self._now()
        with self._database.write() as session:
            known = _entitled(session, {user for user, _, _ in wanted})
            rows = {key: span for key, span in wanted.items() if known.get(key) != span}
            if rows:
                revision = session.revise()
                session.many(
                    _PUT_ENTITLEMENT,
                    [(*key, *span, revision, created) for key, span in rows.items()],
                )
        return _counts(wanted, known, rows)

    def delete_items(self, ids: Iterable[str]) -> int:
        """Takes items out; they stay in snapshots, withdrawn. Returns how many there were."""
        with self._database.write() as session:
            asked = f"SELECT id FROM items WHERE active = 1 AND id {session.among}"
            there = session.rows(asked, (session.bag(ids),))
            if there:
                revision = session.revise()
                ended = "UPDATE items SET active = 0, revision = ? WHERE id = ?"
                session.many(ended, [(revision, row[0]) for row in there])
        return len(there)

    def delete_entitlement(self, user: str, item: str, kind: str = "owned") -> None:
        """Ends an entitlement now. Raises `NotFound` where there is none."""
        with self._database.write() as session:
            key = (user, item, kind)
            if not session.run(_END_ENTITLEMENT, (session.revise(), self._now(), *key)):
                raise NotFound(f'user "{user}" has no entitlement "{kind}" to item "{item}"')

    def item(self, name: str) -> Item:
        """Returns the item with this id. Raises `NotFound`."""
        found = self.items([name])
        if not found:
            raise NotFound(f'there is no item "{name}"')
        return found[name]

    def items(self, ids: Iterable[str]) -> dict[str, Item]:
        """Returns those items that exist, by id."""
        with self._database.peek() as session:
            asked = f"SELECT body FROM items WHERE active = 1 AND id {session.among}"
            found = (_item(row[0]) for row in session.rows(asked, (session.bag(ids),)))
            return {item.id: item for item in found}

    def every_item(self) -> list[Item]:
        """Returns all items in the order of the snapshot's rows, deleted ones left out."""
        with self._database.peek() as session:
            asked = "SELECT body FROM items WHERE active = 1 ORDER BY number"
            return [_item(row[0]) for row in session.rows(asked)]

    def user(self, name: str) -> User:
        """Returns the user with this id. Raises `NotFound`."""
        with self._database.peek() as session:
            found = session.rows("SELECT body FROM users WHERE id = ?", (name,))
        if not found:
            raise NotFound(f'there is no user "{name}"')
        return _user(found[0][0])

    def users(self, after: str = "", limit: int = 1000) -> list[User]:
        """Returns up to `limit` users whose id comes after `after`, in the database's order."""
        with self._database.peek() as session:
            asked = "SELECT body FROM users WHERE id > ? ORDER BY id LIMIT ?"
            return [_user(row[0]) for row in session.rows(asked, (after, limit))]

    def entitlements(self, user: str) -> list[Entitlement]:
        """Returns what a user may use or could use once, ended ones left out."""
        asked = (
            "SELECT item, kind, since, until, sends FROM entitlements"
            ' WHERE "user" = ? AND active = 1 ORDER BY created, item, kind'
        )
        with self._database.peek() as session:
            return [
                Entitlement(
                    user=user,
                    item=item,
                    kind=kind,
                    since=clock.moment(since) if since else None,
                    until=clock.moment(until) if until < FOREVER else None,
                    sends=sends,
                )
                for item, kind, since, until, sends in session.rows(asked, (user,))
            ]

    def held_by(self, users: Iterable[str]) -> list[tuple[str, str, str, int, int, int, int, int]]:
        """Returns all that some users may use or could use once, ended ones too: user, item, kind,
        since, until, sends a day, 1 where it was not ended, and when it was; times in microseconds
        UTC."""
        with self._database.peek() as session:
            asked = (
                'SELECT "user", item, kind, since, until, sends, active, removed FROM entitlements'
                f' WHERE "user" {session.among}'
            )
            return session.rows(asked, (session.bag(users),))

    def snapshot(self) -> Catalog:
        """Returns all items as columns; rows stand in the order in which items first came."""
        return self.refresh(empty_catalog())

    def refresh(self, catalog: Catalog) -> Catalog:
        """Returns the newest snapshot: the same object when nothing changed, and never a moved row.

        A deleted item stays, withdrawn.
        """
        with self._database.peek() as session:
            rows = sorted(session.rows(CHANGED, (catalog.version,)))
        if not rows:
            return catalog
        items = [_withdrawn(_item(body), active) for _, body, active, _ in rows]
        return catalog.amended(items, max(revision for *_, revision in rows))

    def _put(self, table: str, statement: str, bodies: Mapping[str, bytes]) -> Counts:
        with self._database.write() as session:
            asked = f"SELECT id, body FROM {table} WHERE active = 1 AND id {session.among}"
            known = dict(session.rows(asked, (session.bag(bodies),)))
            rows = {key: body for key, body in bodies.items() if known.get(key) != body}
            if rows:
                revision = session.revise()
                session.many(statement, [(key, revision, body) for key, body in rows.items()])
        return _counts(bodies, known, rows)


def _counts(
    wanted: Mapping[Any, Any], known: Mapping[Any, Any], written: Mapping[Any, Any]
) -> Counts:
    changed = sum(key in known for key in written)
    return Counts(len(written) - changed, changed, len(wanted) - len(written))


def _timely(item: Item) -> Item:
    """Returns an item whose times every later snapshot can hold."""
    for moment in (item.sold_from, item.sold_until):
        if moment is not None:
            clock.micros(moment)
    return item


def _withdrawn(item: Item, active: int) -> Item:
    return item if active else msgspec.structs.replace(item, status="withdrawn")


def _span(entitlement: Entitlement) -> tuple[int, int, int]:
    since = clock.micros(entitlement.since) if entitlement.since else 0
    until = clock.micros(entitlement.until) if entitlement.until else FOREVER
    return since, until, entitlement.sends


def _entitled(
    session: Session, users: Iterable[str]
) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    asked = (
        'SELECT "user", item, kind, since, until, sends FROM entitlements'
        f' WHERE active = 1 AND "user" {session.among}'
    )
    return {row[:3]: row[3:] for row in session.rows(asked, (session.bag(users),))}
