"""Did the operator say no?"""

from __future__ import annotations

import numpy as np

from pittari.model.candidates import Candidates
from pittari.model.request import Batch
from pittari.pipeline.match import matching
from pittari.pipeline.stages import Codes
from pittari.settings import Bury


class Buried:
    """Keeps out what the settings bury."""

    vocabulary = ("buried",)

    def __init__(self, rules: tuple[Bury, ...]) -> None:
        self.rules = rules

    def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
        """Returns 1 for items that any rule names."""
        codes = np.zeros(len(candidates), np.uint8)
        for rule in self.rules:
            codes[matching(rule.where, batch.catalog, candidates)] = 1
        return codes
