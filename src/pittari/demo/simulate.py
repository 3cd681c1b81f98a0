"""What do made-up people do in a shop? Visits, looks, clicks, purchases and sends, day by day.

Everybody's n-th visit of a day is simulated at once, as arrays of visits x packages. The shop's
policy is the one it had before it learned: the most popular first, with much exploration.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.demo.goods import Shop
from pittari.demo.people import Crowd, times, weekend
from pittari.demo.plans import Plans
from pittari.demo.rows import (
    CLICK,
    DISMISS,
    DOWNLOAD,
    MUTE,
    PREVIEW,
    PURCHASE,
    SEND,
    Acts,
    Day,
    Decisions,
    joined,
)

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

PLACES = (8, 6)
"""Places of the shelves `for_you` and `new`."""
EXPLORE = 0.45
"""Share of places the old policy draws at random."""
SCROLL = 0.35
"""Share of visits that reach the second shelf."""
DEPTH = 0.86
"""Chance that someone who has looked at a place looks at the next one."""
ATTENTION = 0.45
"""What is looked at in place k is taken in with chance k ** -ATTENTION: position bias."""
LIKING, CLICKS = 1.6, -3.4
"""Logit of a click on what is taken in: CLICKS + LIKING x affinity + quality + novelty, less
boredom."""
BUYS = -1.1
"""Logit of a purchase after a click: BUYS + 1.3 x affinity + quality - thrift x log2(price / 250),
less ENOUGH for each package the person has."""
ENOUGH = 0.15
FOUND = 0.2
"""Chance that a visit also finds a package by another way (search, a friend's sticker)."""
NOVELTY = 14
"""Days in which what is new wears off."""
BORED, TRIED, RESTED = 0.15, 1.8, 0.97
"""What a look and a click without a purchase take off the logit of the next click on the same
package, and what is left of that after a day."""
TYPED = 0.7
"""Share of stickers that are found by typing, not by looking through one's packages."""
FORGETS = 0.93
"""What popularity keeps from one day to the next."""


@dataclass(slots=True)
class Life:
    """What changes from day to day: who has, mutes or is tired of what (people x packages), and
    what is popular."""

    has: Mask
    muted: Mask
    tired: Floats
    popular: Floats


class Simulator:
    """The made-up world in motion. `affinity` is the planted truth: people x packages, mean 0 and
    variance about 1 per person."""

    def __init__(
        self, seed: int, crowd: Crowd, shop: Shop, first: int, plans: Plans | None = None
    ) -> None:
        self.seed, self.crowd, self.shop, self.first = seed, crowd, shop, first
        self.plans = plans
        self.dice = np.random.default_rng((seed, 3))
        self.affinity = affinities(crowd, shop)
        regions = {user.region for user in crowd.users}
        sold = {region: shop.sold_in(region) for region in regions}
        grown = np.array([user.adult for user in crowd.users], np.bool_)
        self.may = np.array([sold[user.region] for user in crowd.users], np.bool_)
        self.may &= grown[:, None] | ~shop.adult
        shape = (len(crowd), len(shop))
        self.life = Life(
            has=np.zeros(shape, np.bool_),
            muted=np.zeros(shape, np.bool_),
            tired=np.zeros(shape),
            popular=np.zeros(len(shop)),
        )

    def day(self, number: int) -> Day:
        """Returns what happens on the next day; days are asked for in order, from 0."""
        day = Day(self.first + number)
        start = day.day * clock.DAY
        sending = joined([self.send(start), self.borrow(start)])
        who, at = self.visits(number)
        self.life.popular *= FORGETS
        self.life.tired *= RESTED
        for turn in range(int(np.bincount(who).max(initial=0))):
            nth = _nth(who, turn)
            day.parts += self.visit(who[nth], start + at[nth])
        day.parts.append((None, sending))
        return day

    def visits(self, number: int) -> tuple[Whole, Whole]:
        """Returns who visits on a day and when in it, by person and time."""
        crowd = self.crowd
        mean = np.where(crowd.joined <= number, crowd.visits, 0) * weekend(self.first + number)
        who = np.repeat(np.arange(len(crowd)), self.dice.poisson(mean))
        at = times(self.dice, crowd.offset[who])
        order = np.lexsort((at, who))
        return who[order], at[order]

    def visit(self, who: Whole, at: Whole) -> list[tuple[Decisions | None, Acts]]:
        """Returns what comes of one visit of each of these distinct people."""
        free = self.free(who, int(at.min()))
        popular = np.broadcast_to(self.life.popular + 1e-3 * self.shop.quality, free.shape)
        shown = self.show(0, who, at, popular, free)
        further = self.dice.random(len(who)) < SCROLL
        free[np.arange(len(who))[:, None], shown[0].line] = False
        newest = np.broadcast_to(self.shop.sold_from / clock.DAY, free.shape)
        more = self.show(1, who[further], at[further], newest[further], free[further])
        found = self.find(who, at + 2 * clock.MINUTE, self.free(who, int(at.min())))
        return [shown, more, (None, found)]

    def show(
        self, shelf: int, who: Whole, at: Whole, value: Floats, free: Mask
    ) -> tuple[Decisions, Acts]:
        """Returns one shelf put before people, and what they do."""
        when = at + shelf * 40 * clock.SECOND
        line, chance, score = laid_out(value, free, PLACES[shelf], EXPLORE, self.dice)
        dice = self.dice.integers(2**62, size=len(who))
        placement = np.full(len(who), shelf)
        decisions = Decisions(when, dice, who, placement, line, chance, score)
        return decisions, self.react(who, when, line)

    def free(self, who: Whole, at: int) -> Mask:
        """Returns, visitor x package, what may be offered."""
        life = self.life
        free: Mask = self.may[who] & ~life.has[who] & ~life.muted[who] & self.shop.on_sale(at)
        return free

    def react(self, who: Whole, at: Whole, line: Whole) -> Acts:
        """Returns looks and what follows from them on a shelf: line-ups are visitors x places."""
        dice, places = self.dice, np.arange(line.shape[1])
        deep = np.minimum(dice.geometric(1 - DEPTH, len(who)) + 1, line.shape[1])
        seen = (places < deep[:, None]) & (line >= 0)
        visitor, place = np.nonzero(seen)
        item, person = line[visitor, place], who[visitor]
        moment = at[visitor] + (400_000 + 700_000 * place).astype(np.int64)
        taken_in = dice.random(len(item)) < (place + 1.0) ** -ATTENTION
        clicked = taken_in & (dice.random(len(item)) < self.draw(person, item, moment))
        self.life.tired[person, item] += BORED * taken_in
        looks = _acts(0, moment, person, item, visitor, place=place + 1)
        bad = ~clicked & taken_in & (dice.random(len(item)) < 0.012 * _sigmoid(
            -2 * self.affinity[person, item]))  # fmt: skip
        mute = bad & (dice.random(len(item)) < 0.3)
        self.life.muted[person[mute], item[mute]] = True
        code = np.where(mute, MUTE, DISMISS)[bad]
        away = _acts(code, moment[bad] + 900_000, person[bad], item[bad], visitor[bad],
                     place=place[bad] + 1)  # fmt: skip
        after = self.after(person[clicked], moment[clicked] + 1_500_000, item[clicked],
                           visitor[clicked], place[clicked] + 1)  # fmt: skip
        return joined([looks, away, *after])

    def draw(self, person: Whole, item: Whole, at: Whole) -> Floats:
        """Returns how likely people click what they have taken in."""
        shop = self.shop
        age = (at - shop.sold_from[item]) / (NOVELTY * clock.DAY)
        fresh = self.crowd.curiosity[person] * np.exp(-np.maximum(age, 0))
        wish = LIKING * self.affinity[person, item] + shop.quality[item] + fresh
        return _sigmoid(CLICKS + wish - self.life.tired[person, item])

    def after(
        self, person: Whole, at: Whole, item: Whole, decision: Whole, place: Whole
    ) -> list[Acts]:
        """Returns clicks and what follows from them; purchases are remembered."""
        dice, shop = self.dice, self.shop
        peek = dice.random(len(item)) < 0.5
        price = self.crowd.thrift[person] * np.log2(shop.price[item] / 250)
        price += ENOUGH * self.life.has[person].sum(axis=1)
        wish = _sigmoid(BUYS + 1.3 * self.affinity[person, item] + shop.quality[item] - price)
        buy = (dice.random(len(item)) < wish) & _first(person, item) & ~self.life.has[person, item]
        self.life.has[person[buy], item[buy]] = True
        self.life.tired[person, item] += TRIED
        np.add.at(self.life.popular, item, 1.0)
        np.add.at(self.life.popular, item[buy], 4.0)
        slow = (dice.random(len(item)) * 20 * clock.SECOND).astype(np.int64)

        def acts(code: int, keep: Mask, later: int | Whole) -> Acts:
            moment = (at + later)[keep]
            return _acts(code, moment, person[keep], item[keep], decision[keep], place=place[keep])

        return [
            acts(CLICK, np.full(len(item), True), 0),
            acts(PREVIEW, peek, 4 * clock.SECOND),
            acts(PURCHASE, buy, 8 * clock.SECOND + slow),
            acts(DOWNLOAD, buy, 11 * clock.SECOND + slow),
        ]

    def find(self, who: Whole, at: Whole, free: Mask) -> Acts:
        """Returns what people come to by other ways than a shelf: mostly what they like."""
        some = (self.dice.random(len(who)) < FOUND) & free.any(axis=1)
        who, at, free = who[some], at[some], free[some]
        item = _drawn(np.where(free, 2.0 * self.affinity[who] + self.shop.quality, -np.inf),
                      self.dice)  # fmt: skip
        alone = np.full(len(who), -1)
        return joined(self.after(who, at, item, alone, np.zeros(len(who), np.int64)))

    def send(self, start: int) -> Acts:
        """Returns the stickers sent on a day, by people who owned the package when it began."""
        owners = np.flatnonzero(self.life.has.any(axis=1))
        who = np.repeat(owners, self.dice.poisson(self.crowd.sends[owners]))
        item, at = self.liked(who, self.life.has, start, self.dice)
        return self.pick(who, at, item, np.random.default_rng((self.seed, 6, start)))

    def borrow(self, start: int) -> Acts:
        """Returns the stickers sent on a day by plans and trials, of packages not bought; all are
        found by typing. Its dice are its own, so that the rest of the day is as without plans."""
        dice = np.random.default_rng((self.seed, 7, start))
        nobody = np.zeros((0, len(self.shop)), np.bool_)
        open_ = self.plans.open & ~self.life.has if self.plans else nobody
        some = np.flatnonzero(open_.any(axis=1))
        who = np.repeat(some, dice.poisson(0.6 * self.crowd.sends[some]))
        item, at = self.liked(who, open_, start, dice)
        if self.plans:
            began = at >= self.plans.since[who]
            who, item, at = who[began], item[began], at[began]
        return self.pick(who, at, item, dice, typed=1.0)

    def liked(
        self, who: Whole, open_: Mask, start: int, dice: np.random.Generator
    ) -> tuple[Whole, Whole]:
        """Returns which of the packages open to them people turn to on a day, and when."""
        liking = np.where(open_[who], 0.8 * self.affinity[who], -np.inf)
        item = _drawn(liking, dice)
        return item, start + times(dice, self.crowd.offset[who])

    def pick(
        self, who: Whole, at: Whole, item: Whole, dice: np.random.Generator, typed: float = TYPED
    ) -> Acts:
        """Returns sends of one sticker of each package: the first ones more often."""
        sizes = np.array([len(spec.stickers) for spec in self.shop.pictures])
        single = (sizes[item] * dice.random(len(who)) ** 1.7).astype(np.int64)
        place = np.minimum(dice.geometric(0.4, len(who)), 8) * (dice.random(len(who)) < typed)
        alone = np.full(len(who), -1)
        return replace(_acts(SEND, at, who, item, alone, place=place), single=single)


def affinities(crowd: Crowd, shop: Shop) -> Floats:
    """Returns how much each person likes each package, from the planted tastes for its traits;
    everyone mildly prefers packages in their own language."""
    liking = crowd.tastes @ shop.traits.T
    reads = np.array([user.locale for user in crowd.users])
    wrote = np.array([spec.language for spec in shop.pictures])
    return liking + np.where(reads[:, None] == wrote, 0.35, -0.35)


def laid_out(
    value: Floats, free: Mask, places: int, explore: float, dice: np.random.Generator
) -> tuple[Whole, Floats, Floats]:
    """Returns line-ups, the exact probability of each package at its place given those before,
    and its value: visitors x places, -1 where nothing was left.

    The composer's own rule: with chance `explore` any free package, evenly; else the best one.
    """
    free = free.copy()
    every = np.arange(len(value))
    line = np.full((len(value), places), -1)
    chance, score = np.zeros(line.shape), np.zeros(line.shape)
    for place in range(places):
        left = free.sum(axis=1)
        best = np.where(free, value, -np.inf).argmax(axis=1)
        nth = (dice.random(len(value)) * left).astype(np.int64)
        drawn = (free.cumsum(axis=1) > nth[:, None]).argmax(axis=1)
        item = np.where(dice.random(len(value)) < explore, drawn, best)
        some = left > 0
        line[some, place] = item[some]
        even = explore / np.maximum(left, 1)
        chance[:, place] = np.where(some, (1 - explore) * (item == best) + even, 0)
        score[:, place] = np.where(some, value[every, item], 0)
        free[every, item] = False
    return line, chance, score


def _drawn(logits: Floats, dice: np.random.Generator) -> Whole:
    """Returns one column per row, drawn with the softmax of the logits (Gumbel's trick)."""
    found: Whole = (logits + dice.gumbel(size=logits.shape)).argmax(axis=1)
    return found


def _nth(who: Whole, turn: int) -> Mask:
    """Marks everybody's visit number `turn`; `who` ascends."""
    begin = np.searchsorted(who, who, side="left")
    nth: Mask = np.arange(len(who)) - begin == turn
    return nth


def _first(person: Whole, item: Whole) -> Mask:
    """Marks the first entry of each pair."""
    first = np.zeros(len(person), np.bool_)
    first[np.unique(person * (int(item.max(initial=0)) + 1) + item, return_index=True)[1]] = True
    return first


def _sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def _acts(
    code: int | Whole, at: Whole, user: Whole, item: Whole, decision: Whole, *, place: Whole
) -> Acts:
    action = np.broadcast_to(np.asarray(code, np.int64), at.shape)
    return Acts(action, at, user, item, decision, place, np.full(len(item), -1))
