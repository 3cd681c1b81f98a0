"""Which stroke lies over which? A pen that also remembers the silhouette for the sticker's rim."""

from __future__ import annotations

from .shapes import Point, ellipse, num

WHITE = "#fff"
BLUSH = "#ff8f9f"
RIM = 15.0


def mix(a: str, b: str, share: float) -> str:
    """The colour ``share`` of the way from ``a`` to ``b``, both ``#rrggbb`` or ``#rgb``."""
    a, b = _long(a), _long(b)
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


def _long(colour: str) -> str:
    return colour if len(colour) == 7 else "#" + "".join(2 * c for c in colour[1:])


def shade(colour: str) -> str:
    """The same colour where less light falls: darker and a little warmer."""
    return mix(colour, "#a8688a", 0.24)


def surface(d: str, fill: str, extra: str = "") -> str:
    """A path with the outline of the group it stands in."""
    return f'<path d="{d}" fill="{fill}"{extra}/>'


def filled(d: str, fill: str, extra: str = "") -> str:
    """A path without outline."""
    return surface(d, fill, f' stroke="none"{extra}')


def lined(d: str, colour: str, width: float) -> str:
    """A line without surface."""
    return f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{num(width)}"/>'


class Ink:
    """Collects the parts of one figure in painting order.

    ``depth`` is how far shades reach: 1 for a figure, less for small things. Whatever is drawn
    with ``shape``, ``body`` or ``limb`` also counts for the silhouette, which ``render`` lays
    under everything as the white rim of a cut-out sticker.
    """

    def __init__(self, line: str, weight: float, depth: float = 1.0) -> None:
        self.line, self.weight, self.depth = line, weight, depth
        self._rim: dict[float, list[str]] = {}
        self._placed_rims: list[str] = []
        self._parts: list[str] = []

    def shape(self, d: str, fill: str) -> None:
        """An outlined surface."""
        self._rim.setdefault(RIM, []).append(d)
        self._parts.append(surface(d, fill))

    def body(self, d: str, fill: str, centre: Point = (0, 0), gloss: Point | None = None) -> None:
        """An outlined surface with soft shade at its lower right, and a highlight at ``gloss``."""
        self.shape(d, shade(fill))
        x, y = centre
        across, down = x * 0.07 - 2.5 * self.depth, y * 0.07 - 3 * self.depth
        step = f"translate({num(across)} {num(down)})scale(.93)"
        self._parts.append(filled(d, fill, f' transform="{step}"'))
        if gloss:
            x, y = gloss
            turn = f' opacity=".55" transform="rotate(-32 {num(x)} {num(y)})"'
            self._parts.append(filled(ellipse(x, y, 13, 6.5), WHITE, turn))

    def limb(self, d: str, width: float, fill: str) -> None:
        """A thick line with an outline: an arm, a tentacle, a tail."""
        self._rim.setdefault(width + RIM, []).append(d)
        self._parts.append(f'<path d="{d}" fill="none" stroke-width="{num(width + self.weight)}"/>')
        self._parts.append(lined(d, fill, width - self.weight))

    def reach(self, start: Point, end: Point, width: float, fill: str) -> None:
        """A short arm on top of a body of the same colour: outlined, but open at its start."""
        (ax, ay), (bx, by) = start, end
        self._rim.setdefault(width + RIM, []).append(f"M{num(bx)} {num(by)}h.1")
        open_x, open_y = ax + (bx - ax) * 0.25, ay + (by - ay) * 0.25
        far = f"L{num(bx)} {num(by)}"
        edge = lined(f"M{num(open_x)} {num(open_y)}{far}", self.line, width + self.weight)
        self._parts.append(edge)
        self._parts.append(lined(f"M{num(ax)} {num(ay)}{far}", fill, width - self.weight))

    def mark(self, d: str, fill: str, opacity: float = 1.0) -> None:
        """A surface without outline, inside the figure."""
        self._parts.append(filled(d, fill, f' opacity="{opacity:g}"' if opacity < 1 else ""))

    def stroke(self, d: str, colour: str = "", width: float = 0.0) -> None:
        """A line inside the figure; the outline's colour and width unless told."""
        if colour or width:
            self._parts.append(lined(d, colour or self.line, width or self.weight))
        else:
            self._parts.append(f'<path d="{d}" fill="none"/>')

    def add(self, svg: str) -> None:
        """A finished piece of SVG, inside the figure."""
        self._parts.append(svg)

    def place(self, other: Ink, transform: str, *, rim: bool = True) -> None:
        """Another drawing laid on top, moved by an SVG transform; its rim joins the rim.

        Without ``rim`` for what lies on the body only.
        """
        if rim:
            self._placed_rims.append(f'<g transform="{transform}">{other._rims()}</g>')
        self._parts.append(f'<g transform="{transform}">{"".join(other._parts)}</g>')

    def _rims(self) -> str:
        own = (
            f'<path d="{"".join(paths)}" fill="{WHITE if width == RIM else "none"}" '
            f'stroke="{WHITE}" stroke-width="{num(width)}"/>'
            for width, paths in sorted(self._rim.items())
        )
        return "".join((*own, *self._placed_rims))

    def render(self) -> str:
        """The figure: rim first, then all parts in the order they were drawn."""
        return (
            f'<g stroke-linecap="round" stroke-linejoin="round">{self._rims()}'
            f'<g stroke="{self.line}" stroke-width="{num(self.weight)}">'
            f"{''.join(self._parts)}</g></g>"
        )
