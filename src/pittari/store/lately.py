"""What was put before one person lately without an engagement since, ready for the next answer.

An item's catalogue row is the same in every snapshot and every process, so what was looked up once
is kept as rows; what a new line-up costs is one sort of what stands there already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pittari.model.catalog import Catalog, Rows

_NOTHING: Rows = np.zeros(0, np.int32)


@dataclass(slots=True)
class _Shown:
    """The items of one decision that were not engaged with since: those in a snapshot as rows, the
    others, which this process has yet to hear of, as ids."""

    at: int
    rows: Rows
    strange: list[str]


@dataclass(slots=True)
class Lately:
    """Line-ups in the order in which they became known."""

    shown: list[_Shown] = field(default_factory=list)
    _rows: list[Rows] = field(default_factory=list)
    """All rows shown, in parts: those before the last answer, ascending, and what came since."""
    _ids: tuple[str, ...] | None = None
    """The ids among which strange ones were looked for last."""
    _oldest: int = 0

    def __len__(self) -> int:
        return len(self.shown)

    def add(self, at: int, line_up: Sequence[str] | Rows, catalog: Catalog) -> None:
        """Takes in a line-up, as ids or as the rows that they have in every snapshot."""
        strange: list[str] = []
        if isinstance(line_up, np.ndarray):
            rows = line_up
        else:
            rows = catalog.rows(line_up)
            if len(rows) < len(line_up):
                strange = [item for item in line_up if item not in catalog.index]
        self._oldest = min(at, self._oldest) if self.shown else at
        self.shown.append(_Shown(at, rows, strange))
        self._rows.append(rows)

    def engaged(self, item: str, catalog: Catalog) -> None:
        """Spares an item what it was shown before."""
        row = catalog.index.get(item, -1)
        for shown in self.shown:
            shown.rows = shown.rows[shown.rows != row]
            if item in shown.strange:
                shown.strange.remove(item)
        self._again()

    def forget(self, before: int) -> bool:
        """Drops what was shown before a time; returns whether there was any."""
        if not self.shown or before <= self._oldest:
            return False
        self.shown = [shown for shown in self.shown if shown.at >= before]
        self._oldest = min((shown.at for shown in self.shown), default=0)
        self._again()
        return True

    def counted(self, catalog: Catalog) -> tuple[Rows, Rows]:
        """Returns the rows of the items shown, ascending, and how often each was."""
        if self._ids is not catalog.ids:
            self._ids = catalog.ids
            self._meet(catalog)
        rows = np.concatenate([_NOTHING, *self._rows])
        rows.sort()
        self._rows = [rows]
        rows = rows[: rows.searchsorted(len(catalog))]  # a newer snapshot may have shown more
        if not len(rows):
            return rows, rows
        edge = np.empty(len(rows) + 1, np.bool_)
        edge[0] = edge[-1] = True
        np.not_equal(rows[1:], rows[:-1], out=edge[1:-1])
        at = edge.nonzero()[0]
        times: npt.NDArray[np.int64] = at[1:] - at[:-1]
        return rows.take(at[:-1]), times.astype(np.int32)

    def _meet(self, catalog: Catalog) -> None:
        """Looks strange items up in a snapshot that may know them."""
        for shown in self.shown:
            if shown.strange:
                shown.rows = np.concatenate((shown.rows, catalog.rows(shown.strange)))
                shown.strange = [item for item in shown.strange if item not in catalog.index]
                self._again()

    def _again(self) -> None:
        self._rows = [shown.rows for shown in self.shown]
