"""Had these rules been in force: which editions of the past month would have been others?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from pittari import clock
from pittari.editions.pool import Pool, read_pool
from pittari.editions.rules import Rules
from pittari.experiments.shadow.history import Past
from pittari.experiments.shadow.machine import Change, changes
from pittari.store import Store
from pittari.web.desk.cards import headline
from pittari.web.words import Words

DAYS = 31
SHOWN = 12
"""Changed editions that are shown place by place, the latest first."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place of an edition under both rule files: headlines, a dash where there is none."""

    number: int
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Changed:
    """An edition that would have been another, and the rule that decides between the two."""

    name: str
    because: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """A rule file held beside another over past editions."""

    all: int
    changed: int
    editions: tuple[Changed, ...]
    seconds: str


def replayed(store: Store, old: Rules, new: Rules, now: int, words: Words) -> Replayed:
    """Returns what the new rules change of the past month's editions of their name."""
    begun = time.perf_counter()
    pools = past_pools(store, old.edition.name, now)
    found = changes([old], [new], [Past(pool=pool, editors={}) for pool in pools])
    titles = {
        entry.topic.id: headline(entry.topic, words) for pool in pools for entry in pool.entries
    }
    latest = sorted(found.changed, key=lambda one: one.edition, reverse=True)[:SHOWN]
    told = tuple(_changed(one, titles, new, words) for one in latest)
    seconds = f"{time.perf_counter() - begun:.1f}"
    return Replayed(found.editions, len(found.changed), told, seconds)


def past_pools(store: Store, name: str, now: int) -> list[Pool]:
    """Returns the frozen pools of the past month's editions of one name that went out."""
    gone = store.editions.between(now - DAYS * clock.DAY, now)
    return [
        read_pool(store.topics.pool(one.pool), one.id)
        for one in gone
        if one.name == name and one.state == "released" and one.pool
    ]


def _changed(change: Change, titles: dict[str, str], rules: Rules, words: Words) -> Changed:
    size = max(len(change.before), len(change.after))
    before, after = ([*own, *[""] * (size - len(own))] for own in (change.before, change.after))
    places = tuple(
        Place(number, titles.get(old, "–"), titles.get(new, "–"))
        for number, (old, new) in enumerate(zip(before, after, strict=True), start=1)
    )
    named = {rule.name: rule.reason for rule in (*rules.keep_out, *rules.rules)}
    reason = named.get(change.rule)
    because = f"{change.rule} · {reason.to(words.language)}" if reason else ""
    return Changed(change.edition.partition("/")[0], because, places)
