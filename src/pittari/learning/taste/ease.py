"""Which weight has each item for each other item, exactly?

EASE (Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019, eq. 8): with
P = (X'X + penalty I)^-1 the score of item j for history h is h_j - (h P)_j / P_jj. Where there
are fewer users than items, the same P comes from the users' side (Woodbury):
P = (I - X' (X X' + penalty I)^-1 X) / penalty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import lapack

from pittari.errors import PartError

from .matrices import Arrays, Floats, Sparse, pack, unpack
from .settings import TasteSettings

BLOCK = 2_000_000  # cells of a dense block while the diagonal is read


@dataclass(frozen=True, slots=True)
class Ease:
    """The exact regression, kept on the smaller side.

    Attributes:
        people: X, users x items, where the inverse is users x users; no rows otherwise.
        inverse: (X X' + penalty I)^-1, or P itself where `people` is empty.
        diagonal: The diagonal of P.
        penalty: The penalty.
    """

    people: Sparse
    inverse: Floats
    diagonal: Floats
    penalty: float

    @classmethod
    def fit(cls, histories: Sparse, settings: TasteSettings) -> Ease:
        """Inverts one dense matrix of the smaller side, in place, in float32."""
        users, items = histories.shape
        penalty = settings.ease_penalty * float(histories.data.sum(dtype=np.float64)) / items
        if items <= users:
            inverse = inverted((histories.T @ histories).toarray(), penalty)
            return cls(histories[:0], inverse, inverse.diagonal().copy(), penalty)
        inverse = inverted((histories @ histories.T).toarray(), penalty)
        explained = np.zeros(items, dtype=np.float32)
        owners = histories.T.tocsr()
        width = max(1, BLOCK // users)
        for start in range(0, items, width):
            block = owners[start : start + width]
            explained[start : start + width] = block.multiply(block @ inverse).sum(axis=1).ravel()
        diagonal = ((1 - explained) / penalty).astype(np.float32)
        return cls(histories, inverse, diagonal, penalty)

    def scores(self, histories: Sparse) -> Floats:
        """Returns users x items, dense."""
        if self.people.shape[0]:
            through = (histories @ self.people.T) @ self.inverse
            dense: Floats = np.ascontiguousarray((self.people.T @ through.T).T)
            dense -= histories.toarray()
            dense /= self.penalty * self.diagonal
        else:
            dense = histories @ self.inverse
            dense /= -self.diagonal
        dense += histories.toarray()
        return dense

    def arrays(self) -> Arrays:
        return {
            **pack("people", self.people),
            "inverse": self.inverse,
            "diagonal": self.diagonal,
            "penalty": np.asarray(self.penalty),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Ease:
        people = unpack("people", arrays)
        return cls(people, arrays["inverse"], arrays["diagonal"], float(arrays["penalty"]))


def inverted(gram: Floats, penalty: float) -> Floats:
    """Returns (gram + penalty I)^-1 of a symmetric matrix, overwriting `gram`."""
    gram = np.asfortranarray(gram, dtype=np.float32)
    gram.flat[:: len(gram) + 1] += penalty
    factor, failed = lapack.spotrf(gram, lower=1, overwrite_a=1, clean=1)
    if not failed:
        factor, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise PartError("taste: the item-to-item regression is singular; raise ease_penalty")
    return mirrored(factor.T)


def mirrored(upper: Floats) -> Floats:
    """Copies the upper triangle over the lower one, in place, block by block."""
    size, step = len(upper), 1024
    for start in range(0, size, step):
        stop = min(size, start + step)
        upper[stop:, start:stop] = upper[start:stop, stop:].T
        corner = np.triu(upper[start:stop, start:stop])
        upper[start:stop, start:stop] = corner + np.triu(corner, 1).T
    return upper
