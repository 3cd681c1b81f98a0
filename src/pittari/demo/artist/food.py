"""Who came out of the kitchen? Characters that one could eat."""

from __future__ import annotations

from .anatomy import Character, nothing
from .faces import Face
from .ink import WHITE, Ink, mix, shade
from .shapes import ellipse, rounded
from .specs import Palette


def _rice_ball(ink: Ink, p: Palette) -> None:
    d = "M0-86C34-86 62-30 84 22C100 62 82 82 46 82H-46C-82 82-100 62-84 22C-62-30-34-86 0-86z"
    ink.body(d, p.body, gloss=(-34, -42))
    ink.shape("M-33 84V48q0-8 8-8h50q8 0 8 8v36q-33 5-66 0z", p.second)
    ink.mark("M-25 50q0-4 5-4h14l-12 30h-7z", WHITE, 0.14)
    ink.mark("M52-2l4 4M-56 44l4-5M62 48l4 4M20-58l4-4", p.second)
    grains = "M50-8l3 7M-58 42l6-5M60 50l6 4M18-62l5 4M-62 8l3-7M-12-66l-5 3"
    ink.stroke(grains, shade(p.body), 3.4)


RICE_BALL = Character(
    key="rice_ball", face=Face(y=-4, spread=27), behind=nothing, front=_rice_ball,
    shoulder=(78, 24), chest=34, crown=(-82, 26), neck=(30, 82), extent=(-90, 96, 94),
    foot=(30, 84, 15, 10),
)  # fmt: skip


def _bread(ink: Ink, p: Palette) -> None:
    crust = (
        "M0-76C18-86 84-92 86-46C86-28 72-24 72-8L76 58Q76 80 54 80H-54Q-76 80-76 58L-72-8"
        "C-72-24-86-28-86-46C-84-92-18-86 0-76z"
    )
    crumb = (
        "M0-62C14-72 70-76 71-44C71-32 59-24 59-8L62 52Q62 67 46 67H-46Q-62 67-62 52L-59-8"
        "C-59-24-71-32-71-44C-70-76-14-72 0-62z"
    )
    ink.body(crust, p.body)
    ink.mark(crumb, p.second)
    pores = ellipse(44, -48, 4, 3) + ellipse(-50, 40, 4, 3) + ellipse(46, 52, 3, 2.4)
    ink.mark(pores + ellipse(-36, -52, 3, 2.4) + ellipse(-8, 58, 3, 2), mix(p.second, p.body, 0.4))


def _butter(ink: Ink, p: Palette) -> None:
    ink.shape(rounded(((-20, -64), (4, -74), (26, -64), (2, -52)), 5), "#ffe27a")


BREAD = Character(
    key="bread", face=Face(y=2, spread=27), behind=nothing, front=_bread, over=_butter,
    shoulder=(72, 22), chest=42, crown=(-76, 44), neck=(46, 74), extent=(-88, 94, 88),
    foot=(32, 82, 15, 10),
)  # fmt: skip


def _pudding(ink: Ink, p: Palette) -> None:
    ink.shape(ellipse(0, 74, 98, 18), WHITE)
    ink.mark(ellipse(0, 70, 80, 11), mix(p.accent, WHITE, 0.6))
    cup = "M-58-50C-60-62 60-62 58-50C66-10 76 30 80 58C82 78-82 78-80 58C-76 30-66-10-58-50z"
    ink.body(cup, p.body, gloss=(-52, 26))
    caramel = (
        "M-58-50C-60-74 60-74 58-50C61-37 63-30 64-22C62-12 48-12 45-22C43-30 32-30 30-22"
        "C28-8 10-8 8-22C6-30-8-30-10-22C-13-4-32-4-34-20C-36-30-46-30-48-22C-52-12-64-14-64-22"
        "C-63-30-61-37-58-50z"
    )
    ink.shape(caramel, p.second)
    ink.mark("M-44-50q16-9 40-9", p.second)
    ink.stroke("M-44-47q14-7 34-8", mix(p.second, WHITE, 0.5), 5)


def _cherry(ink: Ink, p: Palette) -> None:
    ink.stroke("M0-72q2-18 16-24")
    ink.shape(ellipse(-2, -70, 14, 13), "#f0485e")
    ink.mark(ellipse(-7, -75, 4, 3), WHITE, 0.8)


PUDDING = Character(
    key="pudding", face=Face(y=14, spread=27), behind=nothing, front=_pudding,
    over=_cherry, shoulder=(70, 26), chest=46, crown=(-62, 42), neck=(50, 76),
    extent=(-98, 92, 98), arm=19,
)  # fmt: skip


def _teacup_back(ink: Ink, p: Palette) -> None:
    ink.stroke("M66 2C118-22 116 62 58 46", p.line, 21)
    ink.limb("M66 2C118-22 116 62 58 46", 18, p.body)
    ink.shape(ellipse(0, 84, 92, 14), p.accent)


def _teacup(ink: Ink, p: Palette) -> None:
    ink.body("M-82-42H82C84 24 62 84 26 86H-26C-62 84-84 24-82-42z", p.body, gloss=(-60, 0))
    ink.shape(ellipse(0, -42, 82, 19), mix(p.body, WHITE, 0.5))
    ink.mark(ellipse(0, -39, 70, 12.5), p.second)
    ink.mark(ellipse(-22, -41, 22, 4), WHITE, 0.35)
    ink.stroke("M-46 69q46 16 92 0", p.accent, 6)


def _steam(ink: Ink, p: Palette) -> None:
    ink.add(
        '<path d="M-20-66q-10-10 0-19t0-17M16-66q-10-10 0-19t0-17" fill="none" stroke="#fff" '
        'stroke-width="11"/>'
    )
    ink.stroke("M-20-66q-10-10 0-19t0-17M16-66q-10-10 0-19t0-17", mix(p.second, WHITE, 0.45), 5)


TEACUP = Character(
    key="teacup", face=Face(y=10, spread=28), behind=_teacup_back, front=_teacup, over=_steam,
    shoulder=(72, 18), chest=46, crown=(-46, 60), neck=(-14, 80), extent=(-100, 98, 100), arm=19,
)  # fmt: skip


def _mushroom_back(ink: Ink, p: Palette) -> None:
    ink.body("M-46-20C-44 20-58 50-54 70C-48 92 48 92 54 70C58 50 44 20 46-20z", p.second)


def _mushroom(ink: Ink, p: Palette) -> None:
    _mushroom_back(ink, p)
    cap = "M0-98C66-98 104-54 100-18C98 2 52 0 0 0C-52 0-98 2-100-18C-104-54-66-98 0-98z"
    ink.body(cap, p.body, centre=(0, -40), gloss=(-56, -62))
    spots = ellipse(0, -66, 19, 15) + ellipse(58, -40, 14, 12) + ellipse(-62, -34, 13, 11)
    ink.mark(spots + ellipse(28, -16, 8, 6) + ellipse(-26, -20, 9, 7), p.accent)


MUSHROOM = Character(
    key="mushroom", face=Face(y=26, spread=21, scale=1.0), behind=nothing,
    front=_mushroom, shoulder=(48, 44), chest=58, crown=(-92, 44), neck=(8, 44),
    extent=(-102, 96, 102), arm=19, arm_colour="second", foot=(24, 86, 14, 9),
    foot_colour="second",
)  # fmt: skip


def _daikon_back(ink: Ink, p: Palette) -> None:
    leaves = (
        "M0-52C-40-60-62-88-54-100C-34-104-6-80 0-52z",
        "M0-52C40-60 62-88 54-100C34-104 6-80 0-52z",
        "M0-50C-22-80-14-112 0-116C14-112 22-80 0-50z",
    )
    for leaf in leaves:
        ink.shape(leaf, p.accent)
    ink.stroke("M0-64V-92M-10-62Q-26-74-36-84M10-62Q26-74 36-84", shade(p.accent), 3)


def _daikon(ink: Ink, p: Palette) -> None:
    d = (
        "M0-62C44-62 62-42 62-10C62 24 56 44 50 58C44 76 42 96 26 96C14 96 8 78 0 70"
        "C-8 78-14 96-26 96C-42 96-44 76-50 58C-56 44-62 24-62-10C-62-42-44-62 0-62z"
    )
    ink.body(d, p.body, centre=(0, 10), gloss=(-34, -36))
    ink.mark("M-52-34C-44-56-20-59 0-59C20-59 44-56 52-34C24-48-24-48-52-34z", p.accent, 0.35)
    ink.stroke("M-54 34h14M52 44h-12M-50 48h8M56 14h-10", shade(p.body), 3.2)


DAIKON = Character(
    key="daikon", face=Face(y=-8, spread=23), behind=_daikon_back, front=_daikon,
    shoulder=(56, 16), chest=34, crown=(-58, 34), neck=(26, 58), extent=(-116, 98, 80), arm=19,
)  # fmt: skip

FOOD = (RICE_BALL, BREAD, PUDDING, TEACUP, MUSHROOM, DAIKON)
