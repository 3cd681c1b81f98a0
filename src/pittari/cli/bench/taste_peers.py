"""Who else could recommend? The peers that stand beside taste in the same run.

A peer is fitted on users x items and gives back its answer: for some users and their histories
the first `count` items that are not in the history. The ALS of `implicit` has an early form of our
own ALS settings, converted to its terms; its BPR has the library's defaults and is not tuned.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from pittari.learning.taste.neighbours import best
from pittari.learning.taste.threads import one_core_algebra

THREADS = 2
Ranked: TypeAlias = npt.NDArray[np.int32]
Answer: TypeAlias = Callable[[npt.NDArray[np.int64], Any, int], Ranked]


def cells_of(rows: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Returns the row and column of every stored number."""
    return np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)), rows.indices


def popularity(train: Any) -> Answer:
    """Everyone is shown what most people had."""
    counts = np.asarray(train.sum(axis=0)).ravel()

    def answer(_users: npt.NDArray[np.int64], histories: Any, count: int) -> Ranked:
        scores = np.tile(counts, (histories.shape[0], 1))
        scores[cells_of(histories)] = -np.inf
        return best(scores, count)[0]

    return answer


def item_cosine(train: Any) -> Answer:
    """Every item of a history votes for all items, by the cosine of who had the two."""
    lengths = np.sqrt(np.maximum(np.asarray(train.sum(axis=0)).ravel(), 1))
    unit = (train @ sp.diags(1 / lengths)).tocsr().astype(np.float32)

    def answer(_users: npt.NDArray[np.int64], histories: Any, count: int) -> Ranked:
        votes = (histories @ sp.diags(1 / lengths)).astype(np.float32)
        scores = ((votes @ train.T) @ unit).toarray()
        scores[cells_of(histories)] = -np.inf
        return best(scores, count)[0]

    return answer


def of_implicit(module: str, name: str, **settings: Any) -> Callable[[Any], Answer]:
    """Returns how a model of the library `implicit` is fitted and asked."""

    def fitted(train: Any) -> Answer:
        models = importlib.import_module(f"implicit.{module}")
        model = getattr(models, name)(num_threads=THREADS, **settings)
        with one_core_algebra():
            model.fit(train, show_progress=False)

        def answer(users: npt.NDArray[np.int64], histories: Any, count: int) -> Ranked:
            found, _ = model.recommend(users, histories, N=count)
            return np.asarray(found, dtype=np.int32)

        return answer

    return fitted


PEERS: dict[str, Callable[[Any], Answer]] = {
    "popularity": popularity,
    "item cosine": item_cosine,
    "implicit ALS": of_implicit(
        "als",
        "AlternatingLeastSquares",
        factors=256,
        alpha=125.0,
        regularization=160.0,
        iterations=15,
        random_state=0,
    ),
    "implicit BPR": of_implicit(
        "bpr",
        "BayesianPersonalizedRanking",
        factors=128,
        learning_rate=0.05,
        regularization=0.01,
        iterations=100,
        random_state=0,
    ),
    "implicit cosine": of_implicit("nearest_neighbours", "CosineRecommender", K=100),
}
