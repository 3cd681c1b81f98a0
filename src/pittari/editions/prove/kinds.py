"""Which kinds of topic can there be, as far as some rules can tell?

Every condition of a rule concerns one topic and joins tests of single attributes. So a kind is told
by which conditions fit, and the kinds there are follow aspect by aspect, never from a list of all
topics: what differs only in what no rule asks for is one kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from pittari.editions.columns import Columns
from pittari.editions.compiling import HAIR
from pittari.editions.prove.aspects import ASPECT_OF, ASPECTS, FREE, MOST, Variant, asked, variants
from pittari.editions.prove.making import Made, Maker
from pittari.editions.rules import GROUPS, KeepOut, Rule, Rules, Where
from pittari.editions.rules.language import Is

WIDEST = 400
"""Of more kinds than this nothing is proven."""
PLENTY = 99
"""More topics of a kind than any edition has places."""


class Undecided(Exception):
    """More cases than the limit lets one look at: the question stays open."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Topics alike to some rules.

    `hits[i]`: the i-th rule speaks of it (`want`, `pin`: it is what is wanted). `words[j]`: of the
    j-th attribute that groups, the word: `FREE` is any that no rule names, "" is none. `most`: so
    many there can be, for some are named by their id. `variants`: how to make one.
    """

    hits: tuple[bool, ...]
    words: tuple[str, ...]
    most: int
    variants: tuple[Variant, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """A variant as rules see it: `bits` of the terms it does not break, and its group's word."""

    bits: int
    word: str | None
    most: int
    variant: Variant


class Universe:
    """All topics there could be, seen through the conditions of a rule file."""

    def __init__(self, rules: Rules, at: datetime) -> None:
        self.edition = rules.edition
        self.terms: list[Where] = [kept.where for kept in rules.keep_out]
        self.outside = {kept.name: i for i, kept in enumerate(rules.keep_out)}
        self.beyond: dict[int, Rule] = {}
        self.term: dict[str, tuple[int, int]] = {}
        promises = [rule for rule in rules.rules if rule.kind != "by"]
        for rule in promises:
            self._add(rule)
        limits = [dict[str, Is](_limit(rule)) for rule in self.beyond.values()]
        named = asked([*self.terms, *limits])
        for rule in promises:
            if group := rule.each or rule.apart:
                named.setdefault(group, [])
        self.words = frozenset(str(value) for values in named.values() for value in values)
        self.touched = {aspect: self._touched(aspect) for aspect in ASPECTS}
        maker = Maker(rules.edition, at, self.words)
        several = {aspect: variants(aspect, named, rules.edition) for aspect in ASPECTS}
        self.whole = all(len(some) < MOST for some in several.values())
        """Whether every kind of topic is among the kinds."""
        self.ways = {aspect: self._seen(aspect, some, maker) for aspect, some in several.items()}
        self._steps: dict[object, list[_Step]] = {}
        self._kinds: dict[object, tuple[Kind, ...] | None] = {}

    def kinds(self, rules: Sequence[Rule], keep_out: Iterable[KeepOut]) -> tuple[Kind, ...]:
        """Returns the kinds of topic that safety admits, as far as these rules can tell.

        Raises `Undecided` when there are too many.
        """
        out = sum(1 << self.outside[kept.name] for kept in keep_out)
        key = (tuple(rule.name for rule in rules), out)
        if key not in self._kinds:
            try:
                self._kinds[key] = tuple(self._told(rules, out))
            except Undecided:
                self._kinds[key] = None
        kinds = self._kinds[key]
        if kinds is None:
            raise Undecided
        return kinds

    def _touched(self, aspect: str) -> int:
        """The terms that ask for something of an aspect."""
        mask = 0
        for t, where in enumerate(self.terms):
            names = [*where, *(_limit(self.beyond[t]) if t in self.beyond else ())]
            mask |= any(ASPECT_OF[name] == aspect for name in names) << t
        return mask

    def _add(self, rule: Rule) -> None:
        where = rule.avoid or rule.want or ({"id": rule.pin} if rule.pin else rule.where)
        if rule.over or rule.under:
            self.beyond[len(self.terms)] = rule
        self.terms.append(where)
        spared = len(self.terms) if rule.except_ else -1
        self.term[rule.name] = (len(self.terms) - 1, spared)
        if rule.except_:
            self.terms.append(rule.except_)

    def _seen(self, aspect: str, several: list[Variant], maker: Maker) -> list[_Way]:
        """What each variant of an aspect does to every term, judged by the rules' own columns."""
        touched = self.touched[aspect]
        bits = [(1 << len(self.terms)) - 1 & ~touched] * len(several)
        for some in _alone(several) if touched else ():
            made = [Made((several[i],), {"story": f"story-{i}"}) for i in some]
            columns = Columns(maker.pool(made), self.edition)
            for t in (t for t in range(len(self.terms)) if touched >> t & 1):
                for i, fits in zip(some, self._fits(t, aspect, columns), strict=True):
                    bits[i] |= int(fits) << t
        return [
            _Way(
                seen,
                variant.topic.get(aspect, "") if aspect in GROUPS else None,
                1 if variant.topic.get("id", FREE) != FREE else PLENTY,
                variant,
            )
            for variant, seen in zip(several, bits, strict=True)
        ]

    def _fits(self, t: int, aspect: str, columns: Columns) -> npt.NDArray[np.bool_]:
        where = {k: told for k, told in self.terms[t].items() if ASPECT_OF[k] == aspect}
        mask = columns.fits(where)
        rule = self.beyond.get(t)
        if rule is not None:
            ((name, limit),) = _limit(rule).items()
            if ASPECT_OF[name] == aspect:
                over = (columns.numbers(name) - limit) * (1 if rule.over else -1) / rule.step
                mask &= np.nan_to_num(over) > HAIR
        return mask

    def asks(self, rules: Sequence[Rule]) -> set[str]:
        """Returns the attributes that these rules ask for, or group by."""
        terms = [t for rule in rules for t in self.term[rule.name] if t >= 0]
        named = {name for t in terms for name in self.terms[t]}
        beyond = {name for t in terms if t in self.beyond for name in _limit(self.beyond[t])}
        return {*named, *beyond, *grouped(rules)}

    def reaches(self, kept: KeepOut, others: Iterable[KeepOut]) -> bool:
        """Says whether safety's rule keeps out some topic that none of the others does."""
        own = 1 << self.outside[kept.name]
        out = sum(1 << self.outside[other.name] for other in others) & ~own
        states = self._states(own, out, frozenset())
        return any(
            bits & own and not left for (bits, _), some in states.items() for left, *_ in some
        )

    def _told(self, rules: Sequence[Rule], out: int) -> Iterator[Kind]:
        own = 0
        for rule in rules:
            own |= sum(1 << t for t in self.term[rule.name] if t >= 0)
        for (bits, words), several in self._states(own, out, frozenset(grouped(rules))).items():
            safe = [(most, made) for left, most, made in several if not left]
            if safe:
                hits = tuple(self._hit(rule, bits) for rule in rules)
                most, made = max(safe, key=lambda one: one[0])
                yield Kind(hits, words, most, made)

    def _states(self, own: int, out: int, grouping: frozenset[str]) -> _States:
        """What topics can be: of the terms `own` and `out` those that fit, aspect by aspect."""
        states: _States = {(own, ()): [(out, PLENTY, ())]}
        for aspect in ASPECTS:
            if not self.touched[aspect] & (own | out) and aspect not in grouping:
                continue
            ways = self._step(aspect, own, out, aspect in grouping)
            joined: _States = {}
            rest = ~self.touched[aspect]
            for (bits, words), several in states.items():
                for way in ways:
                    key = (bits & (way.bits | rest), (*words, *way.words))
                    here = joined.setdefault(key, [])
                    for left, most, made in several:
                        new = (left & (way.out | rest), min(most, way.most), (*made, way.variant))
                        _keep(here, new)
            states = joined
            if len(states) > WIDEST:
                raise Undecided
        return states

    def _step(self, aspect: str, own: int, out: int, group: bool) -> list[_Step]:
        mine = self.touched[aspect]
        key = (aspect, own & mine, out & mine, group)
        if key not in self._steps:
            self._steps[key] = _ways(self.ways[aspect], own & mine, out & mine, group)
        return self._steps[key]

    def _hit(self, rule: Rule, bits: int) -> bool:
        main, spared = self.term[rule.name]
        return bool(bits >> main & 1) and not (spared >= 0 and bits >> spared & 1)


def grouped(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Returns the attributes by which rules group, in the order of `Kind.words`."""
    groups = {rule.each or rule.apart for rule in rules}
    return tuple(aspect for aspect in ASPECTS if aspect in groups)


@dataclass(slots=True)
class _Step:
    """Variants of one aspect that are alike to some rules: terms of theirs and of safety."""

    bits: int
    out: int
    words: tuple[str, ...]
    most: int
    variant: Variant


_State = tuple[int, int, tuple[Variant, ...]]
"""Reasons of safety that still fit, how many there can be, and how to make one."""
_States = dict[tuple[int, tuple[str, ...]], list[_State]]


def _ways(ways: Iterable[_Way], own: int, out: int, group: bool) -> list[_Step]:
    """Joins variants alike to the rules, and drops those that safety judges more harshly."""
    found: dict[tuple[int, int, tuple[str, ...]], _Step] = {}
    for way in ways:
        words = (way.word or "",) if group else ()
        key = (way.bits & own, way.bits & out, words)
        if key in found:
            found[key].most = min(PLENTY, found[key].most + way.most)
        else:
            found[key] = _Step(*key, way.most, way.variant)
    return [
        one
        for one in found.values()
        if not any(
            other.bits == one.bits
            and other.words == one.words
            and other.out & one.out == other.out != one.out
            and other.most >= one.most
            for other in found.values()
        )
    ]


def _keep(here: list[_State], new: _State) -> None:
    left, most, _ = new
    if not any(old & left == old and many >= most for old, many, _ in here):
        here[:] = [one for one in here if not (one[0] & left == left and most >= one[1])]
        here.append(new)


def _alone(several: list[Variant]) -> Iterable[list[int]]:
    """Variants that can stand in one pool: what was told of one story is told of all its topics."""
    found: dict[object, list[int]] = {}
    for i, variant in enumerate(several):
        named = variant.topic.get("story", FREE) not in {FREE, ""}
        found.setdefault(variant.heard if named else None, []).append(i)
    return found.values()


def _limit(rule: Rule) -> dict[str, float]:
    return rule.over or rule.under or {}
