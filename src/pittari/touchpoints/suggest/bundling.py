"""How do learned tables and a catalogue become what a bundle and its parts say?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.device.contents import Contents, Items, Links, PartContents, Tags
from pittari.device.settings import ADULT, ELIGIBLE, SENDABLE
from pittari.learning.tags.table import TagTable
from pittari.model.catalog import Rows
from pittari.model.parameters import Arrays
from pittari.text.language import known, language
from pittari.touchpoints.suggest.offering import Cells, Fitting, Limits, offered
from pittari.touchpoints.suggest.stickers import Stickers

Numbers = npt.NDArray[np.integer[Any]]
_NO_CLUSTER = 255
LEAST = 64
"""Confidence (of 255) below which a sticker does not stand under a tag: in a row, a guess would
fill the places that nothing better takes."""


@dataclass(frozen=True)
class Stock:
    """Stickers of the catalogue with what was learned of them, and what fits which tag.

    `cells` of tags (rows of `table.tags`) and stickers (rows of `stickers`) stand by tag, the best
    first, `confidence` beside them. `prior`, `vectors`, `cluster`: one row for each sticker;
    `centres` as learned.
    """

    table: TagTable
    stickers: Stickers
    tag: Numbers
    item: Numbers
    confidence: npt.NDArray[np.uint8]
    twin: Rows
    prior: npt.NDArray[np.uint8]
    vectors: npt.NDArray[np.int8]
    cluster: npt.NDArray[np.uint8]
    centres: npt.NDArray[np.int8]

    @cached_property
    def flags(self) -> npt.NDArray[np.uint8]:
        """What bundles say of each sticker, as flags."""
        there = self.stickers
        told = np.where(there.eligible, ELIGIBLE | SENDABLE, 0) | np.where(there.adult, ADULT, 0)
        return told.astype(np.uint8)

    def items(self, rows: Numbers, packages: Sequence[int], *, regions: bool) -> Items:
        """Returns the columns of some stickers; `packages`: the rows of theirs, each once."""
        there = self.stickers
        place = {package: at for at, package in enumerate(packages)}
        return Items(
            ids=[there.ids[row] for row in rows.tolist()],
            package=np.array([place[p] for p in there.package[rows].tolist()], np.int64),
            packages=[there.packages[package] for package in packages],
            flags=self.flags[rows],
            prior=self.prior[rows],
            vectors=self.vectors[rows],
            region=there.region[rows] if regions else None,
            cluster=self.cluster[rows],
        )


def stock(table: TagTable, offers: Arrays, stickers: Stickers) -> Stock:
    """Joins the learned tables `tags` and `offers` with a catalogue's stickers. Of stickers that
    were not there when `offers` was learned, nothing is known yet."""
    at = stickers.rows(table.items.tolist())
    item = at[table.tag_items]
    there = (item >= 0) & (table.confidence >= LEAST)
    twin = np.arange(len(stickers), dtype=np.int32)
    twin[at[at >= 0]] = np.where(at[table.twin] >= 0, at[table.twin], at)[at >= 0]
    rows = stickers.rows(offers["items"].tolist())
    known_rows = rows >= 0
    count, centres = len(stickers), offers["centres"]
    columns: dict[str, npt.NDArray[Any]] = {
        "prior": np.zeros(count, np.uint8),
        "cluster": np.full(count, _NO_CLUSTER, np.uint8),
        "vectors": np.zeros((count, offers["vectors"].shape[1]), np.int8),
    }
    for name, column in columns.items():
        column[rows[known_rows]] = offers[name][known_rows]
    return Stock(
        table=table,
        stickers=stickers,
        tag=table.cell_tags()[there],
        item=item[there],
        confidence=table.confidence[there],
        twin=twin,
        centres=np.asarray(centres),
        **columns,
    )


def chosen(goods: Stock, limits: Limits) -> Cells:
    """Returns the cells of `goods` that are offered, by tag, the best first: acquisition history
    times confidence."""
    fit = np.flatnonzero(goods.stickers.eligible[goods.item])
    item = goods.item[fit]
    there = goods.stickers
    told = Fitting(
        tag=goods.tag[fit],
        item=item,
        score=(1 + goods.prior[item].astype(np.int64)) * goods.confidence[fit],
        package=there.package[item],
        creator=there.creator[item],
        cluster=goods.cluster[item],
        twin=goods.twin[item],
    )
    return fit[offered(told, limits)]


def contents(
    goods: Stock,
    cells: Cells,
    locale: str,
    made_from: Mapping[str, str],
    before: Sequence[str] = (),
) -> Contents:
    """Returns what a locale's bundle says; version and time are to be set.

    `before`: the ids of the items of the version before, whose rows stay where they can. Raises
    `SettingsError` for a locale there is no language for.
    """
    table, there = goods.table, goods.stickers
    spoken = language(locale, *(name for name in known() if name != locale))
    tags = np.unique(goods.tag)
    rows = _lasting(there, np.unique(goods.item[cells]), before)
    place = np.full(len(there), -1, np.int64)
    place[rows] = np.arange(len(rows))
    count = np.bincount(goods.tag[cells], minlength=len(table.tags))[tags]
    links = Links(count, place[goods.item[cells]], goods.confidence[cells])
    words, lead, readings = _words(table, tags)
    return Contents(
        locale=locale,
        version=0,
        created=0,
        language=spoken,
        keywords=words,
        keyword_tags=lead,
        readings=readings,
        tags=Tags(
            [table.texts[tag] for tag in tags.tolist()],
            links,
            offers=count,
            rate=table.rate[tags],
            hours=table.hours[tags],
        ),
        items=goods.items(rows, list(dict.fromkeys(there.package[rows].tolist())), regions=True),
        regions=there.regions,
        centres=goods.centres,
        made_from=made_from,
    )


def parts(goods: Stock) -> Iterator[PartContents]:
    """Yields the part of each package, in the catalogue's order; version and time are to be set."""
    package = goods.stickers.package
    rows = np.argsort(package, kind="stable")
    ends = np.cumsum(np.bincount(package, minlength=len(goods.stickers.packages)))
    cells = np.argsort(package[goods.item], kind="stable")
    cell_ends = np.cumsum(np.bincount(package[goods.item], minlength=len(goods.stickers.packages)))
    place = np.empty(len(package), np.int64)
    place[rows] = np.arange(len(rows))
    begin = cell_begin = 0
    for number, (end, cell_end) in enumerate(zip(ends.tolist(), cell_ends.tolist(), strict=True)):
        own = cells[cell_begin:cell_end]
        tags, count = np.unique(goods.tag[own], return_counts=True)
        links = Links(count, place[goods.item[own]] - begin, goods.confidence[own])
        texts = [goods.table.texts[tag] for tag in tags.tolist()]
        table = goods.table
        yield PartContents(
            package=goods.stickers.packages[number],
            version=0,
            created=0,
            tags=Tags(texts, links, rate=table.rate[tags], hours=table.hours[tags]),
            items=goods.items(rows[begin:end], [number], regions=False),
        )
        begin, cell_begin = end, cell_end


def _words(table: TagTable, tags: Numbers) -> tuple[list[str], Links, list[tuple[int, str]]]:
    """Returns the keywords that lead to some tags, their links, and their readings."""
    place = np.full(len(table.tags), -1, np.int64)
    place[tags] = np.arange(len(tags))
    to = place[table.keyword_tags]
    word = np.repeat(np.arange(len(table.keywords)), table.keyword_counts)[to >= 0]
    kept, count = np.unique(word, return_counts=True)
    links = Links(count, to[to >= 0], table.keyword_weight[to >= 0])
    row = {old: new for new, old in enumerate(kept.tolist())}
    readings = [
        (row[keyword], text.decode())
        for keyword, text in zip(
            table.reading_keywords.tolist(), table.readings.tolist(), strict=True
        )
        if keyword in row
    ]
    return [table.words[old] for old in kept.tolist()], links, readings


def _lasting(there: Stickers, rows: Rows, before: Sequence[str]) -> Rows:
    """Returns rows in an order in which those that stood before keep their places: new ones fill
    the gaps, then stand at the end; what gaps are left, the last ones fill."""
    wanted = set(rows.tolist())
    held = there.rows([name.encode() for name in before]).tolist()
    out = [row if row in wanted else -1 for row in held]
    stayed = set(out)
    fresh = [row for row in rows.tolist() if row not in stayed]
    gaps = [at for at, row in enumerate(out) if row < 0]
    for at, row in zip(gaps, fresh, strict=False):
        out[at] = row
    out += fresh[len(gaps) :]
    for at in gaps[len(fresh) :]:
        while out and out[-1] < 0:
            out.pop()
        if at < len(out):
            out[at] = out.pop()
    return np.array(out, np.int32)
