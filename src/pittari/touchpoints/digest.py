"""The digest: topics chosen by the editors' rules, for everybody, when an edition is due."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pittari import clock
from pittari.editions.alarms import Bell, senders
from pittari.editions.channels import FileChannel
from pittari.editions.compiling import admitted
from pittari.editions.gathering import gathered, read_sheet
from pittari.editions.ladder import Composed, composed
from pittari.editions.planning import coming
from pittari.editions.pool import Entry, Pool, Wishes, read_pool
from pittari.editions.releasing import Steps
from pittari.editions.rulebook import Rulebook
from pittari.editions.rules import Rules, places, today
from pittari.editions.runner import Pace, Runner
from pittari.editions.wishes import wished
from pittari.errors import NotFound
from pittari.learning.editors.learner import Expected
from pittari.model.candidates import Candidates, Scores
from pittari.model.catalog import Catalog, Item, empty_catalog
from pittari.model.decision import Decision
from pittari.model.edition import Edition
from pittari.model.event import Reason, Served
from pittari.model.request import Batch, Knowledge, Person, Request
from pittari.pipeline import Pipeline, SourceUse
from pittari.pipeline.stages import Arrangement, Codes
from pittari.settings import DigestTable
from pittari.store import Store

NAME = "digest"
WINDOW = "1h"
"""The window of clicks that stands beside each place as its score."""


@dataclass(frozen=True, slots=True)
class Editorial:
    """All topics of the pool: what could it be?"""

    pool: Pool
    name: str = "pool"
    waits: bool = False

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        """Returns the pool in its order, each topic with its importance."""
        told = np.array([entry.importance for entry in self.pool.entries], np.float32)[:limit]
        best = told.max(initial=0)
        scores = told / best if best > 0 else np.ones(len(told), np.float32)
        rows = np.arange(len(told), dtype=np.int32)
        return Candidates(rows, {self.name: scores}).repeated(len(batch))


@dataclass(frozen=True, slots=True)
class KeptOut:
    """What safety keeps out, by the rule that does: why not?"""

    kept_out: Mapping[str, str]
    vocabulary: tuple[str, ...]

    def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
        """Returns the number of the rule per topic."""
        number = {name: code for code, name in enumerate(self.vocabulary, 1)}
        ids = [batch.catalog.ids[row] for row in candidates.items.tolist()]
        return np.array([number.get(self.kept_out.get(name, ""), 0) for name in ids], np.uint8)


@dataclass(frozen=True, slots=True)
class Clicks:
    """Clicks of the last hour, freed of the place: how good here?"""

    pool: Pool
    name: str = f"clicks_{WINDOW}"

    def scores(self, batch: Batch, candidates: Candidates) -> Scores:
        """Returns the expected clicks per 1,000 looks at the first place."""
        told = [entry.clicks.get(WINDOW) for entry in self.pool.entries]
        rates = np.array([clicks.rate if clicks else 0.0 for clicks in told], np.float32)
        return rates[candidates.items]


@dataclass(slots=True)
class ByRules:
    """The ladder: how laid out?"""

    rules: Rules
    pool: Pool
    wishes: Wishes
    prepared: Sequence[Sequence[str]]
    vocabulary: tuple[str, ...] = ("not_placed",)
    made: Composed = field(init=False)

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        """Returns the line-up; no dice are drawn, so that every place was certain."""
        self.made = composed(self.rules, self.pool, self.wishes, self.prepared)
        ids, pins = batch.catalog.ids, self.wishes.pins
        told = zip(candidates.whose.tolist(), candidates.items.tolist(), strict=True)
        row = {(number, ids[item]): i for i, (number, item) in enumerate(told)}
        line_ups = [(k, self.made.topics[: request.n]) for k, request in enumerate(batch)]
        rows = np.array([row[k, topic] for k, line_up in line_ups for topic in line_up], np.intp)
        left = np.ones(len(candidates), np.uint8)
        left[rows] = 0
        how = ["pinned" if pins.get(place) == topic else ""
               for _, line_up in line_ups for place, topic in enumerate(line_up, 1)]  # fmt: skip
        return Arrangement(rows, np.ones(len(rows)), left, how)


class ByRung:
    """Why does each topic stand there? By the rules, or by hand; `editions.explain` says more."""

    def reasons(
        self, batch: Batch, placed: Candidates, how: Sequence[str]
    ) -> list[tuple[str, Reason]]:
        """Returns the pool and, as a word, the desk's pin or the rules."""
        return [("pool", Reason(key=word or "rules")) for word in how]


def decided(
    rules: Rules, pool: Pool, wishes: Wishes, prepared: Sequence[Sequence[str]] = (),
    *, user: str = "", n: int | None = None, salt: str = "",
) -> tuple[Decision, Composed]:  # fmt: skip
    """Returns the decision on an edition from its pool, and how its line-up came about.

    Nothing else is asked: the same rules, pool and wishes give the same decision. `salt` tells
    decisions on the same pool apart.
    """
    told = admitted(rules, pool, wishes)
    layout = ByRules(rules, pool, wishes, prepared)
    pipeline = Pipeline(
        sources=(SourceUse(Editorial(pool), max(1, len(pool.entries)), 60_000.0),),
        filters=(KeptOut(told.kept_out, tuple(dict.fromkeys(told.kept_out.values()))),),
        scorers=(Clicks(pool),),
        composer=layout,
        explainer=ByRung(),
    )
    at = clock.micros(pool.at)
    named = hashlib.blake2b(f"{pool.edition}\n{salt}".encode(), digest_size=8).hexdigest()
    most = places(rules, today(rules, pool.at, wishes.modes))
    known = Knowledge(_catalog(pool), made_from={"rules": rules.digest, "pool": pool.digest})
    request = Request(
        f"{at:016x}{named}", NAME, rules.edition.name, Person(user=user, zone=rules.edition.zone),
        known, most if n is None else min(n, most), at, int(named, 16) >> 1,
        {"edition": pool.edition},
    )  # fmt: skip
    return pipeline.decide(request), layout.made


def compose(
    rules: Rules, pool: Pool, wishes: Wishes, prepared: Sequence[Sequence[str]]
) -> tuple[Composed, Served]:
    """Composes for the runner of editions: the line-up, and the row that says so."""
    decision, made = decided(rules, pool, wishes, prepared)
    return made, decision.served(rules.digest)


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of one project: what the next edition would be now, and what one was."""

    store: Store
    rulebook: Rulebook
    hours: int
    expected: Expected

    def pool(self, edition: str, at: int) -> Pool:
        """Returns the pool of an edition at a time (microseconds UTC), with what editors are
        expected to place where that was learned. Raises `Unavailable`."""
        return gathered(self.store, edition, at, hours=self.hours, preferred=self._preferred)

    def _preferred(self, entries: Sequence[Entry], at: int) -> dict[str, float]:
        return self.expected((entry.topic.id for entry in entries), at)

    def next(self, name: str) -> str:
        """Returns the id of the next edition of a name. Raises `NotFound`."""
        now = self.store.editions.now()
        return next(one.id for one in coming(self.rulebook.rules(name), now) if one.due > now)

    def decide(self, placement: str, user: str, n: int | None, salt: str) -> Decision:
        """Returns the next edition of a name (empty: the first) as it would go out now.

        Raises `NotFound` for another name.
        """
        name = placement or self.rulebook.names[0]
        rules, edition, now = self.rulebook.rules(name), self.next(name), self.store.editions.now()
        wishes = wished(self.store.editions.acts(edition), self.store.desk.modes())
        pool = self.pool(edition, now)
        return decided(rules, pool, wishes, user=user, n=n, salt=salt)[0]

    def again(self, told: Served) -> Decision:
        """Returns the decision on a released edition made again from what the ledger keeps of it:
        its pool, its rules, what the desk wished, what was drafted before.

        Raises `NotFound` for a decision that was only asked for: what it was made from is not kept.
        """
        edition = self._gone(told)
        sheet = read_sheet(edition.body) if edition else None
        if edition is None or sheet is None or sheet.rules is None:
            raise NotFound(
                f"decision {told.decision_id} let no edition go out; only of editions that did is"
                " kept what they were made from"
            )
        pool = read_pool(self.store.topics.pool(edition.pool), f"pool {edition.pool}")
        return decided(sheet.rules, pool, sheet.wishes, sheet.earlier, user=told.user, n=told.n)[0]

    def _gone(self, told: Served) -> Edition | None:
        try:
            edition = self.store.editions.edition(told.context["edition"])
        except NotFound:
            return None
        return edition if edition.decision == told.decision_id else None


def build(store: Store, folder: Path, table: DigestTable) -> Digest:
    """Returns the digest of the project in a folder, by its settings."""
    return Digest(store, Rulebook(folder, store.desk), table.pool_hours, Expected(store))


@contextmanager
def running(digest: Digest, folder: Path, table: DigestTable, owner: str) -> Iterator[Runner]:
    """Lends the runner of a project's editions, with its alarms, its rehearsals and its file."""
    bell = Bell(digest.store.alarms, senders(table), digest.store.editions.now)
    try:
        steps = Steps(digest.store, digest.rulebook, bell, compose, digest.pool, owner)
        pace = Pace(rehearse=table.rehearse_minutes * clock.MINUTE)
        yield Runner(steps, pace, FileChannel(folder / table.outbox))
    finally:
        bell.close()


def _catalog(pool: Pool) -> Catalog:
    """Returns the pool's topics as a catalogue of their own; its rows are the pool's."""
    items = [
        Item(
            id=entry.topic.id, kind="topic", category=entry.topic.section,
            creator=entry.topic.source, regions=entry.topic.regions, status=entry.topic.status,
        )
        for entry in pool.entries
    ]  # fmt: skip
    return empty_catalog().amended(items, 1)
