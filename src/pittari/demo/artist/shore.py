"""Who came from the water's edge? Penguin, octopus and frog."""

from __future__ import annotations

from .anatomy import Character, nothing
from .faces import Face
from .ink import WHITE, Ink, mix, shade
from .shapes import ellipse, num
from .specs import Palette


def _penguin(ink: Ink, p: Palette) -> None:
    ink.shape("M-6-80C-14-100-2-108 2-98C8-110 18-100 10-80z", p.body)
    d = "M0-86C50-86 74-50 76-4C80 56 62 90 0 90C-62 90-80 56-76-4C-74-50-50-86 0-86z"
    ink.body(d, p.body, gloss=(-36, -66))
    belly = "M0-40C20-64 62-52 62-10C62 0 58 8 58 24C58 66 40 83 0 83C-40 83-58 66-58 24"
    ink.mark(belly + "C-58 8-62 0-62-10C-62-52-20-64 0-40z", p.second)


def _beak(ink: Ink, p: Palette) -> None:
    ink.shape("M-13-2Q0-11 13-2Q9 9 0 10Q-9 9-13-2z", p.accent)


PENGUIN = Character(
    key="penguin", face=Face(y=-12, spread=28, drop=14), behind=nothing, front=_penguin,
    over=_beak, shoulder=(70, 14), chest=40, crown=(-80, 40), neck=(28, 74),
    extent=(-104, 100, 84), arm=22, foot=(28, 90, 19, 9), foot_colour="accent",
)  # fmt: skip


def _octopus_back(ink: Ink, p: Palette) -> None:
    for x, lean in ((-66, -30), (66, 30), (-26, -9), (26, 9)):
        ink.limb(f"M{num(x * 0.7)} 40Q{x} 66 {x + lean} 80", 27, p.body)


def _octopus(ink: Ink, p: Palette) -> None:
    ink.limb("M0 50V84", 27, p.body)
    d = (
        "M0-90C58-90 92-52 88-4C85 30 74 44 70 58C62 72-62 72-70 58"
        "C-74 44-85 30-88-4C-92-52-58-90 0-90z"
    )
    ink.body(d, p.body, gloss=(-46, -56))
    spots = ellipse(50, -58, 9, 7) + ellipse(66, -36, 6, 5) + ellipse(34, -72, 5, 4)
    ink.mark(spots, mix(p.body, WHITE, 0.45))


def _suckers(ink: Ink, p: Palette) -> None:
    ink.mark(ellipse(-80, 78, 4.5, 5.5) + ellipse(80, 78, 4.5, 5.5), p.second)


OCTOPUS = Character(
    key="octopus", face=Face(y=8, spread=29), behind=_octopus_back, front=_octopus, over=_suckers,
    shoulder=(74, 36), chest=48, crown=(-86, 44), neck=(52, 72), extent=(-94, 98, 104), arm=22,
)  # fmt: skip


def _frog_back(ink: Ink, p: Palette) -> None:
    ink.shape(ellipse(-62, 62, 32, 28) + ellipse(62, 62, 32, 28), p.body)


def _frog(ink: Ink, p: Palette) -> None:
    d = (
        "M0-44C14-44 18-48 24-56C32-76 68-80 80-54C84-42 80-34 84-22C98 20 86 80 0 82"
        "C-86 80-98 20-84-22C-80-34-84-42-80-54C-68-80-32-76-24-56C-18-48-14-44 0-44z"
    )
    ink.body(d, p.body, gloss=(-70, -8))
    ink.mark("M0 24C40 22 60 36 54 58C46 80-46 80-54 58C-60 36-40 22 0 24z", p.second)
    whites = "".join(ellipse(side * 50, -46, 19, 19) for side in (-1, 1))
    ink.mark(whites, mix(p.second, WHITE, 0.6))


def _nostrils(ink: Ink, p: Palette) -> None:
    ink.mark(ellipse(-6, -20, 2.3) + ellipse(6, -20, 2.3), shade(shade(p.body)))


FROG = Character(
    key="frog", face=Face(y=-45, spread=50, drop=30), behind=_frog_back, front=_frog,
    over=_nostrils, shoulder=(72, 30), chest=42, crown=(-54, 22), neck=(26, 86),
    extent=(-78, 96, 100), arm=20, foot=(48, 86, 24, 9),
)  # fmt: skip

SHORE = (PENGUIN, OCTOPUS, FROG)
