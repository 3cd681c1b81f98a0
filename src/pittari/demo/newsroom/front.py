"""What does the main tab show, and what do made-up readers click? A day minute by minute.

Known truth, for tests and for judging what signals find: each topic's `pull`, the chance of a
click by a reader who looks at it while it is new; of readers who come, the share `LOOKS` gets as
far as a place and takes it in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.demo.newsroom.plan import OFFSET, News, day
from pittari.store.counts import Minutes
from pittari.store.topics import Placing

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

PLACES = 8
"""Places of the main tab."""
STEP = 5
"""Minutes between two looks of the desk at the main tab."""
SEEN = np.array([1.0, 0.97, 0.92, 0.84, 0.74, 0.63, 0.53, 0.45])
"""Share of the readers on whose screen a place comes up at all: an impression."""
LOOKS = 1 / np.arange(1, PLACES + 1) ** 0.6
"""How much a place that came up is looked at, beside the first one: position bias."""
VIEWS = 2.5
"""Readers a minute, mean over a day."""
PULL = 0.11
"""Chance of a click on the first place for a new topic of middling draw."""
FADES, AGES = 7.0, 7.0
"""Hours in which readers, and the desk of the main tab, tire of a topic: to 1/e."""
SPIKES, SILENCES = 3, 2
"""A day's bursts of clicks on one topic (a link somewhere), and gaps in the counts."""
_HOURS = np.array(
    [2, 1, 0.6, 0.5, 0.8, 2, 5, 9, 9, 6, 5, 6, 9.5, 8, 5, 4.5, 5, 6, 7.5, 8.5, 9, 9.5, 8.5, 5]
)
CURVE = np.interp(np.arange(1440) / 60, np.arange(25), np.append(_HOURS, _HOURS[0]))
"""How busy each minute of the day is: waking, commuting, lunch, and the evening."""


@dataclass(frozen=True)
class Day:
    """One local day of the newsroom: its own news and those of the day before, which fade."""

    seed: int
    number: int

    @property
    def start(self) -> int:
        """When it begins, in microseconds UTC."""
        return self.number * clock.DAY - OFFSET

    @cached_property
    def news(self) -> tuple[News, ...]:
        """The topics of the day before, then its own."""
        return (*day(self.seed, self.number - 1), *day(self.seed, self.number))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(news.versions[0][1].id for news in self.news)

    @cached_property
    def pull(self) -> Floats:
        """How likely each topic, while new, is clicked when it is looked at."""
        draw = np.array([news.draw for news in self.news])
        own = [np.random.default_rng((self.seed, 12, self.number + n)).standard_normal(
            len(self.news) // 2) for n in (-1, 0)]  # fmt: skip
        pull: Floats = PULL * np.exp(1.8 * (draw - 0.6) + 0.35 * np.concatenate(own))
        return pull

    @cached_property
    def tab(self) -> npt.NDArray[np.int32]:
        """The main tab every `STEP` minutes, steps x places: numbers of `news`, -1 where empty.

        What weighs, draws and is new stands high; of a story only one; who stands there stays a
        little longer.
        """
        dice = np.random.default_rng((self.seed, 13, self.number))
        steps = 1440 // STEP
        at = self.start + np.arange(steps) * STEP * clock.MINUTE
        worth = np.array([0.7 * news.importance + 0.3 * news.draw for news in self.news])
        worth = worth * np.exp(0.12 * dice.standard_normal(len(worth)))
        value = worth * np.exp(-self._age(at) / AGES)
        value[~self._open(at)] = 0
        stories = [news.versions[0][1] for news in self.news]
        names = [topic.story or topic.id for topic in stories]
        _, story = np.unique(names, return_inverse=True)
        return _laid_out(value, story)

    @cached_property
    def counts(self) -> Minutes:
        """What readers saw and clicked, by minute and place; minutes that were lost are missing."""
        dice = np.random.default_rng((self.seed, 14, self.number))
        minute = np.arange(1440)
        views = dice.poisson(VIEWS * CURVE / CURVE.mean())
        topic = np.repeat(self.tab, STEP, axis=0)
        seen = dice.binomial(views[:, None], SEEN)
        at = self.start + minute * clock.MINUTE
        age = self._age(at)[minute[:, None], topic]
        chance = self.pull[topic] * LOOKS * np.exp(-age / FADES)
        clicked = dice.binomial(seen, np.clip(chance * self._spikes(dice, topic), 0, 0.9))
        heard = np.ones(1440, np.bool_)
        for gap in dice.integers(1440, size=SILENCES):
            heard[gap : gap + int(dice.integers(2, 9))] = False
        kept = (topic >= 0) & (seen > 0) & heard[:, None]
        when, place = np.nonzero(kept)
        return Minutes(
            self.ids,
            topic[kept].astype(np.int32),
            (place + 1).astype(np.int32),
            self.start // clock.MINUTE + when.astype(np.int64),
            seen[kept].astype(np.int64),
            clicked[kept].astype(np.int64),
        )

    @cached_property
    def placings(self) -> tuple[Placing, ...]:
        """The main tab of the day, an entry where it changed."""
        found: list[Placing] = []
        for step, row in enumerate(self.tab.tolist()):
            ids = tuple(self.ids[n] for n in row if n >= 0)
            if not found or found[-1].ids != ids:
                found.append(Placing(self.start + step * STEP * clock.MINUTE, ids))
        return tuple(found)

    def later(self, hour: int) -> dict[str, float]:
        """Returns the clicks per 1,000 looks at the first place that each topic known at an hour
        is worth over the three hours after it, by its id: the truth that no editor has."""
        at = self.start + hour * clock.HOUR
        middle = np.array([at + 90 * clock.MINUTE])
        worth = 1000 * self.pull * np.exp(-self._age(middle)[0] / FADES)
        came = [news.versions[0][0] <= at for news in self.news]
        told = zip(self.ids, worth.tolist(), came, strict=True)
        return {name: round(value, 2) for name, value, known in told if known}

    def _age(self, at: Whole) -> Floats:
        """Returns hours since each topic came in, times x topics, never below 0."""
        came = np.array([news.versions[0][0] for news in self.news])
        hours: Floats = np.maximum(at[:, None] - came, 0) / clock.HOUR
        return hours

    def _open(self, at: Whole) -> npt.NDArray[np.bool_]:
        """Returns, times x topics, whether the main tab may show a topic."""
        begins, ends = [], []
        for news in self.news:
            came, topic = news.versions[0]
            begins.append(clock.micros(topic.embargo) if topic.embargo else came)
            last, newest = news.versions[-1]
            gone = last if newest.status == "withdrawn" else 2**62
            ends.append(min(gone, clock.micros(topic.stale_at) if topic.stale_at else 2**62))
        return (at[:, None] >= np.array(begins)) & (at[:, None] < np.array(ends))

    def _spikes(self, dice: np.random.Generator, topic: npt.NDArray[np.int32]) -> Floats:
        """Returns by what clicks are multiplied, minutes x places."""
        factor = np.ones(topic.shape)
        for _ in range(SPIKES):
            start, place = int(dice.integers(360, 1430)), int(dice.integers(PLACES))
            burst = slice(start, start + int(dice.integers(6, 15)))
            factor[burst][topic[burst] == topic[start, place]] = dice.uniform(2.5, 4.0)
        return factor


def _laid_out(value: Floats, story: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Returns the best topics at each time, one of a story; those of the time before gain."""
    tab = np.full((len(value), PLACES), -1, np.int32)
    for step in range(len(value)):
        now = value[step].copy()
        if step:
            stays = tab[step - 1][tab[step - 1] >= 0]
            now[stays] *= 1.12
        best = np.argsort(-now, kind="stable")[: 4 * PLACES]
        best = best[now[best] > 0]
        _, firsts = np.unique(story[best], return_index=True)
        chosen = best[np.sort(firsts)][:PLACES]
        tab[step, : len(chosen)] = chosen
    return tab
