"""What is it wearing? Hats, scarves, glasses and ribbons fitted to any character."""

from __future__ import annotations

from collections.abc import Callable

from .anatomy import Character
from .ink import WHITE, Ink, mix, shade
from .shapes import box, ellipse, num, smooth
from .specs import Palette

# A hat is drawn for a head 40 units half-wide whose top is at the origin.


def _straw_hat(ink: Ink, p: Palette) -> None:
    ink.body("M-30 4C-30-44 30-44 30 4z", "#f5d58a", centre=(0, -14))
    ink.shape(ellipse(0, 6, 62, 12), "#f5d58a")
    ink.mark("M-30-6Q0 6 30-6V4Q0 14-30 4z", p.accent)


def _beret(ink: Ink, p: Palette) -> None:
    ink.stroke("M2-30l4-12")
    ink.body("M-46 6C-62-30 40-48 50-10C54 6 44 12 32 8C6 0-24 0-46 6z", p.accent, centre=(0, -16))


def _knit_hat(ink: Ink, p: Palette) -> None:
    ink.body("M-42 4C-42-50 42-50 42 4z", p.accent, centre=(0, -16))
    ink.stroke("M-22-20v14M0-26v18M22-20v14", mix(p.accent, WHITE, 0.5), 5)
    ink.shape(box(-48, -4, 96, 19, 9), WHITE)
    ink.shape(ellipse(0, -42, 13), WHITE)


def _night_cap(ink: Ink, p: Palette) -> None:
    ink.body("M-42 2C-40-48 30-70 66-26C44-30 40-14 42 2z", p.accent, centre=(0, -16))
    ink.mark(ellipse(-14, -20, 5) + ellipse(12, -32, 5) + ellipse(18, -10, 5), WHITE, 0.75)
    ink.shape(box(-47, -6, 94, 17, 8), WHITE)
    ink.shape(ellipse(68, -22, 12), WHITE)


def _party_hat(ink: Ink, p: Palette) -> None:
    ink.body("M-27 4L0-58L27 4Q0 14-27 4z", p.accent, centre=(0, -16))
    ink.mark("M-19-14L19-14L22-4Q0 4-23-4zM-11-34H11L14-26H-14z", WHITE, 0.75)
    ink.shape(ellipse(0, -58, 9), "#ffd35a")


def _crown(ink: Ink, p: Palette) -> None:
    ink.body("M-32 4L-36-30L-16-14L0-38L16-14L36-30L32 4Q0 14-32 4z", "#ffcf4a", centre=(0, -12))
    ink.mark(ellipse(0, -6, 5.5) + ellipse(-19, -4, 4) + ellipse(19, -4, 4), "#f4576c")


def _sprout(ink: Ink, p: Palette) -> None:
    ink.stroke("M0 4Q-2-14 0-24")
    leaf = "M0-22C-6-46-38-46-42-34C-36-14-10-14 0-22z"
    ink.shape(leaf, "#8fce6f")
    ink.shape("M0-22C6-46 38-46 42-34C36-14 10-14 0-22z", "#8fce6f")


def _flower_crown(ink: Ink, p: Palette) -> None:
    blooms = [ellipse(x, y, 12) for x, y in ((-38, 12), (38, 12), (-20, -1), (20, -1), (0, -6))]
    ink.shape(blooms[0] + blooms[1], p.accent)
    ink.shape(blooms[2] + blooms[3], WHITE)
    ink.shape(blooms[4], "#ffb3c6")
    ink.mark(ellipse(-38, 12, 4) + ellipse(38, 12, 4) + ellipse(0, -6, 4), "#ffcf4a")
    ink.mark(ellipse(-20, -1, 4) + ellipse(20, -1, 4), "#ffcf4a")


def _headband(ink: Ink, p: Palette) -> None:
    ink.shape("M42 8L66-6L64 10L72 24L46 18z", WHITE)
    ink.shape("M-48 6Q0-12 48 6V22Q0 4-48 22z", WHITE)
    ink.mark(ellipse(0, 5, 7), "#f4576c")


def _ribbon(ink: Ink, p: Palette) -> None:
    ink.shape("M0 0C-14-26-42-28-40-4C-42 20-14 20 0 0z", p.accent)
    ink.shape("M0 0C14-26 42-28 40-4C42 20 14 20 0 0z", p.accent)
    dots = ellipse(-24, -6, 4) + ellipse(24, -6, 4) + ellipse(-20, 7, 3) + ellipse(20, 7, 3)
    ink.mark(dots, WHITE, 0.8)
    ink.shape(ellipse(0, -1, 10, 11), shade(p.accent))


def _leaf(ink: Ink, p: Palette) -> None:
    d = smooth(((0, 6), (-16, 2), (-34, -6), (-28, -18), (-22, -36), (-8, -26), (4, -44),
                (12, -26), (28, -32), (28, -14), (36, -2), (16, 2)))  # fmt: skip
    ink.shape(d, "#f08a3c")
    ink.stroke("M0 10L2-24M0-2L-16-14M1-6L16-16", "#b9572a", 3)


def _bow_tie(ink: Ink, half: float, p: Palette) -> None:
    ink.shape("M0 0L-26-13Q-31 0-26 13z", p.accent)
    ink.shape("M0 0L26-13Q31 0 26 13z", p.accent)
    ink.shape(ellipse(0, 0, 8), shade(p.accent))


def _tie(ink: Ink, half: float, p: Palette) -> None:
    ink.shape("M-8 8L8 8L13 40L0 52L-13 40z", p.accent)
    ink.shape("M-11-8H11L7 10H-7z", p.accent)
    ink.stroke("M-8 34L4 20", WHITE, 4)


def _scarf(ink: Ink, half: float, p: Palette) -> None:
    w = half + 3
    end, low, out, sag = (num(v) for v in (w * 0.35, w, w + 5, w * 0.22))
    ink.shape(f"M{end} 2l28-4 2 44h-26z", p.accent)
    ink.stroke(f"M{num(w * 0.35 + 4)} 32h26", WHITE, 5)
    fold = num(w * 0.22 + 21)
    ink.shape(
        f"M-{low}-10Q0 {sag} {low}-10Q{out} 0 {low} 10Q0 {fold}-{low} 10Q-{out} 0-{low}-10z",
        p.accent,
    )
    x, y = num(w * 0.62), num(w * 0.08 + 4)
    ink.stroke(f"M-{x}-1v{y}M0 6v9M{x}-1v{y}", mix(p.accent, WHITE, 0.6), 5)


def _glasses(ink: Ink, spread: float, p: Palette) -> None:
    r = min(spread - 6, 19)
    for side in (-1, 1):
        d = ellipse(side * spread, 0, r)
        ink.mark(d, WHITE, 0.14)
        ink.stroke(d, shade(p.accent), 4.6)
    gap = spread - r
    ink.stroke(f"M{num(-gap)}-2q{num(gap)}-7 {num(2 * gap)} 0", shade(p.accent), 4.6)


HATS: dict[str, Callable[[Ink, Palette], None]] = {
    "straw_hat": _straw_hat, "beret": _beret, "knit_hat": _knit_hat, "night_cap": _night_cap,
    "party_hat": _party_hat, "crown": _crown, "sprout": _sprout, "flower_crown": _flower_crown,
    "headband": _headband, "ribbon": _ribbon, "leaf": _leaf,
}  # fmt: skip
NECKS: dict[str, Callable[[Ink, float, Palette], None]] = {
    "bow_tie": _bow_tie, "tie": _tie, "scarf": _scarf,
}  # fmt: skip
_ASIDE = {"ribbon": 26.0, "leaf": 22.0, "beret": -10.0, "party_hat": 16.0, "crown": 0.0}


def draw_wear(ink: Ink, name: str, who: Character, palette: Palette) -> None:
    """Dress a character; an empty name dresses it in nothing."""
    if not name:
        return
    piece = Ink(ink.line, ink.weight, depth=0.4)
    face = who.face
    if name in HATS:
        HATS[name](piece, palette)
        y, half = who.crown
        scale = min(max(half / 40, 0.56), 1.15)
        aside = _ASIDE.get(name, 0.0)
        where = f"translate({num(face.x * 0.4 + aside * scale)} {num(y + 6 + abs(aside) * 0.15)})"
        turn = f"rotate({num(aside * 0.5)})" if aside else ""
        ink.place(piece, f"{where}{turn}scale({scale:.2f})")
    elif name == "glasses":
        _glasses(piece, face.spread, palette)
        ink.place(piece, f"translate({num(face.x)} {num(face.y)})")
    else:
        y, half = who.neck
        NECKS[name](piece, half, palette)
        ink.place(piece, f"translate({num(face.x)} {num(y)})")
