"""Which of many words stand in a text? Found by their first letters, however long the text is."""

from __future__ import annotations

from collections.abc import Sequence


class Words:
    """Words in ascending order of code points (UTF-8 bytes ascend alike), to be found in texts."""

    def __init__(self, words: Sequence[str]) -> None:
        self._rows = dict(zip(words, range(len(words)), strict=True))
        long = sorted([word for word in words if len(word) > 2], key=len)
        self._longest = dict(zip([word[:3] for word in long], map(len, long), strict=True))
        self._letters = frozenset([word for word in words if len(word) == 1])

    def row(self, word: str) -> int:
        """Returns the number of a word, -1 when it is none of these."""
        return self._rows.get(word, -1)

    def occurrences(self, text: str) -> list[tuple[int, int, int]]:
        """Returns every place where a word stands, also inside another word: length below 0,
        position, number of the word. Sorted, they are the longest first."""
        rows, longest, end = self._rows.get, self._longest.get, len(text)
        found: list[tuple[int, int, int]] = []
        for at in range(end - 1):
            row = rows(text[at : at + 2])
            if row is not None:
                found.append((-2, at, row))
            most = longest(text[at : at + 3])
            if most is not None:
                for last in range(at + 3, min(end, at + most) + 1):
                    row = rows(text[at:last])
                    if row is not None:
                        found.append((at - last, at, row))
        if not self._letters.isdisjoint(text):
            words = self._rows
            found += [(-1, at, words[one]) for at, one in enumerate(text) if one in self._letters]
        return found
