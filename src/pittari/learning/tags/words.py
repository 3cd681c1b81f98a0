"""Which words can be tags at all? What creators and people gave, captions, what is typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from pittari.learning.tags.meanings import Meanings
from pittari.learning.tags.wording import Wording
from pittari.model.catalog import Rows
from pittari.text.finding import Words
from pittari.text.language import UNITS, language
from pittari.text.letters import Letters

SHORT = 12
"""A caption of at most so many letters is a word that can be typed."""
CAPTIONS = 20_000
"""Captions that become words: those of most stickers."""


class Vocabulary:
    """Words in ascending order: those that can be tags, and ways of saying them.

    `row[word]` is a word's number; `tag[row]`: it can be a tag itself, else it only leads to one.
    `says[row]` are the tags that a word found in a text stands for: itself, or the meanings it is
    a way of saying.
    """

    def __init__(self, wording: Wording, meanings: Meanings) -> None:
        by_tag = meanings.by_tag.values()
        given = {*wording.tags.texts, *wording.typed, *_captions(wording)}
        given |= {c.tag for c in wording.corrections if c.act == "add"}
        given |= {word for word, _, _ in wording.chosen}
        tags = given | {meaning.tag for meaning in by_tag}
        ways = {form for meaning in by_tag for form in meaning.forms}
        self.words: tuple[str, ...] = tuple(sorted(tags | ways))
        self.row = {word: number for number, word in enumerate(self.words)}
        self.tag = np.array([word in tags for word in self.words], np.bool_)
        self.given = np.array([word in given for word in self.words], np.bool_)
        """Somebody gave it, for a sticker or by typing it."""
        self.meanings = [
            (self.row[m.tag], [self.row[form] for form in m.forms if form != m.tag]) for m in by_tag
        ]

    def __len__(self) -> int:
        return len(self.words)

    def rows(self, words: Iterable[str]) -> Rows:
        """Returns the rows of words, all of which must be known."""
        return np.array([self.row[word] for word in words], np.int32)

    @cached_property
    def says(self) -> list[list[int]]:
        """The tags that each word stands for."""
        found: list[list[int]] = [[] for _ in self.words]
        for row in np.flatnonzero(self.tag).tolist():
            found[row].append(row)
        for tag, forms in self.meanings:
            for form in forms:
                found[form].append(tag)
        return found

    @cached_property
    def _finder(self) -> tuple[Words, Letters, frozenset[str]]:
        both = language("ja", "en")
        return Words(self.words), Letters(both), frozenset(both.stops)

    def standing_in(self, text: str) -> list[int]:
        """Returns the words that stand in a folded text, in its order: the longest where several
        overlap, no cut words, none too short or too common to be looked up, nothing that the text
        denies."""
        words, letters, stops = self._finder
        scripts = letters.scripts(text)
        taken = [False] * len(text)
        found: list[tuple[int, int]] = []
        for size, at, row in sorted(words.occurrences(text)):
            end = at - size
            if any(taken[at:end]) or letters.cut(scripts, at) or letters.cut(scripts, end):
                continue
            short = letters.units(scripts[at:end]) < UNITS
            if end - at < len(text) and (short or text[at:end] in stops):
                continue
            taken[at:end] = [True] * (end - at)
            if not letters.negated(text, at, end):
                found.append((at, row))
        return [row for _, row in sorted(found)]


def _captions(wording: Wording) -> Sequence[str]:
    """Returns the captions that are words themselves."""
    said = wording.captions
    times = np.bincount(said.text, minlength=len(said.texts))
    short = [row for row, text in enumerate(said.texts) if len(text) <= SHORT]
    short.sort(key=lambda row: (-times[row], row))
    return [said.texts[row] for row in short[:CAPTIONS]]
