"""The answer and its reasons."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.model.candidates import NONE, Candidates, Places, stacked
from pittari.model.event import Served, Slot
from pittari.model.request import Request


class Dropped(msgspec.Struct, frozen=True, eq=False):
    """What fell out on the way: candidates and, for each, why (`vocabulary[reasons[row]]`).

    `parts`: the candidates of each stage, the rows of those that fell there, and why. They are put
    together when somebody asks for them; serving only counts. The candidates are those of all who
    asked together: who keeps a decision keeps them.
    """

    parts: tuple[tuple[Candidates, Places, npt.NDArray[np.uint8]], ...] = ()
    vocabulary: tuple[str, ...] = ()
    counts: Mapping[str, int] = msgspec.field(default_factory=dict)
    """How many candidates fell to each reason."""

    def __len__(self) -> int:
        return sum(len(rows) for _, rows, _ in self.parts)

    @property
    def candidates(self) -> Candidates:
        """The candidates in the order of `reasons`; a column that some lack is NaN there."""
        every = stacked([candidates.take(rows) for candidates, rows, _ in self.parts] or [NONE])
        return Candidates(every.items, every.columns)

    @property
    def reasons(self) -> npt.NDArray[np.uint8]:
        """A number of the vocabulary per candidate."""
        return np.concatenate([np.zeros(0, np.uint8), *(codes for _, _, codes in self.parts)])


class Decision(msgspec.Struct, frozen=True, eq=False):
    """What one request got: the line-up in `slots`, the rest in `dropped`, and `failed` sources."""

    request: Request
    slots: tuple[Slot, ...]
    placed: Candidates
    dropped: Dropped
    failed: Mapping[str, str]

    def served(self, settings_version: str = "") -> Served:
        """Returns the row of the log that says all of this."""
        request = self.request
        return Served(
            event_id=request.decision_id,
            decision_id=request.decision_id,
            at=clock.moment(request.at),
            user=request.person.user,
            zone=request.person.zone,
            touchpoint=request.touchpoint,
            placement=request.placement,
            slots=self.slots,
            dropped=dict(self.dropped.counts),
            failed=dict(self.failed),
            versions={**request.knowledge.versions(), "settings": settings_version},
            known=request.person.seq,
            seed=request.seed,
            n=request.n,
            context=dict(request.context),
        )
