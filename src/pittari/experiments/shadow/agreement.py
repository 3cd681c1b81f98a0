"""How sure is the agreement, what would chance give, and how far do editors agree themselves?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.experiments.shadow.measures import MEASURES, Ids

Floats = npt.NDArray[np.float64]

DRAWS = 2000
"""Bootstrap samples behind an interval."""
RANDOM = 20
"""Random line-ups per edition behind the level of chance."""
SEED = 20_261_122


class Figure(msgspec.Struct, frozen=True):
    """A mean over editions with its 95 % interval; `n`: editions that have the measure."""

    mean: float
    low: float
    high: float
    n: int


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """How far line-ups agree with the editors' own, by measure.

    `chance`: what random line-ups from the same pools score. `editors`: how far editors agree
    with one another, where an edition has line-ups of several; empty otherwise.
    """

    editions: int
    measures: dict[str, Figure]
    chance: dict[str, float]
    editors: dict[str, Figure]


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """One edition: our line-up, what it could hold, and every editor's line-up."""

    edition: str
    ours: tuple[str, ...]
    pool: tuple[str, ...]
    theirs: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """The edition's name without its date."""
        return self.edition.rpartition("/")[2]


def agreement(judged: Sequence[Judged], seed: int = SEED) -> Agreement:
    """Returns the agreement over editions; where there are several editors, the mean over them.

    Intervals are percentiles of the bootstrap over editions (Efron and Tibshirani, "An
    Introduction to the Bootstrap", 13.3): places of one edition are not independent, editions
    nearly so. The same input and seed give the same figures.
    """
    ours = _table([[(one.ours, other) for other in one.theirs] for one in judged])
    dice = np.random.default_rng((seed, 1))
    chance = _table([_random(one, dice) for one in judged])
    several = [list(permutations(one.theirs, 2)) for one in judged if len(one.theirs) > 1]
    return Agreement(
        editions=len(judged),
        measures={name: figure(values, seed) for name, values in ours.items()},
        chance={name: _mean(values) for name, values in chance.items()},
        editors={name: figure(values, seed) for name, values in _table(several).items()}
        if several
        else {},
    )


def figure(values: Floats, seed: int = SEED) -> Figure:
    """Returns the mean of the values that are not NaN and its 95 % interval."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Figure(math.nan, math.nan, math.nan, 0)
    dice = np.random.default_rng((seed, 2))
    counts = dice.multinomial(len(known), np.full(len(known), 1 / len(known)), size=DRAWS)
    low, high = np.quantile(counts @ known / len(known), [0.025, 0.975])
    return Figure(float(known.mean()), float(low), float(high), len(known))


def _table(pairs: Sequence[Sequence[tuple[Ids, Ids]]]) -> dict[str, Floats]:
    """Returns each measure by edition, the mean over an edition's pairs of line-ups."""
    return {
        name: np.array([_mean(np.array([measure(*both) for both in own])) for own in pairs])
        for name, measure in MEASURES.items()
    }


def _random(one: Judged, dice: np.random.Generator) -> list[tuple[Ids, Ids]]:
    """Returns random line-ups of our length from the same pool beside each editor's own."""
    drawn = [
        [one.pool[i] for i in dice.permutation(len(one.pool))[: len(one.ours)]]
        for _ in range(RANDOM)
    ]
    return [(lineup, theirs) for lineup in drawn for theirs in one.theirs]


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan
