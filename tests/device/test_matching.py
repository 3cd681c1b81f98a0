"""The laws of matching, on random bundles and random typing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.device.worlds import bundle, bundles, typing

from pittari.device import matching
from pittari.device.bundle import Bundle
from pittari.device.matching import matches, spans
from pittari.device.settings import CLEAR, EMOJI, HELD_PREFIX, MATCHES, WHOLE
from pittari.text.folding import LONGEST, folded
from pittari.text.language import UNITS
from pittari.text.runs import held


def told(text: str, caret: int | None = None, of: Bundle | None = None) -> dict[str, str]:
    """Returns the keywords found, with how."""
    here = of or bundle()
    found = sorted(spans(here, text, caret), key=lambda span: -span.match)
    return {here.keywords[row]: MATCHES[span.match] for span in found for row in rows(here, span)}


def rows(here: Bundle, span: matching.Span) -> list[int]:
    """Returns the keywords of a span."""
    found: list[int] = here.ways.keywords[list(span.ways)].tolist()
    return found


@pytest.mark.parametrize("typed", ["おは", "oha", "オハ", "ohay", "ｵﾊ", "OHA", "おはy", "oはy"])
def test_good_morning_is_met_however_it_is_begun(typed: str) -> None:
    assert {"おはよう", "お早う"} <= set(told(typed))


@pytest.mark.parametrize(
    ("typed", "keyword", "how"),
    [
        ("お早", "お早う", "prefix"),
        ("good mor", "good morning", "prefix"),
        ("おはよu", "おはよう", "sound"),
        ("サッk", "さっかー", "sound_prefix"),
        ("ありがとーーー", "ありがとう", "sound"),
        ("goooood", "good", "held"),
        ("goooood m", "good morning", "held_prefix"),
        ("wwww", "www", "held"),
        ("8888", "888", "held"),
        ("👍🏽", "👍", "emoji"),
        ("❤️", "❤", "emoji"),
        ("今日もありがとうね", "ありがとう", "whole"),
        ("Thanks a lot", "thanks", "whole"),
        ("don’t wo", "don't worry", "prefix"),
        ("그리고 안녕", "안녕", "emoji"),
    ],
)
def test_a_keyword_is_met(typed: str, keyword: str, how: str) -> None:
    assert told(typed).get(keyword) == how


@pytest.mark.parametrize(
    ("typed", "keyword"),
    [
        ("ありがとうとは言えない", "ありがとう"),
        ("「ありがとう」と言われた", "ありがとう"),
        ("never say thanks", "thanks"),
        ("thanksgiving", "thanks"),
        ("no", "no way"),
        ("sa", "sad"),
        ("お", "おはよう"),
        ("え、えっと", "えーん"),
        ("%", "*"),
        ("a_", "a_b"),
        ("axb", "a_b"),
        ("👨\u200d👩\u200d👧", "👨"),
        ("🇯🇵", "🇺🇸"),
        ("god", "good"),
    ],
)
def test_a_keyword_is_not_met(typed: str, keyword: str) -> None:
    assert keyword not in told(typed)


@given(bundles, typing())
def test_typing_on_never_widens_what_is_begun(here: Bundle, text: str) -> None:
    """From one and the same letter, while the piece is not stopped; letters held down count from
    the third of them."""
    text = folded(text)
    for cut in range(1, len(text)):
        shorter, longer = matching._Typed(here, text[:cut]), matching._Typed(here, text[: cut + 1])
        for begin in range(cut):
            if text[begin:cut] in here.stops or shorter.blocked(begin, cut):
                continue
            narrow, wide = begun(here, longer, begin), begun(here, shorter, begin)
            assert narrow["begun"] <= wide["begun"]
            if held(text[begin:cut]):
                assert narrow["held"] <= wide["held"] | wide["begun"]


def begun(here: Bundle, typed: matching._Typed, begin: int) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {"begun": set(), "held": set()}
    for span in typed._begun(begin):
        found["held" if span.match == HELD_PREFIX else "begun"] |= set(rows(here, span))
    return found


@given(bundles, typing(), st.text(max_size=3))
def test_deleting_is_the_inverse_of_typing(here: Bundle, text: str, more: str) -> None:
    before = matches(here, text)
    matches(here, text + more)
    assert matches(here, text) == before


@given(bundles, st.text(st.sampled_from("%_*?.[]^$\\|()+#"), max_size=6))
def test_no_character_is_a_wildcard(here: Bundle, text: str) -> None:
    for found in matches(here, text).found:
        assert here.keywords[found.keyword] in folded(text)


@given(bundles, typing())
def test_what_is_short_matches_exactly_or_not_at_all(here: Bundle, text: str) -> None:
    for found in matches(here, text).found:
        if found.span.units < UNITS:
            assert found.span.match in {WHOLE, EMOJI}
            assert folded(text)[found.span.begin : found.span.end] == here.keywords[found.keyword]
            assert found.span.place >= CLEAR or found.span.match == EMOJI


@given(bundles, typing())
def test_stopped_quoted_and_negated_words_answer_nothing(here: Bundle, text: str) -> None:
    typed = folded(text)
    for found in matches(here, text).found:
        assert typed[found.span.begin : found.span.end] not in here.stops
        for begin, end in here.letters.quoted(typed):
            assert not begin <= found.span.begin < end
    assert matches(here, f"「{typed.replace('」', '')}").found == ()


@given(bundles, typing())
def test_whole_keywords_stand_where_they_are_said_to_and_none_over_another(
    here: Bundle, text: str
) -> None:
    typed = folded(text)
    here_are = [span for span in spans(here, text) if span.match in {WHOLE, EMOJI}]
    for span in here_are:
        (row,) = rows(here, span)
        assert typed[span.begin : span.end] == here.keywords[row]
    places = [at for span in here_are for at in range(span.begin, span.end)]
    assert len(places) == len(set(places))


@given(bundles, st.text(st.characters(), max_size=40), st.integers(-5, 50))
def test_any_text_and_caret_is_answered_the_same_twice(here: Bundle, text: str, caret: int) -> None:
    first = matches(here, text, caret)
    assert first == matches(here, text, caret)
    values = [found.value for found in first.found]
    assert values == sorted(values, reverse=True)
    assert all(1 <= value <= 255 for value in values)
    assert len({found.tag for found in first.found}) == len(first.found) <= here.settings.tags


@given(st.binary(max_size=4 * matching.FEW))
def test_few_and_many_links_come_in_one_order(short: bytes) -> None:
    """The least first, equal ones as they came."""
    order = [at for _, at in sorted((number, at) for at, number in enumerate(short))]
    assert list(matching._ascending(bytearray(short))) == order


@pytest.mark.parametrize(
    "piece",
    [
        "あ",
        "a",
        "w",
        "おは",
        "good ",
        "👨\u200d",
        "🇯",
        "👍🏽",
        "ﾞ",
        "「",
        "»",
        "\u0301",
        "ﷺ",
        "\ud83d",
        "ありがとう",
        "شكرا ",
        "!",
    ],
)
def test_the_longest_text_of_anything_is_answered(piece: str) -> None:
    text = piece * (LONGEST // len(piece))
    found = matches(bundle(), text)
    assert len(found.text) <= LONGEST
    assert matches(bundle(), text, LONGEST * 2) == found


def test_the_caret_cuts_what_is_begun_not_what_is_whole() -> None:
    assert told("おはと、ありがとう", 2).keys() >= {"おはよう", "ありがとう"}
    assert "おはよう" not in told("おはと、ありがとう")
