"""Had the rules been others: which editions of the past would change, and by which rule?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from pittari.editions.ladder import Composed
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
    """Returns which of the past editions the new rule files compose otherwise than the old ones."""
    pools = [past.pool for past in pasts]
    rules = [rules_for(new, past.edition) for past in pasts]
    former = [rules_for(old, past.edition) for past in pasts]
    tasks = [*zip(former, pools, strict=True), *zip(rules, pools, strict=True)]
    found = composed_all(tasks, processes)
    return told(rules, pasts, found[: len(pools)], found[len(pools) :])


def told(
    rules: Sequence[Rules],
    pasts: Sequence[Past],
    before: Sequence[Composed],
    after: Sequence[Composed],
) -> Changes:
    """Returns what changed between line-ups of the same editions, the later ones by `rules`."""
    changed = []
    for one, past, old, new in zip(rules, pasts, before, after, strict=True):
        if old.topics != new.topics:
            cause, rule = first_difference(one, past.pool, new.topics, old.topics)
            changed.append(
                Change(
                    edition=past.edition, before=old.topics, after=new.topics,
                    cause=cause, rule=rule,
                )
            )  # fmt: skip
    counts = Counter(change.rule for change in changed)
    return Changes(editions=len(pasts), changed=tuple(changed), by_rule=dict(counts.most_common()))
