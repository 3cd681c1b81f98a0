"""The one place where things are wired: store, learned tables, menus, clock."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager

from pittari import clock
from pittari.clock import Clock
from pittari.errors import Invalid, NotFound, nearest
from pittari.learning.tags.standing import NAME as TAGS
from pittari.learning.tags.standing import Standing
from pittari.learning.tags.table import TagTable
from pittari.model.decision import Decision
from pittari.model.event import Engagement, Served
from pittari.model.request import Batch, Knowledge, Request
from pittari.settings import Project
from pittari.store import Store, open_store
from pittari.store.events import Appended
from pittari.store.knowing import Knowing
from pittari.store.parameters import Release
from pittari.touchpoints import digest as digests
from pittari.touchpoints.asking import Ask, check
from pittari.touchpoints.places import Placement, anchored, shelves
from pittari.touchpoints.suggest import menu as suggests
from pittari.touchpoints.suggest.rights import Grant
from pittari.touchpoints.suggest.sends import Uncounted, uncounted
from pittari.touchpoints.suggest.serving import Suggest

__all__ = ["Ask", "Engine", "Placement"]

TOGETHER = 64
"""Requests that go through a pipeline together at most."""


class Engine:
    """Decides for every touchpoint of one project; safe to call from several threads."""

    def __init__(self, project: Project, store: Store, now: Clock = clock.now) -> None:
        self.project, self.store, self.now = project, store, now
        self.places: dict[str, dict[str, Placement]] = {"shelf": shelves(project)}
        self.digest = digests.build(store, project.folder, project.settings.digest)
        self.suggest = Suggest(project.folder)
        self._tags = Standing(store)
        self._knowing = Knowing(store.catalog, store.parameters)

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
        digest = {digests.NAME: list(self.digest.rulebook.names)}
        return {**shown, suggests.NAME: [suggests.PLACE], **digest}

    def decide(self, ask: Ask, *, at: int | None = None, seed: int | None = None) -> Decision:
        """Returns an answer without recording it: a dry run when nobody is shown it.

        Raises `NotFound` for an unknown touchpoint or placement, `Invalid` for a bad number.
        """
        (decision,) = self.decide_all([ask], at=at, seed=seed)
        if isinstance(decision, Exception):
            raise decision
        return decision

    def decide_all(
        self, asks: Sequence[Ask], *, at: int | None = None, seed: int | None = None
    ) -> list[Decision | Exception]:
        """Like `decide` for several who ask at one moment: one look at what is new, and those who
        ask for one place go the way together. Who cannot be answered gets the reason in place of
        a decision. Raises `Unavailable`."""
        self.store.people.follow()
        knowledge: Knowledge | None = None
        made: dict[int, Decision | Exception] = {}
        waiting: dict[tuple[str, str], list[tuple[int, Request]]] = {}
        for number, ask in enumerate(asks):
            try:
                if ask.n is not None and not 1 <= ask.n <= 200:
                    raise Invalid(f"n: expected 1 to 200 places, got {ask.n}")
                if ask.touchpoint == digests.NAME:
                    salt = secrets.token_hex(8)
                    made[number] = self.digest.decide(ask.placement, ask.user, ask.n, salt)
                    continue
                knowledge = knowledge or self.knowledge()
                request = self._request(ask, knowledge, at, seed)
                where = (request.touchpoint, request.placement)
                waiting.setdefault(where, []).append((number, request))
            except Exception as error:
                made[number] = error
        for (touchpoint, placement), asked in waiting.items():
            for start in range(0, len(asked), TOGETHER):
                numbers, requests = zip(*asked[start : start + TOGETHER], strict=True)
                batch = Batch(requests)
                if touchpoint == suggests.NAME:
                    answers = self.suggest.decide_all(batch)
                else:
                    answers = self.places[touchpoint][placement].pipeline.decide_all(batch)
                made.update(zip(numbers, answers, strict=True))
        return [made[number] for number in range(len(asks))]

    def _request(self, ask: Ask, knowledge: Knowledge, at: int | None, seed: int | None) -> Request:
        """Returns the question of who asks for a shelf or for stickers while typing."""
        place = None if ask.touchpoint == suggests.NAME else self._place(ask)
        at = self.now() if at is None else at
        decision_id = f"{at:016x}{secrets.token_hex(8)}"
        seed = int(decision_id[16:], 16) >> 1 if seed is None else seed
        check(ask.user, ask.context or {})
        person = self.store.people.known(ask.user, knowledge.catalog, at, knowledge.history)
        if place is None:
            name, context = suggests.place(ask.placement), dict(ask.context or {})
            n = suggests.ROW if ask.n is None else ask.n
        else:
            name, context = place.settings.name, anchored(ask, place.settings, person, knowledge)
            n = place.settings.n if ask.n is None else ask.n
        return Request(decision_id, ask.touchpoint, name, person, knowledge, n, at, seed, context)

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
        """Like `submit` for several who ask at one moment (see `decide_all`): one handing over."""
        made = self.decide_all(asks)
        rows: list[Served] = []
        for decision in made:
            if isinstance(decision, Exception):
                continue
            request = decision.request
            rows.append(self._row(decision))
            if request.touchpoint in self.places:
                line_up = decision.placed.items.copy()  # not the whole batch's, for hours
                self.store.people.answered(request.decision_id, line_up)
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

    def grant(self, user: str) -> Grant:
        """Returns what a person may send now, and until when that stands."""
        knowledge, at = self.knowledge(), self.now()
        person = self.store.people.person(user, knowledge.catalog, at, knowledge.history)
        return self.suggest.grant(person, knowledge.catalog, at)

    def uncounted(self, sends: Sequence[Engagement]) -> list[Uncounted]:
        """Returns those of some sends in the log that nothing allowed when they were made."""
        return uncounted(self.store, sends, self.knowledge(), self.now())

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
            if name not in {"catalog", "settings", "bundle"}
        }
        learned = self.store.parameters.load(Release(id=0, versions=versions))
        knowledge = Knowledge.bind(catalog, learned)
        at, next_seq = clock.micros(served.at), served.known + 1 or seq
        person = self.store.people.person_at(served.user, catalog, at, next_seq, knowledge.history)
        request = Request(
            decision_id, served.touchpoint, served.placement, person, knowledge, served.n, at,
            served.seed, served.context, frozenset(served.failed),
        )  # fmt: skip
        if served.touchpoint == suggests.NAME:
            return served, self.suggest.again(request, served)
        place = self._place(Ask(served.touchpoint, served.user, served.placement))
        return served, place.pipeline.decide(request)

    def knowledge(self) -> Knowledge:
        """Returns the catalogue and the learned tables as they stand; one answer uses one of them
        (see `store.knowing`)."""
        return self._knowing.knowledge()

    def tags(self) -> TagTable:
        """Returns which words stand on stickers now: what was learned, and put right by people."""
        return self._tags.table(self.knowledge().parameters.get(TAGS))

    @property
    def release(self) -> int:
        """The number of the release in force here, 0: nothing was published yet."""
        return self._knowing.release

    def refresh(self) -> None:
        """Takes in what changed in the catalogue by now. Raises `Unavailable`."""
        self._knowing.refresh()

    def kept_fresh(self) -> AbstractContextManager[None]:
        """Refreshes from a thread of its own while the block runs."""
        return self._knowing.kept_fresh()

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

    def _row(self, decision: Decision) -> Served:
        """Returns the row of a decision, with the digest of the settings, or rules, it was made
        with."""
        request = decision.request
        if request.touchpoint == suggests.NAME:
            return suggests.kept(decision.served())
        places = self.places.get(request.touchpoint)
        made_from = request.knowledge.made_from
        return decision.served(places[request.placement].version if places else made_from["rules"])
