"""Nearest rows in blocks are the nearest rows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.learning.worlds import SETTINGS, act, checkerboard, told

from pittari.learning import nearest, similar
from pittari.learning.learn import fit
from pittari.learning.taste import learner as taste
from pittari.model.parameters import user_key
from pittari.settings import LearnTable


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 9), st.integers(1, 60))
def test_blocks_put_together_are_the_product_and_hold_its_highest_cells(seed, k, cells):
    dice = np.random.default_rng(seed)
    left = np.round(dice.random((13, 8)) * (dice.random((13, 8)) < 0.3), 1)
    right = np.round(dice.random((8, 11)) * (dice.random((8, 11)) < 0.3), 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nearest, "CELLS", cells)
        parts = list(nearest.blocks(csr_array(left), csr_array(right)))
    assert [start for start, _ in parts] == [0, *np.cumsum([b.shape[0] for _, b in parts])[:-1]]
    product = left @ right
    assert np.concatenate([b.toarray() for _, b in parts]) == pytest.approx(product)
    for (start, block), row in ((part, i) for part in parts for i in range(part[1].shape[0])):
        columns, values = (found[row] for found in nearest.top(block, k))
        best = np.lexsort((np.arange(11), -product[start + row]))[:k]
        best = best[product[start + row][best] > 0]
        assert values[: len(best)] == pytest.approx(product[start + row][best], rel=1e-5)
        assert (columns[len(best) :] == -1).all()
        assert all(a >= b for a, b in pairwise(values.tolist()))


def test_of_a_very_long_history_the_newest_items_count(monkeypatch):
    monkeypatch.setattr(similar, "LONGEST", 3)
    rows = [act(f"u{p}", f"i{i}", ago=i + 1) for p in range(4) for i in range(6)]
    near = fit("similar", told(rows), SETTINGS).arrays["neighbours"]
    assert set(near[0].tolist()) == {1, 2, -1}
    assert (near[3:] == -1).all()


def test_more_people_than_lists_leaves_out_those_who_came_last_long_ago(monkeypatch):
    monkeypatch.setattr(taste, "LISTED", 5)
    monkeypatch.setattr(taste, "LEARNED_FROM", 20)
    late = [act(f"u{p:03}", f"i{p % 2:03}", ago=p + 1) for p in range(5)]
    found = fit("taste", told([*checkerboard(), *late]), LearnTable())
    table = found.arrays
    assert set(table["users"].tolist()) == {int(user_key(f"u{p:03}")) for p in range(5)}
    assert len(table["top"]) == 5
    assert found.figures["people"] == 60
    assert (table["neighbours"] >= 0).any(axis=1).all()
