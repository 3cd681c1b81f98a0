"""How does a kind of topic look to an editor? Pools of made-up topics, readable and real."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pittari.editions.pool import Clicks, Entry, Pool, Told, Topic
from pittari.editions.prove.aspects import FREE, Heard, Variant
from pittari.editions.rules import OBJECTIVES, Edition
from pittari.editions.rules.speaking import called, label

USUAL = {
    "section": ("politics", "world", "economy", "society", "local", "sport", "science", "culture"),
    "source": ("wire", "daily", "weekly", "tribune", "herald", "courier"),
    "kind": ("article", "feature", "interview", "video"),
    "tone": ("hard", "soft"),
    "mood": ("neutral", "bright", "grim"),
}
"""Words for what no rule names."""
TOLD_APART = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Made:
    """A topic to make: a variant of each aspect, words for what is free, how it stands in `by`."""

    variants: tuple[Variant, ...]
    words: dict[str, str] = field(default_factory=dict)
    by: tuple[str, float] | None = None


class Maker:
    """Makes pools for one time of one edition.

    `taken` are words that rules name; titles tell of the attributes in `shown`.
    """

    def __init__(
        self, edition: Edition, at: datetime, taken: Iterable[str], shown: Iterable[str] = ()
    ) -> None:
        self.edition, self.at = edition, at
        self.taken, self.shown = frozenset(taken), frozenset(shown)

    def word(self, name: str, number: int) -> str:
        """Returns the free word of a number: one that no rule names, each number another."""
        usual = [one for one in USUAL.get(name, ()) if one not in self.taken]
        if number < len(usual):
            return usual[number]
        word = f"{name}-{number + 1}"
        return f"{word}-more" if word in self.taken else word

    def pool(self, made: Sequence[Made]) -> Pool:
        """Returns a pool of such topics, with digests and extras that told some of them."""
        entries = [self._entry(i, one) for i, one in enumerate(made)]
        day = self.at.astimezone(ZoneInfo(self.edition.zone)).date()
        return Pool(
            edition=f"{day}/{self.edition.name}",
            at=self.at,
            entries=tuple(entries),
            told=self._told(made, entries),
        )

    def _entry(self, i: int, made: Made) -> Entry:
        topic: dict[str, Any] = {"id": f"made-up-{i + 1:02}", "published": 1.0}
        entry: dict[str, Any] = {}
        for variant in made.variants:
            topic |= variant.topic
            entry |= variant.entry
            entry["clicks"] = variant.clicks | entry.get("clicks", {})
        free = {name for name, value in topic.items() if value == FREE}
        topic |= {name: made.words.get(name, self.word(name, 0)) for name in free - {"id"}}
        if "id" in free:
            topic["id"] = f"made-up-{i + 1:02}"
        if made.by is not None:
            self._rank(*made.by, topic, entry)
        told = {name: topic[name] for name in topic if name not in {"id", "title"}}
        if "title" not in topic:
            topic["title"] = self._title(told | entry, "en")
            topic["titles"] = {"ja": self._title(told | entry, "ja")}
        for name, sign in (("published", -1), ("updated", -1), ("stale_at", 1)):
            if name in topic:
                topic[name] = self.at + sign * timedelta(hours=topic[name])
        return Entry(topic=Topic(**topic), **entry)

    def _title(self, told: dict[str, Any], locale: str) -> str:
        parts = []
        for name, value in told.items():
            attribute = _SHOWN.get(name, "")
            if attribute not in self.shown or value in ("", False, ()):
                continue
            said = label(attribute, locale)
            if isinstance(value, str):
                said = called(value, locale) if name in USUAL else value
            elif isinstance(value, int | float) and not isinstance(value, bool):
                said = f"{said} {value:g}"
            parts.append(said)
        begin, comma, end = {"ja": ("作例（", "、", "）")}.get(
            locale, ("Made-up topic (", ", ", ")")
        )
        return (begin + comma.join(parts) + end) if parts else begin.rstrip(" (（")

    def _rank(self, by: str, value: float, topic: dict[str, Any], entry: dict[str, Any]) -> None:
        """Gives a topic what an objective asks for: `value` units, the more the better."""
        name = OBJECTIVES[by].attribute
        if name.startswith("clicks_"):
            window = name.removesuffix("_sure").removeprefix("clicks_")
            clicks = {**entry.get("clicks", {}), window: Clicks(rate=value, seen=1000)}
            entry["clicks"] = clicks
        elif name == "main":
            entry["main"] = int(value)
        elif name == "age_minutes":
            topic["published"] = value / 60
        else:
            entry[name] = value

    def _told(self, made: Sequence[Made], entries: Sequence[Entry]) -> tuple[Told, ...]:
        heard = [
            (one, entry.topic)
            for each, entry in zip(made, entries, strict=True)
            for variant in each.variants
            for one in variant.heard
        ]
        told = []
        for back in range(1, max((one.digest for one, _ in heard), default=0) + 1):
            topics = [_copy(one, topic) for one, topic in heard if one.digest == back]
            at = self.at - back * TOLD_APART
            told.append(Told(edition=f"{at.date()}/digest", at=at, topics=tuple(topics)))
        midnight = self.at.astimezone(ZoneInfo(self.edition.zone)).replace(hour=0, minute=0)
        for hour in sorted({one.hour for one, _ in heard if one.hour >= 0}):
            topics = [_copy(one, topic) for one, topic in heard if one.hour == hour]
            at = midnight + timedelta(minutes=round(hour * 60))
            told.append(Told(edition=f"{at.date()}/extra", at=at, topics=tuple(topics)))
        return tuple(told)


_SHOWN = {
    **{name: name for name in (*USUAL, "story", "hazard", "sensitive", "link", "picture")},
    "regions": "region",
    "published": "age_hours",
    "updated": "updated_hours",
    "stale_at": "hours_left",
    "main": "main",
    "importance": "importance",
    "preference": "preference",
}
"""What a made-up title tells of a topic's fields, by the attribute that names it."""


def _copy(heard: Heard, topic: Topic) -> Topic:
    """The topic as it was told, or another of its story."""
    id_ = f"{topic.id}-before" if heard.story else topic.id
    return Topic(id=id_, story=topic.story, published=topic.published, title=topic.title)
