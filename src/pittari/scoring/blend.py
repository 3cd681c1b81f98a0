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
        total = np.zeros(len(candidates), np.float32)
        for name, weight in self.weights.items():
            if name in columns:
                total += weight * np.fmax(columns[name], 0)
        if self.strength:
            total *= columns["engagement"] ** np.float32(self.strength)
        total *= columns["fatigue"]
        for boost in self.boosts:
            fits = matching(boost.where, request, candidates)
            total[fits] = np.minimum(total[fits] * np.float32(boost.by), LOUDEST)
        return total

    def leads(self, candidates: Candidates) -> list[str]:
        """Returns, per candidate, the source whose word weighs most in its score, or ""."""
        columns = candidates.columns
        names = [name for name in self.weights if name in columns]
        if not names:
            return [""] * len(candidates)
        words = np.stack([self.weights[name] * np.fmax(columns[name], 0) for name in names])
        best = words.argmax(axis=0).tolist()
        return [names[k] if words[k, row] > 0 else "" for row, k in enumerate(best)]
