"""What may a person send? From their entitlements to the rights their device keeps.

The same rules say, when a send is reported, by what right it was made: see `right_of`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pittari import clock
from pittari.device.person import Rights
from pittari.device.settings import SOURCES, defaults
from pittari.model.catalog import EVERYTHING, Catalog, Held
from pittari.model.request import Person

PLANS = ("deluxe", "basic")
"""Plans, the larger one first: who has both has the larger one."""
LATEST = (1 << 53) - 1
"""What stands for no end."""


class Grant(NamedTuple):
    """Rights, and the time (microseconds UTC) until which they stand unless something happens."""

    rights: Rights
    until: int


class _Terms(NamedTuple):
    """What entitlements come to at one time."""

    owned: frozenset[str]
    plan: Held | None
    kept: tuple[str, ...]
    trial: Held | None
    sends: Held | None


def rights(person: Person, catalog: Catalog, at: int) -> Grant:
    """Returns what a person may send at a time, and until when that stands.

    A plan keeps so many packages as the device's settings say (5, or 1,000): of more, the newest
    count. `sent` counts today's sends that nothing but a trial send allowed.
    """
    terms = _terms(person.held, at)
    told = Rights(
        owned=terms.owned,
        plan=terms.plan.kind if terms.plan else "",
        plan_until=_end(terms.plan),
        kept=frozenset(terms.kept),
        trial_until=_end(terms.trial),
        sends_a_day=min(terms.sends.sends, (1 << 24) - 1) if terms.sends else 0,
        sends_until=_end(terms.sends),
        sent_day=clock.day(at),
        sent=_sent(person, catalog, at),
        region=person.region,
        adult=person.adult,
    )
    turns = (turn for one in person.held for turn in (one.since, one.until))
    return Grant(told, min((turn for turn in turns if turn > at), default=LATEST))


def right_of(held: Iterable[Held], catalog: Catalog, item: str, at: int, sent: int = 0) -> str:
    """Returns by what right (one of `SOURCES`) a sticker could be sent at a time, empty: by none.

    What is no sticker of the catalogue can be sent by none. `sent`: how many trial sends were made
    on that day (UTC) before.
    """
    row = sticker(catalog, item)
    if row < 0:
        return ""
    package = int(catalog.packages(catalog.rows([item]))[0])
    terms = _terms(held, at)
    name = catalog.ids[package]
    if name in terms.owned or (terms.plan and name in terms.kept):
        return SOURCES[0]
    if not (catalog.premium[row] or catalog.premium[package]):
        return ""
    open_ = (
        len(terms.kept) < _room(terms.plan),
        terms.trial is not None,
        terms.sends is not None and terms.sends.sends > sent,
    )
    return next((name for name, may in zip(SOURCES[1:], open_, strict=True) if may), "")


def sticker(catalog: Catalog, item: str) -> int:
    """Returns the row of a sticker, -1 for what is none: packages are not sent."""
    row = catalog.index.get(item, -1)
    return row if row >= 0 and catalog.codes["kind"][row] == catalog.code("kind", "sticker") else -1


def _sent(person: Person, catalog: Catalog, at: int) -> int:
    """Returns how many trial sends were made on the day of a time."""
    day = clock.day(at)
    return sum(
        right_of(person.held, catalog, item, then) == SOURCES[3]
        for item, then in person.sent
        if clock.day(then) == day
    )


def _terms(held: Iterable[Held], at: int) -> _Terms:
    held = [one for one in held if one.holds(at)]
    whole = {one.kind: one for one in held if one.item == EVERYTHING}
    single = [one for one in held if one.item != EVERYTHING]
    plan = next((whole[kind] for kind in PLANS if kind in whole), None)
    kept = sorted((-one.since, one.item) for one in single if one.kind in PLANS)
    return _Terms(
        frozenset(one.item for one in single if one.kind in {"owned", "trial"}),
        plan,
        tuple(dict.fromkeys(item for _, item in kept))[: _room(plan)],
        whole.get("trial"),
        whole.get("trial_send"),
    )


def _room(plan: Held | None) -> int:
    """Returns how many packages a plan keeps."""
    if plan is None:
        return 0
    settings = defaults().settings
    return settings.deluxe if plan.kind == "deluxe" else settings.basic


def _end(held: Held | None) -> int:
    return min(held.until, LATEST) if held else 0
