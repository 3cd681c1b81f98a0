"""What is it holding? Cups, hearts, phones, blankets, each drawn round its own origin."""

from __future__ import annotations

from collections.abc import Callable

from .anatomy import Character, hand
from .ink import WHITE, Ink, mix, shade
from .shapes import Point, box, drop, ellipse, heart, num, ring, scallop
from .specs import Palette

RED, PINK, YELLOW, GREEN, BLUE, CREAM, WOOD = (
    "#f4576c", "#ff9db4", "#ffd35a", "#7cc48a", "#79b8f2", "#fff6e3", "#c98d5e",
)  # fmt: skip


def _heart(ink: Ink, p: Palette) -> None:
    ink.body(heart(0, 0, 25), RED, gloss=(-13, -10))


def _mug(ink: Ink, p: Palette) -> None:
    ink.limb("M20-6q18-2 16 9t-18 10", 9, p.accent)
    ink.body("M-22-20H22V12Q22 24 10 24H-10Q-22 24-22 12z", p.accent)
    ink.shape(ellipse(0, -20, 22, 7), "#8a5a44")
    ink.mark(heart(0, 4, 7), WHITE, 0.9)


def _bowl(ink: Ink, p: Palette) -> None:
    ink.shape(scallop(9, 27, 17, cy=-8), WHITE)
    ink.body("M-36-6H36Q34 22 14 26H-14Q-34 22-36-6z", p.accent)
    ink.stroke("M-26 6q26 10 52 0", WHITE, 3.5)


def _phone(ink: Ink, p: Palette) -> None:
    ink.shape(box(-17, -27, 34, 54, 8), p.accent)
    ink.mark(box(-12, -21, 24, 40, 4), WHITE, 0.9)
    ink.mark(heart(0, -1, 7), RED)


def _laptop(ink: Ink, p: Palette) -> None:
    ink.body(box(-50, -32, 100, 60, 9), mix(p.accent, "#dfe3ea", 0.55), centre=(0, 0))
    ink.mark(heart(0, -2, 10), WHITE)
    ink.shape(box(-62, 24, 124, 13, 6), mix(p.accent, "#c5cbd6", 0.6))


def _desk(ink: Ink, p: Palette) -> None:
    ink.shape(box(-128, 24, 256, 20, 9), "#d9a878")
    _laptop(ink, p)
    ink.shape(box(72, 2, 24, 24, 6), WHITE)
    ink.shape("M-112-8h40v32h-40z", CREAM)
    ink.stroke("M-112 3h40M-112 13h40", p.line, 3)


def _megaphone(ink: Ink, p: Palette) -> None:
    ink.shape("M-14-9L34-30V30L-14 9z", p.accent)
    ink.shape(box(-26, -10, 16, 20, 5), WHITE)
    ink.shape(ellipse(34, 0, 8, 30), mix(p.accent, WHITE, 0.5))


def _pompom(ink: Ink, p: Palette) -> None:
    ink.shape(scallop(6, 23, 23), p.accent)
    ink.stroke("M0-14v9M12 8l-7-5M-12 8l7-5", WHITE, 4)


def _bouquet(ink: Ink, p: Palette) -> None:
    ink.shape("M-24-8L0 40L24-8z", mix(p.accent, WHITE, 0.65))
    blooms = ((-18, -14, PINK), (18, -14, YELLOW), (0, -24, RED))
    for x, y, colour in blooms:
        ink.shape(scallop(5, 13, 13, cx=x, cy=y), colour)
    ink.mark("".join(ellipse(x, y, 4.5) for x, y, _ in blooms), WHITE)
    ink.shape("M-12 14L12 14L6 24H-6z", p.accent)


def _gift(ink: Ink, p: Palette) -> None:
    ink.body(box(-30, -16, 60, 44, 5), mix(p.accent, WHITE, 0.35))
    ink.shape(box(-35, -24, 70, 15, 5), p.accent)
    ink.mark("M-6-22H6V27H-6z", WHITE)
    ink.shape("M0-26C-30-52-40-20 0-26C40-20 30-52 0-26z", RED)


def _cake(ink: Ink, p: Palette) -> None:
    ink.shape(ellipse(0, 30, 50, 8), WHITE)
    ink.body("M-38-8H38V28Q0 38-38 28z", CREAM)
    ink.shape("M-38-8Q0-22 38-8V4q-6 10-13 0q-6 12-13 0t-12 0t-12 0t-13 0q-7 10-13 0z", PINK)
    ink.limb("M-20-16V-34M0-16V-34M20-16V-34", 8, BLUE)
    ink.mark("".join(drop(x, -46, 5) for x in (-20, 0, 20)), "#ffab2e")


def _envelope(ink: Ink, p: Palette) -> None:
    ink.shape(box(-32, -22, 64, 44, 5), CREAM)
    ink.stroke("M-29-18L0 6L29-18")
    ink.mark(heart(0, 6, 9), RED)


def _clock(ink: Ink, p: Palette) -> None:
    ink.shape(ellipse(-18, -26, 12) + ellipse(18, -26, 12), p.accent)
    ink.limb("M-14 22l-8 9M14 22l8 9", 9, p.accent)
    ink.shape(ellipse(0, 0, 30), p.accent)
    ink.mark(ellipse(0, 0, 22), WHITE)
    ink.stroke("M0-13V0l10 5", p.line, 4)


def _blanket(ink: Ink, p: Palette) -> None:
    top = "M-108 0Q-84-16-56-4Q-28-16 0-4Q28-16 56-4Q84-16 108 0"
    ink.shape(top + "L116 62Q116 78 98 78H-98Q-116 78-116 62z", p.accent)
    ink.shape(top + "L110 20Q84 6 56 18Q28 6 0 18Q-28 6-56 18Q-84 6-110 20z", WHITE)
    dots = "".join(ellipse(x, y, 6) for x, y in ((-80, 40), (-40, 56), (0, 40), (40, 56), (80, 40)))
    ink.mark(dots, WHITE, 0.65)


def _flag(ink: Ink, p: Palette) -> None:
    ink.limb("M0 24V-40", 7, WOOD)
    ink.shape("M2-44Q20-54 36-44T66-44V-10Q50-2 36-10T2-10z", p.accent)
    ink.mark(heart(34, -27, 9), WHITE)


def _paddle(ink: Ink, mark: str, colour: str) -> None:
    ink.limb("M0 20V44", 9, WOOD)
    ink.shape(ellipse(0, -8, 31), WHITE)
    ink.stroke(mark, colour, 8)


def _maru(ink: Ink, p: Palette) -> None:
    _paddle(ink, ellipse(0, -8, 16), RED)


def _batsu(ink: Ink, p: Palette) -> None:
    _paddle(ink, "M-12-20L12 4M12-20L-12 4", BLUE)


def _bag(ink: Ink, p: Palette) -> None:
    ink.limb("M-14-16q0-18 14-18t14 18", 8, shade(p.accent))
    ink.body(box(-28, -18, 56, 46, 11), p.accent)
    ink.shape(box(-28, -18, 56, 20, 9), mix(p.accent, WHITE, 0.35))


def _balloon(ink: Ink, p: Palette) -> None:
    ink.stroke("M0 30Q6 0 0-24", p.line, 3)
    ink.shape("M-5-20L0-30L5-20z", p.accent)
    ink.body(ellipse(0, -54, 26, 30), p.accent, centre=(0, -54), gloss=(-10, -66))


def _cracker(ink: Ink, p: Palette) -> None:
    ink.shape("M-20 26L-8-14L20 10z", p.accent)
    ink.mark("M-16 14L-2-10L4-4L-18 20z", WHITE, 0.7)
    ink.stroke("M10-14q6-14 18-18M18-4q12-6 24-2M2-20q-2-12 4-22", p.accent, 5)


def _book(ink: Ink, p: Palette) -> None:
    ink.shape("M0-14Q-24-30-50-18V22Q-24 10 0 26Q24 10 50 22V-18Q24-30 0-14z", p.accent)
    ink.shape("M0-10Q-22-24-42-14V16Q-22 6 0 20Q22 6 42 16V-14Q22-24 0-10z", CREAM)
    lines = "M0-10V20M-34-5q14-4 26 3M-34 5q14-4 26 3M34-5q-14-4-26 3M34 5q-14-4-26 3"
    ink.stroke(lines, "#b9a898", 3)


def _donut(ink: Ink, p: Palette) -> None:
    ink.body(ellipse(0, 0, 27), "#e3a869")
    ink.mark(scallop(9, 20, 20), PINK)
    ink.shape(ellipse(0, 0, 8), WHITE)
    for i, (x, y) in enumerate(ring(7, 16)):
        ink.mark(ellipse(x, y, 2.4), (WHITE, YELLOW, BLUE)[i % 3])


def _wand(ink: Ink, p: Palette) -> None:
    ink.limb("M0 26V-14", 8, GREEN)
    ink.shape(scallop(5, 21, 21, cy=-26, bump=1.05), p.accent)
    ink.shape(ellipse(0, -26, 8), YELLOW)


def _tub(ink: Ink, p: Palette) -> None:
    tub = "M-108-16H108Q108 66 70 74H-70Q-108 66-108-16z"
    ink.body(tub, mix(p.accent, WHITE, 0.45), centre=(0, 30))
    ink.shape(box(-116, -28, 232, 22, 11), WHITE)
    foam = ((-84, -34, 15), (-58, -42, 12), (-100, -40, 9), (82, -36, 16), (58, -40, 10))
    ink.shape("".join(ellipse(*bubble) for bubble in foam), "#eef9ff")


def _cushion(ink: Ink, p: Palette) -> None:
    ink.body("M-92-10Q0 2 92-10Q112 8 92 30Q0 18-92 30Q-112 8-92-10z", p.accent, centre=(0, 10))


_WIDE = {"flag": 52.0, "megaphone": 34.0, "cracker": 34.0}
# How far a thing held before the body reaches above its origin: it must not hide the mouth.
_RISE = {
    "heart": 22, "mug": 26, "bowl": 26, "phone": 27, "bouquet": 36, "gift": 44, "cake": 50,
    "envelope": 22, "book": 26, "donut": 27,
}  # fmt: skip
Draw = Callable[[Ink, Palette], None]
# Where a prop goes: held by both hands, in the right hand, in each hand, or over the legs.
PROPS: dict[str, tuple[str, Draw]] = {
    "heart": ("both", _heart), "mug": ("both", _mug), "bowl": ("both", _bowl),
    "phone": ("both", _phone), "bouquet": ("both", _bouquet), "gift": ("both", _gift),
    "cake": ("both", _cake), "envelope": ("both", _envelope), "book": ("both", _book),
    "donut": ("both", _donut),
    "megaphone": ("hand", _megaphone), "flag": ("hand", _flag), "maru": ("hand", _maru),
    "batsu": ("hand", _batsu), "balloon": ("hand", _balloon), "cracker": ("hand", _cracker),
    "flower": ("hand", _wand), "bag": ("hand", _bag), "clock": ("hand", _clock),
    "pompom": ("hands", _pompom), "desk": ("desk", _desk), "blanket": ("low", _blanket),
    "tub": ("low", _tub), "cushion": ("under", _cushion),
}  # fmt: skip


def draw_prop(ink: Ink, name: str, who: Character, pose: str, palette: Palette) -> None:
    """Lay a prop where this character, in this pose, holds it."""
    place, paint = PROPS[name]
    for x, y in _spots(name, who, pose):
        prop = Ink(ink.line, ink.weight, depth=0.4)
        paint(prop, palette)
        ink.place(prop, f"translate({num(x)} {num(y)})", rim=place != "both")


def overhang(names: tuple[str, ...]) -> float:
    """How far what the right hand holds reaches beyond the hand."""
    held = [name for name in names if PROPS[name][0] == "hand"]
    return max((_WIDE.get(name, 24.0) for name in held), default=0.0)


def desk_height(who: Character) -> float:
    """Where the desk stands: the laptop on it leaves the mouth free."""
    return max(who.extent[1] - 30, who.face.y + (21 + who.face.drop) * who.face.scale + 30)


def _spots(name: str, who: Character, pose: str) -> list[Point]:
    place, bottom = PROPS[name][0], who.extent[1]
    if place == "both":
        mouth = who.face.y + (21 + who.face.drop) * who.face.scale
        low = max(who.chest + 8, mouth + 0.85 * _RISE[name])
        return [(who.face.x, min(low, bottom - 28))]
    if place == "hand":
        return [hand(pose, who, 1)]
    if place == "hands":
        return [hand(pose, who, -1), hand(pose, who, 1)]
    if place == "under":
        return [(0.0, bottom - 18)]
    if place == "desk":
        return [(0.0, desk_height(who))]
    return [(0.0, max(bottom - 62, who.face.y + (34 + who.face.drop) * who.face.scale))]
