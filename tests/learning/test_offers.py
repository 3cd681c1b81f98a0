"""What the table `offers` must find in a shop whose tastes are known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.learning.worlds import SETTINGS, act, told

from pittari import clock
from pittari.learning.learn import fit
from pittari.learning.offers.clusters import clustered, nearest_centre
from pittari.model.catalog import Item
from pittari.settings import LearnTable

CAMPS = ("cats", "dogs", "birds")


def shop(packages: int = 18, each: int = 6) -> list[Item]:
    """Returns packages of three camps by turns; a sticker's words are its camp's, and one own."""
    found = []
    for number in range(packages):
        camp = CAMPS[number % 3]
        found.append(Item(id=f"p{number:02}", kind="package"))
        found += [
            Item(
                id=f"p{number:02}-{n}",
                kind="sticker",
                package=f"p{number:02}",
                tags=(camp, f"{camp}{n % 3}", f"mood{n}"),
            )
            for n in range(each)
        ]
    return found


def crowd(people: int = 90) -> list:
    """Returns what people took: each of one camp only."""
    dice = np.random.default_rng(0)
    return [
        act(f"u{person}", f"p{number:02}", ago=int(dice.integers(1, 10 * clock.DAY)))
        for person in range(people)
        for number in range(person % 3, 18, 3)
        if dice.random() < 0.6
    ]


@pytest.fixture(scope="module")
def table():
    return fit("offers", told(crowd(), shop()), SETTINGS).arrays


def test_the_table_counts_stickers_only(table) -> None:
    assert table["items"].tolist() == sorted(
        item.id.encode() for item in shop() if item.kind == "sticker"
    )
    assert table["vectors"].shape == (108, 16)
    assert (table["vectors"].dtype, table["centres"].dtype) == (np.int8, np.int8)
    lengths = np.linalg.norm(table["vectors"].astype(float), axis=1)
    assert np.abs(lengths - 127).max() < 3
    assert table["cluster"].max() < len(table["centres"]) <= 32


def test_stickers_of_one_taste_lie_together(table) -> None:
    vectors = table["vectors"].astype(float)
    camp = np.array([int(name[1:3]) % 3 for name in table["items"].tolist()])
    near = vectors @ vectors.T / 127**2
    same = camp[:, None] == camp
    assert near[same].mean() > near[~same].mean() + 0.5
    tallies = [np.bincount(camp[table["cluster"] == c]) for c in range(len(table["centres"]))]
    assert all(tally.max() == tally.sum() for tally in tallies)


def test_people_alone_bring_stickers_together_where_words_tell_nothing() -> None:
    silent = [item if item.kind == "package" else Item(
        id=item.id, kind="sticker", package=item.package) for item in shop()]  # fmt: skip
    vectors = fit("offers", told(crowd(), silent), SETTINGS).arrays["vectors"].astype(float)
    camp = np.repeat(np.arange(18) % 3, 6)
    near = vectors @ vectors.T / 127**2
    same = camp[:, None] == camp
    assert near[same].mean() > near[~same].mean() + 0.5


def test_prior_counts_people_who_took_the_package_or_sent_the_sticker() -> None:
    items = shop(4, each=2)
    rows = [act(f"u{n}", "p00") for n in range(20)] + [act(f"u{n}", "p01") for n in range(5)]
    rows += [act(f"u{n}", "p02-1", "send") for n in range(4)]
    rows += [act(f"u{n}", "p03", "click") for n in range(50)]
    rows += [act("u1", "p01") for _ in range(9)]
    table = fit("offers", told(rows, items), LearnTable()).arrays
    prior = dict(zip(table["items"].tolist(), table["prior"].tolist(), strict=True))
    assert prior[b"p00-0"] == prior[b"p00-1"] == 255
    assert prior[b"p00-0"] > prior[b"p01-0"] > prior[b"p02-1"] > prior[b"p02-0"] > 0
    assert prior[b"p03-0"] == 0


def test_what_was_taken_long_ago_counts_less() -> None:
    items = shop(2, each=1)
    rows = [act(f"u{n}", "p00", ago=100 * clock.DAY) for n in range(9)]
    rows += [act(f"u{n}", "p01", ago=clock.DAY) for n in range(3)]
    prior = fit("offers", told(rows, items), LearnTable()).arrays["prior"]
    assert prior[1] == 255 > prior[0]


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_tiny_shop_has_a_table(count: int) -> None:
    items = [Item(id=f"s{n}", kind="sticker", tags=(f"t{n}", "all")) for n in range(count)]
    table = fit("offers", told([], items), SETTINGS).arrays
    assert table["vectors"].shape == (count, 16)
    assert len(table["prior"]) == len(table["cluster"]) == count


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 60), st.integers(1, 8))
def test_each_point_belongs_to_its_nearest_centre(seed: int, count: int, most: int) -> None:
    dice = np.random.default_rng(seed)
    drawn = dice.standard_normal((count, 16))
    points = np.rint(127 * drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.int8)
    weights = dice.random(count) + 0.1
    centres = clustered(points, weights, most)
    assert np.array_equal(centres, clustered(points, weights, most))
    assert len(centres) <= min(most, count)
    own = nearest_centre(points, centres)
    if count:
        near = points.astype(int) @ centres.astype(int).T
        assert (near[np.arange(count), own] == near.max(axis=1)).all()
        assert set(own.tolist()) == set(range(len(centres)))
