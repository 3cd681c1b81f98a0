"""What is in the air? Hearts, sparkles, Zzz and confetti around a figure, and what glows behind."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin
from random import Random

from .ink import WHITE, filled, lined, mix, surface
from .shapes import Point, drop, ellipse, heart, num, petal, scallop, sparkle, star
from .specs import Palette

Box = tuple[float, float, float, float]
CANDY = ("#ff7d9c", "#ffc93c", "#5cc8e8", "#8fd36f", "#b58cf0")


class Air:
    """The space round a figure: a box, and places beside the figure where nothing is hidden.

    ``x`` is where the figure stands, ``half`` half its breadth, ``free`` the side that effects
    keep to: -1 left, 1 right, 0 both.
    """

    def __init__(self, box: Box, x: float, half: float, *, free: int, seed: int) -> None:
        self.left, self.top, self.right, self.bottom = box
        self.cx = x
        self.cy = (self.top + self.bottom) / 2
        self.half = half
        self.free = free
        self.random = Random(seed)  # noqa: S311 - a drawing keeps no secret

    def spots(self) -> list[Point]:
        """Six places beside the figure, from the upper corners down."""
        high = self.bottom - self.top
        out = []
        for i in range(6):
            side = self.free or (1 if i % 2 else -1)
            row = (0.09, 0.3, 0.52, 0.72, 0.9, 0.2)[i] if self.free else (0.13, 0.44, 0.76)[i // 2]
            inset = 27 + (9 if row < 0.15 else 0)
            x = self.left + inset if side < 0 else self.right - inset
            jitter = self.random.uniform(-5, 5)
            out.append((x + jitter, self.top + high * row + jitter + 6 * (side + 1)))
        return out

    def above(self, side: int) -> Point:
        """Beside the head, on the left (-1) or the right (1)."""
        return (self.cx + side * self.half * 0.92, self.top + (self.bottom - self.top) * 0.17)

    def corner(self) -> Point:
        """Beside the head on the right, or on the left where the right is taken."""
        x, y = self.above(self.free or 1)
        return (max(x - 14, self.left + 36) if self.free < 0 else min(x, self.right - 44), y)

    def sides(self) -> tuple[int, ...]:
        """Left and right, or the only side that is free."""
        return (self.free,) if self.free else (-1, 1)


def _line(d: str, colour: str, width: float = 5.5) -> str:
    """A line with its own white rim."""
    return lined(d, WHITE, width + 6) + lined(d, colour, width)


def _hearts(air: Air, p: Palette) -> str:
    sizes = (14, 17, 10, 8)
    colours = ("#ff5c7d", "#ff8fab", "#ff5c7d", "#ffb3c6")
    spots = air.spots()
    return "".join(
        surface(heart(x, y, s), c) for (x, y), s, c in zip(spots, sizes, colours, strict=False)
    )


def _sparkles(air: Air, p: Palette) -> str:
    sizes = (19, 14, 10, 15, 8)
    gold, tinted = "", ""
    for i, ((x, y), size) in enumerate(zip(air.spots(), sizes, strict=False)):
        if i in (1, 4):
            tinted += sparkle(x, y, size)
        else:
            gold += sparkle(x, y, size)
    return surface(gold, "#ffc21f") + surface(tinted, p.accent)


def _stars(air: Air, p: Palette) -> str:
    sizes = (15, 18, 10, 12)
    return "".join(
        surface(star(x, y, s, s * 0.5), CANDY[i % 2 + 1] if i % 2 else "#ffc93c")
        for i, ((x, y), s) in enumerate(zip(air.spots(), sizes, strict=False))
    )


def _notes(air: Air, p: Palette) -> str:
    out = ""
    for i, (x, y) in enumerate(air.spots()[:3]):
        d = f"M{num(x)} {num(y + 10)}V{num(y - 14)}q2 8 11 9"
        out += _line(d, CANDY[i], 5) + surface(ellipse(x - 6, y + 11, 7.5, 6), CANDY[i])
    return out


def _flowers(air: Air, p: Palette) -> str:
    blooms = [(x, y, s) for (x, y), s in zip(air.spots(), (13, 10, 9, 12), strict=False)]
    petals = [scallop(5, s, s, cx=x, cy=y) for x, y, s in blooms]
    hearts = "".join(ellipse(round(x), round(y), s * 0.4) for x, y, s in blooms)
    return (
        surface(petals[0] + petals[2], "#ff9db4")
        + surface(petals[1] + petals[3], "#ffcf6b")
        + filled(hearts, WHITE)
    )


def _petals(air: Air, p: Palette) -> str:
    out = ""
    for i, (x, y) in enumerate(air.spots()[:5]):
        turn = air.random.randrange(-70, 70)
        out += (
            f'<g transform="rotate({turn} {num(x)} {num(y)})">'
            f"{surface(petal(x, y, (12, 9, 8, 11, 9)[i]), '#ffb3c9')}</g>"
        )
    return out


def _confetti(air: Air, p: Palette) -> str:
    pieces = ["" for _ in CANDY]
    for i in range(20):
        side = -1 if i % 2 else 1
        edge = air.right - 12 if side > 0 else air.left + 12
        x = air.random.uniform(air.cx + side * air.half * 0.92, edge)
        y = air.top + air.random.uniform(6, (air.bottom - air.top) * 0.75)
        turn = air.random.uniform(0, pi)
        pieces[i % 5] += f"M{x:.0f} {y:.0f}l{num(8 * cos(turn))} {num(8 * sin(turn))}"
    return "".join(lined(d, colour, 7) for d, colour in zip(pieces, CANDY, strict=True))


def _sweat(air: Air, p: Palette) -> str:
    x, y = air.corner()
    return "".join(
        f'<g transform="rotate({turn} {num(a)} {num(b)})">{surface(drop(a, b, s), "#7cc8f5")}</g>'
        for a, b, s, turn in ((x, y + 4, 8.5, 24), (x + 22, y + 20, 6, 48))
    )


def _splash(air: Air, p: Palette) -> str:
    out = ""
    for side in air.sides():
        x, y = air.above(side)
        for a, b, s, turn in ((0, 8, 8, 34), (18, 28, 6.5, 62), (10, -12, 5.5, 20)):
            cx, cy = x + side * a, y + b + 10
            tilted = f"rotate({side * turn} {num(cx)} {num(cy)})"
            out += f'<g transform="{tilted}">{surface(drop(cx, cy, s), "#7cc8f5")}</g>'
    return out


def _zzz(air: Air, p: Palette) -> str:
    x, y = air.corner()
    d = ""
    for a, b, s in ((-16, 22, 5.5), (3, 2, 7.5), (25, -21, 9.5)):
        d += f"M{num(x + a - s)} {num(y + b - s)}h{2 * s:g}l{-2 * s:g} {2 * s:g}h{2 * s:g}"
    return _line(d, "#6f9be8", 5)


def _anger(air: Air, p: Palette) -> str:
    x, y = air.corner()
    d = "M-5-16q1 11-11 11M5-16q-1 11 11 11M-5 16q1-11-11-11M5 16q-1-11 11-11"
    return f'<g transform="translate({num(x)} {num(y + 4)})">{_line(d, "#f0394f", 6.5)}</g>'


def _puffs(air: Air, p: Palette) -> str:
    out = ""
    for side in air.sides():
        x, y = air.above(side)
        out += surface(scallop(7, 15, 11, cx=x + side * 10, cy=y + 14), "#dde3f2")
        out += surface(scallop(6, 8, 6, cx=x + side * 26, cy=y - 4), "#dde3f2")
    return out


def _exclaim(air: Air, p: Palette) -> str:
    x, y = air.corner()
    d = f"M{num(x + 4)} {num(y - 18)}l-3 24M{num(x)} {num(y + 18)}v.1"
    e = f"M{num(x + 24)} {num(y - 10)}l-6 20M{num(x + 15)} {num(y + 21)}v.1"
    return _line(d + e, "#f4576c", 8.5)


def _question(air: Air, p: Palette) -> str:
    x, y = air.corner()
    hook = f"M{num(x - 8)} {num(y - 8)}q0-13 12-13q13 1 12 12q-1 7-8 10q-5 3-4 9"
    return _line(f"{hook}M{num(x + 3)} {num(y + 23)}v.1", "#6f8de8", 7.5)


def _bulb(air: Air, p: Palette) -> str:
    x, y = air.corner()
    d = f"M{num(x)} {num(y + 14)}q-1-8-7-13a14 14 0 1 1 20 0q-6 5-7 13z"
    sides = f"M{num(x + 26)} {num(y - 18)}l7-5M{num(x - 20)} {num(y - 18)}l-7-5"
    rays = f"M{num(x + 3)} {num(y - 30)}v-8{sides}"
    base = f"M{num(x)} {num(y + 20)}h7"
    return _line(rays, "#ffb31f", 5) + surface(d, "#ffd84d") + _line(base, "#9a8f88", 6)


def _dots(air: Air, p: Palette) -> str:
    x, y = air.corner()
    dots = "".join(f"M{num(x + step)} {num(y)}v.1" for step in (-8, 8, 24))
    return _line(dots, "#8b86a0", 9)


def _gloom(air: Air, p: Palette) -> str:
    out = ""
    for side in air.sides():
        x, y = air.above(side)
        rain = ((0, 20), (12, 30), (24, 22))
        d = "".join(f"M{num(x + side * a)} {num(y - 14)}v{h}" for a, h in rain)
        out += _line(d, "#8f8fc0", 4.5)
    return out


def _steam(air: Air, p: Palette) -> str:
    out = ""
    for side in air.sides():
        x, y = air.above(side)
        out += _line(f"M{num(x + side * 14)} {num(y + 26)}q-7-8 0-15t0-14", "#c9bfc9", 5)
    return out


def _dash(air: Air, p: Palette) -> str:
    x, y = air.left + 14, air.cy
    streaks = enumerate((34, 26, 36))
    d = "".join(f"M{num(x + i % 2 * 8)} {num(y + i * 22 - 8)}h{w}" for i, w in streaks)
    dust = scallop(7, 15, 11, cx=x + 20, cy=air.bottom - 14)
    return _line(d, mix(p.accent, "#8a8a9a", 0.35), 6) + surface(dust, "#dde3f2")


def _shout(air: Air, p: Palette) -> str:
    out = ""
    for side in air.sides():
        x, y = air.above(side)
        d = f"M{num(x)} {num(y)}l{side * 9}-14M{num(x + side * 13)} {num(y + 12)}l{side * 15}-7"
        out += _line(f"{d}M{num(x + side * 14)} {num(y + 30)}l{side * 15} 2", p.accent, 5.5)
    return out


def _munch(air: Air, p: Palette) -> str:
    spots = air.spots()
    return _line(_chew(spots[2]) + _chew(spots[3]), p.accent, 5)


def _chew(spot: Point) -> str:
    x, y = num(spot[0] - 8), spot[1]
    return f"M{x} {num(y - 6)}q8-8 16 0M{x} {num(y + 6)}q8-8 16 0"


def _snow(air: Air, p: Palette) -> str:
    out = ""
    for i, (x, y) in enumerate(air.spots()[:5]):
        s = (12, 9, 8, 11, 7)[i]
        arms = "".join(
            f"M{num(x - s * ax)} {num(y - s * ay)}l{num(2 * s * ax)} {num(2 * s * ay)}"
            for ax, ay in ((0.87, 0.5), (0, 1), (-0.87, 0.5))
        )
        out += _line(arms, "#8fcdf2", 3.8)
    return out


def _leaves(air: Air, p: Palette) -> str:
    out = ""
    for i, (x, y) in enumerate(air.spots()[:4]):
        s = (18, 14, 12, 16)[i]
        d = f"M0 {s}Q{num(-s * 1.1)} 0 0 {-s}Q{num(s * 1.1)} 0 0 {s}z"
        vein = lined(f"M0 {num(s * 1.3)}V{num(-s * 0.4)}", WHITE, 2.5)
        turn = air.random.randrange(-60, 60)
        colour = ("#f08a3c", "#e8b83c", "#d9603c")[i % 3]
        place = f"translate({num(x)} {num(y)})rotate({turn})"
        out += f'<g transform="{place}">{surface(d, colour)}{vein}</g>'
    return out


EFFECTS: dict[str, Callable[[Air, Palette], str]] = {
    "hearts": _hearts, "sparkles": _sparkles, "stars": _stars, "notes": _notes,
    "flowers": _flowers, "petals": _petals, "confetti": _confetti, "sweat": _sweat,
    "splash": _splash, "zzz": _zzz, "anger": _anger, "puffs": _puffs, "exclaim": _exclaim,
    "question": _question, "bulb": _bulb, "dots": _dots, "gloom": _gloom, "steam": _steam,
    "dash": _dash, "shout": _shout, "munch": _munch, "snow": _snow, "leaves": _leaves,
}  # fmt: skip


def draw_effects(names: tuple[str, ...], air: Air, palette: Palette) -> str:
    """All named effects, each piece with a white rim so that it reads on any background."""
    pieces = "".join(EFFECTS[name](air, palette) for name in names)
    if not pieces:
        return ""
    return (
        f'<g stroke="{WHITE}" stroke-width="6" paint-order="stroke" stroke-linejoin="round" '
        f'stroke-linecap="round">{pieces}</g>'
    )
