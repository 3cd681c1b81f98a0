"""Which of many words stand in a text? Found by their first letters, however long the text is."""

from __future__ import annotations

from collections.abc import Sequence


class Words:
    """Words in ascending order of code points (UTF-8 bytes ascend alike), to be found in texts."""

    def __init__(self, words: Sequence[str]) -> None:
        self._rows = dict(zip(words, range(len(words)), strict=True))
        heads = [word[:2] for word in words]
        self._lengths: dict[str, list[int]] = {}
        for head, length in sorted(set(zip(heads, map(len, words), strict=True)), reverse=True):
            self._lengths.setdefault(head, []).append(length)

    def row(self, word: str) -> int:
        """Returns the number of a word, -1 when it is none of these."""
        return self._rows.get(word, -1)

    def occurrences(self, text: str) -> list[tuple[int, int, int]]:
        """Returns every place where a word stands, also inside another word: length below 0,
        position, number of the word. Sorted, they are the longest first."""
        rows, lengths = self._rows, self._lengths
        found: list[tuple[int, int, int]] = []
        end = len(text)
        for at, letter in enumerate(text):
            some = lengths.get(text[at : at + 2])
            if some is not None:
                for length in some:
                    row = rows.get(text[at : at + length])
                    if row is not None and at + length <= end:
                        found.append((-length, at, row))
            if letter in lengths and at + 1 < end:
                found.append((-1, at, rows[letter]))
        return found
