"""The checker: what can be said of a rule file over all pools there could be, at every save."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

from pittari import clock
from pittari.editions.prove.cases import Case
from pittari.editions.prove.filling import Demand, filled
from pittari.editions.prove.kinds import Undecided, Universe
from pittari.editions.prove.occasions import Occasion, occasions
from pittari.editions.prove.pairs import Pair, Pairs
from pittari.editions.prove.rado import Assumption, assumed, suffices
from pittari.editions.prove.report import Answer, Report, answered, listed
from pittari.editions.prove.singles import Single, judged
from pittari.editions.prove.starving import Effort, Starving
from pittari.editions.rules import KeepOut, Rule, Rules, Sentence
from pittari.editions.rules.speaking import gives_way

POOLS = 600
"""Pools looked at for all pairs together."""
TOGETHER = 40
"""Pools looked at for all promises at once."""


def checked(rules: Rules, since: date | None = None) -> Report:
    """Returns the checker's answers on a rule file for the days from `since`; today when silent.

    The work is bounded by counts, not by time: the same file and day give the same answers.
    """
    return _Checking(rules, since).report()


def assumptions(rules: Rules, since: date | None = None) -> tuple[Assumption, ...]:
    """Returns what pools must hold, or promises give way: to be asked of a pool before it is due.

    One by one they are needed; where the report's `together` is proven, they are enough.
    """
    return _Checking(rules, since).assumptions


class _Checking:
    def __init__(self, rules: Rules, since: date | None) -> None:
        self.rules = rules
        self.occasions = occasions(rules, since or clock.moment(clock.now()).date())
        self.named = {rule.name: rule for rule in rules.rules}
        self.universe = Universe(rules, self.occasions[0].at)
        self.singles = [
            judged(self.universe, rules, rule, self._first(rule)) for rule in rules.rules
        ]
        fates = {"objective", "may_give_way", "holds", "open"}
        self.alive = [
            rule
            for rule, single in zip(rules.rules, self.singles, strict=True)
            if single.fate in fates
        ]
        pairs = Pairs(self.universe, rules, Effort(POOLS))
        self.pairs = [
            pairs.related(first, second, self._first(first, second))
            for first, second in combinations(self.alive, 2)
        ]
        self.assumptions = tuple(self._assumed())

    def report(self) -> Report:
        return Report(
            edition=self.rules.edition.name,
            digest=self.rules.digest,
            goes_out=self._goes_out(),
            rules=(*map(self._safety, self.rules.keep_out), *self._judged()),
            pairs=tuple(map(self._paired, self.pairs)),
            together=self._together(),
            assumptions=tuple(one.answer for one in self.assumptions),
        )

    def _first(self, *several: Rule) -> Occasion | None:
        """The first occasion on which all of some rules are in force."""
        held = (one for one in self.occasions if all(rule in one.rules for rule in several))
        return next(held, None)

    def _modes(self, *several: Rule) -> tuple[str, ...]:
        occasion = self._first(*several)
        return occasion.modes if occasion else ()

    def _goes_out(self) -> Answer:
        edition = self.rules.edition
        for occasion in self.occasions:
            if self.universe.whole and not self.universe.kinds((), occasion.keep_out):
                return answered("goes_out", "never", date=occasion.at.date())
        places = max(occasion.places for occasion in self.occasions)
        return answered("goes_out", "always", minimum=edition.minimum, places=places)

    def _safety(self, kept: KeepOut) -> Answer:
        held = [one for one in self.occasions if kept in one.keep_out]
        if not held:
            return answered("safety", "never_in_force", (kept.name,), a=kept.name)
        if not self.universe.whole or self._reaches(kept, ()):
            others = [other for other in held[0].keep_out if other is not kept]
            if not self.universe.whole or self._reaches(kept, others):
                return answered("safety", "works", (kept.name,), a=kept.name)
            by = next((one for one in others if not self._reaches(kept, (one,))), None)
            if by is None:
                return answered("safety", "covered_together", (kept.name,), a=kept.name)
            return answered("safety", "covered", (kept.name, by.name), a=kept.name, b=by.name)
        return answered("safety", "dead", (kept.name,), a=kept.name)

    def _reaches(self, kept: KeepOut, others: Sequence[KeepOut]) -> bool:
        try:
            return self.universe.reaches(kept, others)
        except Undecided:
            return True

    def _judged(self) -> Iterator[Answer]:
        covered: dict[str, str] = {}
        for pair in self.pairs:
            if pair.relation in {"first_implies_second", "same"}:
                covered.setdefault(pair.second, pair.first)
            if pair.relation == "second_implies_first":
                covered.setdefault(pair.first, pair.second)
        for rule, single in zip(self.rules.rules, self.singles, strict=True):
            modes = self._modes(rule) if single.witness else ()
            yield _fate(rule, single, covered.get(rule.name, ""), modes)

    def _paired(self, pair: Pair) -> Answer:
        first, second = (self.named[name] for name in (pair.first, pair.second))
        led = pair.relation == "conflict" and first.kind == "by"
        modes = self._modes(first, second) if pair.witness else ()
        names = (pair.first, pair.second)
        return answered(
            "pair",
            "led" if led else pair.relation,
            names,
            pair.witness,
            modes=modes,
            a=pair.first,
            b=pair.second,
        )

    def _assumed(self) -> Iterator[Assumption]:
        """What the promises of each occasion need, those left out that rules above never let be."""
        never = {pair.second for pair in self.pairs if pair.relation == "never_both"}
        known: set[Assumption] = set()
        for occasion in self.occasions:
            n = occasion.places
            full = Assumption("places", (), tuple(range(1, n + 1)), n, n, file=self.rules)
            if full not in known:
                known.add(full)
                yield full
            promises = [
                rule for rule in occasion.promises if rule in self.alive and rule.name not in never
            ]
            yield from assumed(self.universe, self.rules, occasion, promises, known)

    def _together(self) -> Answer:
        shown = [pair for pair in self.pairs if pair.relation in {"conflict", "never_both"}]
        if shown:
            names = (shown[0].first, shown[0].second)
            modes = self._modes(*(self.named[name] for name in names))
            return answered("together", "pairs", names, shown[0].witness, modes=modes, n=len(shown))
        try:
            return self._all_at_once()
        except Undecided:
            return answered("together", "open")

    def _all_at_once(self) -> Answer:
        """All promises, on each occasion by Rado's theorem or by search."""
        names = {rule.name for rule in self.alive if rule.kind != "by"}
        proven = all(pair.relation != "open" or pair.first in names for pair in self.pairs)
        for occasion in self.occasions:
            promises = [rule for rule in occasion.promises if rule in self.alive]
            case = Case(self.universe, self.rules, occasion, promises)
            if not suffices(case):
                proven = False
                musts = [(one,) for one in case.demands]
                effort = Effort(TOGETHER)
                for root in case.roots(case.demands):
                    counts = Starving(case.n, musts, case.demands, effort).poorer(root)
                    if counts is not None:
                        return self._breaking(case, counts)
        return answered("together", "proven" if proven else "open")

    def _breaking(self, case: Case, counts: tuple[int, ...]) -> Answer:
        """Says which promises give way in a pool that cannot keep all."""
        kept: list[Demand] = []
        yielding: list[str] = []
        for rule, one in zip(case.promises, case.demands, strict=True):
            if filled(case.n, counts, [*kept, one]) is None:
                yielding.append(rule.name)
            else:
                kept.append(one)
        witness = case.pool(counts)
        if witness is None:
            return answered("together", "open")
        parts = {"names": listed(yielding)}
        return answered(
            "together", "breaks", yielding, witness, parts=parts, modes=case.occasion.modes
        )


def _fate(rule: Rule, single: Single, by: str, modes: tuple[str, ...]) -> Answer:
    way = Sentence(ja=gives_way(rule, "ja"), en=gives_way(rule, "en"))
    fate: str = single.fate
    names = [rule.name]
    if by and fate in {"may_give_way", "holds", "open"}:
        fate = "covered"
    if fate == "dead" and single.by:
        fate, by = "dead_behind", single.by
    if fate in {"covered", "dead_behind"}:
        names.append(by)
    return answered(
        "rule", fate, names, single.witness, parts={"way": way}, modes=modes, a=rule.name, b=by
    )


__all__ = ["assumptions", "checked"]
