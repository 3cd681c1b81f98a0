"""What is new, and does it take? Items lately on sale, those without any row too."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.learning.learner import Learned
from pittari.learning.response import trials
from pittari.learning.rows import LogRows
from pittari.settings import LearnTable

Floats = npt.NDArray[np.float64]


class Fresh:
    """Table `fresh`: items on sale for at most `fresh_days`, score f32 > 0, best first: early
    response x what is left of its days.

    The response is the posterior mean of a rate under a Gamma prior, against the prior mean (1:
    nothing known), of engagements per look; without looks in the log, of people per day.
    """

    name = "fresh"

    def __init__(self, settings: LearnTable) -> None:
        self.days = settings.fresh_days

    def fit(self, rows: LogRows) -> Learned:
        age = (rows.as_of - rows.goods.sold_from) / clock.DAY
        new = rows.goods.active & (rows.goods.sold_from > 0) & (age >= 0) & (age <= self.days)
        counts, exposure = _response(rows, age)
        lift = gamma_lift(counts[new], exposure[new])
        recency = 1 - age[new] / (self.days + 1)
        score = (lift * recency).astype(np.float32)
        best = np.argsort(-score, kind="stable")
        arrays = {"items": rows.items[new][best], "score": score[best]}
        untouched = float((rows.people[new] == 0).sum())
        return Learned(arrays, {"items": float(new.sum()), "untouched": untouched})


def _response(rows: LogRows, age: Floats) -> tuple[Floats, Floats]:
    if len(rows.looks.item):
        return trials(rows.looks, len(rows.items))
    return rows.people.astype(np.float64), np.maximum(age, 1.0)


def gamma_lift(counts: Floats, exposure: Floats) -> Floats:
    """Returns each rate's posterior mean / prior mean: (a + count) / (b + exposure) x b / a.

    The Gamma(a, b) prior comes from the rates' mean and their variance beyond Poisson's (method of
    moments; Gelman et al., "Bayesian Data Analysis", 2.6). Without exposure a lift is 1.
    """
    total = exposure.sum()
    if not counts.sum() or not total:
        return np.ones(len(counts))
    mean = counts.sum() / total
    beyond = ((counts - mean * exposure) ** 2).sum() - mean * total
    variance = beyond / max(float((exposure**2).sum()), 1e-12)
    b = mean / max(variance, 0.01 * mean * mean)
    lift: Floats = (mean * b + counts) / (b + exposure) / mean
    return lift
