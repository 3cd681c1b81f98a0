"""Which keywords does a typed text hold, and which does its end begin? Then: which tags?

Whole keywords are found anywhere, the longest first; written otherwise (by sound, with letters held
down) only between gaps; begun ones only at the caret. docs/bundle.md gives every step.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pittari.device.bundle import Bundle, Spellings, beginning
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
from pittari.text.folding import folded
from pittari.text.language import UNITS
from pittari.text.letters import inside_clusters
from pittari.text.runs import held, lengthens, skeleton
from pittari.text.sound import SILENT, Sound, sound

FEW = 192
"""So many links are put in order without arrays."""

Rows = range | tuple[int, ...]
Numbers = npt.NDArray[np.integer[Any]]
Cells = range | list[int] | Numbers
Ordered = tuple[Sequence[int] | Numbers, Sequence[int] | Numbers, Sequence[int] | Numbers]


class Span(NamedTuple):
    """A part of the folded text and the keywords it is or begins, by their rows."""

    match: int
    place: int
    units: int
    begin: int
    end: int
    rows: Rows


class Found(NamedTuple):
    """One tag that answers a text: by which keyword, how well (`value`, 1 to 255), and where."""

    tag: int
    value: int
    keyword: int
    span: Span


class Matches(NamedTuple):
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
    whole = typed.whole()
    covered = {(span.begin, span.end) for span in whole}
    found = [span for span in whole if not typed.blocked(span.begin, span.end)]
    found += typed.otherwise(covered)
    found += before.begun(covered)
    return found


class _Typed:
    """A folded text, cut into what can be looked up."""

    def __init__(self, bundle: Bundle, text: str) -> None:
        self._bundle, self._letters, self.text = bundle, bundle.letters, text
        self._heard: tuple[str, Sound] | None = None
        self._scripts = bundle.letters.scripts(text)
        self._inside = inside_clusters(text)
        self._quoted = bundle.letters.quoted(text)
        self.letters = len(text) - self._scripts.count(-1)

    def whole(self) -> list[Span]:
        """Returns the keywords that stand here as they are written, the longest first, none over
        another."""
        hits = self._bundle.words.occurrences(self.text)
        if not hits:
            return []
        taken = bytearray(len(self.text))
        spans = []
        for length, begin, row in sorted(hits) if len(hits) > 1 else hits:
            end = begin - length
            span = self._span(begin, end, row)
            if span is None or any(taken[begin:end]):
                continue
            taken[begin:end] = b"\1" * (end - begin)
            spans.append(span)
        return sorted(spans, key=_begin)

    def otherwise(self, covered: set[tuple[int, int]]) -> list[Span]:
        """Returns the keywords that stand between two gaps, written otherwise."""
        bundle, letters, spans = self._bundle, self._letters, []
        for begin, end in letters.runs(self._scripts):
            run = self.text[begin:end]
            if (begin, end) in covered or not (bundle.begun(run)[2] or held(run)):
                continue
            units = letters.units(self._scripts[begin:end])
            if units < UNITS or run in bundle.stops or self.blocked(begin, end):
                continue
            place = self._place(begin, end)
            for match, rows in ((SOUND, self._by_sound(run)), (HELD, self._by_skeleton(run))):
                if rows:
                    spans.append(Span(match, place, units, begin, end, rows))
        return spans

    def begun(self, covered: set[tuple[int, int]]) -> list[Span]:
        """Returns the keywords that the end of the text begins: from the first letter from which
        there are any."""
        begun, text = self._bundle.begun, self.text
        anything = held(text[-self._bundle.settings.reach :])
        for begin, units in self._begins():
            low, high, heard = begun(text[begin : begin + 3])
            if low == high and not heard and not anything:
                continue
            if any(a < begin < b for a, b in covered) or begin in self._inside:
                continue
            spans = self._begun(begin, units)
            if spans:
                return spans
        return []

    def blocked(self, begin: int, end: int) -> bool:
        """Returns whether a part of the text is quoted or negated."""
        if self._quoted:
            place = bisect_right(self._quoted, (begin, len(self.text))) - 1
            if place >= 0 and begin < self._quoted[place][1]:
                return True
        return self._letters.negated(self.text, begin, end)

    def _span(self, begin: int, end: int, row: int) -> Span | None:
        """Returns a keyword that stands as it is written, unless a word or an emoji is cut by it,
        it is stopped, or it is short and does not stand alone."""
        scripts, letters = self._scripts, self._letters
        if letters.cut(scripts, begin) or letters.cut(scripts, end):
            return None
        if begin in self._inside or end in self._inside:
            return None
        if self.text[begin:end] in self._bundle.stops:
            return None
        units = letters.units(scripts[begin:end])
        place = self._place(begin, end)
        sign = scripts[begin] < 0
        if units < UNITS and place < CLEAR and not sign:
            return None
        return Span(EMOJI if sign else WHOLE, place, units, begin, end, (row,))

    def _place(self, begin: int, end: int) -> int:
        scripts = self._scripts
        left = begin == 0 or scripts[begin - 1] < 0
        right = end == len(scripts) or scripts[end] < 0
        if not left or not right:
            return LEFT if left else RIGHT if right else INSIDE
        inside = end - begin - scripts[begin:end].count(-1)
        return ALONE if inside == self.letters else CLEAR

    def _by_sound(self, run: str) -> Rows:
        whole = self._sound(run).whole
        if not whole:
            return ()
        sounds = self._bundle.sounds
        return _rows(sounds, *sounds.same(whole))

    def _sound(self, piece: str) -> Sound:
        """Returns how a piece sounds; the last one is often asked for twice."""
        if self._heard is None or self._heard[0] != piece:
            self._heard = (piece, sound(piece))
        return self._heard[1]

    def _by_skeleton(self, run: str) -> Rows:
        if not held(run):
            return ()
        skeletons, keywords = self._bundle.skeletons, self._bundle.keywords
        rows = _rows(skeletons, *skeletons.same(skeleton(run)))
        return tuple([row for row in rows if lengthens(run, keywords[row], whole=True)])

    def _begins(self) -> list[tuple[int, int]]:
        """Returns where a keyword may begin that the end of the text begins, the longest first,
        and the units from there on."""
        scripts, letters = self._scripts, self._letters
        units, found, last = 0, [], len(scripts) - 1
        units_of, cut = letters.units_of, letters.cut
        for begin in range(last, max(-1, last - self._bundle.settings.reach), -1):
            script = scripts[begin]
            units += units_of[script]
            if units >= UNITS and script >= 0 and not cut(scripts, begin):
                found.append((begin, units))
        found.reverse()
        return found

    def _begun(self, begin: int, units: int) -> list[Span]:
        bundle, piece = self._bundle, self.text[begin:]
        found: list[tuple[int, Rows]] = []
        low, high, heard = bundle.begun(piece)
        low, high = beginning(bundle.keywords, piece, low, high)
        if low < high:
            found.append((PREFIX, range(low, high)))
        told = self._sound(piece) if heard and piece[0] not in "っー" else SILENT
        for spelt in told.begins:
            low, high = bundle.sounds.beginning(spelt)
            if low < high:
                same = bundle.sounds.same(spelt)[1] if spelt == told.whole else low
                found += [(SOUND, _rows(bundle.sounds, low, same))] if low < same else []
                found += [(SOUND_PREFIX, _rows(bundle.sounds, same, high))] if same < high else []
        if held(piece):
            skeletons, keywords = bundle.skeletons, bundle.keywords
            some = _rows(skeletons, *skeletons.beginning(skeleton(piece)))
            rows = tuple([row for row in some if lengthens(piece, keywords[row])])
            found += [(HELD_PREFIX, rows)] if rows else []
        end = len(self.text)
        if not found or piece in bundle.stops or self.blocked(begin, end):
            return []
        place = self._place(begin, end)
        return [Span(match, place, units, begin, end, rows) for match, rows in found]


def _rows(spellings: Spellings, low: int, high: int) -> tuple[int, ...]:
    return tuple(spellings.rows[low:high].tolist())


def _begin(span: Span) -> int:
    return span.begin


def _best(bundle: Bundle, spans: Sequence[Span]) -> tuple[Found, ...]:
    """Returns the tags that spans lead to, each once, by its best link; of equal links the first.

    A link's value is its weight, by the weight of the match and of the place.
    """
    weights, parts = bundle.span_weights, []
    owners: list[Span] = []
    for span in spans:
        cells = _cells(bundle, span.rows)
        parts.append((weights[span.match][span.place], cells))
        owners += [span] * len(cells)
    links, values, order = (_few if len(owners) <= FEW else _many)(bundle, parts)
    tags, begins, most = bundle.link_list, bundle.link_starts, bundle.settings.tags
    found: dict[int, Found] = {}
    for at in order:
        link = links[at]
        tag = tags[link]
        if tag not in found:
            if not values[at] or len(found) == most:
                break
            keyword = bisect_right(begins, link) - 1
            found[tag] = Found(tag, int(values[at]), keyword, owners[at])
    return tuple(found.values())


def _cells(bundle: Bundle, rows: Rows) -> Cells:
    """Returns the links of keywords, in the order of the keywords given."""
    begins = bundle.link_starts
    if isinstance(rows, range):
        return range(begins[rows.start], begins[rows.stop])
    if len(rows) == 1:
        return range(begins[rows[0]], begins[rows[0] + 1])
    if len(rows) <= FEW // 4:
        return [link for row in rows for link in range(begins[row], begins[row + 1])]
    told = np.array(rows)
    first = bundle.links[told]
    counts = bundle.links[told + 1] - first
    return np.repeat(first - (np.cumsum(counts) - counts), counts) + np.arange(counts.sum())


def _few(bundle: Bundle, parts: Sequence[tuple[int, Cells]]) -> Ordered:
    """Returns the links of all parts, their values, and their places, the highest value first."""
    weights = bundle.weight_bytes
    links: list[int] = []
    values: list[int] = []
    for weight, cells in parts:
        if isinstance(cells, range):
            links += cells
            values += [weight * told >> 8 for told in weights[cells.start : cells.stop]]
        else:
            told = cells.tolist() if isinstance(cells, np.ndarray) else cells
            links += told
            values += [weight * weights[link] >> 8 for link in told]
    return links, values, sorted(range(len(values)), key=values.__getitem__, reverse=True)


def _many(bundle: Bundle, parts: Sequence[tuple[int, Cells]]) -> Ordered:
    """Does the same as `_few`, in arrays."""
    told = [
        np.arange(cells.start, cells.stop) if isinstance(cells, range) else np.asarray(cells, int)
        for _, cells in parts
    ]
    links = np.concatenate(told)
    weights = np.repeat([weight for weight, _ in parts], [len(cells) for cells in told])
    values = (weights * bundle.link_weights[links] >> 8).astype(np.uint8)
    return links, values, np.argsort(~values, kind="stable")
