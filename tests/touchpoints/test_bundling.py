"""What goes into a bundle: who may be offered, in which order, and what owners get."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.learning.worlds import SETTINGS, act, told
from tests.touchpoints.worlds import NOW, goods, tag_table

from pittari import clock
from pittari.device.bundle import Bundle, Part
from pittari.device.contents import Contents
from pittari.device.matching import matches
from pittari.device.person import Person
from pittari.device.settings import ADULT, ELIGIBLE, SENDABLE
from pittari.device.silence import silent
from pittari.device.writing import write_bundle, write_part
from pittari.learning.learn import fit
from pittari.learning.tags.table import TagTable
from pittari.model.catalog import Item
from pittari.model.tags import Correction
from pittari.testing.bundles import SIGNER
from pittari.touchpoints.suggest.bundling import LEAST, Stock, chosen, contents, parts, stock
from pittari.touchpoints.suggest.offering import STANDARD
from pittari.touchpoints.suggest.space import Space, settled
from pittari.touchpoints.suggest.stickers import stickers

NOTHING = {
    "items": np.zeros(0, "S1"),
    "prior": np.zeros(0, np.uint8),
    "vectors": np.zeros((0, 16), np.int8),
    "cluster": np.zeros(0, np.uint8),
    "centres": np.zeros((0, 16), np.int8),
}
"""A table `offers` of a shop that nobody knows yet."""


def stocked(items: list[Item], corrections: tuple[Correction, ...] = (), offers=NOTHING) -> Stock:
    table = TagTable.from_arrays(tag_table(items)).corrected(corrections)
    return stock(table, offers, stickers(items, NOW, 180))


def bundled(items: list[Item], before: tuple[str, ...] = (), **more: Any) -> Bundle:
    there = stocked(items, **more)
    said = contents(there, chosen(there, STANDARD), "ja", {}, before)
    return Bundle.open(write_bundle(said, SIGNER), SIGNER.keys)


def moment(days: float) -> datetime:
    return clock.moment(NOW + int(days * clock.DAY))


def pair(**more: Any) -> list[Item]:
    """Returns a package and its sticker; what is said of `package_...` is of the package."""
    whole = {k.removeprefix("package_"): v for k, v in more.items() if k.startswith("package_")}
    own = {k: v for k, v in more.items() if not k.startswith("package_")}
    sold = {"sold_from": moment(-200), "premium": True}
    return [
        Item(id="p", kind="package", **{**sold, **whole}),
        Item(id="s", kind="sticker", package="p", tags=("hello",), **own),
    ]


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({}, True),
        ({"package_premium": False}, False),
        ({"package_premium": False, "premium": True}, True),
        ({"package_sold_from": moment(-180)}, True),
        ({"package_sold_from": moment(-179.9)}, False),
        ({"package_sold_from": None}, True),
        ({"sold_from": moment(-10)}, False),
        ({"package_sold_until": moment(1)}, True),
        ({"package_sold_until": moment(0)}, False),
        ({"sold_until": moment(-1)}, False),
        ({"status": "withdrawn"}, False),
        ({"package_status": "withdrawn"}, False),
    ],
)
def test_who_may_be_offered(more: dict[str, Any], fits: bool) -> None:
    assert stickers(pair(**more), NOW, 180).eligible.tolist() == [fits]


def test_what_a_sticker_does_not_say_its_package_says_for_it() -> None:
    there = stickers(pair(package_regions=("TW", "JP"), package_adult=True), NOW, 180)
    assert there.regions == ((), ("JP", "TW"))
    assert (there.region.tolist(), there.adult.tolist()) == ([1], [True])
    own = stickers(pair(package_regions=("TW",), regions=("US",)), NOW, 180)
    assert own.regions[own.region[0]] == ("US",)


def test_a_sticker_sold_alone_is_its_own_package() -> None:
    there = stickers([Item(id="alone", kind="sticker", premium=True)], NOW, 180)
    assert there.packages == ("alone",)
    assert there.eligible.all()


def test_more_sets_of_regions_than_a_bundle_can_tell_apart() -> None:
    many = [
        Item(id=f"s{n}", kind="sticker", premium=True, regions=(f"R{n:03}",)) for n in range(300)
    ]
    common = [Item(id=f"c{n}", kind="sticker", premium=True, regions=("JP",)) for n in range(3)]
    there = stickers([*many, *common], NOW, 0)
    assert len(there.regions) == 256
    assert there.eligible.sum() == 254 + 3
    assert all(
        there.regions[there.region[row]] == (f"R{row:03}",)
        for row in np.flatnonzero(there.eligible[:300])
    )


def test_a_small_shop_fits_whole() -> None:
    items = goods()
    bundle = bundled(items)
    there = {item.id for item in items if item.kind == "sticker" and item.premium}
    assert set(bundle.ids) == there
    assert (bundle.offers == np.diff(bundle.starts)).all()
    assert (bundle.flags == ELIGIBLE | SENDABLE).all()
    for number, tag in enumerate(bundle.tags):
        rows = bundle.items[bundle.starts[number] : bundle.starts[number + 1]]
        fitting = {i.id for i in items if i.kind == "sticker" and tag in i.tags and i.premium}
        assert {bundle.ids[row] for row in rows} == fitting


def test_words_that_only_owners_have_are_in_the_bundle_too() -> None:
    items = [*goods(2, each=2), *pair(premium=False, package_premium=False)]
    bundle = bundled(items)
    assert "hello" in bundle.tags
    assert bundle.offers[bundle.tags.index("hello")] == 0


def test_parts_hold_all_stickers_of_a_package_and_no_other() -> None:
    items = goods()
    for part, said in zip(range(6), parts(stocked(items)), strict=True):
        opened = Part.open(write_part(said, SIGNER), SIGNER.keys)
        own = [item for item in items if item.package == f"pack-{part}"]
        assert opened.packages == [f"pack-{part}"]
        assert opened.ids == [item.id for item in own]
        pairs = {
            (opened.ids[row], tag)
            for at, tag in enumerate(opened.tags)
            for row in opened.items[opened.starts[at] : opened.starts[at + 1]]
        }
        assert pairs == {(item.id, tag) for item in own for tag in item.tags}


def test_a_package_with_a_long_name_has_a_part_too() -> None:
    name = "0f8fad5b-d9cb-469f-a165-70867728950e"
    items = [Item(id=name), Item(id="s", kind="sticker", package=name, tags=("hello",))]
    part = Part.open(write_part(next(parts(stocked(items))), SIGNER), SIGNER.keys)
    assert part.packages == [name]
    assert len(part.head.name) == 24


def test_adult_stickers_say_so() -> None:
    adult = Item(id="x", kind="sticker", premium=True, adult=True, tags=("ok",))
    bundle = bundled([*goods(3, each=2), adult])
    assert bundle.flags[bundle.ids.index("x")] == ADULT | ELIGIBLE | SENDABLE


def test_a_persons_word_counts_in_the_bundle() -> None:
    items = goods()
    added = Correction(item="pack-1-0", tag="ぴったり", act="add", by="mia", at=1)
    gone = Correction(item="", tag="ok", act="block", by="mia", at=2)
    bundle = bundled(items, corrections=(added, gone))
    tag = bundle.tags.index("ぴったり")
    assert [
        bundle.ids[row] for row in bundle.items[bundle.starts[tag] : bundle.starts[tag + 1]]
    ] == ["pack-1-0"]
    assert "ok" not in bundle.tags
    assert "ok" not in bundle.keywords
    keys = matches(bundle, "ぴったり")
    assert silent(bundle, keys, Person(), at=NOW) is None


def test_a_guess_takes_no_place_in_a_row() -> None:
    items = goods(3, each=2)
    table = TagTable.from_arrays(tag_table(items))
    sure = np.full(len(table.confidence), LEAST, np.uint8)
    sure[0] -= 1
    there = stock(replace(table, confidence=sure), NOTHING, stickers(items, NOW, 180))
    pairs = set(zip(there.tag.tolist(), there.item.tolist(), strict=True))
    assert len(pairs) == len(table.confidence) - 1
    assert (0, there.stickers.rows([table.items[table.tag_items[0]]])[0]) not in pairs


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 5), max_size=6), st.lists(st.integers(0, 5), max_size=6))
def test_what_stood_before_keeps_its_place(first: list[int], second: list[int]) -> None:
    """Rows move only into gaps, and only when the bundle grows shorter."""

    def shop(packages: list[int]) -> list[Item]:
        return [
            Item(id=f"s{n}-{k}", kind="sticker", premium=True, tags=(f"tag{k}",))
            for n in sorted(set(packages))
            for k in range(2)
        ]

    before = bundled(shop(first))
    after = bundled(shop(second), tuple(before.ids))
    stayed = [name for name in before.ids if name in after.ids]
    moved = [name for name in stayed if before.ids.index(name) != after.ids.index(name)]
    assert set(after.ids) == {item.id for item in shop(second)}
    assert len(after.ids) == len(set(after.ids))
    assert len(moved) <= max(0, len(before.ids) - len(after.ids))


def test_the_same_contents_come_from_the_same_shop_in_any_order() -> None:
    items = goods()
    offers = fit("offers", told([], items, NOW), SETTINGS).arrays
    there, again = (stocked(items, offers=offers) for _ in range(2))
    one: Contents = contents(there, chosen(there, STANDARD), "en", {})
    other = contents(again, chosen(again, STANDARD), "en", {})
    assert write_bundle(one, SIGNER) == write_bundle(other, SIGNER)


def test_acquisition_history_decides_between_equals() -> None:
    items = goods(4, each=1)
    rows = [act(f"u{n}", "pack-3") for n in range(9)] + [act("u1", "pack-2")]
    offers = fit("offers", told(rows, items, NOW), SETTINGS).arrays
    there = stocked(items, offers=offers)
    prior = dict(zip(there.stickers.ids, there.prior.tolist(), strict=True))
    assert prior["pack-3-0"] == 255 > prior["pack-2-0"] > prior["pack-1-0"] == 0
    cells = chosen(there, STANDARD)
    tag = int(np.flatnonzero(there.table.tag_counts == 4)[0])
    ranked = [there.stickers.ids[there.item[c]] for c in cells if there.tag[c] == tag]
    assert ranked == ["pack-3-0", "pack-2-0", "pack-1-0"]


def test_stickers_that_came_after_learning_are_there_without_a_history() -> None:
    items = goods(3)
    offers = fit("offers", told([], items[:9], NOW), SETTINGS).arrays
    there = stocked(items, offers=offers)
    assert there.cluster[-1] == 255
    assert not there.vectors[-1].any()
    assert len(contents(there, chosen(there, STANDARD), "ja", {}).items.ids) == 16


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 40))
def test_a_turned_space_is_turned_back(seed: int, common: int) -> None:
    dice = np.random.default_rng(seed)
    old = dice.standard_normal((60, 16))
    old = np.rint(127 * old / np.linalg.norm(old, axis=1, keepdims=True)).astype(np.int8)
    turn = np.linalg.qr(dice.standard_normal((16, 16)))[0]
    new = np.rint(np.clip(old @ turn, -127, 127)).astype(np.int8)
    rows, before = np.arange(common), Space(np.zeros(common, "S1"), old[:common], old[:3])
    back, centres = settled(new, new[:3], before, rows)
    if common > 20:
        assert (back[rows] == old[rows]).all()
        near = (back.astype(float) * old).sum(axis=1) / 127**2
        assert near.min() > 0.95
        assert (centres == old[:3]).all()
    likeness = (new.astype(float) @ new.T) / 127**2
    assert np.abs((back.astype(float) @ back.T) / 127**2 - likeness).max() < 0.3
