"""How do vectors keep their meaning from build to build? Turned so that they lie where they lay.

A device keeps the mean of what a person sends in the space of the bundle it has. Learning finds the
space anew each time, with its axes in other directions; a turn of all vectors changes no likeness.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.int8]
_LENGTH = 127
_STAYS = 0.98
"""A vector that lies this near (cosine) to where it lay stays there: small steps are only noise,
and would be fetched anew by every device."""


class Space(NamedTuple):
    """Where stickers and the centres of clusters lie, one row each; `ids` of the stickers."""

    ids: npt.NDArray[np.bytes_]
    vectors: Vectors
    centres: Vectors


def settled(
    vectors: Vectors, centres: Vectors, before: Space, rows: npt.NDArray[np.integer[Any]]
) -> tuple[Vectors, Vectors]:
    """Returns vectors and centres, turned so that stickers lie as near as can be to where they lay
    before (orthogonal Procrustes, Schoenemann 1966).

    `rows`: the row now of each sticker of `before`, -1 where it is gone.
    """
    there = rows >= 0
    old = before.vectors[there]
    if not len(old) or old.shape[1] != vectors.shape[1]:
        return vectors, centres
    left, _, right = np.linalg.svd(vectors[rows[there]].astype(np.float64).T @ old)
    turned, middle = (_whole(told @ (left @ right)) for told in (vectors, centres))
    turned[rows[there]] = _stayed(turned[rows[there]], old)
    if middle.shape == before.centres.shape:
        middle = _stayed(middle, before.centres)
    return turned, middle


def _stayed(new: Vectors, old: Vectors) -> Vectors:
    """Returns new vectors, or the old ones where they are nearly the same."""
    a, b = new.astype(np.float64), old.astype(np.float64)
    length = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    stays = (length > 0) & ((a * b).sum(axis=1) >= _STAYS * length)
    return np.where(stays[:, None], old, new)


def _whole(told: npt.NDArray[np.float64]) -> Vectors:
    """Returns vectors rounded to whole numbers, none longer than they may be."""
    whole: Vectors = np.rint(np.clip(told, -_LENGTH, _LENGTH)).astype(np.int8)
    return whole
