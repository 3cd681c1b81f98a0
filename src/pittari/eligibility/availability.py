"""Is it on sale, here, for this person?"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from pittari.model.candidates import Candidates, bounds
from pittari.model.catalog import FOREVER, Catalog
from pittari.model.request import Batch, Request
from pittari.pipeline.stages import Codes

_REMEMBERED = 64
"""Regions and ages whose answers are kept for one snapshot of the catalogue."""


@dataclass(frozen=True, slots=True)
class _Season:
    """The reason of every item of a snapshot, from `since` until just before `until`, when the
    sale of some item begins or ends."""

    codes: Codes
    since: int
    until: int


class Availability:
    """Withdrawn items, other seasons, other regions, and adult items where not allowed."""

    vocabulary = ("withdrawn", "not_on_sale", "not_in_region", "adult")

    def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
        """Returns the first of the reasons that holds for each candidate."""
        codes = np.empty(len(candidates), np.uint8)
        ends = bounds(candidates.whose, len(batch))
        for request, (start, end) in zip(batch, pairwise(ends), strict=True):
            _known(request).take(candidates.items[start:end], out=codes[start:end], mode="clip")
        return codes


def _known(request: Request) -> Codes:
    """Returns the reason of every item of the catalogue, remembered from people alike."""
    catalog, person, at = request.catalog, request.person, request.at
    whose = ("availability", person.region, person.adult)
    season = catalog.memo.get(whose)
    if season is None or not season.since <= at < season.until:
        season = _season(catalog, person.region, person.adult, at)
        if len(catalog.memo) >= _REMEMBERED:
            catalog.memo.clear()
        catalog.memo[whose] = season
    codes: Codes = season.codes
    return codes


def _season(catalog: Catalog, region: str, adult: bool, at: int) -> _Season:
    codes = np.zeros(len(catalog), np.uint8)
    if not adult:
        codes[catalog.adult] = 4
    codes[~catalog.sold_in(region).take(catalog.regions)] = 3
    codes[(catalog.sold_from > at) | (catalog.sold_until <= at)] = 2
    codes[~catalog.active] = 1
    turns = np.concatenate([catalog.sold_from, catalog.sold_until])
    since, until = turns[turns <= at], turns[turns > at]
    return _Season(codes, int(since.max(initial=-FOREVER)), int(until.min(initial=FOREVER)))
