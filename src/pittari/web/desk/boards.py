"""What stands on the board? One edition in the visitor's words, ready to be drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pittari import clock
from pittari.editions.rules.speaking import called
from pittari.model.edition import Edition
from pittari.web.desk.cards import Card
from pittari.web.desk.frame import named, wall_clock, wall_day
from pittari.web.desk.lock_screen import Notice, noticed
from pittari.web.desk.standing import Standing
from pittari.web.words import Words

FIRST, LAST = 30 * clock.MINUTE, 10 * clock.MINUTE
"""How long before it is due the first and the last draft come."""
MOODS = {
    "planned": "plain", "draft": "plain", "open": "warn", "closed": "warn", "held": "bad",
    "released": "good", "skipped": "bad",
}  # fmt: skip
"""The colour of each state."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the line-up: who stands there, why, and who would otherwise."""

    number: int
    card: Card
    reason: str
    runner: Card | None
    pinned: bool


@dataclass(frozen=True, slots=True)
class Out:
    """A rule of safety and the topics it kept out."""

    name: str
    reason: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A moment on an edition's way; `state`: past, now or nothing."""

    clock: str
    what: str
    state: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that has to be known of an edition."""

    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """A mode of the desk, such as election night, that the edition's rules ask about."""

    name: str
    title: str
    active: bool
    revision: int


@dataclass(frozen=True, slots=True)
class Brief:
    """An edition in the list of editions."""

    id: str
    name: str
    when: str
    state: str
    state_text: str
    mood: str
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """An edition, whole."""

    brief: Brief
    revision: int
    go: str
    open: bool
    held: bool
    counting: bool
    due_ms: int
    closes_ms: int
    left: str
    due_clock: str
    day: str
    steps: tuple[Step, ...]
    remarks: tuple[Remark, ...]
    places: tuple[Place, ...]
    vetoed: tuple[Card, ...]
    yielded: tuple[str, ...]
    out: tuple[Out, ...]
    notices: tuple[Notice, ...]
    modes: tuple[Switch, ...]

    @property
    def id(self) -> str:
        """The edition's id."""
        return self.brief.id

    @property
    def out_count(self) -> int:
        """How many topics were kept out."""
        return sum(len(one.cards) for one in self.out)


def state_of(edition: Edition, held: bool, now: int) -> str:
    """Returns the state that is shown: what the ledger says, and where the time stands."""
    if edition.state in ("released", "skipped"):
        return edition.state
    if held:
        return "held"
    if now >= edition.closes or edition.state == "claimed":
        return "closed"
    if edition.state == "planned":
        return "planned"
    return "open" if now >= edition.due - LAST else "draft"


def brief(standing: Standing, now: int, words: Words, titles: Sequence[str] = ()) -> Brief:
    """Returns an edition in short."""
    edition = standing.edition
    state = state_of(edition, standing.held, now)
    day = wall_day(edition.due, standing.zone, words)
    when = words("edition.due", day=day, clock=wall_clock(edition.due, standing.zone))
    name = words.said(f"edition.{edition.name}", edition.name)
    text = words(f"edition.state_{state}")
    return Brief(edition.id, name, when, state, text, MOODS[state], tuple(titles))


def board(standing: Standing, now: int, words: Words) -> Board:
    """Returns an edition as its page shows it."""
    edition, told = standing.edition, standing.told(words)
    short = brief(standing, now, words)
    places = _places(standing, told.cards, told.reasons)
    headlines = [place.card.title for place in places]
    shown = noticed(short.name, headlines, words("desk.joint")) if places else ()
    return Board(
        brief=short,
        revision=edition.revision,
        go=_go(standing, short.state, words),
        open=short.state in ("draft", "open", "held", "planned") and now < edition.closes,
        held=standing.held,
        counting=short.state not in ("released", "skipped"),
        due_ms=edition.due // 1000,
        closes_ms=edition.closes // 1000,
        left=_left(edition.due - now),
        due_clock=wall_clock(edition.due, standing.zone),
        day=wall_day(edition.due, standing.zone, words),
        steps=_steps(standing, now, words),
        remarks=tuple(Remark(text, bad) for text, bad in told.remarks),
        places=places,
        vetoed=tuple(told.cards[name] for name in standing.wishes.vetoes if name in told.cards),
        yielded=told.yielded,
        out=tuple(
            Out(name, reason, tuple(told.cards[topic] for topic in topics if topic in told.cards))
            for name, reason, topics in told.out
        ),
        notices=shown,
        modes=tuple(
            Switch(one.name, called(one.name, words.language), one.active, one.revision)
            for one in standing.modes
        ),
    )


def version(shown: Board, others: Sequence[Brief]) -> str:
    """Returns letters that change when anything on the page does, but for the countdown."""
    told = repr((shown.brief, shown.revision, shown.go, shown.steps, shown.places, shown.remarks,
                 shown.vetoed, shown.modes, others))  # fmt: skip
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()


def _places(
    standing: Standing, cards: Mapping[str, Card], reasons: Mapping[int, tuple[str, str]]
) -> tuple[Place, ...]:
    made = []
    for number, name in enumerate(standing.line_up, start=1):
        if name in cards:
            reason, runner = reasons.get(number, ("", ""))
            pinned = standing.wishes.pins.get(number) == name
            made.append(Place(number, cards[name], reason, cards.get(runner), pinned))
    return tuple(made)


def _go(standing: Standing, state: str, words: Words) -> str:
    edition, zone = standing.edition, standing.zone
    if state == "released":
        return words("edition.go_released", clock=wall_clock(edition.changed, zone))
    key = {"draft": "edition.go", "skipped": "edition.go_skipped"}.get(state, f"edition.go_{state}")
    return words(
        key,
        clock=wall_clock(edition.due, zone),
        closes=wall_clock(edition.closes, zone),
        draft=wall_clock(edition.due - FIRST, zone),
        why=standing.why_skipped(words),
        who=named(standing.held_by, words),
    )


def _steps(standing: Standing, now: int, words: Words) -> tuple[Step, ...]:
    edition = standing.edition
    times = {
        "first": edition.due - FIRST,
        "draft": edition.due - LAST,
        "closes": edition.closes,
        "due": edition.changed if edition.state == "released" else edition.due,
    }
    done = [now >= at for at in times.values()]
    if edition.state in ("released", "skipped"):
        done = [True] * len(times)
    reached = sum(done) - 1
    ended = edition.state in ("released", "skipped")
    states = ["past" if i < reached or ended else "now" if i == reached else "" for i in range(4)]
    return tuple(
        Step(wall_clock(at, standing.zone), words(f"edition.moment_{name}"), state)
        for (name, at), state in zip(times.items(), states, strict=True)
    )


def _left(micros: int) -> str:
    seconds = max(0, micros) // clock.SECOND
    hours, minutes = seconds // 3600, seconds // 60 % 60
    if hours:
        return f"{hours}:{minutes:02}:{seconds % 60:02}"
    return f"{minutes}:{seconds % 60:02}"
