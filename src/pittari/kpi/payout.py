"""Whom does a month of subscribers' and trial sends pay? Once for each person and product."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import duckdb
import msgspec
import pyarrow as pa

from pittari import clock
from pittari.errors import Invalid
from pittari.model.catalog import EVERYTHING
from pittari.store import Store

LOOK_BACK = clock.DAY
"""How long after a month an undo still takes back a send of the month."""
_JUDGED = f"""
CREATE TABLE judged AS
WITH held AS (
  SELECT "user", item, kind, until,
    CASE WHEN kind = 'owned' AND since = 0 THEN coalesce(bought, 0) ELSE since END AS since
  FROM spans LEFT JOIN bought USING ("user", item))
SELECT sends.seq, sends."user", product,
  coalesce(bool_or(kind = 'owned' AND held.item IN (product, sends.item)), false) AS owned,
  coalesce(bool_or(
    held.item = '{EVERYTHING}' AND kind IN ('basic', 'deluxe', 'trial', 'trial_send')
    OR held.item = product AND kind = 'trial'), false) AS may
FROM sends LEFT JOIN held
  ON held."user" = sends."user" AND held.since <= sends."at" AND sends."at" < held.until
GROUP BY ALL
"""
"""Of each send: whether its sticker was owned then, and whether a plan or a trial ran."""
_Pair = tuple[str, str, int]
"""A person, a product, and how often the one sent the other."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


class Share(msgspec.Struct, frozen=True):
    """One creator's part: `pairs` of a person and a product, the people and products in them, and
    the sends behind them."""

    creator: str
    pairs: int
    people: int
    products: int
    sends: int


class Payout(msgspec.Struct, frozen=True):
    """A month's report. `since` to before `until`: microseconds UTC. Of `sends` in the log, those
    `undone`, of an item the catalogue does not have (`unknown`), `owned`, or made `without_right`
    do not count."""

    month: str
    zone: str
    since: int
    until: int
    sends: int
    undone: int
    unknown: int
    owned: int
    without_right: int
    pairs: int
    creators: tuple[Share, ...]


def month_span(month: str, zone: str = "UTC") -> tuple[int, int]:
    """Returns when a month such as 2026-10 begins and ends in a zone, in microseconds UTC.

    Raises `Invalid` for what is no month or no zone.
    """
    found = _MONTH.fullmatch(month)
    if not found:
        raise Invalid(f'month: expected year and month such as 2026-10, got "{month}"')
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(f'zone: expected a name such as Asia/Tokyo, got "{zone}"') from error
    year, number = int(found[1]), int(found[2])
    try:
        first = datetime(year, number, 1, tzinfo=there)
        after = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=there)
    except ValueError as error:
        raise Invalid(f'month: expected a year from 1 to 9998, got "{month}"') from error
    return clock.micros(first), clock.micros(after)


def payout(store: Store, month: str, zone: str = "UTC") -> Payout:
    """Returns who is paid for a month, from log and lake read as one.

    A send counts when the person did not own the sticker's package then, held a plan or a trial
    then, and did not take the send back. Each pair of a person and a product (the package) counts
    once in the month, for the product's creator, however often it was sent. What somebody owns
    since a purchase, they own from the purchase on; what is owned without a time, since ever.
    """
    since, until = month_span(month, zone)
    acts = _acts(store, since, until)
    sends = acts.filter((acts.action == "send") & (acts.at < until))
    standing = sends.filter(sends.following.isnull() | (sends.following != "undo"))
    read, kept = int(sends.count().execute()), standing.to_pyarrow()
    sold = store.catalog.items(set(kept["item"].to_pylist()))
    products = {name: item.package or name for name, item in sold.items()}
    whole = store.catalog.items(set(products.values()))
    known = [item in sold for item in kept["item"].to_pylist()]
    there = kept.filter(pa.array(known, pa.bool_()))
    told = there.append_column(
        "product", pa.array([products[item] for item in there["item"].to_pylist()], pa.string())
    )
    owned, without, pairs = _judged(store, told)
    creators = {
        product: (whole[product].creator if product in whole else "") or sold[item].creator
        for item, product in products.items()
    }
    return Payout(
        month=month,
        zone=zone,
        since=since,
        until=until,
        sends=read,
        undone=read - len(kept),
        unknown=len(kept) - len(there),
        owned=owned,
        without_right=without,
        pairs=len(pairs),
        creators=_shares(pairs, creators),
    )


def _acts(store: Store, since: int, until: int) -> Any:
    """Returns sends and undos as an ibis table, each with the act that follows it on the same
    item, in the order in which they happened."""
    import ibis

    columns = ("seq", "at", "user", "item", "action")
    rows = store.lake.read(("engagement",), since, until + LOOK_BACK, columns)
    acts = rows.filter(rows.action.isin(["send", "undo"]) & (rows.user != "") & (rows.item != ""))
    window = ibis.window(group_by=[acts.user, acts.item], order_by=[acts.at, acts.seq])
    return acts.mutate(following=acts.action.lead().over(window))


def _judged(store: Store, sends: pa.Table) -> tuple[int, int, list[_Pair]]:
    """Returns how many sends were of what was owned then, how many others without a right, and
    person, product and number of sends of what counts."""
    users = sorted(set(sends["user"].to_pylist()))
    db = duckdb.connect()
    try:
        db.register("sends", sends)
        db.register("spans", _spans(store, users))
        db.register("bought", _bought(store, users))
        db.execute(_JUDGED)
        owned, without = db.sql(
            "SELECT count(*) FILTER (owned), count(*) FILTER (NOT owned AND NOT may) FROM judged"
        ).fetchall()[0]
        pairs = db.sql(
            """SELECT "user", product, count(*) FROM judged WHERE may AND NOT owned
            GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
    finally:
        db.close()
    return owned, without, pairs


def _spans(store: Store, users: list[str]) -> pa.Table:
    """Returns when people held what: an entitlement that was ended held until it was."""
    rows = [
        (user, item, kind, since, until if active else min(until, removed))
        for user, item, kind, since, until, active, removed in store.catalog.held_by(users)
    ]
    return _table(rows, {"user": str, "item": str, "kind": str, "since": int, "until": int})


def _bought(store: Store, users: list[str]) -> pa.Table:
    """Returns when each of these people first bought each thing."""
    rows = store.lake.read(("engagement",), columns=("at", "user", "item", "action"))
    mine = rows.filter((rows.action == "purchase") & rows.user.isin(users or [""]))
    found = mine.group_by("user", "item").aggregate(bought=mine.at.min()).to_pyarrow()
    return found.cast(_schema({"user": str, "item": str, "bought": int}))


def _shares(pairs: Iterable[_Pair], creators: dict[str, str]) -> tuple[Share, ...]:
    """Returns each creator's part, the largest first."""
    by: dict[str, list[_Pair]] = {}
    for pair in pairs:
        by.setdefault(creators[pair[1]], []).append(pair)
    shares = [
        Share(
            creator,
            pairs=len(own),
            people=len({user for user, _, _ in own}),
            products=len({product for _, product, _ in own}),
            sends=sum(sends for _, _, sends in own),
        )
        for creator, own in by.items()
    ]
    return tuple(sorted(shares, key=lambda share: (-share.pairs, share.creator)))


def _schema(columns: dict[str, type]) -> pa.Schema:
    return pa.schema(
        [(name, pa.int64() if kind is int else pa.string()) for name, kind in columns.items()]
    )


def _table(rows: list[tuple[Any, ...]], columns: dict[str, type]) -> pa.Table:
    schema = _schema(columns)
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(list(v), t) for v, t in zip(values, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
