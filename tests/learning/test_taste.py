"""Laws of taste, in a checkerboard world whose answer is known and on small random ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from pittari.errors import Invalid, ParametersError, SettingsError
from pittari.learning.taste import TasteModel, TasteSettings, fit, recall_ndcg
from pittari.learning.taste.als import Factors
from pittari.learning.taste.ease import Ease

SMALL = TasteSettings(
    low_pass_vectors=4, als_vectors=4, items_per_vector=5, als_penalty=0.05, ease_penalty=1.0
)
FORMS = {
    "everything exact": SMALL,
    "kept neighbours": replace(SMALL, exact_pairs=0, kept_neighbours=30),
    "without the exact regression": replace(SMALL, exact_size=0),
}


def checkerboard(users: int, items: int, hidden: int = 3) -> sp.csr_matrix:
    """Even users have even items and odd users odd ones, but for a few each has not seen."""
    rng = np.random.default_rng(1)
    board = np.equal.outer(np.arange(users) % 2, np.arange(items) % 2)
    for row in board:
        row[rng.choice(np.flatnonzero(row), hidden, replace=False)] = False
    return sp.csr_matrix(board.astype(np.float32))


def random_world(seed: int, users: int = 40, items: int = 30) -> sp.csr_matrix:
    rng = np.random.default_rng(seed)
    groups = rng.random((4, items)) ** 3
    return sp.csr_matrix((rng.random((users, items)) < groups[np.arange(users) % 4]).astype("f4"))


def same_parity(items: np.ndarray, owners: np.ndarray) -> bool:
    return bool((items % 2 == owners[:, None] % 2).all())


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", [(50, 40), (40, 60)], ids=["more users", "more items"])
@pytest.mark.parametrize("family", ["blend", "low_pass", "als", "ease"])
def test_even_people_are_shown_even_items(family: str, shape: tuple[int, int], form: str) -> None:
    histories = checkerboard(*shape)
    model = fit(histories, FORMS[form])
    if family != "blend":
        if family not in model.families:
            assert FORMS[form].exact_size == 0
            return
        model = TasteModel({family: model.families[family]}, model.known)
    items, scores = model.top(histories, 3)
    assert same_parity(items, np.arange(shape[0]))
    assert (np.diff(scores, axis=1) <= 0).all()


@pytest.mark.parametrize("form", FORMS)
def test_a_person_unknown_at_learning_time_is_served_from_one_item(form: str) -> None:
    model = fit(checkerboard(50, 40), FORMS[form])
    items, _ = model.top(sp.identity(40, dtype=np.float32, format="csr"), 5)
    assert same_parity(items, np.arange(40))
    assert (items != np.arange(40)[:, None]).all()
    neighbours, weights = model.neighbours(5)
    np.testing.assert_array_equal(neighbours, items)
    assert neighbours.dtype == np.int32
    assert weights.dtype == np.float32


@pytest.mark.parametrize("form", FORMS)
def test_a_reloaded_model_answers_exactly_as_before(form: str, tmp_path: object) -> None:
    histories = random_world(2)
    model = fit(histories, FORMS[form])
    file = f"{tmp_path}/taste.npz"
    np.savez(file, **model.arrays())
    with np.load(file, allow_pickle=False) as stored:
        again = TasteModel.from_arrays(dict(stored))
    for before, after in zip(model.top(histories, 7), again.top(histories, 7), strict=True):
        np.testing.assert_array_equal(before, after)


def test_the_same_seed_gives_the_same_model() -> None:
    first, second = fit(random_world(3), SMALL, seed=4), fit(random_world(3), SMALL, seed=4)
    for name, array in first.arrays().items():
        np.testing.assert_array_equal(array, second.arrays()[name])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), k=st.integers(1, 35))
def test_nothing_excluded_or_unknown_or_twice_is_shown(seed: int, k: int) -> None:
    histories = random_world(seed)
    histories = histories.multiply(np.arange(30) != 7).tocsr().astype(np.float32)
    nobody_had = set(np.flatnonzero(histories.toarray().sum(axis=0) == 0))
    rng = np.random.default_rng(seed)
    exclude = sp.csr_matrix((rng.random(histories.shape) < 0.5).astype(np.float32))
    items, scores = fit(histories, SMALL).top(histories, k, exclude=exclude)
    for user, row in enumerate(items):
        shown = row[row >= 0]
        assert len(set(shown)) == len(shown)
        assert not set(shown) & (nobody_had | set(exclude[user].indices))
        left = 30 - len(nobody_had | set(exclude[user].indices))
        assert len(shown) == (min(k, left) if histories[user].sum() > 0 else 0)
        assert (row[len(shown) :] == -1).all()
        assert (scores[user, len(shown) :] == 0).all()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_people_does_not_matter(seed: int) -> None:
    histories = random_world(seed)
    order = np.random.default_rng(seed).permutation(histories.shape[0])
    model, turned = fit(histories, SMALL), fit(histories[order], SMALL)
    nothing = sp.csr_matrix(histories.shape, dtype=np.float32)
    _, scores = model.top(histories, 30, exclude=nothing)
    _, apart = model.top(histories[order], 30, exclude=nothing)
    np.testing.assert_allclose(apart, scores[order], atol=1e-4)
    by_rows = model.top(histories, 5, users=order)
    np.testing.assert_allclose(by_rows[1], model.top(histories[order], 5)[1], atol=1e-4)
    for name in ("ease/diagonal", "low_pass/roots"):
        np.testing.assert_allclose(model.arrays()[name], turned.arrays()[name], rtol=1e-3)


def test_an_empty_history_gets_no_item() -> None:
    histories = random_world(5).tolil()
    histories[3] = 0
    items, scores = fit(histories.tocsr(), SMALL).top(histories.tocsr(), 4)
    assert (items[3] == -1).all()
    assert (scores[3] == 0).all()
    assert (np.delete(items, 3, axis=0) >= 0).all()


def test_both_sides_of_the_exact_regression_agree() -> None:
    histories = random_world(6, users=31, items=30)
    wide = sp.hstack([histories, sp.csr_matrix((31, 2), dtype=np.float32)], format="csr")
    by_items = Ease.fit(histories, SMALL).scores(histories)
    by_users = Ease.fit(wide, replace(SMALL, ease_penalty=32 / 30)).scores(wide)
    np.testing.assert_allclose(by_users[:, :30], by_items, atol=1e-4)


def test_the_exact_regression_is_the_published_formula() -> None:
    histories = random_world(7)
    dense = histories.toarray().astype(np.float64)
    penalty = dense.sum() / 30  # one person's weight per item, as SMALL says
    inverse = np.linalg.inv(dense.T @ dense + penalty * np.eye(30))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0)
    scores = fit(histories, SMALL).families["ease"].scores(histories)
    np.testing.assert_allclose(scores, dense @ weights, atol=1e-4)


@pytest.mark.parametrize("width", [4, 30], ids=["full systems", "smaller systems"])
def test_least_squares_solves_its_normal_equations(width: int) -> None:
    histories = random_world(8).multiply(np.arange(1, 31) / 10).tocsr().astype(np.float32)
    size = replace(SMALL, als_vectors=width, items_per_vector=1, als_unobserved=2.0)
    als = Factors.fit(histories, size, seed=0)
    solved, items = als.solve(histories), als.items.astype(np.float64)
    unobserved = 2 * histories.sum() / 1200
    for user in range(5):
        weights = histories[user].toarray().ravel()
        burden = 0.05 * ((weights > 0).sum() + unobserved * 30)
        left = items.T * (weights + unobserved) @ items + burden * np.eye(width)
        expected = np.linalg.solve(left, items.T @ weights)
        np.testing.assert_allclose(items @ solved[user], items @ expected, atol=2e-3)


def test_a_small_catalogue_bears_few_dimensions() -> None:
    settings = TasteSettings()
    assert settings.dimensions(512, 640) == 20
    assert settings.dimensions(512, 100_000) == 512
    assert settings.dimensions(512, 3) == 1


@pytest.mark.parametrize(
    ("name", "value"), [("als_rounds", 0), ("als_penalty", -1.0), ("low_pass_share", float("nan"))]
)
def test_an_impossible_setting_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(SettingsError, match=f"taste.{name}: expected"):
        TasteSettings(**{name: value})


def test_impossible_histories_are_refused() -> None:
    histories = random_world(9)
    model = fit(histories, SMALL)
    with pytest.raises(Invalid, match="sparse"):
        fit(histories.toarray())
    with pytest.raises(Invalid, match="at least one pair"):
        fit(sp.csr_matrix((3, 4), dtype=np.float32))
    with pytest.raises(Invalid, match="finite weights"):
        fit(-histories)
    with pytest.raises(Invalid, match="30 items"):
        model.top(histories[:, :5], 3)
    with pytest.raises(Invalid, match="exclude"):
        model.top(histories, 3, exclude=histories[:2])
    with pytest.raises(Invalid, match="k: expected"):
        model.top(histories, 0)
    damaged = model.arrays()
    del damaged["als/items"]
    with pytest.raises(ParametersError, match=r"array .items. is missing"):
        TasteModel.from_arrays(damaged)


def test_recall_and_ndcg_by_hand() -> None:
    truth = sp.csr_matrix(np.array([[0, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 0]], dtype="f4"))
    ranked = np.array([[2, 0, 3], [-1, 0, -1], [1, 2, 3]], dtype=np.int32)
    recall, ndcg = recall_ndcg(ranked, truth, k=2)
    assert recall == pytest.approx((1 / 2 + 1) / 2)
    second = 1 / np.log2(3)
    assert ndcg == pytest.approx((1 / (1 + second) + second) / 2)
