"""The tables of words that mean the same, as they are written."""

from __future__ import annotations

from pittari.learning.tags.meanings import RATE, meanings, written
from pittari.text.folding import folded

ALL = meanings().by_tag


def test_there_are_many_and_each_is_said_in_both_languages():
    assert len(ALL) > 700
    assert [tag for tag, one in ALL.items() if not one.en] == []


def test_every_word_is_folded_and_short_enough_to_be_typed():
    for one in ALL.values():
        for form in one.forms:
            assert form == folded(form)
            assert 0 < len(form) <= 40


def test_golden_words():
    assert {"猫", "にゃんこ", "cat", "kitty"} <= set(ALL["ねこ"].forms)
    assert {"おはようございます", "good morning"} <= set(ALL["おはよう"].forms)
    assert "犬" not in ALL["ねこ"].forms


def test_words_are_written_as_people_write_them():
    told = written()
    assert told["らーめん"] == "ラーメン"
    assert told["めりーくりすます"] == "メリークリスマス"
    assert told["おはよう"] == "おはよう"
    assert told["うまい"] == "うまい"
    assert all(folded(form) == word for word, form in told.items())


def test_rates_are_told_of_every_way_of_saying():
    told = meanings().rates()
    assert told["good morning"] == told["おはよう"] == 250
    assert told["正方形"] == RATE
