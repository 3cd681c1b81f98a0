"""Which of many words stand in a text? Found by their first letters, however long the text is."""

from __future__ import annotations

from collections.abc import Sequence


class Words:
    """Words in ascending order of code points (UTF-8 bytes ascend alike), to be found in texts."""

    def __init__(self, words: Sequence[str]) -> None:
        self._rows = dict(zip(words, range(len(words)), strict=True))
        ordered = sorted(words, key=len)
        heads = [word[:2] for word in ordered]
        self._longest = dict(zip(heads, map(len, ordered), strict=True))

    def row(self, word: str) -> int:
        """Returns the number of a word, -1 when it is none of these."""
        return self._rows.get(word, -1)

    def occurrences(self, text: str) -> list[tuple[int, int, int]]:
        """Returns every place where a word stands, also inside another word: length below 0,
        position, number of the word. Sorted, they are the longest first."""
        rows, longest, end = self._rows, self._longest, len(text)
        found: list[tuple[int, int, int]] = []
        for at in range(end):
            most = longest.get(text[at : at + 2])
            if most is not None:
                for last in range(min(end, at + most), at + 1, -1):
                    row = rows.get(text[at:last])
                    if row is not None:
                        found.append((at - last, at, row))
            letter = text[at]
            if letter in rows:
                found.append((-1, at, rows[letter]))
        return found
