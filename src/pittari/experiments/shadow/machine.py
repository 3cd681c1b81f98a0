"""Had the rules been others: which editions of the past would change, and by which rule?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from pittari.editions.compiling import compiled
from pittari.editions.pool import Pool
from pittari.editions.problem import Apart, Count, Each, Problem
from pittari.editions.rules import Rules
from pittari.experiments.shadow.divergence import Cause, first_difference
from pittari.experiments.shadow.history import Past
from pittari.experiments.shadow.replay import composed_all, rules_for


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """An edition that would have been another: its line-ups by the old and the new rules.

    `rule`: the first of the new rules, in order of priority, that prefers the new line-up, or the
    one that keeps a topic of the old out; `cause` as in a divergence.
    """

    edition: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    cause: Cause
    rule: str = ""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What a changed rule file would have changed. `by_rule`: changed editions by rule, the most
    first; editions that no rule of the new file tells apart count under an empty name."""

    editions: int
    changed: tuple[Change, ...]
    by_rule: dict[str, int]


def changes(
    old: Sequence[Rules], new: Sequence[Rules], pasts: Sequence[Past], processes: int = 1
) -> Changes:
    """Returns which of the past editions the new rule files compose otherwise than the old ones.

    Editions for which both files say the same thing of the pool at hand are not composed again.
    """
    asked = [
        (past, before, after)
        for past in pasts
        for before, after in [(rules_for(old, past.edition), rules_for(new, past.edition))]
        if not _say_the_same(before, after, past.pool)
    ]
    tasks = [(before, past.pool) for past, before, _ in asked]
    tasks += [(after, past.pool) for past, _, after in asked]
    found = composed_all(tasks, processes)
    halves = zip(asked, found[: len(asked)], found[len(asked) :], strict=True)
    changed = [
        _change(after, past, one.topics, other.topics)
        for (past, _, after), one, other in halves
        if one.topics != other.topics
    ]
    counts = Counter(change.rule for change in changed)
    return Changes(editions=len(pasts), changed=tuple(changed), by_rule=dict(counts.most_common()))


def _change(rules: Rules, past: Past, before: tuple[str, ...], after: tuple[str, ...]) -> Change:
    cause, rule = first_difference(rules, past.pool, after, before)
    return Change(edition=past.edition, before=before, after=after, cause=cause, rule=rule)


def _say_the_same(old: Rules, new: Rules, pool: Pool) -> bool:
    """Says whether two rule files come to the same problem, whatever their rules are called."""
    if old.edition.minimum != new.edition.minimum:
        return False
    one, other = _stripped(compiled(old, pool)), _stripped(compiled(new, pool))
    return len(one) == len(other) and all(map(np.array_equal, one, other))


def _stripped(problem: Problem) -> list[Any]:
    """Returns all that a problem's answer depends on."""
    told: list[Any] = [problem.places, problem.rows, problem.tie]
    for level in problem.levels:
        match level:
            case Each(degree=degree):
                told += ["each", degree]
            case Count(group=group, places=places, table=table):
                told += ["count", group, places, table]
            case Apart(group=group):
                told += ["apart", group]
    return told
