"""Who lives in the made-up world? Nicknames, habits, and tastes that nobody but a test may read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.model.catalog import User

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

PLACES = (
    ("JP", "Asia/Tokyo", 9, 0.74, 0.9),
    ("TW", "Asia/Taipei", 8, 0.09, 0.25),
    ("TH", "Asia/Bangkok", 7, 0.06, 0.15),
    ("SG", "Asia/Singapore", 8, 0.05, 0.1),
    ("US", "Pacific/Honolulu", -10, 0.06, 0.2),
)
"""Region, zone, hours east of UTC (none of them changes its clocks), share of the people, and the
share among those who read Japanese; the others read English."""
GROUPS = 6
"""Groups of like taste."""
OWN = 0.35
"""How much of a taste is the person's own, beside the group's."""
TAIL = 0.7
"""Exponent of Zipf's law for how often people come by."""
VISITS, MOST_VISITS = 0.36, 2.5
"""Mean visits a day over all people, and the most anybody makes."""
NEWCOMERS = 0.25
"""Share of people who join during the days that are simulated."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people as columns, one entry each. `tastes` is people x traits (see `goods.Shop`).

    `visits` and `sends` are means a day; `thrift` is how much a price puts off, `curiosity` how
    much the new attracts; `offset` is hours east of UTC; `joined` the first day (from 0).
    """

    users: tuple[User, ...]
    group: Whole
    tastes: Floats
    visits: Floats
    sends: Floats
    thrift: Floats
    curiosity: Floats
    offset: Whole
    joined: Whole

    def __len__(self) -> int:
        return len(self.users)


def crowd(seed: int, people: int, days: int, traits: npt.NDArray[np.intp]) -> Crowd:
    """Returns made-up people. `traits` says, for each trait, which kind of trait it is (0, 1, ...):
    every kind weighs the same in a taste."""
    dice = np.random.default_rng((seed, 1))
    region = dice.choice(len(PLACES), people, p=[place[3] for place in PLACES])
    japanese = dice.random(people) < np.array([place[4] for place in PLACES])[region]
    adult = dice.random(people) < 0.6
    group = dice.integers(GROUPS, size=people)
    shared = dice.standard_normal((GROUPS, len(traits)))
    own = dice.standard_normal((people, len(traits)))
    tastes = np.sqrt(1 - OWN**2) * shared[group] + OWN * own
    rank = dice.permutation(people) + 1.0
    visits = rank**-TAIL
    joined = np.where(dice.random(people) < NEWCOMERS, dice.integers(days, size=people), 0)
    return Crowd(
        users=_users(dice, region, japanese, adult),
        group=group,
        tastes=tastes / np.sqrt(np.bincount(traits).size),
        visits=np.minimum(visits * VISITS / visits.mean(), MOST_VISITS),
        sends=dice.gamma(0.6, 2.2, people),
        thrift=dice.gamma(2.0, 0.35, people),
        curiosity=dice.gamma(2.0, 0.4, people),
        offset=np.array([place[2] for place in PLACES])[region],
        joined=joined,
    )


def _users(
    dice: np.random.Generator,
    region: Whole,
    japanese: npt.NDArray[np.bool_],
    adult: npt.NDArray[np.bool_],
) -> tuple[User, ...]:
    fresh = {locale: iter(_nicknames(dice, locale, len(region))) for locale in ("ja", "en")}
    users = []
    for number, (place, reads, grown) in enumerate(
        zip(region.tolist(), japanese.tolist(), adult.tolist(), strict=True), start=1
    ):
        locale = "ja" if reads else "en"
        users.append(
            User(
                id=f"demo-{number:04d}",
                name=next(fresh[locale]),
                locale=locale,
                region=PLACES[place][0],
                zone=PLACES[place][1],
                adult=grown,
            )
        )
    return tuple(users)


def _nicknames(dice: np.random.Generator, locale: str, count: int) -> list[str]:
    """Returns distinct nicknames; a number follows when all pairs of words are taken."""
    words = _words()[locale]
    first, last, joint = words["first"], words["last"], words["joint"]
    names: list[str] = []
    turn = 1
    while len(names) < count:
        more = "" if turn == 1 else str(turn)
        for pair in dice.permutation(len(first) * len(last)).tolist():
            one, other = divmod(pair, len(last))
            names.append(f"{first[one]}{joint}{last[other]}{more}")
        turn += 1
    return names[:count]


@cache
def _words() -> dict[str, Any]:
    text = files("pittari.demo").joinpath("data/names.toml").read_text("utf-8")
    return tomllib.loads(text)


CURVE = np.array(
    [3, 1.5, 0.8, 0.5, 0.5, 1, 3, 6, 6, 4, 3.5, 4, 7.5, 6, 3.5, 3.5, 4, 5, 6, 7, 8.5, 9.5, 8.5, 5.5]
)
"""How busy each hour of a person's own day is: morning, lunch, and most of all the evening."""


def times(dice: np.random.Generator, offset: Whole) -> Whole:
    """Returns when, within a UTC day, visits of people at these hours east of UTC begin, in
    microseconds; all end within the day."""
    hour = dice.choice(24, len(offset), p=CURVE / CURVE.sum())
    minute = dice.random(len(offset)) * 50
    inside = (hour - offset) % 24 * clock.HOUR + minute * clock.MINUTE
    return inside.astype(np.int64)


def weekend(day: int) -> float:
    """Returns how much busier than the mean a day is (days since 1970-01-01, a Thursday)."""
    return 1.25 if (day + 3) % 7 >= 5 else 0.9
