"""What does a bundle set? Names of features, weights and limits, and what they are by default.

All are whole numbers, so that every reader of a bundle comes to the same answer.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

MATCHES = ("whole", "prefix", "sound", "sound_prefix", "held", "held_prefix", "emoji")
WHOLE, PREFIX, SOUND, SOUND_PREFIX, HELD, HELD_PREFIX, EMOJI = range(7)
"""How a keyword was met: as it is written; its beginning at the caret; by its sound, whole or
begun; with letters held down, whole or begun; as an emoji."""

PLACES = ("inside", "right", "left", "clear", "alone")
INSIDE, RIGHT, LEFT, CLEAR, ALONE = range(5)
"""Where it stands: letters on both sides, a gap on the right, on the left, on both; alone: there is
no other letter in the text."""

SOURCES = ("owned", "premium", "trial", "trial_send")
OWNED, PREMIUM, TRIAL, TRIAL_SEND, NONE = range(5)
"""By what right a sticker can be sent."""

ANIMATED, ADULT, ELIGIBLE, SENDABLE = 1, 2, 4, 8
"""Flags of an item; `ELIGIBLE`: for subscribers and free trials, `SENDABLE`: for trial sends."""

HOURS = 8
"""Parts of a day that a tag's hours are told for, three hours each."""

OF_TAG = (
    "match", *MATCHES, "clear", "alone", "typed", "rate", "hour", "tag_uses", "tag_recency",
)  # fmt: skip
"""Features of a matched tag, in order, 0 to 255."""
OF_ITEM = (
    "confidence", "prior", "animated", "uses", "recency", "less", "taste", "cluster", *SOURCES,
)  # fmt: skip
"""Features of a sticker under a tag, 0 to 255; `taste` from -255."""
RANKER = OF_TAG + OF_ITEM
QUIET = ("bias", "match", *MATCHES, "clear", "alone", "typed", "outside", "rate", "tag_uses")
"""Features of the decision whether to show anything, 0 to 255; `bias` is 255."""

Byte = Annotated[int, msgspec.Meta(ge=0, le=256)]
Count = Annotated[int, msgspec.Meta(ge=0, le=65_535)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """Limits of a row and of matching; weights in 1/256."""

    row: Count = 8
    """Stickers of a row, at most."""
    not_owned: Count = 3
    """Those of them that the person does not own, at most."""
    tags: Count = 8
    """Tags that are ranked, the best matched first."""
    reach: Count = 32
    """Letters before the caret in which a half-typed keyword may begin."""
    matches: tuple[Byte, ...] = ()
    """Weight of each way a keyword is met, in the order of `MATCHES`."""
    places: tuple[Byte, ...] = ()
    """Weight of each place it stands, in the order of `PLACES`."""
    half_life: Count = 30
    """Days after which a use counts half."""
    mean_shift: Count = 4
    """A use moves the person's mean vector by 1 / 2^shift of the way."""
    ignored_each: Count = 3
    """Rows ignored in a room that make it one step quieter."""
    ignored_most: Count = 8
    """Steps, at most."""
    ignored_step: Count = 2500
    """What one step takes off the score that decides whether to show anything."""
    basic: Count = 5
    deluxe: Count = 1000
    """Packages that the two plans keep at a time."""


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a bundle says that nobody has tuned."""

    settings: Settings
    ranker: dict[str, int]
    quiet: dict[str, int]


@cache
def defaults() -> Defaults:
    """Returns the settings and weights of defaults.toml."""
    text = (files("pittari.device") / "defaults.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), Defaults)
