"""How does what was simulated become rows of the log? Columns in, tables of stored rows out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import cast

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pittari import clock
from pittari.model.event import COLUMNS, AnyRow, Reason, Served, Slot, Stored, restored

Whole = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

TOUCHPOINT = "shelf"
TYPED = "suggest"
"""Where stickers come from that were found by typing."""
PLACEMENTS = ("for_you", "new")
SETTINGS = "before-learning"
"""What `served` rows name as their settings: the policy that stood before anything was learned."""
ACTIONS = ("", "click", "preview", "purchase", "download", "send", "dismiss", "mute")
"""What an act is, by code; the first is no act but a look (a row `impression`)."""
CLICK, PREVIEW, PURCHASE, DOWNLOAD, SEND, DISMISS, MUTE = range(1, 8)

SCHEMA = pa.schema(
    [
        (name, pa.binary() if name == "body" else pa.int64() if name in {"at", "value"}
         else pa.int32() if name == "position" else pa.string())
        for name in COLUMNS
    ]
)  # fmt: skip
_encode = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Decisions:
    """Answers of the shop, one entry each; `line`, `chance` and `score` are answers x places,
    packages as numbers, -1 behind the last one."""

    at: Whole
    dice: Whole
    user: Whole
    placement: Whole
    line: Whole
    chance: Floats
    score: Floats


@dataclass(slots=True)
class Acts:
    """Looks and engagements, one entry each. `decision`: its number among the decisions they come
    from, -1: the person came to the package by another way. `single`: which of the package's
    stickers, -1: the package itself; one with a position was found by typing."""

    action: Whole
    at: Whole
    user: Whole
    item: Whole
    decision: Whole
    position: Whole
    single: Whole

    def behind(self, count: int) -> Acts:
        """Returns the same acts when `count` decisions stand before theirs."""
        return replace(self, decision=np.where(self.decision < 0, -1, self.decision + count))


def joined(parts: Sequence[Acts]) -> Acts:
    """Returns the acts of several batches."""
    columns = [[getattr(part, field.name) for part in parts] for field in fields(Acts)]
    return Acts(*(np.concatenate([np.zeros(0, np.int64), *column]) for column in columns))


@dataclass(slots=True)
class Day:
    """All that happened on one UTC day (days since 1970-01-01): acts with the decisions they come
    from, if any."""

    day: int
    parts: list[tuple[Decisions | None, Acts]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers stand for."""

    users: Sequence[str]
    zones: Sequence[str]
    items: Sequence[str]
    prices: Whole
    singles: Sequence[Sequence[str]]
    """The stickers of each item."""


def tables(day: Day, names: Names) -> Iterator[pa.Table]:
    """Yields the rows of a day: what was served, then what was done, each in order of time."""
    ids: list[str] = []
    rows: list[Served] = []
    batches = []
    for decisions, acts in day.parts:
        batches.append(acts.behind(len(ids)))
        if decisions:
            own = _ids(decisions)
            rows += served(decisions, own, names)
            ids += own
    if rows:
        yield _served(rows)
    every = joined(batches)
    if len(every.at):
        yield _acts(every, ids, names)


def _ids(batch: Decisions) -> list[str]:
    return [
        f"{at:016x}{dice:016x}"
        for at, dice in zip(batch.at.tolist(), batch.dice.tolist(), strict=True)
    ]


def _served(rows: list[Served]) -> pa.Table:
    rows.sort(key=lambda row: row.event_id)
    blank = [""] * len(rows)
    zeros = [0] * len(rows)
    told = {
        "event_id": [row.event_id for row in rows],
        "kind": ["served"] * len(rows),
        "at": [clock.micros(row.at) for row in rows],
        "user": [row.user for row in rows],
        "touchpoint": [row.touchpoint for row in rows],
        "decision_id": [row.decision_id for row in rows],
        "zone": [row.zone for row in rows],
        "position": zeros,
        "value": zeros,
        "body": [_encode(row) for row in rows],
    }
    return pa.table({name: told.get(name, blank) for name in COLUMNS}, schema=SCHEMA)


def served(batch: Decisions, ids: Sequence[str], names: Names) -> Iterator[Served]:
    """Yields the `served` rows of decisions."""
    why = {name: Reason(name) for name in (*PLACEMENTS, "popular", "fresh", "explored")}
    source = ("popular", "fresh")
    # The policy's own choice is always the likelier one: it explores less than half of the places.
    best = batch.chance > 0.5
    for n, (at, seed, user, placement) in enumerate(
        zip(batch.at.tolist(), batch.dice.tolist(), batch.user.tolist(),
            batch.placement.tolist(), strict=True)
    ):  # fmt: skip
        name = source[placement]
        slots = tuple(
            Slot(place, names.items[item], score, chance, name,
                 why[name if leads else "explored"])
            for place, (item, chance, score, leads) in enumerate(
                zip(batch.line[n].tolist(), batch.chance[n].tolist(), batch.score[n].tolist(),
                    best[n].tolist(), strict=True), start=1)
            if item >= 0
        )  # fmt: skip
        yield Served(
            event_id=ids[n],
            decision_id=ids[n],
            at=clock.moment(at),
            user=names.users[user],
            zone=names.zones[user],
            touchpoint=TOUCHPOINT,
            placement=PLACEMENTS[placement],
            slots=slots,
            versions={"settings": SETTINGS},
            seed=seed,
            n=batch.line.shape[1],
        )


def _acts(batch: Acts, ids: Sequence[str], names: Names) -> pa.Table:
    """Returns looks and engagements as stored rows in order of time; their ids are made of
    decision, act and place, or of person, act, time and item where there was no decision."""
    spine = _take([*ids, ""], batch.decision)
    action = _take(ACTIONS, batch.action)
    user = _take(names.users, batch.user)
    led, typed = batch.decision >= 0, (batch.single >= 0) & (batch.position > 0)
    place = pc.cast(pa.array(batch.position), pa.string())
    item = _take(*_named(batch, names))
    at = pc.cast(pa.array(batch.at), pa.string())
    short = pc.if_else(pc.equal(action, ""), "look", action)
    own = pc.binary_join_element_wise(spine, short, place, ".")
    alone = pc.binary_join_element_wise(user, short, at, item, ".")
    bought = batch.action == PURCHASE
    count = len(batch.at)
    kind = np.where(batch.action > 0, 1, 0)
    columns = {
        "event_id": pc.if_else(pa.array(led), own, alone),
        "kind": _take(("impression", "engagement"), kind),
        "at": pa.array(batch.at),
        "user": user,
        "touchpoint": _take(("", TOUCHPOINT, TYPED), np.where(led, 1, 2 * typed)),
        "decision_id": spine,
        "zone": _take(names.zones, batch.user),
        "item": item,
        "action": action,
        "position": pa.array(batch.position.astype(np.int32)),
        "value": pa.array(np.where(bought, names.prices[batch.item], 0)),
        "currency": _take(("", "JPY"), bought.astype(np.int64)),
        "body": pa.array([b""] * count, pa.binary()),
    }
    order = np.lexsort((batch.item, batch.user, batch.at))
    return pa.table(columns, schema=SCHEMA).take(pa.array(order))


def _named(batch: Acts, names: Names) -> tuple[list[str], Whole]:
    """Returns the ids of packages and stickers, and which of them each act is about."""
    sizes = np.array([len(some) for some in names.singles], np.int64)
    begin = len(names.items) + np.cumsum(sizes) - sizes
    ids = [*names.items, *(name for some in names.singles for name in some)]
    single = batch.single >= 0
    return ids, np.where(single, begin[batch.item] + batch.single, batch.item)


def restored_acts(batch: Acts, ids: Sequence[str], names: Names) -> list[AnyRow]:
    """Returns looks and engagements as rows; `ids` are those of the decisions they come from."""
    return restored_rows(_acts(batch, ids, names))


def restored_rows(table: pa.Table) -> list[AnyRow]:
    """Returns the rows of a table of stored rows."""
    columns = [column.to_pylist() for column in table.columns]
    return [restored(cast(Stored, row)) for row in zip(*columns, strict=True)]


def _take(words: Sequence[str], codes: Whole) -> pa.Array:
    """Returns the words of codes; -1 is the last word."""
    return pa.array(words, pa.string()).take(pa.array(codes % len(words)))
