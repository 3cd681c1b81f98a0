"""What goes into a bundle? Plain columns, as whoever builds one has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.device.settings import Settings, defaults
from pittari.text.language import Language

Numbers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True)
class Links:
    """From rows to rows: `counts[i]` cells of `to` and `weight` (1 to 255) belong to row i."""

    counts: Numbers
    to: Numbers
    weight: Numbers


@dataclass(frozen=True, slots=True)
class Items:
    """Stickers, one row each; the rows keep their order from version to version where they can,
    so that differences stay small.

    `package` counts in `packages`; `flags` as in `device.settings`; `prior` 0 to 255: how well it
    does with anybody; `region` counts in a bundle's `regions`; `vectors`: int8 of length near 127,
    one row each; `cluster` counts in a bundle's `centres`.
    """

    ids: Sequence[str]
    package: Numbers
    packages: Sequence[str]
    flags: Numbers
    prior: Numbers
    vectors: npt.NDArray[np.int8]
    region: Numbers | None = None
    cluster: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Tags:
    """Words attached to stickers.

    `items`: those of each tag with their confidence, the best first. Of each tag's items the first
    `offers` (at most 100) may be offered to somebody who does not own them; the rest are for their
    owners. `rate` 0 to 255: how often somebody who types such a word sends a sticker; `hours`
    [tags, 8]: how usual the tag is in each three hours of the day.
    """

    texts: Sequence[str]
    items: Links
    offers: Numbers | None = None
    rate: Numbers | None = None
    hours: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a locale's bundle. `keywords` are folded, each stands once; `keyword_tags` counts in
    `tags.texts`; `readings`: row of a keyword, and how it is read, in kana.

    `regions`: sets of regions; the set 0 is everywhere. `ranker`, `quiet`: weights (int16) of the
    features named in `device.settings`. `made_from`: versions of what the bundle was built from.
    """

    locale: str
    version: int
    created: int
    language: Language
    keywords: Sequence[str]
    keyword_tags: Links
    tags: Tags
    items: Items
    readings: Sequence[tuple[int, str]] = ()
    regions: Sequence[Sequence[str]] = ((),)
    centres: npt.NDArray[np.int8] | None = None
    ranker: Mapping[str, int] = field(default_factory=lambda: defaults().ranker)
    quiet: Mapping[str, int] = field(default_factory=lambda: defaults().quiet)
    settings: Settings = field(default_factory=lambda: defaults().settings)
    made_from: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartContents:
    """One package's stickers with their tags, for those who own it."""

    package: str
    version: int
    created: int
    tags: Tags
    items: Items
