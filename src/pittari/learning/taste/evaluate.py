"""How much of what people took later stands in their first places?"""

from __future__ import annotations

from typing import Any

import numpy as np

from .matrices import Ints, histories_of


def recall_ndcg(ranked: Ints, truth: Any, k: int = 20) -> tuple[float, float]:
    """Measures rankings against what people took, mean over the people who took anything.

    Recall@k is hits / |T|. NDCG@k is the sum over hits at position p of 1 / log2(p + 1), divided
    by the same sum for positions 1..min(k, |T|), as in the evaluation of LightGCN (SIGIR 2020).

    Args:
        ranked: Users x at least k item indices, best first; -1 is no item.
        truth: Users x items, sparse: T of each user.
        k: How many places count.
    """
    truth = histories_of(truth)
    ranked = ranked[:, :k]
    taken = np.diff(truth.indptr)
    keys = np.repeat(np.arange(truth.shape[0]), taken) * truth.shape[1] + truth.indices
    asked = np.arange(truth.shape[0])[:, None] * truth.shape[1] + ranked
    hits = np.isin(asked, keys) & (ranked >= 0)
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discount)])[np.minimum(taken, k)]
    counted = taken > 0
    if not counted.any():
        return 0.0, 0.0
    recall = hits.sum(axis=1)[counted] / taken[counted]
    ndcg = (hits @ discount[: hits.shape[1]])[counted] / ideal[counted]
    return float(recall.mean()), float(ndcg.mean())
