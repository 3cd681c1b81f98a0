"""Which letters belong together? Scripts, words, clusters, quotes and negation in a folded text.

Positions are counted in code points. Every function is linear in its text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate, pairwise

from pittari.text.language import UNITS, Language

_JOINED = "\u0300-\u036f\u20d0-\u20ff\u3099\u309a\ufe20-\ufe2f\U000e0020-\U000e007f"
_FLAG = "\U0001f1e6-\U0001f1ff"
_ANY = re.compile(f"[\u200d{_JOINED}{_FLAG}]")
_CLUSTER = re.compile(f"(?:[{_FLAG}]{{2}}|.)(?:[{_JOINED}]|\u200d.?)+|[{_FLAG}]{{2}}", re.DOTALL)
NOWHERE: frozenset[int] = frozenset()


def inside_clusters(text: str) -> frozenset[int]:
    """Returns the positions where a text must not be cut: within emoji families, flags, keycaps,
    and before a mark that belongs to the letter before it."""
    if not _ANY.search(text):
        return NOWHERE
    spans = (found.span() for found in _CLUSTER.finditer(text))
    return frozenset(at for begin, end in spans for at in range(begin + 1, end))


class Letters:
    """The letters of a language, by script."""

    def __init__(self, language: Language) -> None:
        self._ranges = sorted(
            (first, last, number)
            for number, script in enumerate(language.scripts)
            for first, last in script.ranges
        )
        self._firsts = [first for first, _, _ in self._ranges]
        self._scripts: dict[str, int] = {}
        self.units_of = [script.units for script in language.scripts] + [0]
        """Units of one letter of each script; the last is what is no letter."""
        self._words = frozenset(
            number for number, script in enumerate(language.scripts) if script.words
        )
        self._negation = language.negation
        self._after = re.compile("|".join(map(re.escape, language.negation.after)) or r"(?!)")
        self._clause_end = _one_of(language.clause_ends)
        self._quotes = {pair[0]: pair[-1] for pair in language.quotes}
        self._quote = _one_of("".join(self._quotes))

    def script(self, letter: str) -> int:
        """Returns the number of a letter's script, -1 for what is no letter: a space, a mark, an
        emoji."""
        number = self._scripts.get(letter)
        if number is None:
            place = bisect_right(self._firsts, ord(letter)) - 1
            number = -1
            if place >= 0 and ord(letter) <= self._ranges[place][1]:
                number = self._ranges[place][2]
            if len(self._scripts) < 65_536:
                self._scripts[letter] = number
        return number

    def scripts(self, text: str) -> list[int]:
        """Returns the script of each letter of a text."""
        try:
            return list(map(self._scripts.__getitem__, text))
        except KeyError:
            return [self.script(letter) for letter in text]

    def units(self, scripts: list[int]) -> int:
        """Returns how much a piece of text says: `UNITS` is enough to look it up."""
        return sum(map(self.units_of.__getitem__, scripts))

    def units_before(self, scripts: list[int]) -> list[int]:
        """Returns the units of the letters before each position, the end of the text too."""
        return list(accumulate(map(self.units_of.__getitem__, scripts), initial=0))

    def inside(self, text: str, scripts: list[int]) -> frozenset[int]:
        """Returns the positions where a text must not be cut: inside words and clusters."""
        clusters, words = inside_clusters(text), self._words
        if words.isdisjoint(scripts):
            return clusters
        pairs = enumerate(pairwise(scripts), 1)
        return clusters.union([at for at, (a, b) in pairs if a == b and b in words])

    def cut(self, scripts: list[int], at: int) -> bool:
        """Returns whether a word would be cut at a position: there are letters of one script on
        both sides, and the script is written in words."""
        if not 0 < at < len(scripts):
            return False
        script = scripts[at]
        return scripts[at - 1] == script and script in self._words

    def runs(self, scripts: list[int]) -> list[tuple[int, int]]:
        """Returns where letters stand between gaps: first position, and the one after the last."""
        if -1 not in scripts:
            return [(0, len(scripts))] if scripts else []
        gaps = [-1, *[at for at, script in enumerate(scripts) if script < 0], len(scripts)]
        return [(begin + 1, end) for begin, end in pairwise(gaps) if end > begin + 1]

    def quoted(self, text: str) -> list[tuple[int, int]]:
        """Returns the spans between quotation marks; an open one reaches to the end."""
        spans: list[tuple[int, int]] = []
        at = 0
        while found := self._quote.search(text, at):
            end = text.find(self._quotes[found[0]], found.end())
            at = len(text) if end < 0 else end + 1
            spans.append((found.start(), at))
        return spans

    def doubtful(self, text: str) -> bool:
        """Returns whether any part of a text can be negated at all."""
        return " " in text or self._after.search(text) is not None

    def negated(self, text: str, begin: int, end: int) -> bool:
        """Returns whether the words around a part of a text say that it is not so."""
        told = self._negation
        if end < len(text) and told.after:
            reach = end + told.reach
            if self._after.search(text, end, reach) and self._negated_after(text[end:reach]):
                return True
        if begin > 0 and text[begin - 1] == " " and told.before:
            clause = self._clause_end.split(text[max(0, begin - 64) : begin])[-1]
            return any(word in told.before for word in clause.split(" ")[-1 - told.words :])
        return False

    def _negated_after(self, text: str) -> bool:
        told = self._negation
        clause = self._clause_end.split(text, maxsplit=1)[0]
        if clause.startswith(told.after):
            return True
        joints = [joint for joint in told.joints if clause.startswith(joint)]
        return any(word in clause[len(joint) :] for joint in joints for word in told.after)


def _one_of(letters: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(letters)}]" if letters else r"(?!)")


__all__ = ["NOWHERE", "UNITS", "Letters", "inside_clusters"]
