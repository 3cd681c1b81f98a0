"""One form for all ways of writing the same: width, case, kana, marks, skin tones.

Every function here has a twin in the browser's device module, with the same answers.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 10_000
"""Characters of a text that are looked at; what stands before them is cut, the caret is last."""

_LONE = re.compile("[\ud800-\udfff]")
_IGNORED = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]"
)
"""Marks that change no word: controls, joiners of letters, directions, variation selectors, skin
tones. The joiner of emoji (U+200D) stays: it makes families."""
_SPACE = re.compile(r"[ \t\n\v\f\r\u1680\u2028\u2029]+")
_LETTERS = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)} | {
    0x2018: 0x27,
    0x2019: 0x27,
}
"""Katakana to hiragana, and the apostrophe that telephones write."""
_WAVES = re.compile("(?<=[\u3041-\u3096\u30fc])[~\u301c]+")
_REPEAT = re.compile("[\u3005\u303b\u309d\u309e]")
_VOICELESS, _VOICED = (
    "かきくけこさしすせそたちつてとはひふへほ",
    "がぎぐげござじずぜぞだぢづでどばびぶべぼ",
)
_VOICE = dict(zip(_VOICELESS, _VOICED, strict=True))
_DEVOICE = dict(zip(_VOICED, _VOICELESS, strict=True))


_SAME = "!-@\\[-}ぁ-ゖー一-鿿、。「-』\u2600-\u27bf\U0001f300-\U0001f3fa\U0001f400-\U0001f64f"
_PLAIN = re.compile(f"[{_SAME}]+(?: [{_SAME}]+)*")
"""Texts that are folded as they stand: of letters, signs and emoji that no step changes."""
_ALONE = (
    {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
    | {code: code + 0x20 for code in range(0x41, 0x5B)}
    | {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5E)}
    | {code: code - 0xFEC0 for code in range(0xFF21, 0xFF3B)}
)
"""Letters that have one other form, whatever stands beside them: katakana, capitals, wide ones."""


def folded(text: str) -> str:
    """Returns the one form of a text: NFKC, lower case, hiragana for katakana, one apostrophe,
    iteration marks written out, one space for any run of white space, no marks that change no word.

    Never raises; a second time it changes nothing. Only the last `LONGEST` characters count,
    before and after.
    """
    text = text[-LONGEST:]
    if _PLAIN.fullmatch(text):
        return text
    simple = text.translate(_ALONE).strip(" ")
    if _PLAIN.fullmatch(simple):
        return simple
    text = _LONE.sub("\ufffd", text)
    while True:
        once = _folded(text)[-LONGEST:]
        if once == text or _PLAIN.fullmatch(once):
            return once
        text = once


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", _IGNORED.sub("", text))
    text = unicodedata.normalize("NFKC", text.lower())
    text = _WAVES.sub(lambda run: "ー" * len(run[0]), text.translate(_LETTERS))
    if _REPEAT.search(text):
        text = _written_out(text)
    return _SPACE.sub(" ", text).strip(" ")


def _written_out(text: str) -> str:
    """Returns a text with 々, ゝ and ゞ replaced by what they repeat."""
    out: list[str] = []
    for letter in text:
        before = out[-1] if out else ""
        if letter in "々〻" and _is_kanji(before):
            out.append(before)
        elif letter == "ゝ" and _is_kana(before):
            out.append(_DEVOICE.get(before, before))
        elif letter == "ゞ" and _is_kana(before):
            out.append(_VOICE.get(_DEVOICE.get(before, before), before))
        else:
            out.append(letter)
    return "".join(out)


def _is_kana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u3096"


def _is_kanji(letter: str) -> bool:
    return "\u3400" <= letter <= "\u9fff" or "\uf900" <= letter <= "\ufaff"
