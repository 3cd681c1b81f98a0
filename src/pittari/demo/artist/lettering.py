"""How is it said? Hand-lettered phrases that always stay inside the picture."""

from __future__ import annotations

from dataclasses import dataclass
from math import sin
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from .ink import WHITE, mix, shade
from .shapes import Point, num
from .specs import Palette

FONTS = (
    "'Hiragino Maru Gothic ProN','M PLUS Rounded 1c','Noto Sans JP','Noto Sans CJK JP',sans-serif"
)
SIZE = 320.0
MARGIN = 14.0
_NARROW = set("ijltfrI.,:;'!|()")
_BROAD = set("mwMWQO@&")


def em_width(text: str) -> float:
    """The estimated width of a line in ems: 1 for a full-width character, less for Latin ones."""
    return sum(_char_width(c) for c in text)


def _char_width(c: str) -> float:
    if east_asian_width(c) in "WFA":
        return 1.0
    if c == " ":
        return 0.3
    if c in _NARROW:
        return 0.36
    if c in _BROAD:
        return 0.88
    return 0.7 if c.isupper() or c.isdigit() else 0.6


def lines_of(phrase: str, most: float) -> list[str]:
    """The lines of a phrase: as marked with ``|``, or cut at the best space when too wide."""
    if "|" in phrase:
        return phrase.split("|")
    if em_width(phrase) <= most or " " not in phrase:
        return [phrase]
    cuts = [i for i, c in enumerate(phrase) if c == " "]
    best = min(cuts, key=lambda i: max(em_width(phrase[:i]), em_width(phrase[i + 1 :])))
    return [phrase[:best], phrase[best + 1 :]]


@dataclass(frozen=True, slots=True)
class Lettering:
    """A phrase set into lines: font size in viewBox units, upright column or rows."""

    lines: tuple[str, ...]
    size: float
    upright: bool

    @property
    def depth(self) -> float:
        """The height of the rows, or the width of the columns."""
        return len(self.lines) * self.size * 1.12

    @property
    def length(self) -> float:
        """The length of the longest line."""
        return max(em_width(line) for line in self.lines) * self.size


def set_phrase(phrase: str, *, upright: bool, largest: float = 56.0) -> Lettering:
    """Break a phrase into lines and choose the largest size that fits the picture."""
    most = 5.2 if upright else 8.0
    lines = lines_of(phrase, most)
    longest = max(em_width(line) for line in lines)
    room = SIZE - 2 * MARGIN - 10
    size = min(largest if len(lines) == 1 else largest * 0.74, room / max(longest, 1.0))
    return Lettering(tuple(lines), size, upright)


def _tints(style: str, p: Palette) -> tuple[str, str]:
    """Fill and outline of the letters."""
    return {
        "solid": (p.text, p.text),
        "pop": (mix(p.accent, WHITE, 0.12), p.line),
        "cream": ("#fffbe8", p.text),
        "bubble": (p.line, p.line),
    }[style]


def _rounding(setting: Lettering) -> float:
    """The outline in the fill's own colour that rounds the corners; kanji would clog with more."""
    kanji = any("\u4e00" <= c <= "\u9fff" for line in setting.lines for c in line)
    return 0.02 if kanji else 0.065


def draw_phrase(
    setting: Lettering, palette: Palette, *, style: str, centre: Point, arch: float, turn: float
) -> str:
    """The phrase round its centre.

    Two layers of the same letters: a white rim (not needed in a bubble), and the outline under
    the fill. ``arch`` lifts the middle of a row by that many units, ``turn`` tilts the whole in
    degrees.
    """
    fill, outline = _tints(style, palette)
    size = setting.size
    thick = size * (_rounding(setting) if fill == outline else 0.2)
    rows = "".join(_line(setting, i, centre, arch) for i in range(len(setting.lines)))
    layers = f'<g stroke="{outline}" fill="{fill}" stroke-width="{num(thick)}">{rows}</g>'
    if style != "bubble" or setting.upright:
        edge = num(thick + size * 0.26)
        layers = f'<g stroke="{WHITE}" fill="{WHITE}" stroke-width="{edge}">{rows}</g>{layers}'
    mode = ' writing-mode="vertical-rl"' if setting.upright else ""
    gaps = 'word-spacing=".12em" ' if any(" " in line for line in setting.lines) else ""
    about = f"{num(centre[0])} {num(centre[1])}"
    tilt = f' transform="rotate({num(turn)} {about})"' if turn else ""
    return (
        f'<g font-family="{FONTS}" font-weight="800" font-size="{num(size)}" text-anchor="middle" '
        f'{gaps}paint-order="stroke" stroke-linejoin="round"{mode}{tilt}>'
        f"{layers}</g>"
    )


def _line(s: Lettering, row: int, centre: Point, arch: float) -> str:
    x, y = centre
    text = s.lines[row]
    across = (row - (len(s.lines) - 1) / 2) * s.size * 1.12
    fit = f'textLength="{em_width(text) * s.size:.0f}" lengthAdjust="spacingAndGlyphs"'
    if s.upright:
        return f'<text x="{num(x - across)}" y="{num(y)}" {fit}>{escape(text)}</text>'
    base = y + across + s.size * 0.36
    dys, turns = _dance(text, s, arch)
    place = f'x="{num(x)}" y="{num(base)}" dy="{dys}" rotate="{turns}"'
    return f"<text {place} {fit}>{escape(text)}</text>"


def _dance(text: str, s: Lettering, arch: float) -> tuple[str, str]:
    """Each letter's step down and turn: an arch with a small hop, as a hand would write it."""
    total = em_width(text)
    at, height, dys, turns = 0.0, 0.0, [], []
    for i, c in enumerate(text):
        width = _char_width(c)
        middle = (at + width / 2) / total * 2 - 1
        hop = sin(i * 2.4) * s.size * 0.035
        target = arch * (middle * middle - 0.4) + hop
        step = round(target - height)
        dys.append(str(step))
        turns.append(str(round(middle * arch * 0.55 + sin(i * 1.9) * 3)))
        height, at = height + step, at + width
    return " ".join(dys), " ".join(turns)


def bubble(setting: Lettering, palette: Palette, *, centre: Point, tail: float) -> str:
    """A speech bubble for the phrase, its tail pointing down (1) or up (-1)."""
    half_h = setting.depth / 2 + 7
    r = round(min(half_h, 26))
    side = min(setting.length / 2 + 20, SIZE / 2 - 6) - r
    tip, turn, fall = num(tail * 15), num(tail * r), tail * 2 * (half_h - r)
    # From the corner along the edge with the tail; the way round turns with the tail's side.
    arc = f"a{r} {r} 0 0 {0 if tail > 0 else 1} "
    back = num(-tail * r)
    d = (
        f"M{num(centre[0] - side)} {num(centre[1] + tail * half_h)}h{num(side - 12)}l13 {tip} 9 "
        f"{num(-tail * 15)}h{num(side - 10)}{arc}{r} {back}v{num(-fall)}{arc}{-r} {back}"
        f"h{num(-2 * side)}{arc}{-r} {turn}v{num(fall)}{arc}{r} {turn}z"
    )
    return (
        f'<g stroke-linejoin="round"><path d="{d}" stroke="{WHITE}" stroke-width="13"/>'
        f'<path d="{d}" fill="{mix(palette.accent, WHITE, 0.82)}" '
        f'stroke="{shade(palette.accent)}" stroke-width="4"/></g>'
    )
