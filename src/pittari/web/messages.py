"""What is said over HTTP, each way: the bodies of requests and answers that are not nouns already.

Items, users, entitlements and rows of the log go over the wire as they are (`pittari.model`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from pittari.model.catalog import Id, Item, Moment, Text, User, Word
from pittari.model.event import Delivery, Engagement, Exposure, Impression, Reason
from pittari.model.topic import Topic

Places = Annotated[int, msgspec.Meta(ge=1, le=200)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
Kind = Literal["owned", "basic", "deluxe", "trial", "trial_send"]
Sent = Impression | Engagement | Exposure | Delivery
"""Rows that come in from outside; the others are written by Pittari alone."""


class Question(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asks a touchpoint for a line-up. Without `placement` its first one answers, without `n` the
    placement's own number of places is filled."""

    touchpoint: Name
    user: Id
    placement: Name | None = None
    n: Places | None = None
    context: Annotated[dict[Word, Text], msgspec.Meta(max_length=15)] = {}


SUGGEST = {
    "if": {"properties": {"touchpoint": {"const": "suggest"}}},
    "then": {
        "required": ["context"],
        "properties": {
            "context": {"required": ["text"], "properties": {"caret": {"pattern": "^[0-9]*$"}}}
        },
    },
}
"""What a question to `suggest` has to say besides, in the words of a JSON schema: what is typed,
and of the caret a whole number."""


class Place(msgspec.Struct, frozen=True):
    """One place of a line-up; `propensity` is the probability of this item at this place."""

    place: int
    item: str
    score: float
    propensity: float
    source: str
    reason: Reason


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line-up, recorded before it left. `failed` names sources that gave nothing, and why."""

    decision_id: str
    touchpoint: str
    placement: str
    at: datetime
    slots: list[Place]
    failed: dict[str, str] = {}


class Rows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows of the log."""

    rows: list[Sent]


class UncountedTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """A send that is kept and costs nobody anything, but counts for nothing, since nothing allowed
    it when it was made. `ended`: when the trial or the plan that had allowed it ended."""

    event_id: str
    why: Literal["trial_ended", "plan_ended", "no_right", "unknown_item", "day_used_up"]
    ended: datetime | None = None


class AppendedTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """How many rows were new, how many were known already, and the sends from a row of suggestions
    that count for nothing."""

    new: int
    known: int
    uncounted: list[UncountedTold] = []


class Touchpoint(msgspec.Struct, frozen=True):
    """A touchpoint and its placements, in the order of the settings."""

    name: str
    placements: list[str]


class Touchpoints(msgspec.Struct, frozen=True):
    """What can be asked."""

    touchpoints: list[Touchpoint]


class ByKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which entitlement of a user to an item."""

    kind: Kind = "owned"


class Span(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an entitlement holds, from `since` until just before `until`, and how many sends a
    trial allows."""

    since: Moment | None = None
    until: Moment | None = None
    sends: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0


class Gone(msgspec.Struct, frozen=True):
    """How many were there, and are not any more."""

    deleted: int


class TagTold(msgspec.Struct, frozen=True):
    """A word on a sticker: how sure it is, 0 to 1, and where it comes from: `origin` for programs,
    `origin_text` for people, by language."""

    tag: str
    confidence: float
    origin: str
    origin_text: dict[str, str]


class ItemTags(msgspec.Struct, frozen=True):
    """The surest words of a sticker, at most 15, in an order that stays."""

    item: str
    tags: list[TagTold]


class Order(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The topics of the main tab, the first one first, from `at` on: now, unless told."""

    topics: Annotated[tuple[Id, ...], msgspec.Meta(max_length=1000)]
    at: Moment | None = None


class Taken(msgspec.Struct, frozen=True):
    """Whether what came differs from what was known."""

    changed: bool


class Extra(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An extra that was sent by other means: its topics were told to readers at a time."""

    topics: Annotated[tuple[Id, ...], msgspec.Meta(min_length=1, max_length=20)]
    at: Moment


class Within(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which editions: those due from `since` until before `until`; yesterday's to tomorrow's
    unless told."""

    since: Moment | None = None
    until: Moment | None = None


class EditionTold(msgspec.Struct, frozen=True, kw_only=True):
    """An edition as the ledger has it. `topics` by place, as drafted or released; `revision`
    counts the desk's acts; `pool` and `decision` name what it was made from and how."""

    id: str
    name: str
    state: Literal["planned", "composed", "claimed", "released", "skipped"]
    due: datetime
    closes: datetime
    late_until: datetime
    changed: datetime
    revision: int
    rules: str
    pool: str
    decision: str
    note: str
    topics: list[str]


class EditionsTold(msgspec.Struct, frozen=True):
    """Editions, in time."""

    editions: list[EditionTold]


class BundleTold(msgspec.Struct, frozen=True):
    """A bundle in force; `bytes`: of the whole file."""

    locale: str
    version: int
    created: datetime
    bytes: int


class BundlesTold(msgspec.Struct, frozen=True):
    """The bundles in force, and the public keys that they are signed with, in hexadecimal."""

    keys: list[str]
    bundles: list[BundleTold]


class Health(msgspec.Struct, frozen=True):
    """The process answers."""

    status: Literal["alive"]


class Readiness(msgspec.Struct, frozen=True):
    """The process can decide: the database answers. `cold`: nothing was learned yet, so that only
    editorial items can be shown."""

    status: Literal["ready"]
    parameters: Literal["loaded", "cold"]
    release: int
    items: int


class Problem(msgspec.Struct, frozen=True):
    """What went wrong (RFC 9457): `type` is stable, `detail` is a sentence for a person."""

    type: str
    title: str
    status: int
    detail: str


def _body(name: str, noun: type[msgspec.Struct]) -> type[msgspec.Struct]:
    """Returns a noun whose id may be left out, since the address says it."""
    rest = [
        (info.name, info.type, msgspec.field(default=info.default))
        if info.default_factory is msgspec.NODEFAULT
        else (info.name, info.type, msgspec.field(default_factory=info.default_factory))
        for info in msgspec.structs.fields(noun)
        if info.name != "id"
    ]
    fields: list[tuple[str, Any, Any]] = [("id", Id | None, None), *rest]
    made = msgspec.defstruct(name, fields, frozen=True, kw_only=True, forbid_unknown_fields=True)
    made.__doc__ = f"{noun.__doc__} The address says its id."
    return made


ItemBody = _body("ItemBody", Item)
UserBody = _body("UserBody", User)
TopicBody = _body("TopicBody", Topic)
