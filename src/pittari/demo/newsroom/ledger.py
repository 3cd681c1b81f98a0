"""How did the month come to be known? Its editions as the ledger tells of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from pittari import clock
from pittari.demo.newsroom.month import Shift
from pittari.editions.gathering import Sheet
from pittari.editions.ladder import Composed
from pittari.editions.planning import planned
from pittari.editions.rules import default_rules
from pittari.model.edition import Draft, Planned
from pittari.model.event import Reason, Served, Slot
from pittari.store.database import Database
from pittari.store.editions import EditionStore
from pittari.store.outbox import Outbox, Parcel

TOUCHPOINT = "digest"
BY_HAND = "by-hand"
"""What the ledger says of line-ups that a person composed: the rung, and the source of a slot."""


def enter(shifts: Sequence[Shift], database: Database) -> None:
    """Enters editions that went out by hand, each at its own time, with their frozen pools; their
    readers have them, so nothing waits in the outbox."""
    at = shifts[0].at
    ledger, outbox = EditionStore(database, lambda: at), Outbox(database)
    ledger.plan(_slots(shifts))
    for shift in shifts:
        pool, who, at = shift.past.pool, shift.duty, shift.at
        ledger.lease(pool.edition, who, clock.MINUTE)
        edition = ledger.claim(pool.edition, who)
        made = Composed(topics=shift.past.editors[who], rung=BY_HAND, steps=())
        sheet = msgspec.json.encode(Sheet(composed=made, at=pool.at))
        draft = Draft(
            rules="", pool=pool.digest, pool_at=at, pool_body=msgspec.json.encode(pool),
            body=sheet, seen=edition.revision, note=BY_HAND,
        )  # fmt: skip
        parcels = [
            Parcel(place, topic.id, msgspec.json.encode(topic))
            for place, topic in enumerate(shift.sent, 1)
        ]
        ledger.release(pool.edition, who, draft, served(shift), parcels)
    outbox.took(outbox.waiting(10 * len(shifts)), at)


def _slots(shifts: Sequence[Shift]) -> Iterator[Planned]:
    for shift in shifts:
        day = date.fromisoformat(shift.past.edition.partition("/")[0])
        yield planned(default_rules(shift.past.name), day)


def served(shift: Shift) -> Served:
    """Returns the row that tells of a line-up made by hand: certain in every place."""
    name = hashlib.sha256(shift.past.edition.encode()).hexdigest()[:16]
    decision = f"{shift.at:016x}{name}"
    slots = tuple(
        Slot(place, topic.id, 0.0, 1.0, BY_HAND, Reason(BY_HAND))
        for place, topic in enumerate(shift.sent, 1)
    )
    return Served(
        event_id=decision, decision_id=decision, at=clock.moment(shift.at), touchpoint=TOUCHPOINT,
        placement=shift.past.name, slots=slots, n=len(slots),
        versions={"pool": shift.past.pool.digest}, context={"editor": shift.duty},
    )  # fmt: skip
