"""How is a topic shown at the desk? Its headline and the few facts an editor decides by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from pittari import clock
from pittari.editions.pool import Entry, Pool, Topic
from pittari.editions.rules.speaking import called
from pittari.web.rendering import local
from pittari.web.words import Words

TINTS = 12
"""Colours of `.tint-1` to `.tint-12`."""
SECTIONS = (
    "politics", "sport", "life", "economy", "culture", "world", "science", "society", "local",
    "weather", "entertainment", "technology",
)  # fmt: skip
"""Sections that every desk has, by their colour; others get one by their name."""
WINDOW = "1h"
"""The window whose clicks stand on a card."""


@dataclass(frozen=True, slots=True)
class Card:
    """A topic as the desk shows it: `facts` are short phrases, the most telling first; `picture`:
    its address where that is one of our own, for pages load nothing else."""

    id: str
    title: str
    section: str
    tint: int
    facts: tuple[str, ...]
    rate: float
    picture: str


def cards(pool: Pool, words: Words) -> dict[str, Card]:
    """Returns the topics of a pool as cards, by id."""
    at = clock.micros(pool.at)
    return {entry.topic.id: card(entry, at, words) for entry in pool.entries}


def card(entry: Entry, at: int, words: Words) -> Card:
    """Returns a topic with its facts at a time (microseconds UTC)."""
    topic, clicks = entry.topic, entry.clicks.get(WINDOW)
    facts = [age(at - clock.micros(topic.published), words)]
    if clicks and clicks.seen:
        facts.append(words("fact.clicks", rate=f"{clicks.rate:.0f}"))
    if entry.main:
        facts.append(words("fact.main", place=entry.main))
    if topic.tone:
        facts.append(words(f"fact.{topic.tone}"))
    if topic.kind != "article":
        facts.append(called(topic.kind, words.language))
    facts.append(topic.source)
    rate = clicks.rate if clicks and clicks.seen else 0.0
    named = called(topic.section, words.language) if topic.section else ""
    section = named[:1].upper() + named[1:]
    shown = tuple(fact for fact in facts if fact)
    picture = topic.picture if topic.picture == local(topic.picture) else ""
    title = headline(topic, words)
    return Card(topic.id, title, section, tint(topic.section), shown, rate, picture)


def headline(topic: Topic, words: Words) -> str:
    """Returns what a topic is called in this language, its id where it has no title."""
    return topic.titled(words.language) or topic.id


def tint(section: str) -> int:
    """Returns the colour of a section, the same everywhere; 0 for none."""
    if not section:
        return 0
    if section in SECTIONS:
        return 1 + SECTIONS.index(section)
    return 1 + hashlib.blake2b(section.encode(), digest_size=2).digest()[0] % TINTS


def age(micros: int, words: Words) -> str:
    """Returns how long ago something was, in the largest unit that says enough."""
    ago = timedelta(microseconds=max(0, micros))
    minutes = int(ago.total_seconds() // 60)
    if minutes < 60:
        return words("fact.minutes", count=minutes)
    if minutes < 48 * 60:
        return words("fact.hours", count=minutes // 60)
    return words("fact.days", count=minutes // (24 * 60))
