"""The answer and its reasons."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.model.candidates import Candidates, stacked
from pittari.model.event import Served, Slot
from pittari.model.request import Request


class Dropped(msgspec.Struct, frozen=True, eq=False):
    """What fell out on the way: candidates and, for each, why (`vocabulary[reasons[row]]`).

    `parts`: the candidates of each stage and the rows of those that fell there. They are put
    together when somebody asks for them; serving only counts.
    """

    parts: tuple[tuple[Candidates, npt.NDArray[np.intp]], ...]
    reasons: npt.NDArray[np.uint8]
    vocabulary: tuple[str, ...]
    _counts: dict[str, int] = msgspec.field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.reasons)

    @property
    def candidates(self) -> Candidates:
        """The candidates in the order of `reasons`; a column that some lack is NaN there."""
        return stacked([candidates.take(rows) for candidates, rows in self.parts])

    def counts(self) -> dict[str, int]:
        """Returns how many candidates fell to each reason."""
        if not self._counts:
            totals = np.bincount(self.reasons, minlength=len(self.vocabulary)).tolist()
            told = zip(self.vocabulary, totals, strict=True)
            self._counts.update((name, n) for name, n in told if n)
        return self._counts


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
            dropped=self.dropped.counts(),
            failed=dict(self.failed),
            versions={**request.knowledge.versions(), "settings": settings_version},
            known=request.person.seq,
            seed=request.seed,
            n=request.n,
            context=dict(request.context),
        )
