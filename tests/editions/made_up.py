"""Random rule files and pools that use every word of the rules' language; for laws."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from pittari.editions.pool import WINDOWS, Clicks, Entry, Pool, Told, Topic, Wishes
from pittari.editions.rules import ATTRIBUTES, GROUPS, OBJECTIVES, Rules
from pittari.editions.rules.checking import check

AT = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
"""Sunday, 08:00 in Tokyo."""

WORDS = {
    "id": [f"t{i}" for i in range(8)],
    "section": ["politics", "world", "sport"],
    "kind": ["article", "live", "feature"],
    "tone": ["hard", "soft"],
    "mood": ["grim", "bright"],
    "source": ["wire", "daily"],
    "story": ["s0", "s1", "s2"],
    "status": ["active", "withdrawn"],
    "region": ["JP", "TW"],
    "title": ["quake", "cat"],
}


def pool(rng: Random, size: int) -> Pool:
    """A pool whose topics have few different values, so that rules meet."""
    told = tuple(
        Told(
            edition=f"x/{rng.choice(['morning', 'extra-1'])}",
            at=AT - timedelta(hours=rng.choice([1, 5, 14, 40])),
            topics=tuple(_topic(rng, i) for i in rng.sample(range(8), 2)),
        )
        for _ in range(rng.randrange(4))
    )
    entries = tuple(
        Entry(
            topic=_topic(rng, i),
            main=rng.randrange(5),
            importance=rng.randrange(5) / 4,
            preference=rng.randrange(5) / 4,
            clicks={
                window: Clicks(rate=rng.randrange(5) * 5.0, spread=rng.randrange(3), seen=i * 10)
                for window in WINDOWS
                if rng.random() < 0.7
            },
        )
        for i in range(size)
    )
    return Pool(edition="2026-11-22/morning", at=AT, entries=entries, told=told)


def _topic(rng: Random, i: int) -> Topic:
    def word(name: str) -> Any:
        return rng.choice(["", *WORDS[name]])

    def hours(most: int) -> timedelta:
        return timedelta(hours=rng.randrange(-1, most))

    return Topic(
        id=f"t{i}",
        title=f"{word('title')} {i}",
        titles={"ja": f"{word('title')}の話題"} if rng.random() < 0.3 else {},
        section=word("section"),
        kind=rng.choice(WORDS["kind"]),
        tone=word("tone"),
        mood=word("mood"),
        source=word("source"),
        story=word("story"),
        published=AT - hours(12),
        updated=rng.choice([None, AT - hours(6)]),
        stale_at=rng.choice([None, AT + hours(8)]),
        embargo=rng.choice([None, None, None, AT + timedelta(hours=1)]),
        hazard=rng.random() < 0.2,
        sensitive=rng.random() < 0.2,
        regions=tuple(rng.sample(WORDS["region"], rng.randrange(3))),
        status=rng.choice(["active"] * 9 + ["withdrawn"]),
        link=rng.choice(["", "x"]),
        picture=rng.choice(["", "x"]),
    )


def rules(rng: Random, count: int, kinds: tuple[str, ...] = (), **edition: Any) -> Rules:
    """A rule file of any kinds of rule, or of some, with up to two that keep topics out."""
    told = {
        "edition": {
            "name": "morning",
            "places": rng.randrange(2, 7),
            "minimum": 1,
            "at": "08:00",
            "late_until": "08:40",
            "owner": "desk",
            **edition,
        },
        "keep_out": [
            {"name": f"out-{i}", "where": _where(rng), "reason": {"en": "because"}}
            for i in range(rng.randrange(3))
        ],
        "rule": [_rule(rng, i, kinds or tuple(_KEYS)) for i in range(count)],
    }
    return check(msgspec.convert(told, Rules))


def wishes(rng: Random) -> Wishes:
    pins = {rng.randrange(1, 4): f"t{rng.randrange(6)}"} if rng.random() < 0.3 else {}
    vetoes = ("t0",) if rng.random() < 0.2 else ()
    return Wishes(pins=pins, vetoes=vetoes, modes=rng.choice([(), ("election",)]))


def _rule(rng: Random, i: int, kinds: tuple[str, ...]) -> dict[str, Any]:
    own = _KEYS[rng.choice(kinds)](rng)
    rule = {"name": f"rule-{i}", "reason": {"en": "because"}, **own}
    if rng.random() < 0.15:
        rule["when"] = rng.choice([{"weekdays": ["sunday"]}, {"mode": "election"}])
    return rule


def _where(rng: Random) -> dict[str, Any]:
    names = rng.sample(sorted(ATTRIBUTES), rng.choice([1, 1, 1, 2]))
    return {name: _told(rng, name) for name in names}


def _told(rng: Random, name: str) -> Any:
    kind = ATTRIBUTES[name].kind
    if kind == "flag":
        return rng.random() < 0.5
    if kind == "number":
        return {rng.choice(["at_least", "at_most"]): _number(rng, name)}
    if kind == "clock":
        return {rng.choice(["at_least", "at_most"]): rng.choice(["06:00", "07:00"])}
    words = rng.sample(WORDS[name], rng.choice([1, 2]))
    some = rng.choice([words, words[0]])
    return {"not": some} if rng.random() < 0.3 else some


def _number(rng: Random, name: str) -> float:
    if name in {"importance", "preference"}:
        return rng.choice([0.25, 0.5, 0.6])
    return float(rng.randrange(1, 12) * (30 if name == "age_minutes" else 1))


def _places(rng: Random) -> dict[str, Any]:
    some = sorted(rng.sample(range(1, 7), rng.randrange(1, 4)))
    return {"places": some} if rng.random() < 0.5 else {}


def _scope(rng: Random) -> dict[str, Any]:
    told = {"where": _where(rng)} if rng.random() < 0.3 else {}
    return told | ({"except": _where(rng)} if rng.random() < 0.3 else {})


def _limit(rng: Random, key: str) -> dict[str, Any]:
    name = rng.choice([word for word, one in ATTRIBUTES.items() if one.kind == "number"])
    step = {"step": rng.choice([0.5, 2.0])}
    return {key: {name: _number(rng, name)}, **step, **_places(rng), **_scope(rng)}


def _count(rng: Random) -> dict[str, Any]:
    most = rng.randrange(4)
    bounds: list[dict[str, Any]] = [{"at_most": most}, {"at_least": most}]
    told = rng.choice([*bounds, {"at_most": most + 1, "at_least": 1}])
    within = {"within": rng.choice(["today", "6h"])} if rng.random() < 0.3 else {}
    which = {"each": rng.choice(GROUPS)} if rng.random() < 0.5 else {"where": _where(rng)}
    return told | _scope(rng) | within | which | _places(rng)


_KEYS = {
    "avoid": lambda rng: {"avoid": _where(rng), **_places(rng)},
    "want": lambda rng: {"want": _where(rng), **_places(rng)},
    "over": lambda rng: _limit(rng, "over"),
    "under": lambda rng: _limit(rng, "under"),
    "count": _count,
    "apart": lambda rng: {"apart": rng.choice(GROUPS), **_scope(rng)},
    "by": lambda rng: {"by": rng.choice(sorted(OBJECTIVES)), **_places(rng)},
    "pin": lambda rng: {"pin": rng.choice(WORDS["id"]), "places": [rng.randrange(1, 4)]},
}
