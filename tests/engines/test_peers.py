"""Beside a peer library: where both compute the same thing, both say the same."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from implicit.nearest_neighbours import CosineRecommender

from pittari.learning.taste import fit, recall_ndcg

pytestmark = pytest.mark.engine


def world(users: int = 300, items: int = 80, seed: int = 5) -> sp.csr_matrix:
    """Returns histories of people who like the items near their own place on a line."""
    dice = np.random.default_rng(seed)
    place = dice.random(users)[:, None] - np.linspace(0, 1, items)[None, :]
    return sp.csr_matrix((dice.random((users, items)) < np.exp(-60 * place**2)).astype(np.float32))


def test_item_cosine_of_the_peer_is_the_cosine_that_the_benchmark_states() -> None:
    histories = world()
    peer = CosineRecommender(K=histories.shape[1])
    peer.fit(histories, show_progress=False)
    columns = histories.toarray()
    length = np.linalg.norm(columns, axis=0)
    cosine = columns.T @ columns / np.outer(length, length)
    ids, scores = peer.similar_items(7, N=10)
    order = np.argsort(-cosine[7])[:10]
    assert np.allclose(np.sort(scores), np.sort(cosine[7][order]), atol=1e-5)
    assert set(ids.tolist()) <= set(np.flatnonzero(cosine[7] >= cosine[7][order[-1]] - 1e-6))


def test_our_taste_finds_hidden_items_at_least_as_well_as_the_peers_cosine() -> None:
    whole = world(users=600, items=150)
    dice = np.random.default_rng(1)
    hidden = whole.multiply(dice.random(whole.shape) < 0.25).tocsr()
    hidden.eliminate_zeros()
    train = (whole - hidden).tocsr()
    train.eliminate_zeros()
    ours, _ = fit(train, seed=0).top(train, 20, exclude=train)
    peer = CosineRecommender(K=150)
    peer.fit(train, show_progress=False)
    theirs, _ = peer.recommend(np.arange(train.shape[0]), train, N=20)
    assert recall_ndcg(ours, hidden)[0] >= recall_ndcg(theirs, hidden)[0] - 0.01
