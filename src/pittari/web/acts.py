"""What did a visitor of the shop do? Rows for the log, each about a slot that was really served."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable

from pittari import clock
from pittari.engine import Engine
from pittari.errors import Invalid
from pittari.model.catalog import Item
from pittari.model.event import Action, Engagement, Impression, Served, Slot
from pittari.web.shop import TOUCHPOINT

ACTS: tuple[Action, ...] = ("click", "preview", "purchase", "mute", "undo")
_ONCE = frozenset({"click", "purchase"})
"""What counts once per slot, however often it is sent."""


def slot_of(engine: Engine, user: str, text: str) -> tuple[Served, Slot] | None:
    """Returns the slot that `DECISION.PLACE` names, if it was served to this person."""
    decision, _, place = text.partition(".")
    served = engine.store.events.served(decision) if decision else None
    if served is None or served.user != user or served.touchpoint != TOUCHPOINT:
        return None
    slot = next((slot for slot in served.slots if str(slot.place) == place), None)
    return (served, slot) if slot else None


def engagement(engine: Engine, user: str, action: str, item: Item, at_slot: str) -> Engagement:
    """Returns the row of an act. Raises `Invalid` for an action a page does not have.

    `at_slot`: DECISION.PLACE where it began, or nothing; one that is not this person's, or about
    another item, counts as nothing.
    """
    known = next((known for known in ACTS if known == action), None)
    if known is None:
        raise Invalid(f'action: expected {", ".join(ACTS)}; got "{action[:40]}"')
    found = slot_of(engine, user, at_slot)
    served, slot = found if found and found[1].item == item.id else (None, None)
    decision, place = (served.decision_id, slot.place) if served and slot else ("", 0)
    once = known in _ONCE and decision
    return Engagement(
        event_id=_id(decision, str(place), known, item.id) if once else secrets.token_hex(16),
        at=clock.moment(engine.now()),
        user=user,
        touchpoint=TOUCHPOINT,
        decision_id=decision,
        zone=served.zone if served else "",
        item=item.id,
        action=known,
        position=place,
        value=item.price if known == "purchase" else 0,
        currency=item.currency if known == "purchase" else "",
    )


def impressions(engine: Engine, user: str, slots: Iterable[str]) -> list[Impression]:
    """Returns a row for each slot that was seen; sent again, it has the same id."""
    rows = []
    for text in dict.fromkeys(slots):
        found = slot_of(engine, user, text)
        if found is None:
            continue
        served, slot = found
        rows.append(
            Impression(
                event_id=_id(served.decision_id, str(slot.place), "impression", slot.item),
                at=clock.moment(engine.now()),
                user=user,
                touchpoint=TOUCHPOINT,
                decision_id=served.decision_id,
                zone=served.zone,
                item=slot.item,
                position=slot.place,
            )
        )
    return rows


def _id(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()
