"""Which edition is due, who works on it, what did the desk ask, what went out? The ledger.

An edition goes planned -> composed -> claimed -> released, or is skipped. All processes go by one
clock, the database's, so that replicas whose clocks differ agree; each step is one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from pittari import clock
from pittari.errors import Conflict, Invalid, NotFound
from pittari.model.edition import OPEN, Act, Done, Draft, Edition, Planned, State
from pittari.model.event import Served, stored
from pittari.store.audit import note
from pittari.store.database import Database, Session
from pittari.store.events import insert
from pittari.store.outbox import Parcel, laid_out
from pittari.store.topics import check_offered, frozen

_COLUMNS = (
    "id, name, dry, due, closes, late_until, state, revision, owner, lease_until, rules, pool,"
    " decision, changed, note, body"
)
_PLAN = """
INSERT INTO editions (id, name, dry, due, closes, late_until, state, revision, owner, lease_until,
                      rules, pool, decision, changed, note, body)
VALUES (?, ?, ?, ?, ?, ?, 'planned', 0, '', 0, '', '', '', ?, '', ?)
ON CONFLICT (id) DO UPDATE SET
  due = excluded.due, closes = excluded.closes, late_until = excluded.late_until
WHERE editions.state IN ('planned', 'composed')
"""
_encode = msgspec.json.Encoder().encode
_act = msgspec.json.Decoder(Act).decode


class EditionStore:
    """The ledger of editions. `shared`: the time all go by, the database's own unless given."""

    def __init__(self, database: Database, shared: clock.Clock | None = None) -> None:
        self._database = database
        self._shared = shared

    def now(self) -> int:
        """Returns the time that all replicas go by, in microseconds UTC."""
        with self._database.peek() as session:
            return self._now(session)

    def plan(self, slots: Iterable[Planned]) -> int:
        """Enters editions to come; one that stands already keeps its line-up and takes the new
        times while it is not claimed. Returns how many were new or moved."""
        with self._database.write() as session:
            now, touched = self._now(session), 0
            for slot in slots:
                known = session.rows(
                    "SELECT due, closes, late_until FROM editions WHERE id = ?", (slot.id,)
                )
                times = (slot.due, slot.closes, slot.late_until)
                if not known or known[0] != times:
                    values = (slot.id, slot.name, int(slot.dry), *times, now, b"")
                    touched += session.run(_PLAN, values)
        return touched

    def edition(self, name: str) -> Edition:
        """Returns an edition by its id. Raises `NotFound`."""
        with self._database.peek() as session:
            return _edition(session, name)

    def between(self, since: int, until: int, *, dry: bool = False) -> list[Edition]:
        """Returns the editions due within since <= due < until, in time."""
        asked = (
            f"SELECT {_COLUMNS} FROM editions WHERE due >= ? AND due < ? AND dry = ?"
            " ORDER BY due, id"
        )
        with self._database.peek() as session:
            return [_read(row) for row in session.rows(asked, (since, until, int(dry)))]

    def unfinished(self, until: int) -> list[Edition]:
        """Returns the editions due before `until` that were neither released nor skipped."""
        asked = f"SELECT {_COLUMNS} FROM editions WHERE due < ? AND state {{}} ORDER BY due, id"
        with self._database.peek() as session:
            rows = session.rows(asked.format(session.among), (until, session.bag(OPEN)))
            return [_read(row) for row in rows]

    def released(self, before: int, limit: int = 10) -> list[Edition]:
        """Returns the latest editions that went out due before a time, newest first."""
        asked = (
            f"SELECT {_COLUMNS} FROM editions WHERE due < ? AND dry = 0 AND state = 'released'"
            " ORDER BY due DESC, id LIMIT ?"
        )
        with self._database.peek() as session:
            return [_read(row) for row in session.rows(asked, (before, limit))]

    def lease(self, name: str, owner: str, length: int) -> Edition | None:
        """Takes an edition for `length` microseconds, or takes it again; returns it, or nothing
        when another owner has it or it is finished."""
        with self._database.write() as session:
            now = self._now(session)
            taken = session.run(
                "UPDATE editions SET owner = ?, lease_until = ? WHERE id = ?"
                " AND state IN ('planned', 'composed', 'claimed')"
                " AND (owner = ? OR owner = '' OR lease_until <= ?)",
                (owner, now + length, name, owner, now),
            )
            return _edition(session, name) if taken else None

    def draft(self, name: str, owner: str, draft: Draft) -> Edition:
        """Keeps a line-up that is not final. Raises `Conflict` when the desk acted since, or the
        edition is no more the owner's (`owner` empty: nobody has to have it)."""
        with self._database.write() as session:
            edition = _edition(session, name)
            _check_owner(edition, owner, ("planned", "composed"))
            _check_seen(session, edition, draft.seen)
            self._keep(session, edition, draft, "composed")
            return _edition(session, name)

    def claim(self, name: str, owner: str) -> Edition:
        """Closes an edition for the desk, to release it. Raises `Conflict` when it is finished or
        another's."""
        with self._database.write() as session:
            edition = _edition(session, name)
            _check_owner(edition, owner, OPEN)
            if edition.state != "claimed":
                self._turn(session, edition, "claimed", owner)
            return _edition(session, name)

    def release(
        self, name: str, owner: str, draft: Draft, served: Served, parcels: Sequence[Parcel]
    ) -> Edition:
        """Lets an edition go out: the final line-up, its `served` row (a dry one has none) and its
        rows of the outbox, all in one transaction, once.

        Raises `Conflict` when it is not claimed by this owner, or a topic was withdrawn meanwhile.
        """
        with self._database.write() as session:
            edition = _edition(session, name)
            _check_owner(edition, owner, ("claimed",))
            _check_seen(session, edition, draft.seen)
            check_offered(session, [parcel.topic for parcel in parcels])
            now = self._now(session)
            self._keep(session, edition, draft, "released")
            session.run(
                "UPDATE editions SET decision = ?, lease_until = 0 WHERE id = ?",
                (served.decision_id, name),
            )
            if not edition.dry:
                insert(session, [stored(served)])
            laid_out(session, name, parcels, now, dry=edition.dry)
            note(
                session, at=now, actor=owner, action="edition.release", subject=name,
                detail=draft.note,
            )  # fmt: skip
            return _edition(session, name)

    def skip(self, name: str, owner: str, why: str) -> Edition:
        """Ends an edition that does not go out. Raises `Conflict` as `claim` does."""
        with self._database.write() as session:
            edition = _edition(session, name)
            _check_owner(edition, owner, OPEN)
            session.run("UPDATE editions SET note = ?, lease_until = 0 WHERE id = ?", (why, name))
            self._turn(session, edition, "skipped", owner, why)
            return _edition(session, name)

    def extra(self, name: str, at: int, body: bytes) -> bool:
        """Enters an extra that others sent at a time, with its line-up; returns whether it is new.
        One told again stays as it was."""
        day = clock.iso_day(clock.day(at))
        with self._database.write() as session:
            entered = session.run(
                f"INSERT INTO editions ({_COLUMNS}) VALUES (?, 'extra', 0, ?, ?, ?, 'released', 0,"
                " '', 0, '', '', '', ?, '', ?) ON CONFLICT DO NOTHING",
                (f"{day}/extra-{name}", at, at, at, at, body),
            )
        return bool(entered)

    def act(self, name: str, actor: str, act: Act, seen: int) -> Edition:
        """Enters an act of the desk; `seen` is the revision the editor had before them.

        Raises `Conflict` when somebody acted since (who, and what) or the desk's time is over,
        `Invalid` for an act that does not say what it speaks of.
        """
        _check_act(act)
        with self._database.write() as session:
            edition, now = _edition(session, name), self._now(session)
            if edition.state not in ("planned", "composed") or now >= edition.closes:
                raise Conflict(
                    f"edition {name} is {edition.state}: the desk could act until"
                    f" {clock.iso(edition.closes)}"
                )
            _check_seen(session, edition, seen)
            after = edition.revision + 1
            session.run(
                "UPDATE editions SET revision = ?, changed = ? WHERE id = ?", (after, now, name)
            )
            session.run(
                "INSERT INTO edition_acts (edition, at, actor, revision, body)"
                " VALUES (?, ?, ?, ?, ?)",
                (name, now, actor, after, _encode(act)),
            )
            detail = _encode(act).decode()
            note(session, at=now, actor=actor, action=f"edition.{act.deed}", subject=name,
                 detail=detail)  # fmt: skip
            return _edition(session, name)

    def acts(self, name: str) -> list[Done]:
        """Returns all acts on an edition, in order."""
        with self._database.peek() as session:
            return _acts(session, name, 0)

    def sweep(self, before: int) -> int:
        """Forgets dry editions due before a time; returns how many."""
        with self._database.write() as session:
            session.run("DELETE FROM outbox WHERE dry = 1 AND released < ?", (before,))
            return session.run("DELETE FROM editions WHERE dry = 1 AND due < ?", (before,))

    def _now(self, session: Session) -> int:
        return self._shared() if self._shared else session.now()

    def _keep(self, session: Session, edition: Edition, draft: Draft, state: State) -> None:
        frozen(session, draft.pool, edition.id, draft.pool_at, draft.pool_body)
        session.run(
            "UPDATE editions SET state = ?, rules = ?, pool = ?, body = ?, note = ?, changed = ?"
            " WHERE id = ?",
            (state, draft.rules, draft.pool, draft.body, draft.note, self._now(session),
             edition.id),
        )  # fmt: skip

    def _turn(
        self, session: Session, edition: Edition, state: State, actor: str, detail: str = ""
    ) -> None:
        now = self._now(session)
        session.run(
            "UPDATE editions SET state = ?, changed = ? WHERE id = ?", (state, now, edition.id)
        )
        verb = {"claimed": "claim", "skipped": "skip"}[state]
        note(session, at=now, actor=actor, action=f"edition.{verb}", subject=edition.id,
             detail=detail)  # fmt: skip


def _edition(session: Session, name: str) -> Edition:
    found = session.rows(f"SELECT {_COLUMNS} FROM editions WHERE id = ?", (name,))
    if not found:
        raise NotFound(f'there is no edition "{name}"; an id is DATE/NAME, as 2026-11-22/morning')
    return _read(found[0])


def _read(row: Any) -> Edition:
    return Edition(row[0], row[1], bool(row[2]), *row[3:])


def _acts(session: Session, name: str, after: int) -> list[Done]:
    asked = (
        "SELECT seq, at, actor, revision, body FROM edition_acts"
        " WHERE edition = ? AND revision > ? ORDER BY seq"
    )
    return [
        Done(row[0], row[1], row[2], row[3], _act(row[4]))
        for row in session.rows(asked, (name, after))
    ]


def _check_owner(edition: Edition, owner: str, states: Sequence[str]) -> None:
    if edition.state not in states:
        raise Conflict(f"edition {edition.id} is {edition.state} already")
    if owner and edition.owner != owner:
        raise Conflict(f'edition {edition.id} is with "{edition.owner}", not with "{owner}"')


def _check_seen(session: Session, edition: Edition, seen: int) -> None:
    if edition.revision != seen:
        since = _acts(session, edition.id, seen)
        told = "; ".join(
            f"{done.actor}: {done.act.deed} {_spoken(done.act)}" for done in since[-3:]
        )
        raise Conflict(
            f"edition {edition.id} was changed since you looked ({told.strip()});"
            " look again, then decide"
        )


def _spoken(act: Act) -> str:
    places = ", ".join(f"{topic} at {place}" for place, topic in act.places.items())
    return places or act.topic or ""


def _check_act(act: Act) -> None:
    try:
        _act(_encode(act))
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise Invalid(f"{act.deed}: {error}") from error
    if act.deed in ("pin", "swap"):
        ids = list(act.places.values())
        if not ids or len(set(ids)) < len(ids) or min(act.places) < 1:
            raise Invalid(f"{act.deed}: expected places from 1 on, each with a topic of its own")
    elif act.deed in ("unpin", "veto", "unveto") and not act.topic:
        raise Invalid(f"{act.deed}: expected the topic it speaks of")
