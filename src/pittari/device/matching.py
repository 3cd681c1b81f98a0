"""Which keywords does a typed text hold, and which does its end begin? Then: which tags?

Whole keywords are found anywhere, the longest first; written otherwise (by sound, with letters held
down) only between gaps; begun ones only at the caret. docs/bundle.md gives every step.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from pittari.device.bundle import Bundle
from pittari.device.settings import (
    ALONE,
    CLEAR,
    EMOJI,
    HELD,
    HELD_PREFIX,
    INSIDE,
    LEFT,
    PREFIX,
    RIGHT,
    SOUND,
    SOUND_PREFIX,
    WHOLE,
)
from pittari.text.finding import HEAD, beginning
from pittari.text.folding import folded
from pittari.text.language import UNITS
from pittari.text.runs import held, lengthens, skeleton
from pittari.text.sound import Sound, sound

FEW = 32
"""So many links are put in order without an array."""

FULL = 255

Rows = range | tuple[int, ...]
"""Rows of a bundle's `Ways`."""


class Span(msgspec.Struct, frozen=True):
    """A part of the folded text and the ways to keywords that it is or begins, by their rows."""

    match: int
    place: int
    units: int
    begin: int
    end: int
    ways: Rows


Covered = dict[tuple[int, int], Span]
"""Whole keywords by where they begin and end, in their order."""


class Found(msgspec.Struct, frozen=True):
    """One tag that answers a text: by which keyword, how well (`value`, 1 to 255), and where."""

    tag: int
    value: int
    keyword: int
    span: Span


class Matches(msgspec.Struct, frozen=True):
    """The folded text, how many letters it has, and the tags that answer it, the best first."""

    text: str
    letters: int
    found: tuple[Found, ...]


def matches(bundle: Bundle, text: str, caret: int | None = None) -> Matches:
    """Returns which tags answer a text as it is typed.

    `caret`: code points of `text` before the caret; all of them when None. Never raises.
    """
    typed = _Typed(bundle, folded(text))
    spans = _spans(bundle, text, typed, caret)
    return Matches(typed.text, typed.letters, _best(bundle, spans) if spans else ())


def spans(bundle: Bundle, text: str, caret: int | None = None) -> list[Span]:
    """Returns the parts of a text that keywords answer, before any is preferred to another."""
    return _spans(bundle, text, _Typed(bundle, folded(text)), caret)


def _spans(bundle: Bundle, text: str, typed: _Typed, caret: int | None) -> list[Span]:
    before = typed
    if caret is not None and caret < len(text):
        before = _Typed(bundle, folded(text[: max(0, caret)]))
    covered = typed.whole()
    found = [span for span in covered.values() if not typed.blocked(span.begin, span.end)]
    found += typed.otherwise(covered)
    found += before.begun(covered)
    return found


class _Typed:
    """A folded text, cut into what can be looked up."""

    __slots__ = (
        "_bundle", "_doubtful", "_heard", "_held", "_inside", "_letters", "_quoted", "_scripts",
        "_units", "letters", "text",
    )  # fmt: skip

    def __init__(self, bundle: Bundle, text: str) -> None:
        letters = bundle.letters
        self._bundle, self._letters, self.text = bundle, letters, text
        self._heard: tuple[str, Sound] | None = None
        self._scripts = scripts = letters.scripts(text)
        self._units = letters.units_before(scripts)
        self._inside = letters.inside(text, scripts)
        self._quoted = letters.quoted(text)
        self._doubtful = bool(self._quoted) or letters.doubtful(text)
        self._held = held(text)
        self.letters = len(text) - scripts.count(-1)

    def whole(self) -> Covered:
        """Returns the keywords that stand here as they are written, none over another, the longest
        preferred, by where they begin and end."""
        hits = self._bundle.words.occurrences(self.text)
        if not hits:
            return {}
        hits.sort()
        taken = bytearray(len(self.text))
        covered = {}
        for length, begin, row in hits:
            end = begin - length
            if taken.find(1, begin, end) >= 0:
                continue
            span = self._span(begin, end, row)
            if span is not None:
                taken[begin:end] = b"\1" * -length
                covered[begin, end] = span
        return dict(sorted(covered.items()) if len(covered) > 1 else covered)

    def otherwise(self, covered: Covered) -> list[Span]:
        """Returns the keywords that stand between two gaps, written otherwise."""
        bundle, letters, spans = self._bundle, self._letters, []
        for begin, end in letters.runs(self._scripts):
            if (begin, end) in covered:
                continue
            run = self.text[begin:end]
            lengthened = self._held and held(run)
            _, _, low, high = bundle.heads[run[:HEAD]]
            if low == high and not lengthened:
                continue
            units = self._units[end] - self._units[begin]
            if units < UNITS or run in bundle.stops or self.blocked(begin, end):
                continue
            place = self._place(begin, end)
            if rows := self._by_sound(run, low, high):
                spans.append(Span(SOUND, place, units, begin, end, rows))
            if lengthened and (rows := self._by_skeleton(run)):
                spans.append(Span(HELD, place, units, begin, end, rows))
        return spans

    def begun(self, covered: Covered) -> list[Span]:
        """Returns the keywords that the end of the text begins: from the first letter from which
        there are any."""
        text, scripts, units, inside = self.text, self._scripts, self._units, self._inside
        heads, every, size = self._bundle.heads, units[-1], len(scripts)
        for begin in range(max(0, size - self._bundle.settings.reach), size):
            if every - units[begin] < UNITS:
                break
            if scripts[begin] < 0 or begin in inside:
                continue
            low, high, first, last = heads[text[begin : begin + HEAD]]
            if low == high and first == last and not self._held:
                continue
            if any(a < begin < b for a, b in covered):
                continue
            if spans := self._begun(begin):
                return spans
        return []

    def blocked(self, begin: int, end: int) -> bool:
        """Returns whether a part of the text is quoted or negated."""
        if not self._doubtful:
            return False
        if self._quoted:
            place = bisect_right(self._quoted, (begin, len(self.text))) - 1
            if place >= 0 and begin < self._quoted[place][1]:
                return True
        return self._letters.negated(self.text, begin, end)

    def _span(self, begin: int, end: int, row: int) -> Span | None:
        """Returns a keyword that stands as it is written, unless a word or an emoji is cut by it,
        it is stopped, or it is short and does not stand alone."""
        if begin in self._inside or end in self._inside or row in self._bundle.stopped:
            return None
        units = self._units[end] - self._units[begin]
        place = self._place(begin, end)
        sign = self._scripts[begin] < 0
        if units < UNITS and place < CLEAR and not sign:
            return None
        return Span(EMOJI if sign else WHOLE, place, units, begin, end, range(row, row + 1))

    def _place(self, begin: int, end: int) -> int:
        scripts = self._scripts
        left = begin == 0 or scripts[begin - 1] < 0
        right = end == len(scripts) or scripts[end] < 0
        if not left or not right:
            return LEFT if left else RIGHT if right else INSIDE
        inside = end - begin - scripts[begin:end].count(-1)
        return ALONE if inside == self.letters else CLEAR

    def _by_sound(self, run: str, low: int, high: int) -> Rows:
        sounds, whole = self._bundle.sounds, self._sound(run).whole
        if not whole:
            return ()
        low, high = sounds.same(whole, low, high)
        written = len(self._bundle.keywords)
        return range(written + low, written + high)

    def _sound(self, piece: str) -> Sound:
        """Returns how a piece sounds; the last one is often asked for twice."""
        if self._heard is None or self._heard[0] != piece:
            self._heard = (piece, sound(piece))
        return self._heard[1]

    def _by_skeleton(self, run: str) -> Rows:
        skeletons, keywords = self._bundle.skeletons, self._bundle.keywords
        low, high = skeletons.same(skeleton(run))
        rows = skeletons.rows[low:high].tolist()
        return tuple([row for row in rows if lengthens(run, keywords[row], whole=True)])

    def _begun(self, begin: int) -> list[Span]:
        """Returns the keywords that the text from a position on begins."""
        bundle, piece, end = self._bundle, self.text[begin:], len(self.text)
        low, high, first, last = bundle.heads[piece[:HEAD]]
        found: list[tuple[int, Rows]] = []
        if low < high and len(piece) > HEAD:
            low, high = beginning(bundle.keywords, piece, low, high)
        if low < high:
            found.append((PREFIX, range(low, high)))
        if first < last and piece[0] not in "っー":
            found += self._sounding(piece, first, last)
        if self._held and held(piece):
            skeletons, keywords = bundle.skeletons, bundle.keywords
            low, high = skeletons.beginning(skeleton(piece))
            some = skeletons.rows[low:high].tolist()
            rows = tuple([row for row in some if lengthens(piece, keywords[row])])
            found += [(HELD_PREFIX, rows)] if rows else []
        if not found or piece in bundle.stops or self.blocked(begin, end):
            return []
        place, units = self._place(begin, end), self._units[end] - self._units[begin]
        return [Span(match, place, units, begin, end, rows) for match, rows in found]

    def _sounding(self, piece: str, low: int, high: int) -> list[tuple[int, Rows]]:
        """Returns the keywords that sound like a piece or begin so, of some sounds."""
        sounds, written = self._bundle.sounds, len(self._bundle.keywords)
        found: list[tuple[int, Rows]] = []
        told = self._sound(piece)
        for spelt in told.begins:
            first, last = sounds.beginning(spelt, low, high)
            same = bisect_right(sounds.texts, spelt, first, last) if spelt == told.whole else first
            if first < same:
                found.append((SOUND, range(written + first, written + same)))
            if same < last:
                found.append((SOUND_PREFIX, range(written + same, written + last)))
        return found


def _best(bundle: Bundle, spans: Sequence[Span]) -> tuple[Found, ...]:
    """Returns the tags that spans lead to, each once, by its best link; of equal links the first.

    A link's value is its weight, by the weight of the match and of the place.
    """
    ways, tables = bundle.ways, bundle.short
    starts, weights, tags, origins = ways.starts, ways.weights, ways.tags, ways.origins
    short = bytearray()
    """By how much the value of each link falls short of 255."""
    owners: list[tuple[Span, int]] = []
    """The span of each, and its place in `Ways` less its place here."""
    for span in spans:
        rows, table = span.ways, tables[span.match][span.place]
        runs = ((rows.start, rows.stop),) if type(rows) is range else [(r, r + 1) for r in rows]
        for first, last in runs:
            begin = starts[first]
            some = weights[begin : starts[last]].translate(table)
            owners += [(span, begin - len(short))] * len(some)
            short += some
    most = bundle.settings.tags
    found: dict[int, Found] = {}
    for at in _ascending(short):
        span, shift = owners[at]
        tag = tags[at + shift]
        if tag not in found:
            if short[at] == FULL or len(found) == most:
                break
            found[tag] = Found(tag, FULL - short[at], origins[at + shift], span)
    return tuple(found.values())


def _ascending(numbers: bytearray) -> Iterable[int]:
    """Returns the places of numbers, the least first, equal ones in their order."""
    if len(numbers) <= FEW:
        return sorted(range(len(numbers)), key=numbers.__getitem__)
    return np.argsort(np.frombuffer(numbers, np.uint8), kind="stable").data
