"""How is a word with kanji read? Asked when a bundle is built, never while somebody types.

Needs the extra `japanese`: SudachiPy with its small dictionary.
"""

from __future__ import annotations

import importlib
import tomllib
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any

from pittari.errors import SettingsError
from pittari.text.folding import folded

MOST = 8
"""Readings of one word, at most."""


def readings(word: str) -> tuple[str, ...]:
    """Returns how a folded word that holds kanji can be read, in hiragana, the likeliest first;
    nothing when there is no kanji, or a letter without a reading.

    Raises `SettingsError` when the extra `japanese` is not installed.
    """
    if not any("㐀" <= letter <= "鿿" for letter in word):
        return ()
    told = (way for text in _with_known(word) for way in _ways(text) if _is_kana(way))
    return tuple(islice(dict.fromkeys(told), MOST))


def _with_known(word: str) -> list[str]:
    """Returns a word with the known readings of its parts written in, then as it stands."""
    if word in _known():
        return [*_known()[word], word]
    texts = [word]
    for part, ways in _known().items():
        if len(part) > 1 and part in word:
            texts = [text.replace(part, way) for text in texts for way in ways]
    return [*texts[:MOST], word]


def _ways(text: str) -> list[str]:
    """Returns a text in kana, cut coarsely and cut finely."""
    if _is_kana(text):
        return [text]
    tokenizer, modes = _tokenizer()
    return [
        "".join(_read(part.surface(), part.reading_form()) for part in tokenizer.tokenize(text, m))
        for m in modes
    ]


def _read(surface: str, form: str) -> str:
    return surface if _is_kana(surface) else folded(form or "*")


def _is_kana(text: str) -> bool:
    return all("ぁ" <= letter <= "ゖ" or letter == "ー" for letter in text)


@cache
def _known() -> dict[str, list[str]]:
    text = (files("pittari.text") / "readings.toml").read_text("utf-8")
    return {word: list(ways) for word, ways in tomllib.loads(text).items()}


@cache
def _tokenizer() -> tuple[Any, tuple[Any, ...]]:
    try:
        sudachi = importlib.import_module("sudachipy")
    except ImportError as error:
        raise SettingsError(
            "readings of kanji need SudachiPy and its small dictionary: "
            "install pittari with the extra `japanese` (pip install 'pittari[japanese]')"
        ) from error
    modes = sudachi.SplitMode
    return sudachi.Dictionary(dict="small").tokenizer(), (modes.C, modes.A)
