"""What line-up comes of taking the best topic at each place in turn? Never the worst; at once."""

from __future__ import annotations

import numpy as np

from pittari.editions.problem import Apart, Count, Each, Ints, Level, LineUp, Problem, Rows


def filled(problem: Problem) -> LineUp:
    """Returns the line-up that takes at each place the topic adding least, level by level.

    Nothing is taken back: a topic placed early may cost a later level much. Shares no code with
    the exact method, so that neither falls with the other.
    """
    topics = np.zeros(0, np.int32)
    free = np.ones(len(problem.tie), np.bool_)
    for place in range(problem.places):
        added = [_added(level, topics, place) for level in problem.levels]
        order = np.lexsort([problem.tie, *reversed(added)])
        first = order[free[order]][0]
        free[first] = False
        topics = np.append(topics, first).astype(np.int32)
    return LineUp(topics, problem.degrees(topics), proven=False)


def _added(level: Level, topics: Rows, place: int) -> Ints:
    """Returns what each topic would add to a level's degree at the next place."""
    match level:
        case Each(degree=degree):
            added: Ints = degree[:, place]
        case Count(group=group, places=places, table=table):
            counted = group[topics[places[:place]]]
            counts = np.bincount(counted[counted >= 0], minlength=len(table))
            each = np.arange(len(table))
            more = table[each, np.minimum(counts + 1, table.shape[1] - 1)] - table[each, counts]
            added = np.append(more, 0)[group] * places[place]
        case Apart(group=group):
            before = group[topics[-1]] if place else -1
            added = ((group == before) & (group >= 0)).astype(np.int64)
    return added
