"""Who may still stand at the next place, and who is best there?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from pittari.settings import Quota


@dataclass(slots=True)
class Board:
    """The leading candidates while places are filled; lists run over them, best first.

    Plain lists: for each place only the first few are looked at, since what likeness takes off a
    score never lifts anybody. `unit` is what each one placed takes off those of its kind. A kind
    below 0 is no kind.
    """

    rows: list[int]
    """Where each stands among all candidates."""
    score: list[float]
    open: list[bool]
    reach: int
    free: int
    """How many of the first `reach` are open."""
    unit: float = 0.0
    spread: list[tuple[list[int], dict[int, int]]] = field(default_factory=list)
    """The kind of each candidate, and how many of a kind are placed."""
    limits: list[tuple[list[int], dict[int, int], int]] = field(default_factory=list)
    """The kind of each candidate, how many of a kind have a place, and how many may."""
    needs: list[tuple[list[bool], int]] = field(default_factory=list)
    limited: list[int] = field(default_factory=list)

    def best(self, may: list[bool]) -> int:
        """Returns the first of the most valuable candidates that may, -1 where there is none."""
        best, most, unit, spread = -1, -math.inf, self.unit, self.spread
        for at, score in enumerate(self.score):
            if score <= most:
                break
            if may[at]:
                value = score
                for kinds, met in spread:
                    if kinds[at] in met:
                        value -= unit * met[kinds[at]]
                if value > most:
                    best, most = at, value
        return best

    def close(self, at: int) -> None:
        """Takes a candidate out of the running."""
        if self.open[at]:
            self.open[at] = False
            self.free -= at < self.reach

    def limit(self, kinds: list[int], kind: int) -> None:
        """Takes all candidates of a kind out of the running because its limit is reached."""
        for at, own in enumerate(kinds):
            if own == kind and self.open[at]:
                self.limited.append(at)
                self.close(at)

    def place(self, at: int) -> None:
        """Puts the candidate `at`, counted already, on the shelf; those like it lose a little."""
        for kinds, met in self.spread:
            met[kinds[at]] = met.get(kinds[at], 0) + 1

    def count(self, at: int) -> None:
        """Counts a candidate that has its place, or is pinned to one, for caps and quotas."""
        self.close(at)
        for kinds, placed, most in self.limits:
            kind = kinds[at]
            if kind >= 0:
                placed[kind] = number = placed.get(kind, 0) + 1
                if number >= most:
                    self.limit(kinds, kind)
        if self.needs:
            self.needs = [(fits, need - fits[at]) for fits, need in self.needs]

    def wanted(self, places_left: int) -> list[bool] | None:
        """Returns who a quota still waits for, when there is room for nobody else."""
        waiting = [(_both(fits, self.open), need) for fits, need in self.needs if need > 0]
        due = [(fits, need) for fits, need in waiting if any(fits)]
        if not due or sum(need for _, need in due) < places_left:
            return None
        return [any(column) for column in zip(*(fits for fits, _ in due), strict=True)]

    def ask(self, quota: Quota, fits: list[bool]) -> None:
        """Takes a quota into account; `fits`: whom it speaks of."""
        if quota.at_least:
            self.needs.append((fits, quota.at_least))
        kinds = [0 if one else -1 for one in fits]
        if quota.at_most == 0:
            self.limit(kinds, 0)
        elif quota.at_most is not None:
            self.limits.append((kinds, {}, quota.at_most))


def fitting(
    limits: list[tuple[list[int], int]], fixed: list[int], order: Sequence[int], most: int
) -> list[int]:
    """Returns the first `most` rows of `order` that fit together within the limits, and beside the
    rows that are `fixed`: with them on the board, caps leave no place empty that can be filled."""
    if not limits:
        return list(order[:most])
    told: list[tuple[list[int], int, dict[int, int]]] = [(*limit, {}) for limit in limits]
    for kinds, _, counts in told:
        for row in fixed:
            counts[kinds[row]] = counts.get(kinds[row], 0) + 1
    found: list[int] = []
    for row in order:
        if len(found) == most:
            break
        for kinds, limit, counts in told:
            if counts.get(kinds[row], 0) >= limit and kinds[row] >= 0:
                break
        else:
            found.append(row)
            for kinds, _, counts in told:
                counts[kinds[row]] = counts.get(kinds[row], 0) + 1
    return found


def _both(some: list[bool], others: list[bool]) -> list[bool]:
    return [one and other for one, other in zip(some, others, strict=True)]
