"""What people put right about words on stickers stays, is on record, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.errors import Conflict, Invalid, NotFound
from pittari.model.catalog import Item
from pittari.store import Store
from pittari.store.tags import LONGEST, NotATag, tag_of
from pittari.text.folding import folded


@pytest.fixture
def stickers(store: Store) -> Store:
    made = [Item(id=f"s{i}", kind="sticker", package="p") for i in range(3)]
    store.catalog.put_items([Item(id="p"), *made])
    return store


def told(store: Store) -> list[tuple[str, str, str, str]]:
    return [(one.act, one.item, one.tag, one.by) for one in store.tags.corrections()]


def test_a_correction_holds_until_it_is_taken_back(
    stickers: Store, reopened: Callable[[], Store]
) -> None:
    assert stickers.tags.put("add", "おはよう", "s1", "mika") is None
    stickers.tags.put("remove", "ねむい", "s0", "ken")
    stickers.tags.put("block", "無料", by="mika")
    wanted = [
        ("block", "", "無料", "mika"),
        ("remove", "s0", "ねむい", "ken"),
        ("add", "s1", "おはよう", "mika"),
    ]
    assert told(stickers) == told(reopened()) == wanted
    stickers.tags.restore("無料", by="ken")
    stickers.tags.restore("おはよう", "s1")
    assert told(stickers) == wanted[1:2]
    with pytest.raises(NotFound, match="nothing to restore"):
        stickers.tags.restore("おはよう", "s1")


def test_the_last_word_on_a_word_counts(stickers: Store) -> None:
    stickers.tags.put("add", "hi", "s1", "mika")
    before = stickers.tags.put("remove", "hi", "s1", "ken")
    assert before is not None
    assert (before.act, before.by) == ("add", "mika")
    assert told(stickers) == [("remove", "s1", "hi", "ken")]


def test_all_ways_of_writing_a_word_are_one(stickers: Store) -> None:
    for text in ("オハヨウ", "ｵﾊﾖｳ", " おはよう\n", "お\u200bはよう"):
        stickers.tags.put("add", text, "s1")
    assert told(stickers) == [("add", "s1", "おはよう", "")]


def test_a_word_is_told_as_it_was_written(stickers: Store) -> None:
    for text, told in [
        ("ラーメン", "ラーメン"),
        ("  Good\u3000 Morning\n", "Good Morning"),
        ("ＡＢＣ\u200b", "ABC"),
        ("\u202eevil\x07", "evil"),
    ]:
        stickers.tags.put("add", text, "s1")
        (one,) = stickers.tags.corrections()
        assert one.written == told
        assert folded(one.written) == one.tag
        assert stickers.audit.acts(limit=1)[0].detail == told
        stickers.tags.restore(text, "s1")


def test_what_was_said_already_changes_nothing(stickers: Store) -> None:
    stickers.tags.put("add", "hi", "s1", "mika")
    known, seen = stickers.tags.revision(), stickers.audit.acts()
    stickers.tags.put("add", "HI", "s1", "ken")
    assert (stickers.tags.revision(), stickers.audit.acts()) == (known, seen)
    assert told(stickers) == [("add", "s1", "hi", "mika")]


def test_every_change_is_seen_by_its_number(stickers: Store) -> None:
    numbers = [stickers.tags.revision()]
    for change in (
        lambda: stickers.tags.put("add", "hi", "s1"),
        lambda: stickers.tags.put("remove", "hi", "s1"),
        lambda: stickers.tags.put("block", "hi"),
        lambda: stickers.tags.restore("hi"),
        lambda: stickers.tags.restore("hi", "s1"),
    ):
        change()
        numbers.append(stickers.tags.revision())
    assert numbers[0] == 0
    assert numbers == sorted(set(numbers))


def test_every_act_is_on_record(stickers: Store) -> None:
    stickers.tags.put("add", "hi", "s1", "mika")
    stickers.tags.restore("hi", "s1", "ken")
    stickers.tags.put("block", "hi", by="mika")
    stickers.tags.restore("hi", by="ken")
    stickers.keys.create("desk", "editor", "root")
    acts = [(a.action, a.actor, a.subject, a.detail) for a in stickers.audit.acts(about="tags")]
    assert acts == [
        ("tags.unblock", "ken", "hi", ""),
        ("tags.block", "mika", "hi", ""),
        ("tags.restore", "ken", "s1", "hi"),
        ("tags.add", "mika", "s1", "hi"),
    ]
    assert len(stickers.audit.acts()) == len(acts) + 1


def test_a_blocked_word_cannot_be_added(stickers: Store) -> None:
    stickers.tags.put("block", "free")
    with pytest.raises(Conflict, match="restore it first"):
        stickers.tags.put("add", "Free", "s1")
    assert told(stickers) == [("block", "", "free", "")]


@pytest.mark.parametrize("item", ["none", "p", "", "s1\0", "s" * 10_000])
def test_what_is_no_sticker_is_not_corrected(stickers: Store, item: str) -> None:
    with pytest.raises((NotFound, Invalid)):
        stickers.tags.put("add", "hi", item)
    with pytest.raises(NotFound):
        stickers.tags.restore("hi", item)
    assert told(stickers) == []
    assert stickers.audit.acts() == []


def test_a_block_is_of_no_sticker(stickers: Store) -> None:
    with pytest.raises(Invalid, match="expected no item"):
        stickers.tags.put("block", "hi", "s1")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \u3000\n", "empty"),
        ("\0\x01\u202e", "empty"),
        ("😀", "letters"),
        ("👨‍👩‍👧", "letters"),
        ("!?。", "letters"),
        ("\ud800", "letters"),
        ("a" * (LONGEST + 1), "long"),
        ("あ" * 10_000, "long"),
        (" " * 10_000, "long"),
    ],
)
def test_what_is_no_word_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(NotATag) as refused:
        tag_of(text)
    assert refused.value.reason == reason
    assert len(str(refused.value)) < 100


@given(st.text(max_size=60))
def test_a_tag_is_folded_and_says_something(text: str) -> None:
    try:
        tag = tag_of(text)
    except NotATag:
        return
    assert tag == folded(tag) == tag_of(tag)
    assert 0 < len(tag) <= LONGEST
    assert len(tag.encode()) < 256
