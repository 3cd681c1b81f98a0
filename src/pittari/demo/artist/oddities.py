"""Who lives on the shelf, in the sky or nowhere? Daruma, cloud, cactus, ghost, robot, moon."""

from __future__ import annotations

from .anatomy import Character, nothing
from .faces import Face
from .ink import WHITE, Ink, mix, shade
from .shapes import box, ellipse, ring, smooth, star
from .specs import Palette


def _daruma(ink: Ink, p: Palette) -> None:
    d = "M0-88C54-88 92-48 92 4C92 44 78 76 48 86H-48C-78 76-92 44-92 4C-92-48-54-88 0-88z"
    ink.body(d, p.body, gloss=(-50, -62))
    window = "M0-42C22-62 70-50 70-8C70 24 44 38 0 38C-44 38-70 24-70-8C-70-50-22-62 0-42z"
    ink.shape(window, p.second)
    ink.stroke("M-46 60q18 14 34-2M46 60q-18 14-34-2M0 54v22", p.accent, 5.5)
    ink.stroke("M-78 34q6 16 16 24M78 34q-6 16-16 24", p.accent, 5)


DARUMA = Character(
    key="daruma", face=Face(y=-12, spread=28), behind=nothing, front=_daruma, shoulder=(80, 26),
    chest=48, crown=(-84, 44), neck=(44, 84), extent=(-92, 92, 96),
)  # fmt: skip


def _cloud(ink: Ink, p: Palette) -> None:
    d = (
        "M-60 68A40 40 0 0 1-84-6A38 38 0 0 1-46-48A50 50 0 0 1 44-52A42 42 0 0 1 86-4"
        "A40 40 0 0 1 62 68Q0 80-60 68z"
    )
    ink.body(d, p.body, gloss=(-40, -46))
    ink.stroke("M-70 2q4-16 18-20M62-10q12 4 14 16", p.second, 5)


CLOUD = Character(
    key="cloud", face=Face(y=4, spread=30), behind=nothing, front=_cloud, shoulder=(76, 34),
    chest=44, crown=(-62, 44), neck=(44, 84), extent=(-84, 84, 108), foot=(30, 74, 14, 10),
)  # fmt: skip


def _cactus(ink: Ink, p: Palette) -> None:
    d = "M-50 54V-30C-50-76 50-76 50-30V54z"
    ink.body(d, p.body, centre=(0, -10), gloss=(-26, -42))
    ribs = "M0-58v14M-30-40v12M32-40v12M-36 30v12M36 26v14M0 36v8"
    ink.stroke(ribs, mix(p.body, WHITE, 0.5), 4)
    ink.shape("M-46 56H46L38 90Q36 96 28 96H-28Q-36 96-38 90z", p.second)
    ink.shape(box(-56, 44, 112, 20, 7), p.second)
    ink.mark(box(-48, 50, 96, 5, 2.5), WHITE, 0.3)


def _flower(ink: Ink, p: Palette) -> None:
    petals = "".join(ellipse(x, y, 8.5) for x, y in ring(5, 10, cx=16, cy=-74))
    ink.shape(petals, p.accent)
    ink.mark(petals, p.accent)
    ink.mark(ellipse(16, -74, 6), "#ffd84d")


CACTUS = Character(
    key="cactus", face=Face(y=-10, spread=24), behind=nothing, front=_cactus, over=_flower,
    shoulder=(50, 18), chest=30, crown=(-62, 30), neck=(26, 48), extent=(-96, 100, 76), arm=26,
)  # fmt: skip


def _ghost(ink: Ink, p: Palette) -> None:
    d = (
        "M0-90C50-90 76-52 76-4C76 26 82 50 96 74C104 90 76 96 62 82C52 94 34 98 24 82"
        "C12 98-10 96-18 80C-30 96-52 92-58 72C-66 52-76 26-76-4C-76-52-50-90 0-90z"
    )
    ink.body(d, p.body, gloss=(-42, -56))
    ink.stroke("M54 30q2 20 10 34", p.second, 4.5)


GHOST = Character(
    key="ghost", face=Face(y=-14, spread=26), behind=nothing, front=_ghost, shoulder=(70, 14),
    chest=30, crown=(-84, 42), neck=(22, 76), extent=(-94, 94, 92), arm=22,
)  # fmt: skip


def _robot_back(ink: Ink, p: Palette) -> None:
    ink.stroke("M0-70V-94")
    ink.shape(ellipse(0, -98, 10), p.accent)
    ink.limb("M-24 70V90M24 70V90", 22, p.second)
    ink.body(box(-46, 26, 92, 56, 18), p.body, centre=(0, 50))
    ink.shape(ellipse(0, 62, 9), p.accent)
    ink.shape(box(-96, -34, 22, 42, 9) + box(74, -34, 22, 42, 9), p.accent)


def _robot(ink: Ink, p: Palette) -> None:
    ink.body(box(-82, -74, 164, 112, 32), p.body, centre=(0, -18))
    ink.shape(box(-66, -58, 132, 80, 24), p.second)
    ink.mark("M-50-40q2-10 12-10h18l-34 40z", WHITE, 0.22)


ROBOT = Character(
    key="robot", face=Face(y=-22, spread=30, ink="#7df3e1"), behind=_robot_back, front=_robot,
    shoulder=(44, 48), chest=58, crown=(-70, 50), neck=(36, 44), extent=(-106, 100, 100), arm=20,
    arms_over=True,
)  # fmt: skip


def _moon(ink: Ink, p: Palette) -> None:
    points = (
        (34, -88), (-20, -92), (-70, -58), (-90, 0), (-68, 60), (-14, 92), (50, 82), (76, 56),
        (48, 44), (30, 14), (28, -24), (42, -66),
    )  # fmt: skip
    ink.body(smooth(points), p.body, centre=(-30, 0), gloss=(-56, -50))
    ink.mark(ellipse(-8, 62, 9, 7) + ellipse(12, 74, 5, 4) + ellipse(4, -70, 6, 5), shade(p.body))


def _moon_star(ink: Ink, p: Palette) -> None:
    ink.shape(star(62, -8, 19, 9), p.second)


MOON = Character(
    key="moon", face=Face(y=-4, x=-34, spread=24), behind=_moon_star, front=_moon,
    shoulder=(78, 38), chest=42, crown=(-86, 34), neck=(36, 70), extent=(-98, 98, 96), arm=19,
)  # fmt: skip

ODDITIES = (DARUMA, CLOUD, CACTUS, GHOST, ROBOT, MOON)
