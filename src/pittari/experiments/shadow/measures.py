"""How far do two line-ups agree? One number each, 1 when they are the same list.

A line-up is a sequence of distinct topic ids, the first place first. In every measure `ours` is
judged and `theirs` is the editors'.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

Ids = Sequence[str]

PERSISTENCE = 0.7
"""Of a reader at any place in rank-biased overlap: how likely they go on to the next."""
DEPTH = 10
"""Places that nDCG and recall look at."""


def overlap(ours: Ids, theirs: Ids) -> float:
    """Returns the topics in both, as a share of the longer line-up."""
    longer = max(len(ours), len(theirs))
    return len(set(ours) & set(theirs)) / longer if longer else 1.0


def same_place(ours: Ids, theirs: Ids) -> float:
    """Returns the places with the same topic, as a share of the longer line-up's places."""
    longer = max(len(ours), len(theirs))
    same = sum(one == other for one, other in zip(ours, theirs, strict=False))
    return same / longer if longer else 1.0


def rank_biased_overlap(ours: Ids, theirs: Ids, p: float = PERSISTENCE) -> float:
    """Returns extrapolated rank-biased overlap of lists of any lengths.

    Webber, Moffat and Zobel, "A similarity measure for indefinite rankings", ACM TOIS 28 (4),
    2010, equation 32. An empty list agrees with an empty one alone.
    """
    short, long = sorted((ours, theirs), key=len)
    s, l = len(short), len(long)  # noqa: E741 - the paper's letters
    if not s:
        return float(not l)
    common = [len(set(short[:d]) & set(long[:d])) for d in range(l + 1)]
    total = sum(common[d] / d * p**d for d in range(1, l + 1))
    total += sum(common[s] * (d - s) / (s * d) * p**d for d in range(s + 1, l + 1))
    return (1 - p) / p * total + ((common[l] - common[s]) / l + common[s] / s) * p**l


def pairwise_order(ours: Ids, theirs: Ids) -> float:
    """Returns the share of pairs of common topics that stand in the same order.

    NaN with fewer than two of them: there is no pair to judge.
    """
    place = {topic: i for i, topic in enumerate(theirs)}
    common = [place[topic] for topic in ours if topic in place]
    pairs = list(combinations(common, 2))
    return sum(one < other for one, other in pairs) / len(pairs) if pairs else math.nan


def ndcg(ours: Ids, theirs: Ids) -> float:
    """Returns the binary discounted gain of our first ten places (1 / log2(place + 1) for a topic
    of theirs), divided by that of the best possible ten; NaN where theirs is empty."""
    wanted = set(theirs[:DEPTH])
    best = sum(_gain(place) for place in range(len(wanted)))
    got = sum(_gain(place) for place, topic in enumerate(ours[:DEPTH]) if topic in wanted)
    return got / best if wanted else math.nan


def recall(ours: Ids, theirs: Ids) -> float:
    """Returns the share of their first ten that stand among our first ten; NaN where theirs is
    empty."""
    wanted = set(theirs[:DEPTH])
    return len(wanted & set(ours[:DEPTH])) / len(wanted) if wanted else math.nan


MEASURES: Mapping[str, Callable[[Ids, Ids], float]] = {
    "overlap": overlap,
    "same_place": same_place,
    "rbo": rank_biased_overlap,
    "pairwise_order": pairwise_order,
    "ndcg_at_10": ndcg,
    "recall_at_10": recall,
}
"""All measures by the names that reports bear."""


def _gain(place: int) -> float:
    return 1 / math.log2(place + 2)
