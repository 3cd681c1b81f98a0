"""What is told of stickers in words? Creators' tags, captions, titles, corrections, what is typed.

Columns, sorted by sticker, so that the order in which a catalogue is read changes nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from pittari.learning.tags.hours import sends
from pittari.learning.tags.table import Names
from pittari.learning.tags.typed import LONGEST, typed
from pittari.model.catalog import Item, Rows
from pittari.model.tags import Correction
from pittari.store import Store
from pittari.text.folding import folded

_EDGE = re.compile(r"^[^\w\U0001f000-\U0001faff]+|[^\w\U0001f000-\U0001faff]+$")


@dataclass(frozen=True, slots=True)
class Said:
    """Texts of stickers: cell by cell, sticker `item` (ascending) has `texts[text]`."""

    item: Rows
    text: Rows
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What is told of stickers `items` (ids as ascending bytes), one creator code each.

    `tags`: folded, in the order given by the creator; `captions`, `titles`, `series` (titles of
    their packages): folded texts. `surface`: how a folded word is mostly written. `typed`: words
    that enough people typed, with how many did; `chosen`: word, sticker and how many people sent it
    after typing the word. `sent`: how often each sticker was sent in each three hours of the day.
    """

    items: Names
    creator: Rows
    tags: Said
    captions: Said
    titles: Said
    series: Said
    surface: Mapping[str, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    typed: Mapping[str, int] = field(default_factory=dict)
    chosen: tuple[tuple[str, str, int], ...] = ()
    sent: npt.NDArray[np.int64] | None = None


_NOTHING = Said(np.zeros(0, np.int32), np.zeros(0, np.int32), ())
NO_WORDING = Wording(
    np.zeros(0, "S1"), np.zeros(0, np.int32), _NOTHING, _NOTHING, _NOTHING, _NOTHING
)


def wording(store: Store, since: int, until: int) -> Wording:
    """Reads a store: its stickers, people's corrections, and what was typed in since <= at < until
    (microseconds UTC)."""
    found = typed(store.lake, since, until)
    told = worded(store.catalog.every_item())
    return replace(
        told,
        surface={**found.written, **told.surface},
        corrections=tuple(store.tags.corrections()),
        typed=found.words,
        chosen=found.chosen,
        sent=sends(store.lake, told.items, since, until),
    )


def worded(told: Iterable[Item]) -> Wording:
    """Returns what is told of the stickers of a catalogue, withdrawn ones too, for people who hold
    them; each item is looked at once."""
    stickers: list[Item] = []
    packages: dict[str, tuple[str, ...]] = {}
    for item in told:
        if item.kind == "package":
            packages[item.id] = tuple(item.title.values())
        elif item.kind == "sticker":
            stickers.append(item)
    stickers.sort(key=lambda item: item.id.encode())
    if not stickers:
        return NO_WORDING
    fold = _Folds()
    return Wording(
        items=np.array([item.id.encode() for item in stickers], "S"),
        creator=_codes([item.creator or item.package or item.id for item in stickers]),
        tags=_said([fold.words(item.tags) for item in stickers]),
        captions=_said([fold.texts(item.caption.values()) for item in stickers]),
        titles=_said([fold.texts(item.title.values()) for item in stickers]),
        series=_said([fold.texts(packages.get(item.package, ())) for item in stickers]),
        surface=fold.surface(),
    )


class _Folds:
    """Folded texts, each folded once, and how they were written."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._written: Counter[str] = Counter()

    def words(self, told: Iterable[str]) -> list[str]:
        """Returns the tags of a sticker, none twice; too long ones and mere signs are none."""
        self._written.update(told)
        found = [word for word in map(self._one, told) if 0 < len(word) <= LONGEST]
        return list(dict.fromkeys(found))

    def texts(self, told: Iterable[str]) -> list[str]:
        """Returns texts without signs at their ends."""
        found = [_EDGE.sub("", self._one(text)) for text in told]
        return list(dict.fromkeys(text for text in found if text))

    def surface(self) -> dict[str, str]:
        """Returns how each tag is mostly written."""
        best: dict[str, tuple[int, str]] = {}
        for text, times in self._written.items():
            word = self._known[text]
            best[word] = min(best.get(word, (0, "")), (-times, text))
        return {word: text for word, (_, text) in sorted(best.items())}

    def _one(self, text: str) -> str:
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = folded(text)
        return found


def _said(each: list[list[str]]) -> Said:
    texts = sorted({text for some in each for text in some})
    code = {text: number for number, text in enumerate(texts)}
    counts = [len(some) for some in each]
    flat = np.fromiter((code[text] for some in each for text in some), np.int32, sum(counts))
    return Said(np.repeat(np.arange(len(each), dtype=np.int32), counts), flat, tuple(texts))


def _codes(names: list[str]) -> Rows:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int32)
