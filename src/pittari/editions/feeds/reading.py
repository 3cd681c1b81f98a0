"""What does a feed tell? Its entries as topics; a feed that is none gives a sentence."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from pittari.errors import DataError, SettingsError
from pittari.model.topic import Topic
from pittari.settings import FeedTable

MOST = 500
"""Entries of one feed, the first ones."""


class _JsonFeed(msgspec.Struct):
    """JSON Feed 1.1 (jsonfeed.org/version/1.1), as far as topics need it."""

    version: str
    title: str = ""
    items: tuple[dict[str, Any], ...] = ()


def topics_of(body: bytes, media: str, feed: FeedTable, at: datetime) -> list[Topic]:
    """Returns the topics of a feed's body; `at` stands for times it does not tell.

    Raises `DataError` for what is no feed, `SettingsError` where RSS and Atom cannot be read
    because the extra `news` is not installed.
    """
    told = _json(body, feed) if body.lstrip()[:1] == b"{" else _xml(body, media, feed)
    topics: dict[str, Topic] = {}
    for values in told:
        if values["title"] and len(topics) < MOST:
            topic = _topic(values, feed, at)
            topics.setdefault(topic.id, topic)
    return list(topics.values())


def _json(body: bytes, feed: FeedTable) -> Iterator[dict[str, Any]]:
    try:
        told = msgspec.json.decode(body, type=_JsonFeed, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DataError(f"{feed.url}: expected a JSON feed, got other JSON: {error}") from error
    if "jsonfeed.org" not in told.version:
        raise DataError(f"{feed.url}: expected a JSON feed, got version {told.version[:80]!r}")
    for item in told.items:
        tags = item.get("tags")
        yield {
            "id": _first(item, "id", "url"),
            "title": _first(item, "title", "summary", "content_text"),
            "link": _first(item, "url", "external_url"),
            "picture": _first(item, "image", "banner_image"),
            "section": str(tags[0]) if isinstance(tags, list) and tags else "",
            "source": told.title,
            "published": _moment(item.get("date_published")),
            "updated": _moment(item.get("date_modified")),
        }


def _xml(body: bytes, media: str, feed: FeedTable) -> Iterator[dict[str, Any]]:
    try:
        import feedparser
    except ImportError as error:
        raise SettingsError(
            f'{feed.url}: RSS and Atom need the extra `news`: pip install "pittari[news]"'
        ) from error
    # As a file, for a text could be taken for the name of one.
    try:
        told = feedparser.parse(io.BytesIO(body), response_headers={"content-type": media})
    except Exception as error:  # garbage may break it in any way
        raise DataError(f"{feed.url}: expected RSS or Atom, got what breaks its reader") from error
    if not told.get("version") and not told.get("entries"):
        raise DataError(
            f"{feed.url}: expected RSS, Atom or a JSON feed, got something else"
            f" ({media[:80] or 'of no type'}, {len(body):,} bytes)"
        )
    for entry in told.get("entries", ()):
        yield {
            "id": entry.get("id") or entry.get("link", ""),
            "title": entry.get("title", ""),
            "link": entry.get("link", ""),
            "picture": _picture(entry),
            "section": next((tag.get("term") or "" for tag in entry.get("tags", ())), ""),
            "source": told.get("feed", {}).get("title", ""),
            "published": _parsed(entry, "published"),
            "updated": _parsed(entry, "updated"),
        }


def _first(item: dict[str, Any], *names: str) -> str:
    """Returns the first of these fields that says something, as text."""
    told = (item.get(name) for name in names)
    return next((str(some) for some in told if some and isinstance(some, str | int | float)), "")


def _topic(values: dict[str, Any], feed: FeedTable, at: datetime) -> Topic:
    named = f"{feed.url}\n{values['id'] or values['title']}"
    name = hashlib.blake2b(named.encode(errors="replace"), digest_size=8).hexdigest()
    published = values["published"] or values["updated"] or at
    updated = values["updated"]
    return Topic(
        id=f"feed-{name}",
        title=_cut(values["title"], 2000),
        section=_cut(feed.section or values["section"], 128),
        kind=feed.kind,
        source=_cut(feed.source or values["source"], 128),
        published=published,
        updated=updated if updated and updated > published else None,
        link=_address(values["link"]),
        picture=_address(values["picture"]),
    )


def _cut(text: str, most: int) -> str:
    """Returns text in one line, without control characters."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(clean.split())[:most]


def _address(text: str) -> str:
    there = text.strip()
    return there if there.startswith(("http://", "https://")) and len(there) <= 2000 else ""


def _picture(entry: Any) -> str:
    found: Iterable[Any] = (
        *entry.get("media_thumbnail", ()),
        *(one for one in entry.get("media_content", ()) if one.get("medium") == "image"),
        *(one for one in entry.get("enclosures", ()) if _is_image(one)),
    )
    return next((str(one.get("url") or one.get("href") or "") for one in found), "")


def _is_image(enclosure: Any) -> bool:
    return str(enclosure.get("type", "")).startswith("image/")


def _parsed(entry: Any, name: str) -> datetime | None:
    told = dict.get(entry, f"{name}_parsed")  # its own `get` takes one time for the other
    if not told:
        return None
    try:
        year, month, day, hour, minute, second = told[:6]
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError, TypeError):
        return None


def _moment(told: object) -> datetime | None:
    """Returns a time of JSON in UTC; without a zone it is taken for UTC."""
    try:
        found = datetime.fromisoformat(told) if isinstance(told, str) else None
        return found and found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
