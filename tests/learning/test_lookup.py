"""A word is found by any way of typing it, and tells its stickers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.learning.tagged import learned

from pittari.learning.tags.lookup import Lookup, sticker_ids
from pittari.learning.tags.standing import nothing
from pittari.model.catalog import Item, empty_catalog

KNOWN = Lookup(learned())


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("おは", "おはよう"),
        ("オハ", "おはよう"),
        ("ｵﾊﾖｳ", "おはよう"),
        ("ohay", "おはよう"),
        ("good m", "good morning"),
        ("GOOD MORNING", "good morning"),
        ("morning", "good morning"),
        ("陽", ""),
        ("太陽", "太陽"),
        ("zzz", ""),
        (" ", ""),
    ],
)
def test_a_tag_is_found_as_it_is_typed(typed: str, first: str) -> None:
    assert next(iter(KNOWN.search(typed, 5)), "") == first


@given(st.text(max_size=12))
def test_any_text_finds_tags_once_each(text: str) -> None:
    found = KNOWN.search(text, 3)
    assert len(found) == len(set(found)) <= 3
    assert set(found) <= set(KNOWN.table.texts)


def test_a_reading_finds_its_word() -> None:
    table = learned()
    row = table.words.index("太陽")
    told = np.array([row], np.int32), np.array(["たいよう".encode()])
    read = Lookup(replace(table, reading_keywords=told[0], readings=told[1]))
    assert read.search("たい", 5) == ["太陽"]
    assert read.search("taiy", 5) == ["太陽"]


def test_a_tag_tells_its_stickers_and_words() -> None:
    assert [one.item for one in KNOWN.stickers("おはよう")] == ["s0", "s1"]
    assert KNOWN.stickers("おはよう")[0][1:] == (200, "creator")
    assert KNOWN.keywords("ありがとう") == ["ありがとう"]
    assert KNOWN.stickers("none") == KNOWN.keywords("none") == []


def test_nothing_is_found_where_nothing_was_learned() -> None:
    empty = Lookup(nothing())
    assert empty.search("おはよう", 5) == empty.stickers("おはよう") == empty.keywords("x") == []


def test_stickers_of_a_catalogue_are_those_that_stand() -> None:
    made = [
        Item(id="p"),
        Item(id="a", kind="sticker"),
        Item(id="b", kind="sticker", status="withdrawn"),
    ]
    assert sticker_ids(empty_catalog().amended(made, 1)) == ["a"]
    assert sticker_ids(empty_catalog()) == []
