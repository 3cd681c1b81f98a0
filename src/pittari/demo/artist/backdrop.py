"""What glows behind a figure? A sun, a night sky, a burst: the shape that carries the mood."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from .effects import Air
from .ink import WHITE, filled, surface
from .shapes import ellipse, heart, scallop, smooth, sparkle, star
from .specs import Palette


def _burst(tips: int, outer: float, inner: float) -> Callable[[Air, Palette], str]:
    def paint(air: Air, p: Palette) -> str:
        r = min(air.right - air.left, air.bottom - air.top) / 2
        return surface(star(round(air.cx), round(air.cy), r * outer, r * inner, tips), p.backdrop)

    return paint


def _doily(air: Air, p: Palette) -> str:
    r = _radius(air) * 0.92
    return surface(scallop(16, r, r, cx=air.cx, cy=air.cy), p.backdrop)


def _radius(air: Air) -> float:
    return min(air.right - air.left, air.bottom - air.top) / 2 - 4


def _night(air: Air, p: Palette) -> str:
    r = _radius(air)
    x, y = air.cx, air.cy
    sky = surface(ellipse(x, y, r), "#3d4a8a")
    stars = sparkle(x - r * 0.72, y - r * 0.4, 9) + sparkle(x + r * 0.8, y + r * 0.05, 7)
    for a, b in ((-0.4, -0.8), (-0.86, 0.2), (0.2, -0.9), (0.62, -0.6)):
        stars += ellipse(round(x + r * a), round(y + r * b), 2.5)
    return sky + filled(stars, "#ffe27a")


def _sun(air: Air, p: Palette) -> str:
    x, y, r = air.cx, air.cy, _radius(air)
    rays = surface(star(x, y, r + 2, r * 0.84, 16), "#ffd35a")
    return rays + filled(ellipse(x, y, r * 0.78), "#fff0b8")


def _big_heart(air: Air, p: Palette) -> str:
    return surface(heart(air.cx, air.cy + 6, _radius(air) * 0.98), "#ffd0da")


def _soft(air: Air, p: Palette) -> str:
    r = _radius(air)
    points = []
    for i in range(9):
        a = 2 * pi * i / 9
        reach = r * air.random.uniform(0.88, 1.04)
        points.append((air.cx + reach * cos(a), air.cy + reach * sin(a)))
    return surface(smooth(points), p.backdrop)


BACKDROPS: dict[str, Callable[[Air, Palette], str]] = {
    "soft": _soft, "burst": _burst(14, 1.02, 0.78), "rays": _doily,
    "night": _night, "sun": _sun, "heart": _big_heart,
}  # fmt: skip


def draw_backdrop(name: str, air: Air, palette: Palette) -> str:
    """The glow behind a figure, with the sticker's white rim; empty for no name."""
    if not name:
        return ""
    painted = BACKDROPS[name](air, palette)
    rim = f'stroke="{WHITE}" stroke-width="9" paint-order="stroke" stroke-linejoin="round"'
    return f"<g {rim}>{painted}</g>"
