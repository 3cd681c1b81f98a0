"""What stands beside a headline? One small drawing per section, quiet in light and in dark.

Drawn on a canvas of 320 x 200: a ground, and a sign of the section in three tones of one colour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pittari.demo.artist.ink import filled, lined, mix, surface
from pittari.demo.artist.shapes import box, ellipse, num, ring, rounded, smooth, star

WIDTH, HEIGHT = 320, 200
PAPER, NIGHT = "#f4efe6", "#2b2f3a"
"""Colours are mixed with these, so that no picture glares on a white page or a black one."""


@dataclass(frozen=True, slots=True)
class Tones:
    """The tones of one section's colour: ground, middle, deep, and a light one for contrast."""

    ground: str
    middle: str
    deep: str
    light: str


def tones(colour: str) -> Tones:
    """Returns the tones of a colour, from pale to deep."""
    return Tones(
        mix(colour, PAPER, 0.62), mix(colour, PAPER, 0.18), mix(colour, NIGHT, 0.45),
        mix(colour, PAPER, 0.88),
    )  # fmt: skip


def draw(section: str) -> str:
    """Returns the picture of a section as SVG. Raises `KeyError` for an unknown one."""
    colour, sign = _SIGNS[section]
    t = tones(colour)
    ground = filled(box(0, 0, WIDTH, HEIGHT, 0), t.ground)
    hill = filled(f"M0 168C70 148 110 176 180 160S280 146 320 158V{HEIGHT}H0z", mix(
        t.ground, t.middle, 0.28))  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}">{ground}{hill}'
        f'<g stroke="none" stroke-linecap="round" stroke-linejoin="round">{sign(t)}</g></svg>'
    )


def _politics(t: Tones) -> str:
    """A parliament: a dome on columns."""
    columns = "".join(surface(box(x, 104, 14, 46, 2), t.light) for x in range(92, 224, 28))
    dome = surface("M118 84a42 42 0 0 1 84 0z", t.middle)
    flag = lined("M160 42V22", t.deep, 4) + surface("M162 22h22l-6 7 6 7h-22z", t.deep)
    steps = surface(box(72, 150, 176, 10, 2), t.deep) + surface(box(60, 160, 200, 10, 2), t.middle)
    return dome + surface(box(80, 84, 160, 18, 3), t.deep) + columns + flag + steps


def _economy(t: Tones) -> str:
    """Bars that grow and a line over them."""
    bars = "".join(
        surface(box(78 + 36 * n, 160 - high, 24, high, 3), colour)
        for n, (high, colour) in enumerate(
            zip((38, 58, 48, 78, 98), (t.light, t.middle, t.light, t.middle, t.deep), strict=True)
        )
    )
    line = "M74 104L112 84 148 94 186 60 236 36"
    return bars + lined(line, t.deep, 5) + surface(ellipse(236, 36, 8), t.deep)


def _world(t: Tones) -> str:
    """A globe with its lines."""
    globe = surface(ellipse(160, 96, 66), t.middle)
    land = filled(smooth([(118, 66), (150, 50), (172, 70), (152, 96), (126, 92)]), t.light)
    land += filled(smooth([(168, 104), (204, 92), (212, 122), (184, 146), (166, 128)]), t.light)
    wide = lined(ellipse(160, 96, 30, 66), t.deep, 2.5) + lined("M94 96h132", t.deep, 2.5)
    return globe + land + wide + lined(ellipse(160, 96, 66), t.deep, 4)


def _society(t: Tones) -> str:
    """Houses of a street."""
    walls = [(70, 96, 56, t.light), (126, 72, 62, t.middle), (188, 104, 60, t.light)]
    street = ""
    for x, y, width, colour in walls:
        roof = f"M{x - 6} {y}L{x + width / 2:.0f} {y - 30}L{x + width + 6} {y}z"
        street += surface(box(x, y, width, 166 - y, 2), colour) + surface(roof, t.deep)
    spots = ((84, 110), (104, 110), (140, 90), (162, 90), (140, 118), (162, 118), (210, 120))
    panes = "".join(surface(box(x, y, 14, 16, 2), t.deep) for x, y in spots)
    return street + panes


def _science(t: Tones) -> str:
    """A flask, and bubbles that rise."""
    outline = "M138 44h44v10h-8v36l44 66a12 12 0 0 1-10 18H112a12 12 0 0 1-10-18l44-66V54h-8z"
    glass = surface(outline, t.light)
    full = surface("M128 126h64l20 32a8 8 0 0 1-7 12H115a8 8 0 0 1-7-12z", t.middle)
    air = "".join(surface(ellipse(x, y, r), t.deep) for x, y, r in (
        (146, 148, 7), (172, 140, 5), (166, 160, 4), (158, 102, 5), (164, 82, 4)))  # fmt: skip
    stars = surface(star(236, 58, 16, 6, 4), t.deep) + surface(star(84, 84, 11, 4, 4), t.middle)
    return glass + full + air + stars


def _sport(t: Tones) -> str:
    """A ball with its patches, in flight."""
    ball = surface(ellipse(174, 92, 58), t.light)
    centre = ring(5, 20, cx=174, cy=92)
    patch = surface(rounded(centre, 3), t.deep)
    seams = "".join(
        lined(
            f"M{num(x)} {num(y)}L{num(174 + 2.3 * (x - 174))} {num(92 + 2.3 * (y - 92))}", t.deep, 4
        )
        for x, y in centre
    )
    edge = lined(ellipse(174, 92, 58), t.deep, 4)
    flight = "".join(lined(f"M{x} {y}h{w}", t.middle, 6) for x, y, w in (
        (62, 70, 38), (46, 94, 52), (66, 118, 34)))  # fmt: skip
    return flight + ball + patch + seams + edge


def _culture(t: Tones) -> str:
    """A clapperboard and a note."""
    board = surface(box(86, 84, 116, 80, 6), t.middle)
    top = surface("M84 82l112-26 5 20-112 26z", t.deep)
    stripes = "".join(
        surface(f"M{x} {y}l16-4 4 20-16 4z", t.light) for x, y in ((102, 78), (136, 70), (170, 62))
    )
    lines = lined("M102 116h84M102 134h58", t.light, 5)
    note = surface(ellipse(222, 128, 13, 10), t.deep) + lined("M233 126V74l18 8", t.deep, 5)
    return board + top + stripes + lines + note


def _life(t: Tones) -> str:
    """A pot that steams."""
    pot = surface("M96 96h128l-8 58a16 16 0 0 1-16 13h-80a16 16 0 0 1-16-13z", t.middle)
    lid = surface(box(88, 84, 144, 14, 7), t.deep) + surface(ellipse(160, 78, 10, 8), t.deep)
    ears = lined("M92 112h-16M228 112h16", t.deep, 9)
    steam = "".join(lined(f"M{x} 58c-10-10 10-16 0-28", t.light, 6) for x in (130, 160, 190))
    leaf = filled(smooth([(150, 142), (160, 116), (172, 142), (161, 150)]), t.light)
    return ears + pot + lid + steam + leaf


def _weather(t: Tones) -> str:
    """A sun behind a cloud, and rain."""
    sun = surface(star(208, 66, 46, 36, 14), t.light) + surface(ellipse(208, 66, 30), t.middle)
    cloud = surface(_cloud(0), t.deep) + filled(_cloud(12), mix(t.deep, t.middle, 0.3))
    rain = "".join(lined(f"M{x} {y}l-7 18", t.middle, 6) for x, y in (
        (112, 142), (142, 150), (172, 142), (200, 136)))  # fmt: skip
    return sun + rain + cloud


def _cloud(lower: float) -> str:
    """A cloud with a flat base; `lower` moves its tops down."""
    puffs = ((112, 104, 26), (146, 84, 34), (180, 102, 26))
    tops = "".join(ellipse(cx, cy + lower, r - lower / 3) for cx, cy, r in puffs)
    return tops + box(87, 100 + lower, 118, 31 - lower, 15 - lower / 2)


def _local(t: Tones) -> str:
    """A map pin over a river and a road."""
    river = lined("M58 150c40-34 70 18 110-10s60-20 96-4", t.middle, 12)
    road = lined("M74 170C110 120 206 150 250 96", t.light, 7)
    pin = surface("M160 150c-30-40-40-54-40-74a40 40 0 0 1 80 0c0 20-10 34-40 74z", t.deep)
    return road + river + pin + surface(ellipse(160, 76, 16), t.light)


_SIGNS: dict[str, tuple[str, Callable[[Tones], str]]] = {
    "politics": ("#7a5c8e", _politics),
    "economy": ("#2f7d6b", _economy),
    "world": ("#3b6ea5", _world),
    "society": ("#8a6d4b", _society),
    "science": ("#4a7fb0", _science),
    "sport": ("#c0632f", _sport),
    "culture": ("#b04a72", _culture),
    "life": ("#c08a2b", _life),
    "weather": ("#5487a6", _weather),
    "local": ("#5b8a4a", _local),
}
