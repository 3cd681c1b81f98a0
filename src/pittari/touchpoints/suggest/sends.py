"""Which sends count for their creators? Those that something allowed at the time they were made.

A send is never refused: the message is out already. One that nothing allowed any more, as when a
trial ended in the middle of a chat, stays in the log, costs nobody anything and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from pittari import clock
from pittari.model.catalog import Catalog, Held
from pittari.model.event import Engagement
from pittari.touchpoints.suggest.rights import PLANS, right_of

Why = Literal["trial_ended", "plan_ended", "no_right", "unknown_item"]


class Uncounted(NamedTuple):
    """A send that counts for nothing, why, and when the right to it ended (microseconds UTC, 0: it
    never began)."""

    event_id: str
    why: Why
    ended: int


def uncounted(
    sends: Iterable[Engagement], held: Callable[[str], Sequence[Held]], catalog: Catalog
) -> list[Uncounted]:
    """Returns those of some sends that nothing allowed; `held` tells all a person's entitlements,
    those that are over too."""
    told = []
    for send in sends:
        at, item = clock.micros(send.at), send.item
        if item not in catalog.index:
            told.append(Uncounted(send.event_id, "unknown_item", 0))
        elif not right_of(held(send.user), catalog, item, at):
            told.append(_over(send, held(send.user), catalog, at))
    return told


def _over(send: Engagement, held: Sequence[Held], catalog: Catalog, at: int) -> Uncounted:
    """Returns the right that ended last before a time and would have allowed a send."""
    for one in sorted(held, key=lambda one: one.until, reverse=True):
        before = one.until - 1
        if before < at and right_of(held, catalog, send.item, before):
            why: Why = "plan_ended" if one.kind in PLANS else "trial_ended"
            return Uncounted(send.event_id, why, one.until)
    return Uncounted(send.event_id, "no_right", 0)
