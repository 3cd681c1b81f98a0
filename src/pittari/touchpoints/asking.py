"""What may a caller say? Who, where, how many, and a few words of context."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pittari.errors import Invalid
from pittari.model.catalog import Word
from pittari.model.event import Context

_encode = msgspec.json.Encoder().encode


class Ask(msgspec.Struct, frozen=True):
    """What a caller may say: who, where, how many, and a few words of context."""

    touchpoint: str
    user: str
    placement: str = ""
    n: int | None = None
    context: Mapping[str, str] | None = None


class _Words(msgspec.Struct):
    """What a question says in words, as its `served` row says it again."""

    user: Word
    context: Context


def check(user: str, context: Mapping[str, str]) -> None:
    """Raises `Invalid` for words that the `served` row could not say again."""
    try:
        told = msgspec.convert({"user": user, "context": context}, _Words)
        _encode(told)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise Invalid(str(error)) from error
