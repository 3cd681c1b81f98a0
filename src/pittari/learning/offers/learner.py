"""How does each sticker do with people, and among which others does it lie?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari.learning.learner import Learned
from pittari.learning.offers.clusters import clustered, nearest_centre
from pittari.learning.offers.vectors import placed
from pittari.learning.rows import LogRows
from pittari.settings import LearnTable

TAKEN = 0.5
"""From this weight on an act counts: purchases, downloads, trials, and sends of the sticker."""
CLUSTERS = 32
_EACH = 8
"""Stickers there must be for each cluster."""


class Offers:
    """Table `offers`: items (stickers, ascending), prior u8, vectors i8 (items, 16) of length
    near 127, cluster u8, centres i8 (at most 32, 16).

    `prior`: people who took the package or sent the sticker, halved each half life, on a
    logarithmic scale that ends at 255. `cluster`: the centre that lies nearest, weighted by people.
    """

    name = "offers"

    def __init__(self, settings: LearnTable) -> None:
        self.half_life_days = settings.half_life_days

    def fit(self, rows: LogRows) -> Learned:
        stickers = np.flatnonzero(rows.goods.package >= 0)
        people = _people(rows, stickers, self.half_life_days)
        vectors = placed(rows, stickers)
        count = min(CLUSTERS, -(-len(stickers) // _EACH))
        centres = clustered(vectors, 1 + people, count)
        arrays = {
            "items": rows.items[stickers],
            "prior": _prior(people),
            "vectors": vectors,
            "cluster": nearest_centre(vectors, centres),
            "centres": centres,
        }
        figures = {"items": float(len(stickers)), "clusters": float(len(centres))}
        return Learned(arrays, figures)


def _people(
    rows: LogRows, stickers: npt.NDArray[np.intp], half_life_days: float
) -> npt.NDArray[np.float64]:
    """Returns how many people took each sticker's package or sent the sticker, decayed."""
    taken, sent = (
        np.bincount(
            pairs.item[pairs.weight >= TAKEN],
            rows.decayed(half_life_days, pairs)[pairs.weight >= TAKEN],
            len(rows.items),
        ).astype(np.float64)
        for pairs in (rows.pairs, rows.singles)
    )
    package = rows.goods.package[stickers]
    return taken[package] + np.where(package == stickers, 0, sent[stickers])


def _prior(people: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    told = np.log1p(people)
    most = told.max(initial=0)
    return np.rint(255 * told / most if most else told).astype(np.uint8)
