"""What does each topic have? Attributes of a pool as columns, each computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.clock import HOUR, MINUTE, micros
from pittari.editions.pool import WINDOWS, Entry, Pool
from pittari.editions.rules import ATTRIBUTES, Compare, Edition, Where
from pittari.editions.rules.language import Is, hour, span
from pittari.model.topic import Topic

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]


class Columns:
    """The pool's entries as columns, in the pool's order; missing numbers are NaN."""

    def __init__(self, pool: Pool, edition: Edition) -> None:
        self.pool = pool
        self.edition = edition
        self.topics = [entry.topic for entry in pool.entries]
        self.at = micros(pool.at)
        self.opened = self.at + span(edition.opened_after)
        self.zone = ZoneInfo(edition.zone)
        self._numbers: dict[str, Numbers] = {}
        self._codes: dict[str, tuple[Codes, dict[str, int]]] = {}

    def fits(self, where: Where) -> Mask:
        """Says of each entry whether all conditions fit it."""
        mask = np.ones(len(self.topics), np.bool_)
        for name, told in where.items():
            mask &= self._fits(name, told)
        return mask

    def numbers(self, name: str) -> Numbers:
        """Returns a number, clock (hours of the day) or flag (0, 1) of every entry."""
        if name not in self._numbers:
            self._numbers[name] = self._number(name)
        return self._numbers[name]

    def codes(self, name: str) -> tuple[Codes, dict[str, int]]:
        """Returns a code for each entry's word (-1: none), and the words with their codes."""
        if name not in self._codes:
            words: dict[str, int] = {}
            told = [getattr(topic, name) for topic in self.topics]
            codes = [words.setdefault(word, len(words)) if word else -1 for word in told]
            self._codes[name] = np.array(codes, np.int32), words
        return self._codes[name]

    def past(self, within: str) -> Columns:
        """Returns what went out before: `today`, or within a span; as often as it did.

        Its topics are judged as they were told, at the pool's time; their signals are unknown.
        """
        day = self.pool.at.astimezone(self.zone).date()
        told = (
            some
            for some in self.pool.told
            if (
                some.at.astimezone(self.zone).date() == day
                if within == "today"
                else micros(some.at) > self.at - span(within)
            )
        )
        entries = tuple(Entry(topic=topic) for some in told for topic in some.topics)
        return Columns(msgspec.structs.replace(self.pool, entries=entries), self.edition)

    def _fits(self, name: str, told: Is) -> Mask:
        kind = ATTRIBUTES[name].kind
        if kind in {"flag", "number", "clock"}:
            return self._compared(name, told)
        words: Is | None = told.not_ if isinstance(told, Compare) else told
        several = (words,) if isinstance(words, str) else words
        assert isinstance(several, tuple)  # noqa: S101 - reading lets nothing else through
        mask = self._any(name, kind, several)
        return ~mask if isinstance(told, Compare) else mask

    def _compared(self, name: str, told: Is) -> Mask:
        column = self.numbers(name)
        if not isinstance(told, Compare):
            return np.equal(column, _number(told))
        mask = ~np.isnan(column)
        with np.errstate(invalid="ignore"):
            if told.at_least is not None:
                mask &= column >= _number(told.at_least)
            if told.at_most is not None:
                mask &= column <= _number(told.at_most)
        return mask

    def _any(self, name: str, kind: str, words: tuple[str, ...]) -> Mask:
        if kind == "word":
            codes, known = self.codes(name)
            return np.isin(codes, [known[word] for word in words if word in known])
        if kind == "words":
            fit = [not set(words).isdisjoint(topic.regions) for topic in self.topics]
        else:
            sought = [word.casefold() for word in words]
            texts = ("\n".join((t.title, *t.titles.values())).casefold() for t in self.topics)
            fit = [any(word in text for word in sought) for text in texts]
        return np.array(fit, np.bool_)

    def _number(self, name: str) -> Numbers:
        if name in _OF_ENTRY:
            return _column(map(_OF_ENTRY[name], self.pool.entries))
        if name in _OF_CLICKS:
            return _column(map(_OF_CLICKS[name], self.pool.entries))
        if name in _OF_TOLD:
            return self._told(name)
        return _column(_OF_TIME[name](self, topic) for topic in self.topics)

    def _told(self, name: str) -> Numbers:
        """In which digest back, or at what time as an extra today, each topic was told."""
        by_story = name.startswith("story_")
        extras = name.endswith("extra_told_at")
        told = sorted(self.pool.told, key=lambda some: some.at, reverse=True)
        value: dict[str, float] = {}
        for i, some in enumerate(some for some in told if some.is_extra == extras):
            local = some.at.astimezone(self.zone)
            if extras and local.date() != self.pool.at.astimezone(self.zone).date():
                continue
            said = local.hour + local.minute / 60 if extras else i + 1.0
            for topic in some.topics:
                value.setdefault(f"id {topic.id}", said)
                if by_story and topic.story:
                    value.setdefault(f"story {topic.story}", said)
        found = max if extras else min
        keys = ((f"id {t.id}", f"story {t.story}") for t in self.topics)
        return _column(
            found((value[key] for key in both if key in value), default=np.nan) for both in keys
        )


def _column(values: Iterable[float]) -> Numbers:
    return np.fromiter(values, np.float64)


def _number(told: object) -> float:
    return hour(told) if isinstance(told, str) else float(told)  # type: ignore[arg-type]


def _hours_left(columns: Columns, topic: Topic) -> float:
    return (micros(topic.stale_at) - columns.at) / HOUR if topic.stale_at else np.nan


def _age(columns: Columns, topic: Topic) -> int:
    """Microseconds since publication; a clock that runs ahead makes nothing younger than new."""
    return max(0, columns.at - micros(topic.published))


def _since_update(columns: Columns, topic: Topic) -> int:
    return max(0, columns.at - micros(topic.updated or topic.published))


def _longest(topic: Topic) -> int:
    return max(map(len, (topic.title, *topic.titles.values())))


_OF_TIME: dict[str, Callable[[Columns, Topic], float]] = {
    "title_length": lambda _, t: _longest(t),
    "link": lambda _, t: bool(t.link),
    "picture": lambda _, t: bool(t.picture),
    "hazard": lambda _, t: t.hazard,
    "sensitive": lambda _, t: t.sensitive,
    "embargoed": lambda c, t: t.embargo is not None and micros(t.embargo) > c.at,
    "stale_when_opened": lambda c, t: t.stale_at is not None and micros(t.stale_at) <= c.opened,
    "hours_left": _hours_left,
    "age_minutes": lambda c, t: _age(c, t) / MINUTE,
    "age_hours": lambda c, t: _age(c, t) / HOUR,
    "updated_hours": lambda c, t: _since_update(c, t) / HOUR,
}
_OF_ENTRY: dict[str, Callable[[Entry], float]] = {
    "main": lambda e: e.main or np.nan,
    "in_main": lambda e: e.main > 0,
    "importance": lambda e: e.importance,
    "preference": lambda e: e.preference,
}
_OF_TOLD = {"told_ago", "story_told_ago", "extra_told_at", "story_extra_told_at"}


def _rate(window: str) -> Callable[[Entry], float]:
    return lambda e: e.clicks[window].rate if window in e.clicks else np.nan


def _sure(window: str) -> Callable[[Entry], float]:
    return lambda e: (
        max(0.0, e.clicks[window].rate - e.clicks[window].spread) if window in e.clicks else np.nan
    )


def _seen(window: str) -> Callable[[Entry], float]:
    return lambda e: e.clicks[window].seen if window in e.clicks else np.nan


def _spike(entry: Entry) -> float:
    now, usual = entry.clicks.get("10m"), entry.clicks.get("2h")
    return now.rate / usual.rate if now and usual and usual.rate > 0 else np.nan


_OF_CLICKS: dict[str, Callable[[Entry], float]] = {
    "spike": _spike,
    **{f"clicks_{window}": _rate(window) for window in WINDOWS},
    **{f"clicks_{window}_sure": _sure(window) for window in WINDOWS},
    **{f"seen_{window}": _seen(window) for window in WINDOWS},
}
