"""Which topics tell of the same happening, and which are hard? A default where the desk is silent.

Two topics belong together when their titles share enough rare marks and they came within half a
day of each other. Marks are the beginnings of words in Latin letters and pairs of letters of other
scripts, so that Japanese needs nobody to break it into words.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from pittari import clock
from pittari.model.topic import Topic

ALIKE = 0.2
"""Cosine of two titles from which on they tell one story."""
ELSEWHERE = 0.12
"""How much more alike titles of different sections have to be."""
BEGINNING = 5
"""Letters of a word in Latin letters that tell it from others."""
WITHIN = 12 * clock.HOUR
"""Topics that came further apart tell different stories."""

_PIECE = re.compile(r"[a-z0-9]+|[^\W\x00-\x7f]+")

Tone = Literal["hard", "soft"]


def completed(topics: Sequence[Topic]) -> list[Topic]:
    """Returns the topics with a story and a tone each; what the desk said stays.

    A story is named after the topic in it that came first; a topic alone keeps none.
    """
    stories = clustered(topics)
    return [
        msgspec.structs.replace(topic, story=topic.story or story, tone=topic.tone or tone(topic))
        for topic, story in zip(topics, stories, strict=True)
    ]


def clustered(topics: Sequence[Topic]) -> list[str]:
    """Returns the story of each topic: the desk's own where one of its kin has one, else the id
    of the topic in it that came first, empty for a topic alone."""
    numbers = _joined(topics)
    kin: dict[int, list[int]] = {}
    for row, number in enumerate(numbers):
        kin.setdefault(number, []).append(row)
    stories = [""] * len(topics)
    for rows in kin.values():
        if len(rows) > 1:
            order = sorted(rows, key=lambda row: (clock.micros(topics[row].published), row))
            told = next((topics[row].story for row in order if topics[row].story), "")
            for row in rows:
                stories[row] = told or topics[order[0]].id
    return stories


def tone(topic: Topic) -> Tone:
    """Returns whether a topic is hard news or soft, by its form, section and title's words."""
    return why_tone(topic)[0]


def why_tone(topic: Topic) -> tuple[Tone, str]:
    """Returns the tone of a topic, and what spoke for it: `kind`, `section`, a word, or nothing."""
    told = _words()
    for key, word in (("kind", topic.kind), ("section", topic.section)):
        if found := told[key].get(word.casefold()):
            return cast(Tone, found), key
    text = _folded(_titles(topic))
    for found in ("hard", "soft"):
        for word in told["words"][found]:
            if word in text:
                return cast(Tone, found), word
    return "hard", ""


@cache
def _words() -> dict[str, Any]:
    path = Path(__file__).with_name("stories.toml")
    return tomllib.loads(path.read_text("utf-8"))


def _titles(topic: Topic) -> str:
    return " ".join([topic.title, *topic.titles.values()])


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _marks(title: str) -> set[str]:
    """Returns what a title is known by: the beginnings of its words in Latin letters (so that
    endings do not matter), and the pairs of neighbouring letters of any other script."""
    found = set()
    for piece in _PIECE.findall(_folded(title)):
        if piece.isascii():
            if len(piece) > 2 or piece.isdigit():
                found.add(piece[:BEGINNING])
        else:
            found.update(piece[i : i + 2] for i in range(max(1, len(piece) - 1)))
    return found


def _joined(topics: Sequence[Topic]) -> list[int]:
    """Returns a number per topic, the same for those that tell one story."""
    number = list(range(len(topics)))

    def root(row: int) -> int:
        while number[row] != row:
            number[row] = number[number[row]]
            row = number[row]
        return row

    for first, second in _alike(topics):
        one, other = topics[first].story, topics[second].story
        if not one or not other or one == other:
            number[root(second)] = root(first)
    return [root(row) for row in range(len(topics))]


def _alike(topics: Sequence[Topic]) -> list[tuple[int, int]]:
    """Returns the pairs of topics that tell one story, the most alike first."""
    weights = _weights([_titles(topic) for topic in topics])
    likeness = sparse.triu(weights @ weights.T, 1).tocoo()
    at = np.array([clock.micros(topic.published) for topic in topics], np.int64)
    _, codes = np.unique([topic.section for topic in topics], return_inverse=True)
    first, second, like = likeness.row, likeness.col, likeness.data
    needed = ALIKE + ELSEWHERE * (codes[first] != codes[second])
    close = (like >= needed) & (np.abs(at[first] - at[second]) <= WITHIN)
    order = np.lexsort((second[close], first[close], -like[close]))
    pairs = zip(first[close][order].tolist(), second[close][order].tolist(), strict=True)
    return list(pairs)


def _weights(titles: Sequence[str]) -> sparse.csr_matrix:
    """Returns a row of unit length per title: its letter pairs, the rare ones weighing more."""
    words: dict[str, int] = {}
    rows, columns = [], []
    for row, title in enumerate(titles):
        for mark in _marks(title):
            rows.append(row)
            columns.append(words.setdefault(mark, len(words)))
    shape = (len(titles), max(1, len(words)))
    table = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    often: npt.NDArray[np.float64] = np.asarray(table.sum(axis=0)).ravel()
    table = table @ sparse.diags(np.log1p(len(titles) / np.maximum(often, 1)))
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(length, 1e-12)) @ table)
