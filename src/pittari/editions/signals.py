"""How much do readers want each topic, freed of where the page put it?

A click needs a look first. With n impressions of topic i at place p, clicks are taken as Poisson
with mean n * e[p] * r[i]: e[p], how much a place is looked at beside the first (e[1] = 1), and
r[i], the rate the topic would have at the first place. Both are the fixed point of alternating
maximum-a-posteriori steps (Richardson et al., Predicting Clicks, WWW 2007, for the examination
model; Gamma priors). The prior of r comes from all topics of the window, so that a young topic
has the mean's rate with a wide spread, not zero; that of e is a common curve of few looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.editions.pool import Clicks, Note
from pittari.store.counts import Minutes
from pittari.store.topics import Placing

SPANS = {"10m": 10 * clock.MINUTE, "1h": clock.HOUR, "2h": 2 * clock.HOUR, "any": 2 * clock.DAY}
SILENCE = 5 * clock.MINUTE
"""Without counts for so long, they are missing, and that is said."""
LOOKS = 20.0
"""How many clicks the common curve of looks is worth at each place."""
ROUNDS = 50
SHAPES = (0.5, 20.0)
"""Bounds of the prior's shape: how unlike topics may be taken to be, and how alike."""
HELD = 3 * clock.HOUR
"""Importance is what the main tab gave within this time."""

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Signals:
    """Clicks by topic and window; `unseen` is what is known of a topic nobody saw yet."""

    clicks: Mapping[str, Mapping[str, Clicks]]
    unseen: Mapping[str, Clicks]
    notes: tuple[Note, ...] = ()

    def of(self, topic: str) -> dict[str, Clicks]:
        """Returns the clicks of a topic by window."""
        return dict(self.clicks.get(topic, self.unseen))


def signals(minutes: Minutes, at: int, newest: int | None) -> Signals:
    """Returns the clicks of all topics at a time (microseconds UTC).

    `newest`: when the newest minute with counts began. Where counts have stopped, windows end
    with it, and a note says so.
    """
    end = at
    notes: tuple[Note, ...] = ()
    if newest is None:
        notes = (Note(key="no_counts"),)
    elif at - newest > SILENCE:
        end = newest + clock.MINUTE
        notes = (Note(key="no_counts_since", at=clock.moment(newest)),)
    looks = place_looks(minutes)
    found: dict[str, dict[str, Clicks]] = {name: {} for name in minutes.ids}
    unseen = {}
    for window, span in SPANS.items():
        begun = minutes.minute * clock.MINUTE
        inside = (begun >= end - span) & (begun < end)
        rated, unseen[window] = rates(minutes, inside, looks)
        for name, clicks in zip(minutes.ids, rated, strict=True):
            found[name][window] = clicks
    return Signals(found, unseen, notes)


def place_looks(minutes: Minutes) -> Numbers:
    """Returns how much each place (0: unknown, 1, 2 ...) is looked at beside the first one."""
    most = int(minutes.place.max(initial=1))
    curve = _curve(most)
    if not len(minutes.place):
        return curve
    key = minutes.topic.astype(np.int64) * (most + 1) + minutes.place
    pairs, where = np.unique(key, return_inverse=True)
    seen = np.bincount(where, minutes.seen)
    clicked = np.bincount(where, minutes.clicked)
    topic, place = pairs // (most + 1), pairs % (most + 1)
    looks = curve
    for _ in range(ROUNDS):
        rate, _ = _rated(topic, len(minutes.ids), seen * looks[place], clicked)
        expected = np.bincount(place, seen * rate[topic], minlength=most + 1)
        got = np.bincount(place, clicked, minlength=most + 1)
        fresh = (got + LOOKS) / (expected + LOOKS / curve)
        fresh /= fresh[1]
        if np.allclose(fresh, looks, rtol=1e-6):
            break
        looks = fresh
    return looks


def rates(
    minutes: Minutes, inside: npt.NDArray[np.bool_], looks: Numbers
) -> tuple[list[Clicks], Clicks]:
    """Returns the clicks of every topic over some rows of counts, and those of one unseen.

    Rates and spreads are per 1,000 impressions at the first place.
    """
    topic, seen = minutes.topic[inside], minutes.seen[inside]
    looked = seen * looks[minutes.place[inside]]
    size = len(minutes.ids)
    rate, (shape, scale) = _rated(topic, size, looked, minutes.clicked[inside])
    total = np.bincount(topic, looked, minlength=size)
    spread = np.sqrt(rate / (scale + total))
    raw = np.bincount(topic, seen, minlength=size)
    told = zip(rate.tolist(), spread.tolist(), raw.tolist(), strict=True)
    prior = _told(float(shape / scale), float(np.sqrt(shape) / scale), 0)
    return [_told(*clicks) for clicks in told], prior


def _told(rate: float, spread: float, seen: float) -> Clicks:
    """Returns clicks per 1,000, in a few digits: a pool is kept and read by people."""
    return Clicks(rate=round(1000 * rate, 6), spread=round(1000 * spread, 6), seen=int(seen))


def importance(placings: Sequence[Placing], until: int) -> dict[str, float]:
    """Returns how important the main tab held each topic until a time, from 0 to 1.

    1: first all of the time; place p counts 1 / log2(1 + p) while it is held.
    """
    total: dict[str, float] = {}
    since = until - HELD
    ends = [*(placing.at for placing in placings[1:]), until]
    for placing, end in zip(placings, ends, strict=False):
        share = max(0, end - max(placing.at, since)) / HELD
        for place, name in enumerate(placing.ids, 1):
            total[name] = total.get(name, 0.0) + share / np.log2(1 + place)
    return {name: min(1.0, round(float(value), 6)) for name, value in total.items()}


def _rated(
    topic: npt.NDArray[np.int32], size: int, looked: Numbers, clicked: npt.NDArray[np.int64]
) -> tuple[Numbers, tuple[float, float]]:
    """Returns each topic's rate per look, and the prior's shape and scale, from the topics."""
    looks = np.bincount(topic, looked, minlength=size).astype(np.float64)
    clicks = np.bincount(topic, clicked, minlength=size).astype(np.float64)
    total = looks.sum()
    mean = (clicks.sum() + 1) / (total + 100)
    shape = _shape(looks, clicks, mean)
    scale = shape / mean
    return (shape + clicks) / (scale + looks), (shape, scale)


def _shape(looks: Numbers, clicks: Numbers, mean: float) -> float:
    """Returns the Gamma prior's shape by moments: how far topics differ beyond chance."""
    expected = looks * mean
    beyond = ((clicks - expected) ** 2 - expected).sum()
    squares = (expected**2).sum()
    if squares <= 0 or beyond <= 0:
        return SHAPES[1] if squares > 0 else 1.0
    return float(np.clip(squares / beyond, *SHAPES))


def _curve(most: int) -> Numbers:
    """The common curve: the p-th place has 1 / sqrt(p) of the first one's looks; unknown: as 3."""
    places = np.arange(most + 1, dtype=np.float64)
    places[0] = 3
    return 1 / np.sqrt(places)
