"""Who has fur? Cats, dogs and other neighbours with warm ears."""

from __future__ import annotations

from math import cos, pi, sin

from .anatomy import Character
from .faces import Face
from .ink import WHITE, Ink, mix
from .shapes import ellipse, scallop
from .specs import Palette

PINK = "#ffb0b8"


def _cat_back(ink: Ink, p: Palette) -> None:
    ink.limb("M62 62Q112 70 104 24", 21, p.second)
    ink.shape("M-84-6Q-86-84-74-88Q-60-90-18-58zM84-6Q86-84 74-88Q60-90 18-58z", p.body)
    ink.mark("M-72-32Q-72-70-67-72Q-58-72-36-56zM72-32Q72-70 67-72Q58-72 36-56z", PINK)


def _cat(ink: Ink, p: Palette) -> None:
    d = "M0-66C52-66 86-38 88 6C90 58 68 84 0 84C-68 84-90 58-88 6C-86-38-52-66 0-66z"
    ink.body(d, p.body, gloss=(-54, -28))
    ink.mark("M8-63C46-62 74-44 82-14C60-8 22-18 8-63z", p.second)
    ink.mark("M-84 28C-60 22-40 46-44 80C-70 76-84 56-84 28z", p.second)
    ink.stroke("M-84 14h20M-82 27l19-4M84 14h-20M82 27l-19-4", p.line, 2.8)


def _cat_nose(ink: Ink, p: Palette) -> None:
    ink.mark("M-5 9h10q1 0 0 1.5l-5 5-5-5q-1-1.5 0-1.5z", "#ff8f9f")


CAT = Character(
    key="cat", face=Face(y=4, spread=30, drop=3), behind=_cat_back, front=_cat, over=_cat_nose,
    shoulder=(74, 34), chest=48, crown=(-62, 46), neck=(48, 82), extent=(-86, 94, 96),
    foot=(34, 82, 17, 10),
)  # fmt: skip


def _dog_back(ink: Ink, p: Palette) -> None:
    ink.limb("M36 60C74 62 84 36 66 28C54 24 52 40 62 42", 22, p.body)
    ink.shape("M-80-30Q-74-94-62-97Q-48-97-20-72zM80-30Q74-94 62-97Q48-97 20-72z", p.body)
    ink.mark("M-67-52Q-62-82-57-83Q-50-83-36-70zM67-52Q62-82 57-83Q50-83 36-70z", p.second)
    ink.shape("M-34 20H34C52 40 54 90 40 90H-40C-54 90-52 40-34 20z", p.body)
    ink.mark("M-24 36H24C32 52 28 72 0 74C-28 72-32 52-24 36z", p.second)


def _dog(ink: Ink, p: Palette) -> None:
    d = (
        "M0-82C46-82 70-62 76-36C80-22 90-12 88 0C84 26 44 42 0 42C-44 42-84 26-88 0"
        "C-90-12-80-22-76-36C-70-62-46-82 0-82z"
    )
    ink.body(d, p.body, centre=(0, -20), gloss=(-46, -56))
    cheeks = "M0 2C22-14 52-8 72-2C66 20 40 36 0 37C-40 36-66 20-72-2C-52-8-22-14 0 2z"
    ink.mark(cheeks + ellipse(-27, -44, 8, 5) + ellipse(27, -44, 8, 5), p.second)


def _dog_nose(ink: Ink, p: Palette) -> None:
    ink.mark("M-9-9q9-5 18 0q2 8-9 12q-11-4-9-12z", p.line)
    ink.mark(ellipse(-3, -8, 3, 1.7), WHITE, 0.7)


DOG = Character(
    key="dog", face=Face(y=-21, spread=30, drop=8), behind=_dog_back, front=_dog, over=_dog_nose,
    shoulder=(40, 50), chest=60, crown=(-76, 46), neck=(38, 44), extent=(-96, 98, 92), arm=20,
    foot=(24, 88, 16, 10), arms_over=True,
)  # fmt: skip


def _rabbit_back(ink: Ink, p: Palette) -> None:
    left = "M-36-34C-62-70-62-118-44-122C-24-124-12-80-12-44z"
    right = "M36-34C62-70 84-92 76-108C64-122 22-84 12-44z"
    ink.shape(left, p.body)
    ink.shape(right, p.body)
    ink.mark("M-36-54C-48-80-48-106-42-109C-32-108-24-80-24-56z", PINK)
    ink.mark("M38-54C54-76 68-92 66-99C56-102 32-76 26-58z", PINK)
    ink.shape(scallop(7, 15, 15, cx=66, cy=62), p.second)


def _rabbit(ink: Ink, p: Palette) -> None:
    d = "M0-54C44-54 70-28 70 4C70 18 66 28 66 42C66 78 44 88 0 88C-44 88-66 78-66 42"
    ink.body(d + "C-66 28-70 18-70 4C-70-28-44-54 0-54z", p.body, centre=(0, 16), gloss=(-42, -26))
    ink.mark(ellipse(0, 66, 32, 20), p.second)


def _rabbit_nose(ink: Ink, p: Palette) -> None:
    ink.mark("M-4 9h8q1 0 0 1l-4 4-4-4q-1-1 0-1z", "#ff8f9f")


RABBIT = Character(
    key="rabbit", face=Face(y=4, spread=27, drop=2), behind=_rabbit_back, front=_rabbit,
    over=_rabbit_nose, shoulder=(62, 36), chest=48, crown=(-50, 36), neck=(42, 66),
    extent=(-122, 98, 86), arm=19, foot=(28, 86, 17, 10),
)  # fmt: skip


def _sheep_back(ink: Ink, p: Palette) -> None:
    ink.limb("M-34 60V86M34 60V86", 20, p.second)


def _sheep(ink: Ink, p: Palette) -> None:
    ink.body(scallop(11, 84, 72, cy=4, bump=1.08), p.body, gloss=(-50, -36))
    ink.shape(ellipse(-66, -4, 20, 10) + ellipse(66, -4, 20, 10), p.second)
    ink.shape(ellipse(0, 8, 56, 46), p.second)
    ink.shape(scallop(6, 34, 17, cy=-40, bump=1.1), p.body)


SHEEP = Character(
    key="sheep", face=Face(y=4, spread=25), behind=_sheep_back, front=_sheep, shoulder=(76, 34),
    chest=56, crown=(-62, 36), neck=(58, 62), extent=(-88, 98, 98), arm=18, arm_colour="second",
)  # fmt: skip


def _hedgehog_back(ink: Ink, p: Palette) -> None:
    spikes = []
    for i in range(28):
        angle = pi * (0.72 + i * 1.56 / 27)
        far = 102 if i % 2 else 80
        spikes.append((far * cos(angle), 8 + far * 0.95 * sin(angle)))
    # Straight lines: the round joins of the outline soften the tips.
    coat = "M-48 80L" + "L".join(f"{x:.0f} {y:.0f}" for x, y in spikes) + "L48 80z"
    ink.body(coat, p.second, centre=(0, -10))
    ticks = "M-62-44l-6-9M-30-68l-4-11M4-76v-11M38-66l5-10M66-40l8-7"
    ink.stroke(ticks, mix(p.second, WHITE, 0.35), 4)


def _hedgehog(ink: Ink, p: Palette) -> None:
    ink.shape(ellipse(-54, -34, 14) + ellipse(54, -34, 14), p.body)
    ink.mark(ellipse(-54, -33, 7) + ellipse(54, -33, 7), PINK)
    face = "M0-34C26-60 64-42 68-4C72 20 70 32 66 50C60 84 36 88 0 88C-36 88-60 84-66 50"
    ink.body(face + "C-70 32-72 20-68-4C-64-42-26-60 0-34z", p.body, centre=(0, 20))


def _hedgehog_nose(ink: Ink, p: Palette) -> None:
    ink.mark(ellipse(0, 13, 7.5, 6), p.line)
    ink.mark(ellipse(-2, 11, 2.4, 1.6), WHITE, 0.8)


HEDGEHOG = Character(
    key="hedgehog", face=Face(y=6, spread=29, drop=7), behind=_hedgehog_back, front=_hedgehog,
    over=_hedgehog_nose, shoulder=(60, 40), chest=54, crown=(-78, 40), neck=(50, 64),
    extent=(-94, 98, 100), arm=19, foot=(28, 86, 16, 10),
)  # fmt: skip

ANIMALS = (CAT, DOG, RABBIT, SHEEP, HEDGEHOG)
