"""What does the made-up shop sell? The artist's packages, with dates, regions and rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.demo.artist import PackageSpec, StickerSpec
from pittari.model.catalog import FOREVER, Item

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

SINGLE = "sticker"
"""Category of single stickers: they are sold in packages only, so shelves bury it."""
ELIGIBLE = 180
"""Days on sale after which a package may be offered to subscribers."""
WAITING, SEASONAL, WITHDRAWN, LOCAL, ADULT = 3, 1, 2, 3, 1
"""How many of 40 packages are not on sale yet, out of season, withdrawn, sold in few regions, and
for adults only."""
NOTE_JA = "（デモ用の架空の商品です）"
NOTE_EN = "(Made up for this demo.)"


@dataclass(frozen=True, slots=True)
class Shop:
    """The packages as columns, one entry each; times in microseconds UTC.

    `traits` is packages x traits, 1 where a package has the trait; `kinds` tells each trait's kind.
    `quality` is what everybody likes a little more or less. `withdrawn`: FOREVER when it is not.
    """

    items: tuple[Item, ...]
    pictures: tuple[PackageSpec, ...]
    ids: tuple[str, ...]
    traits: Floats
    kinds: npt.NDArray[np.intp]
    quality: Floats
    price: Floats
    sold_from: Whole
    sold_until: Whole
    withdrawn: Whole
    adult: Mask
    regions: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.ids)

    def sold_in(self, region: str) -> Mask:
        """Returns, per package, whether a region sells it."""
        return np.array([not sold or region in sold for sold in self.regions], np.bool_)

    def on_sale(self, at: int) -> Mask:
        """Returns, per package, whether it is on sale at a time."""
        return (self.sold_from <= at) & (at < self.sold_until) & (at < self.withdrawn)


def shop(seed: int, specs: list[PackageSpec], first: int, days: int) -> Shop:
    """Returns the shop; `first` is the first simulated day, in days since 1970-01-01."""
    dice = np.random.default_rng((seed, 2))
    count = len(specs)
    traits, kinds = _traits(specs)
    start = _starts(dice, count, first, days)
    regions: list[tuple[str, ...]] = [()] * count
    until, gone = np.full(count, FOREVER), np.full(count, FOREVER)
    adult = np.zeros(count, np.bool_)
    special = iter(np.flatnonzero(start < first * clock.DAY)[::2].tolist())
    for number, k in zip(range(_share(WITHDRAWN, count)), special, strict=False):
        gone[k] = (first + days // 2 + 5 * number) * clock.DAY
    for _, k in zip(range(_share(SEASONAL, count)), special, strict=False):
        until[k] = (first + 2 * days // 3) * clock.DAY
    for _, k in zip(range(_share(ADULT, count)), special, strict=False):
        adult[k] = True
    local = (("JP",), ("JP", "TW"), ("TW", "TH", "SG", "US"))
    for number, k in zip(range(_share(LOCAL, count)), special, strict=False):
        regions[k] = local[number % len(local)]
    end = (first + days) * clock.DAY
    eligible = (start < end - ELIGIBLE * clock.DAY) & (dice.random(count) < 0.7)
    items: list[Item] = []
    for k, spec in enumerate(specs):
        terms = Terms(start[k], until[k], regions[k], gone[k] < end, adult[k], eligible[k])
        package = _package(spec, terms)
        items += [package, *(_single(sticker, package) for sticker in spec.stickers)]
    return Shop(
        items=tuple(items),
        pictures=tuple(specs),
        ids=tuple(spec.id for spec in specs),
        traits=traits,
        kinds=kinds,
        quality=0.25 * dice.standard_normal(count),
        price=np.array([spec.price for spec in specs], np.float64),
        sold_from=start,
        sold_until=until,
        withdrawn=gone,
        adult=adult,
        regions=tuple(regions),
    )


def _share(of_forty: int, count: int) -> int:
    return max(1, round(of_forty * count / 40))


def _traits(specs: list[PackageSpec]) -> tuple[Floats, npt.NDArray[np.intp]]:
    """Returns character, style, creator, theme and language as columns of 0 and 1."""
    columns: list[npt.NDArray[np.bool_]] = []
    kinds: list[int] = []
    for kind, field in enumerate(("character", "mood_style", "creator", "theme", "language")):
        values = np.array([getattr(spec, field) for spec in specs])
        for value in sorted(set(values.tolist())):
            columns.append(values == value)
            kinds.append(kind)
    return np.array(columns, np.float64).T, np.array(kinds, np.intp)


def _starts(dice: np.random.Generator, count: int, first: int, days: int) -> Whole:
    """Returns when each package goes on sale: two thirds before the simulated days, some during
    them (more and more of them), a few after."""
    later = _share(WAITING, count)
    during = count // 4
    within = first + 1 + (days - 2) * np.sqrt(dice.random(during))
    before = first - dice.integers(1, 500, count - later - during)
    after = first + days + dice.integers(7, 30, later)
    day = dice.permutation(np.concatenate([before, within, after])).astype(np.int64)
    return day * clock.DAY + 3 * clock.HOUR


class Terms(NamedTuple):
    """On what terms a package is sold; times in microseconds UTC."""

    start: int
    until: int
    regions: tuple[str, ...]
    withdrawn: bool
    adult: bool
    premium: bool


def _package(spec: PackageSpec, terms: Terms) -> Item:
    words = Counter(tag for sticker in spec.stickers for tag in sticker.tags)
    return Item(
        id=spec.id,
        kind="package",
        title={"ja": spec.title_ja, "en": spec.title_en},
        description={
            "ja": f"{spec.description_ja}{NOTE_JA}",
            "en": f"{spec.description_en} {NOTE_EN}",
        },
        creator=spec.creator,
        character=spec.character,
        category=spec.theme,
        tags=tuple(word for word, _ in words.most_common(9)),
        price=spec.price,
        sold_from=clock.moment(int(terms.start)),
        sold_until=clock.moment(int(terms.until)) if terms.until < FOREVER else None,
        regions=terms.regions,
        adult=bool(terms.adult),
        premium=bool(terms.premium),
        status="withdrawn" if terms.withdrawn else "active",
        picture=f"/pictures/{spec.id}.svg",
    )


def _single(sticker: StickerSpec, package: Item) -> Item:
    phrase = {
        "ja": sticker.phrase_ja.replace("|", ""),
        "en": " ".join(sticker.phrase_en.replace("|", " ").split()),
    }
    return Item(
        id=sticker.id,
        kind="sticker",
        title=phrase,
        caption={sticker.language: phrase[sticker.language]},
        description={"ja": NOTE_JA, "en": NOTE_EN},
        creator=package.creator,
        character=package.character,
        category=SINGLE,
        tags=sticker.tags,
        package=package.id,
        regions=package.regions,
        adult=package.adult,
        premium=package.premium,
        status=package.status,
        picture=f"/pictures/{sticker.id}.svg",
    )
