"""What stands in a bundle? A locale's file as typed columns, most of them in the file itself."""

from __future__ import annotations

import mmap
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from operator import le, lt
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.device.format import LOCALE, PART, Array, Bytes, File, Head, read, starts, texts
from pittari.device.settings import HOURS, MATCHES, PLACES, QUIET, RANKER, Settings
from pittari.device.signing import Keys
from pittari.errors import BundleError
from pittari.text.finding import REMEMBERED, Words, beginning
from pittari.text.language import Language
from pittari.text.letters import Letters
from pittari.text.sound import sound


class Meta(msgspec.Struct, frozen=True):
    """What a bundle says of itself; `ranker` and `quiet` name the weights of these sections."""

    locale: str
    settings: Settings
    ranker: tuple[str, ...]
    quiet: tuple[str, ...]
    regions: tuple[tuple[str, ...], ...] = ((),)
    made_from: dict[str, str] = {}


class Spellings:
    """Texts in ascending order, each with the row of a keyword."""

    def __init__(self, file: File, name: str, keywords: int) -> None:
        self.texts = texts(file, name)
        self.rows = _within(file, f"{name}.kw", len(self.texts), keywords)
        _ascending(file, self.texts, name, strict=False)

    def beginning(self, text: str, low: int = 0, high: int | None = None) -> tuple[int, int]:
        """Returns the first place whose text begins so, and the place after the last; sought
        between two places."""
        return beginning(self.texts, text, low, high)

    def same(self, text: str, low: int = 0, high: int | None = None) -> tuple[int, int]:
        """Returns the same for those that are this text."""
        low = bisect_left(self.texts, text, low, high)
        return low, bisect_right(self.texts, text, low, high)


WAYS = 1 << 24
"""Ways from keywords to tags that a bundle may have, those by the sound included."""


class Ways:
    """The ways to keywords, and where they lead: each keyword as it is written, by its row, and
    behind these each keyword as it sounds, by its place among the sounds.

    `keywords`: where each way goes. Its links begin at `starts`: `tags`, `weights`, and once more
    the keyword, `origins`.
    """

    def __init__(self, file: File, keywords: int, sounds: Array, tags: int) -> None:
        first = starts(file, "kw.num")
        to = _within(file, "kw.to", int(first[-1]), tags)
        weights = _sized(file, "kw.w", len(to))
        if len(first) != keywords + 1:
            raise BundleError("damaged", "the keywords' counts do not fit")
        self.keywords = np.concatenate([np.arange(keywords, dtype=np.uint32), sounds])
        counts = np.diff(first)[self.keywords]
        ends = np.cumsum(counts)
        if counts.sum() > WAYS:
            raise BundleError("damaged", f"expected at most {WAYS:,} ways from keywords to tags")
        cells = np.repeat(first[self.keywords] - ends + counts, counts) + np.arange(counts.sum())
        self.starts: list[int] = [0, *ends.tolist()]
        self.weights = weights[cells].tobytes()
        self.tags, self.origins = to[cells].data, np.repeat(self.keywords, counts).data


class Heads(dict[str, tuple[int, int, int, int]]):
    """Where keywords begin with the first letters (at most `HEAD`) of a piece of text, first row
    and the one after the last, and between which places those stand that may sound like it. Found
    when it is asked for, from what is known of one letter less: typing on only ever narrows both.
    """

    def __init__(self, words: Words, sounds: Spellings) -> None:
        super().__init__()
        self._words, self._sounds = words, sounds

    def __missing__(self, head: str) -> tuple[int, int, int, int]:
        first, last = self[head[:-1]][2:] if head else (0, len(self._sounds.texts))
        low, high = last, first
        for spelt in sound(head).begins if first < last else ():
            begin, end = self._sounds.beginning(spelt, first, last)
            if begin < end:
                low, high = min(low, begin), max(high, end)
        if len(self) >= REMEMBERED:
            self.clear()
        self[head] = found = (*self._words.beginning(head), min(low, high), high)
        return found


class Tagged:
    """Tags with their items, as a bundle and a part have them."""

    def __init__(self, file: File) -> None:
        self.head: Head = file.head
        self.file = file
        self.tags = texts(file, "tag")
        _ascending(file, self.tags, "tag")
        self.package = file.section("it.pack")
        size, packages = len(self.package), len(file.section("pk.n"))
        _within(file, "it.pack", size, packages)
        self.starts = starts(file, "tag.num")
        self.items = _within(file, "tag.to", int(self.starts[-1]), size)
        self.confidence = _sized(file, "tag.w", len(self.items))
        self.offers = _sized(file, "tag.off", len(self.tags))
        self.rate = _sized(file, "tag.rate", len(self.tags))
        self.hours = _sized(file, "tag.hour", len(self.tags), HOURS)
        self.flags = _sized(file, "it.flag", size)
        self.prior = _sized(file, "it.prior", size)
        self.region = _sized(file, "it.reg", size)
        self.cluster = _sized(file, "it.clus", size)
        self.vectors = _sized(file, "it.vec", size, -1)
        _sized(file, "it.n", size)
        if len(self.starts) != len(self.tags) + 1 or (np.diff(self.starts) < self.offers).any():
            raise BundleError("damaged", "the tags' counts do not fit")
        if not file.checked:
            _ = self.ids, self.packages

    @cached_property
    def ids(self) -> list[str]:
        """The items' ids."""
        return texts(self.file, "it")

    @cached_property
    def packages(self) -> list[str]:
        """The packages' ids."""
        return texts(self.file, "pk")

    @cached_property
    def item_rows(self) -> dict[str, int]:
        """The row of each item."""
        return {name: row for row, name in enumerate(self.ids)}

    @cached_property
    def package_rows(self) -> dict[str, int]:
        """The row of each package."""
        return {name: row for row, name in enumerate(self.packages)}

    @cached_property
    def tag_rows(self) -> dict[str, int]:
        """The row of each tag."""
        return {name: row for row, name in enumerate(self.tags)}


class Part(Tagged):
    """The stickers of one package, for those who own it."""

    @classmethod
    def open(cls, data: Bytes | Path, keys: Keys) -> Part:
        """Returns a part that can be trusted. Raises `BundleError` with its reason."""
        return cls(_trusted(data, keys, PART, whole=True))


class Bundle(Tagged):
    """A locale's bundle, ready to be asked."""

    def __init__(self, file: File) -> None:
        super().__init__(file)
        meta: Meta = file.json("meta", Meta)
        self.meta, self.settings = meta, meta.settings
        self.language: Language = file.json("language", Language)
        self.letters = Letters(self.language)
        self.stops = frozenset(self.language.stops)
        self.keywords = texts(file, "kw")
        _ascending(file, self.keywords, "kw")
        self.words = Words(self.keywords)
        self.stopped = frozenset(map(self.words.row, self.stops))
        """Keywords that never stand for themselves, by their rows."""
        self.sounds = Spellings(file, "snd", len(self.keywords))
        self.skeletons = Spellings(file, "run", len(self.keywords))
        width = self.vectors.shape[1]
        self.centres = _sized(file, "clus", len(file.section("clus")), width).reshape(-1, width)
        self.heads = Heads(self.words, self.sounds)
        ranker: list[int] = _weights(file, "rank", meta.ranker, RANKER).tolist()
        self.weight = dict(zip(RANKER, ranker, strict=True))
        self.quiet = _weights(file, "quiet", meta.quiet, QUIET)
        _within(file, "it.reg", len(self.region), len(meta.regions))
        self.decay: list[int] = file.section("decay").tolist()
        self._check()
        self.ways = Ways(file, len(self.keywords), self.sounds.rows, len(self.tags))
        matches, places = self.settings.matches, self.settings.places
        weights = np.multiply.outer(np.multiply.outer(matches, places) >> 8, np.arange(256)) >> 8
        self.short = [[table.tobytes() for table in of] for of in (255 - weights).astype(np.uint8)]
        """By match and place: for each weight of a link, what its value falls short of 255."""

    @classmethod
    def open(cls, data: Bytes | Path, keys: Keys, *, whole: bool = True) -> Bundle:
        """Returns a bundle that can be trusted; a path is mapped into memory.

        `whole=False` is for a file that was checked when it arrived and has been kept since: its
        signature is checked again, not every byte. Raises `BundleError` with its reason.
        """
        return cls(_trusted(data, keys, LOCALE, whole=whole))

    @cached_property
    def veto(self) -> Words:
        """The words that must never be answered."""
        return Words(sorted({word for some in self.language.veto.values() for word in some}))

    def _check(self) -> None:
        settings = self.settings
        good = (
            len(settings.matches) == len(MATCHES)
            and len(settings.places) == len(PLACES)
            and self.decay
            and self.meta.locale == self.head.name
        )
        if not good:
            raise BundleError("damaged", "the bundle's sections do not fit each other")


def _trusted(data: Bytes | Path, keys: Keys, kind: int, *, whole: bool) -> File:
    file = read(_mapped(data) if isinstance(data, Path) else data, keys, whole=whole)
    if file.head.kind != kind:
        raise BundleError("kind", "this file is of another kind: a bundle, a part or a difference")
    return file


def _mapped(path: Path) -> memoryview:
    with path.open("rb") as opened:
        try:
            return memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
        except ValueError:  # an empty file cannot be mapped
            return memoryview(b"")


def _sized(file: File, name: str, size: int, columns: int = 1) -> Array:
    """Returns a section with as many rows as there must be. Raises `BundleError`."""
    array = file.section(name)
    width = file.entries[name].columns
    if len(array) != size or (columns > 0 and width != columns):
        raise BundleError("damaged", f'section "{name}" has {len(array)} rows, not {size}')
    return array if columns == 1 else array.reshape(size, width)


def _within(file: File, name: str, size: int, limit: int) -> Array:
    """Returns a section of rows of something. Raises `BundleError` where there is no such row."""
    array = _sized(file, name, size)
    if size and not file.checked and int(array.max()) >= limit:
        raise BundleError("damaged", f'section "{name}" points behind the end')
    return array


def _ascending(file: File, ordered: list[str], name: str, *, strict: bool = True) -> None:
    if file.checked:
        return
    if not all(map(lt if strict else le, ordered, islice(ordered, 1, None))):
        raise BundleError("damaged", f'section "{name}" is not in ascending order')


def _weights(
    file: File, section: str, named: Sequence[str], names: Sequence[str]
) -> npt.NDArray[np.int64]:
    """Returns the weights of the features known here; a name not known here counts for nothing."""
    told: list[Any] = _sized(file, section, len(named)).tolist()
    weights = dict(zip(named, told, strict=True))
    return np.array([weights.get(name, 0) for name in names], np.int64)
