"""What will a reader see of it on a locked phone? Titles and bodies are cut where phones cut.

Lengths are display columns: a full-width letter takes two (Unicode Standard Annex 11). Phones cut
by pixels, so the limits are those of their usual letters: on a screen of 390 points, iOS leaves
about 300 points at 15 points a full-width letter; on one of 360, Android 272 at 14.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_WIDE = {"W", "F"}
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Phone:
    """A kind of phone: columns of a notification's title, of a line of its body, and its lines."""

    name: str
    title: int
    line: int
    lines: int


PHONES = (Phone("ios", 32, 40, 4), Phone("android", 38, 38, 1))
"""iOS shows four lines of a body on the lock screen; Android one, before it is opened."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notification on a phone: what can be read, what is cut off, and how many of the joined
    headlines stand whole before the cut."""

    phone: str
    title: str
    body: str
    lost: str
    whole: int


def columns(text: str) -> int:
    """Returns how many columns a text takes."""
    return sum(map(_columns, text))


def fitted(text: str, most: int) -> str:
    """Returns a text of at most `most` columns: whole, or cut with an ellipsis."""
    if columns(text) <= most:
        return text
    kept, left = 0, most - columns(ELLIPSIS)
    for letter in text:
        left -= _columns(letter)
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def noticed(title: str, headlines: Sequence[str], joint: str) -> tuple[Notice, ...]:
    """Returns how a notification with these headlines, joined in one line, looks on each phone."""
    body = joint.join(headlines)
    return tuple(_noticed(phone, title, body, headlines, joint) for phone in PHONES)


def _noticed(phone: Phone, title: str, body: str, headlines: Sequence[str], joint: str) -> Notice:
    seen = fitted(body, phone.line * phone.lines)
    kept = len(body) if seen == body else len(seen) - len(ELLIPSIS)
    ends = [len(joint.join(headlines[: n + 1])) for n in range(len(headlines))]
    whole = sum(end <= kept for end in ends)
    return Notice(phone.name, fitted(title, phone.title), seen, body[kept:].strip(), whole)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in _WIDE else 1
