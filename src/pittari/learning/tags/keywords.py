"""What can somebody type to come to a tag? The word itself, ways of saying it, and how it reads."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.errors import SettingsError
from pittari.learning.tags.words import Vocabulary
from pittari.model.catalog import Rows
from pittari.text.readings import readings

OWN, WAY, PLURAL = 255, 220, 200
"""How well a keyword leads to a tag that it is, is a way of saying, or is the plural of."""
READINGS = 3
"""Readings of one keyword."""


def keywords(words: Vocabulary, place: Rows) -> dict[str, npt.NDArray[Any]]:
    """Returns the arrays of `TagTable` about keywords; `place`: row of a word's tag, -1 for none.

    Readings need the extra `japanese`; without it kanji are found as they are written.
    """
    ways: dict[str, dict[int, int]] = {}
    for row, word in enumerate(words.words):
        if place[row] >= 0:
            ways.setdefault(word, {})[int(place[row])] = OWN
            for other in _respelt(word):
                if other not in words.row:
                    ways.setdefault(other, {}).setdefault(int(place[row]), PLURAL)
    for tag, forms in words.meanings:
        if place[tag] >= 0:
            for form in forms:
                ways.setdefault(words.words[form], {}).setdefault(int(place[tag]), WAY)
    order = sorted(ways)
    pairs = [sorted(ways[word].items()) for word in order]
    said = [(row, way) for row, word in enumerate(order) for way in _read(word)]
    return {
        "keywords": _names(order),
        "keyword_counts": np.array([len(some) for some in pairs], np.int64),
        "keyword_tags": np.array([tag for some in pairs for tag, _ in some], np.int32),
        "keyword_weight": np.array([sure for some in pairs for _, sure in some], np.uint8),
        "reading_keywords": np.array([row for row, _ in said], np.int32),
        "readings": _names([way for _, way in said]),
    }


def _respelt(word: str) -> list[str]:
    """Returns an English word's plural, and words written as one."""
    if not (word.isascii() and word.replace(" ", "").replace("-", "").isalpha()):
        return []
    joined = word.replace(" ", "").replace("-", "")
    found = [joined] if joined != word else []
    if len(word) >= 3 and joined == word and not word.endswith("s"):
        found.append(_plural(word))
    return found


def _plural(word: str) -> str:
    if word.endswith(("x", "ch", "sh", "z")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + "s"


def _read(word: str) -> tuple[str, ...]:
    try:
        return tuple(way for way in readings(word)[:READINGS] if way != word)
    except SettingsError:  # the extra is not installed
        return ()


def _names(words: list[str]) -> npt.NDArray[np.bytes_]:
    return np.array([word.encode() for word in words], "S") if words else np.zeros(0, "S1")
