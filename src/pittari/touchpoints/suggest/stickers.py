"""Which stickers does the shop have, and which may be offered to somebody who does not own them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pittari import clock
from pittari.model.catalog import FOREVER, Item, Mask, Rows

Regions = tuple[str, ...]
EVERYWHERE: Regions = ()
_SETS = 256
"""Sets of regions that a bundle can tell apart."""


@dataclass(frozen=True, slots=True)
class Stickers:
    """All stickers of a catalogue as columns, in the catalogue's order.

    `package` counts in `packages`: a sticker sold alone is its own package. `creator`: a code, the
    same for the same creator; one who is not told is somebody else each time. `region` counts in
    `regions`. `eligible`: may be offered to subscribers and in trials.
    """

    ids: tuple[str, ...]
    package: Rows
    packages: tuple[str, ...]
    creator: Rows
    adult: Mask
    region: Rows
    regions: tuple[Regions, ...]
    eligible: Mask

    def __len__(self) -> int:
        return len(self.ids)

    def rows(self, ids: Sequence[bytes]) -> Rows:
        """Returns the row of each id, -1 where there is no such sticker."""
        find = {name.encode(): row for row, name in enumerate(self.ids)}
        return np.fromiter((find.get(name, -1) for name in ids), np.int32, len(ids))


def stickers(items: Iterable[Item], at: int, days_on_sale: int) -> Stickers:
    """Returns the stickers among a catalogue's items, and who may be offered at a time.

    Eligible is a sticker whose creator takes part (it or its package says `premium`), which is
    active with its package, on sale at the time, and was first sold `days_on_sale` days before.
    What a sticker does not say of sales and regions, its package says for it.
    """
    told = list(items)
    packages = {item.id: item for item in told if item.kind == "package"}
    singles = [item for item in told if item.kind == "sticker"]
    codes: dict[str, int] = {}
    creators: dict[str, int] = {}
    package, creator, regions, fit = [], [], [], []
    for item in singles:
        whole = packages.get(item.package, item)
        package.append(codes.setdefault(item.package or item.id, len(codes)))
        name = item.creator or whole.creator
        creator.append(creators.setdefault(name or f"\0{item.id}", len(creators)))
        regions.append(tuple(sorted(item.regions or whole.regions)))
        fit.append(_eligible(item, whole, at, days_on_sale))
    eligible = np.array(fit, np.bool_)
    sets = _sets(regions, eligible)
    region = np.array([sets.get(some, -1) for some in regions], np.int32)
    return Stickers(
        ids=tuple(item.id for item in singles),
        package=np.array(package, np.int32),
        packages=tuple(codes),
        creator=np.array(creator, np.int32),
        adult=np.array([_adult(item, packages) for item in singles], np.bool_),
        region=np.maximum(region, 0),
        regions=tuple(sets),
        eligible=eligible & (region >= 0),
    )


def _eligible(item: Item, package: Item, at: int, days: int) -> bool:
    since = item.sold_from or package.sold_from
    ends = [clock.micros(one.sold_until) for one in (item, package) if one.sold_until]
    return (
        (item.premium or package.premium)
        and item.status == package.status == "active"
        and (clock.micros(since) if since else 0) <= at - days * clock.DAY
        and at < min(ends, default=FOREVER)
    )


def _adult(item: Item, packages: dict[str, Item]) -> bool:
    return item.adult or (item.package in packages and packages[item.package].adult)


def _sets(regions: Sequence[Regions], eligible: Mask) -> dict[Regions, int]:
    """Returns the sets of regions of the eligible with their numbers; of more than a bundle can
    tell apart, those of most stickers. Everywhere is 0."""
    held = Counter(some for some, fit in zip(regions, eligible.tolist(), strict=True) if fit)
    del held[EVERYWHERE]
    most = sorted(held, key=lambda some: (-held[some], some))[: _SETS - 1]
    return {some: number for number, some in enumerate((EVERYWHERE, *sorted(most)))}
