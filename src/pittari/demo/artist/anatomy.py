"""Where do arms, hats and scarves go? What every character must say about its own build."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .faces import Face
from .ink import Ink
from .shapes import Point, ellipse, num
from .specs import Palette

Layer = Callable[[Ink, Palette], None]


def nothing(ink: Ink, palette: Palette) -> None:
    """A layer that a character does not have."""


@dataclass(frozen=True, slots=True)
class Character:
    """A character in its own frame: the centre at (0, 0), y downwards, about 200 units high.

    ``behind``, ``front`` and ``over`` paint what lies behind the arms, the body, and what lies
    over the face (a beak). ``shoulder`` and ``foot`` are given for the right side and mirrored;
    ``foot`` is (x, y, rx, ry); ``arms_over`` is for those whose head would hide a raised arm.
    ``crown`` and ``neck`` are (y, half width). ``extent`` is (top,
    bottom, half width) with ears and leaves.
    """

    key: str
    face: Face
    behind: Layer
    front: Layer
    shoulder: Point
    chest: float
    crown: Point
    neck: Point
    extent: tuple[float, float, float]
    over: Layer = nothing
    arm: float = 21.0
    arms_over: bool = False
    arm_colour: str = "body"
    foot: tuple[float, float, float, float] | None = None
    foot_colour: str = "body"


# Hands, as steps from the right shoulder (mirrored for the left one): left, right.
_REACH: dict[str, tuple[Point, Point]] = {
    "down": ((9, 25), (9, 25)),
    "out": ((27, 2), (27, 2)),
    "up": ((21, -36), (21, -36)),
    "wave": ((9, 25), (27, -35)),
    "fist": ((13, 20), (22, -40)),
    "shrug": ((29, -12), (29, -12)),
    "run": ((24, -20), (20, 22)),
    "hold": ((9, 25), (27, -6)),
    "raise": ((26, -8), (24, -32)),
}
_TOUCH = ("front", "pray", "cheek", "mouth", "salute", "think", "belly")


def _touch(pose: str, who: Character, side: int) -> Point | None:
    """Where a hand lies on the body, in the figure's frame; None for an arm that hangs."""
    face = who.face
    near = face.spread * face.scale
    low = face.y + (20 + face.drop) * face.scale
    spots: dict[str, Point | None] = {
        "front": (25, who.chest + 6),
        "pray": (7.5, who.chest),
        "cheek": (near + 17, low + 4),
        "mouth": (11, low + 4),
        "belly": (20, who.chest + 10),
        "salute": (near + 16, face.y - 15) if side > 0 else None,
        "think": (near * 0.5, low + 5) if side > 0 else (8, low + 17),
    }
    return spots[pose]


def spreads(pose: str) -> bool:
    """Whether a pose needs room beside the body."""
    return pose in _REACH and pose != "down"


def hand(pose: str, who: Character, side: int) -> Point:
    """Where a hand is in this pose (``side`` 1 is the viewer's right), in the figure's frame."""
    spot = _touch(pose, who, side) if pose in _TOUCH else None
    if spot:
        return (side * spot[0] + who.face.x, spot[1])
    sx, sy = who.shoulder
    dx, dy = _REACH["down" if pose in _TOUCH else pose][0 if side < 0 else 1]
    return (side * (sx + dx * (1.7 if who.arms_over else 1.0)), sy + dy)


def draw_arms(ink: Ink, who: Character, pose: str, colour: str, *, in_front: bool) -> None:
    """The arms that lie behind the body, or those that lie in front of it; none if ``hidden``."""
    if pose == "hidden":
        return
    hanging = ""
    for side in (-1, 1):
        touching = pose in _TOUCH and _touch(pose, who, side) is not None
        if (touching or who.arms_over) != in_front:
            continue
        hx, hy = hand(pose, who, side)
        sx, sy = side * who.shoulder[0], who.shoulder[1]
        if in_front:
            # The outline starts later than the fill, so the arm grows out of the body seamlessly.
            share = min(0.62, 1.45 * who.arm / (abs(sx - hx) + 1)) if touching else 1.0
            start = (hx + (sx - hx) * share, hy + (sy - hy) * share + 6 * touching)
            ink.reach(start, (hx, hy), who.arm, colour)
        else:
            bend = f"{num(sx + side * 8)} {num(sy + (hy - sy) * 0.2 + 3)}"
            hanging += f"M{num(sx - side * 16)} {num(sy)}Q{bend} {num(hx)} {num(hy)}"
    if hanging:
        ink.limb(hanging, who.arm, colour)


def draw_feet(ink: Ink, who: Character, colour: str, *, apart: float = 0) -> None:
    """Two feet, ``apart`` further from each other than at rest."""
    if who.foot:
        x, y, rx, ry = who.foot
        ink.shape("".join(ellipse(s * (x + apart), y, rx, ry) for s in (-1, 1)), colour)
