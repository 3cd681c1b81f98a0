"""Which candidates does an operator's rule speak of?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates
from pittari.model.catalog import Catalog, Mask
from pittari.settings import Match


def matching(match: Match, catalog: Catalog, candidates: Candidates) -> Mask:
    """Returns, per candidate, whether every word of `match` fits it."""
    items = candidates.items
    fits = np.ones(len(items), np.bool_)
    if match.item:
        fits &= items == catalog.index.get(match.item, -1)
    for column in ("creator", "character", "category"):
        value = getattr(match, column)
        if value:
            fits &= catalog.codes[column][items] == catalog.code(column, value)
    if match.price_at_most is not None:
        fits &= catalog.price[items] <= match.price_at_most
    if match.price_at_least is not None:
        fits &= catalog.price[items] >= match.price_at_least
    if match.premium is not None:
        fits &= catalog.premium[items] == match.premium
    if match.source:
        named = candidates.columns.get(match.source)
        fits &= False if named is None else ~np.isnan(named)
    if match.tag and fits.any():
        tags = catalog.tags
        fits &= np.fromiter((match.tag in tags[row] for row in items.tolist()), np.bool_)
    return fits
