"""Which of many words stand in a text? Found by their first letters, however long the text is."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

HEAD = 3
"""So many first letters of a word are looked up at once."""
REMEMBERED = 65_536
"""Beginnings of which is remembered what begins so."""
_AFTER = "\U0010ffff"
"""Stands behind every letter of a word."""

_Begun = tuple[tuple[int, ...], dict[str, int], int, int]
"""Of words that stand where some letters stand: their lengths, ascending, and their rows; first
row of the words that begin with these letters, and the row after the last."""


def beginning(
    ordered: Sequence[str], text: str, low: int = 0, high: int | None = None
) -> tuple[int, int]:
    """Returns where texts in ascending order begin with a text, between two places: first place,
    place after the last."""
    end = len(ordered) if high is None else high
    low = bisect_left(ordered, text, low, end)
    if low == end or not ordered[low].startswith(text):
        return low, low
    return low, bisect_left(ordered, text + _AFTER, low, end)


class Words:
    """Words in ascending order of code points (UTF-8 bytes ascend alike), to be found in texts."""

    def __init__(self, words: Sequence[str]) -> None:
        self._begun = _Beginnings(words)

    def row(self, word: str) -> int:
        """Returns the number of a word, -1 when it is none of these."""
        return self._begun[word[:HEAD]][1].get(word, -1)

    def beginning(self, head: str) -> tuple[int, int]:
        """Returns the number of the first word that begins with some letters, at most `HEAD`, and
        the one after the last."""
        return self._begun[head][2:]

    def occurrences(self, text: str) -> list[tuple[int, int, int]]:
        """Returns every place where a word stands, also inside another word: length below 0,
        position, number of the word. Sorted, they are the longest first."""
        begun, end = self._begun, len(text)
        found: list[tuple[int, int, int]] = []
        for at in range(end):
            lengths, rows, _, _ = begun[text[at : at + HEAD]]
            for length in lengths:
                if at + length > end:
                    break
                row = rows.get(text[at : at + length])
                if row is not None:
                    found.append((-length, at, row))
        return found


class _Beginnings(dict[str, _Begun]):
    """By the letters that stand somewhere, at most `HEAD`: which words may stand there. Found when
    it is asked for, from what is known of one letter less."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, head: str) -> _Begun:
        if not head:
            return (), {}, 0, len(self._words)
        _, shorter, low, high = self[head[:-1]]
        low, high = beginning(self._words, head, low, high)
        last = high if len(head) == HEAD else low + (low < high and self._words[low] == head)
        rows = shorter | dict(zip(self._words[low:last], range(low, last), strict=True))
        found = tuple(sorted(set(map(len, rows)))), rows, low, high
        if len(self) == REMEMBERED:
            self.clear()
        self[head] = found
        return found
