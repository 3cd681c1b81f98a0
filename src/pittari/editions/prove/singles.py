"""Does one rule ever matter, can it always be kept, and if not, when does it give way?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Literal

from pittari.editions.pool import Pool
from pittari.editions.prove.cases import Case
from pittari.editions.prove.filling import ALONE
from pittari.editions.prove.kinds import Undecided, Universe
from pittari.editions.prove.occasions import Occasion
from pittari.editions.prove.starving import Effort
from pittari.editions.rules import Rule, Rules

Fate = Literal[
    "objective", "never_in_force", "dead", "always_yields", "may_give_way", "holds", "open"
]
POOLS = 40


@dataclass(frozen=True, slots=True)
class Single:
    """What becomes of one rule over all pools; `by`: the rule of safety that leaves it nothing."""

    rule: str
    fate: Fate
    witness: Pool | None = None
    by: str = ""


def judged(universe: Universe, rules: Rules, rule: Rule, occasion: Occasion | None) -> Single:
    """Returns what becomes of an editorial rule on the first occasion on which it is in force."""
    if occasion is None:
        return Single(rule.name, "never_in_force")
    if rule.kind == "by":
        return Single(rule.name, "objective")
    try:
        return _judged(universe, rules, rule, occasion)
    except Undecided:
        return Single(rule.name, "open")


def _judged(universe: Universe, rules: Rules, rule: Rule, occasion: Occasion) -> Single:
    case = Case(universe, rules, occasion, (rule,))
    if universe.whole and _idle(rule, case):
        return Single(rule.name, "dead", by=_behind(universe, rules, rule, occasion))
    counts = case.broken(case.demands, Effort(POOLS))
    if counts is None:
        told = universe.whole and rule.within is None
        return Single(rule.name, "holds" if told else "open")
    witness = case.pool(counts)
    if witness is None:
        return Single(rule.name, "open")
    never = universe.whole and not case.possible()
    return Single(rule.name, "always_yields" if never else "may_give_way", witness)


def _idle(rule: Rule, case: Case) -> bool:
    """Whether no topics could break a rule, whatever the line-up."""
    (one,) = case.demands
    if one.allowed:
        return all(places == (1 << case.n) - 1 for places in one.allowed)
    offered: Counter[Hashable] = Counter()
    for group, many in zip(one.groups, case.rich, strict=True):
        if group is not None:
            offered[group] = 1 if group == ALONE else offered[group] + many
    largest = max(offered.values(), default=0)
    if one.apart:
        return case.n < 2 or largest < 2
    most = one.places.bit_count()
    high = 0 if rule.within else one.high
    floor = one.low > most or (one.low > 0 and (one.present or None in one.groups))
    return min(largest, most) <= high and not floor


def _behind(universe: Universe, rules: Rules, rule: Rule, occasion: Occasion) -> str:
    """The rule of safety that alone keeps out whatever could break a rule."""
    for kept in occasion.keep_out:
        if _idle(rule, Case(universe, rules, replace(occasion, keep_out=(kept,)), (rule,))):
            nothing = replace(occasion, keep_out=())
            return "" if _idle(rule, Case(universe, rules, nothing, (rule,))) else kept.name
    return ""
