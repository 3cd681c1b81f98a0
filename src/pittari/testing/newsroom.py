"""Pools and rule files as no editor would wish for them: seeded, random, adversarial, always valid.

`pool` and `rule_text` draw from one `random.Random`: the same seed gives the same world.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import numpy as np

from pittari.editions.pool import Clicks, Entry, Pool, Told, Topic, Wishes
from pittari.editions.problem import Apart, Count, Each, Level, Problem
from pittari.editions.rules import GROUPS, OBJECTIVES, Rules, read_rules

AT = datetime(2026, 11, 22, 22, 50, tzinfo=UTC)
"""When every pool here is taken: 07:50 in Tokyo."""

_SECTIONS = ("politics", "world", "economy", "sport", "culture", "science", "local", "election")
_KINDS = ("article", "article", "article", "feature", "live", "match", "press_conference")
_SOURCES = tuple(f"paper-{i}" for i in range(1, 8))
_WINDOWS = ("10m", "1h", "2h", "any")


def pool(dice: Random, topics: int, shape: str = "plain") -> Pool:
    """Returns a pool of so many topics, of one of `SHAPES`."""
    entries = tuple(_SHAPES[shape](dice, _entry(dice, i)) for i in range(topics))
    told = tuple(
        Told(
            edition=f"2026-11-{22 - i}/{dice.choice(('morning', 'noon', 'extra-1'))}",
            at=AT - timedelta(hours=dice.randrange(1, 60)),
            topics=tuple(entry.topic for entry in dice.sample(entries, min(2, topics))),
        )
        for i in range(dice.randrange(3))
    )
    return Pool(edition="2026-11-23/morning", at=AT, entries=entries, told=told)


def any_pool(dice: Random, most: int = 12) -> Pool:
    """Returns a pool of any shape with up to `most` topics."""
    topics = max(dice.randrange(most + 1), dice.randrange(most + 1))
    return pool(dice, topics, dice.choice(SHAPES))


def bare_pool(dice: Random, admissible: int, others: int = 0) -> Pool:
    """Returns a pool of which so many topics pass the safety of any rules, and others none."""
    told = pool(dice, admissible + others)
    entries = [_with(entry, **_HARMLESS) for entry in told.entries[:admissible]]
    entries += [_with(entry, status="withdrawn") for entry in told.entries[admissible:]]
    dice.shuffle(entries)
    return msgspec.structs.replace(told, entries=tuple(entries), told=())


def wishes(dice: Random, pool: Pool, places: int = 6) -> Wishes:
    """Returns what a desk may ask: pins and vetoes, some of topics that are not there."""
    ids = [entry.topic.id for entry in pool.entries] + ["no-such-topic"]
    return Wishes(
        pins={dice.randrange(1, places + 2): dice.choice(ids) for _ in range(dice.randrange(3))},
        vetoes=tuple(dice.sample(ids, min(len(ids), dice.randrange(3)))),
        modes=("election",) if dice.random() < 0.3 else (),
    )


def any_rules(dice: Random, most: int = 10) -> Rules:
    """Returns random rules, at most so many."""
    return read_rules(rule_text(dice, most), "random.toml")


def rule_text(dice: Random, most: int = 10) -> str:
    """Returns the text of a random rule file with at most so many rules of every kind."""
    places = dice.randrange(1, 7)
    tables = [
        "[edition]\nname = 'random'\nlate_until = '08:40'\nat = '08:00'\nowner = 'desk'\n"
        f"places = {places}\nminimum = {dice.randint(1, dice.randint(1, places))}\n"
        f"profile = {dice.choice((0.0, 0.0, 0.1))}\n"
    ]
    if dice.random() < 0.1:
        tables.append(f"[[places]]\nn = {places + 1}\nwhen = {{ mode = 'election' }}\n")
    for i in range(dice.randrange(3)):
        tables.append(f"[[keep_out]]\n{_about(dice, f'out-{i}')}where = {{ {_where(dice)} }}\n")
    for i in range(dice.randrange(most + 1)):
        kind = dice.choice(tuple(_RULES))
        told = _RULES[kind](dice, places)
        tables.append(f"[[rule]]\n{_about(dice, f'{kind}-{i}')}{told}\n")
    return "\n".join(tables)


def any_problem(dice: Random, topics: int, places: int, levels: int) -> Problem:
    """Returns what a composer might be asked: levels of every kind, tables of any shape."""
    rng = np.random.default_rng(dice.randrange(2**32))
    tie = rng.permutation(topics).astype(np.int64)
    rows = np.arange(topics, dtype=np.int32)
    told = tuple(_level(rng, f"level-{i}", topics, places) for i in range(levels))
    return Problem(min(places, topics), rows, told, tie)


def _level(rng: np.random.Generator, name: str, topics: int, places: int) -> Level:
    at = rng.random(places) < 0.6 if rng.random() < 0.5 else np.ones(places, np.bool_)
    groups = int(rng.choice((0, 1, 2, 5, 20)))
    group = rng.integers(-1, groups, topics).astype(np.int32)
    counts = np.arange(places + 1)
    kind = rng.integers(7)
    if kind < 3:
        most = int(rng.choice((1, 2, 10, 1000, 10**9)))
        degree = np.outer(rng.integers(0, most, topics, endpoint=True), at)
        return Each(name, degree if kind else rng.permuted(degree, axis=1))
    if kind == 3:
        return Apart(name, group)
    bound = rng.integers(0, 4, (groups, 1))
    tables = (np.maximum(counts - bound, 0), np.maximum(bound - counts, 0))
    table = tables[kind - 4] if kind < 6 else rng.integers(0, 4, (groups, places + 1))
    return Count(name, group, at, table.astype(np.int64))


def _entry(dice: Random, i: int) -> Entry:
    grace = dice.random
    topic = Topic(
        id=f"topic-{i:03}",
        title=f"Made-up headline {i}" + " and more" * dice.randrange(4),
        section=dice.choice(_SECTIONS),
        kind=dice.choice(_KINDS),
        tone=dice.choice(("", "hard", "soft")),
        mood=dice.choice(("", "grim", "neutral", "bright")),
        source=dice.choice(_SOURCES),
        story=dice.choice(("", "", "quake", "budget", "final")),
        published=AT - timedelta(minutes=dice.randrange(2000)),
        updated=AT - timedelta(minutes=dice.randrange(60)) if grace() < 0.3 else None,
        stale_at=AT + timedelta(minutes=dice.randrange(-60, 600)) if grace() < 0.2 else None,
        embargo=AT + timedelta(minutes=dice.randrange(-60, 60)) if grace() < 0.1 else None,
        hazard=grace() < 0.1,
        sensitive=grace() < 0.2,
        regions=("tokyo",) if grace() < 0.2 else (),
        status="withdrawn" if grace() < 0.1 else "active",
        link="https://news.example/1" if grace() < 0.8 else "",
    )
    clicks = {
        window: Clicks(rate=dice.expovariate(0.02), spread=dice.random() * 9, seen=1000)
        for window in _WINDOWS
        if grace() < 0.8
    }
    main = i + 1 if i < 8 else 0
    return Entry(topic=topic, main=main, importance=grace(), preference=grace(), clicks=clicks)


_HARMLESS = {
    "status": "active", "embargo": None, "hazard": False, "kind": "article", "stale_at": None,
    "published": AT - timedelta(hours=1), "updated": None, "sensitive": False,
}  # fmt: skip


def _with(entry: Entry, **changes: Any) -> Entry:
    topic = msgspec.structs.replace(entry.topic, **changes)
    return msgspec.structs.replace(entry, topic=topic)


def _tied(entry: Entry) -> Entry:
    topic = Topic(id=entry.topic.id, published=AT - timedelta(hours=1))
    return Entry(topic=topic, importance=0.5, clicks={"1h": Clicks(rate=5.0)})


_SHAPES: dict[str, Callable[[Random, Entry], Entry]] = {
    "plain": lambda _, entry: entry,
    "one-section": lambda dice, entry: (
        _with(entry, section="politics") if dice.random() < 0.6 else entry
    ),
    "one-source": lambda dice, entry: (
        _with(entry, source="paper-1") if dice.random() < 0.8 else entry
    ),
    "one-story": lambda _, entry: _with(entry, story="quake"),
    "all-withdrawn": lambda _, entry: _with(entry, status="withdrawn"),
    "most-withdrawn": lambda dice, entry: (
        _with(entry, status="withdrawn") if dice.random() < 0.7 else entry
    ),
    "tied": lambda _, entry: _tied(entry),
    "nearly-tied": lambda dice, entry: _with(
        _tied(entry), section=dice.choice(("politics", "sport")), tone=dice.choice(("hard", "soft"))
    ),
    "far-dates": lambda dice, entry: _with(
        entry,
        published=datetime(dice.choice((1, 1970, 2026, 9999)), 6, 1, tzinfo=UTC),
        stale_at=datetime(dice.choice((1, 9999)), 6, 1, tzinfo=UTC),
    ),
    "nothing-known": lambda _, entry: Entry(topic=Topic(id=entry.topic.id, published=AT)),
    "never-clicked": lambda _, entry: msgspec.structs.replace(entry, clicks={}),
    "huge-numbers": lambda dice, entry: msgspec.structs.replace(
        entry, clicks={"1h": Clicks(rate=10.0 ** dice.randrange(300))}
    ),
}
SHAPES = tuple(_SHAPES)
"""What a pool may be like."""


def _about(dice: Random, name: str) -> str:
    when = dice.choice(
        ("", "", "", "when = { mode = 'election' }\n", "unless = { weekdays = ['monday'] }\n")
    )
    return f"name = '{name}'\nreason = {{ en = 'Made up.' }}\n{when}"


def _where(dice: Random) -> str:
    told = {
        "section": f"'{dice.choice(_SECTIONS)}'",
        "kind": "['live', 'match']",
        "tone": f"'{dice.choice(('hard', 'soft'))}'",
        "mood": "{ not = 'grim' }",
        "source": f"{{ not = ['{dice.choice(_SOURCES)}', 'paper-1'] }}",
        "story": "'quake'",
        "hazard": "true",
        "sensitive": dice.choice(("true", "false")),
        "picture": "false",
        "region": "'tokyo'",
        "title": "'more'",
        "age_hours": f"{{ at_least = {dice.randrange(30)} }}",
        "clicks_1h": f"{{ at_most = {dice.randrange(100)} }}",
        "main": "{ at_least = 1, at_most = 4 }",
        "told_ago": "{ at_most = 2 }",
        "story_extra_told_at": "{ at_least = '06:00' }",
        "stale_when_opened": "true",
    }
    keys = dice.sample(tuple(told), dice.choice((1, 1, 2)))
    return ", ".join(f"{key} = {told[key]}" for key in keys)


def _at(dice: Random, places: int) -> str:
    if dice.random() < 0.5:
        return ""
    return f"places = {sorted(dice.sample(range(1, places + 1), dice.randrange(1, places + 1)))}"


def _counted(dice: Random, bound: str) -> str:
    within = dice.choice(("", "", "within = 'today'", "within = '48h'"))
    if dice.random() < 0.5:
        return f"{bound}\neach = '{dice.choice(GROUPS)}'\nexcept = {{ {_where(dice)} }}\n{within}"
    return f"{bound}\nwhere = {{ {_where(dice)} }}\n{within}"


def _limit(dice: Random) -> str:
    name, most, step = dice.choice(
        (("age_hours", 30, 1), ("clicks_1h", 99, 7), ("title_length", 40, 5), ("main", 8, 1))
    )
    return f"{{ {name} = {dice.randrange(most)} }}\nstep = {step}"


_RULES: dict[str, Callable[[Random, int], str]] = {
    "avoid": lambda dice, n: f"avoid = {{ {_where(dice)} }}\n{_at(dice, n)}",
    "want": lambda dice, n: f"want = {{ {_where(dice)} }}\n{_at(dice, n)}",
    "over": lambda dice, n: f"over = {_limit(dice)}\n{_at(dice, n)}",
    "under": lambda dice, n: f"under = {_limit(dice)}\n{_at(dice, n)}",
    "cap": lambda dice, n: f"{_counted(dice, f'at_most = {dice.randrange(3)}')}\n{_at(dice, n)}",
    "floor": lambda dice, n: f"{_counted(dice, f'at_least = {dice.randrange(4)}')}\n{_at(dice, n)}",
    "both": lambda dice, _: _counted(dice, f"at_least = 1\nat_most = {dice.randrange(1, 4)}"),
    "apart": lambda dice, _: f"apart = '{dice.choice(GROUPS)}'",
    "by": lambda dice, n: f"by = '{dice.choice(tuple(OBJECTIVES))}'\n{_at(dice, n)}",
    "pin": lambda dice, n: f"pin = 'topic-{dice.randrange(9):03}'\nplaces = [{dice.randint(1, n)}]",
}
