"""Which stickers are there on this device? A bundle's, and those of the parts it holds.

Rows of the bundle's items come first, then the parts' items that the bundle does not name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.device.bundle import Bundle, Part
from pittari.device.settings import ADULT, ANIMATED, ELIGIBLE, NONE, SOURCES
from pittari.errors import Invalid

Numbers = npt.NDArray[np.int64]
Column = npt.NDArray[Any]
Links = tuple[Column, Column, Column]
"""Tags, rows and confidences."""
_NO_LINKS: Links = (np.zeros(0, np.uint16), np.zeros(0, np.int32), np.zeros(0, np.uint8))
FLAGS = 16
"""So many ways four flags can stand in."""
TABLES, SETS = 64, 4
"""Rights for which it is remembered what can be sent, sets of packages for which it is remembered
which these are."""


class Shelf:
    """Columns over the stickers of a bundle and of the parts that came so far; it only grows, so
    that several stocks may stand on it. A sticker that two parts bring is as the first one says."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.ids, self.packages = list(bundle.ids), list(bundle.packages)
        self.package_rows, self.more = bundle.package_rows.copy(), dict[str, int]()
        self.flags: Column = bundle.flags
        self.prior: Column = bundle.prior
        self.region: Column = bundle.region
        self.cluster: Column = bundle.cluster
        self.vectors: Column = bundle.vectors
        self.package: Numbers = bundle.package.astype(np.int64)
        self.rule = _rule(bundle.region, bundle.flags)
        """Region and flags of each in one number: see `sources`."""
        self.base = self._worth(bundle.prior, bundle.flags)
        """What the score of each has of itself, with anybody."""
        self._links: dict[Part, Links] = {}
        self._sources: dict[tuple[str, bool, int, int, int], tuple[Numbers, Numbers]] = {}

    def links(self, part: Part) -> Links:
        """Returns tag, row and confidence of a part's links, in its order; tags that the bundle
        does not know lead nowhere. Raises `Invalid` when its vectors are of another kind."""
        told = self._links.get(part)
        if told is None:
            width = self.bundle.vectors.shape[1]
            if part.vectors.shape[1] != width:
                raise Invalid(
                    f"part {part.head.name}: expected {width} numbers in a vector, got "
                    f"{part.vectors.shape[1]}"
                )
            rows = self._rows(part)
            find = self.bundle.tag_rows
            tags = np.array([find.get(tag, -1) for tag in part.tags], np.int64)
            of = np.repeat(tags, np.diff(part.starts))
            known = of >= 0
            kind = np.uint16 if len(find) < 1 << 16 else np.int32  # the former are sorted faster
            told = self._links[part] = (
                of[known].astype(kind),
                rows[part.items[known]].astype(np.int32),
                part.confidence[known],
            )
        return told

    def sources(
        self, region: str, adult: bool, owned: int, eligible: int, sendable: int
    ) -> tuple[Numbers, Numbers]:
        """Returns by what right somebody in a region may send stickers of each `rule`: those that
        are theirs, those that are offered to them.

        `owned`, `eligible`, `sendable`: what they may send so, `NONE` where nothing.
        """
        key = region, adult, owned, eligible, sendable
        told = self._sources.get(key)
        if told is None:
            regions, flags = self.bundle.meta.regions, np.arange(FLAGS)
            here = [not some or region in some for some in regions]
            kinds = np.array((NONE, eligible, sendable, min(eligible, sendable)))  # the lesser
            own, offered = np.full((2, len(regions), FLAGS), NONE)
            own[:], offered[here] = owned, kinds[flags // ELIGIBLE]
            if not adult:
                own[:, flags & ADULT > 0] = offered[:, flags & ADULT > 0] = NONE
            if len(self._sources) == TABLES:
                self._sources.clear()
            told = self._sources[key] = own.ravel(), offered.ravel()
        return told

    def _rows(self, part: Part) -> Numbers:
        """Returns the row here of each of a part's items, after those that are new came in."""
        for name in part.packages:
            if self.package_rows.setdefault(name, len(self.packages)) == len(self.packages):
                self.packages.append(name)
        known, more, size, new = self.bundle.item_rows, self.more, len(self.ids), []
        for at, item in enumerate(part.ids):
            if item not in known and more.setdefault(item, len(self.ids)) == len(self.ids):
                self.ids.append(item)
                new.append(at)
        if new:
            self._take_in(part, np.array(new), size)
        rows = [known[item] if item in known else more[item] for item in part.ids]
        return np.array(rows, np.int64)

    def _take_in(self, part: Part, new: Numbers, size: int) -> None:
        """Writes down new items behind the first `size`; a part's are in reach everywhere."""
        here = np.array([self.package_rows[name] for name in part.packages], np.int64)
        flags, prior = part.flags[new], part.prior[new]
        region = np.zeros(len(new), self.region.dtype)
        self.flags = _longer(self.flags, size, flags)
        self.prior = _longer(self.prior, size, prior)
        self.region = _longer(self.region, size, region)
        self.rule = _longer(self.rule, size, _rule(region, flags))
        self.cluster = _longer(self.cluster, size, part.cluster[new])
        self.vectors = _longer(self.vectors, size, part.vectors[new])
        self.package = _longer(self.package, size, here[part.package[new]])
        self.base = _longer(self.base, size, self._worth(prior, flags))

    def _worth(self, prior: Column, flags: Column) -> npt.NDArray[np.int32]:
        weight = self.bundle.weight
        worth: npt.NDArray[np.int32] = prior * np.int32(weight["prior"])
        worth += (flags & ANIMATED) * np.int32(255 * weight["animated"])
        return worth


class Stock:
    """Columns over all stickers; `own(tag)` gives those that parts attach to a tag."""

    def __init__(
        self, bundle: Bundle, parts: Sequence[Part] = (), shelf: Shelf | None = None
    ) -> None:
        """`shelf`: one that other stocks of the bundle stand on, whose stickers, of parts that are
        not here, `ids` and the columns have too. Raises `Invalid` when a part's vectors are not of
        the bundle's kind."""
        shelf = Shelf(bundle) if shelf is None else shelf
        self.bundle, self._shelf = bundle, shelf
        links = [shelf.links(part) for part in parts]
        self.ids, self.packages = shelf.ids, shelf.packages
        self.flags, self.prior = shelf.flags, shelf.prior
        self.region, self.cluster = shelf.region, shelf.cluster
        self.rule, self.sources = shelf.rule, shelf.sources
        self.vectors, self.package, self.base = shelf.vectors, shelf.package, shelf.base
        self.by_source = np.array([255 * bundle.weight[source] for source in SOURCES], np.int64)
        """What a sticker's score has by the right it can be sent by."""
        self.centres = bundle.centres.astype(np.float64)
        self._starts, self._rows, self._confidence = _ordered(links, len(bundle.tags))
        self.links = len(self._rows)
        """Links of the parts."""
        self._owned: dict[frozenset[str], npt.NDArray[np.bool_]] = {}
        self._among: tuple[tuple[str, ...], frozenset[int]] = ((), frozenset())

    def row(self, item: str) -> int:
        """Returns the row of an item, or -1."""
        row = self.bundle.item_rows.get(item)
        return self._shelf.more.get(item, -1) if row is None else row

    def package_row(self, package: str) -> int:
        """Returns the row of a package, or -1."""
        return self._shelf.package_rows.get(package, -1)

    def owned(self, names: frozenset[str]) -> npt.NDArray[np.bool_]:
        """Returns which rows of packages are of packages with some names."""
        found = self._owned.get(names)
        if found is None:
            found = np.zeros(len(self.packages) + 1, np.bool_)
            found[[self.package_row(name) for name in names]] = True
            found[-1] = False  # where names are that no package has
            if len(self._owned) == SETS:
                self._owned.clear()
            self._owned[names] = found
        return found

    def among(self, items: tuple[str, ...]) -> frozenset[int]:
        """Returns the rows of items, of the last ones from memory."""
        names, rows = self._among
        if names != items:
            rows = frozenset(map(self.row, items))
            self._among = items, rows
        return rows

    def tag_row(self, tag: str) -> int:
        """Returns the row of a tag, or -1."""
        return self.bundle.tag_rows.get(tag, -1)

    def own(self, tag: int) -> tuple[Column, Column]:
        """Returns the rows and confidences of stickers that parts attach to a tag."""
        part = slice(self._starts.item(tag), self._starts.item(tag + 1))
        return self._rows[part], self._confidence[part]


def _rule(region: Column, flags: Column) -> npt.NDArray[np.int32]:
    """Returns what decides who may send stickers."""
    rule: npt.NDArray[np.int32] = region * np.int32(FLAGS) + flags % FLAGS
    return rule


def _longer(column: Column, size: int, more: Column) -> Column:
    """Returns a column with more behind its first `size`; room is left for what comes later, so
    that its growth costs little each time."""
    if size + len(more) > len(column):
        wider = np.zeros((size + len(more) + size // 4, *column.shape[1:]), column.dtype)
        wider[:size] = column[:size]
        column = wider
    column[size : size + len(more)] = more
    return column


def _ordered(links: Sequence[Links], tags: int) -> tuple[Column, Column, Column]:
    """Returns links by tag: where each tag's begin, their rows, their confidences."""
    of, rows, sure = map(np.concatenate, zip(_NO_LINKS, *links, strict=True))
    order = of.argsort(kind="stable")
    starts = np.zeros(tags + 1, np.int32)
    np.bincount(of, minlength=tags).cumsum(out=starts[1:])
    return starts, rows.take(order), sure.take(order)
