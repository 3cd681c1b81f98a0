"""What is popular with people like you? Groups of like taste, and what each takes more than all."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array

from pittari.learning.learner import Learned
from pittari.learning.rows import LogRows
from pittari.settings import LearnTable

DIMENSIONS = 32
"""Directions of taste that people are compared in."""
SAMPLE = 200_000
"""People the directions are found from; a key is a hash, so every n-th person is a fair draw."""
ROUNDS = 25
DOUBT = 5.0
"""People a group is taken to have had for an item, as expected: few people make no lift."""
SEED = 0

Floats = npt.NDArray[np.float32]


class Peers:
    """Table `peers`: items, users, group i16 (users), top i32 (groups, k) padded with -1, score
    f32 (groups, k) = share of the group x its lift over all people.

    Groups by spherical k-means (Dhillon and Modha 2001) on a randomised truncated SVD (Halko,
    Martinsson and Tropp 2011) of the normalised histories. The lift is the posterior mean of
    observed / expected under a Gamma(DOUBT, DOUBT) prior (DuMouchel 1999).
    """

    name = "peers"

    def __init__(self, settings: LearnTable) -> None:
        self.groups, self.k = settings.groups, settings.list_length
        self.half_life_days = settings.half_life_days

    def fit(self, rows: LogRows) -> Learned:
        group, n = grouped(rows.histories, self.groups)
        weights = rows.decayed(self.half_life_days)
        cells = (weights, (group[rows.pairs.user], rows.pairs.item))
        taken = csr_array(cells, shape=(n, len(rows.items)))
        size = np.bincount(group, minlength=n)
        usual = taken.sum(axis=0) / max(len(group), 1)
        top, best = np.full((n, self.k), -1, np.int32), np.zeros((n, self.k), np.float32)
        for row in range(n):
            own = taken[[row]].toarray().ravel()
            lift = (own + DOUBT) / (size[row] * usual + DOUBT)
            score = (own / max(size[row], 1) * lift).astype(np.float32)
            first = np.argsort(-score, kind="stable")[: min(self.k, np.count_nonzero(score))]
            top[row, : len(first)], best[row, : len(first)] = first, score[first]
        arrays = {
            "items": rows.items,
            "users": rows.users,
            "group": group.astype(np.int16),
            "top": top,
            "score": best,
        }
        return Learned(arrays, {"groups": float(n), "largest": float(size.max(initial=0))})


def grouped(histories: csr_array, most: int) -> tuple[npt.NDArray[np.intp], int]:
    """Returns a group per person, and how many groups there are: at least one, at most `most`."""
    n = int(min(most, max(1, histories.shape[0] // 10)))
    if n == 1 or not histories.nnz:
        return np.zeros(histories.shape[0], np.intp), 1
    dice = np.random.Generator(np.random.PCG64(SEED))
    points = _taste(histories, dice)
    centres = _far_apart(points, n, dice)
    group = np.zeros(len(points), np.intp)
    for _ in range(ROUNDS):
        before = group
        group = (points @ centres.T).argmax(axis=1)
        if (group == before).all():
            break
        members = csr_array((np.ones(len(group), np.float32), (group, np.arange(len(group)))))
        sums = np.zeros_like(centres)
        sums[: members.shape[0]] = members @ points
        length = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(length > 0, sums / np.maximum(length, 1e-12), centres)
    return group, n


def _taste(histories: csr_array, dice: np.random.Generator) -> Floats:
    """Returns a direction of length 1 per person in the space of taste."""
    held = np.bincount(histories.indices, minlength=histories.shape[1])
    damped = diags_array((1 / np.sqrt(np.maximum(held, 1))).astype(np.float32), dtype=np.float32)
    matrix = csr_array(histories @ damped)
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    unit = diags_array(1 / np.maximum(length, 1e-12), dtype=np.float32)
    matrix = csr_array(unit @ matrix)
    part = csr_array(matrix[:: max(1, matrix.shape[0] // SAMPLE)])
    width = min(DIMENSIONS, *part.shape)
    basis = dice.standard_normal((part.shape[1], min(width + 8, *part.shape)), np.float32)
    for _ in range(3):
        basis, _ = np.linalg.qr(part.T @ (part @ basis))
    small = part @ basis
    turn = np.linalg.eigh((small.T @ small).astype(np.float64)).eigenvectors
    points = matrix @ (basis @ turn[:, ::-1][:, :width].astype(np.float32))
    length = np.linalg.norm(points, axis=1, keepdims=True)
    return np.asarray(points / np.maximum(length, 1e-12), np.float32)


def _far_apart(points: Floats, n: int, dice: np.random.Generator) -> Floats:
    """Returns n starting centres, each drawn by its distance to those before (k-means++, Arthur
    and Vassilvitskii 2007)."""
    part = points[:: max(1, len(points) // 20_000)]
    chosen = [int(dice.integers(len(part)))]
    distance = np.maximum(1 - part @ part[chosen[0]], 0)
    while len(chosen) < n:
        total = distance.sum(dtype=np.float64)
        chance = distance.astype(np.float64) / total if total > 0 else None
        chosen.append(int(dice.choice(len(part), p=chance)))
        distance = np.minimum(distance, np.maximum(1 - part @ part[chosen[-1]], 0))
    return part[chosen]
