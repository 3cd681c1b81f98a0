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

_Begun = tuple[tuple[tuple[int, int], ...], tuple[int, ...], dict[str, int], int, int]
"""What some letters that stand somewhere tell: the words that stand there for sure, as length below
0 and row; the lengths of longer words that may, ascending, and these with their rows; first row of
the words that begin so, and the row after the last."""
_NOTHING: dict[str, int] = {}


def beginning(
    ordered: Sequence[str], text: str, low: int = 0, high: int | None = None
) -> tuple[int, int]:
    """Returns where texts in ascending order begin with a text, between two places: first place,
    place after the last."""
    end = len(ordered) if high is None else high
    low = bisect_left(ordered, text, low, end)
    if low == end or not ordered[low].startswith(text):
        return low, low
    more = 1  # most beginnings have few: look near the first one
    while low + more < end and ordered[low + more].startswith(text):
        more *= 2
    return low, bisect_left(ordered, text + _AFTER, low + more // 2, min(end, low + more))


class Words:
    """Words in ascending order of code points (UTF-8 bytes ascend alike), to be found in texts."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words, self._begun = words, _Beginnings(words)

    def row(self, word: str) -> int:
        """Returns the number of a word, -1 when it is none of these."""
        low, high = self.beginning(word[:HEAD])
        row = bisect_left(self._words, word, low, high)
        return row if row < high and self._words[row] == word else -1

    def beginning(self, head: str) -> tuple[int, int]:
        """Returns the number of the first word that begins with some letters, at most `HEAD`, and
        the one after the last."""
        return self._begun[head][3:]

    def occurrences(self, text: str) -> list[tuple[int, int, int]]:
        """Returns every place where a word stands, also inside another word: length below 0,
        position, number of the word. Sorted, they are the longest first."""
        begun, end = self._begun, len(text)
        found: list[tuple[int, int, int]] = []
        for at in range(end):
            sure, lengths, rows, _, _ = begun[text[at : at + HEAD]]
            for length, row in sure:
                found.append((length, at, row))
            for length in lengths:
                if at + length > end:
                    break
                longer = rows.get(text[at : at + length])
                if longer is not None:
                    found.append((-length, at, longer))
        return found


class _Beginnings(dict[str, _Begun]):
    """By the letters that stand somewhere, at most `HEAD`: which words may stand there. Found when
    it is asked for, from what is known of one letter less."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, head: str) -> _Begun:
        if not head:
            return (), (), _NOTHING, 0, len(self._words)
        sure, lengths, rows, low, high = self[head[:-1]]
        low, high = beginning(self._words, head, low, high)
        longer = low
        if low < high and self._words[low] == head:
            sure, longer = (*sure, (-len(head), low)), low + 1
        if len(head) == HEAD and longer < high:
            rows = dict(zip(self._words[longer:high], range(longer, high), strict=True))
            lengths = tuple(sorted(set(map(len, rows))))
        if len(self) >= REMEMBERED:
            self.clear()
        self[head] = found = sure, lengths, rows, low, high
        return found
