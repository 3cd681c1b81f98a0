"""Which stickers are there on this device? A bundle's, and those of the parts it holds.

Rows of the bundle's items come first, then the parts' items that the bundle does not name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.device.bundle import Bundle, Part, Tagged
from pittari.device.settings import ANIMATED, SOURCES
from pittari.errors import Invalid

Numbers = npt.NDArray[np.int64]


class Stock:
    """Columns over all stickers; `own(tag)` gives those that parts attach to a tag."""

    def __init__(self, bundle: Bundle, parts: Sequence[Part] = ()) -> None:
        """Raises `Invalid` when a part's vectors are not of the bundle's kind."""
        self.bundle = bundle
        self.ids = list(bundle.ids)
        self.packages = list(bundle.packages)
        self._row, self._tag = bundle.item_rows, bundle.tag_rows
        self._package, self._more = bundle.package_rows.copy(), dict[str, int]()
        columns: dict[str, list[npt.NDArray[Any]]] = {
            name: [getattr(bundle, name)] for name in ("flags", "prior", "region", "cluster")
        }
        vectors, package = [bundle.vectors], [bundle.package.astype(np.int64)]
        links: list[Numbers] = []
        for part in parts:
            if part.vectors.shape[1] != bundle.vectors.shape[1]:
                raise Invalid(
                    f"part {part.head.name}: expected {bundle.vectors.shape[1]} numbers in a "
                    f"vector, got {part.vectors.shape[1]}"
                )
            rows, new = self._joined(part)
            links.append(self._links(part, rows))
            for name, parts_of in columns.items():
                parts_of.append(getattr(part, name)[new])
            vectors.append(part.vectors[new])
            here = np.array([self._package[name] for name in part.packages], np.int64)
            package.append(here[part.package[new]])
        self.flags, self.prior, self.region, self.cluster = map(np.concatenate, columns.values())
        self.vectors, self.package = np.concatenate(vectors), np.concatenate(package)
        self.region[len(bundle.ids) :] = 0
        weight = bundle.weight
        self.base: npt.NDArray[np.int32] = self.prior * np.int32(weight["prior"])
        """What the score of each has of itself, with anybody."""
        self.base += (self.flags & ANIMATED) * np.int32(255 * weight["animated"])
        self.by_source = np.array([255 * weight[source] for source in SOURCES], np.int64)
        """What it has by the right it can be sent by."""
        self.centres = bundle.centres.astype(np.float64)
        self._own = _ordered(links, len(bundle.tags))

    def row(self, item: str) -> int:
        """Returns the row of an item, or -1."""
        row = self._row.get(item)
        return self._more.get(item, -1) if row is None else row

    def package_row(self, package: str) -> int:
        """Returns the row of a package, or -1."""
        return self._package.get(package, -1)

    def tag_row(self, tag: str) -> int:
        """Returns the row of a tag, or -1."""
        return self._tag.get(tag, -1)

    def own(self, tag: int) -> tuple[Numbers, Numbers]:
        """Returns the rows and confidences of stickers that parts attach to a tag."""
        starts, rows, confidence = self._own
        part = slice(starts[tag], starts[tag + 1])
        return rows[part], confidence[part]

    def _joined(self, part: Part) -> tuple[Numbers, Numbers]:
        """Returns the row here of each of a part's items, and which of them are new here."""
        for name in part.packages:
            if self._package.setdefault(name, len(self.packages)) == len(self.packages):
                self.packages.append(name)
        new, more = [], self._more
        for at, item in enumerate(part.ids):
            if item not in self._row and more.setdefault(item, len(self.ids)) == len(self.ids):
                self.ids.append(item)
                new.append(at)
        return np.array([self.row(item) for item in part.ids], np.int64), np.array(new, np.int64)

    def _links(self, part: Tagged, rows: Numbers) -> Numbers:
        """Returns tag, row and confidence of a part's links, in its order; tags that the bundle
        does not know lead nowhere."""
        tags = np.array([self._tag.get(tag, -1) for tag in part.tags], np.int64)
        of = np.repeat(tags, np.diff(part.starts))
        told = np.stack([of, rows[part.items], part.confidence.astype(np.int64)])
        return told[:, of >= 0]


def _ordered(links: list[Numbers], tags: int) -> tuple[list[int], Numbers, Numbers]:
    """Returns links by tag: where each tag's begin, their rows, their confidences."""
    told = np.concatenate(links, axis=1) if links else np.zeros((3, 0), np.int64)
    told = told[:, np.argsort(told[0], kind="stable")]
    starts = np.searchsorted(told[0], np.arange(tags + 1)).tolist()
    return starts, told[1], told[2]
