"""What do made-up people really like? The planted answer, which learning never sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pittari import clock
from pittari.demo.rows import CLICK, DOWNLOAD, PREVIEW, PURCHASE, SEND
from pittari.demo.simulate import affinities
from pittari.demo.world import World

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LIKES = (CLICK, PREVIEW, PURCHASE, DOWNLOAD, SEND)


@dataclass(frozen=True, slots=True)
class Truth:
    """A world cut in two by time; rows are people (`World.names.users`), columns packages
    (`World.names.items`).

    `histories`: 1 where a person did something with a package before the cut, purchases among
    them; `bought`: what they bought after it and had not touched before. `offered`: what was on
    sale at the cut for each, and not had. `affinity`: the planted liking.
    """

    affinity: Floats
    histories: csr_array
    offered: Mask
    bought: csr_array

    @property
    def judges(self) -> npt.NDArray[np.intp]:
        """The people who can judge a list: with something before the cut, and something after."""
        known = np.diff(self.histories.indptr) > 0
        return np.flatnonzero(known & (np.diff(self.bought.indptr) > 0))


def truth(world: World, last_days: int = 10) -> Truth:
    """Returns what is true of a world, its last days held out."""
    simulator = world.simulator()
    shape = (len(world.crowd), len(world.shop))
    did, bought = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    cut = world.recipe.days - last_days
    offered = np.zeros(shape, np.bool_)
    for number in range(world.recipe.days):
        if number == cut:
            everybody = np.arange(len(world.crowd))
            offered = simulator.free(everybody, world.over - last_days * clock.DAY)
        for _, acts in simulator.day(number).parts:
            if number < cut:
                some = np.isin(acts.action, LIKES)
                did[acts.user[some], acts.item[some]] = True
            else:
                some = acts.action == PURCHASE
                bought[acts.user[some], acts.item[some]] = True
    return Truth(
        affinity=affinities(world.crowd, world.shop),
        histories=csr_array(did.astype(np.float32)),
        offered=offered,
        bought=csr_array((bought & ~did & offered).astype(np.float32)),
    )


def recall(truth: Truth, scores: Floats, k: int) -> float:
    """Returns Recall@k of scores (people x packages) over what was bought later: the mean share
    found, among the people who can judge, of what each bought."""
    judges = truth.judges
    open_ = truth.offered & (truth.histories.toarray() == 0)
    ranked = np.argsort(-np.where(open_, scores, -np.inf)[judges], axis=1, kind="stable")[:, :k]
    wanted = truth.bought.toarray()[judges]
    found = np.take_along_axis(wanted, ranked, axis=1).sum(axis=1)
    return float((found / np.minimum(wanted.sum(axis=1), k)).mean())


def liking(truth: Truth, scores: Floats, k: int) -> float:
    """Returns the mean planted liking of each person's best k open packages by `scores`, for
    those with any history: chance gives about 0, the truth itself the most there is."""
    known = np.diff(truth.histories.indptr) > 0
    open_ = (truth.offered & (truth.histories.toarray() == 0))[known]
    ranked = np.argsort(-np.where(open_, scores[known], -np.inf), axis=1, kind="stable")[:, :k]
    real = np.take_along_axis(open_, ranked, axis=1)
    liked = np.take_along_axis(truth.affinity[known], ranked, axis=1)
    return float(liked[real].mean())
