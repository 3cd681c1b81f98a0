"""Which words mean the same? Tables in Japanese and English, one file for each field of life.

A file of `meanings/` holds `[[meaning]]` tables: `tag` is the word that stands for the meaning,
`ja` and `en` are all ways of saying it, `rate` (0 to 255) is how often somebody who types it wants
a sticker. A way of saying may stand in several meanings.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from pittari.errors import SettingsError
from pittari.text.folding import folded

RATE = 64
"""What a meaning that tells no rate has."""


class Meaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One meaning: its word, and the ways of saying it, all folded once `meanings` gives it out."""

    tag: str
    ja: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    rate: int | None = None

    @property
    def forms(self) -> tuple[str, ...]:
        """All ways of saying it, its own word first, none twice."""
        return tuple(dict.fromkeys((self.tag, *self.ja, *self.en)))


class _File(msgspec.Struct, forbid_unknown_fields=True):
    meaning: list[Meaning]


@dataclass(frozen=True)
class Meanings:
    """All meanings, by the folded word that stands for each."""

    by_tag: dict[str, Meaning]

    def usual(self) -> dict[str, int]:
        """Returns how often a sticker is wanted, for the word that stands for each meaning."""
        told = self.by_tag.items()
        return {tag: RATE if one.rate is None else one.rate for tag, one in told}

    def rates(self) -> dict[str, int]:
        """Returns how often a sticker is wanted by whoever says so, for each way of saying."""
        told: dict[str, int] = {}
        for meaning in self.by_tag.values():
            rate = RATE if meaning.rate is None else meaning.rate
            for form in meaning.forms:
                told[form] = max(rate, told.get(form, 0))
        return told


@cache
def meanings() -> Meanings:
    """Returns the meanings of all files, those with one word joined.

    Raises `SettingsError` for a file that says what it cannot say.
    """
    found: dict[str, Meaning] = {}
    for name, text in _files():
        for meaning in _read(name, text):
            known = found.get(meaning.tag)
            found[meaning.tag] = _joined(known, meaning) if known else meaning
    return Meanings(dict(sorted(found.items())))


@cache
def written() -> dict[str, str]:
    """Returns how the files write each word, by its folded form: as they do first; but a word that
    stands for a meaning as it is before folding, where any file tells: ラーメン, not らーめん.
    """
    found: dict[str, str] = {}
    names = meanings().by_tag
    for _, text in _files():
        for one in msgspec.convert(tomllib.loads(text), _File).meaning:
            for form in (*one.ja, *one.en, one.tag):
                word = folded(form)
                if found.setdefault(word, form) == word and word in names:
                    found[word] = form
    return found


def _files() -> Iterator[tuple[str, str]]:
    """Yields the files by name, with their text."""
    folder = files("pittari.learning.tags") / "meanings"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield file.name, file.read_text("utf-8")


def _read(name: str, text: str) -> list[Meaning]:
    try:
        told = msgspec.convert(tomllib.loads(text), _File).meaning
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"meanings/{name}: {error}") from error
    for one in told:
        if not one.tag or not all(one.forms) or not 0 <= (one.rate or 0) <= 255:
            raise SettingsError(
                f'meanings/{name}: "{one.tag}": expected words, and a rate of 0 to 255'
            )
    return [Meaning(folded(one.tag), _folded(one.ja), _folded(one.en), one.rate) for one in told]


def _folded(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(folded, words)))


def _joined(one: Meaning, other: Meaning) -> Meaning:
    rates = [rate for rate in (one.rate, other.rate) if rate is not None]
    return Meaning(
        one.tag,
        tuple(dict.fromkeys((*one.ja, *other.ja))),
        tuple(dict.fromkeys((*one.en, *other.en))),
        max(rates) if rates else None,
    )
