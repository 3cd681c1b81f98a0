"""How good is an item, place aside? Looks at the top say less than looks further down."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari.learning.rows import Looks
from pittari.model.catalog import Rows

Floats = npt.NDArray[np.float64]
ROUNDS = 200
STRENGTH = 20.0
"""Looks that the prior is worth where the log cannot tell how much items differ."""


def examination(looks: Looks) -> Floats:
    """Returns how often each context (touchpoint and place) is looked at, against the
    first place.

    Position-based model: P(engaged | item, context) = attraction(item) x examination(context)
    (Richardson et al. 2007; Chuklin, Markov and de Rijke, "Click Models for Web Search", 2015,
    3.3), fitted as the Poisson log-linear model of rates by its alternating closed form
    ("iterative proportional fitting"; convex, one answer). An item drawn at random to a place, or
    moving between places, is what ties the places to one another.
    """
    contexts = int(looks.context.max(initial=-1)) + 1
    items = int(looks.item.max(initial=-1)) + 1
    seen = np.ones(contexts)
    clicked_item = _sums(looks.item, looks.engaged, items)
    clicked_context = _sums(looks.context, looks.engaged, contexts)
    for _ in range(ROUNDS):
        exposed = _sums(looks.item, looks.shown * seen[looks.context], items)
        attraction = _ratio(clicked_item, exposed)
        expected = _sums(looks.context, looks.shown * attraction[looks.item], contexts)
        # One engagement more and one expected: a place that nobody has seen enough stays near 1.
        fresh = (clicked_context + 1) / (expected + 1)
        done = np.abs(fresh - seen).max(initial=0) < 1e-6
        seen = fresh
        if done:
            break
    return seen / _first_place(looks, seen)


def _first_place(looks: Looks, seen: Floats) -> float:
    """Returns the examination of the topmost places, weighted by looks."""
    top = looks.place == looks.place.min(initial=1 << 30)
    shown = looks.shown[top]
    return float(np.average(seen[looks.context[top]], weights=shown)) if shown.sum() else 1.0


def _sums(keys: Rows, weights: Floats, n: int) -> Floats:
    """Returns the sum of the weights of each key; of none, zeros."""
    sums: Floats = np.bincount(keys, weights, n).astype(np.float64)
    return sums


def _ratio(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def trials(looks: Looks, items: int) -> tuple[Floats, Floats]:
    """Returns for each item its engagements, and its looks as if all were at the first place."""
    seen = examination(looks)
    shown = _sums(looks.item, looks.shown * seen[looks.context], items)
    engaged = _sums(looks.item, looks.engaged, items)
    return engaged, np.maximum(shown, engaged)


def beta_prior(engaged: Floats, shown: Floats) -> tuple[float, float]:
    """Returns alpha and beta of the Beta distribution that the items' rates are drawn from.

    Method of moments for proportions with extraneous variance, items weighted by what their rates
    are worth under the prior found so far (Kleinman, Journal of the American Statistical
    Association 68, 1973, "empirical weights"), so that much shown items do not stand for all.
    """
    some = shown > 0
    engaged, shown = engaged[some], shown[some]
    mean = (engaged.sum() + 0.5) / (shown.sum() + 10)
    if len(shown) < 2:
        return mean * STRENGTH, (1 - mean) * STRENGTH
    rate, alike = engaged / shown, 0.0
    for _ in range(20):
        weight = shown / (1 + alike * np.maximum(shown - 1, 0))
        total = weight.sum()
        mean = ((weight * rate).sum() + 1e-3) / (total + 1e-2)
        spread = (weight * (rate - mean) ** 2).sum() / (mean * (1 - mean))
        free = weight * (1 - weight / total)
        within, between = (free / shown).sum(), free.sum()
        apart = between - within
        alike = (spread - within) / apart if apart > 0 else 1 / (1 + STRENGTH)
        alike = float(np.clip(alike, 1e-4, 0.5))
    strength = 1 / alike - 1
    return mean * strength, (1 - mean) * strength
