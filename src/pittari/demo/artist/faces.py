"""What does it feel? Eyes, brows, mouth and cheeks for every mood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .ink import BLUSH, WHITE, lined, surface
from .shapes import drop, ellipse, heart, num, sparkle, star

TONGUE = "#ff8d8d"
TEAR = "#7cc8f5"


@dataclass(frozen=True, slots=True)
class Face:
    """Where a character's face sits: centre between the eyes, half their distance, its scale.

    ``drop`` lowers the mouth, ``ink`` overrides the colour of the features.
    """

    y: float
    spread: float = 27.0
    scale: float = 1.0
    drop: float = 0.0
    x: float = 0.0
    ink: str = ""


def _shiny(c: str, rx: float, ry: float) -> str:
    lights = ellipse(-rx * 0.3, -ry * 0.38, rx * 0.42) + ellipse(rx * 0.35, ry * 0.42, rx * 0.2)
    return surface(ellipse(0, 0, rx, ry), c) + surface(lights, WHITE)


def _open_eye(kind: str, c: str) -> str:
    if kind == "dot":
        return surface(ellipse(0, 0, 5.2, 6), c)
    if kind == "bean":
        return surface(ellipse(0, 0, 4.8, 8), c) + surface(ellipse(-1.2, -3.6, 1.7), WHITE)
    if kind == "lash":
        return _shiny(c, 7.4, 8.6) + lined("M-6-6q-4-1-6-4M-8-1q-4 0-6-2", c, 2.4)
    return _shiny(c, 7.8, 9)


_EYE_LINES = {
    "arc": ("M-9 3q9-13 18 0", 4.2),
    "shut": ("M-9-2q9 10 18 0", 4.2),
    "tight": ("M-8-8l14 7-14 7", 4.4),
    "flat": ("M-8 0h16", 4.4),
    "swirl": ("M1 0a3 3 0 1 1-3-3a6 6 0 1 1-6 6a9 9 0 0 0 16 4", 2.8),
}


def _half(c: str) -> str:
    return surface("M-8-1a8 8 0 0 0 16 0z", c) + lined("M-10-1.5h20", c, 3.6)


def _wide(c: str) -> str:
    white = f'<path d="{ellipse(0, 0, 10.5)}" fill="{WHITE}" stroke="{c}" stroke-width="3"/>'
    return white + surface(ellipse(0, 0, 3.6), c)


def _teary(c: str) -> str:
    return _shiny(c, 9, 10.5) + surface("M-7 4q7-4 14 0q-2 6-7 6t-7-6z", "#bfe6ff")


def _hearts(c: str) -> str:
    return surface(heart(0, 0, 9.5), "#ff5c7d") + surface(ellipse(-4, -4, 2), WHITE)


def _stars(c: str) -> str:
    return surface(star(0, 0, 12, 5.6), "#ffb31f") + surface(ellipse(-2.5, -3, 1.8), WHITE)


def _shine(c: str) -> str:
    return _shiny(c, 9.4, 10.6) + surface(sparkle(1, 0, 5.5), WHITE)


def _dotty(c: str) -> str:
    return surface(ellipse(0, 0, 3.2), c)


_EYES: dict[str, Callable[[str], str]] = {
    "half": _half, "wide": _wide, "teary": _teary, "heart": _hearts, "star": _stars,
    "shine": _shine, "dotty": _dotty,
}  # fmt: skip
# Eyes with a light in them are not mirrored: the light comes from one side.
_LIT = ("open", "shine", "teary", "heart", "star")


def _eye(kind: str, open_eye: str, c: str) -> str:
    """The left eye around the origin; the right one is its mirror image."""
    if kind == "open":
        return _EYES[open_eye](c) if open_eye in _EYES else _open_eye(open_eye, c)
    if kind in _EYE_LINES:
        d, width = _EYE_LINES[kind]
        return lined(d, c, width)
    return _EYES[kind](c)


_MOUTHS = {
    "smile": ("M-7 0q7 7 14 0", False),
    "grin": ("M-13-2q13 14 26 0", False),
    "cat": ("M-10 0q5 7 10 0q5 7 10 0", False),
    "flat": ("M-6 2h12", False),
    "frown": ("M-8 5q8-9 16 0", False),
    "wavy": ("M-11 3q4-6 7.5 0t7.5 0t7.5 0", False),
    "zig": ("M-12 0l5 6 5-6 5 6 5-6", False),
    "pout": ("M-5 5q2-7 5-3q3-4 5 3", False),
    "open": ("M-10-1q10 3 20 0q-1 15-10 15t-10-15z", True),
    "laugh": ("M-15-3q15 4 30 0q-1 21-15 21t-15-21z", True),
    "wail": ("M-12 14q-3-15 12-15t12 15q-12-5-24 0z", True),
    "o": (ellipse(0, 5, 5.5, 7), True),
    "oh": (ellipse(0, 8, 8, 10.5), True),
    "tongue": ("M-10 0q10 5 20 0", False),
    "chew": ("M-8 2q4-5 8 0q4 5 8 0", False),
    "drool": ("M-8 0q8 8 16 0", False),
    "kiss": ("M-1-3q7 2 1 5q6 3-1 5", False),
}


def _mouth(kind: str, c: str) -> str:
    d, hollow = _MOUTHS[kind]
    if not hollow:
        extra = ""
        if kind == "tongue":
            extra = (
                f'<path d="M0 3v5a5 5 0 0 0 10 0v-6z" fill="{TONGUE}" stroke="{c}" '
                'stroke-width="3"/>'
            )
        if kind == "drool":
            extra = surface(drop(8, 9, 4), TEAR)
        return extra + lined(d, c, 3.8)
    dark = "#8a2f3c"
    inside = f'<path d="{d}" fill="{dark}" stroke="{c}" stroke-width="3.4"/>'
    if kind in ("open", "laugh"):
        wide, low = (5.5, 9.5) if kind == "open" else (8.5, 12.5)
        inside += surface(ellipse(0, low, wide, 3.8), TONGUE)
    return inside


_BROWS = {
    "angry": "M-10-15l15 6",
    "worry": "M-9-12q6-1 12-7",
    "up": "M-8-19q7-5 14 0",
    "one": "M-8-19q7-5 14 0",
    "firm": "M-9-15h15",
}


def draw_face(
    face: Face, *, eyes: str, mouth: str, brows: str, cheeks: str, open_eye: str, ink: str
) -> str:
    """The face as SVG in the figure's frame; its group has no outline but what lines draw.

    ``eyes``, ``mouth`` and ``brows`` name a row of this module's tables; ``eyes`` may hold two
    names, left and right, with a ``/`` between. ``cheeks`` is ``soft``, ``hot``, ``puff`` or empty.
    """
    c = face.ink or ink
    left, _, right = eyes.partition("/")
    parts = [_cheeks(cheeks, face)]
    for kind, side in ((left, -1), (right or left, 1)):
        eye = _eye(kind, open_eye, c)
        brow = lined(_BROWS[brows], c, 4) if brows and (side < 0 or brows != "one") else ""
        mirror = "scale(-1 1)" if side > 0 else ""
        if mirror and kind in _LIT:
            brow = brow and f'<g transform="{mirror}">{brow}</g>'
            mirror = ""
        place = f"translate({num(side * face.spread)} 0){mirror}"
        parts.append(f'<g transform="{place}">{eye}{brow}</g>')
    parts.append(f'<g transform="translate(0 {num(9 + face.drop)})">{_mouth(mouth, c)}</g>')
    if left == "teary" or mouth == "wail":
        parts.append(_tears(face.spread))
    where = f"translate({num(face.x)} {num(face.y)})"
    if face.scale != 1:
        where += f"scale({face.scale:g})"
    return f'<g transform="{where}" stroke="none">{"".join(parts)}</g>'


def _cheeks(kind: str, face: Face) -> str:
    if not kind:
        return ""
    out, y = face.spread + 13, 13.0
    rx, ry, opacity = {"soft": (9, 5.6, 0.55), "hot": (12, 7.5, 0.75), "puff": (13, 10, 0.6)}[kind]
    both = ellipse(-out, y, rx, ry) + ellipse(out, y, rx, ry)
    blush = surface(both, BLUSH, f' opacity="{opacity}"')
    if kind == "hot":
        ticks = "".join(
            f"M{num(s * out + i * 5 - 3)} {num(y + 3)}l3-6" for s in (-1, 1) for i in (-1, 0, 1)
        )
        blush += lined(ticks, "#f0566e", 2.2)
    return blush


def _tears(spread: float) -> str:
    d = ""
    for side in (-1, 1):
        x = side * (spread + 6)
        d += drop(x, 20, 6.5)
    return f'<path d="{d}" fill="{TEAR}" stroke="{WHITE}" stroke-width="2"/>'
