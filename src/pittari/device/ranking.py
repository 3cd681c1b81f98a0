"""Which stickers stand in the row, and in which order? One linear score, in whole numbers.

Stickers that the person cannot send here never stand in it; few of it are not their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.device.bundle import Bundle
from pittari.device.matching import Found, Matches
from pittari.device.person import Person, Uses, decayed, logarithm, recency
from pittari.device.settings import (
    ALONE,
    ANIMATED,
    CLEAR,
    MATCHES,
    NONE,
    OWNED,
    PLACES,
    PREMIUM,
    SOURCES,
    TRIAL,
    TRIAL_SEND,
)
from pittari.device.stock import Stock

Numbers = npt.NDArray[np.int64]
FULL = 255
_NO_ROWS = np.zeros(0, np.int64)
Feature = tuple[str, int]


class Sticker(msgspec.Struct, frozen=True):
    """One place of a row, and why: what the score is made of, by feature."""

    item: str
    tag: str
    keyword: str
    match: str
    place: str
    value: int
    confidence: int
    source: str
    score: int
    parts: dict[str, int]


class Gathered(NamedTuple):
    """Stickers of matched tags, in the order in which they were found; `of` counts in the tags
    found; `offered`: may be shown to somebody who does not own it."""

    rows: Numbers
    of: Numbers
    confidence: Numbers
    offered: npt.NDArray[np.bool_]

    def take(self, places: Numbers) -> Gathered:
        """Returns the stickers at some places."""
        rows, of, confidence, offered = self
        return Gathered(rows[places], of[places], confidence[places], offered[places])


class Weighed(NamedTuple):
    """Stickers with their sources and scores, on a day, and what is not to be seen from the stock:
    the parts of the score that each tag found gives, how near each sticker is to the person's
    taste, the person's cluster."""

    candidates: Gathered
    sources: Numbers
    scores: Numbers
    day: int
    tags: list[dict[str, int]]
    taste: Numbers
    cluster: int


def ranked(
    stock: Stock, matches: Matches, person: Person, *, at: int, offset: int = 0
) -> tuple[Sticker, ...]:
    """Returns the row for a text: the best first, no sticker twice.

    `at`: microseconds UTC; `offset`: minutes that the person's clock is ahead of UTC.
    """
    found = matches.found
    named = gathered(stock, found)
    sources = by_right(stock, named, person, at)
    open_ = (sources < NONE).nonzero()[0]
    if not len(open_):
        return ()
    candidates, sources = named.take(open_), sources.take(open_)
    told = weighed(stock, found, candidates, sources, person, at=at, offset=offset)
    return tuple(
        [
            _sticker(stock, found, person, told, place)
            for place in _chosen(stock, candidates.rows, sources, told.scores)
        ]
    )


def weighed(
    stock: Stock,
    found: Sequence[Found],
    candidates: Gathered,
    sources: Numbers,
    person: Person,
    *,
    at: int,
    offset: int = 0,
) -> Weighed:
    """Returns the scores of stickers that can be sent; `sources` says by what right each can."""
    rows, of, confidence, _ = candidates
    weight, day = stock.bundle.weight, clock.day(at)
    tags = [_of_tag(stock, one, person, at, offset) for one in found]
    scores = np.array([sum(parts.values()) for parts in tags], np.int64).take(of)
    scores += confidence * weight["confidence"]
    scores += stock.base.take(rows)
    scores += stock.by_source.take(sources)
    taste, cluster = _taste(stock, rows, person)
    scores += taste * weight["taste"]
    if cluster >= 0:
        scores += (stock.cluster.take(rows) == cluster) * (FULL * weight["cluster"])
    if person.stickers or person.less:
        known, every = stock.among((*person.stickers, *person.less)), rows.tolist()
        for place in compress(range(len(every)), map(known.__contains__, every)):
            past = _past(stock, stock.ids[every[place]], person, day)
            scores[place] += sum([one * weight[name] for name, one in past])
    return Weighed(candidates, sources, scores, day, tags, taste, cluster)


def _chosen(stock: Stock, rows: Numbers, sources: Numbers, scores: Numbers) -> Iterator[int]:
    """Yields the places of the best candidates: of equal ones the first, no sticker twice, not
    more that the person does not own than a row may hold."""
    room, strangers = stock.bundle.settings.row, stock.bundle.settings.not_owned
    shown: set[int] = set()
    for place in (-scores).argsort(kind="stable").data:
        if len(shown) == room:
            return
        row, source = rows.item(place), sources.item(place)
        if row in shown or (source != OWNED and not strangers):
            continue
        shown.add(row)
        strangers -= source != OWNED
        yield place


def _sticker(
    stock: Stock, found: Sequence[Found], person: Person, told: Weighed, place: int
) -> Sticker:
    bundle, candidates, source = stock.bundle, told.candidates, told.sources.item(place)
    row, of = candidates.rows.item(place), candidates.of.item(place)
    one, item, confidence = found[of], stock.ids[row], candidates.confidence.item(place)
    features = (
        ("confidence", confidence),
        ("prior", stock.prior.item(row)),
        ("animated", FULL * (stock.flags.item(row) & ANIMATED)),
        *_past(stock, item, person, told.day),
        ("taste", told.taste.item(place)),
        ("cluster", FULL * (stock.cluster.item(row) == told.cluster)),
        (SOURCES[source], FULL),
    )
    return Sticker(
        item=item,
        tag=bundle.tags[one.tag],
        keyword=bundle.keywords[one.keyword],
        match=MATCHES[one.span.match],
        place=PLACES[one.span.place],
        value=one.value,
        confidence=confidence,
        source=SOURCES[source],
        score=told.scores.item(place),
        parts=told.tags[of] | _parts(bundle, features),
    )


def gathered(stock: Stock, found: Sequence[Found]) -> Gathered:
    """Returns the stickers of tags: those that parts bring, then those of the bundle."""
    bundle = stock.bundle
    rows: list[npt.NDArray[Any]] = [_NO_ROWS]
    confidence: list[npt.NDArray[Any]] = [_NO_ROWS]
    ends: list[int] = []
    offers: list[tuple[int, int]] = []
    end = 0
    for one in found:
        first, last = bundle.starts.item(one.tag), bundle.starts.item(one.tag + 1)
        own, sure = stock.own(one.tag)
        rows += [own, bundle.items[first:last]]
        confidence += [sure, bundle.confidence[first:last]]
        begin = end + len(own)
        end = begin + last - first
        ends.append(end)
        offers.append((begin, begin + bundle.offers.item(one.tag)))
    of, offered = np.zeros(end, np.int64), np.zeros(end, np.bool_)
    for number, begin in enumerate(ends[:-1], 1):
        of[begin:] = number
    for begin, last in offers:
        offered[begin:last] = True
    sure = np.concatenate(confidence, dtype=np.int64)
    return Gathered(np.concatenate(rows, dtype=np.int64), of, sure, offered)


def by_right(stock: Stock, candidates: Gathered, person: Person, at: int) -> Numbers:
    """Returns by what right each candidate can be sent, `NONE` where there is none."""
    rights, settings, off = person.rights, stock.bundle.settings, person.switches.sources
    planned = bool(rights.plan) and at < rights.plan_until
    room = settings.deluxe if rights.plan == "deluxe" else settings.basic
    eligible = sendable = NONE
    if person.sends_left(at) and SOURCES[TRIAL_SEND] not in off:
        sendable = TRIAL_SEND
    if at < rights.trial_until and SOURCES[TRIAL] not in off:
        eligible = TRIAL
    if planned and len(rights.kept) < room and SOURCES[PREMIUM] not in off:
        eligible = PREMIUM
    owned = NONE if SOURCES[OWNED] in off else OWNED
    own, offered = stock.sources(rights.region, rights.adult, owned, eligible, sendable)
    rules, packages = stock.rule.take(candidates.rows), stock.package.take(candidates.rows)
    theirs = stock.owned(frozenset(rights.owned)).take(packages)
    if planned:
        theirs |= stock.owned(frozenset(rights.kept)).take(packages)
    strange = np.where(candidates.offered, offered.take(rules), NONE)
    return np.where(theirs, own.take(rules), strange)


def _of_tag(stock: Stock, found: Found, person: Person, at: int, offset: int) -> dict[str, int]:
    """Returns the parts of a score that a matched tag gives."""
    bundle, span, tag = stock.bundle, found.span, found.tag
    hour = (at // clock.MINUTE + offset) // 60 % 24
    uses, recent = _used(stock, person.tags.get(bundle.tags[tag]), clock.day(at))
    features = (
        ("match", found.value),
        (MATCHES[span.match], FULL),
        ("clear", FULL * (span.place >= CLEAR)),
        ("alone", FULL * (span.place == ALONE)),
        ("typed", min(FULL, span.units)),
        ("rate", bundle.rate.item(tag)),
        ("hour", bundle.hours.item(tag, hour // 3)),
        ("tag_uses", uses),
        ("tag_recency", recent),
    )
    return _parts(bundle, features)


def _parts(bundle: Bundle, features: Sequence[Feature]) -> dict[str, int]:
    """Returns weight x feature by name, without those that are 0."""
    weight = bundle.weight
    return {name: part for name, one in features if one and (part := one * weight[name])}


def _used(stock: Stock, uses: Uses | None, day: int) -> tuple[int, int]:
    """Returns how often and how lately something was used."""
    if uses is None:
        return 0, 0
    days = max(0, day - uses.day)
    return logarithm(decayed(uses.value, days, stock.bundle.decay)), recency(days)


def _past(stock: Stock, item: str, person: Person, day: int) -> tuple[Feature, ...]:
    """Returns how often and how lately a person has sent a sticker, and wanted less of it; nothing
    of most."""
    used, less = person.stickers.get(item), person.less.get(item, 0)
    if used is None and not less:
        return ()
    uses, recent = _used(stock, used, day)
    return ("uses", uses), ("recency", recent), ("less", min(FULL, 128 * less))


def _taste(stock: Stock, rows: Numbers, person: Person) -> tuple[Numbers, int]:
    """Returns how near stickers are to a person's taste, and the person's cluster (-1: none)."""
    if len(person.mean) != stock.vectors.shape[1]:
        return np.zeros(len(rows), np.int64), -1
    mean = np.array(person.mean, np.float64)  # its sums are whole and far below 2^53
    near = stock.vectors.take(rows, axis=0).astype(np.float64).dot(mean).astype(np.int64) >> 14
    known = len(stock.centres) and any(person.mean)
    cluster = int(stock.centres.dot(mean).argmax()) if known else -1
    np.maximum(near, -FULL, out=near)
    return np.minimum(near, FULL, out=near), cluster
