"""What do all the voices say together?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pittari.model.candidates import Candidates, Scores
from pittari.model.request import Request
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

    def scores(self, request: Request, candidates: Candidates) -> Scores:
        """Returns the final score per candidate."""
        columns = candidates.columns
        named = [name for name in self.weights if name in columns]
        words = np.array([columns[name] for name in named], np.float32)
        weights = np.array([self.weights[name] for name in named], np.float32)
        total = np.zeros(len(candidates), np.float32)
        if named:
            np.add.reduce(np.fmax(words, 0) * weights[:, None], axis=0, out=total)
        if self.strength:
            total *= columns["engagement"] ** np.float32(self.strength)
        total *= columns["fatigue"]
        for boost in self.boosts:
            fits = matching(boost.where, request, candidates)
            total[fits] = np.minimum(total[fits] * np.float32(boost.by), LOUDEST)
        return total

    def leads(self, candidates: Candidates) -> list[str]:
        """Returns, per candidate, the source whose word weighs most in its score, or ""."""
        loudest, leads = [0.0] * len(candidates), [""] * len(candidates)
        for name, weight in self.weights.items():
            column = candidates.columns.get(name)
            if column is not None:
                for row, word in enumerate((weight * column).tolist()):
                    if word > loudest[row]:
                        loudest[row], leads[row] = word, name
        return leads
