"""Which stickers are for like tastes? Clusters by direction, as many people's as stickers'."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari.learning.offers.vectors import LENGTH, Vectors

_ROUNDS = 25

Floats = npt.NDArray[np.float64]


def clustered(vectors: Vectors, weights: Floats, count: int) -> Vectors:
    """Returns at most `count` centres (centres, 16), spherical k-means (Dhillon and Modha 2001).

    It begins with stickers drawn by their weight times their distance from those drawn before
    (Arthur and Vassilvitskii 2007), from fixed dice. Equal centres are one, and a centre that is
    the nearest of nothing is none.
    """
    points = vectors.astype(np.float64) / LENGTH
    centres = _begun(points, weights, count)
    for _ in range(_ROUNDS if len(centres) else 0):
        nearest = (points @ centres.T).argmax(axis=1)
        columns = [np.bincount(nearest, weights * column, len(centres)) for column in points.T]
        sums: Floats = np.stack(columns, axis=1)
        centres = _unit(sums[np.bincount(nearest, minlength=len(centres)) > 0])
    whole = np.rint(LENGTH * centres).astype(np.int8)
    whole = whole[np.sort(np.unique(whole, axis=0, return_index=True)[1])]
    used = np.unique(nearest_centre(vectors, whole)) if len(whole) else np.zeros(0, np.intp)
    return whole[used]


def nearest_centre(vectors: Vectors, centres: Vectors) -> npt.NDArray[np.uint8]:
    """Returns the first centre whose product with each vector is greatest, as a device finds a
    person's; 255 where there is no centre."""
    if not len(centres):
        return np.full(len(vectors), 255, np.uint8)
    # exact: products of whole numbers far below 2^53
    near = vectors.astype(np.float64) @ centres.astype(np.float64).T
    found: npt.NDArray[np.uint8] = near.argmax(axis=1).astype(np.uint8)
    return found


def _begun(points: Floats, weights: Floats, count: int) -> Floats:
    dice = np.random.RandomState(0)
    chosen: list[int] = []
    share = weights * (points != 0).any(axis=1)
    far = np.ones(len(points))
    while len(chosen) < count:
        chance = np.cumsum(share * far)
        if not len(chance) or chance[-1] <= 0:
            break
        chosen.append(int(np.searchsorted(chance, dice.random_sample() * chance[-1], "right")))
        far = np.minimum(far, np.maximum(0, 1 - points @ points[chosen[-1]]))
        far[far < 1e-6] = 0
    return _unit(points[chosen])


def _unit(told: Floats) -> Floats:
    length = np.sqrt((told * told).sum(axis=1, keepdims=True))
    unit: Floats = np.divide(told, length, out=np.zeros_like(told), where=length > 0)
    return unit
