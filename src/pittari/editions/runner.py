"""The clock: each edition is checked, drafted, and goes out once, whoever of the replicas lives.

What is to be done is read off the ledger at every tick, by the database's time; nothing is kept
in memory that a killed process could take along. A lease keeps replicas from doing the same work
twice; the ledger's transactions keep them from releasing the same edition twice.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pittari import clock
from pittari.editions.alarms import call
from pittari.editions.channels import Channel, carry
from pittari.editions.gathering import read_sheet
from pittari.editions.planning import coming, rehearsal
from pittari.editions.releasing import Steps
from pittari.errors import Conflict, PittariError, SettingsError, Unavailable
from pittari.model.edition import Edition

log = logging.getLogger(__name__)
PAUSE = 0.5
"""Seconds between ticks: how late an edition may be released by waiting."""
AGAIN = 5 * clock.SECOND
"""Pause before a step that failed is tried again."""
PLANNING = 30 * clock.SECOND
KEPT = 2 * clock.DAY
"""How long dry editions and pools of no edition are kept."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long before an edition is due things happen, in microseconds; how long a lease lasts."""

    check: int = 60 * clock.MINUTE
    drafts: tuple[int, ...] = (30 * clock.MINUTE, 10 * clock.MINUTE)
    lease: int = 20 * clock.SECOND
    rehearse: int = 60 * clock.MINUTE
    """0: no rehearsals."""


class Runner:
    """Runs the editions of one project; any number of them may run at once, each an `owner`."""

    def __init__(
        self, steps: Steps, pace: Pace | None = None, channel: Channel | None = None
    ) -> None:
        """`channel`: where released rows go; without one they wait in the outbox."""
        self._steps, self._pace = steps, pace or Pace()
        self._store, self._rulebook, self._bell = steps.store, steps.rulebook, steps.bell
        self._owner, self._channel = steps.owner, channel
        self._planned_at = -PLANNING
        self._checked: set[str] = set()
        self._again: dict[str, int] = {}
        self._next: Sequence[Edition] = ()

    def run(self, stop: threading.Event, pause: float = PAUSE) -> None:
        """Ticks until told to stop."""
        while not stop.wait(pause):
            self.tick()

    def release(self, edition: Edition) -> Edition:
        """Lets an edition that this owner has leased go out now, whenever it is due."""
        gone = self._steps.release(edition)
        self._carry()
        return gone

    def tick(self) -> None:
        """Does what is due now; when the database fails, calls the desk and leaves it for the
        next tick."""
        try:
            self._tick()
        except Unavailable as error:
            log.warning("the database does not answer: %s", error)
            for edition in self._next:
                told = call(edition.id, "database", clock.now(), why=error)
                self._bell.raise_alarm(told)
        except Exception:
            log.exception("a tick failed; the next one goes on")

    def _tick(self) -> None:
        now = self._store.editions.now()
        if now - self._planned_at >= min(PLANNING, self._pace.rehearse or PLANNING):
            self._plan(now)
            self._planned_at = now
        self._next = self._store.editions.unfinished(now + self._pace.check)
        for edition in self._next:
            if now >= self._again.get(edition.id, 0):
                self._try(edition, now)
        self._carry()

    def _carry(self) -> None:
        if self._channel is not None:
            try:
                carry(self._store.outbox, self._channel, self._store.editions.now())
            except Exception as error:  # whatever a channel does, editions go on
                log.warning("channel %s: %s: %s", self._channel.name, type(error).__name__, error)

    def _plan(self, now: int) -> None:
        """Enters editions to come, and the rehearsal of this hour; sweeps what is old."""
        for name in self._rulebook.names:
            try:
                rules = self._rulebook.rules(name)
            except SettingsError as error:
                self._bell.raise_alarm(call(name, "rules", now, why=error))
                continue
            self._store.editions.plan(coming(rules, now))
        if self._pace.rehearse:
            names = self._rulebook.names
            turn = now // self._pace.rehearse % len(names)
            dry = rehearsal(names[turn], now, self._pace.rehearse)
            if self._store.editions.plan([dry]):
                self._store.editions.sweep(now - KEPT)
                self._store.topics.sweep(now - KEPT)
                self._store.counts.sweep()

    def _try(self, edition: Edition, now: int) -> None:
        """Takes the step that is due; one that fails calls the desk and is tried again."""
        try:
            self._step(edition, now)
        except Unavailable:
            raise
        except Conflict as error:
            log.info("%s: %s", edition.id, error)
        except Exception as error:
            log.exception("%s: a step failed", edition.id)
            self._again[edition.id] = now + min(AGAIN, self._pace.lease)
            said = str(error) if isinstance(error, PittariError) else type(error).__name__
            self._bell.raise_alarm(call(edition.id, "broken", now, why=said))

    def _step(self, edition: Edition, now: int) -> None:
        step = self._due_step(edition, now)
        if step is not None:
            leased = self._store.editions.lease(edition.id, self._owner, self._pace.lease)
            if leased is not None:
                step(leased)

    def _due_step(self, edition: Edition, now: int) -> Callable[[Edition], object] | None:
        steps, left = self._steps, edition.due - now
        if edition.name not in self._rulebook.names:
            return self._given_up
        if now > edition.late_until:
            return steps.too_late
        if left <= 0:
            return steps.release if edition.dry or steps.may_go(edition, now) else None
        sheet = read_sheet(edition.body)
        drafted_at = clock.micros(sheet.at) if sheet else 0
        begun = [edition.due - lead for lead in self._pace.drafts if left <= lead]
        if begun and drafted_at < max(begun):
            return steps.draft
        if edition.id not in self._checked and left <= self._pace.check:
            return self._check
        return None

    def _given_up(self, edition: Edition) -> None:
        """Ends what was planned by a rule file that is no more; nobody has to be called."""
        self._store.editions.skip(edition.id, self._owner, "gone")

    def _check(self, edition: Edition) -> None:
        self._steps.check(edition)
        self._checked.add(edition.id)
