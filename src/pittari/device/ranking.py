"""Which stickers stand in the row, and in which order? One linear score, in whole numbers.

Stickers that the person cannot send here never stand in it; few of it are not their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.device.matching import Found, Matches
from pittari.device.person import Person, decayed, logarithm, recency
from pittari.device.settings import (
    ADULT,
    ANIMATED,
    CLEAR,
    ELIGIBLE,
    MATCHES,
    NONE,
    OF_ITEM,
    OF_TAG,
    OWNED,
    PLACES,
    PREMIUM,
    RANKER,
    SENDABLE,
    SOURCES,
    TRIAL,
    TRIAL_SEND,
)
from pittari.device.stock import Stock

Numbers = npt.NDArray[np.int64]
FULL = 255


class Sticker(NamedTuple):
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
    """Scores of stickers and the features they are made of: of each tag found, and of each sticker
    under its tag [features, stickers]."""

    scores: Numbers
    tags: list[list[int]]
    items: Numbers


def ranked(
    stock: Stock, matches: Matches, person: Person, *, at: int, offset: int = 0
) -> tuple[Sticker, ...]:
    """Returns the row for a text: the best first, no sticker twice.

    `at`: microseconds UTC; `offset`: minutes that the person's clock is ahead of UTC.
    """
    found = matches.found
    named = gathered(stock, found)
    sources = by_right(stock, named, person, at)
    open_ = np.flatnonzero(sources < NONE)
    if not len(open_):
        return ()
    candidates, sources = named.take(open_), sources[open_]
    scores, tags, items = weighed(stock, found, candidates, sources, person, at=at, offset=offset)
    places = _chosen(stock, candidates.rows, sources, scores)
    columns = zip(
        candidates.rows[places].tolist(),
        candidates.of[places].tolist(),
        sources[places].tolist(),
        items[:, places].T.tolist(),
        strict=True,
    )
    return tuple(
        [
            _sticker(stock, found[of], row, source, [*tags[of], *features])
            for row, of, source, features in columns
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
    tags = [_of_tag(stock, one, person, at, offset) for one in found]
    items = _of_items(stock, candidates, sources, person, at)
    weights = stock.bundle.ranker
    head = np.array(tags, np.int64) @ weights[: len(OF_TAG)]
    return Weighed(head[candidates.of] + weights[len(OF_TAG) :] @ items, tags, items)


def _chosen(stock: Stock, rows: Numbers, sources: Numbers, scores: Numbers) -> list[int]:
    """Returns the places of the best candidates: of equal ones the first, no sticker twice, not
    more that the person does not own than a row may hold."""
    settings = stock.bundle.settings
    told, of, strangers = rows.tolist(), sources.tolist(), 0
    places: list[int] = []
    shown: set[int] = set()
    for place in np.argsort(-scores, kind="stable").tolist():
        if len(places) == settings.row:
            break
        if told[place] in shown or (of[place] != OWNED and strangers == settings.not_owned):
            continue
        shown.add(told[place])
        strangers += of[place] != OWNED
        places.append(place)
    return places


def _sticker(stock: Stock, found: Found, row: int, source: int, features: Sequence[int]) -> Sticker:
    bundle = stock.bundle
    parts = list(map(mul, features, bundle.weights))
    return Sticker(
        item=stock.ids[row],
        tag=bundle.tags[found.tag],
        keyword=bundle.keywords[found.keyword],
        match=MATCHES[found.span.match],
        place=PLACES[found.span.place],
        value=found.value,
        confidence=features[len(OF_TAG)],
        source=SOURCES[source],
        score=sum(parts),
        parts={name: part for name, part in zip(RANKER, parts, strict=True) if part},
    )


def gathered(stock: Stock, found: Sequence[Found]) -> Gathered:
    """Returns the stickers of tags: those that parts bring, then those of the bundle."""
    bundle = stock.bundle
    rows: list[npt.NDArray[Any]] = []
    confidence: list[npt.NDArray[Any]] = []
    of: list[int] = []
    offered: list[bool] = []
    counts: list[int] = []
    for number, one in enumerate(found):
        own, sure = stock.own(one.tag)
        begin, end = bundle.starts.item(one.tag), bundle.starts.item(one.tag + 1)
        offers = bundle.offers.item(one.tag)
        rows += [own, bundle.items[begin:end]]
        confidence += [sure, bundle.confidence[begin:end]]
        of += [number] * 3
        offered += [False, True, False]
        counts += [len(own), offers, end - begin - offers]
    if not rows:
        none = np.zeros(0, np.int64)
        return Gathered(none, none, none, none.astype(np.bool_))
    return Gathered(
        np.concatenate(rows).astype(np.int64),
        np.repeat(np.array(of), counts),
        np.concatenate(confidence).astype(np.int64),
        np.repeat(np.array(offered), counts),
    )


def by_right(stock: Stock, candidates: Gathered, person: Person, at: int) -> Numbers:
    """Returns by what right each candidate can be sent, `NONE` where there is none."""
    rights, settings = person.rights, stock.bundle.settings
    rows = candidates.rows
    flags = stock.flags[rows]
    planned = bool(rights.plan) and at < rights.plan_until
    usable = rights.owned | rights.kept if planned else rights.owned
    packages = map(stock.packages.__getitem__, stock.package[rows].tolist())
    owned = np.array(list(map(usable.__contains__, packages)), np.bool_)
    room = settings.deluxe if rights.plan == "deluxe" else settings.basic
    regions = [not some or rights.region in some for some in stock.bundle.meta.regions]
    here = candidates.offered & np.array(regions)[stock.region[rows]]
    eligible, sendable = here & (flags & ELIGIBLE > 0), here & (flags & SENDABLE > 0)
    sources = np.full(len(rows), NONE)
    off = person.switches.sources
    if person.sends_left(at) and SOURCES[TRIAL_SEND] not in off:
        sources[sendable] = TRIAL_SEND
    if at < rights.trial_until and SOURCES[TRIAL] not in off:
        sources[eligible] = TRIAL
    if planned and len(rights.kept) < room and SOURCES[PREMIUM] not in off:
        sources[eligible] = PREMIUM
    sources[owned] = NONE if SOURCES[OWNED] in off else OWNED
    if not rights.adult:
        sources[flags & ADULT > 0] = NONE
    return sources


def _of_tag(stock: Stock, found: Found, person: Person, at: int, offset: int) -> list[int]:
    """Returns the features of a matched tag, in the order of `OF_TAG`."""
    bundle, span = stock.bundle, found.span
    kinds = [0] * len(MATCHES)
    kinds[span.match] = FULL
    hour = (at // clock.MINUTE + offset) // 60 % 24
    uses, days = 0, -1
    told = person.tags.get(bundle.tags[found.tag])
    if told is not None:
        days = max(0, clock.day(at) - told.day)
        uses = logarithm(decayed(told.value, days, bundle.decay))
    return [
        found.value,
        *kinds,
        FULL * (span.place >= CLEAR),
        FULL * (PLACES[span.place] == "alone"),
        min(FULL, span.units),
        bundle.rate.item(found.tag),
        bundle.hours.item(found.tag, hour // 3),
        uses,
        recency(days) if told is not None else 0,
    ]


def _of_items(
    stock: Stock, candidates: Gathered, sources: Numbers, person: Person, at: int
) -> Numbers:
    """Returns the features of candidates, in the order of `OF_ITEM`: [features, candidates]."""
    rows = candidates.rows
    out = np.zeros((len(OF_ITEM), len(rows)), np.int64)
    out[0] = candidates.confidence
    out[1] = stock.prior[rows]
    out[2] = FULL * (stock.flags[rows] & ANIMATED > 0)
    out[3:6] = _personal(stock, rows, person, clock.day(at))
    if len(person.mean) == stock.vectors.shape[1]:
        mean = np.array(person.mean, np.int64)
        out[6] = (stock.vectors[rows] @ mean >> 14).clip(-FULL, FULL)
        centres = stock.bundle.centres
        if len(centres) and mean.any():
            out[7] = FULL * (stock.cluster[rows] == int(np.argmax(centres @ mean)))
    out[8 + sources, np.arange(len(rows))] = FULL
    return out


def _personal(stock: Stock, rows: Numbers, person: Person, day: int) -> Numbers:
    """Returns how often and how lately a person has sent stickers, and wanted less of them."""
    out = np.zeros((3, len(rows)), np.int64)
    if not person.stickers and not person.less:
        return out
    decay, stickers, wanted_less = stock.bundle.decay, person.stickers, person.less
    for place, item in enumerate(map(stock.ids.__getitem__, rows.tolist())):
        if item in stickers:
            uses = stickers[item]
            days = max(0, day - uses.day)
            out[0, place] = logarithm(decayed(uses.value, days, decay))
            out[1, place] = recency(days)
        if item in wanted_less:
            out[2, place] = min(FULL, 128 * wanted_less[item])
    return out
