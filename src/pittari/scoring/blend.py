"""What do all the voices say together?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from pittari.model.candidates import Candidates, Scores
from pittari.model.request import Batch
from pittari.pipeline.match import matching
from pittari.settings import Boost

LOUDEST = np.float32(1e30)
"""What boosts on boosts lift a score to at most: sums of such scores are still numbers."""


class Blend:
    """Weighted sum of the sources' scores, bent by engagement, fatigue and the operator's boosts.

    score = (sum of weight x source) x engagement ** strength x fatigue x boosts
    """

    name = "blend"

    def __init__(
        self, weights: Mapping[str, float], strength: float, boosts: tuple[Boost, ...]
    ) -> None:
        total = sum(weights.values()) or 1.0
        self.weights = {name: np.float32(w / total) for name, w in weights.items()}
        self.strength, self.boosts = strength, boosts

    def scores(self, batch: Batch, candidates: Candidates) -> Scores:
        """Returns the final score per candidate."""
        columns = candidates.columns
        words = self._words(candidates)[1]
        total: Scores = np.add.reduce(words, axis=0)
        if len(candidates) == 1:  # a single column would be added up in another order than many
            total = np.add.accumulate(words, axis=0)[-1]
        if self.strength:
            total *= columns["engagement"] ** np.float32(self.strength)
        total *= columns["fatigue"]
        for boost in self.boosts:
            fits = matching(boost.where, batch.catalog, candidates)
            total[fits] = np.minimum(total[fits] * np.float32(boost.by), LOUDEST)
        return total

    def leads(self, candidates: Candidates) -> list[str]:
        """Returns, per candidate, the source whose word weighs most in its score, or ""."""
        names, words = self._words(candidates)
        return [names[row] for row in words.argmax(axis=0).tolist()]

    def _words(self, candidates: Candidates) -> tuple[list[str], npt.NDArray[np.float32]]:
        """Returns a row per source with what it adds to the score of each candidate, and whose
        each row is; the first is nobody's and adds nothing."""
        names = [name for name in self.weights if name in candidates.columns]
        told = [candidates.columns[name] for name in names]
        silence = np.zeros(len(candidates), np.float32)
        words = np.concatenate([silence, *told], dtype=np.float32).reshape(len(names) + 1, -1)
        np.fmax(words, silence, out=words)  # NaN: the source did not name the item
        words *= np.array([0, *(self.weights[name] for name in names)], np.float32)[:, None]
        return ["", *names], words
