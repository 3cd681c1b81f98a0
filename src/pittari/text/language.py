"""What has suggestion to know of a language? Letters, stopped words, negation, quotes: data.

A language is one file in `languages/`. A bundle carries the languages of its locale, merged, so
that a device knows exactly what the server knew.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from pittari.errors import SettingsError, nearest
from pittari.text.folding import folded

UNITS = 60
"""A piece of text of so many units is long enough to be looked up; a letter of a script has
`UNITS` over the script's `least`."""

_FOLDER = files("pittari.text") / "languages"


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Letters: `ranges` of code points, both ends included; `units` of one letter; whether the
    letters between two gaps are one word."""

    name: str
    ranges: tuple[tuple[int, int], ...]
    units: int
    words: bool


class Negation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`after`: words that negate what stands before them, directly or after one of `joints` and
    within `reach` letters; `before`: words that negate one of the `words` words that follow."""

    reach: int = 0
    joints: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    words: int = 0
    before: tuple[str, ...] = ()


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language, or several merged; every word is folded. `veto`: kind of trouble to words."""

    scripts: tuple[Script, ...]
    stops: tuple[str, ...] = ()
    clause_ends: str = ""
    quotes: tuple[str, ...] = ()
    negation: Negation = Negation()
    veto: dict[str, tuple[str, ...]] = {}


def known() -> tuple[str, ...]:
    """Returns the names of the languages there is a file for."""
    return tuple(sorted(f.name[:-5] for f in _FOLDER.iterdir() if f.name.endswith(".toml")))


@cache
def language(*names: str) -> Language:
    """Returns one language, or several merged in the order given, such as `language("ja", "en")`.

    Raises `SettingsError` when there is no file for a name, or a file says what it cannot say.
    """
    read = [_read(name) for name in names]
    scripts: dict[str, Script] = {}
    for one in read:
        scripts |= {script.name: script for script in one.scripts}
    return Language(
        scripts=tuple(scripts.values()),
        stops=_all(one.stops for one in read),
        clause_ends="".join(_all(tuple(one.clause_ends) for one in read)),
        quotes=_all(one.quotes for one in read),
        negation=Negation(
            reach=max(one.negation.reach for one in read),
            joints=_all(one.negation.joints for one in read),
            after=_all(one.negation.after for one in read),
            words=max(one.negation.words for one in read),
            before=_all(one.negation.before for one in read),
        ),
        veto={
            kind: _all(one.veto.get(kind, ()) for one in read)
            for kind in _all(tuple(one.veto) for one in read)
        },
    )


def _all(parts: Any) -> tuple[str, ...]:
    return tuple(sorted({word for part in parts for word in part}))


class _Script(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    ranges: list[str]
    least: int
    words: bool


class _Text(msgspec.Struct, forbid_unknown_fields=True):
    stops: list[str] = []
    clause_ends: str = ""
    quotes: list[str] = []


class _File(msgspec.Struct, forbid_unknown_fields=True):
    scripts: list[_Script]
    text: _Text = msgspec.field(default_factory=_Text)
    negation: Negation = Negation()
    veto: dict[str, list[str]] = {}


def _read(name: str) -> Language:
    if name not in known():
        raise SettingsError(
            f'expected a language among {", ".join(known())}, got "{name}".{nearest(name, known())}'
        )
    try:
        file = msgspec.convert(tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8")), _File)
        return _language(file)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, ValueError) as error:
        raise SettingsError(f"languages/{name}.toml: {error}") from error


def _language(file: _File) -> Language:
    told = file.negation
    return Language(
        scripts=tuple(
            Script(s.name, tuple(_range(text) for text in s.ranges), -(-UNITS // s.least), s.words)
            for s in file.scripts
        ),
        stops=_folded(file.text.stops),
        clause_ends=file.text.clause_ends,
        quotes=_folded(file.text.quotes),
        negation=Negation(
            told.reach, _folded(told.joints), _folded(told.after), told.words, _folded(told.before)
        ),
        veto={kind: _folded(words) for kind, words in file.veto.items()},
    )


def _range(text: str) -> tuple[int, int]:
    first, dash, last = text[:1], text[1:-1], text[-1:]
    if dash != "-" or ord(first) > ord(last):
        raise ValueError(f'a range of letters is written as "a-z", got "{text}"')
    return ord(first), ord(last)


def _folded(words: Any) -> tuple[str, ...]:
    return tuple(folded(word) for word in words)
