"""How is one edition checked, drafted and let go? Each step is whole in itself and may be repeated.

A step that dies leaves the ledger as it was, or as it is after; another replica goes on from there.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import msgspec

from pittari import clock
from pittari.editions.alarms import Bell, call
from pittari.editions.audit import Finding, audited
from pittari.editions.compiling import admitted
from pittari.editions.gathering import Sheet, past, read_sheet
from pittari.editions.ladder import Composed
from pittari.editions.pool import Note, Pool, Wishes, read_pool
from pittari.editions.prove import assumptions
from pittari.editions.rulebook import Rulebook
from pittari.editions.rules import EDITIONS, Rules, default_rules, is_full, no_sooner
from pittari.editions.wishes import held_by, wished
from pittari.errors import SettingsError, Unavailable
from pittari.model.edition import Draft, Edition
from pittari.model.event import Served
from pittari.store import Store
from pittari.store.outbox import Parcel

log = logging.getLogger(__name__)
PATIENCE = 10.0
"""Seconds that a pool may take; then the last one is used. Shorter than a lease."""
CLEANSED = 3
"""How often a line-up is composed again without what the audit blocks."""
WORSE, HELD = ("greedy", "prepared", "main_tab"), ("taken", "short")
"""Rungs of the ladder that the desk is told of, and the words for the one that held."""
TOLD = 3
"""Broken promises that one alarm tells of."""
TARDY = clock.MINUTE
"""An edition later than this is told of."""


class Compose(Protocol):
    """Makes a line-up and the row that says how it was decided; `prepared` are earlier ones of
    this edition, the latest first."""

    def __call__(
        self, rules: Rules, pool: Pool, wishes: Wishes, prepared: Sequence[Sequence[str]]
    ) -> tuple[Composed, Served]: ...


Gather = Callable[[str, int], Pool]
"""Makes the pool of an edition at a time."""


@dataclass(frozen=True)
class Steps:
    """What can be done with an edition by `owner`, who has leased it."""

    store: Store
    rulebook: Rulebook
    bell: Bell
    compose: Compose
    gather: Gather
    owner: str
    patience: float = PATIENCE

    def check(self, edition: Edition) -> None:
        """Calls the desk when the pool as it is now would not do when the edition is due: too
        small, or without what the rules need to keep their promises."""
        rules, wishes = self._rules(edition), self._wishes(edition)
        pool = msgspec.structs.replace(self._pool(edition), at=clock.moment(edition.due))
        there = len(admitted(rules, pool, wishes).rows)
        if there < rules.edition.minimum:
            self._alarm(edition, "assumption", count=there, minimum=rules.edition.minimum)
            return
        assumed = assumptions(rules, _local(rules, edition.due).date())
        broken = [one.answer.said for one in assumed if not one.holds(pool, wishes)]
        if broken:
            why = {lang: " ".join(said.to(lang) for said in broken[:TOLD]) for lang in ("ja", "en")}
            self._alarm(edition, "promises", why=why)

    def draft(self, edition: Edition) -> Edition:
        """Composes the edition as it would go out now, and keeps it for the desk. Raises
        `Conflict` when the desk acted meanwhile."""
        rules, pool, wishes = self._rules(edition), self._pool(edition), self._wishes(edition)
        made, _ = self.compose(rules, pool, wishes, _prepared(edition))
        return self.store.editions.draft(
            edition.id, self.owner, _kept(edition, rules, pool, wishes, made)
        )

    def may_go(self, edition: Edition, now: int) -> bool:
        """Returns whether the edition may go out: it waits for a while after an extra."""
        edition_table = self._rules(edition).edition
        told = past(self.store, now)
        due = no_sooner(edition_table, clock.moment(edition.due), told)
        return clock.micros(due) <= now

    def release(self, edition: Edition) -> Edition:
        """Lets the edition go out, or skips it and calls the desk. Raises `Conflict` when it is
        another's by now, `Unavailable` when the database fails: nothing is half-done."""
        edition = self.store.editions.claim(edition.id, self.owner)
        rules, wishes = self._rules(edition), self._wishes(edition)
        if who := held_by(self.store.editions.acts(edition.id)):
            return self.skip(edition, f"held {who}", "skipped_held", who=who)
        pool = self._pool(edition)
        if not edition.dry and self._is_full(rules, edition, pool):
            return self.skip(edition, f"full {rules.edition.per_day}", "skipped_full",
                             most=rules.edition.per_day)  # fmt: skip
        made, served, wishes = self._cleansed(edition, rules, pool, wishes)
        there, least = len(pool.entries) - len(made.kept_out), rules.edition.minimum
        if len(made.topics) < least:
            return self.skip(edition, f"few {there} {least}", "skipped_few", count=there,
                             minimum=least)  # fmt: skip
        gone = self.store.editions.release(
            edition.id, self.owner, _kept(edition, rules, pool, wishes, made), served,
            self._parcels(edition, pool, made.topics),
        )  # fmt: skip
        if rung := next((s.rung for s in made.steps if s.rung in WORSE and s.why in HELD), ""):
            self._alarm(edition, "fallback", rung=rung)
        if gone.changed - edition.due > TARDY and not edition.dry:
            late = (gone.changed - edition.due) // clock.MINUTE
            self._alarm(edition, "late", due=_clock(rules, edition.due), minutes=late)
        return gone

    def too_late(self, edition: Edition) -> Edition:
        """Skips an edition that may go out no more."""
        until = _clock(self._rules(edition), edition.late_until)
        return self.skip(edition, "late", "skipped_late", until=until)

    def skip(self, edition: Edition, note: str, kind: str, **values: object) -> Edition:
        """Ends an edition that does not go out, and calls the desk, save for a dry one."""
        skipped = self.store.editions.skip(edition.id, self.owner, note)
        if not edition.dry:
            self._alarm(edition, kind, **values)
        return skipped

    def _cleansed(
        self, edition: Edition, rules: Rules, pool: Pool, wishes: Wishes
    ) -> tuple[Composed, Served, Wishes]:
        """Composes, and composes again without the topics that the audit blocks for safety;
        returns the wishes that the last line-up was made from, too."""
        for _ in range(CLEANSED):
            asked = wishes
            made, served = self.compose(rules, pool, asked, _prepared(edition))
            bad = self._blocked(edition, rules, pool, wishes, made)
            if not bad:
                return made, served, asked
            wishes = msgspec.structs.replace(wishes, vetoes=(*wishes.vetoes, *sorted(bad)))
        safe = tuple(topic for topic in made.topics if topic not in bad)
        return msgspec.structs.replace(made, topics=safe), served, asked

    def _blocked(
        self, edition: Edition, rules: Rules, pool: Pool, wishes: Wishes, made: Composed
    ) -> set[str]:
        """Returns the topics that the audit blocks for safety, and when there are any in the
        line-up all others of the pool too; an audit that breaks blocks nothing."""
        try:
            found = _unsafe(rules, pool, wishes, made.topics)
            if not any(one.topics for one in found):
                return set()
            found += _unsafe(rules, pool, wishes, [entry.topic.id for entry in pool.entries])
        except Exception as error:
            log.exception("%s: the audit failed", edition.id)
            self._alarm(edition, "audit", why=type(error).__name__)
            return set()
        said = dict.fromkeys(one.rule for one in found if one.topics)
        self._alarm(edition, "audit", why=", ".join(said))
        return {topic for one in found for topic in one.topics}

    def _rules(self, edition: Edition) -> Rules:
        """Returns the rules in force; the shipped ones where those cannot be read."""
        try:
            return self.rulebook.rules(edition.name)
        except SettingsError as error:
            if edition.name not in EDITIONS:
                raise
            self._alarm(edition, "rules", why=error)
            return default_rules(edition.name)

    def _wishes(self, edition: Edition) -> Wishes:
        acts = self.store.editions.acts(edition.id)
        seen = [done for done in acts if done.revision <= edition.revision]
        return wished(seen, self.store.desk.modes())

    def _pool(self, edition: Edition) -> Pool:
        """Returns a fresh pool; the last frozen one, noted so, where that fails or takes long."""
        at = self.store.editions.now()
        answer: queue.Queue[Pool | Exception] = queue.Queue()

        def gather() -> None:
            try:
                answer.put(self.gather(edition.id, at))
            except Exception as error:
                answer.put(error)

        threading.Thread(target=gather, name="pool", daemon=True).start()
        try:
            found = answer.get(timeout=self.patience)
        except queue.Empty:
            found = TimeoutError(f"no pool within {self.patience:g} s")
        if isinstance(found, Unavailable):
            raise found
        return found if isinstance(found, Pool) else self._last_pool(edition, at, found)

    def _last_pool(self, edition: Edition, at: int, why: Exception) -> Pool:
        """Returns the newest frozen pool, judged at this time and with its topics as they are."""
        log.error("%s: the pool failed", edition.id, exc_info=why)
        digest = self.store.topics.last_pool(at)
        if not digest:
            raise why
        old = read_pool(self.store.topics.pool(digest), f"pool {digest}")
        topics = self.store.topics.topics(entry.topic.id for entry in old.entries)
        entries = tuple(
            msgspec.structs.replace(entry, topic=topics.get(entry.topic.id, entry.topic))
            for entry in old.entries
        )
        known = _clock(self._rules(edition), clock.micros(old.at))
        self._alarm(edition, "stale", known=known)
        return Pool(
            edition=edition.id, at=clock.moment(at), entries=entries,
            told=past(self.store, at), notes=(*old.notes, Note(key="pool_of", at=old.at)),
        )  # fmt: skip

    def _is_full(self, rules: Rules, edition: Edition, pool: Pool) -> bool:
        return is_full(rules.edition, _local(rules, edition.due).date(), pool.told)

    def _parcels(self, edition: Edition, pool: Pool, topics: Sequence[str]) -> list[Parcel]:
        """Returns the rows of the outbox: all a channel needs to show the edition."""
        known = {entry.topic.id: entry.topic for entry in pool.entries}
        later = self.store.editions.between(edition.due + 1, edition.due + 2 * clock.DAY)
        rows = []
        for place, name in enumerate(topics, 1):
            topic = known[name]
            told = {
                "edition": edition.id, "place": place, "of": len(topics), "topic": name,
                "title": topic.titled(""), "titles": topic.titles, "section": topic.section,
                "link": topic.link, "picture": topic.picture,
                "expires": clock.iso(later[0].due) if later else None,
            }  # fmt: skip
            rows.append(Parcel(place, name, msgspec.json.encode(told)))
        return rows

    def _alarm(self, edition: Edition, kind: str, **values: object) -> None:
        self.bell.raise_alarm(call(edition.id, kind, self.store.editions.now(), **values))


def _unsafe(rules: Rules, pool: Pool, wishes: Wishes, topics: Sequence[str]) -> list[Finding]:
    return [one for one in audited(rules, pool, wishes, topics) if one.severity == "safety"]


def _clock(rules: Rules, at: int) -> str:
    """Returns a time as the clocks of the edition's zone show it."""
    return _local(rules, at).strftime("%H:%M")


def _local(rules: Rules, at: int) -> datetime:
    return clock.moment(at).astimezone(ZoneInfo(rules.edition.zone))


def _prepared(edition: Edition) -> list[tuple[str, ...]]:
    """Returns the last two line-ups drafted, the latest first."""
    sheet = read_sheet(edition.body)
    return [sheet.topics, *sheet.earlier][:2] if sheet else []


def _kept(edition: Edition, rules: Rules, pool: Pool, wishes: Wishes, made: Composed) -> Draft:
    """Returns what the ledger keeps: the line-up and all that it was made from."""
    sheet = Sheet(
        composed=made, at=pool.at, rules=rules, wishes=wishes, earlier=tuple(_prepared(edition))
    )
    return Draft(
        rules=rules.digest, pool=pool.digest, pool_at=clock.micros(pool.at),
        pool_body=msgspec.json.encode(pool), body=msgspec.json.encode(sheet),
        seen=edition.revision, note=made.rung,
    )  # fmt: skip
