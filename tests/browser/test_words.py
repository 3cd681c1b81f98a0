"""Every text stands in every language, and says the same things."""

import re
from pathlib import Path
from string import Formatter

import pytest
from starlette.requests import Request

from pittari.web.rendering import STATUS, share
from pittari.web.words import LANGUAGES, language_of, words

WEB = Path(__file__).parents[2] / "src" / "pittari" / "web"
SPOKEN = re.compile(r"""\bt(?:\.counted)?\("([a-z_]+\.[a-z0-9_]+)"[,)]""")


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_all_languages_have_the_same_texts_with_the_same_holes() -> None:
    first, *others = (words(language).texts for language in LANGUAGES)
    for other in others:
        assert first.keys() == other.keys()
        for key, text in first.items():
            assert holes(text) >= holes(other[key]), key


def test_every_text_a_template_asks_for_is_there() -> None:
    known = words("en").texts
    asked = {
        key
        for path in (WEB / "templates").rglob("*.html")
        for key in SPOKEN.findall(path.read_text("utf-8"))
    }
    assert asked
    assert asked <= known.keys()


def test_every_error_has_its_page() -> None:
    for _, status in STATUS:
        assert f"error.{status}" in words("ja").texts
        assert f"error.{status}_text" in words("ja").texts


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        ("", "", "en"),
        ("", "fr-FR,fr;q=0.9", "en"),
        ("", "ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("", "en;q=0.4,ja;q=0.7", "ja"),
        ("", "ja;q=0,de", "en"),
        ("", "ja;q=much", "en"),
        ("en", "ja", "en"),
        ("xx", "ja", "ja"),
    ],
)
def test_a_choice_goes_before_the_browsers_wish(cookie: str, header: str, language: str) -> None:
    headers = [(b"accept-language", header.encode())]
    if cookie:
        headers.append((b"cookie", f"pittari_language={cookie}".encode()))
    assert language_of(Request({"type": "http", "headers": headers})) == language


def test_prices_are_written_as_people_write_them() -> None:
    assert words("ja").money(1200, "JPY") == "1,200円"
    assert words("en").money(1200, "JPY") == "¥1,200"
    assert words("en").money(199, "USD") == "USD 1.99"
    assert words("ja").money(0, "JPY") == "無料"


def test_a_probability_is_never_said_to_be_nothing() -> None:
    assert [share(p) for p in (1.0, 0.95, 0.0525, 0.0004)] == ["100%", "95%", "5.2%", "<0.1%"]
