"""How is a mood played? The table of acts: face, pose, props and what is in the air."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Act:
    """One way to play a mood; every name is a row of the module that draws it.

    ``lift`` raises the figure off the ground, ``tilt`` turns it (degrees), ``squash`` over 1
    makes it broader and lower, ``stride`` moves the feet apart.
    """

    eyes: str = "open"
    mouth: str = "smile"
    brows: str = ""
    cheeks: str = "soft"
    pose: str = "down"
    props: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    backdrop: str = ""
    wear: str = ""
    tilt: float = 0.0
    squash: float = 1.0
    lift: float = 0.0
    stride: float = 0.0


@cache
def table(name: str) -> dict[str, Any]:
    """A data file of the artist, by its name without ending."""
    return tomllib.loads(files(__package__).joinpath(f"data/{name}.toml").read_text("utf-8"))


@cache
def acts() -> dict[str, Act]:
    """All acts by name."""
    return {
        name: Act(**(row | {k: tuple(v) for k, v in row.items() if isinstance(v, list)}))
        for name, row in table("acts").items()
    }


@cache
def cast_names() -> dict[str, tuple[str, str]]:
    """Every character's kind in Japanese and English, by key."""
    return {key: (row["kind_ja"], row["kind_en"]) for key, row in table("cast").items()}
