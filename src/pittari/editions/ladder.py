"""What goes out when the best cannot be had? Seven rungs, each standing on less than the one above.

Full optimum; best found in time; place by place in order of priority; the line-up prepared before,
less what became inadmissible; the main tab from the top; fewer places; no send, and the desk is
called. Safety holds on every rung, and so do the desk's pins, which stand above every rule.
"""

from __future__ import annotations

import logging
import tomllib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import msgspec
import numpy as np

from pittari.editions import compiling
from pittari.editions.compiling import NO_WISHES, Admitted
from pittari.editions.compose import exact, greedy
from pittari.editions.pool import Pool, Wishes
from pittari.editions.problem import LineUp, Problem
from pittari.editions.rules import Rules, places, today

log = logging.getLogger(__name__)
RUNGS = ("optimum", "best_found", "greedy", "prepared", "main_tab", "fewer", "none")
WHY = ("taken", "raised", "unsound", "unproven", "nothing", "short")
"""What became of a rung: keys of ladder.toml."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the rungs stand on, and how many seconds the optimum may take."""

    admit: Callable[[Rules, Pool, Wishes], Admitted] = compiling.admitted
    compile: Callable[[Rules, Pool, Wishes], Problem] = compiling.compiled
    solve: Callable[[Problem, float], LineUp] = exact.solved
    fill: Callable[[Problem], LineUp] = greedy.filled
    deadline_s: float = 1.0


PARTS = Parts()


class Step(msgspec.Struct, frozen=True):
    """A rung, one of `RUNGS`, and what became of it, one of `WHY`."""

    rung: str
    why: str
    detail: str = ""

    def __str__(self) -> str:
        return self.told("en")

    def told(self, locale: str) -> str:
        """Returns it as a sentence in `ja` or `en`."""
        words = _words()
        why = words["why"][self.why][locale].format(detail=self.detail)
        return f"{words['rung'][self.rung][locale]}: {why}"


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """An edition's line-up and how it came about."""

    topics: tuple[str, ...]
    """Ids by place; none when nothing is sent."""
    rung: str
    steps: tuple[Step, ...]
    """Why each rung above did not hold, then the one that did."""
    degrees: dict[str, int] = {}
    """How far each rule gave way, objectives too, in order of priority."""
    relaxed: tuple[str, ...] = ()
    """Rules, other than objectives, that gave way."""
    kept_out: dict[str, str] = {}
    """Why safety keeps a topic out, by id."""
    proven: bool = False
    """No other line-up keeps the rules better."""

    def notes(self, locale: str = "en") -> tuple[str, ...]:
        """Returns the steps as sentences."""
        return tuple(step.told(locale) for step in self.steps)


def composed(
    rules: Rules,
    pool: Pool,
    wishes: Wishes = NO_WISHES,
    prepared: Sequence[Sequence[str]] = (),
    parts: Parts = PARTS,
) -> Composed:
    """Returns the line-up of the highest rung that holds; it does not raise.

    `prepared` are line-ups of this edition composed before, the newest first. With at least the
    edition's minimum of topics that pass safety, there is a line-up.
    """
    try:
        told = parts.admit(rules, pool, wishes)
        wanted = places(rules, today(rules, pool.at, wishes.modes))
    except Exception as error:
        return _nothing((_raised("optimum", error),), {})
    if len(told.rows) < rules.edition.minimum:
        short = Step("fewer", "short", f"{len(told.rows)}/{rules.edition.minimum}")
        return _nothing((short,), told.kept_out)
    size = min(wanted, len(told.rows))
    climb = _Climb(rules, pool, wishes, prepared, parts, told, size)
    topics = climb.down()
    if len(topics) < wanted:
        climb.steps[-1] = Step(climb.steps[-1].rung, "short", f"{len(topics)}/{wanted}")
        climb.steps.append(Step("fewer", "taken"))
    return climb.composed(topics)


@dataclass(slots=True)
class _Climb:
    """The way down the ladder for one pool of which enough topics pass safety."""

    rules: Rules
    pool: Pool
    wishes: Wishes
    prepared: Sequence[Sequence[str]]
    parts: Parts
    told: Admitted
    size: int
    """How many places there will be."""
    steps: list[Step] = field(default_factory=list)
    problem: Problem | None = None
    proven: bool = False

    def down(self) -> tuple[str, ...]:
        """Returns the topics of the first rung that holds, and notes why those above do not."""
        topics = self._by_rules() or self._prepared()
        if not topics:
            topics = self._completed(())
            self.steps.append(Step("main_tab", "taken"))
        return topics

    def composed(self, topics: tuple[str, ...]) -> Composed:
        """Returns the line-up with what there is to say of it."""
        degrees = self._degrees(topics)
        objectives = {rule.name for rule in self.rules.rules if rule.kind == "by"} | {"profile"}
        for step in self.steps:
            level = logging.INFO if step.why in ("taken", "short") else logging.WARNING
            log.log(level, "%s: %s", self.pool.edition, step)
        return Composed(
            topics=topics,
            rung=self.steps[-1].rung,
            steps=tuple(self.steps),
            degrees=degrees,
            relaxed=tuple(name for name, n in degrees.items() if n and name not in objectives),
            kept_out=self.told.kept_out,
            proven=self.proven,
        )

    def _by_rules(self) -> tuple[str, ...]:
        """Returns the optimum, the best found or the greedy line-up, if the rules can be solved."""
        try:
            self.problem = self.parts.compile(self.rules, self.pool, self.wishes)
        except Exception as error:
            self.steps.append(_raised("optimum", error))
            self.steps += [Step("best_found", "nothing"), Step("greedy", "nothing")]
            return ()
        problem, seconds = self.problem, self.parts.deadline_s
        found = self._tried("optimum", lambda: self.parts.solve(problem, seconds))
        if found is None:
            self.steps.append(Step("best_found", "nothing"))
            found, rung = self._tried("greedy", lambda: self.parts.fill(problem)), "greedy"
        elif found.proven:
            self.proven, rung = True, "optimum"
        else:
            self.steps.append(Step("optimum", "unproven", str(found.nodes)))
            rung = "best_found"
        if found is None:
            return ()
        self.steps.append(Step(rung, "taken"))
        return tuple(self.pool.entries[problem.rows[t]].topic.id for t in found.topics)

    def _tried(self, rung: str, solve: Callable[[], LineUp]) -> LineUp | None:
        """Returns what a solver answers, unless it fails or answers what is no line-up."""
        try:
            found = solve()
            topics = found.topics.tolist()
        except Exception as error:
            self.steps.append(_raised(rung, error))
            return None
        known = range(len(self.told.rows))
        if len(topics) == len(set(topics)) == self.size and all(t in known for t in topics):
            return found
        self.steps.append(Step(rung, "unsound", f"{topics}"[:200]))
        return None

    def _prepared(self) -> tuple[str, ...]:
        """Returns the newest line-up prepared of which something is left, completed."""
        admitted = {self.pool.entries[row].topic.id for row in self.told.rows}
        for lineup in self.prepared:
            left = [topic for topic in dict.fromkeys(lineup) if topic in admitted]
            if left:
                self.steps.append(Step("prepared", "taken"))
                return self._completed(left)
        self.steps.append(Step("prepared", "nothing"))
        return ()

    def _completed(self, topics: Iterable[str]) -> tuple[str, ...]:
        """Fills up from the main tab, then with the newest; pins stand where they should."""
        late = len(self.pool.entries)
        order = sorted(
            (self.pool.entries[row] for row in self.told.rows),
            key=lambda e: (e.main or late, -e.topic.published.timestamp(), e.topic.id),
        )
        ids = {entry.topic.id: None for entry in order}
        pins: dict[str, int] = {}
        for place, topic in sorted(self.wishes.pins.items()):
            if place <= self.size and topic in ids:
                pins.setdefault(topic, place)
        rest = (topic for topic in dict.fromkeys([*topics, *ids]) if topic not in pins)
        held = {place: topic for topic, place in pins.items()}
        return tuple(held.get(i) or next(rest) for i in range(1, self.size + 1))

    def _degrees(self, topics: tuple[str, ...]) -> dict[str, int]:
        if self.problem is None:
            return {}
        row = {self.pool.entries[row].topic.id: i for i, row in enumerate(self.problem.rows)}
        try:
            lineup = np.array([row[topic] for topic in topics], np.int32)
            degrees = self.problem.degrees(lineup)
        except Exception:
            log.exception("the degrees of a line-up could not be told; it goes out all the same")
            return {}
        return {level.name: n for level, n in zip(self.problem.levels, degrees, strict=True)}


def _nothing(steps: tuple[Step, ...], kept_out: dict[str, str]) -> Composed:
    steps = (*steps, Step("none", "taken"))
    return Composed(topics=(), rung="none", steps=steps, kept_out=kept_out)


def _raised(rung: str, error: Exception) -> Step:
    log.warning("%s failed", rung, exc_info=error)
    return Step(rung, "raised", f"{type(error).__name__}: {error}"[:200])


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    text = Path(__file__).with_suffix(".toml").read_text("utf-8")
    words: dict[str, dict[str, dict[str, str]]] = tomllib.loads(text)
    return words
