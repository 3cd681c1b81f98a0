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
from pittari.device.settings import defaults
from pittari.errors import Invalid
from pittari.model.catalog import EVERYTHING, Catalog
from pittari.store import Store

LOOK_BACK = clock.DAY
"""How long after a month an undo still takes back a send of the month."""
_PLAN = "kind IN ('basic', 'deluxe')"
_JUDGED = f"""
CREATE TABLE judged AS
WITH held AS (
  SELECT "user", item, kind, number, until,
    CASE WHEN kind = 'owned' AND since = 0 THEN coalesce(bought, 0) ELSE since END AS since
  FROM spans LEFT JOIN bought USING ("user", item)
), moment AS (
  SELECT * FROM (SELECT DISTINCT "user", "at" FROM sends) JOIN held USING ("user")
  WHERE since <= "at" AND "at" < until
), terms AS (
  SELECT "user", "at",
    coalesce(max(number) FILTER (item = '{EVERYTHING}' AND {_PLAN}), 0) AS room,
    count(DISTINCT item) FILTER (item <> '{EVERYTHING}' AND {_PLAN}) AS keeps,
    bool_or(item = '{EVERYTHING}' AND kind = 'trial') AS trial,
    coalesce(max(number) FILTER (item = '{EVERYTHING}' AND kind = 'trial_send'), 0) AS a_day
  FROM moment GROUP BY ALL
), kept AS (
  SELECT "user", "at", item AS product,
    row_number() OVER (PARTITION BY "user", "at" ORDER BY max(since) DESC, item) AS place
  FROM moment WHERE item <> '{EVERYTHING}' AND {_PLAN} GROUP BY "user", "at", item
), own AS (
  SELECT seq, bool_or(kind = 'owned') AS owned,
    bool_or(moment.item = product AND kind IN ('owned', 'trial')) AS theirs
  FROM sends JOIN goods USING (item) JOIN moment
    ON moment."user" = sends."user" AND moment."at" = sends."at"
    AND moment.item IN (product, sends.item)
  GROUP BY ALL
), tried AS (
  SELECT sends.*, product, a_day, coalesce(owned, false) AS owned,
    coalesce(theirs OR place <= room OR premium AND (keeps < room OR trial), false) AS may,
    NOT may AND premium AND coalesce(a_day, 0) > 0 AS tries
  FROM sends LEFT JOIN goods USING (item) LEFT JOIN own USING (seq)
    LEFT JOIN terms USING ("user", "at") LEFT JOIN kept USING ("user", "at", product))
SELECT "at", "user", product, standing, owned,
  may OR tries AND a_day >= row_number() OVER (
    PARTITION BY "user", "at" // {clock.DAY}, tries ORDER BY "at", seq) AS may
FROM tried
"""
"""Of each send: whether its sticker was owned then, and whether anything allowed it, by the rules
by which devices offer stickers. `goods` are stickers alone: another item has no product. Sends that
only trial sends allow, taken back or not, use up their number of the day (UTC)."""
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
    `undone`, of no sticker of the catalogue (`unknown`), `owned`, or made `without_right` do
    not count."""

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

    A send counts when the person did not own the sticker's package then, could send it by a plan
    or a trial then, and did not take the send back. What takes part (`premium`) is what does by the
    catalogue of now. Each pair of a person and a product (the package) counts once in the month,
    for the product's creator, however often it was sent. What somebody owns since a purchase, they
    own from the purchase on; what is owned without a time, since ever.
    """
    since, until = month_span(month, zone)
    sends = _sends(store, since, until)
    goods, creators = _goods(store.catalog.snapshot(), set(sends["item"].to_pylist()))
    counts, pairs = _judged(store, since, sends, goods)
    read, undone, unknown, owned, without = counts
    return Payout(
        month=month,
        zone=zone,
        since=since,
        until=until,
        sends=read,
        undone=undone,
        unknown=unknown,
        owned=owned,
        without_right=without,
        pairs=len(pairs),
        creators=_shares(pairs, creators),
    )


def _sends(store: Store, since: int, until: int) -> pa.Table:
    """Returns the sends from the beginning of the month's first day (UTC) on, and whether they
    stand: the person's next act on the same item did not take them back. Of a send and an undo at
    one time the undo is the later, whichever was told first."""
    import ibis

    columns = ("seq", "at", "user", "item", "action")
    dawn = clock.day(since) * clock.DAY
    rows = store.lake.read(("engagement",), dawn, until + LOOK_BACK, columns)
    acts = rows.filter(rows.action.isin(["send", "undo"]) & (rows.user != "") & (rows.item != ""))
    order = [acts.at, acts.action == "undo", acts.seq]
    window = ibis.window(group_by=[acts.user, acts.item], order_by=order)
    acts = acts.mutate(standing=acts.action.lead().over(window).fill_null("") != "undo")
    sends = acts.filter((acts.action == "send") & (acts.at < until))
    return sends.select("seq", "at", "user", "item", "standing").to_pyarrow()


def _goods(catalog: Catalog, items: set[str]) -> tuple[pa.Table, dict[str, str]]:
    """Returns those items that are stickers, with their product and whether they take part, and
    the creator of each product: its own, else the sticker's."""
    packages, creators = list(catalog.words["package"]), list(catalog.words["creator"])
    sticker = catalog.code("kind", "sticker")
    rows, by = [], {}
    for row in sorted(int(row) for row in catalog.rows(items)):
        if catalog.codes["kind"][row] != sticker:
            continue
        product = packages[catalog.codes["package"][row]] or catalog.ids[row]
        whole = catalog.index.get(product, row)
        both = [whole, row]
        rows.append((catalog.ids[row], product, bool(catalog.premium[both].any())))
        named = [creators[code] for code in catalog.codes["creator"][both]]
        by[product] = named[0] or named[1]
    return _table(rows, {"item": str, "product": str, "premium": bool}), by


def _judged(
    store: Store, since: int, sends: pa.Table, goods: pa.Table
) -> tuple[tuple[int, ...], list[_Pair]]:
    """Returns how many sends there were since the month began, how many of them were taken back, of
    no sticker, of what was owned then, and without a right; and person, product and number of sends
    of what counts."""
    users = sorted(set(sends["user"].to_pylist()))
    db = duckdb.connect()
    try:
        db.register("sends", sends)
        db.register("goods", goods)
        db.register("spans", _spans(store, users))
        db.register("bought", _bought(store, users))
        db.execute(_JUDGED)
        db.execute('CREATE VIEW month AS FROM judged WHERE "at" >= ' + str(since))
        db.execute("CREATE VIEW known AS FROM month WHERE standing AND product IS NOT NULL")
        counts = db.sql(
            """SELECT count(*), count(*) FILTER (NOT standing),
              count(*) FILTER (standing AND product IS NULL), (SELECT count(*) FROM known
              WHERE owned), (SELECT count(*) FROM known WHERE NOT owned AND NOT may) FROM month"""
        ).fetchall()[0]
        pairs = db.sql(
            """SELECT "user", product, count(*) FROM known WHERE may AND NOT owned
            GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
    finally:
        db.close()
    return counts, pairs


def _spans(store: Store, users: list[str]) -> pa.Table:
    """Returns when people held what: an entitlement that was ended held until it was. `number`:
    how many packages a plan keeps, and how many sends a day a trial allows."""
    settings = defaults().settings
    room = {"basic": settings.basic, "deluxe": settings.deluxe}
    rows = [
        (user, item, kind, since, until if active else min(until, removed), room.get(kind, sends))
        for user, item, kind, since, until, sends, active, removed in store.catalog.held_by(users)
    ]
    columns = {"user": str, "item": str, "kind": str, "since": int, "until": int, "number": int}
    return _table(rows, columns)


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
    types = {int: pa.int64(), bool: pa.bool_(), str: pa.string()}
    return pa.schema([(name, types[kind]) for name, kind in columns.items()])


def _table(rows: list[tuple[Any, ...]], columns: dict[str, type]) -> pa.Table:
    schema = _schema(columns)
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(list(v), t) for v, t in zip(values, schema.types, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
