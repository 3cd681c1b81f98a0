"""Folding gives one form, never raises, and changes nothing a second time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.text.folding import LONGEST, folded

ANYTHING = st.text(st.characters())
"""With lone surrogates, marks, and letters that no font has."""


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("オハヨウ", "おはよう"),
        ("ｵﾊﾖｳ", "おはよう"),
        ("ｶﾞｰﾝ", "がーん"),
        ("ＯＨＡＹＯＵ", "ohayou"),
        ("Good  Morning\n", "good morning"),
        ("か\u3099", "が"),
        ("人々", "人人"),
        ("こゝろ", "こころ"),
        ("すゞめ", "すずめ"),
        ("いすゞ", "いすず"),
        ("ありがと〜", "ありがとー"),
        ("ありがと～～", "ありがとーー"),
        ("ok~", "ok~"),
        ("👍🏽", "👍"),
        ("❤️", "❤"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("お\u200bは\u2060よ", "おはよ"),
        ("\ud83d", "\ufffd"),
        ("々", "々"),
        ("㍻", "平成"),
        ("\u202eabc\u202c", "abc"),
        ("שלום", "שלום"),
        ("ΟΔΟΣ", "οδος"),
        ("Don’t", "don't"),
        ("", ""),
    ],
)
def test_what_is_written_differently_and_is_the_same_has_one_form(typed: str, form: str) -> None:
    assert folded(typed) == form


@given(ANYTHING)
def test_folding_never_raises_and_a_second_time_changes_nothing(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    once.encode()


@given(ANYTHING, st.text("あいアイ漢a々ゝゞ゛ﾞ~ー👍🏽\u200d\ufe0f", max_size=20))
def test_marks_anywhere_leave_folding_stable(text: str, marks: str) -> None:
    once = folded(marks + text + marks)
    assert folded(once) == once


def test_only_the_end_of_a_very_long_text_counts() -> None:
    assert folded("あ" * 100_000 + "おはよ") == "あ" * (LONGEST - 3) + "おはよ"


@pytest.mark.parametrize("piece", ["ﷺ", "ﾞ", "々", "ゞ", "\u0301", "👨\u200d", "İ", "~", "ーゝ"])
def test_a_long_text_of_one_awkward_piece_folds(piece: str) -> None:
    once = folded(piece * (LONGEST // len(piece)))
    assert folded(once)[-100:] == once[-100:]


def test_a_long_wave_is_one_long_vowel_letter_by_letter() -> None:
    assert folded("あ" + "~〜" * 4999) == "あ" + "ー" * 9998
    assert folded("a~〜") == "a~〜"
