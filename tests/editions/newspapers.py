"""Random pools and rule files, and what a rule means in plain words, for tests of the language."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import strategies as st

from pittari.editions.pool import WINDOWS, Clicks, Entry, Pool, Told, Topic
from pittari.editions.rules import GROUPS, OBJECTIVES, Rule

AT = datetime(2026, 11, 21, 23, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
SECTIONS = ("politics", "sport", "economy")


def topic(id_: str, **told: Any) -> Topic:
    return Topic(**{"id": id_, "published": AT - timedelta(hours=1), **told})


def entry(id_: str, **told: Any) -> Entry:
    signals = {key: told.pop(key) for key in ("main", "importance", "clicks") if key in told}
    return Entry(topic=topic(id_, **told), **signals)


def pool(*entries: Entry, told: tuple[Told, ...] = ()) -> Pool:
    return Pool(edition="2026-11-22/morning", at=AT, entries=entries, told=told)


def toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        case dict():
            return "{ " + ", ".join(f"{k} = {toml(v)}" for k, v in value.items()) + " }"
        case list() | tuple():
            return "[" + ", ".join(map(toml, value)) + "]"
        case date():
            return value.isoformat()
        case _:
            return repr(value)


def written(edition: dict[str, Any], **tables: list[dict[str, Any]]) -> str:
    """Writes a rule file as an editor would."""
    lines = ["[edition]", *(f"{k} = {toml(v)}" for k, v in edition.items())]
    for name, several in tables.items():
        for one in several:
            lines += ["", f"[[{name}]]", *(f"{k} = {toml(v)}" for k, v in one.items())]
    return "\n".join(lines) + "\n"


EDITION = {
    "name": "morning",
    "places": 6,
    "at": "08:00",
    "late_until": "08:40",
    "owner": "news desk",
}
REASON = {"ja": "理由", "en": "A reason"}


def words(of: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.one_of(
        of,
        st.lists(of, min_size=1, max_size=3),
        st.one_of(of, st.lists(of, min_size=1, max_size=2)).map(lambda w: {"not": w}),
    )


def numbers(low: float, high: float) -> st.SearchStrategy[Any]:
    one = st.integers(int(low * 10), int(high * 10)).map(lambda n: n / 10)
    return st.fixed_dictionaries({}, optional={"at_least": one, "at_most": one}).filter(bool)


CONDITION: dict[str, st.SearchStrategy[Any]] = {
    "section": words(st.sampled_from([*SECTIONS, "nowhere"])),
    "kind": words(st.sampled_from(["article", "match"])),
    "tone": words(st.sampled_from(["hard", "soft"])),
    "source": words(st.sampled_from(["a", "b"])),
    "region": words(st.sampled_from(["jp", "th"])),
    "title": words(st.sampled_from(["Cup", "rain"])),
    "hazard": st.booleans(),
    "stale_when_opened": st.booleans(),
    "in_main": st.booleans(),
    "age_hours": numbers(0, 30),
    "hours_left": numbers(0, 6),
    "main": numbers(1, 9),
    "importance": numbers(0, 1),
    "clicks_1h": numbers(0, 60),
    "told_ago": numbers(1, 3),
    "story_told_ago": numbers(1, 3),
    "extra_told_at": st.just({"at_least": "06:00"}),
}
WHERE = st.lists(st.sampled_from(sorted(CONDITION)), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: CONDITION[name] for name in names})
)
PLACES = st.lists(st.integers(1, 7), min_size=1, max_size=4, unique=True)
NUMBER = st.sampled_from(["age_hours", "importance", "clicks_1h", "title_length", "hours_left"])


def _with(base: dict[str, st.SearchStrategy[Any]], *optional: str) -> st.SearchStrategy[Any]:
    every = {
        "places": PLACES,
        "where": WHERE,
        "except": WHERE,
        "step": st.sampled_from([0.5, 1, 2]),
        "within": st.sampled_from(["today", "24h", "2d"]),
        "unit": st.sampled_from([0.5, 5, 30]),
    }
    return st.fixed_dictionaries(base, optional={key: every[key] for key in optional})


CAP = st.integers(0, 4)
BOUNDS = st.one_of(
    CAP.map(lambda n: {"at_most": n}),
    CAP.map(lambda n: {"at_least": n}),
    st.tuples(CAP, CAP).map(lambda two: {"at_least": min(two), "at_most": max(two)}),
)
LIMIT = st.tuples(NUMBER, st.integers(0, 30)).map(lambda two: {two[0]: float(two[1])})
BODIES: dict[str, st.SearchStrategy[Any]] = {
    "avoid": _with({"avoid": WHERE}, "places", "except"),
    "want": _with({"want": WHERE}, "places"),
    "over": _with({"over": LIMIT}, "places", "where", "except", "step"),
    "under": _with({"under": LIMIT}, "places", "where", "except", "step"),
    "each": st.tuples(
        BOUNDS,
        _with({"each": st.sampled_from(GROUPS)}, "places", "where", "except", "within"),
    ).map(lambda two: two[0] | two[1]),
    "count": st.tuples(BOUNDS, _with({"where": WHERE}, "places", "except", "within")).map(
        lambda two: two[0] | two[1]
    ),
    "apart": _with({"apart": st.sampled_from(GROUPS)}, "where", "except"),
    "by": _with({"by": st.sampled_from(sorted(OBJECTIVES))}, "places", "unit"),
    "pin": st.fixed_dictionaries(
        {
            "pin": st.sampled_from(["t0", "t1", "gone"]),
            "places": st.integers(1, 6).map(lambda p: [p]),
        }
    ),
}


@st.composite
def rule_files(draw: st.DrawFn) -> str:
    """A rule file of any kinds of rule, in TOML."""

    def named(kind: str, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"name": f"{kind}-{i}", "reason": REASON, **b} for i, b in enumerate(bodies)]

    keep = draw(st.lists(WHERE.map(lambda where: {"where": where}), max_size=3))
    rules = draw(st.lists(st.one_of(*BODIES.values()), max_size=6))
    edition = EDITION | {
        "places": draw(st.integers(1, 6)),
        "profile": draw(st.sampled_from([0.0, 0.1])),
    }
    return written(edition, keep_out=named("keep", keep), rule=named("rule", rules))


def _topics(id_: str) -> st.SearchStrategy[Topic]:
    ago = st.integers(0, 30 * 60).map(lambda m: AT - timedelta(minutes=m))
    return st.builds(
        Topic,
        id=st.just(id_),
        title=st.sampled_from(["", "Cup final", "Rain again", "Taxes"]),
        section=st.sampled_from(["", *SECTIONS]),
        kind=st.sampled_from(["article", "match"]),
        tone=st.sampled_from(["", "hard", "soft"]),
        source=st.sampled_from(["", "a", "b"]),
        story=st.sampled_from(["", "s1", "s2"]),
        regions=st.sampled_from([(), ("jp",), ("jp", "th")]),
        published=ago,
        stale_at=st.one_of(st.none(), st.integers(1, 400).map(lambda m: AT + timedelta(minutes=m))),
        embargo=st.sampled_from([None, None, AT + timedelta(hours=1)]),
        hazard=st.booleans(),
        status=st.sampled_from(["active", "active", "active", "withdrawn"]),
    )


def _entries(id_: str) -> st.SearchStrategy[Entry]:
    clicks = st.integers(0, 600).map(lambda n: Clicks(rate=n / 10, spread=1.0, seen=n))
    return st.builds(
        Entry,
        topic=_topics(id_),
        main=st.integers(0, 9),
        importance=st.integers(0, 100).map(lambda n: n / 100),
        clicks=st.dictionaries(st.sampled_from(WINDOWS), clicks),
    )


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    """A pool of up to eight topics, with what was told on this day and the one before."""
    entries = [draw(_entries(f"t{i}")) for i in range(draw(st.integers(0, 8)))]
    told = [
        Told(
            edition=draw(st.sampled_from(["2026-11-21/noon", "2026-11-22/extra-1"])),
            at=AT - timedelta(minutes=draw(st.integers(1, 30 * 60))),
            topics=tuple(draw(_topics(f"t{draw(st.integers(0, 9))}")) for _ in range(2)),
        )
        for _ in range(draw(st.integers(0, 2)))
    ]
    return pool(*entries, told=tuple(told))


# What a rule means, in plain words: one topic, one line-up at a time, no arrays.


def value(name: str, one: Entry, pool: Pool) -> Any:
    """An attribute of a topic; None: missing."""
    t, hours = one.topic, timedelta(hours=1)
    plain: dict[str, Any] = {
        "region": t.regions,
        "title": (t.title, *t.titles.values()),
        "title_length": max(len(title) for title in (t.title, *t.titles.values())),
        "stale_when_opened": t.stale_at is not None and t.stale_at <= pool.at + 3 * hours,
        "hours_left": t.stale_at and (t.stale_at - pool.at) / hours,
        "age_hours": max(0.0, (pool.at - t.published) / hours),
        "age_minutes": max(0.0, (pool.at - t.published) / hours * 60),
        "main": one.main or None,
        "in_main": one.main > 0,
        "importance": one.importance,
        "preference": one.preference,
    }
    if name in plain:
        return plain[name]
    if name.startswith("clicks_"):
        window, _, sure = name.removeprefix("clicks_").partition("_")
        clicks = one.clicks.get(window)
        return clicks and (max(0.0, clicks.rate - clicks.spread) if sure else clicks.rate)
    if "told" in name:
        return _told(name, t, pool)
    return getattr(t, name)


def _told(name: str, t: Topic, pool: Pool) -> float | None:
    def same(other: Topic) -> bool:
        story = name.startswith("story_") and t.story and t.story == other.story
        return bool(other.id == t.id or story)

    newest = sorted(pool.told, key=lambda told: told.at, reverse=True)
    if "extra" in name:
        today = pool.at.astimezone(TOKYO).date()
        for told in newest:
            local = told.at.astimezone(TOKYO)
            if told.is_extra and local.date() == today and any(map(same, told.topics)):
                return local.hour + local.minute / 60
        return None
    digests = [told for told in newest if not told.is_extra]
    return next((i for i, told in enumerate(digests, 1) if any(map(same, told.topics))), None)


def fits(where: dict[str, Any], one: Entry, pool: Pool) -> bool:
    return all(_fits(name, asked, value(name, one, pool)) for name, asked in where.items())


def _fits(name: str, asked: Any, has: Any) -> bool:
    if isinstance(asked, bool):
        return bool(has) == asked
    if isinstance(asked, dict) and "not" in asked:
        return not _fits(name, asked["not"], has)
    if isinstance(asked, dict):
        low, high = (_hours(asked.get(key)) for key in ("at_least", "at_most"))
        return has is not None and (low is None or has >= low) and (high is None or has <= high)
    if isinstance(asked, float):
        return bool(has == asked)
    several = [asked] if isinstance(asked, str) else asked
    if name == "title":
        return any(word.casefold() in text.casefold() for word in several for text in has)
    return any(word in has for word in several) if name == "region" else has in several


def _hours(bound: Any) -> Any:
    return int(bound[:2]) + int(bound[3:]) / 60 if isinstance(bound, str) else bound


def degree(rule: dict[str, Any], lineup: list[Entry], admitted: list[Entry], pool: Pool) -> int:
    """How far a line-up is from a rule, counted by hand."""
    placed = [
        one
        for place, one in enumerate(lineup, 1)
        if not rule.get("places") or place in rule["places"]
    ]

    def spoken_of(one: Entry) -> bool:
        excepted = "except" in rule and fits(rule["except"], one, pool)
        return fits(rule.get("where", {}), one, pool) and not excepted

    if "avoid" in rule:
        return sum(fits(rule["avoid"], one, pool) and spoken_of(one) for one in placed)
    if "want" in rule:
        return sum(not fits(rule["want"], one, pool) for one in placed)
    if "pin" in rule:
        return sum(one.topic.id != rule["pin"] for one in placed)
    if "over" in rule or "under" in rule:
        return sum(_steps(rule, one, pool) for one in placed if spoken_of(one))
    if "apart" in rule:
        named = [getattr(one.topic, rule["apart"]) if spoken_of(one) else "" for one in lineup]
        return sum(bool(a) and a == b for a, b in pairwise(named))
    if "by" in rule:
        return _behind(rule, lineup, admitted, pool)
    return _off(rule, placed, admitted, pool, spoken_of)


def _steps(rule: dict[str, Any], one: Entry, pool: Pool) -> int:
    ((name, limit),) = (rule.get("over") or rule.get("under")).items()
    has = value(name, one, pool)
    if has is None:
        return 0
    beyond = (has - limit if "over" in rule else limit - has) / rule.get("step", 1.0)
    return max(0, math.ceil(beyond - 1e-9))


def _behind(rule: dict[str, Any], lineup: list[Entry], admitted: list[Entry], pool: Pool) -> int:
    aim = OBJECTIVES[rule["by"]]
    unit = rule.get("unit", aim.unit)
    has = {one.topic.id: value(aim.attribute, one, pool) for one in admitted}
    known = [round(v / unit) for v in has.values() if v is not None]
    worst = min([0, *known]) if aim.most else max([0, *known]) + 1
    whole = {id_: worst if v is None else round(v / unit) for id_, v in has.items()}
    best = max(whole.values(), default=0) if aim.most else min(whole.values(), default=0)
    places = [p for p in range(1, len(lineup) + 1) if p in (rule.get("places") or [p])]
    return sum(
        (len(places) - i) * abs(best - whole[lineup[p - 1].topic.id]) for i, p in enumerate(places)
    )


def _off(rule, placed, admitted, pool, spoken_of) -> int:  # type: ignore[no-untyped-def]
    each = rule.get("each")
    if each is None:
        groups = {""}
    else:
        groups = {getattr(one.topic, each) for one in admitted if spoken_of(one)} - {""}
    total = 0
    for group in groups:

        def counts(one: Entry, group: str = group) -> bool:
            return spoken_of(one) and (each is None or getattr(one.topic, each) == group)

        here = sum(map(counts, placed))
        before = sum(
            counts(Entry(topic=t)) for told in _past(rule.get("within"), pool) for t in told.topics
        )
        total += max(0, rule.get("at_least", 0) - before - here)
        if "at_most" in rule:
            total += min(here, max(0, before + here - rule["at_most"]))
    return total


def _past(within: str | None, pool: Pool) -> list[Told]:
    if within is None:
        return []
    if within == "today":
        day = pool.at.astimezone(TOKYO).date()
        return [told for told in pool.told if told.at.astimezone(TOKYO).date() == day]
    back = timedelta(**{"hours" if within[-1] == "h" else "days": int(within[:-1])})
    return [told for told in pool.told if told.at > pool.at - back]


def plain(rule: Rule) -> dict[str, Any]:
    """A rule as an editor wrote it."""
    told = msgspec.to_builtins(rule)
    told = {key: told[key] for key in rule.keys}
    for key in ("avoid", "want", "where", "except"):
        if key in told:
            told[key] = {name: _bare(asked) for name, asked in told[key].items()}
    return told


def _bare(asked: Any) -> Any:
    return {k: v for k, v in asked.items() if v is not None} if isinstance(asked, dict) else asked
