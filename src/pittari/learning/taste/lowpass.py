"""Which items lie near a history in the graph of who had what?

GF-CF (Shen et al., "How powerful is graph convolution for recommendation?", CIKM 2021, eq. 15):
with N the histories divided by the square roots of user and item degrees, the score is
h N'N + share * (h D^-1/2) V V' D^1/2, where V holds the leading right singular vectors of N.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from .matrices import (
    Arrays,
    Floats,
    Sparse,
    inverse_root,
    pack,
    scaled,
    sums,
    unpack,
)
from .neighbours import strongest
from .settings import TasteSettings
from .threads import in_order

OVERSAMPLED = 32  # extra directions that make the last kept vectors exact enough
POWER_ROUNDS = 4
SLICE = 32  # columns of one sparse product: rows x SLICE numbers wait in each thread


@dataclass(frozen=True, slots=True)
class LowPass:
    """Normalised co-occurrence and the low-pass filter beside it.

    Attributes:
        people: N, users x items; empty where `neighbours` stands for N'N.
        neighbours: The strongest entries of N'N, items x items; empty where `people` is exact.
        vectors: V, items x vectors.
        roots: Square root of each item's degree.
        share: Weight of the low-pass filter.
    """

    people: Sparse
    neighbours: Sparse
    vectors: Floats
    roots: Floats
    share: float

    @classmethod
    def fit(cls, histories: Sparse, settings: TasteSettings, seed: int) -> LowPass:
        """Learns from users x items in one pass of block products per power round."""
        degrees = sums(histories, 0)
        root = inverse_root(degrees)
        people = scaled(histories, inverse_root(sums(histories, 1)), root)
        count = settings.dimensions(settings.low_pass_vectors, histories.shape[1])
        vectors = singular_vectors(people, count, seed)
        nothing = sp.csr_matrix((histories.shape[1], histories.shape[1]), dtype=np.float32)
        neighbours = nothing
        counts = np.bincount(histories.indices, minlength=histories.shape[1]).astype(np.float64)
        if counts @ counts > settings.exact_pairs:
            neighbours = strongest(people, settings.kept_neighbours)
            people = people[:0]
        roots = np.sqrt(degrees).astype(np.float32)
        return cls(people, neighbours, vectors, roots, settings.low_pass_share)

    def scores(self, histories: Sparse) -> Floats:
        """Returns users x items, dense."""
        weights = scaled(histories, None, inverse_root(self.roots**2))
        dense: Floats = (weights @ self.vectors) @ self.vectors.T
        dense *= self.share * self.roots
        if self.people.shape[0]:
            near = (histories @ self.people.T) @ self.people
        else:
            near = histories @ self.neighbours
        dense += near.toarray()
        return dense

    def arrays(self) -> Arrays:
        return {
            **pack("people", self.people),
            **pack("neighbours", self.neighbours),
            "vectors": self.vectors,
            "roots": self.roots,
            "share": np.asarray(self.share),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> LowPass:
        return cls(
            unpack("people", arrays),
            unpack("neighbours", arrays),
            arrays["vectors"],
            arrays["roots"],
            float(arrays["share"]),
        )


def singular_vectors(matrix: Sparse, count: int, seed: int) -> Floats:
    """Returns the `count` leading right singular vectors, columns x count, float32.

    Block power iteration from a seeded random start (Halko, Martinsson, Tropp, SIAM Review 2011,
    algorithm 4.4); never holds rows x count at once.
    """
    count = min(count, *matrix.shape)
    width = min(count + OVERSAMPLED, *matrix.shape)
    rng = np.random.default_rng(seed)
    basis = rng.standard_normal((matrix.shape[1], width), dtype=np.float32)
    basis = orthonormal(basis)
    for _ in range(POWER_ROUNDS):
        basis = orthonormal(gram_product(matrix, basis))
    small = basis.T @ gram_product(matrix, basis)
    values, turn = np.linalg.eigh((small + small.T).astype(np.float64) / 2)
    leading = np.argsort(-values, kind="stable")[:count]
    vectors: Floats = np.ascontiguousarray(basis @ turn[:, leading].astype(np.float32))
    return vectors


def orthonormal(basis: Floats) -> Floats:
    """Returns orthonormal columns that span the same; a direction that is lost becomes zeros.

    By the eigenvectors of the small Gram matrix: one matrix product instead of a tall QR, which
    is many times slower in float32 LAPACK.
    """
    values, axes = np.linalg.eigh((basis.T @ basis).astype(np.float64))
    kept = values > values[-1] * 1e-6
    scale = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1)), 0)
    straight: Floats = basis @ (axes * scale).astype(np.float32)
    return straight


def gram_product(matrix: Sparse, basis: Floats) -> Floats:
    """Returns matrix' (matrix basis), a few columns at a time."""

    def part(start: int) -> Floats:
        few = np.ascontiguousarray(basis[:, start : start + SLICE])
        product: Floats = matrix.T @ (matrix @ few)
        return product

    return np.hstack(list(in_order(part, range(0, basis.shape[1], SLICE))))
