"""How likely is a yes? Boosted trees that ask every row the same questions, few and in order.

Gradient boosting with Newton steps on the logistic loss (Friedman, Annals of Statistics 29, 2001;
Chen and Guestrin, KDD 2016) over oblivious trees: all branches of one depth share one question
(Kohavi, ECML 1994; Prokhorenkova et al., NeurIPS 2018), so that a tree is a few questions and a
table of answers, and predicts in NumPy at once for all rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]


LOWEST, HIGHEST = np.finfo(np.float32).min, np.finfo(np.float32).max
"""Cuts that every value that is not missing reaches, and that none does."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How trees grow: how many, how many questions each, how far each step goes (`rate`), what
    every leaf holds of zero (`ridge`), and which share of rows and of features a tree sees."""

    trees: int = 250
    depth: int = 4
    rate: float = 0.08
    ridge: float = 10.0
    rows: float = 0.6
    features: float = 0.3
    bins: int = 32
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Trees:
    """`feature` and `cut` (trees x depth): is the feature at least the cut? A missing value is
    not. `leaf` (trees x 2^depth) is added to `base`, both in log odds."""

    base: float
    feature: npt.NDArray[np.int16]
    cut: npt.NDArray[np.float32]
    leaf: npt.NDArray[np.float32]

    def log_odds(self, rows: Rows) -> Floats:
        """Returns the log odds of a yes for each row (rows x features)."""
        columns = np.ascontiguousarray(rows.T)
        total = np.full(len(rows), self.base)
        for feature, cut, leaf in zip(self.feature, self.cut, self.leaf, strict=True):
            which = np.zeros(len(rows), np.int64)
            for one, least in zip(feature.tolist(), cut.tolist(), strict=True):
                which = 2 * which + (columns[one] >= least)
            total += leaf[which]
        return total

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns the trees as the arrays of a learned table."""
        return {
            "base": np.array([self.base]), "feature": self.feature, "cut": self.cut,
            "leaf": self.leaf,
        }  # fmt: skip

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Trees:
        """Returns the trees that `arrays` were made from."""
        return cls(float(arrays["base"][0]), arrays["feature"], arrays["cut"], arrays["leaf"])


def probability(log_odds: Floats) -> Floats:
    """Returns 1 / (1 + exp(-x))."""
    return np.exp(-np.logaddexp(0.0, -log_odds))


def grown(rows: Rows, yes: npt.NDArray[np.bool_], growth: Growth) -> Trees:
    """Returns trees fitted to `rows` (rows x features, NaN: missing); equal input, equal trees.

    With no yes or no no among them, there are no trees and the base says how rare a yes is.
    """
    share = (yes.sum() + 0.5) / (len(yes) + 1)
    base = float(np.log(share / (1 - share)))
    count = growth.trees if 0 < yes.sum() < len(yes) else 0
    feature = np.zeros((count, growth.depth), np.int16)
    cut = np.zeros((count, growth.depth), np.float32)
    leaf = np.zeros((count, 1 << growth.depth), np.float32)
    edges = [_edges(column, growth.bins) for column in rows.T]
    codes = np.stack([_coded(*both) for both in zip(rows.T, edges, strict=True)])
    dice = np.random.default_rng(growth.seed)
    total = np.full(len(yes), base)
    for tree in range(count):
        chance = probability(total)
        slope, curve = yes - chance, chance * (1 - chance)
        some = np.flatnonzero(dice.random(len(yes)) < growth.rows)
        few = np.sort(dice.permutation(len(codes))[: max(1, int(len(codes) * growth.features))])
        asked = _questions(codes[few][:, some], slope[some], curve[some], growth)
        which = np.zeros(len(yes), np.int64)
        for depth, (row, bin_) in enumerate(asked):
            one = int(few[row])
            feature[tree, depth] = one
            cut[tree, depth] = _cut(edges[one], bin_)
            which = 2 * which + (codes[one] > bin_)
        own = which[some]
        size = 1 << growth.depth
        step = np.bincount(own, slope[some], size) / (
            np.bincount(own, curve[some], size) + growth.ridge
        )
        leaf[tree] = growth.rate * step
        total += leaf[tree][which]
    return Trees(base, feature, cut, leaf)


def _edges(column: npt.NDArray[np.float32], bins: int) -> npt.NDArray[np.float32]:
    """Returns ascending values that part the known ones into about `bins` equal shares."""
    known = column[~np.isnan(column)]
    distinct = np.unique(known)
    if len(distinct) <= bins:
        return distinct[1:]
    ranks = np.linspace(0, 1, bins + 1)[1:-1]
    return np.unique(np.quantile(known, ranks, method="nearest"))


def _coded(column: npt.NDArray[np.float32], edges: npt.NDArray[np.float32]) -> Codes:
    """Returns 0 for a missing value, else 1 + how many edges it reaches."""
    code = np.searchsorted(edges, column, side="right") + 1
    return np.where(np.isnan(column), 0, code).astype(np.uint8)


def _cut(edges: npt.NDArray[np.float32], code: int) -> float:
    """Returns the least value whose code is above `code`."""
    if code == 0:
        return float(LOWEST)
    return float(edges[code - 1]) if code <= len(edges) else float(HIGHEST)


def _questions(codes: Codes, slope: Floats, curve: Floats, growth: Growth) -> list[tuple[int, int]]:
    """Returns (row of `codes`, code that has to be exceeded) by depth, each the best one can ask
    after those before it: it makes the sum over leaves of slope^2 / (curve + ridge) largest."""
    asked = []
    width = growth.bins + 2
    wide = codes.astype(np.int64)
    leaf = np.zeros(len(slope), np.int64)
    for depth in range(growth.depth):
        best = (-1.0, 0, 0)
        shape = (1 << depth, width)
        for row, own in enumerate(wide):
            key = leaf * width + own
            low = np.bincount(key, slope, shape[0] * width).reshape(shape).cumsum(1)
            flat = np.bincount(key, curve, shape[0] * width).reshape(shape).cumsum(1)
            high, steep = low[:, -1:] - low, flat[:, -1:] - flat
            gain = (low**2 / (flat + growth.ridge) + high**2 / (steep + growth.ridge)).sum(0)
            code = int(gain[:-1].argmax())
            if gain[code] > best[0]:
                best = (float(gain[code]), row, code)
        asked.append(best[1:])
        leaf = 2 * leaf + (wide[best[1]] > best[2])
    return asked
