"""Which feeds are due, and what did they bring? Each is asked by one replica, at its own pace."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from pittari import clock
from pittari.editions.feeds.fetching import fetch
from pittari.editions.feeds.reading import topics_of
from pittari.errors import DataError, SettingsError, Unavailable
from pittari.model.topic import Topic
from pittari.settings import FeedTable
from pittari.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Polled:
    """What a feed brought; `problem` is a sentence when it brought nothing it should have."""

    url: str
    new: int = 0
    changed: int = 0
    same: int = 0
    problem: str = ""


def poll(store: Store, feeds: Sequence[FeedTable], *, at_once: bool = False) -> list[Polled]:
    """Asks the feeds that are due (all of them, if `at_once`) and puts their topics.

    A feed that fails costs its own topics only. Raises `Unavailable`.
    """
    done = []
    for feed in feeds:
        at = store.editions.now()
        every = 0 if at_once else feed.every_minutes * clock.MINUTE
        state = store.feeds.take(feed.url, at, every)
        if state is None:
            continue
        try:
            answer = fetch(feed.url, state.etag, state.modified, private=feed.private)
            polled = _put(store, feed, answer.body, answer.media, at) if answer.fresh else None
            store.feeds.answered(feed.url, answer.etag, answer.modified)
            done.append(polled or Polled(feed.url))
        except (SettingsError, Unavailable):
            raise
        except Exception as error:  # whatever a feed holds, the next one is asked
            said = str(error) if isinstance(error, DataError) else f"{feed.url}: {error!r}"
            log.warning("feed %s", said)
            store.feeds.failed(feed.url, said)
            done.append(Polled(feed.url, problem=said))
    return done


def _put(store: Store, feed: FeedTable, body: bytes, media: str, at: int) -> Polled:
    found = topics_of(body, media, feed, clock.moment(at))
    known = store.topics.topics(topic.id for topic in found)
    counts = store.topics.put(_settled(topic, known.get(topic.id), at) for topic in found)
    return Polled(feed.url, counts.new, counts.changed, counts.same)


def _settled(topic: Topic, known: Topic | None, at: int) -> Topic:
    """Returns a topic that was published when we first learned of it, where its feed says no
    time, and that was not taken back by being told again."""
    if known is None:
        return topic
    timeless = clock.micros(topic.published) == at
    return msgspec.structs.replace(
        topic, published=known.published if timeless else topic.published, status=known.status
    )
