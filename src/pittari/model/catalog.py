"""What can be offered, to whom, and who may use what already?

`Item`, `User` and `Entitlement` are what comes in from outside; `Catalog` is the same items as
NumPy columns, one immutable snapshot, which every part of a decision reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from pittari import clock

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
Word = Annotated[str, msgspec.Meta(max_length=128, pattern=r"^[^\x00]*\Z")]
Text = Annotated[str, msgspec.Meta(max_length=2000)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Rows = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]

FOREVER = np.iinfo(np.int64).max
CODED = ("creator", "character", "category", "price", "kind", "package")
EVERYTHING = "*"
"""Stands for an item in entitlements that are for no single one: a plan, a trial, trial sends."""


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a touchpoint can offer: a sticker package, a single sticker, a news topic."""

    id: Id
    kind: Literal["package", "sticker", "topic"] = "package"
    title: Annotated[dict[str, Text], msgspec.Meta(max_length=20)] = {}
    description: Annotated[dict[str, Text], msgspec.Meta(max_length=20)] = {}
    caption: Annotated[dict[str, Text], msgspec.Meta(max_length=20)] = {}
    """The words on the picture."""
    creator: Word = ""
    character: Word = ""
    category: Word = ""
    tags: Annotated[tuple[Word, ...], msgspec.Meta(max_length=64)] = ()
    package: Word = ""
    """The package a single sticker belongs to."""
    price: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    """In the smallest unit of `currency`."""
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")] = "JPY"
    sold_from: Moment | None = None
    sold_until: Moment | None = None
    regions: Annotated[tuple[Word, ...], msgspec.Meta(max_length=63)] = ()
    """Regions where it is sold; empty: everywhere."""
    adult: bool = False
    premium: bool = False
    """May be offered to subscribers and in trials."""
    status: Literal["active", "withdrawn"] = "active"
    picture: Text = ""


class User(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person a touchpoint may speak to."""

    id: Id
    name: Word = ""
    locale: Word = "ja"
    region: Word = ""
    """Where the person buys; unknown when empty, and then only items sold everywhere are shown."""
    zone: Word = "UTC"
    adult: bool = False
    """Whether adult items may be shown."""


class Entitlement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person may use: bought, kept under a subscription, or on trial.

    An `item` of `*` says that the person subscribes (`basic`, `deluxe`), tries everything eligible
    (`trial`), or may send `sends` stickers a day without having them (`trial_send`).
    """

    user: Id
    item: Id
    kind: Literal["owned", "basic", "deluxe", "trial", "trial_send"] = "owned"
    since: Moment | None = None
    until: Moment | None = None
    sends: Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)] = 0
    """How many sends a day a trial allows."""


class Held(NamedTuple):
    """An entitlement as answers read it, from `since` to just before `until` (microseconds UTC)."""

    item: str
    kind: str
    since: int
    until: int
    sends: int

    @classmethod
    def of(cls, told: Entitlement) -> Held:
        """Returns an entitlement as answers read it."""
        since = clock.micros(told.since) if told.since else 0
        until = clock.micros(told.until) if told.until else FOREVER
        return cls(told.item, told.kind, since, until, told.sends)

    def holds(self, at: int) -> bool:
        """Returns whether it holds at a time."""
        return self.since <= at < self.until


@dataclass(frozen=True, slots=True)
class Catalog:
    """One snapshot of all items as columns; row numbers stay valid in every later snapshot.

    `codes[name]` holds an int32 code per item for each name of `CODED`; `words[name]` maps a value
    to its code. `regions` holds, per item, the number of its set in `region_sets`; the set 0 is
    empty: sold everywhere.
    """

    version: int
    ids: tuple[str, ...]
    index: dict[str, int]
    active: Mask
    adult: Mask
    premium: Mask
    price: Rows
    sold_from: npt.NDArray[np.int64]
    sold_until: npt.NDArray[np.int64]
    regions: Rows
    codes: dict[str, Rows]
    words: dict[str, dict[str, int]]
    region_sets: tuple[frozenset[str], ...]
    tags: tuple[tuple[str, ...], ...] = field(repr=False)
    memo: dict[Any, Any] = field(init=False, default_factory=dict, repr=False, compare=False)
    """What parts have worked out about all items of this snapshot."""
    _sold: dict[str, Mask] = field(init=False, default_factory=dict, repr=False, compare=False)
    _kinds: dict[str, Rows] = field(init=False, default_factory=dict, repr=False, compare=False)
    _packages: dict[str, Rows] = field(init=False, default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ids: Iterable[str]) -> Rows:
        """Returns the rows of the ids that exist, in the order given."""
        find = self.index.get
        found = [row for name in ids if (row := find(name)) is not None]
        return np.array(found, np.int32)

    def sold_in(self, region: str) -> Mask:
        """Returns, per set of regions, whether its items are sold in one region; where the region
        is unknown (empty), only those sold everywhere are."""
        sold = self._sold.get(region)
        if sold is None:
            sets = self.region_sets
            sold = np.array([not s or (region != "" and region in s) for s in sets], np.bool_)
            if sold.sum() > 1:  # words that are no region of any item would fill the memory
                self._sold[region] = sold
        return sold

    def code(self, column: str, value: str) -> int:
        """Returns the code of a value in a coded column, or -1 when no item has it."""
        return self.words[column].get(value, -1)

    def kinds(self, column: str) -> Rows:
        """Returns the codes of a column per item; an item that says nothing has one of its own,
        below 0."""
        kinds = self._kinds.get(column)
        if kinds is None:
            codes = self.codes[column]
            alone = -1 - np.arange(len(codes), dtype=np.int32)
            kinds = np.where(codes == self.code(column, ""), alone, codes)
            self._kinds[column] = kinds
        return kinds

    def packages(self, rows: Rows) -> Rows:
        """Returns rows with single stickers replaced by their packages, where these exist."""
        own = self._packages.get("rows")
        if own is None:
            find, words = self.index.get, self.words["package"]
            where = np.array([find(name, -1) if name else -1 for name in words] or [-1], np.int32)
            own = where.take(self.codes["package"])
            own = np.where(own < 0, np.arange(len(own), dtype=np.int32), own)
            self._packages["rows"] = own
        return own.take(rows)

    def amended(self, items: Sequence[Item], version: int) -> Catalog:
        """Returns the next snapshot, with `items` changed or added; rows never move."""
        if not items:
            return replace(self, version=version)
        index, ids, tags = self.index, self.ids, list(self.tags)
        new = [item.id for item in items if item.id not in index]
        new = list(dict.fromkeys(new))
        if new:
            index = index | {name: len(ids) + i for i, name in enumerate(new)}
            ids = ids + tuple(new)
        columns = {name: _grown(getattr(self, name), len(new)) for name in _PLAIN}
        codes = {name: _grown(self.codes[name], len(new)) for name in CODED}
        words = {name: dict(self.words[name]) for name in CODED}
        sets = {some: number for number, some in enumerate(self.region_sets)}
        tags.extend(() for _ in new)
        for item in items:
            row = index[item.id]
            for name, cell in _plain(item, sets).items():
                columns[name][row] = cell
            for name in CODED:
                value = str(getattr(item, name))
                codes[name][row] = words[name].setdefault(value, len(words[name]))
            tags[row] = item.tags
        return Catalog(
            version=version,
            ids=ids,
            index=index,
            codes=codes,
            words=words,
            region_sets=tuple(sets),
            tags=tuple(tags),
            **columns,
        )


_PLAIN = ("active", "adult", "premium", "price", "sold_from", "sold_until", "regions")


def empty_catalog() -> Catalog:
    """Returns the catalogue before the first item."""
    return Catalog(
        version=0,
        ids=(),
        index={},
        active=np.zeros(0, np.bool_),
        adult=np.zeros(0, np.bool_),
        premium=np.zeros(0, np.bool_),
        price=np.zeros(0, np.int32),
        sold_from=np.zeros(0, np.int64),
        sold_until=np.zeros(0, np.int64),
        regions=np.zeros(0, np.int32),
        codes={name: np.zeros(0, np.int32) for name in CODED},
        words={name: {} for name in CODED},
        region_sets=(frozenset(),),
        tags=(),
    )


def _grown(column: npt.NDArray[Any], by: int) -> npt.NDArray[Any]:
    return np.concatenate([column, np.zeros(by, column.dtype)])


def _plain(item: Item, sets: dict[frozenset[str], int]) -> dict[str, object]:
    return {
        "active": item.status == "active",
        "adult": item.adult,
        "premium": item.premium,
        "price": item.price,
        "sold_from": clock.micros(item.sold_from) if item.sold_from else 0,
        "sold_until": clock.micros(item.sold_until) if item.sold_until else FOREVER,
        "regions": sets.setdefault(frozenset(item.regions), len(sets)),
    }
