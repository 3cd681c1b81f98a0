"""The table of words on stickers, and people's corrections of it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.learning.tags.table import CERTAIN, ORIGINS, USUAL, ItemTag, TagTable
from pittari.model.tags import Correction


def table(tags: dict[str, list[tuple[str, int, str]]]) -> TagTable:
    """Returns a table of these tags; each is its own keyword."""
    items = sorted({item.encode() for cells in tags.values() for item, _, _ in cells})
    texts = sorted(tag.encode() for tag in tags)
    cells = [cell for text in texts for cell in tags[text.decode()]]
    names = np.array(items, "S") if items else np.zeros(0, "S1")
    words = np.array(texts, "S") if texts else np.zeros(0, "S1")
    one = np.arange(len(texts), dtype=np.int32)
    return TagTable(
        items=names,
        tags=words,
        tag_counts=np.array([len(tags[text.decode()]) for text in texts], np.int64),
        tag_items=np.array([items.index(item.encode()) for item, _, _ in cells], np.int32),
        confidence=np.array([sure for _, sure, _ in cells], np.uint8),
        origin=np.array([ORIGINS.index(origin) for _, _, origin in cells], np.uint8),
        rate=np.full(len(texts), 7, np.uint8),
        hours=np.zeros((len(texts), 8), np.uint8),
        keywords=words,
        keyword_counts=np.ones(len(texts), np.int64),
        keyword_tags=one,
        keyword_weight=np.full(len(texts), CERTAIN, np.uint8),
        reading_keywords=one,
        readings=words,
        twin=np.arange(len(items), dtype=np.int32),
    )


SHOP = {
    "ねこ": [("s2", 200, "creator"), ("s1", 200, "creator"), ("s3", 90, "association")],
    "いぬ": [("s4", 250, "creator")],
    "おはよう": [("s1", 240, "caption"), ("s4", 120, "title")],
}


def said(item: str, tag: str, act: str, at: int = 1) -> Correction:
    return Correction(item=item, tag=tag, act=act, by="ann", at=at)


def pairs(told: TagTable) -> set[tuple[str, str]]:
    return {
        (item.decode(), tag.tag) for item in told.items for tag in told.of_item(item.decode(), 99)
    }


def test_the_arrays_make_the_table_again():
    told = table(SHOP)
    again = TagTable.from_arrays(told.arrays())
    assert again.of_item("s1") == told.of_item("s1")


def test_tags_of_a_sticker_stand_surest_first_and_equals_by_their_text():
    told = table(SHOP | {"あさ": [("s1", 200, "synonym")]})
    assert told.of_item("s1") == [
        ItemTag("おはよう", 240, "caption"),
        ItemTag("あさ", 200, "synonym"),
        ItemTag("ねこ", 200, "creator"),
    ]
    assert told.of_item("s1", 1) == told.of_item("s1")[:1]
    assert told.of_item("nobody") == []


def test_what_a_person_added_is_surest_and_first():
    told = table(SHOP).corrected([said("s3", "いぬ", "add")])
    assert told.of_item("s3")[0] == ItemTag("いぬ", CERTAIN, "person")
    assert told.items[told.of_tag("いぬ")].tolist() == [b"s3", b"s4"]


def test_an_added_tag_that_is_there_stands_once():
    told = table(SHOP).corrected([said("s3", "ねこ", "add")])
    assert told.items[told.of_tag("ねこ")].tolist() == [b"s3", b"s2", b"s1"]


def test_a_new_tag_is_its_own_keyword_and_new_stickers_get_a_row():
    told = table(SHOP).corrected([said("s0", "ﾗｰﾒﾝ", "add")])
    assert told.of_item("s0") == [ItemTag("らーめん", CERTAIN, "person")]
    row = told.words.index("らーめん")
    to = told.keyword_tags[told.keyword_starts[row]]
    assert told.texts[to] == "らーめん"
    assert (told.rate[to], set(told.hours[to].tolist())) == (USUAL, {USUAL})
    assert pairs(told) == pairs(table(SHOP)) | {("s0", "らーめん")}
    assert told.twin.tolist() == list(range(5))
    assert told.words[told.reading_keywords[0]].encode() == told.readings[0]


def test_a_removed_pair_is_gone_and_only_it():
    told = table(SHOP).corrected([said("s1", "ねこ", "remove")])
    assert pairs(told) == pairs(table(SHOP)) - {("s1", "ねこ")}


def test_a_blocked_tag_is_gone_with_its_words_even_where_it_was_added():
    told = table(SHOP).corrected([said("", "ねこ", "block"), said("s4", "ねこ", "add", at=2)])
    assert "ねこ" not in told.texts
    assert "ねこ" not in told.words
    assert pairs(told) == {pair for pair in pairs(table(SHOP)) if pair[1] != "ねこ"}


def test_a_tag_removed_everywhere_stays_where_a_person_put_it():
    told = table(SHOP).corrected([said("", "ねこ", "remove"), said("s4", "ねこ", "add")])
    assert told.items[told.of_tag("ねこ")].tolist() == [b"s4"]


@pytest.mark.parametrize("act", ["remove", "block"])
def test_the_last_word_counts(act):
    both = [said("s1", "ねこ", act, at=1), said("s1", "ねこ", "add", at=2)]
    assert ("s1", "ねこ") in pairs(table(SHOP).corrected(both[::-1]))
    ended = [said("", "ねこ", act, at=1), said("", "ねこ", "add", at=2)]
    assert pairs(table(SHOP).corrected(ended)) == pairs(table(SHOP))


ACTS = st.builds(
    said,
    st.sampled_from(["", "s0", "s1", "s2", "s3", "s4", "s9"]),
    st.sampled_from(["ねこ", "いぬ", "おはよう", "cat"]),
    st.sampled_from(["add", "remove", "block"]),
    st.integers(0, 9),
)


@given(st.lists(ACTS, max_size=8))
def test_a_correction_wins_and_the_table_stays_whole(acts):
    told = table(SHOP).corrected(acts)
    wanted = {(c.item, c.tag): c.act for c in sorted(acts, key=lambda c: c.at)}
    now = pairs(told)
    for (item, tag), act in wanted.items():
        if item and act == "add":
            assert ((item, tag) in now) == (wanted.get(("", tag)) != "block")
        elif item:
            assert (item, tag) not in now
    for names in (told.items, told.tags, told.keywords):
        assert (names[1:] > names[:-1]).all()
    assert told.tag_counts.sum() == len(told.tag_items) == len(told.confidence) == len(told.origin)
    assert (told.tag_counts > 0).all()
    assert told.keyword_counts.sum() == len(told.keyword_tags) == len(told.keyword_weight)
    assert len(told.rate) == len(told.hours) == len(told.tags)
    assert len(told.twin) == len(told.items)
    assert pairs(told.corrected(acts)) == now
