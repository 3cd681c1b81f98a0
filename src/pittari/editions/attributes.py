"""What does one topic have? Told without columns, so that the audit shares nothing it checks."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from pittari.editions.pool import Entry, Pool
from pittari.editions.rules import ATTRIBUTES, Compare, Edition, Rule, Where
from pittari.editions.rules.language import Is, hour, span
from pittari.model.topic import Topic

Value = str | tuple[str, ...] | float | None

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def fits(where: Where, entry: Entry, pool: Pool, edition: Edition) -> bool:
    """Says whether all conditions fit an entry of a pool; none given: every entry does."""
    return all(_fits(name, told, entry, pool, edition) for name, told in where.items())


def spoken_of(rule: Rule, entry: Entry, pool: Pool, edition: Edition) -> bool:
    """Says whether a rule speaks of an entry: `where` fits and `except` does not."""
    spared = bool(rule.except_) and fits(rule.except_, entry, pool, edition)
    return not spared and fits(rule.where, entry, pool, edition)


def number(name: str, entry: Entry, pool: Pool, edition: Edition) -> float | None:
    """Returns a number, a time of day in hours or a flag (0, 1) of an entry; nothing if unknown."""
    topic = entry.topic
    value: float | None
    match name:
        case "importance" | "preference":
            value = getattr(entry, name)
        case "main":
            value = entry.main or None
        case "in_main":
            value = entry.main > 0
        case "link" | "picture" | "hazard" | "sensitive":
            value = bool(getattr(topic, name))
        case "title_length":
            value = max(len(title) for title in (topic.title, *topic.titles.values()))
        case "told_ago" | "story_told_ago" | "extra_told_at" | "story_extra_told_at":
            value = _told(name, topic, pool, edition)
        case _ if name == "spike" or name.startswith(("clicks_", "seen_")):
            value = _clicked(name, entry)
        case _:
            value = _time(name, topic, pool, edition)
    return value


def _clicked(name: str, entry: Entry) -> float | None:
    if name == "spike":
        now, usual = entry.clicks.get("10m"), entry.clicks.get("2h")
        return now.rate / usual.rate if now and usual and usual.rate > 0 else None
    what, window, *sure = name.split("_")
    clicks = entry.clicks.get(window)
    if clicks is None:
        return None
    if what == "seen":
        return clicks.seen
    return max(0.0, clicks.rate - clicks.spread) if sure else clicks.rate


def _time(name: str, topic: Topic, pool: Pool, edition: Edition) -> float | None:
    match name:
        case "embargoed":
            return topic.embargo is not None and topic.embargo > pool.at
        case "stale_when_opened":
            opened = pool.at + timedelta(microseconds=span(edition.opened_after))
            return topic.stale_at is not None and topic.stale_at <= opened
        case "hours_left":
            return (topic.stale_at - pool.at) / _HOUR if topic.stale_at else None
        case "updated_hours":
            return max(timedelta(0), pool.at - (topic.updated or topic.published)) / _HOUR
    unit = _HOUR if name == "age_hours" else _MINUTE
    return max(timedelta(0), pool.at - topic.published) / unit


def _told(name: str, topic: Topic, pool: Pool, edition: Edition) -> float | None:
    zone = ZoneInfo(edition.zone)
    extras = name.endswith("extra_told_at")
    newest = sorted(pool.told, key=lambda told: told.at, reverse=True)
    for i, told in enumerate(one for one in newest if one.is_extra == extras):
        same = any(
            one.id == topic.id
            or (name.startswith("story_") and one.story == topic.story and bool(topic.story))
            for one in told.topics
        )
        local = told.at.astimezone(zone)
        if same and not extras:
            return i + 1.0
        if same and local.date() == pool.at.astimezone(zone).date():
            return local.hour + local.minute / 60
    return None


def _fits(name: str, told: Is, entry: Entry, pool: Pool, edition: Edition) -> bool:
    kind = ATTRIBUTES[name].kind
    if kind in {"flag", "number", "clock"}:
        return _compares(told, number(name, entry, pool, edition))
    words = told.not_ if isinstance(told, Compare) else told
    several = words if isinstance(words, tuple) else (words,)
    if kind == "words":
        found = any(word in entry.topic.regions for word in several)
    elif kind == "text":
        titles = [title.casefold() for title in (entry.topic.title, *entry.topic.titles.values())]
        found = any(str(word).casefold() in title for word in several for title in titles)
    else:
        found = (getattr(entry.topic, name) or None) in several
    return found != isinstance(told, Compare)


def _compares(told: Is, value: float | None) -> bool:
    if value is None:
        return False
    if not isinstance(told, Compare):
        return value == _hours(told)
    low, high = told.at_least, told.at_most
    return (low is None or value >= _hours(low)) and (high is None or value <= _hours(high))


def _hours(told: object) -> float:
    return hour(told) if isinstance(told, str) else float(told)  # type: ignore[arg-type]
