"""How does an edition stand? Its ledger, pool, rules and the desk's wishes, together."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from pittari import clock
from pittari.editions.alarms import Call
from pittari.editions.compiling import admitted
from pittari.editions.explain import Explained, PlaceReason, explained
from pittari.editions.gathering import Sheet, gathered, read_sheet
from pittari.editions.ladder import Composed, composed
from pittari.editions.pool import Pool, Wishes, read_pool
from pittari.editions.rulebook import Rulebook
from pittari.editions.rules import BUILT_IN, Rules
from pittari.editions.rules.language import About
from pittari.editions.rules.speaking import built_in, spoken
from pittari.editions.wishes import held_by, wished
from pittari.model.edition import Done, Edition
from pittari.store import Store
from pittari.store.desk import Mode
from pittari.web.desk.cards import Card, cards
from pittari.web.desk.frame import named, wall_clock
from pittari.web.words import Words

BY_HAND = "by-hand"
"""The rung of line-ups that a person composed."""
FRESH = 10.0
"""Seconds for which a pool that was gathered for the page alone is shown."""
NOTHING = Explained(places=(), relaxed=())
REMEMBERED = 64
"""Compositions that are remembered."""

Asked = tuple[Rules, Pool, Wishes]
Key = tuple[str, str, Wishes]


@dataclass(frozen=True, slots=True)
class Told:
    """A standing in words: cards by topic; by place the reason and the runner-up; what was kept out
    as (rule, reason, topics); what is to be known, and whether it is bad."""

    cards: dict[str, Card]
    reasons: dict[int, tuple[str, str]]
    out: tuple[tuple[str, str, tuple[str, ...]], ...]
    yielded: tuple[str, ...]
    remarks: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Standing:
    """One edition with all it was composed from."""

    edition: Edition
    rules: Rules
    pool: Pool | None
    wishes: Wishes
    acts: Sequence[Done]
    composed: Composed | None
    """The line-up as it would go out now, or as it went; nothing before there was a pool."""
    explained: Explained = NOTHING
    modes: tuple[Mode, ...] = ()
    """Switches that its rules ask about, those never turned too."""
    calls: tuple[Call, ...] = ()
    """Alarms that were raised about it."""

    @property
    def line_up(self) -> tuple[str, ...]:
        """The topics by place."""
        return self.composed.topics if self.composed else ()

    @property
    def zone(self) -> ZoneInfo:
        """Where the edition's day is lived."""
        return ZoneInfo(self.rules.edition.zone)

    @property
    def held(self) -> bool:
        """Whether the desk holds the edition back."""
        return bool(self.held_by)

    @property
    def held_by(self) -> str:
        """Who holds the edition back, if anybody."""
        return held_by(self.acts)

    def titles(self, words: Words) -> list[str]:
        """Returns the headlines of the line-up."""
        if self.pool is None:
            return []
        known = {entry.topic.id: entry.topic for entry in self.pool.entries}
        return [known[name].titled(words.language) for name in self.line_up if name in known]

    def why_skipped(self, words: Words) -> str:
        """Returns why an edition did not go out."""
        kind, *values = self.edition.note.split(" ")
        text = words.texts.get(f"skip.{kind}", self.edition.note)
        return text.format(*(named(one, words) for one in values))

    def told(self, words: Words) -> Told:
        """Returns the standing in a visitor's words."""
        if self.pool is None:
            return Told({}, {}, (), (), ())
        shown = cards(self.pool, words)
        language = words.language
        reasons = {
            one.place: (self._reason(one, language), one.runner_up or "")
            for one in self.explained.places
        }
        yielded = tuple(one.said.to(language) for one in self.explained.relaxed)
        return Told(shown, reasons, self._out(words), yielded, tuple(self._remarks(words)))

    def _reason(self, place: PlaceReason, language: str) -> str:
        """Returns why a topic stands at its place: where a rule decided, its owner's reason and
        what it says, for the runner-up stands beside it anyway."""
        rule = next((one for one in self.rules.rules if one.name == place.level), None)
        best = self.composed is not None and self.composed.rung == "optimum"
        if rule is None or not best:
            return place.said.to(language)
        reason = rule.reason.to(language)
        stop = "" if reason.endswith(("。", ".", "？", "?")) else "。" if language == "ja" else "."
        return f"{reason}{stop}{'' if language == 'ja' else ' '}{spoken(rule, language)}"

    def _out(self, words: Words) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        assert self.pool is not None  # noqa: S101
        kept_out = admitted(self.rules, self.pool, self.wishes).kept_out
        reasons = {rule.name: rule.reason.to(words.language) for rule in self.rules.keep_out}
        reasons |= {name: built_in(name, words.language) for name in BUILT_IN}
        names = dict.fromkeys(kept_out.values())
        return tuple(
            (name, reasons.get(name, name), tuple(t for t, of in kept_out.items() if of == name))
            for name in names
            if name != "vetoed"
        )

    def _remarks(self, words: Words) -> list[tuple[str, bool]]:
        assert self.pool is not None  # noqa: S101
        told = []
        if self.composed and self.composed.rung not in ("optimum", BY_HAND):
            steps = words("desk.steps").join(self.composed.notes(words.language))
            told.append((words("edition.rung", rung=steps), True))
        told += [(call.text[words.language], True) for call in self.calls]
        for note in self.pool.notes:
            since = wall_clock(clock.micros(note.at), self.zone) if note.at else ""
            text = words.texts.get(f"remark.{note.key}", note.key)
            told.append((text.format(clock=since, what=note.what), False))
        return told


class Standings:
    """Reads editions whole; what was composed once is remembered."""

    def __init__(self, store: Store, rulebook: Rulebook, hours: int) -> None:
        """`hours`: how old the topics of a pool may be."""
        self._store, self._rulebook, self._hours = store, rulebook, hours
        self._pool = lru_cache(REMEMBERED)(self._read_pool)
        self._gathered: tuple[str, float, Pool] | None = None
        self._known: dict[str, tuple[Key, Composed, Explained]] = {}

    def of(self, name: str, now: int, *, early: bool = False) -> Standing:
        """Returns an edition as it stands; `early`: where there is no draft yet, with the line-up
        that there would be now. Raises `NotFound`."""
        edition = self._store.editions.edition(name)
        acts = self._store.editions.acts(name)
        rules = self._rulebook.rules(edition.name)
        pool = self._pool(edition.pool) if edition.pool else None
        if pool is None and early and edition.state == "planned":
            pool = self._fresh(name, now)
        turned = self._store.desk.modes()
        wishes = wished(acts, turned)
        sheet = read_sheet(edition.body)
        made = sheet.composed if sheet else None
        why = NOTHING
        if pool and edition.state in ("planned", "composed"):
            made, why = self._composed(edition.id, (rules, pool, wishes), sheet)
        elif pool and made and edition.rules == rules.digest:
            why = self._explained(edition.id, (rules, pool, wishes), made)
        modes, calls = tuple(_modes(rules, turned)), tuple(self._calls(name))
        return Standing(edition, rules, pool, wishes, acts, made, why, modes, calls)

    def _calls(self, name: str) -> Iterator[Call]:
        for alarm in reversed(self._store.alarms.latest()):
            if alarm.edition == name:
                yield msgspec.json.decode(alarm.body, type=Call)

    def _composed(self, name: str, asked: Asked, sheet: Sheet | None) -> tuple[Composed, Explained]:
        """Returns the line-up as it would go out now, and why; the last one is remembered."""
        rules, pool, wishes = asked
        key = (rules.digest, pool.digest, wishes)
        kept = self._known.get(name)
        if kept is None or kept[0] != key:
            prepared = [sheet.topics, *sheet.earlier] if sheet else []
            made = composed(rules, pool, wishes, prepared)
            kept = (key, made, explained(rules, pool, wishes, made))
            self._remember(name, kept)
        return kept[1], kept[2]

    def _explained(self, name: str, asked: Asked, made: Composed) -> Explained:
        """Returns why a line-up is as it is; the last answer is remembered."""
        rules, pool, wishes = asked
        key = (rules.digest, pool.digest, wishes)
        kept = self._known.get(name)
        if kept is None or kept[0] != key:
            kept = (key, made, explained(rules, pool, wishes, made))
            self._remember(name, kept)
        return kept[2]

    def _remember(self, name: str, kept: tuple[Key, Composed, Explained]) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[name] = kept

    def _fresh(self, name: str, now: int) -> Pool:
        """Returns the pool of this moment; one gathered a little before will do."""
        kept, real = self._gathered, time.monotonic()
        if kept is None or kept[0] != name or real - kept[1] > FRESH:
            kept = (name, real, gathered(self._store, name, now, hours=self._hours))
            self._gathered = kept
        return kept[2]

    def _read_pool(self, digest: str) -> Pool:
        return read_pool(self._store.topics.pool(digest), f"pool {digest}")


def _modes(rules: Rules, turned: Sequence[Mode]) -> Iterator[Mode]:
    """Yields the modes that rules ask about, as they stand."""
    every: list[About] = [*rules.keep_out, *rules.rules]
    whens = [when for one in every for when in (one.when, one.unless) if when]
    whens += [some.when for some in rules.days]
    known = {mode.name: mode for mode in turned}
    for name in dict.fromkeys(when.mode for when in whens if when.mode):
        yield known.get(name, Mode(name, False, 0, 0, ""))
