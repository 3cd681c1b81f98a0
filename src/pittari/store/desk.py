"""What does the desk decide beyond one edition? Rule versions, modes, verdicts, each on record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pittari import clock
from pittari.errors import Conflict, Invalid, NotFound
from pittari.model.event import Published, stored
from pittari.store.audit import note
from pittari.store.database import Database, Session
from pittari.store.events import insert

RuleState = Literal["draft", "proposed", "published", "retired"]
Verdict = Literal["", "good", "neutral", "harmful"]
VERDICTS = ("good", "neutral", "harmful")
_RULES = "number, name, text, author, saved, state, approver, published"
_DIVERGED = "edition, place, rules, ours, theirs, rule, noted, verdict, actor, judged"


@dataclass(frozen=True, slots=True)
class RuleVersion:
    """One saved text of a rule file, never changed. `approver`: who put it in force."""

    number: int
    name: str
    text: str
    author: str
    saved: int
    state: RuleState
    approver: str
    published: int


@dataclass(frozen=True, slots=True)
class Mode:
    """A switch of the desk, such as election or mourning; `revision` grows at every turn."""

    name: str
    active: bool
    revision: int
    at: int
    actor: str


@dataclass(frozen=True, slots=True)
class Divergence:
    """A place where a line-up by `rules` (their digest) is not the editors' own, which rule led
    there, and whether that was good; `verdict` empty: not judged yet."""

    edition: str
    place: int
    rules: str
    ours: str
    theirs: str
    rule: str
    noted: int = 0
    verdict: Verdict = ""
    actor: str = ""
    judged: int = 0


class Desk:
    """The desk's own memory. Whoever acts on what has changed since is told by whom."""

    def __init__(self, database: Database, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._now = now

    def save(self, name: str, text: str, author: str, seen: int = 0) -> RuleVersion:
        """Saves a rule file as a draft; `seen` is the number of the version it was made from.

        Raises `Conflict` when somebody saved another since.
        """
        with self._database.write() as session:
            last = _rules(session, "name = ?", (name,), 1)
            if last and last[0].number != seen:
                raise Conflict(
                    f'the rules "{name}" were saved by {last[0].author} at'
                    f" {clock.iso(last[0].saved)}, after you looked; look at version"
                    f" {last[0].number} first"
                )
            now = self._now()
            made = session.rows(
                "INSERT INTO rule_versions (name, text, author, saved, state, approver, published)"
                " VALUES (?, ?, ?, ?, 'draft', '', 0) RETURNING number",
                (name, text, author, now),
            )
            number = int(made[0][0])
            self._note(session, author, "rules.save", name, str(number))
            return _rule(session, number)

    def publish(self, number: int, actor: str, *, two: bool = False) -> RuleVersion:
        """Puts a version in force; with `two`, its author proposes and a second person approves.

        Raises `NotFound`, and `Conflict` for the author's own approval.
        """
        with self._database.write() as session:
            version = _rule(session, number)
            if two and actor == version.author:
                if version.state == "proposed":
                    raise Conflict(
                        f"version {number} of {version.name} waits for a second person;"
                        f" {actor} wrote it"
                    )
                self._set(session, version, "proposed", actor)
            elif version.state != "published":
                self._set(session, version, "published", actor)
            return _rule(session, number)

    def published(self, name: str) -> RuleVersion | None:
        """Returns the version of a rule file in force, or nothing."""
        with self._database.peek() as session:
            found = _rules(session, "name = ? AND state = 'published'", (name,), 1)
        return found[0] if found else None

    def version(self, number: int) -> RuleVersion:
        """Returns one version. Raises `NotFound`."""
        with self._database.peek() as session:
            return _rule(session, number)

    def versions(self, name: str, limit: int = 100) -> list[RuleVersion]:
        """Returns the versions of a rule file, newest first."""
        with self._database.peek() as session:
            return _rules(session, "name = ?", (name,), limit)

    def switch(self, name: str, active: bool, actor: str, seen: int = 0) -> Mode:
        """Turns a mode on or off; `seen` is the revision the editor had before them (0: never
        turned). Raises `Conflict` when somebody turned it since."""
        with self._database.write() as session:
            known = next((mode for mode in _modes(session) if mode.name == name), None)
            if (known.revision if known else 0) != seen:
                who = known.actor if known else "nobody"
                raise Conflict(f'mode "{name}" was turned by {who} after you looked; look again')
            mode = Mode(name, active, seen + 1, self._now(), actor)
            session.run(
                "INSERT INTO modes (name, active, revision, at, actor) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET active = excluded.active,"
                " revision = excluded.revision, at = excluded.at, actor = excluded.actor",
                (name, int(active), mode.revision, mode.at, actor),
            )
            self._note(session, actor, "mode.on" if active else "mode.off", name)
        return mode

    def modes(self) -> list[Mode]:
        """Returns all modes that were ever turned, by name."""
        with self._database.peek() as session:
            return _modes(session)

    def diverge(self, found: Iterable[Divergence]) -> int:
        """Enters divergences to be judged; those that stand already stay. Returns the new ones."""
        with self._database.write() as session:
            now = self._now()
            return sum(
                session.run(
                    f"INSERT INTO divergences ({_DIVERGED}) VALUES (?, ?, ?, ?, ?, ?, ?, '', '', 0)"
                    " ON CONFLICT DO NOTHING",
                    (one.edition, one.place, one.rules, one.ours, one.theirs, one.rule, now),
                )
                for one in found
            )

    def divergences(self, *, judged: bool | None = None, limit: int = 100) -> list[Divergence]:
        """Returns divergences, newest first; `judged`: only those with, or without, a verdict."""
        where = {None: "true", True: "verdict <> ''", False: "verdict = ''"}[judged]
        asked = (
            f"SELECT {_DIVERGED} FROM divergences WHERE {where}"
            " ORDER BY noted DESC, edition DESC, place LIMIT ?"
        )
        with self._database.peek() as session:
            return [Divergence(*row) for row in session.rows(asked, (limit,))]

    def judge(self, edition: str, place: int, rules: str, verdict: Verdict, actor: str) -> None:
        """Says whether a divergence was good, neutral or harmful; empty takes the word back.

        Raises `NotFound` and `Invalid`.
        """
        if verdict and verdict not in VERDICTS:
            raise Invalid(f"verdict: expected {', '.join(VERDICTS)}; got {verdict}")
        with self._database.write() as session:
            judged = session.run(
                "UPDATE divergences SET verdict = ?, actor = ?, judged = ?"
                " WHERE edition = ? AND place = ? AND rules = ?",
                (verdict, actor, self._now(), edition, place, rules),
            )
            if not judged:
                raise NotFound(f"there is no divergence at place {place} of edition {edition}")
            self._note(session, actor, "divergence.judge", f"{edition} {place}", verdict)

    def _set(self, session: Session, version: RuleVersion, state: RuleState, actor: str) -> None:
        now = self._now()
        if state == "published":
            session.run(
                "UPDATE rule_versions SET state = 'retired' WHERE name = ? AND state = 'published'",
                (version.name,),
            )
            row = Published(
                event_id=f"rules-{version.number}-{now}", at=clock.moment(now), subject="rules",
                name=version.name, version=str(version.number),
                detail={"author": version.author, "approver": actor},
            )  # fmt: skip
            insert(session, [stored(row)])
        approver, published = (actor, now) if state == "published" else ("", 0)
        session.run(
            "UPDATE rule_versions SET state = ?, approver = ?, published = ? WHERE number = ?",
            (state, approver, published, version.number),
        )
        verb = "publish" if state == "published" else "propose"
        self._note(session, actor, f"rules.{verb}", version.name, str(version.number))

    def _note(
        self, session: Session, actor: str, action: str, subject: str, detail: str = ""
    ) -> None:
        note(session, at=self._now(), actor=actor, action=action, subject=subject, detail=detail)


def _rules(
    session: Session, where: str, values: tuple[object, ...], limit: int
) -> list[RuleVersion]:
    asked = f"SELECT {_RULES} FROM rule_versions WHERE {where} ORDER BY number DESC LIMIT ?"
    return [RuleVersion(*row) for row in session.rows(asked, (*values, limit))]


def _rule(session: Session, number: int) -> RuleVersion:
    found = _rules(session, "number = ?", (number,), 1)
    if not found:
        raise NotFound(f"there is no version {number} of any rules")
    return found[0]


def _modes(session: Session) -> list[Mode]:
    asked = "SELECT name, active, revision, at, actor FROM modes ORDER BY name"
    return [Mode(row[0], bool(row[1]), *row[2:]) for row in session.rows(asked)]
