"""In which ways can a topic differ, as far as the rules can tell? One variant for each.

A rule compares an attribute with the values it names; so a topic with any other values is, to the
rules, like one of these: the named words and one that nobody names; each named number, one below,
one above, and one between each two; and nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, combinations, pairwise, product
from typing import Any

from pittari.clock import HOUR
from pittari.editions.pool import WINDOWS, Clicks
from pittari.editions.rules import ATTRIBUTES, Compare, Edition, Where
from pittari.editions.rules.language import Is, hour, is_time, span

FREE = "\0"
"""Stands for a word that no rule names."""
MOST = 2000
"""Of an aspect with more variants only the first are tried; nothing is proven then."""
SUBSETS = 4
"""Of more words than this, single ones and all together are tried, not every choice."""

ASPECTS: dict[str, tuple[str, ...]] = {
    "section": ("section",),
    "tone": ("tone",),
    "mood": ("mood",),
    "kind": ("kind",),
    "source": ("source",),
    "story": ("story", "told_ago", "story_told_ago", "extra_told_at", "story_extra_told_at"),
    "id": ("id",),
    "region": ("region",),
    "title": ("title", "title_length"),
    "link": ("link",),
    "picture": ("picture",),
    "hazard": ("hazard",),
    "sensitive": ("sensitive",),
    "embargo": ("embargoed",),
    "stale": ("stale_when_opened", "hours_left"),
    "age": ("age_minutes", "age_hours", "updated_hours"),
    "main": ("main", "in_main"),
    "importance": ("importance",),
    "preference": ("preference",),
    **{w: (f"clicks_{w}", f"clicks_{w}_sure", f"seen_{w}") for w in WINDOWS},
    "spike": ("spike",),
    "status": ("status",),
}
"""Attributes that come from the same fields of a topic, and so cannot be chosen apart.

`spike` comes from the clicks of two windows; to choose it apart allows more kinds than there are.
"""

ASPECT_OF = {name: aspect for aspect, names in ASPECTS.items() for name in names}


@dataclass(frozen=True, slots=True)
class Heard:
    """That a topic, or its story, went out before: `digest` back, or by an extra at an `hour`."""

    digest: int = 0
    hour: float = -1.0
    story: bool = False


@dataclass(frozen=True, slots=True)
class Variant:
    """One way a topic can be in one aspect: fields of topic and entry, what was told of it."""

    topic: dict[str, Any] = field(default_factory=dict)
    entry: dict[str, Any] = field(default_factory=dict)
    clicks: dict[str, Clicks] = field(default_factory=dict)
    heard: tuple[Heard, ...] = ()


Make = Callable[[dict[str, list[Is]], Edition], list[Variant]]
"""From the values that rules name, by attribute of one aspect."""


def asked(wheres: Iterable[Where]) -> dict[str, list[Is]]:
    """Returns every value that conditions name, by attribute."""
    found: dict[str, list[Is]] = {}
    for where in wheres:
        for name, told in where.items():
            values: tuple[Is | None, ...] = (told,)
            if isinstance(told, Compare):
                values = (told.at_least, told.at_most, told.not_)
            for value in values:
                if value is not None:
                    several = value if isinstance(value, tuple) else (value,)
                    found.setdefault(name, []).extend(several)
    return found


def variants(aspect: str, named: dict[str, list[Is]], edition: Edition) -> list[Variant]:
    """Returns how topics can differ in an aspect, the plainest first; one way if nobody asks."""
    used = {name: named[name] for name in ASPECTS[aspect] if name in named}
    if not used:
        return [Variant()]
    if aspect in _MADE:
        return _MADE[aspect](used, edition)
    return _words(aspect, used[aspect])


def _words(name: str, words: Sequence[Is]) -> list[Variant]:
    known = dict.fromkeys((*map(str, words), *ATTRIBUTES[name].values))
    free = [] if ATTRIBUTES[name].values else [FREE]
    empty = [""] if name not in {"id", "status"} else []
    if name == "status":
        known = {"active": None}
    return [Variant({name: word}) for word in (*free, *known, *empty)]


def _flag(name: str) -> Make:
    told: dict[str, Any] = {"link": ("", "x"), "picture": ("", "x")}
    return lambda _used, _edition: [Variant({name: v}) for v in told.get(name, (False, True))]


def _subsets(words: Iterable[Is]) -> list[tuple[str, ...]]:
    known = list(dict.fromkeys(map(str, words)))
    sizes = range(len(known) + 1) if len(known) <= SUBSETS else (0, 1, len(known))
    return list(chain.from_iterable(combinations(known, size) for size in sizes))


def _region(used: dict[str, list[Is]], _edition: Edition) -> list[Variant]:
    return [Variant({"regions": some}) for some in _subsets(used["region"])]


def _title(used: dict[str, list[Is]], _edition: Edition) -> list[Variant]:
    lengths = [int(n) for n in _between(used.get("title_length", ()), whole=True)]
    made = []
    for words in _subsets(used.get("title", ())):
        title = " ".join(words)
        longer = [length for length in lengths if length > len(title)]
        made += [Variant({"title": title.ljust(length, "·")}) for length in (len(title), *longer)]
    return made


def _between(values: Iterable[Is], *, least: float = 0.0, whole: bool = False) -> list[float]:
    """Each value, one below all, one above, one between each two; none below `least`."""
    line = sorted({hour(v) if is_time(v) and isinstance(v, str) else float(v) for v in values})  # type: ignore[arg-type]
    if not line:
        return []
    gaps = [(low + high) / 2 for low, high in pairwise(line)]
    found = {line[0] - 1, *line, *gaps, line[-1] + 1}
    if least not in found and line[0] > least:
        found.add((least + line[0]) / 2)
    if whole:
        found = {float(round(one)) for one in found} | {float(int(one) + 1) for one in line}
    return sorted(one for one in found if one >= least)


def _story(used: dict[str, list[Is]], _edition: Edition) -> list[Variant]:
    story = list(dict.fromkeys(map(str, used.get("story", ()))))
    digests = _told(used, "told_ago", _backs, lambda n, story: Heard(digest=int(n), story=story))
    extras = _told(used, "extra_told_at", _hours, lambda n, story: Heard(hour=n, story=story))
    made = []
    for word, digest, extra in product((FREE, *story, ""), digests, extras):
        heard = (*digest, *extra)
        if word or not any(one.story for one in heard):
            made.append(Variant({"story": word}, heard=heard))
    return made[:MOST]


def _told(
    used: dict[str, list[Is]],
    name: str,
    line: Callable[[list[Is]], list[float]],
    heard: Callable[[float, bool], Heard],
) -> list[tuple[Heard, ...]]:
    """When a topic itself, and when another of its story, went out: as far as anybody asks."""
    story = f"story_{name}"
    values = line([*used.get(name, ()), *used.get(story, ())])
    own = [None, *(values if name in used else ())]
    other = [None, *(values if story in used else ())]
    return [
        tuple(heard(n, by_story) for n, by_story in ((a, False), (b, True)) if n is not None)
        for a, b in product(own, other)
    ]


def _backs(values: list[Is]) -> list[float]:
    return _between(values, least=1, whole=True)


def _hours(values: list[Is]) -> list[float]:
    return [n for n in _between(values) if n < 24]


def _stale(used: dict[str, list[Is]], edition: Edition) -> list[Variant]:
    opened = span(edition.opened_after) / HOUR
    line = [*used.get("hours_left", ()), *([opened] if "stale_when_opened" in used else [])]
    left = _between(line, least=-1e6)
    return [Variant(), *(Variant({"stale_at": hours}) for hours in reversed(left))]


def _age(used: dict[str, list[Is]], _edition: Edition) -> list[Variant]:
    minutes = [float(n) / 60 for n in used.get("age_minutes", ())]  # type: ignore[arg-type]
    ages = _between([*used.get("age_hours", ()), *minutes]) or [1.0]
    since = _between(used.get("updated_hours", ()))
    if not since:
        return [Variant({"published": age}) for age in ages]
    return [Variant({"published": a, "updated": u}) for a, u in product(ages, since)]


def _main(used: dict[str, list[Is]], _edition: Edition) -> list[Variant]:
    line = _between(used.get("main", (1.0,)), least=1, whole=True)
    return [Variant(entry={"main": int(n)}) for n in (*line, 0)]


def _share(name: str) -> Make:
    return lambda used, _edition: [
        Variant(entry={name: n}) for n in sorted({*_between(used[name]), 0.0, 1.0}) if n <= 1
    ]


def _clicks(window: str) -> Make:
    def made(used: dict[str, list[Is]], _edition: Edition) -> list[Variant]:
        sure = used.get(f"clicks_{window}_sure", ())
        rates = _between([*used.get(f"clicks_{window}", ()), *sure]) or [10.0]
        seen = [int(n) for n in _between(used.get(f"seen_{window}", ()), whole=True)] or [100]
        several = product(rates, rates if sure else [None], seen)
        return [
            Variant(),
            *(
                Variant(clicks={window: Clicks(rate=r, spread=r - (r if s is None else s), seen=n)})
                for r, s, n in several
                if s is None or s <= r
            ),
        ]

    return made


def _spike(used: dict[str, list[Is]], _edition: Edition) -> list[Variant]:
    usual = Clicks(rate=10.0, seen=100)
    return [
        Variant(),
        *(
            Variant(clicks={"10m": Clicks(rate=10.0 * times, seen=100), "2h": usual})
            for times in _between(used["spike"])
        ),
    ]


_MADE: dict[str, Make] = {
    **{name: _flag(name) for name in ("link", "picture", "hazard", "sensitive")},
    "region": _region,
    "title": _title,
    "story": _story,
    "embargo": lambda _used, _edition: [Variant()],
    "stale": _stale,
    "age": _age,
    "main": _main,
    "importance": _share("importance"),
    "preference": _share("preference"),
    **{window: _clicks(window) for window in WINDOWS},
    "spike": _spike,
}
