"""How does it sound? One spelling for kana, romaji and what an input method has half typed.

The spelling is Kunrei romaji with nothing long and nothing doubled: おはよう, オハヨー, ohayou
and おはよu are "ohayo"; きって and kitte are "kite". It is made from left to right, and what may
still come is told with it, so that typing on only ever narrows what begins so.
"""

from __future__ import annotations

from functools import cache

import msgspec

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


class Sound(msgspec.Struct, frozen=True):
    """`whole`: the spelling, None while a vowel is missing; `begins`: what spellings of a longer
    text may begin with. A text that has no sound has neither."""

    whole: str | None = None
    begins: tuple[str, ...] = ()


SILENT = Sound()
_NOTHING: dict[str, str] = {}


class _Heard:
    """What counts of the letters read so far: the last letter of their spelling, the consonants
    that wait for a vowel, the spelling of a last kana.

    `steps`: by the next letter, how many letters of the spelling go, which come, and what is heard
    then. There are few of all these; each is worked out once.
    """

    __slots__ = ("before", "last", "steps", "waiting")

    def __init__(self, before: str, waiting: str, last: str) -> None:
        self.before, self.waiting, self.last = before, waiting, last
        self.steps: dict[str, _Step] = {}


_Step = tuple[int, str, _Heard]
_heard = cache(_Heard)
_SILENCE = _heard("", "", "")


def sound(text: str) -> Sound:
    """Returns how a folded text sounds: kana, romaji, or kana with an open romaji tail.

    Anything else (kanji, digits, spaces, letters that are no romaji) makes it silent.
    """
    spelt, heard = "", _SILENCE
    for letter in text:
        step = heard.steps.get(letter) or _step(heard, letter)
        if step is None:
            return SILENT
        gone, more, heard = step
        spelt = spelt[:-gone] + more if gone else spelt + more
    return _done(spelt, heard.waiting, heard.last)


def _step(heard: _Heard, letter: str) -> _Step | None:
    """Returns what one more letter does; None where nobody can say it."""
    kana = letter in _KANA or letter in _SMALL
    step = _kana(heard, letter) if kana else _romaji(heard, letter)
    if step is not None:
        heard.steps[letter] = step
    return step


def _kana(heard: _Heard, letter: str) -> _Step | None:
    """Returns what a kana does; a small one joins the kana before it where that can be."""
    if heard.waiting not in {"", "n"}:
        return None
    spelling = _KANA.get(letter, "")
    last, joined = spelling, ""
    if letter in _SMALL:
        spelling, joined = _SMALL[letter], _JOINING.get(heard.last, "")
    if joined.endswith("y"):
        spelling = spelling.removeprefix("y")
    more = _added(heard.before, heard.waiting) + joined
    more += _added((heard.before + more)[-1:], spelling)
    gone = len(heard.last) if joined else 0
    return gone, more, _heard((heard.before + more)[-1:], "", last)


def _romaji(heard: _Heard, letter: str) -> _Step | None:
    """Returns what a letter of romaji does: a vowel ends what waits for it, a consonant waits."""
    before, waiting, more = heard.before, heard.waiting, ""
    if letter in "aiueo":
        ended = _BEFORE_VOWEL.get(waiting, _NOTHING).get(letter) if waiting else letter
        if ended is None:
            return None
        more, waiting = _added(before, ended), ""
    else:
        if waiting == "n" and letter not in "ny":
            more, waiting = _added(before, "n"), ""
        if waiting.endswith(letter) or (waiting == "t" and letter == "c"):
            waiting = waiting[:-1]  # doubled: a small っ
        waiting += letter
        if waiting not in _OPEN:
            return None
    return 0, more, _heard((before + more)[-1:], waiting, "")


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
