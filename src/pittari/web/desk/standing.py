"""How does an edition stand? Its ledger, pool, rules and the desk's wishes, together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pittari import clock
from pittari.editions.compiling import admitted, compiled
from pittari.editions.compose.exact import solved
from pittari.editions.gathering import read_sheet
from pittari.editions.pool import Pool, Wishes, read_pool
from pittari.editions.rulebook import Rulebook
from pittari.editions.rules import BUILT_IN, Rules
from pittari.editions.rules.speaking import built_in
from pittari.editions.wishes import held_by, wished
from pittari.model.edition import Done, Edition
from pittari.store import Store
from pittari.web.desk.cards import Card, cards
from pittari.web.desk.frame import named, wall_clock
from pittari.web.words import Words


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
    line_up: tuple[str, ...]

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
        return Told(shown, {}, self._out(words), (), tuple(self._remarks(words)))

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
        for note in self.pool.notes:
            since = wall_clock(clock.micros(note.at), self.zone) if note.at else ""
            text = words.texts.get(f"remark.{note.key}", note.key)
            told.append((text.format(clock=since, what=note.what), False))
        return told


class Standings:
    """Reads editions whole; what was composed once is remembered."""

    def __init__(self, store: Store, rulebook: Rulebook) -> None:
        self._store, self._rulebook = store, rulebook

    def of(self, name: str, now: int) -> Standing:
        """Returns an edition as it stands. Raises `NotFound`."""
        edition = self._store.editions.edition(name)
        acts = self._store.editions.acts(name)
        rules = self._rulebook.rules(edition.name)
        pool = self._pool(edition.pool) if edition.pool else None
        wishes = wished(acts, self._store.desk.modes())
        line_up = read_sheet(edition.body).topics
        if pool and edition.state in ("planned", "composed"):
            line_up = _line_up(rules, pool, wishes)
        return Standing(edition, rules, pool, wishes, acts, line_up)

    def _pool(self, digest: str) -> Pool:
        return read_pool(self._store.topics.pool(digest), f"pool {digest}")


def _line_up(rules: Rules, pool: Pool, wishes: Wishes) -> tuple[str, ...]:
    problem = compiled(rules, pool, wishes)
    found = solved(problem)
    return tuple(pool.entries[row].topic.id for row in problem.rows[found.topics])
