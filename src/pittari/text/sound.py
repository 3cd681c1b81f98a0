"""How does it sound? One spelling for kana, romaji and what an input method has half typed.

The spelling is Kunrei romaji with nothing long and nothing doubled: おはよう, オハヨー, ohayou
and おはよu are "ohayo"; きって and kitte are "kite". It is made from left to right, and what may
still come is told with it, so that typing on only ever narrows what begins so.
"""

from __future__ import annotations

from dataclasses import dataclass, field

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


def sound(text: str) -> Sound:
    """Returns how a folded text sounds: kana, romaji, or kana with an open romaji tail.

    Anything else (kanji, digits, spaces, letters that are no romaji) makes it silent.
    """
    told = _Telling()
    for letter in text:
        if not told.take(letter):
            return SILENT
    return told.done()


@dataclass(slots=True)
class _Telling:
    """The spelling so far, and consonants that wait for their vowel."""

    spelt: str = ""
    waiting: str = ""
    last: str = field(default="")
    """The last kana's own spelling, while a small one could still join it."""

    def take(self, letter: str) -> bool:
        if letter in _SMALL or letter in _KANA:
            return self._kana(letter)
        self.last = ""
        if letter in "aiueo":
            return self._vowel(letter)
        return self._consonant(letter)

    def done(self) -> Sound:
        if self.waiting == "n":
            whole = _added(self.spelt, "n")
            return Sound(whole, (whole,))
        if self.waiting:
            ways = _OPEN.get(self.waiting, ())
            return Sound(None, tuple(_added(self.spelt, way) for way in ways))
        joined = _JOINING.get(self.last)
        if joined is None:
            return Sound(self.spelt, (self.spelt,))
        return Sound(self.spelt, (self.spelt, self.spelt[: -len(self.last)] + joined))

    def _kana(self, letter: str) -> bool:
        if self.waiting not in {"", "n"}:
            return False
        self.spelt, self.waiting = _added(self.spelt, self.waiting), ""
        if letter in _SMALL:
            vowel = _SMALL[letter]
            joined = _JOINING.get(self.last)
            if joined is not None:
                self.spelt = self.spelt[: -len(self.last)] + joined
                vowel = vowel.removeprefix("y") if joined.endswith("y") else vowel
            self.spelt, self.last = _added(self.spelt, vowel), ""
        else:
            self.last = _KANA[letter]
            self.spelt = _added(self.spelt, self.last)
        return True

    def _vowel(self, letter: str) -> bool:
        spelt = _BEFORE_VOWEL.get(self.waiting, {}).get(letter) if self.waiting else letter
        if spelt is None:
            return False
        self.spelt, self.waiting = _added(self.spelt, spelt), ""
        return True

    def _consonant(self, letter: str) -> bool:
        if not "a" <= letter <= "z":
            return False
        if self.waiting == "n" and letter not in "ny":
            self.spelt, self.waiting = _added(self.spelt, "n"), ""
        if self.waiting.endswith(letter) or (self.waiting == "t" and letter == "c"):
            self.waiting = self.waiting[:-1]  # doubled: a small っ
        self.waiting += letter
        return self.waiting in _OPEN


def _added(spelt: str, more: str) -> str:
    """Returns a spelling grown by letters, with nothing long and nothing doubled."""
    for letter in more:
        before = spelt[-1:]
        if letter != before and before + letter not in {"ou", "ei"}:
            spelt += letter
    return spelt
