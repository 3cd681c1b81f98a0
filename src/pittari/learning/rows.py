"""What did people do? One columnar reading of the log as of a time, shared by all learners.

DuckDB turns ids into codes and sorts, within a bound of memory and on disk beyond it; no Python
object is made per row, only one per distinct person and item.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import csr_array

from pittari import clock
from pittari.errors import ParametersError, Unavailable
from pittari.learning.editors.newsroom import NO_NEWSROOM, Newsroom
from pittari.learning.goods import Goods, goods
from pittari.learning.pairs import NO_PAIRS, WEIGHTS, Acts, Pairs, at_home, paired
from pittari.learning.tags.wording import NO_WORDING, Wording
from pittari.model.catalog import Item, Rows
from pittari.model.parameters import user_key

ATTRIBUTION = clock.DAY
"""An engagement this long after the look still counts for the decision it names."""
LAST_PLACE = 50
"""Places from here on are taken together."""
MEMORY = "3GB"
"""What DuckDB may hold; beyond it, it sorts and joins on disk."""

Names = npt.NDArray[np.bytes_]
Keys = npt.NDArray[np.uint64]
Weights = npt.NDArray[np.float32]
_BATCH = 1_000_000
_SLOTS = '{"slots": [{"place": "INTEGER", "item": "VARCHAR"}]}'
_LIKES = tuple(code for code, weight in enumerate(WEIGHTS.values()) if weight > 0)


class Log(Protocol):
    """Where rows come from: the store's log and lake, read as one."""

    def batches(
        self, kinds: Sequence[str], since: int, until: int, columns: Sequence[str]
    ) -> pa.RecordBatchReader:
        """Returns the rows with since <= at < until, in any order."""


@dataclass(frozen=True, slots=True)
class Looks:
    """How often each item was seen in each place, and how often a person then did something.

    One entry per item and context; `context` counts the (touchpoint, place) pairs, `place` is the
    context's place from 1.
    """

    item: Rows
    context: Rows
    place: Rows
    shown: npt.NDArray[np.float64]
    engaged: npt.NDArray[np.float64]


_NONE = np.zeros(0, np.int32)
NO_LOOKS = Looks(_NONE, _NONE, _NONE, np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class LogRows:
    """The log as of a time, as columns. `items`: the ids of log and catalogue, ascending bytes;
    `users`: the keys of all people who like something, ascending. `pairs` know no single stickers:
    who sends one does something with its package. `singles` are the pairs with the stickers."""

    as_of: int
    items: Names
    users: Keys
    pairs: Pairs
    looks: Looks
    goods: Goods
    singles: Pairs = NO_PAIRS
    newsroom: Newsroom = NO_NEWSROOM
    """The course of topics and the editions that went out, where there is a newsroom."""
    wording: Wording = NO_WORDING
    """What is told of stickers in words."""

    @cached_property
    def histories(self) -> csr_array:
        """People x items, float32: the weight of the strongest thing each did with each."""
        return csr_array(
            (self.pairs.weight, self.pairs.item, self.starts),
            shape=(len(self.users), len(self.items)),
        )

    @cached_property
    def touched(self) -> csr_array:
        """`histories` with the single stickers that stand in `singles`."""
        pairs = self.singles
        cells = (pairs.weight, (pairs.user, pairs.item))
        return csr_array(self.histories + csr_array(cells, shape=self.histories.shape))

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """Where each person's pairs begin; one longer than `users`."""
        counts = np.bincount(self.pairs.user, minlength=len(self.users))
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)

    @cached_property
    def people(self) -> npt.NDArray[np.int64]:
        """How many distinct people each item has."""
        return np.bincount(self.pairs.item, minlength=len(self.items))

    def decayed(self, half_life_days: float, pairs: Pairs | None = None) -> Weights:
        """Returns each pair's weight (of `singles` too), halved for every half life of its age."""
        pairs = pairs or self.pairs
        age = (self.as_of - pairs.at) / (clock.DAY * half_life_days)
        return (pairs.weight * np.exp2(-age)).astype(np.float32)


def read(log: Log, told: Iterable[Item], as_of: int, window_days: int) -> LogRows:
    """Reads the log's last `window_days` up to and with `as_of`, and the catalogue's items.

    Rows without a person's id count as looks only. Raises `ParametersError` when two people share
    a 64-bit key, and `Unavailable` when there is no room on disk to sort in.
    """
    shop = goods(told)
    with tempfile.TemporaryDirectory(prefix="pittari-learn-") as folder:
        db = duckdb.connect(f"{folder}/rows.duckdb", config={"memory_limit": MEMORY})
        try:
            reading = _Reading(db, log, as_of - window_days * clock.DAY, as_of)
            seen = reading.impressions()
            people, touched = reading.names()
            items = np.union1d(np.union1d(seen, touched), shop.ids)
            keys, places = coded(people)
            reading.number("items", _texts(items), np.arange(len(items), dtype=np.int32))
            reading.number("users", people, places)
            acts = reading.acts()
            looks = reading.looks()
        except duckdb.Error as error:
            raise Unavailable(f"the log cannot be read for learning: {error}") from error
        finally:
            db.close()
    stock = shop.among(items)
    home = np.where(stock.package < 0, np.arange(len(items), dtype=np.int32), stock.package)
    pairs = paired(*at_home(acts, home))
    user, item, at, action = acts
    single = stock.package.take(item) >= 0
    singles = paired(user[single], item[single], at[single], action[single])
    present = np.bincount(pairs.user, minlength=len(keys)) > 0
    compact = np.where(present, np.cumsum(present) - 1, -1).astype(np.int32)
    return LogRows(
        as_of, items, keys[present], pairs.of(compact), looks, stock, singles.of(compact)
    )


def coded(people: pa.Array) -> tuple[Keys, Rows]:
    """Returns the ascending keys of distinct user ids, and each id's place among them.

    Raises `ParametersError` when two ids share a key.
    """
    keys = np.fromiter((user_key(name.as_py()) for name in people), np.uint64, len(people))
    order = np.argsort(keys)
    ascending = keys[order]
    if (ascending[1:] == ascending[:-1]).any():
        i = int(np.flatnonzero(ascending[1:] == ascending[:-1])[0])
        both = [people[int(order[j])].as_py() for j in (i, i + 1)]
        raise ParametersError(
            f"users {both[0]!r} and {both[1]!r}: expected distinct 64-bit keys, got the same; "
            "give one of them another id"
        )
    places = np.empty(len(keys), np.int32)
    places[order] = np.arange(len(keys), dtype=np.int32)
    return ascending, places


class _Reading:
    """The passes over one window of the log; each brings the rows it needs through DuckDB."""

    def __init__(self, db: duckdb.DuckDBPyConnection, log: Log, since: int, as_of: int) -> None:
        self.db, self.log, self.since, self.as_of = db, log, since, as_of
        db.execute("SET threads = 2; SET preserve_insertion_order = false")
        self.number("actions", pa.array(WEIGHTS), np.arange(len(WEIGHTS), dtype=np.int32))

    def bring(self, kind: str, *columns: str) -> str:
        """Opens the rows of a kind and returns the name SQL knows them by."""
        rows = self.log.batches((kind,), self.since, self.as_of + 1, ("at", *columns))
        self.db.register("rows", rows)
        return f'(SELECT * FROM rows WHERE "at" BETWEEN {self.since} AND {self.as_of})'

    def number(self, name: str, texts: pa.Array, codes: Rows) -> None:
        """Makes a table from texts to their codes."""
        given = pa.table({"name": texts, "code": codes})
        self.db.register("given", given)
        self.db.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        self.db.unregister("given")

    def impressions(self) -> Names:
        """Keeps the first look at each item of each decision; returns the items looked at."""
        rows = self.bring("impression", "item", "touchpoint", "decision_id", "position")
        self.db.execute(
            f"""CREATE TABLE looks AS
            SELECT md5_number(decision_id) AS decision, item, min(touchpoint) AS touchpoint,
                least(max(position), {LAST_PLACE}) AS place, min("at") AS "at"
            FROM {rows} WHERE decision_id <> '' GROUP BY ALL"""
        )
        if self.db.sql("SELECT 1 FROM looks WHERE place = 0 LIMIT 1").fetchall():
            self._place()
        return _names(self.db.sql("SELECT DISTINCT item FROM looks"))

    def _place(self) -> None:
        """Takes the places that impressions do not tell from the decisions that were served."""
        rows = self.bring("served", "decision_id", "body")
        self.db.execute(
            f"""UPDATE looks SET place = least(slot.place, {LAST_PLACE}) FROM (
                SELECT md5_number(decision_id) AS decision,
                    unnest(from_json(decode(body), '{_SLOTS}').slots) AS slot
                FROM {rows} SEMI JOIN looks ON md5_number(decision_id) = decision) AS served
            WHERE looks.decision = served.decision AND looks.item = slot.item
                AND looks.place = 0"""
        )

    def names(self) -> tuple[pa.Array, Names]:
        """Returns the people and the items of all engagements."""
        rows = self.bring("engagement", "user", "item", "action")
        self.db.execute(
            f"""CREATE TABLE names AS
            SELECT grouping("user") AS is_item, "user", item
            FROM {rows} SEMI JOIN actions ON action = actions.name
            WHERE "user" <> '' AND item <> '' GROUP BY GROUPING SETS (("user"), (item))"""
        )
        people = self.db.sql('SELECT "user" FROM names WHERE is_item = 0 ORDER BY 1')
        items = _names(self.db.sql("SELECT item FROM names WHERE is_item = 1"))
        return people.to_arrow_table().column(0).combine_chunks(), items

    def acts(self) -> Acts:
        """Returns all engagements as codes, by person, item, time and action."""
        rows = self.bring("engagement", "user", "item", "action")
        found = self.db.sql(
            f"""SELECT users.code AS u, items.code AS i, "at", actions.code::TINYINT AS a
            FROM {rows} JOIN users ON "user" = users.name JOIN items ON item = items.name
                JOIN actions ON action = actions.name
            ORDER BY ALL"""
        )
        parts: list[list[npt.NDArray[Any]]] = [[], [], [], []]
        for batch in found.to_arrow_reader(_BATCH):
            for part, values in zip(parts, batch.columns, strict=True):
                part.append(values.to_numpy())
        user, item, at, action = (
            np.concatenate([np.zeros(0, kind), *part])
            for part, kind in zip(parts, (np.int32, np.int32, np.int64, np.int8), strict=True)
        )
        return user, item, at, action

    def looks(self) -> Looks:
        """Returns looks and what came of them, by item, touchpoint and place."""
        rows = self.bring("engagement", "item", "action", "decision_id")
        self.db.execute(
            f"""CREATE TABLE likes AS
            SELECT md5_number(decision_id) AS decision, item, min("at") AS "at"
            FROM {rows} SEMI JOIN (FROM actions WHERE code IN {_LIKES}) AS liking
                ON action = liking.name
            WHERE decision_id <> '' GROUP BY ALL"""
        )
        found = self.db.sql(
            f"""SELECT items.code AS item, touchpoint, place, shown, engaged FROM (
                SELECT looks.item, touchpoint, place, count(*)::DOUBLE AS shown,
                    (count(*) FILTER (likes."at" <= looks."at" + {ATTRIBUTION}))::DOUBLE AS engaged
                FROM looks LEFT JOIN likes
                    ON likes.decision = looks.decision AND likes.item = looks.item
                WHERE place > 0 GROUP BY ALL) AS told
            JOIN items ON told.item = items.name ORDER BY ALL"""
        ).to_arrow_table()
        place = found["place"].to_numpy().astype(np.int32)
        touchpoint = found["touchpoint"].combine_chunks().dictionary_encode().indices.to_numpy()
        pairs = touchpoint.astype(np.int64) * (LAST_PLACE + 1) + place
        return Looks(
            found["item"].to_numpy(),
            np.unique(pairs, return_inverse=True)[1].astype(np.int32),
            place,
            found["shown"].to_numpy(),
            found["engaged"].to_numpy(),
        )


def _names(found: duckdb.DuckDBPyRelation) -> Names:
    texts = found.to_arrow_table().column(0).to_pylist()
    return np.asarray([text.encode() for text in texts], "S") if texts else np.zeros(0, "S1")


def _texts(items: Names) -> pa.Array:
    return pa.array([item.decode() for item in items.tolist()], pa.string())
