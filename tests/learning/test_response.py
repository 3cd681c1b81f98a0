"""Click rates are found again, whatever the place did to them."""

from __future__ import annotations

import numpy as np
import pytest
from tests.learning.worlds import SETTINGS, told

from pittari.learning.engagement import Engagement
from pittari.learning.fresh import gamma_lift
from pittari.learning.response import beta_prior, examination
from pittari.learning.rows import Looks

SEEN = 1 / np.arange(1, 9) ** 0.7


def planted(items: int, looks: int, seed: int = 0):
    """A shelf that puts the better items higher: what each place and item truly does."""
    dice = np.random.default_rng(seed)
    rate = dice.beta(4, 36, items)
    liking = rate * dice.lognormal(0, 0.6, (looks, items))
    order = np.argsort(-liking, axis=1)[:, : len(SEEN)]
    drawn = dice.random(order.shape) < 0.05
    order[drawn] = dice.integers(0, items, drawn.sum())
    shown, engaged = np.zeros((2, items, len(SEEN)))
    for place in range(len(SEEN)):
        column = order[:, place]
        clicks = dice.random(looks) < rate[column] * SEEN[place]
        shown[:, place] = np.bincount(column, minlength=items)
        engaged[:, place] = np.bincount(column, clicks, items)
    item, place = np.nonzero(shown)
    columns = (item.astype(np.int32), place.astype(np.int32), (place + 1).astype(np.int32))
    return Looks(*columns, shown[item, place], engaged[item, place]), rate


def test_planted_places_and_rates_are_found_in_spite_of_position_bias():
    looks, rate = planted(60, 60_000)
    assert examination(looks) == pytest.approx(SEEN, rel=0.08)
    naive = np.bincount(looks.item, looks.engaged) / np.bincount(looks.item, looks.shown)
    rows = told([])
    world = type(rows)(0, np.arange(60).astype("S2"), rows.users, rows.pairs, looks, rows.goods)
    table = Engagement(SETTINGS).fit(world).arrays
    found = table["alpha"] / (table["alpha"] + table["beta"])
    assert np.abs(found - rate).mean() < 0.01
    assert np.abs(naive - rate).mean() > 0.03
    assert table["lift"] == pytest.approx(found / 0.1, rel=0.25)


def test_the_prior_is_that_of_the_items():
    dice = np.random.default_rng(5)
    shown = dice.integers(20, 400, 3000).astype(float)
    engaged = dice.binomial(shown.astype(int), dice.beta(6, 94, 3000)).astype(float)
    a, b = beta_prior(engaged, shown)
    assert a / (a + b) == pytest.approx(0.06, rel=0.05)
    assert a + b == pytest.approx(100, rel=0.25)


def test_an_item_nobody_has_seen_is_as_the_average():
    assert gamma_lift(np.array([0.0, 3, 9]), np.array([0.0, 10, 10]))[0] == pytest.approx(1)
    lift = gamma_lift(np.array([0.0, 1, 9]), np.array([10.0, 10, 10]))
    assert lift[0] < lift[1] < lift[2]
