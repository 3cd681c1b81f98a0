"""Items that nobody has touched are found by what they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.learning.worlds import act, told

from pittari.learning.goods import tokens
from pittari.learning.learn import fit
from pittari.model.catalog import Item
from pittari.settings import LearnTable

TAGS = ["cat", "dog", "work", "love", "rain", "food"]


def test_words_of_both_languages_are_cut():
    assert tokens("Happy ＤＡＹ! no-go") == ["happy", "day", "no", "go"]
    assert tokens("おはよう") == ["おは", "はよ", "よう"]
    assert tokens("猫2匹 cat猫耳!") == ["猫", "2", "匹", "cat", "猫耳"]


def test_a_hidden_item_lies_nearest_to_what_shares_its_tags_and_words():
    items = [
        Item(id="hidden", tags=("cat", "sleepy"), title={"ja": "ねむいねこ"}),
        Item(id="cat", tags=("cat", "sleepy"), title={"ja": "ねむいねこ2"}),
        Item(id="dog", tags=("dog",), title={"ja": "げんきないぬ"}),
        Item(id="dog2", tags=("dog",), title={"ja": "げんきないぬ2"}),
    ]
    rows = [act(f"u{i}", item) for i in range(9) for item in ("cat", "dog", "dog2")]
    table = fit("content", told(rows, items), LearnTable(neighbours=2)).arrays
    names = table["items"].tolist()
    near = table["neighbours"]
    assert names[near[names.index(b"cat"), 0]] == b"hidden"
    assert names[near[names.index(b"hidden"), 0]] == b"cat"
    assert names[near[names.index(b"dog"), 0]] == b"dog2"


def test_a_package_is_not_alike_to_its_own_stickers():
    items = [
        Item(id="a", tags=("cat",)),
        Item(id="a1", kind="sticker", package="a", tags=("cat",)),
        Item(id="b", tags=("cat", "dog")),
        Item(id="b1", kind="sticker", package="b", tags=("cat", "dog")),
    ]
    near = fit("content", told([act("u", "a")], items), LearnTable(neighbours=1)).arrays
    assert near["items"][near["neighbours"].ravel()].tolist() == [b"b", b"b1", b"a", b"a1"]


@settings(deadline=None, max_examples=12)
@given(st.lists(st.sets(st.sampled_from(TAGS), max_size=3), min_size=2, max_size=40), st.data())
def test_every_cold_item_is_reached_or_counted(tags, data):
    items = [Item(id=f"i{i:02}", tags=tuple(sorted(t))) for i, t in enumerate(tags)]
    warm = data.draw(st.sets(st.integers(0, len(items) - 1), max_size=6))
    rows = [act(f"u{p}", f"i{i:02}") for p in range(6) for i in warm]
    found = fit("content", told(rows, items), LearnTable(neighbours=5))
    near, weight = found.arrays["neighbours"], found.arrays["weight"]
    held = near[sorted(warm)]
    reached = set(held[held >= 0].tolist()) - warm
    assert len(items) - len(warm) - len(reached) == found.figures["unreached"]
    for i, row in enumerate(near):
        named = row[row >= 0]
        assert len(set(named.tolist())) == len(named)
        assert i not in named
        assert (row[len(named) :] == -1).all()
    assert (np.diff(weight, axis=1) <= 0).all()
    assert ((weight >= 0) & (weight <= 1)).all()


def test_cold_items_are_reached_while_there_is_room():
    cold = [Item(id=f"c{i:02}", tags=("cat",)) for i in range(8)]
    warm = [Item(id=f"w{i:02}", tags=("cat", "dog")) for i in range(8)]
    other = [Item(id=f"x{i:02}", tags=("rain",)) for i in range(40)]
    rows = [act(f"u{p}", item.id) for p in range(6) for item in warm]
    found = fit("content", told(rows, [*cold, *warm, *other]), LearnTable(neighbours=5))
    assert found.figures["unreached"] == len(other)
