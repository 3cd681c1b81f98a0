"""How does it sound? One spelling for kana, romaji and what an input method has half typed.

The spelling is Kunrei romaji with nothing long and nothing doubled: おはよう, オハヨー, ohayou
and おはよu are "ohayo"; きって and kitte are "kite". It is made from left to right, and what may
still come is told with it, so that typing on only ever narrows what begins so.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_ROWS = {
    "": "あいうえお", "k": "かきくけこ", "s": "さしすせそ", "t": "たちつてと", "n": "なにぬねの",
    "h": "はひふへほ", "m": "まみむめも", "r": "らりるれろ", "g": "がぎぐげご", "z": "ざじずぜぞ",
    "d": "だぢづでど", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ", "y": "や ゆ よ", "w": "わゐ ゑを",
}  # fmt: skip
_KANA = {
    kana: consonant + vowel
    for consonant, row in _ROWS.items()
    for kana, vowel in zip(row, "aiueo", strict=True)
    if kana != " "
} | {"ん": "n", "っ": "", "ー": "", "ゔ": "bu", "ゕ": "ka", "ゖ": "ke", "ゎ": "wa"}
_SMALL = dict(zip("ぁぃぅぇぉゃゅょ", ("a", "i", "u", "e", "o", "ya", "yu", "yo"), strict=True))
_JOINING = {f"{consonant}i": f"{consonant}y" for consonant in "kstnhmrgzdbp"} | {"hu": "hw"}
"""What is left of a kana that a small one joins: き + ゃ = ky + a, ふ + ぁ = hw + a."""

_BEFORE_VOWEL = {
    **{consonant: {v: consonant + v for v in "aiueo"} for consonant in "kstnhmrgzdbp"},
    **{f"{c}y": {v: f"{c}y{v}" for v in "aiueo"} for c in "kstnhmrgzdbp"},
    "y": {v: f"y{v}" for v in "auo"},
    "w": {"a": "wa", "i": "ui", "e": "ue", "o": "wo"},
    "sh": {"a": "sya", "i": "si", "u": "syu", "e": "sye", "o": "syo"},
    "ch": {"a": "tya", "i": "ti", "u": "tyu", "e": "tye", "o": "tyo"},
    "j": {"a": "zya", "i": "zi", "u": "zyu", "e": "zye", "o": "zyo"},
    "f": {"a": "hwa", "i": "hwi", "u": "hu", "e": "hwe", "o": "hwo"},
    "ts": {"u": "tu"},
    "v": {v: f"bu{v}" for v in "aiueo"},
}
"""Consonants as they are typed, Hepburn or Kunrei, with the vowel that follows."""
_OPEN = {
    **{consonants: (consonants,) for consonants in _BEFORE_VOWEL},
    "w": ("wa", "ui", "ue", "wo"), "sh": ("si", "sy"), "c": ("ti", "ty"), "ch": ("ti", "ty"),
    "j": ("zi", "zy"), "f": ("hu", "hw"), "ts": ("tu",), "v": ("bu",),
}  # fmt: skip
"""What may come of consonants whose vowel has not been typed yet."""


@dataclass(frozen=True, slots=True)
class Sound:
    """`whole`: the spelling, None while a vowel is missing; `begins`: what spellings of a longer
    text may begin with. A text that has no sound has neither."""

    whole: str | None = None
    begins: tuple[str, ...] = ()


SILENT = Sound()
_NOTHING: dict[str, str] = {}


def sound(text: str) -> Sound:
    """Returns how a folded text sounds: kana, romaji, or kana with an open romaji tail.

    Anything else (kanji, digits, spaces, letters that are no romaji) makes it silent.
    """
    spelt = waiting = last = ""
    for letter in text:
        kana = _KANA.get(letter)
        if kana is None and letter not in _SMALL:
            last = ""
            if letter in "aiueo":
                more = _BEFORE_VOWEL.get(waiting, _NOTHING).get(letter) if waiting else letter
                if more is None:
                    return SILENT
                spelt, waiting = spelt + _added(spelt[-1:], more), ""
                continue
            spelt, waiting = _consonant(spelt, waiting, letter)
            if not waiting:
                return SILENT
            continue
        if waiting:
            if waiting != "n":
                return SILENT
            spelt, waiting = spelt + _added(spelt[-1:], "n"), ""
        if kana is None:
            spelt, last = _small(spelt, last, letter), ""
        else:
            spelt, last = spelt + _added(spelt[-1:], kana), kana
    return _done(spelt, waiting, last)


def _consonant(spelt: str, waiting: str, letter: str) -> tuple[str, str]:
    """Returns the spelling, and the consonants that now wait for a vowel: none when no word of
    romaji has them."""
    if waiting == "n" and letter not in "ny":
        spelt, waiting = spelt + _added(spelt[-1:], "n"), ""
    if waiting.endswith(letter) or (waiting == "t" and letter == "c"):
        waiting = waiting[:-1]  # doubled: a small っ
    waiting += letter
    return spelt, waiting if waiting in _OPEN else ""


def _small(spelt: str, last: str, letter: str) -> str:
    """Returns the spelling with a small kana, joined to the kana before it where that can be."""
    vowel = _SMALL[letter]
    joined = _JOINING.get(last)
    if joined is not None:
        spelt = spelt[: -len(last)] + joined
        vowel = vowel.removeprefix("y") if joined.endswith("y") else vowel
    return spelt + _added(spelt[-1:], vowel)


def _done(spelt: str, waiting: str, last: str) -> Sound:
    if waiting == "n":
        spelt += _added(spelt[-1:], "n")
        return Sound(spelt, (spelt,))
    if waiting:
        return Sound(None, tuple([spelt + _added(spelt[-1:], way) for way in _OPEN[waiting]]))
    joined = _JOINING.get(last)
    if joined is None:
        return Sound(spelt, (spelt,))
    return Sound(spelt, (spelt, spelt[: -len(last)] + joined))


@cache
def _added(before: str, more: str) -> str:
    """Returns what a spelling that ends with a letter (or is empty) grows by: nothing long and
    nothing doubled. There are few kinds of it."""
    grown = ""
    for letter in more:
        if letter != before and before + letter not in {"ou", "ei"}:
            grown += letter
            before = letter
    return grown
