"""How likely is a person to act on an item they look at? A click rate with its doubt."""

from __future__ import annotations

import numpy as np

from pittari.learning.learner import Learned
from pittari.learning.response import beta_prior, trials
from pittari.learning.rows import LogRows
from pittari.settings import LearnTable


class Engagement:
    """Table `engagement`: items, and of each one's rate at the first place the posterior Beta
    alpha f32, beta f32, and lift f32 = posterior mean / prior mean (1: as the average).

    Beta-binomial, the prior by empirical Bayes. An engagement counts for the decision it names,
    within a day of the look (`rows.ATTRIBUTION`).
    """

    name = "engagement"

    def __init__(self, settings: LearnTable) -> None:
        del settings

    def fit(self, rows: LogRows) -> Learned:
        engaged, shown = trials(rows.looks, len(rows.items))
        a, b = beta_prior(engaged, shown)
        alpha, beta = a + engaged, b + shown - engaged
        mean = a / (a + b)
        arrays = {
            "items": rows.items,
            "alpha": alpha.astype(np.float32),
            "beta": beta.astype(np.float32),
            "lift": (alpha / (alpha + beta) / mean).astype(np.float32),
        }
        figures = {
            "looks": float(rows.looks.shown.sum()),
            "engaged": float(engaged.sum()),
            "prior_mean": float(mean),
            "prior_looks": float(a + b),
        }
        return Learned(arrays, figures)
