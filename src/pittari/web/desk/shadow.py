"""How far do the rules agree with the editors? Worked out beside the page, kept until rules change.

What is asked of a person is what the figures cannot settle: a rule preferred another topic than
the editor on duty, no other editor chose ours, and no rule of safety speaks.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pittari import clock
from pittari.editions.rules import Rules
from pittari.errors import NotFound, PittariError
from pittari.experiments.shadow.history import Past, read_history
from pittari.experiments.shadow.ledger import ledger_history
from pittari.experiments.shadow.measures import overlap
from pittari.experiments.shadow.report import Shadow, shadowed
from pittari.experiments.shadow.windows import Variant, windows
from pittari.store.desk import Divergence
from pittari.web.desk.frame import Frame

log = logging.getLogger(__name__)
DAYS = 30
"""How far back the ledger is read where the project keeps no history."""
ASKED_EDITIONS = 21
"""Only the latest editions are asked about: nobody remembers older ones."""
MEAN_OVER = 21
"""Editions behind each point of the course over time: seven days of three."""


@dataclass(frozen=True, slots=True)
class Found:
    """A replay of the past: the report, variants by click window, and the running mean of the
    share of equal topics, edition by edition."""

    shadow: Shadow
    variants: tuple[Variant, ...]
    course: tuple[tuple[str, float], ...]


class Shadows:
    """Replays the past in a thread of its own whenever rules or history changed."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._lock = threading.Lock()
        self._key: tuple[str, ...] = ()
        self._found: Found | None = None
        self._working = False

    def latest(self) -> tuple[Found | None, bool]:
        """Returns the last replay, if there was one, and whether another is on its way."""
        rules = self._rules()
        key = (*(own.digest for own in rules), self._stamp())
        with self._lock:
            if key != self._key and not self._working:
                self._working = True
                threading.Thread(
                    target=self._work, args=(rules, key), name="shadow", daemon=True
                ).start()
            return self._found, self._working

    def pasts(self) -> Sequence[Past]:
        """Returns the editions that rules are held beside; none where none are known."""
        folder = self._folder()
        try:
            if folder is not None:
                return read_history(folder).pasts
            now = self._frame.now()
            return ledger_history(self._frame.store, now - DAYS * clock.DAY, now).pasts
        except NotFound:
            return ()

    def _work(self, rules: Sequence[Rules], key: tuple[str, ...]) -> None:
        found = None
        try:
            pasts = self.pasts()
            found = replay(rules, pasts) if pasts else None
            if found is not None:
                self._frame.store.desk.diverge(unclear(found.shadow))
        except PittariError as error:
            log.warning("the past cannot be replayed: %s", error)
        finally:
            with self._lock:
                self._found, self._key, self._working = found, key, False

    def _rules(self) -> list[Rules]:
        book = self._frame.rulebook
        return [book.rules(name) for name in book.names]

    def _folder(self) -> Path | None:
        project = self._frame.engine.project
        name = project.settings.digest.history
        return project.folder / name if name else None

    def _stamp(self) -> str:
        """Returns what changes when the history does."""
        folder = self._folder()
        if folder is None:
            gone = self._frame.store.editions.released(2**62, 1)
            return gone[0].id if gone else ""
        files = sorted(folder.glob("*")) if folder.is_dir() else []
        return " ".join(f"{file.name}:{file.stat().st_mtime_ns}" for file in files)


def replay(rules: Sequence[Rules], pasts: Sequence[Past]) -> Found:
    """Returns what rules would have sent, beside what editors did."""
    shadow = shadowed(rules, pasts)
    return Found(shadow, tuple(windows(rules, pasts)), tuple(_course(shadow)))


def unclear(shadow: Shadow) -> list[Divergence]:
    """Returns the divergences that only a person can judge, the latest editions' alone."""
    asked = {past.edition: past for past in shadow.pasts[-ASKED_EDITIONS:]}
    digests = shadow.report.rules
    found = []
    for one in shadow.divergences:
        past = asked.get(one.edition)
        if past is None or one.cause != "rule" or not one.ours or not one.theirs:
            continue
        chosen = {topic for line_up in past.editors.values() for topic in line_up}
        if one.ours not in chosen:
            rules = digests.get(past.name, next(iter(digests.values())))
            found.append(Divergence(one.edition, one.place, rules, one.ours, one.theirs, one.rule))
    return found


def _course(shadow: Shadow) -> Iterator[tuple[str, float]]:
    """Yields by edition the mean of the share of equal topics over the editions up to it."""
    values: list[float] = []
    for past, ours in zip(shadow.pasts, shadow.line_ups, strict=True):
        alike = [overlap(ours.topics, theirs) for theirs in past.editors.values()]
        if alike:
            values.append(sum(alike) / len(alike))
            last = values[-MEAN_OVER:]
            if len(values) >= min(MEAN_OVER, len(shadow.pasts)):
                yield past.edition, sum(last) / len(last)
