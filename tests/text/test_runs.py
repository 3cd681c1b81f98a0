"""A word with letters held down is that word; a word with letters missing is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.text.finding import HEAD, Words, beginning
from pittari.text.readings import readings
from pittari.text.runs import held, lengthens, skeleton

WORD = st.text("abあ!", min_size=1, max_size=8)


@given(WORD, st.data())
def test_any_letters_held_down_lengthen_the_word(word: str, data: st.DataObject) -> None:
    times = data.draw(st.lists(st.integers(1, 4), min_size=len(word), max_size=len(word)))
    text = "".join(letter * n for letter, n in zip(word, times, strict=True))
    assert lengthens(text, word, whole=True)
    assert skeleton(text) == skeleton(word)
    begun = data.draw(st.integers(1, len(text)))
    assert lengthens(text[:begun], word)


@given(WORD, WORD)
def test_what_lengthens_a_word_begins_with_its_skeleton(text: str, word: str) -> None:
    if lengthens(text, word):
        assert skeleton(word).startswith(skeleton(text))


@pytest.mark.parametrize(
    ("text", "word"), [("god m", "good morning"), ("helo", "hello"), ("ab", "a"), ("good", "gooo!")]
)
def test_a_text_with_missing_or_other_letters_does_not(text: str, word: str) -> None:
    assert not lengthens(text, word)


def test_the_last_letters_may_still_come_until_the_word_is_whole() -> None:
    assert lengthens("go", "good")
    assert lengthens("hey!", "hey!!")
    assert not lengthens("hey!", "hey!!", whole=True)


def test_two_letters_are_not_held_three_are() -> None:
    assert [held(text) for text in ("oo", "ooo", "wwww", "!!!", "")] == [
        False,
        True,
        True,
        True,
        False,
    ]


@given(st.sets(st.text("aあb👍", min_size=1, max_size=4)), st.text("aあb👍", max_size=12))
def test_every_word_is_found_wherever_it_stands_the_longest_first(
    words: set[str], text: str
) -> None:
    listed = sorted(words)
    found = sorted(Words(listed).occurrences(text))
    assert found == sorted(
        (-len(word), at, row)
        for row, word in enumerate(listed)
        for at in range(len(text))
        if text.startswith(word, at)
    )


@given(
    st.sets(st.text("aあb👍", min_size=1, max_size=5), max_size=40), st.text("aあb👍", max_size=5)
)
def test_words_that_begin_alike_are_told_from_first_to_last(words: set[str], text: str) -> None:
    listed = sorted(words)
    told = Words(listed)
    for size in range(HEAD + 1):
        low, high = told.beginning(text[:size])
        assert listed[low:high] == [word for word in listed if word.startswith(text[:size])]
    low, high = beginning(listed, text)
    assert listed[low:high] == [word for word in listed if word.startswith(text)]
    assert told.row(text) == (listed.index(text) if text in words else -1)


@pytest.mark.parametrize(
    ("word", "read"),
    [
        ("お早う", "おはよう"),
        ("了解", "りょうかい"),
        ("お疲れ様", "おつかれさま"),
        ("明日", "あす"),
        ("明日", "あした"),
        ("誕生日おめでとう", "たんじょうびおめでとう"),
    ],
)
def test_kanji_are_read(word: str, read: str) -> None:
    pytest.importorskip("sudachipy")
    assert read in readings(word)


@pytest.mark.parametrize("word", ["おはよう", "good", "", "👍"])
def test_what_holds_no_kanji_needs_no_reading_and_no_dictionary(word: str) -> None:
    assert readings(word) == ()
