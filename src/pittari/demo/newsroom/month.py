"""What lies behind the newsroom: a month of editions, their frozen pools, and who composed what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from pittari import clock
from pittari.demo.newsroom.editors import EDITORS, composed
from pittari.demo.newsroom.front import Day
from pittari.editions.pool import Entry, Pool, Told
from pittari.editions.signals import importance, signals
from pittari.experiments.shadow.history import Past
from pittari.model.topic import Topic
from pittari.store.counts import Minutes

EDITIONS = (("morning", 8, 6), ("noon", 12, 3), ("evening", 18, 6))
"""Name, hour of the day, and places."""
FRESH = 24 * clock.HOUR
"""A pool holds the topics that came in within this time."""
REMEMBERED = 6
"""Past editions that a pool tells of: two days."""


@dataclass(frozen=True, slots=True)
class Shift:
    """An edition that went out: every editor's line-up for it, and who was on duty, whose line-up
    was sent. `at`: when it was due, in microseconds UTC."""

    past: Past
    at: int
    duty: str

    @property
    def sent(self) -> tuple[Topic, ...]:
        """The topics that went out, by place."""
        known = {entry.topic.id: entry.topic for entry in self.past.pool.entries}
        return tuple(known[name] for name in self.past.editors[self.duty])


def month(seed: int, last: int, days: int = 30) -> Iterator[Shift]:
    """Yields the editions of the `days` local days up to `last` (days since 1970-01-01), in time;
    each pool tells of the editions before it."""
    told: tuple[Told, ...] = ()
    before = Day(seed, last - days)
    for number in range(last - days + 1, last + 1):
        today = Day(seed, number)
        for turn, (name, hour, places) in enumerate(EDITIONS):
            pool = frozen(before, today, hour, f"{clock.iso_day(number)}/{name}", told)
            dice = [np.random.default_rng((seed, 15, number, turn, n)) for n in range(len(EDITORS))]
            editors = {
                editor.id: composed(editor, pool, places, own)
                for editor, own in zip(EDITORS, dice, strict=True)
            }
            duty = EDITORS[(3 * number + turn + number // 3) % len(EDITORS)].id
            past = Past(pool=pool, editors=editors, later=today.later(hour))
            shift = Shift(past, clock.micros(pool.at), duty)
            yield shift
            one = Told(edition=pool.edition, at=pool.at, topics=shift.sent)
            told = (one, *told)[:REMEMBERED]
        before = today


def frozen(before: Day, today: Day, hour: int, edition: str, told: tuple[Told, ...]) -> Pool:
    """Returns the pool of an hour of a day, with the signals of that moment."""
    at = today.start + hour * clock.HOUR
    counts = _joined(before.counts, today.counts, at)
    clicks = signals(counts, at, int(counts.minute.max()) * clock.MINUTE)
    placings = [placing for placing in (*before.placings, *today.placings) if placing.at <= at]
    held = importance([placing for placing in placings if placing.at > at - 6 * clock.HOUR], at)
    main = {name: place for place, name in enumerate(placings[-1].ids, 1)}
    topics = _known(today, at)
    return Pool(
        edition=edition,
        at=clock.moment(at),
        entries=tuple(
            Entry(
                topic=topic,
                main=main.get(topic.id, 0),
                importance=held.get(topic.id, 0.0),
                clicks=clicks.of(topic.id),
            )
            for topic in topics
        ),
        told=told,
        notes=clicks.notes,
    )


def _known(today: Day, at: int) -> list[Topic]:
    """Returns the topics that came in lately as they stand, the newest first."""
    found = [news.at(at) for news in today.news if news.versions[0][0] > at - FRESH]
    there = [topic for topic in found if topic is not None]
    return sorted(there, key=lambda topic: (topic.published, topic.id), reverse=True)


def _joined(before: Minutes, today: Minutes, at: int) -> Minutes:
    """Returns the counts of two days up to a time as one."""
    ids = tuple(sorted({*before.ids, *today.ids}))
    number = {name: n for n, name in enumerate(ids)}
    parts = []
    for one in (before, today):
        kept = one.minute < at // clock.MINUTE
        topic = np.array([number[name] for name in one.ids], np.int32)[one.topic]
        parts.append([column[kept] for column in (
            topic, one.place, one.minute, one.seen, one.clicked)])  # fmt: skip
    return Minutes(ids, *(np.concatenate(pair) for pair in zip(*parts, strict=True)))
