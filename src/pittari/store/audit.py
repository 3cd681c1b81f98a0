"""Who changed what, and when? One row for each act of an operator, kept for good."""

from __future__ import annotations

from dataclasses import dataclass

from pittari import clock
from pittari.store.database import Database, Session


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `at` in microseconds UTC; `actor`: the name of a key or account."""

    seq: int
    at: int
    actor: str
    action: str
    subject: str
    detail: str


class Audit:
    """Writes acts down and lists them."""

    def __init__(self, database: Database, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._now = now

    def note(self, actor: str, action: str, subject: str, detail: str = "") -> None:
        """Writes one act down, in a transaction of its own."""
        with self._database.write() as session:
            what = {"actor": actor, "action": action, "subject": subject, "detail": detail}
            note(session, at=self._now(), **what)

    def acts(self, before: int | None = None, limit: int = 100, about: str = "") -> list[Act]:
        """Returns the latest acts (before number `before`), newest first; with `about`, such as
        `tags`, those whose action begins with it."""
        asked = (
            "SELECT seq, at, actor, action, subject, detail FROM audit"
            " WHERE seq < ? AND action LIKE ? ORDER BY seq DESC LIMIT ?"
        )
        wanted = f"{about}.%" if about else "%"
        with self._database.peek() as session:
            found = session.rows(asked, (2**62 if before is None else before, wanted, limit))
        return [Act(*row) for row in found]


def note(
    session: Session, *, at: int, actor: str, action: str, subject: str, detail: str = ""
) -> None:
    """Writes one act down within the transaction of what it tells of."""
    session.run(
        "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
        (at, actor, action, subject, detail),
    )
