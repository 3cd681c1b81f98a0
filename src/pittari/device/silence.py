"""Should anything be shown at all? A row that nobody wants costs more than one that is missed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from pittari import clock
from pittari.device.bundle import Bundle
from pittari.device.matching import Found, Matches
from pittari.device.person import Person, decayed, logarithm
from pittari.device.settings import ALONE, CLEAR, MATCHES
from pittari.text.folding import folded
from pittari.text.letters import Letters

Reason = Literal["off", "room", "veto", "no_match", "unsure", "ignored"]
FULL = 255
_NO_LETTER = -1


def silent(
    bundle: Bundle,
    matches: Matches,
    person: Person,
    *,
    at: int,
    room: str = "",
    recent: Sequence[str] = (),
) -> Reason | None:
    """Returns why nothing is to be shown for a text, or None.

    `recent`: the last messages of the room; trouble in them silences as it does in the text itself.
    """
    if person.switches.off:
        return "off"
    if room in person.switches.rooms:
        return "room"
    if not matches.found:
        return "no_match"
    if _troubled(bundle, matches.text) or any(_troubled(bundle, folded(one)) for one in recent):
        return "veto"
    return _unsure(bundle, matches, person, at, person.ignored.get(room, 0))


def _unsure(
    bundle: Bundle, matches: Matches, person: Person, at: int, ignored: int
) -> Reason | None:
    """Returns whether too little speaks for showing something, by itself or after so many rows
    were ignored."""
    outside = min(FULL, _outside(bundle, matches) >> 2)
    told = [_features(bundle, one, outside, person, at) for one in matches.found]
    sure = int((np.array(told, np.int64) @ bundle.quiet).max())
    if sure < 0:
        return "unsure"
    settings = bundle.settings
    steps = min(ignored // max(1, settings.ignored_each), settings.ignored_most)
    return "ignored" if sure < steps * settings.ignored_step else None


def _troubled(bundle: Bundle, text: str) -> bool:
    """Returns whether a folded text speaks of what must never be answered with a picture."""
    hits = bundle.veto.occurrences(text)
    if not hits:
        return False
    letters: Letters = bundle.letters
    scripts = letters.scripts(text)
    return any(
        not letters.cut(scripts, at) and not letters.cut(scripts, at - length)
        for length, at, _ in hits
    )


def _outside(bundle: Bundle, matches: Matches) -> int:
    """Returns the units of the letters that belong to nothing that was found: a message that says
    much else is no greeting."""
    scripts = bundle.letters.scripts(matches.text)
    for found in matches.found:
        span = found.span
        scripts[span.begin : span.end] = [_NO_LETTER] * (span.end - span.begin)
    return bundle.letters.units(scripts)


def _features(bundle: Bundle, found: Found, outside: int, person: Person, at: int) -> list[int]:
    """Returns what speaks for showing something, in the order of `QUIET`."""
    span = found.span
    kinds = [0] * len(MATCHES)
    kinds[span.match] = FULL
    uses = person.tags.get(bundle.tags[found.tag])
    days = max(0, clock.day(at) - uses.day) if uses else 0
    return [
        FULL,
        found.value,
        *kinds,
        FULL * (span.place >= CLEAR),
        FULL * (span.place == ALONE),
        min(FULL, span.units),
        outside,
        bundle.rate.item(found.tag),
        logarithm(decayed(uses.value, days, bundle.decay)) if uses else 0,
    ]
