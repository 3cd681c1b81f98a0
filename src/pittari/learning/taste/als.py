"""Which short vectors of people and items explain who had what, and who had not?

Implicit alternating least squares (Hu, Koren, Volinsky, ICDM 2008) with the loss and the
frequency-scaled penalty of Rendle et al., "Revisiting the performance of iALS" (RecSys 2022,
eq. 3 and 4): sum over pairs that happened of w (1 - u.v)^2, plus a0 times the sum over all
pairs of (u.v)^2, plus penalty * (own pairs + a0 * all on the other side) * |vector|^2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .matrices import Arrays, Floats, Rows, Sparse
from .settings import TasteSettings
from .threads import in_order

CHUNK = 4_000_000  # numbers of gathered vectors held by one job: 16 MB


@dataclass(frozen=True, slots=True)
class Factors:
    """Item vectors, and what is needed to find the vector of any history.

    Attributes:
        items: Items x vectors, turned so that their Gram matrix is diagonal.
        spread: The diagonal of that Gram matrix.
        unobserved: a0, the weight of one pair that did not happen.
        penalty: The penalty per pair that a vector has to explain.
    """

    items: Floats
    spread: Floats
    unobserved: float
    penalty: float

    @classmethod
    def fit(cls, histories: Sparse, settings: TasteSettings, seed: int) -> Factors:
        """Solves users, then items, `als_rounds` times."""
        cells = histories.shape[0] * histories.shape[1]
        a0 = settings.als_unobserved * float(histories.data.sum(dtype=np.float64)) / cells
        penalty = settings.als_penalty
        owners = histories.T.tocsr()
        most = min(settings.als_vectors, math.isqrt(int(settings.als_work / histories.nnz)))
        width = settings.dimensions(most, histories.shape[1])
        rng = np.random.default_rng(seed)
        start = rng.standard_normal((histories.shape[1], width), dtype=np.float32)
        factors = cls.turned(start * np.float32(0.1 / np.sqrt(width)), a0, penalty)
        for _ in range(settings.als_rounds):
            users = cls.turned(factors.solve(histories), a0, penalty)
            factors = cls.turned(users.solve(owners), a0, penalty)
        return factors

    @classmethod
    def turned(cls, vectors: Floats, unobserved: float, penalty: float) -> Factors:
        """Turns the vectors to the axes of their Gram matrix: dot products stay as they are."""
        gram = vectors.T.astype(np.float32) @ vectors
        values, axes = np.linalg.eigh(gram.astype(np.float64))
        spread = np.maximum(values, 0).astype(np.float32)
        return cls(vectors @ axes.astype(np.float32), spread, unobserved, penalty)

    def scores(self, histories: Sparse) -> Floats:
        """Returns users x items, dense."""
        dense: Floats = self.solve(histories) @ self.items.T
        return dense

    def solve(self, rows: Sparse) -> Floats:
        """Returns the vector that explains each row best; zeros for an empty row."""
        lengths = np.diff(rows.indptr).astype(np.int64)
        vectors = np.zeros((rows.shape[0], self.items.shape[1]), dtype=np.float32)

        def part(chunk: Rows) -> Floats:
            return self.solve_chunk(rows, lengths, chunk)

        chunks = list(chunks_of_equal_length(lengths, self.items.shape[1]))
        for chunk, solved in zip(chunks, in_order(part, chunks), strict=True):
            vectors[chunk] = solved
        return vectors

    def solve_chunk(self, rows: Sparse, lengths: Rows, chunk: Rows) -> Floats:
        """Returns the vectors of rows of about equal length, padded to the longest.

        With F the vectors of what the row holds, W its weights and D the diagonal rest, the
        answer is (D + F'WF)^-1 F'W1. A row shorter than the vectors solves the equal, smaller
        system D^-1 F' (W^-1 + F D^-1 F')^-1 1 (Woodbury), which D being diagonal makes cheap.
        """
        own = lengths[chunk][:, None]
        longest, width = int(own.max()), self.items.shape[1]
        place = np.arange(longest)[None, :]
        real = place < own
        at = np.where(real, rows.indptr[chunk][:, None] + place, 0)
        held = self.items[rows.indices[at]] * real[:, :, None]
        weights = np.where(real, rows.data[at], np.float32(1))
        burden = np.float32(self.penalty) * (own + self.unobserved * len(self.items))
        rest = (self.unobserved * self.spread[None, :] + burden).astype(np.float32)
        if longest < width:
            light = held / rest[:, None, :]
            small = held @ light.transpose(0, 2, 1)
            small[:, place[0], place[0]] += 1 / weights
            answer = np.linalg.solve(small, real.astype(np.float32)[:, :, None])
            found: Floats = (answer.transpose(0, 2, 1) @ light)[:, 0]
            return found
        weighted = held * weights[:, :, None]
        full = weighted.transpose(0, 2, 1) @ held
        axis = np.arange(width)
        full[:, axis, axis] += rest
        solved: Floats = np.linalg.solve(full, weighted.sum(axis=1)[:, :, None])[:, :, 0]
        return solved

    def arrays(self) -> Arrays:
        return {
            "items": self.items,
            "spread": self.spread,
            "unobserved": np.asarray(self.unobserved),
            "penalty": np.asarray(self.penalty),
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Factors:
        numbers = float(arrays["unobserved"]), float(arrays["penalty"])
        return cls(arrays["items"], arrays["spread"], *numbers)


def chunks_of_equal_length(lengths: Rows, width: int) -> Iterator[Rows]:
    """Yields the rows that hold anything, in groups of about equal length."""
    order: Rows = np.argsort(lengths, kind="stable")
    order = order[lengths[order] > 0]
    ordered = lengths[order]
    start = 0
    while start < len(order):
        longest = int(ordered[start] * 1.15)
        stop = int(np.searchsorted(ordered, longest, side="right"))
        numbers = longest * width + min(longest, width) ** 2
        stop = min(stop, start + max(1, CHUNK // numbers))
        yield order[start:stop]
        start = stop
