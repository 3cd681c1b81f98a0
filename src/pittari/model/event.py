"""What happened? The kinds of row in the one log, and no more.

Every report, replay, estimate and learning is a reading of these rows. `event_id` makes appending
idempotent; `decision_id` is the spine that every later row carries.
"""

from __future__ import annotations

from typing import Annotated, Literal, cast

import msgspec

from pittari import clock
from pittari.model.catalog import Id, Moment, Text, Word

Action = Literal[
    "click",
    "preview",
    "purchase",
    "download",
    "send",
    "undo",
    "dismiss",
    "mute",
    "trial_start",
    "trial_end",
    "subscribe",
    "block",
    "open",
]
Context = Annotated[dict[Word, Text], msgspec.Meta(max_length=16)]


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why an item stands where it stands: a key that the pages put into words, and its item; of a
    suggestion the tag it stands for and the keyword that was met."""

    key: str
    item: str = ""
    tag: str = ""
    keyword: str = ""


class Slot(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place of an answer. `propensity`: the probability of this item at this place, given the
    places before it, in the real draw."""

    place: int
    item: str
    score: float
    propensity: float
    source: str
    reason: Reason
    scores: dict[str, float] = {}


class Row(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    tag_field="kind",
    forbid_unknown_fields=True,
):
    """What all rows share. `at` is the time it happened; `zone` the person's time zone."""

    event_id: Id
    at: Moment
    user: Word = ""
    touchpoint: Word = ""
    decision_id: Word = ""
    zone: Word = ""


class Served(Row, frozen=True, kw_only=True, omit_defaults=True, tag="served"):
    """A whole decision: what was answered, what was dropped and why, and all it takes to replay."""

    placement: Word = ""
    slots: tuple[Slot, ...] = ()
    dropped: dict[str, int] = {}
    failed: dict[str, str] = {}
    arms: dict[str, str] = {}
    versions: dict[str, str] = {}
    known: int = -1
    """The row of the log up to which the person was known, -1: up to this one."""
    seed: int = 0
    n: int = 0
    context: Context = {}


class Impression(Row, frozen=True, kw_only=True, omit_defaults=True, tag="impression"):
    """An item was seen, not only served."""

    item: Id
    position: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class Engagement(Row, frozen=True, kw_only=True, omit_defaults=True, tag="engagement"):
    """A person did something with an item. `value` is in the smallest unit of `currency`."""

    item: Id
    action: Action
    position: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0
    value: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000_000)] = 0
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?\Z")] = ""


class Exposure(Row, frozen=True, kw_only=True, omit_defaults=True, tag="exposure"):
    """A unit read an experiment's parameter for the first time."""

    unit: Id
    experiment: Id
    arm: Id


class Delivery(Row, frozen=True, kw_only=True, omit_defaults=True, tag="delivery"):
    """A message on its way to a person."""

    item: Word = ""
    status: Literal["queued", "sent", "accepted", "unknown", "failed", "suppressed"]
    channel: Word = ""
    reason: Word = ""


class Published(Row, frozen=True, kw_only=True, omit_defaults=True, tag="published"):
    """A version of parameters, rules or settings came into force."""

    subject: Literal["parameters", "rules", "settings"]
    name: Id
    version: Id
    detail: dict[str, str] = {}


AnyRow = Served | Impression | Engagement | Exposure | Delivery | Published
KINDS: tuple[str, ...] = tuple(
    str(kind.__struct_config__.tag)
    for kind in (Served, Impression, Engagement, Exposure, Delivery, Published)
)
COLUMNS = (
    "event_id",
    "kind",
    "at",
    "user",
    "touchpoint",
    "decision_id",
    "zone",
    "item",
    "action",
    "position",
    "value",
    "currency",
    "body",
)
"""A row as it is stored: what queries ask for has a column, the rest is JSON in `body`."""

Stored = tuple[str, str, int, str, str, str, str, str, str, int, int, str, bytes]

_WHOLE = frozenset({"served", "exposure", "delivery", "published"})
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AnyRow).decode


def stored(row: AnyRow) -> Stored:
    """Returns a row as the tuple of `COLUMNS`; `at` in microseconds UTC."""
    kind = str(row.__struct_config__.tag)
    body = _encode(row) if kind in _WHOLE else b""
    return (
        row.event_id,
        kind,
        clock.micros(row.at),
        row.user,
        row.touchpoint,
        row.decision_id,
        row.zone,
        getattr(row, "item", ""),
        getattr(row, "action", ""),
        getattr(row, "position", 0),
        getattr(row, "value", 0),
        getattr(row, "currency", ""),
        body,
    )


def restored(columns: Stored) -> AnyRow:
    """Returns the row that `stored` was given."""
    if columns[12]:
        return cast(AnyRow, _decode(columns[12]))
    kind, moment = columns[1], clock.moment(columns[2])
    shared = {COLUMNS[i]: columns[i] for i in (0, 3, 4, 5, 6)}
    item, action, position, value, currency = columns[7:12]
    told = {"kind": kind, "at": moment, "item": item, "position": position, **shared}
    if kind == "engagement":
        told |= {"action": action, "value": value, "currency": currency}
    return cast(AnyRow, msgspec.convert(told, AnyRow))
