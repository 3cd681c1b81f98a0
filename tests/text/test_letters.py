"""Words, clusters, quotes and negation are told alike in Japanese and English, and never raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari.errors import SettingsError
from pittari.text.folding import LONGEST, folded
from pittari.text.language import UNITS, known, language
from pittari.text.letters import Letters, inside_clusters

BOTH = language("ja", "en")
LETTERS = Letters(BOTH)
ANYTHING = st.text(st.characters())


def units(text: str) -> int:
    return LETTERS.units(LETTERS.scripts(text))


@pytest.mark.parametrize("text", ["おは", "早", "sad", "おha", "お早", "888", "don't"])
def test_two_kana_one_kanji_or_three_latin_letters_are_enough(text: str) -> None:
    assert units(text) >= UNITS


@pytest.mark.parametrize("text", ["お", "sa", "おk", "!!!", "👍", "", "ー", "8 8"])
def test_less_than_that_is_not_enough(text: str) -> None:
    assert units(text) < UNITS


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("👨\u200d👩\u200d👧", 1),
        ("🇯🇵🇺🇸", 2),
        ("1\u20e3", 1),
        ("👍👍", 2),
        ("e\u0327a", 2),
        ("🏴\U000e0067\U000e0062\U000e007f!", 2),
        ("abc", 3),
        ("\u200d", 1),
    ],
)
def test_what_is_one_sign_to_the_eye_is_not_cut(text: str, parts: int) -> None:
    assert len(text) - len(inside_clusters(text)) == parts


@given(ANYTHING)
def test_no_text_can_be_cut_outside_itself(text: str) -> None:
    assert all(0 < at < len(text) for at in inside_clusters(text))


@pytest.mark.parametrize("piece", ["🇯", "👨\u200d", "\u200d", "e\u0301", "「", '"', "あ。", "no "])
def test_a_long_text_of_one_awkward_piece_is_told(piece: str) -> None:
    text = folded(piece * (LONGEST // len(piece)))
    scripts = LETTERS.scripts(text)
    spans = LETTERS.quoted(text)
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert all(0 <= a < b <= len(text) for a, b in LETTERS.runs(scripts))
    assert max(inside_clusters(text), default=0) < len(text)
    assert LETTERS.negated(text, text.rfind(" ") + 1, len(text)) is (piece == "no ")


@pytest.mark.parametrize(
    "text",
    [
        "[ありがとう]とは言えない",
        "[ありがとう]なんて言いません",
        "[楽し]くない",
        "[好き]じゃなかった",
        "I can't say [thank you]",
        "not [happy]",
        "Don’t be [sad]",
        "never so [happy]",
    ],
)
def test_negation_is_heard(text: str) -> None:
    assert negated(text)


@pytest.mark.parametrize(
    "text",
    [
        "[ありがとう]、間に合わないかと思った",
        "[ありがとう]！知らなかったよ",
        "[ありがとう]",
        "no, [thank you]",
        "I did not know. [thank you] so much",
        "notes: [thank you]",
    ],
)
def test_negation_of_another_clause_is_not(text: str) -> None:
    assert not negated(text)


def negated(text: str) -> bool:
    before, _, rest = folded(text).partition("[")
    word, _, after = rest.partition("]")
    return LETTERS.negated(before + word + after, len(before), len(before + word))


def test_quotes_reach_from_mark_to_mark_and_open_ones_to_the_end() -> None:
    assert LETTERS.quoted("彼は「どうも」と") == [(2, 7)]
    assert LETTERS.quoted('"ok" and "so') == [(0, 4), (9, 12)]
    assert LETTERS.quoted("どうも」") == []


def test_words_are_cut_only_inside_scripts_that_are_written_in_words() -> None:
    text = "good朝おはよう"
    scripts = LETTERS.scripts(text)
    assert [at for at in range(len(text)) if LETTERS.cut(scripts, at)] == [1, 2, 3]


@pytest.mark.parametrize("name", known())
def test_every_word_of_a_language_file_is_as_it_will_be_typed(name: str) -> None:
    told = language(name)
    words = [*told.stops, *told.negation.after, *told.negation.before, *told.negation.joints]
    for word in [*words, *(word for some in told.veto.values() for word in some)]:
        assert folded(word) == word
        assert word
    assert all(first <= last for script in told.scripts for first, last in script.ranges)


def test_an_unknown_language_is_named_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="en, ja"):
        language("jp")
