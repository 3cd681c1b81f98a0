"""What do people say about words on stickers? Their corrections win over all that was learned."""

from __future__ import annotations

from typing import Literal

import msgspec

Deed = Literal["add", "remove", "block"]


class Correction(msgspec.Struct, frozen=True):
    """A word that a person put on a sticker, took off it, or forbade everywhere.

    `item`: the sticker's id, empty for `block`, which holds on all of them; `tag`: the word,
    folded; `by`: the name of a key or account; `at`: microseconds UTC; `written`: the word as the
    person wrote it. A block wins over an add.
    """

    item: str
    tag: str
    act: Deed
    by: str
    at: int
    written: str = ""
