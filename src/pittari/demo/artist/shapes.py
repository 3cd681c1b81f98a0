"""Where does the line go? Geometry as SVG path data, without colour."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, sin

Point = tuple[float, float]


def num(value: float) -> str:
    """A number as short SVG text: one decimal, no needless zero."""
    text = f"{value:.1f}".removesuffix(".0")
    if text.startswith(("0.", "-0.")):
        text = text.replace("0.", ".", 1)
    return "0" if text == "-0" else text


def ellipse(cx: float, cy: float, rx: float, ry: float | None = None) -> str:
    """An ellipse, or a circle when ``ry`` is left out."""
    ry = rx if ry is None else ry
    # One arc almost all round, closed by a line too short to see: half the text of two arcs.
    return f"M{num(cx - rx)} {num(cy)}a{num(rx)} {num(ry)} 0 1 1 0 .1z"


def smooth(points: Sequence[Point]) -> str:
    """A soft closed curve through all points (Catmull-Rom, written as cubic Béziers).

    For large shapes: coordinates are rounded to whole units.
    """
    count = len(points)
    parts = [f"M{points[0][0]:.0f} {points[0][1]:.0f}"]
    for i in range(count):
        before, a = points[i - 1], points[i]
        b, after = points[(i + 1) % count], points[(i + 2) % count]
        c1 = (a[0] + (b[0] - before[0]) / 6, a[1] + (b[1] - before[1]) / 6)
        c2 = (b[0] - (after[0] - a[0]) / 6, b[1] - (after[1] - a[1]) / 6)
        parts.append("C" + " ".join(f"{x:.0f} {y:.0f}" for x, y in (c1, c2, b)))
    return "".join(parts) + "z"


def rounded(points: Sequence[Point], radius: float) -> str:
    """A polygon with round corners of about ``radius``."""
    parts: list[str] = []
    for i, corner in enumerate(points):
        start = _towards(corner, points[i - 1], radius)
        end = _towards(corner, points[(i + 1) % len(points)], radius)
        parts.append(
            f"{'L' if parts else 'M'}{num(start[0])} {num(start[1])}"
            f"Q{num(corner[0])} {num(corner[1])} {num(end[0])} {num(end[1])}"
        )
    return "".join(parts) + "z"


def _towards(a: Point, b: Point, distance: float) -> Point:
    length = hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    share = min(distance / length, 0.5)
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def box(x: float, y: float, width: float, height: float, radius: float) -> str:
    """A rectangle with round corners, by its upper left corner."""
    r = min(radius, width / 2, height / 2)
    run, fall, c = num(width - 2 * r), num(height - 2 * r), num(r)
    return (
        f"M{num(x + r)} {num(y)}h{run}q{c} 0 {c} {c}v{fall}q0 {c}-{c} {c}"
        f"h-{run}q-{c} 0-{c}-{c}v-{fall}q0-{c} {c}-{c}z"
    )


def ring(
    count: int, radius: float, *, cx: float = 0, cy: float = 0, turn: float = 0
) -> list[Point]:
    """``count`` points on a circle, the first at the top, turned by ``turn`` radians."""
    angles = (2 * pi * i / count - pi / 2 + turn for i in range(count))
    return [(cx + radius * cos(a), cy + radius * sin(a)) for a in angles]


def star(cx: float, cy: float, outer: float, inner: float, tips: int = 5) -> str:
    """A star with ``tips`` points."""
    tops = ring(tips, outer, cx=cx, cy=cy)
    dips = ring(tips, inner, cx=cx, cy=cy, turn=pi / tips)
    points = (p for pair in zip(tops, dips, strict=True) for p in pair)
    return "M" + "L".join(f"{num(x)} {num(y)}" for x, y in points) + "z"


def scallop(
    count: int, rx: float, ry: float, *, cx: float = 0, cy: float = 0, bump: float = 1.0
) -> str:
    """A closed edge of round bumps on an ellipse: wool, clouds, doilies."""
    points = [(round(cx + x * rx), round(cy + y * ry)) for x, y in ring(count, 1.0)]
    arcs = []
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        chord = hypot(bx - ax, by - ay) / 2 * bump
        r = num(round(chord) if chord > 12 else chord)
        arcs.append(f"{r} {r} 0 0 1 {bx} {by}")
    return f"M{points[0][0]} {points[0][1]}A{' '.join(arcs)}z"


def heart(cx: float, cy: float, size: float) -> str:
    """A plump heart about ``2 * size`` wide, centred."""
    s = size
    return (
        f"M{num(cx)} {num(cy + s * 0.95)}"
        f"c{num(-s * 1.5)} {num(-s * 0.95)} {num(-s * 1.05)} {num(-s * 2.05)} 0 {num(-s * 1.3)}"
        f"c{num(s * 1.05)} {num(-s * 0.75)} {num(s * 1.5)} {num(s * 0.35)} 0 {num(s * 1.3)}z"
    )


def drop(cx: float, cy: float, size: float) -> str:
    """A drop of water, tip up, centred."""
    s = size
    return (
        f"M{num(cx)} {num(cy - s * 1.4)}"
        f"c{num(s * 0.5)} {num(s * 0.8)} {num(s)} {num(s * 1.1)} {num(s)} {num(s * 1.7)}"
        f"a{num(s)} {num(s)} 0 0 1 {num(-2 * s)} 0"
        f"c0 {num(-s * 0.6)} {num(s * 0.5)} {num(-s * 0.9)} {num(s)} {num(-s * 1.7)}z"
    )


def sparkle(cx: float, cy: float, size: float) -> str:
    """A four-pointed gleam."""
    s, t = size, size * 0.22
    cx, cy = round(cx), round(cy)
    return (
        f"M{num(cx)} {num(cy - s)}Q{num(cx + t)} {num(cy - t)} {num(cx + s)} {num(cy)}"
        f"Q{num(cx + t)} {num(cy + t)} {num(cx)} {num(cy + s)}"
        f"Q{num(cx - t)} {num(cy + t)} {num(cx - s)} {num(cy)}"
        f"Q{num(cx - t)} {num(cy - t)} {num(cx)} {num(cy - s)}z"
    )


def petal(cx: float, cy: float, size: float) -> str:
    """A cherry petal with its notch, tip down."""
    s = size
    return (
        f"M{num(cx)} {num(cy + s)}q{num(-s * 1.3)} {num(-s * 1.1)} {num(-s * 0.35)} {num(-s * 2)}"
        f"l{num(s * 0.35)} {num(s * 0.5)} {num(s * 0.35)} {num(-s * 0.5)}"
        f"q{num(s * 0.95)} {num(s * 0.9)} {num(-s * 0.35)} {num(s * 2)}z"
    )
