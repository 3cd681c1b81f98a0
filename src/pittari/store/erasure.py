"""Somebody wants to be forgotten: no table, log or lake knows of them afterwards."""

from __future__ import annotations

from dataclasses import dataclass

from pittari import clock
from pittari.errors import Invalid
from pittari.store import parts
from pittari.store.audit import note
from pittari.store.compaction import Compactor, on_disk, spilled
from pittari.store.database import Database
from pittari.store.lake import Lake

_ERASE = """
INSERT INTO erasures (digest, "user", at, seq, done, revision) VALUES (?, ?, ?, ?, 0, ?)
ON CONFLICT (digest) DO UPDATE SET "user" = excluded."user", at = excluded.at, seq = excluded.seq,
  done = 0, revision = excluded.revision
"""


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows about a person went, by where they were."""

    users: int
    entitlements: int
    mutes: int
    log: int
    lake: int


class Eraser:
    """Erases people. The catalogue and the log forget at once; the lake's files are rewritten."""

    def __init__(
        self, database: Database, lake: Lake, compactor: Compactor, now: clock.Clock = clock.now
    ) -> None:
        self._database = database
        self._lake = lake
        self._compactor = compactor
        self._now = now

    def erase_user(self, user: str, actor: str = "") -> Erased:
        """Erases a user; returns how many rows went. Raises `Unavailable`, then `finish` goes on,
        and `Invalid` for no id at all: rows without a person are nobody's to erase.

        An audit row says that it was done, with a digest in place of the id. The old files of the
        lake are out of every reader's sight at once and off the disk with the next sweep.
        """
        if not user:
            raise Invalid("expected the id of a user, got nothing")
        digest = self._database.digest(user)
        with self._database.write() as session:
            seq = session.last_seq()
            users = session.run("DELETE FROM users WHERE id = ?", (user,))
            entitlements, mutes, log = (
                session.run(f'DELETE FROM {table} WHERE "user" = ?', (user,))
                for table in ("entitlements", "mutes", "events")
            )
            session.moved(seq)
            session.run(_ERASE, (digest, user, self._now(), seq, session.revise()))
            detail = f"entitlements {entitlements}, mutes {mutes}, log {log}"
            note(
                session,
                at=self._now(),
                actor=actor,
                action="user.erase",
                subject=digest,
                detail=detail,
            )
        return Erased(users, entitlements, mutes, log, self._finish(digest, user, seq))

    def finish(self) -> int:
        """Finishes erasures that a crash cut short; returns how many there were."""
        with self._database.read() as session:
            begun = session.rows('SELECT digest, "user", seq FROM erasures WHERE done = 0')
        for row in begun:
            self._finish(*row)
        return len(begun)

    def _finish(self, digest: str, user: str, seq: int) -> int:
        """Rewrites the parts that hold rows of the user until none does; returns rows erased."""
        quoted = user.replace("'", "''")
        erased = 0
        while found := self._parts_with(quoted, seq):
            for kind, day, name, rows in found:
                other = f"NOT (\"user\" = '{quoted}' AND seq <= {seq})"
                self._compactor.rewrite(kind, day, [name], other)
                erased += rows
        with self._database.write() as session:
            done = "UPDATE erasures SET \"user\" = '', done = 1 WHERE digest = ?"
            session.run(done, (digest,))
        return erased

    def _parts_with(self, quoted: str, seq: int) -> list[tuple[str, int, str, int]]:
        """Returns (kind, day, name, rows of the user) of the parts that still hold some."""
        asked = "SELECT name, kind, day FROM lake_files WHERE retired = 0"
        with self._database.read() as session:
            listed = {name: (kind, day) for name, kind, day in session.rows(asked)}
        if not listed:
            return []
        root = self._lake.folder
        source = parts.listed(root / name for name in listed)[:-1] + ", filename = true)"
        with on_disk(), spilled() as db:
            held = db.execute(
                f"SELECT filename, count(*) FROM {source}"
                f" WHERE \"user\" = '{quoted}' AND seq <= {seq} GROUP BY filename ORDER BY filename"
            ).fetchall()
        places = {str(root / name): name for name in listed}
        return [(*listed[places[path]], places[path], rows) for path, rows in held]
