"""Which sends count for their creators? Those that something allowed at the time they were made.

A send is never refused: the message is out already. One that nothing allowed any more, as when a
trial ended in the middle of a chat, stays in the log, costs nobody anything and counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

from pittari import clock
from pittari.device.settings import SOURCES, TRIAL_SEND
from pittari.model.catalog import Catalog, Held
from pittari.model.event import Engagement
from pittari.model.request import Knowledge
from pittari.store import Store
from pittari.touchpoints.suggest.rights import PLANS, right_of, sticker

Why = Literal["trial_ended", "plan_ended", "no_right", "unknown_item", "day_used_up"]
Sent = Sequence[tuple[str, int]]
"""Items sent, and when (microseconds UTC), in the order of the log."""
_Turns = dict[tuple[str, int], list[int]]


class Uncounted(NamedTuple):
    """A send that counts for nothing, why, and when the right to it ended (microseconds UTC, 0: it
    never began, or begins again with the next day)."""

    event_id: str
    why: Why
    ended: int


def uncounted(
    store: Store, sends: Iterable[Engagement], knowledge: Knowledge, at: int
) -> list[Uncounted]:
    """Returns those of some sends in the log that nothing allowed, as people are known at a time
    (microseconds UTC). Sends of days before are looked up in the lake. Raises `Unavailable`."""
    store.people.follow()
    catalog, before = knowledge.catalog, knowledge.history

    def held(user: str) -> Sequence[Held]:
        return store.people.known(user, catalog, at, before).held

    def day(user: str, number: int) -> Sent:
        sent = store.people.known(user, catalog, at, before).sent
        if number < clock.day(at):
            rows = store.lake.of_user(user, at)
            sent = tuple((item, then) for _, _, then, item, action, _ in rows if action == "send")
        return [one for one in sent if clock.day(one[1]) == number]

    return judged(sends, held, day, catalog)


def judged(
    sends: Iterable[Engagement],
    held: Callable[[str], Sequence[Held]],
    day: Callable[[str, int], Sent],
    catalog: Catalog,
) -> list[Uncounted]:
    """Returns those of some sends, told in the order of the log, that nothing allowed.

    `held` tells all a person's entitlements, those that are over too; `day` what they sent on a day
    (UTC, since 1970-01-01), these sends included.
    """
    told = []
    turns: dict[tuple[str, int], _Turns] = {}
    for send in sends:
        at, item, own = clock.micros(send.at), send.item, held(send.user)
        right = right_of(own, catalog, item, at)
        if sticker(catalog, item) < 0:
            told.append(Uncounted(send.event_id, "unknown_item", 0))
        elif not right:
            told.append(_over(send, own, catalog, at))
        elif right == SOURCES[TRIAL_SEND]:
            that = send.user, clock.day(at)
            if that not in turns:
                turns[that] = _turns(own, day(*that), catalog)
            if not right_of(own, catalog, item, at, _turn(turns[that], item, at)):
                told.append(Uncounted(send.event_id, "day_used_up", 0))
    return told


def _turns(held: Sequence[Held], day: Sent, catalog: Catalog) -> _Turns:
    """Returns how many trial sends of a day were made before each, by time, then as told."""
    turns: _Turns = {}
    order = sorted(day, key=lambda one: one[1])
    tried = (one for one in order if right_of(held, catalog, *one) == SOURCES[TRIAL_SEND])
    for turn, one in enumerate(tried):
        turns.setdefault(one, []).append(turn)
    return turns


def _turn(turns: _Turns, item: str, at: int) -> int:
    """Returns the turn of a send; of several of one sticker at one time, each has its own."""
    own = turns.get((item, at), [0])
    return own.pop(0) if len(own) > 1 else own[0]


def _over(send: Engagement, held: Sequence[Held], catalog: Catalog, at: int) -> Uncounted:
    """Returns the right that ended last before a time and would have allowed a send."""
    for one in sorted(held, key=lambda one: one.until, reverse=True):
        before = one.until - 1
        if before < at and right_of(held, catalog, send.item, before):
            why: Why = "plan_ended" if one.kind in PLANS else "trial_ended"
            return Uncounted(send.event_id, why, one.until)
    return Uncounted(send.event_id, "no_right", 0)
