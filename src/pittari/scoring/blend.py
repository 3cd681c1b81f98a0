"""What do all the voices say together?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

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
        total = np.zeros(len(candidates), np.float32)
        if named:
            np.add.reduce(self._words(candidates, named), axis=0, out=total)
        if self.strength:
            total *= columns["engagement"] ** np.float32(self.strength)
        total *= columns["fatigue"]
        for boost in self.boosts:
            fits = matching(boost.where, request, candidates)
            total[fits] = np.minimum(total[fits] * np.float32(boost.by), LOUDEST)
        return total

    def leads(self, candidates: Candidates) -> list[str]:
        """Returns, per candidate, the source whose word weighs most in its score, or ""."""
        named = [name for name in self.weights if name in candidates.columns]
        if not named:
            return [""] * len(candidates)
        words = self._words(candidates, named)
        leads = ["", *named]
        silence = np.zeros((1, len(candidates)), np.float32)
        loudest = np.concatenate([silence, words]).argmax(axis=0)
        return [leads[row] for row in loudest.tolist()]

    def _words(self, candidates: Candidates, named: Sequence[str]) -> npt.NDArray[np.float32]:
        """Returns what each named source adds to the score of each candidate."""
        words = np.concatenate([candidates.columns[name] for name in named], dtype=np.float32)
        np.fmax(words, np.float32(0), out=words)
        words = words.reshape(len(named), -1)
        words *= np.array([self.weights[name] for name in named])[:, None]
        return words
