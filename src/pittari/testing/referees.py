"""Is the line-up the best? Two judges that share nothing with the composer but the problem.

`tried` looks at every line-up there is; `programmed` asks the integer solver that comes with SciPy.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from pittari.editions.problem import Count, Each, Level, LineUp, Problem

Floats = npt.NDArray[np.float64]


def tried(problem: Problem) -> LineUp:
    """Returns the best of all line-ups by looking at each: for small problems only."""
    tie = problem.tie.tolist()
    best = min(
        permutations(range(len(tie)), problem.places),
        key=lambda topics: (
            problem.degrees(np.array(topics, np.int32)),
            [tie[topic] for topic in topics],
        ),
    )
    topics = np.array(best, np.int32)
    return LineUp(topics, problem.degrees(topics), True)


def programmed(problem: Problem) -> LineUp:
    """Returns the best line-up by `scipy.optimize.milp`, each level in turn held for the next.

    Its sums are floating: trust it for degrees that add up to less than a million. Raises
    `ArithmeticError` when the solver finds none.
    """
    model = _Program(problem)
    tie = np.asarray(problem.tie, np.float64)
    for level in problem.levels:
        model.minimise(model.degree(level))
    for place in range(problem.places):
        model.minimise({model.cell(t, place): rank for t, rank in enumerate(tie.tolist())})
    cells = model.found[: len(tie) * problem.places].reshape(len(tie), problem.places)
    topics = cells.argmax(0).astype(np.int32)
    return LineUp(topics, problem.degrees(topics), True)


class _Program:
    """Columns of 0 or 1, the first of them topic by place; rows of sums within bounds."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.topics = range(len(problem.tie))
        self.places = range(problem.places)
        self.columns = len(problem.tie) * problem.places
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.found: Floats = np.zeros(0)
        for place in self.places:
            self.rows.append(({self.cell(t, place): 1.0 for t in self.topics}, 1, 1))
        for t in self.topics:
            self.rows.append(({self.cell(t, place): 1.0 for place in self.places}, 0, 1))

    def cell(self, topic: int, place: int) -> int:
        """Returns the column that says that a topic stands at a place."""
        return topic * self.problem.places + place

    def minimise(self, objective: dict[int, float]) -> None:
        """Finds the least of a sum, and holds it from now on."""
        if not objective:
            return
        costs = np.zeros(self.columns)
        costs[list(objective)] = list(objective.values())
        rows = np.repeat(np.arange(len(self.rows)), [len(row) for row, _, _ in self.rows])
        columns = [column for row, _, _ in self.rows for column in row]
        values = [value for row, _, _ in self.rows for value in row.values()]
        matrix = csr_array((values, (rows, columns)), shape=(len(self.rows), self.columns))
        low, high = np.array([(low, high) for _, low, high in self.rows]).T
        answer = milp(
            costs,
            integrality=np.ones(self.columns, np.int64),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, low, high),
            options={"mip_rel_gap": 0.0},
        )
        if answer.x is None:
            raise ArithmeticError(f"the integer solver found no line-up: {answer.message}")
        self.found = np.round(answer.x)
        self.rows.append((objective, -np.inf, round(float(costs @ self.found)) + 0.5))

    def degree(self, level: Level) -> dict[int, float]:
        """Returns a level's degree as a sum of columns, made where there are none."""
        if isinstance(level, Each):
            degree = level.degree.astype(np.float64)
            return {self.cell(t, p): degree[t, p] for t in self.topics for p in self.places}
        told: dict[int, float] = {}
        for group in np.unique(level.group[level.group >= 0]).tolist():
            own = np.flatnonzero(level.group == group).tolist()
            if isinstance(level, Count):
                told |= self._counted(own, level.places, level.table[group])
            else:
                told |= {self._met(own, place): 1.0 for place in self.places[1:]}
        return told

    def _counted(
        self, own: list[int], mask: npt.NDArray[np.bool_], table: npt.NDArray[np.int64]
    ) -> dict[int, float]:
        """One column for each count there can be, of which one is 1."""
        cells = {self.cell(t, p): -1.0 for t in own for p in self.places if mask[p]}
        most = min(len(own), int(mask[: len(self.places)].sum()))
        counts = [self._column() for _ in range(most + 1)]
        self.rows.append((dict.fromkeys(counts, 1.0), 1, 1))
        self.rows.append((cells | {c: float(n) for n, c in enumerate(counts)}, 0, 0))
        return {column: float(table[n]) for n, column in enumerate(counts)}

    def _met(self, own: list[int], place: int) -> int:
        """A column that is 1 where both neighbours are of a group."""
        met = self._column()
        cells = {self.cell(t, side): 1.0 for t in own for side in (place - 1, place)}
        self.rows.append((cells | {met: -1.0}, -np.inf, 1))
        return met

    def _column(self) -> int:
        self.columns += 1
        return self.columns - 1
