"""The five sockets of a decision: each signature permits one act.

Who asks at the same moment is answered together: a `Batch` goes through
all parts as one stack of columns, in which `candidates.whose` says for which request each candidate
is. A part treats every request as if it were alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, runtime_checkable

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.model.candidates import Candidates
from pittari.model.decision import Decision
from pittari.model.event import Reason
from pittari.model.request import Batch

Codes = npt.NDArray[np.uint8]


@runtime_checkable
class Source(Protocol):
    """What could it be?

    `name` is the column its scores go to. A source that `waits` (network, disk) gets a thread and
    is left behind at its deadline; one that only computes runs in place.
    """

    @property
    def name(self) -> str: ...

    @property
    def waits(self) -> bool: ...

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        """Returns for each request at most `limit` distinct items with a float32 column `name` of
        scores from 0 to 1, the best of each being 1; may add `because.<name>`, catalogue rows, and
        no other column. Draws no dice. Who thinks of one request at a time puts the answers
        together with `stacked`."""


@runtime_checkable
class Filter(Protocol):
    """Why not?"""

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """The reasons this filter can give; code k stands for `vocabulary[k - 1]`."""

    def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
        """Returns a reason code per candidate, 0: stays."""


@runtime_checkable
class Scorer(Protocol):
    """How good here? `name` is the column its scores go to; the last scorer's column decides."""

    @property
    def name(self) -> str: ...

    def scores(self, batch: Batch, candidates: Candidates) -> npt.NDArray[np.floating[Any]]:
        """Returns one finite number per candidate."""


class Arrangement(msgspec.Struct, frozen=True, eq=False):
    """Rows of the candidates in their order of places, those of the first request first, the
    probability each had at its place, and for every candidate left over a code (k: `vocabulary[k -
    1]`, 0 where placed). `how` says per place what put the item there other than its score:
    `pinned`, `explored`, or nothing."""

    rows: npt.NDArray[np.intp]
    propensities: npt.NDArray[np.float64]
    left: Codes
    how: Sequence[str]


@runtime_checkable
class Composer(Protocol):
    """How laid out?"""

    @property
    def vocabulary(self) -> tuple[str, ...]: ...

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        """Returns for each request at most `n` rows of its candidates, none twice; reads the
        column `score`. It alone draws from a request's `dice`."""


@runtime_checkable
class Observer(Protocol):
    """After the answer: who else should know?"""

    def observe(self, decision: Decision) -> Any:
        """Is told of a decision that was made; what it returns or raises changes nothing."""


class Explainer(Protocol):
    """In a word, why does each item stand where it stands?"""

    def reasons(
        self, batch: Batch, placed: Candidates, how: Sequence[str]
    ) -> list[tuple[str, Reason]]:
        """Returns, per place, the source that counts most and the reason to show."""
