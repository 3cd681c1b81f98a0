"""Is this a word with letters held down? "goooood", "wwww", "!!!" and the like.

A word's skeleton has one letter where the word has a run of one letter. A text is a word held down
when the two have one skeleton and no letter of the word is missing.
"""

from __future__ import annotations

import re
from itertools import groupby

_RUN = re.compile(r"(.)\1+", re.DOTALL)
_HELD = re.compile(r"(.)\1\1", re.DOTALL)


def held(text: str) -> bool:
    """Returns whether a letter stands three times or more in a row."""
    return _HELD.search(text) is not None


def skeleton(text: str) -> str:
    """Returns a text with one letter for every run of one letter."""
    return _RUN.sub(r"\1", text)


def lengthens(text: str, word: str, *, whole: bool = False) -> bool:
    """Returns whether a text is the beginning of a word, or with `whole` all of it, with letters
    held down.

    "goooo" and "gooood m" begin "good morning"; "god" does not, for its "o" can no more be doubled.
    """
    typed, written = _runs(text), _runs(word)
    if [letter for letter, _ in typed] != [letter for letter, _ in written[: len(typed)]]:
        return False
    if whole and len(typed) < len(written):
        return False
    sure = len(typed) if whole else len(typed) - 1
    return all(typed[i][1] >= written[i][1] for i in range(sure))


def _runs(text: str) -> list[tuple[str, int]]:
    return [(letter, len(list(run))) for letter, run in groupby(text)]
