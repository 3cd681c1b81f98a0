"""The one place where things are wired: store, learned tables, menus, clock."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points

import msgspec

from pittari import clock
from pittari.clock import Clock
from pittari.errors import Invalid, NotFound, PittariError, nearest
from pittari.learning.tags.standing import NAME as TAGS
from pittari.learning.tags.standing import Standing
from pittari.learning.tags.table import TagTable
from pittari.model.candidates import among
from pittari.model.catalog import Catalog, Rows, Word, empty_catalog
from pittari.model.decision import Decision
from pittari.model.event import Context, Served
from pittari.model.request import Knowledge, Person, Request
from pittari.pipeline import Pipeline
from pittari.settings import Project, Shelf, digest
from pittari.store import Store, open_store
from pittari.store.events import Appended
from pittari.store.parameters import Release
from pittari.touchpoints import digest as digests
from pittari.touchpoints import shelf as shelves

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode

CATALOG_CHECK = 0.1
"""Seconds between looks for a changed catalogue while the engine is kept fresh."""
RELEASE_CHECK = 1.0
"""Seconds between looks for newly published parameters."""
CALM = 10.0
"""The catalogue is looked at for changes at most this many times its own last refresh apart."""


@dataclass(frozen=True, slots=True)
class Placement:
    """One place of a touchpoint: its settings and the pipeline built from them."""

    settings: Shelf
    pipeline: Pipeline
    version: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What a caller may say: who, where, how many, and a few words of context."""

    touchpoint: str
    user: str
    placement: str = ""
    n: int | None = None
    context: Mapping[str, str] | None = None


class Engine:
    """Decides for every touchpoint of one project; safe to call from several threads."""

    def __init__(self, project: Project, store: Store, now: Clock = clock.now) -> None:
        self.project, self.store, self.now = project, store, now
        self.places: dict[str, dict[str, Placement]] = {"shelf": _shelves(project)}
        self.digest = digests.build(store, project.folder, project.settings.digest)
        self._tags = Standing(store)
        self._lock = threading.Lock()
        self._release = Release(id=0, versions={})
        self._knowledge = Knowledge.bind(empty_catalog(), {})
        self._catalog_due = self._release_due = 0.0
        self._kept = False
        store.people.history_before = self._learned_history

    @classmethod
    def open(cls, project: Project, now: Clock = clock.now) -> Engine:
        """Opens a project's store and wires it. Raises `SettingsError`, `Unavailable`."""
        store = open_store(
            project.database_url, project.lake, project.parameters, newsroom=project.newsroom_clock
        )
        return cls(project, store, now)

    def close(self) -> None:
        """Commits what waits and lets go of the store."""
        self.store.close()

    def touchpoints(self) -> dict[str, list[str]]:
        """Returns the placements of each touchpoint, in the order of their settings."""
        shown = {name: list(places) for name, places in self.places.items()}
        return {**shown, digests.NAME: list(self.digest.rulebook.names)}

    def decide(self, ask: Ask, *, at: int | None = None, seed: int | None = None) -> Decision:
        """Returns an answer without recording it: a dry run when nobody is shown it.

        Raises `NotFound` for an unknown touchpoint or placement, `Invalid` for a bad number.
        """
        self.store.people.follow()
        return self._decide(ask, at, seed)

    def _decide(self, ask: Ask, at: int | None = None, seed: int | None = None) -> Decision:
        if ask.n is not None and not 1 <= ask.n <= 200:
            raise Invalid(f"n: expected 1 to 200 places, got {ask.n}")
        if ask.touchpoint == digests.NAME:
            return self.digest.decide(ask.placement, ask.user, ask.n, secrets.token_hex(8))
        place = self._place(ask)
        at = self.now() if at is None else at
        decision_id = f"{at:016x}{secrets.token_hex(8)}"
        seed = int(decision_id[16:], 16) >> 1 if seed is None else seed
        _check(ask.user, ask.context or {})
        knowledge = self.knowledge()
        person = self.store.people.known(ask.user, knowledge.catalog, at)
        n = place.settings.n if ask.n is None else ask.n
        context = _context(ask, place.settings, person, knowledge.catalog)
        return place.pipeline.decide(
            Request(decision_id, ask.touchpoint, place.settings.name, person, knowledge, n, at,
                    seed, context)
        )  # fmt: skip

    def submit(self, ask: Ask) -> tuple[Decision, Future[Appended]]:
        """Decides and hands the `served` row to the log; the answer may leave this machine when
        the future has resolved, for then the row is durable."""
        (decision,), durable = self.submit_all([ask])
        if isinstance(decision, Exception):
            raise decision
        return decision, durable

    def submit_all(
        self, asks: Sequence[Ask]
    ) -> tuple[list[Decision | Exception], Future[Appended]]:
        """Like `submit` for several who ask at one moment: one look at what is new, one handing
        over. Who cannot be answered gets the reason in place of a decision."""
        self.store.people.follow()
        made: list[Decision | Exception] = []
        rows: list[Served] = []
        for ask in asks:
            try:
                decision = self._decide(ask)
                rows.append(decision.served(self._version(decision)))
                made.append(decision)
            except Exception as error:
                made.append(error)
        return made, self.store.events.submit(rows)

    def serve(self, ask: Ask) -> Decision:
        """Decides, waits until the `served` row is durable, tells the observers."""
        decision, durable = self.submit(ask)
        durable.result()
        self.tell(decision)
        return decision

    def tell(self, decision: Decision) -> None:
        """Tells the observers of a decision that is durable."""
        request = decision.request
        if request.touchpoint in self.places:
            self.places[request.touchpoint][request.placement].pipeline.tell(decision)

    def explain(self, decision_id: str) -> Served:
        """Returns the record of a decision. Raises `NotFound`."""
        return self._recorded(decision_id)[1]

    def _recorded(self, decision_id: str) -> tuple[int, Served]:
        found = self.store.events.numbered(decision_id)
        if found is None:
            raise NotFound(f"there is no decision {decision_id}")
        return found

    def replay(self, decision_id: str) -> tuple[Served, Decision]:
        """Returns a decision's record and the same decision made again from what was known then:
        the person as the log told of them then, the same versions of learned tables, the same dice.

        The catalogue is today's: an item changed since may change the answer.
        """
        seq, served = self._recorded(decision_id)
        if served.touchpoint == digests.NAME:
            return served, self.digest.again(served)
        catalog = self.knowledge().catalog
        versions = {
            name: version
            for name, version in served.versions.items()
            if name not in {"catalog", "settings"}
        }
        learned = self.store.parameters.load(Release(id=0, versions=versions))
        knowledge = Knowledge.bind(catalog, learned)
        at, next_seq = clock.micros(served.at), served.known + 1 or seq
        person = self.store.people.person_at(served.user, catalog, at, next_seq, knowledge.history)
        place = self._place(Ask(served.touchpoint, served.user, served.placement))
        request = Request(
            decision_id, served.touchpoint, served.placement, person, knowledge, served.n, at,
            served.seed, served.context, frozenset(served.failed),
        )  # fmt: skip
        return served, place.pipeline.decide(request)

    def knowledge(self) -> Knowledge:
        """Returns the catalogue and the learned tables as they stand; one answer uses one of them.

        A change of the catalogue is seen at once (when a refresh takes t seconds, within 10 t), a
        newly published release within `RELEASE_CHECK` seconds. An engine that is `kept_fresh`
        does not look here: its answers wait for no refresh.
        """
        begun = time.monotonic()
        due = not self._kept and begun >= min(self._catalog_due, self._release_due)
        if due and self._lock.acquire(blocking=False):
            try:
                self._refresh(begun)
            finally:
                self._lock.release()
        return self._knowledge

    def tags(self) -> TagTable:
        """Returns which words stand on stickers now: what was learned, and put right by people."""
        return self._tags.table(self.knowledge().parameters.get(TAGS))

    @property
    def release(self) -> int:
        """The number of the release in force here, 0: nothing was published yet."""
        return self._release.id

    def refresh(self) -> None:
        """Takes in what changed in the catalogue by now. Raises `Unavailable`."""
        with self._lock:
            self._refresh(time.monotonic())

    @contextmanager
    def kept_fresh(self) -> Iterator[None]:
        """Refreshes from a thread of its own while the block runs."""
        stop = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(stop,), name="fresh", daemon=True)
        self._kept = True
        self._try_refresh()
        keeper.start()
        try:
            yield
        finally:
            stop.set()
            keeper.join()
            self._kept = False

    def _keep(self, stop: threading.Event) -> None:
        while not stop.wait(max(CATALOG_CHECK, self._catalog_due - time.monotonic())):
            self._try_refresh()

    def _try_refresh(self) -> None:
        """Refreshes; when database or tables fail, what is known stays in use."""
        try:
            self.refresh()
        except PittariError as error:
            log.warning("catalogue and learned tables stay as they were: %s", error)

    def _refresh(self, begun: float) -> None:
        known = self._knowledge
        catalog, learned = known.catalog, known.parameters
        if begun >= self._release_due:
            release = self.store.parameters.current()
            if release.versions != self._release.versions:
                learned = self.store.parameters.load(release)
                self._release = release
            self._release_due = begun + RELEASE_CHECK
        catalog = self.store.catalog.refresh(catalog)
        if learned is not known.parameters or catalog.ids is not known.catalog.ids:
            self._knowledge = Knowledge.bind(catalog, learned)
        elif catalog is not known.catalog:
            self._knowledge = known.over(catalog)
        if catalog is not known.catalog:
            self._catalog_due = time.monotonic() + CALM * (time.monotonic() - begun)

    def _place(self, ask: Ask) -> Placement:
        places = self.places.get(ask.touchpoint)
        if places is None:
            raise NotFound(
                f'there is no touchpoint "{ask.touchpoint}".{nearest(ask.touchpoint, self.places)}'
            )
        name = ask.placement or next(iter(places), "")
        if name not in places:
            raise NotFound(
                f'touchpoint "{ask.touchpoint}" has no placement "{name}".{nearest(name, places)}'
            )
        return places[name]

    def _version(self, decision: Decision) -> str:
        """Returns the digest of the settings, or rules, that a decision was made with."""
        request = decision.request
        places = self.places.get(request.touchpoint)
        return places[request.placement].version if places else request.knowledge.made_from["rules"]

    def _learned_history(self, user: str) -> Rows:
        return self._knowledge.history(user)


def _shelves(project: Project) -> dict[str, Placement]:
    found = {entry.name: entry.load() for entry in entry_points(group="pittari.sources")}
    return {
        shelf.name: Placement(shelf, shelves.build(shelf, found), digest(shelf))
        for shelf in project.shelves.shelf
    }


def _context(ask: Ask, shelf: Shelf, person: Person, catalog: Catalog) -> dict[str, str]:
    """Returns the context of a request, with the anchor a shelf about one item needs: the newest
    item the person owns, or else the newest they looked at."""
    context = dict(ask.context or {})
    if shelf.anchor and "item" not in context:
        history = person.history
        had = history[among(history, person.owned)]
        newest = (had if len(had) else history)[:1].tolist()
        context["item"] = catalog.ids[newest[0]] if newest else ""
        _check(person.user, context)
    return context


class _Words(msgspec.Struct):
    """What a question says in words, as its `served` row says it again."""

    user: Word
    context: Context


def _check(user: str, context: Mapping[str, str]) -> None:
    """Raises `Invalid` for words that the `served` row could not say again."""
    try:
        told = msgspec.convert({"user": user, "context": context}, _Words)
        _encode(told)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise Invalid(str(error)) from error
