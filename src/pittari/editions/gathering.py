"""What is known at this moment? Topics, main tab, clicks and past editions become one pool."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from pittari import clock
from pittari.editions import signals
from pittari.editions.ladder import Composed
from pittari.editions.pool import Entry, Note, Pool, Told, Wishes
from pittari.editions.rules import Rules
from pittari.editions.stories import completed
from pittari.model.catalog import Moment
from pittari.model.topic import Topic
from pittari.store import Store

MOST = 1_000
"""Topics in a pool, the newest first, beside those in the main tab."""
AHEAD = 5 * clock.MINUTE
"""How far clocks of those who publish may run ahead."""
REMEMBERED = 24
"""Editions and extras that are told of."""

Preferred = Callable[[Sequence[Entry], int], Mapping[str, float]]
"""Learned preference: entries and a time to a number from 0 to 1 by topic."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line-up as the ledger keeps it: how it came about, when, and from what beside the pool.

    `rules`: nothing where people composed it; `earlier`: the line-ups drafted before, the latest
    first, on which the ladder could fall back.
    """

    composed: Composed
    at: Moment
    rules: Rules | None = None
    wishes: Wishes = Wishes()
    earlier: tuple[tuple[str, ...], ...] = ()

    @property
    def topics(self) -> tuple[str, ...]:
        """Ids by place."""
        return self.composed.topics


_sheet = msgspec.json.Decoder(Sheet).decode


def read_sheet(body: bytes) -> Sheet | None:
    """Returns what an edition's `body` says, nothing before there was a line-up."""
    return _sheet(body) if body else None


def gathered(
    store: Store, edition: str, at: int, *, hours: int = 48, preferred: Preferred | None = None
) -> Pool:
    """Returns the pool of an edition at a time (microseconds UTC), with clicks counted to date.

    Topics are those published or updated within `hours`, and those in the main tab. Stories and
    tones that the desk did not give are filled in. Raises `Unavailable`.
    """
    store.counts.tail()
    placed = store.topics.placed(at).ids
    topics = _topics(store, at, hours, placed)
    newest = store.counts.newest(at)
    fine = min(at, at if newest is None else newest) - signals.SPANS["2h"]
    minutes = store.counts.minutes(at - signals.SPANS["any"], at, fine)
    told = signals.signals(minutes, at, newest)
    held = signals.importance(store.topics.placings(at - signals.HELD, at), at)
    place = {name: number for number, name in enumerate(placed, 1)}
    entries = [
        Entry(
            topic=topic,
            main=place.get(topic.id, 0),
            importance=held.get(topic.id, 0.0),
            clicks=told.of(topic.id),
        )
        for topic in completed(topics)
    ]
    if preferred is not None:
        known = preferred(entries, at)
        entries = [
            msgspec.structs.replace(entry, preference=known.get(entry.topic.id, 0.0))
            for entry in entries
        ]
    return Pool(
        edition=edition,
        at=clock.moment(at),
        entries=tuple(entries),
        told=past(store, at),
        notes=(*told.notes, *_failing(store, at)),
    )


def _failing(store: Store, at: int) -> Iterator[Note]:
    """Yields a note for each feed that gave nothing when it was asked last, today."""
    for feed in store.feeds.every():
        if feed.problem and feed.polled > at - clock.DAY:
            yield Note(key="feed_failed", at=clock.moment(feed.polled), what=feed.url[:128])


def past(store: Store, before: int) -> tuple[Told, ...]:
    """Returns the editions and extras that went out before a time, newest first."""
    editions = store.editions.released(before, REMEMBERED)
    sheets = [read_sheet(edition.body) for edition in editions]
    line_ups = [sheet.topics if sheet else () for sheet in sheets]
    topics = store.topics.topics({name for line_up in line_ups for name in line_up})
    return tuple(
        Told(
            edition=edition.id,
            at=clock.moment(edition.changed),
            topics=tuple(topics[name] for name in line_up if name in topics),
        )
        for edition, line_up in zip(editions, line_ups, strict=True)
    )


def _topics(store: Store, at: int, hours: int, placed: Sequence[str]) -> list[Topic]:
    """Returns the topics of a pool by id; none that is not published yet by any clock near ours."""
    newest = store.topics.current(at - hours * clock.HOUR)
    known = {topic.id: topic for topic in newest if clock.micros(topic.published) <= at + AHEAD}
    known = dict(list(known.items())[:MOST])
    known |= store.topics.topics(name for name in placed if name not in known)
    return [known[name] for name in sorted(known)]
