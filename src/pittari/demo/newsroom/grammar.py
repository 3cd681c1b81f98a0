"""Which stories can a made-up newsroom tell, and in which words? Read from `data/*.toml`.

A headline holds slots: `{town}` is a word of that kind, `{town.2}` another one, `{3-9}` a number
of that range, `{300-680/10}` one in steps of ten. The same slot is the same word or number in both
languages and throughout a story, so that what follows speaks of what was reported first.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec
import numpy as np

SECTIONS = (
    "politics", "economy", "world", "society", "science",
    "sport", "culture", "life", "weather", "local",
)  # fmt: skip
LOCALES = ("ja", "en")

_SLOT = re.compile(r"\{([^{}]+)\}")
_RANGE = re.compile(r"(\d+)-(\d+)(?:/(\d+))?")
_ORDINAL = re.compile(r"\b(\d+)th\b")
_COUNT = re.compile(r"^((?:[A-Z ]+: )?)(\d)(?= |-)")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_BEGINNING = re.compile(r"^((?:[A-Z ]+: )?['\"]?)([a-z])")

Words = dict[str, list[list[str]]]
"""By kind: Japanese, English and, for places, the region."""


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One headline of a story. `after`: how long after the story's first one, such as 1h30m;
    `stale` and `embargo`: how long after it is published."""

    ja: str
    en: str
    kind: str = "article"
    after: str = "0m"
    stale: str = ""
    embargo: str = ""
    hazard: bool = False
    tone: Literal["", "hard", "soft"] = ""
    mood: Literal["", "grim", "neutral", "bright"] = ""


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A happening and its headlines, the first report first.

    `importance` (0 to 1) is what the public should know, `draw` what it wants to. `hours`: between
    which of the day it begins; `months`: of the year; none: all. Of a `group`, one story a day.
    """

    name: str
    section: str = ""
    group: str = ""
    weight: float = 1.0
    hours: tuple[int, int]
    months: tuple[int, ...] = ()
    weekdays: bool = False
    weekends: bool = False
    hazard: bool = False
    sensitive: bool = False
    tone: Literal["", "hard", "soft"] = ""
    mood: Literal["", "grim", "neutral", "bright"] = ""
    importance: float = 0.0
    draw: float = 0.0
    lines: tuple[Line, ...]

    def fits(self, month: int, weekend: bool) -> bool:
        """Whether it can happen on such a day."""
        right_day = not (self.weekdays and weekend) and not (self.weekends and not weekend)
        return right_day and (not self.months or month in self.months)


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of the newsroom: its topics of 120 a day, and what its stories have in common."""

    share: int
    sources: tuple[str, ...]
    tone: Literal["hard", "soft"]
    mood: Literal["grim", "neutral", "bright"] = "neutral"
    importance: float
    draw: float
    story: tuple[Story, ...]


@cache
def sections() -> dict[str, Section]:
    """Returns the sections with their stories, in the order of `SECTIONS`."""
    found = {}
    for name in SECTIONS:
        section = msgspec.convert(_read(f"{name}.toml"), Section)
        stories = tuple(_inherited(story, name, section) for story in section.story)
        found[name] = msgspec.structs.replace(section, story=stories)
    return found


def _inherited(story: Story, name: str, section: Section) -> Story:
    return msgspec.structs.replace(
        story,
        section=name,
        tone=story.tone or section.tone,
        mood=story.mood or section.mood,
        importance=story.importance or section.importance,
        draw=story.draw or section.draw,
    )


class Told(msgspec.Struct, frozen=True):
    """A story in words: titles by language, line by line, and the regions it speaks of."""

    titles: tuple[dict[str, str], ...]
    regions: tuple[str, ...]


class Teller:
    """Puts stories into words. Words seldom said by this teller so far come first, so that a day
    does not have one town in every headline."""

    def __init__(self, dice: np.random.Generator) -> None:
        self._dice, self._said, self._words = dice, Counter[str](), words()

    def tell(self, story: Story) -> Told:
        """Returns a story with all its slots filled."""
        bound: dict[str, tuple[str, ...]] = {}
        for line in story.lines:
            for slot in _SLOT.findall(line.ja) + _SLOT.findall(line.en):
                if slot not in bound:
                    bound[slot] = self._chosen(slot, bound)
        titles = tuple(
            {"ja": _filled(line.ja, bound, 0), "en": _english(_filled(line.en, bound, 1))}
            for line in story.lines
        )
        regions = dict.fromkeys(value[2] for value in bound.values() if len(value) > 2)
        return Told(titles, tuple(regions))

    def _chosen(self, slot: str, bound: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        if numbers := _RANGE.fullmatch(slot):
            low, high, step = (int(group or 1) for group in numbers.groups())
            number = f"{low + step * int(self._dice.integers((high - low) // step + 1)):,}"
            return number, number
        kind = slot.partition(".")[0]
        free = [word for word in self._words[kind] if tuple(word) not in bound.values()]
        least = min(self._said[word[0]] for word in free)
        seldom = [word for word in free if self._said[word[0]] == least]
        word = seldom[int(self._dice.integers(len(seldom)))]
        self._said[word[0]] += 1
        return tuple(word)


@cache
def words() -> Words:
    """Returns the words that fill slots, by kind."""
    return msgspec.convert(_read("words.toml"), Words)


def _filled(text: str, bound: dict[str, tuple[str, ...]], locale: int) -> str:
    return _SLOT.sub(lambda found: bound[found[1]][locale], text)


def _english(text: str) -> str:
    """Returns a headline with right ordinals and, at its beginning, a capital and small numbers in
    words, as desks write them."""
    text = _COUNT.sub(lambda found: found[1] + _NUMBERS[int(found[2])], text)
    text = _ORDINAL.sub(lambda found: f"{found[1]}{_ending(int(found[1]))}", text)
    return _BEGINNING.sub(lambda found: found[1] + found[2].upper(), text)


def _ending(number: int) -> str:
    if number % 100 in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _read(name: str) -> dict[str, Any]:
    text = files("pittari.demo.newsroom").joinpath(f"data/{name}").read_text("utf-8")
    return tomllib.loads(text)
