"""Kana, romaji and half-typed kana sound the same, and typing on only narrows."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.text.folding import folded
from pittari.text.sound import sound

KANA = st.text([chr(code) for code in range(0x3041, 0x3097)] + ["ー"], max_size=12)
TYPED = st.text("aiueokstnhmrgzdbpywcfjvxlq'おはようきっしゃんふぁー", max_size=12)


@pytest.mark.parametrize(
    "ways",
    [
        "おはよう オハヨー おはよー ohayou ohayo ohayoo おはyou",
        "しゃしん shasin syashin syasinn しゃsin",
        "まっちゃ matcha mattya まっcha",
        "じゅーす juusu zyuusu じゅuす",
        "ふぁいと faito ふぁito",
        "つなみ tsunami tunami",
        "ありがとう ありがとぅ ありがとー arigatou arigato",
        "せんせい せんせー sensei sense",
        "こんにちは konnnitiha konnichiha",
        "きって kitte きtte",
        "ちぇっく chekku tyekku",
    ],
)
def test_one_word_sounds_the_same_however_it_is_typed(ways: str) -> None:
    heard = {sound(folded(way)).whole for way in ways.split()}
    assert len(heard) == 1
    assert None not in heard


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("ohay", "おはよう"),
        ("k", "くま"),
        ("ky", "きょう"),
        ("sh", "しんぶん"),
        ("sh", "しゃしん"),
        ("ch", "ちゃんと"),
        ("j", "じゃあね"),
        ("f", "ふぁいと"),
        ("ts", "つかれた"),
        ("サッk", "さっか"),
        ("おはよu", "おはよう"),
        ("き", "きょう"),
        ("kon", "こんにちは"),
        ("kon", "このまえ"),
        ("w", "うぃんく"),
    ],
)
def test_a_word_is_heard_while_it_is_half_typed(typed: str, begins: str) -> None:
    word = sound(folded(begins)).whole
    assert word is not None
    assert word.startswith(sound(folded(typed)).begins)


@pytest.mark.parametrize("text", ["お早う", "good", "thanks", "2026", "o k", "hello", "kra", "קל"])
def test_what_is_neither_kana_nor_romaji_never_sounds_whole(text: str) -> None:
    assert sound(folded(text)).whole is None


@given(KANA, KANA)
def test_typing_kana_on_only_narrows(typed: str, more: str) -> None:
    before, after = sound(typed).begins, sound(typed + more)
    assert after.whole is not None
    assert all(new.startswith(before) for new in after.begins)


@given(TYPED, TYPED)
def test_typing_anything_on_only_narrows(typed: str, more: str) -> None:
    before, after = sound(folded(typed)).begins, sound(folded(typed + more)).begins
    assert all(new.startswith(before) for new in after)


@given(st.text(max_size=50))
def test_a_sound_is_small_letters_with_nothing_doubled(text: str) -> None:
    for spelt in sound(folded(text)).begins:
        assert all("a" <= letter <= "z" for letter in spelt)
        assert all(a != b and a + b not in {"ou", "ei"} for a, b in pairwise(spelt))
