"""Whatever an editor must be able to state can be stated: one example of each kind of rule.

Each says topics as (id, what they are) and which of two line-ups obeys; or what is kept out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from tests.editions.newspapers import AT, EDITION, REASON, entry, pool, topic, written

from pittari.editions.compiling import admitted, compiled
from pittari.editions.pool import Clicks, Entry, Told, Wishes
from pittari.editions.rules import read_rules

HOUR = timedelta(hours=1)

KEPT_OUT: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # What is asked, a topic that is kept out, and one that stays.
    "status": ({"status": "withdrawn"}, {"status": "withdrawn"}, {}),
    "maximum age": (
        {"age_hours": {"at_least": 12}},
        {"published": AT - 12 * HOUR},
        {"published": AT - 11.9 * HOUR},
    ),
    "minimum age": (
        {"age_minutes": {"at_most": 10}},
        {"published": AT - HOUR / 10},
        {"published": AT - HOUR / 5},
    ),
    "press conference": (
        {"kind": ["press_conference", "live"]},
        {"kind": "press_conference"},
        {"kind": "interview"},
    ),
    "match in progress": (
        {"kind": "match", "hours_left": {"at_least": 0}},
        {"kind": "match", "stale_at": AT + HOUR},
        {"kind": "match", "stale_at": AT - HOUR},
    ),
    "hazard bulletin": ({"hazard": True}, {"hazard": True}, {}),
    "deadline inside the news": (
        {"stale_when_opened": True},
        {"stale_at": AT + 3 * HOUR},
        {"stale_at": AT + 3.1 * HOUR},
    ),
    "embargo": ({"embargoed": True}, {"embargo": AT + HOUR}, {"embargo": AT - HOUR}),
    "source ban": ({"source": "gossip"}, {"source": "gossip"}, {"source": "wire"}),
    "genre ban": ({"section": {"not": ["world", "sport"]}}, {"section": ""}, {"section": "sport"}),
    "form: length": ({"title_length": {"at_least": 5}}, {"title": "12345"}, {"title": "1234"}),
    "form: link": ({"link": False}, {"link": ""}, {"link": "https://example.org/1"}),
    "form: words": ({"title": ["[ad]", "[pr]"]}, {"title": "Buy [AD]"}, {"title": "Advance"}),
    "region": ({"region": {"not": "jp"}}, {"regions": ("th",)}, {"regions": ("jp", "th")}),
    "importance floor": (
        {"importance": {"at_most": 0.2}},
        {"importance": 0.2},
        {"importance": 0.21},
    ),
    "spike guard": (
        {"spike": {"at_least": 5}},
        {"clicks": {"10m": Clicks(rate=50), "2h": Clicks(rate=10)}},
        {"clicks": {"10m": Clicks(rate=40), "2h": Clicks(rate=10)}},
    ),
    "too few impressions": (
        {"seen_1h": {"at_most": 100}},
        {"clicks": {"1h": Clicks(rate=9, seen=100)}},
        {"clicks": {"1h": Clicks(rate=9, seen=101)}},
    ),
}


def file(**tables: Any) -> str:
    edition = EDITION | tables.pop("edition", {})
    several = {
        name: [{"name": f"{name.replace('_', '-')}-{i}", "reason": REASON, **one}]
        for name, told in tables.items()
        for i, one in enumerate([told])
    }
    return written(edition, **several)


@pytest.mark.parametrize("kind", KEPT_OUT)
def test_safety_can_say(kind: str) -> None:
    where, out, stays = KEPT_OUT[kind]
    here = pool(entry("out", **out), entry("stays", **stays))
    rules = read_rules(file(keep_out={"where": where}), kind)
    kept = admitted(rules, here).kept_out
    assert set(kept) == {"out"}
    built_in = {"status": "withdrawn", "embargo": "embargoed"}
    assert kept["out"] == built_in.get(kind, "keep-out-0")


@pytest.mark.parametrize(
    ("where", "out"),
    [
        ({"told_ago": {"at_most": 2}}, {"last", "before"}),
        ({"story_told_ago": {"at_most": 1}}, {"last", "kin"}),
        ({"extra_told_at": {"at_least": "06:00"}}, {"seven"}),
        ({"story_extra_told_at": {"at_most": "06:00"}}, {"five"}),
    ],
)
def test_safety_can_say_what_was_told_already(where: dict[str, Any], out: set[str]) -> None:
    def told(name: str, hours: float, id_: str, story: str = "") -> Told:
        return Told(edition=name, at=AT - hours * HOUR, topics=(topic(id_, story=story),))

    here = pool(
        *(entry(id_) for id_ in ("last", "before", "long-ago", "five", "seven", "yesterday")),
        entry("kin", story="s"),
        told=(
            told("2026-11-22/extra-2", 1, "seven"),
            told("2026-11-22/extra-1", 3, "five"),
            told("2026-11-21/evening", 14, "last", "s"),
            told("2026-11-21/extra", 15, "yesterday"),
            told("2026-11-21/noon", 20, "before"),
            told("2026-11-21/morning", 24, "long-ago"),
        ),
    )
    assert set(admitted(read_rules(file(keep_out={"where": where}), "x"), here).kept_out) == out


def clicks(window: str, rate: float, spread: float = 0) -> dict[str, Clicks]:
    return {window: Clicks(rate=rate, spread=spread)}


NEWS = (
    entry("hard1", tone="hard", mood="grim", section="world", source="a", main=1, importance=0.9),
    entry("hard2", tone="hard", mood="grim", section="world", source="a", main=4, importance=0.5),
    entry("soft1", tone="soft", mood="bright", section="life", source="b", main=2, importance=0.2),
    entry("soft2", tone="soft", section="sport", source="c", kind="feature", sensitive=True),
    entry("vote1", section="election", story="vote", source="b", clicks=clicks("10m", 50)),
    entry("vote2", section="election", story="vote", source="b", clicks=clicks("1h", 40, 30)),
    entry("fire1", section="local", story="fire", source="d", clicks=clicks("1h", 30, 1)),
    entry("fire2", section="local", story="fire", source="d", published=AT - 20 * HOUR),
)

SAID: dict[str, tuple[dict[str, Any], str, str, int]] = {
    # A rule, a line-up that obeys it, one that does not, and by how much.
    "sensitivity never in place 1": (
        {"avoid": {"sensitive": True}, "places": [1]}, "hard1 soft2", "soft2 hard1", 1,
    ),
    "objective and window: 10 min": ({"by": "clicks_10m", "places": [1]}, "vote1", "vote2", 50),
    "objective and window: 1 h": ({"by": "clicks_1h", "places": [1]}, "vote2", "fire1", 10),
    "clicks one can be sure of": ({"by": "clicks_1h_sure", "places": [1]}, "fire1", "vote2", 19),
    "in coarser units": ({"by": "clicks_1h", "unit": 10, "places": [1]}, "vote2", "fire1", 1),
    "first of the main tab": ({"by": "main", "places": [3]}, "fire1 fire2 hard1",
                              "fire1 fire2 hard2", 3),
    "type at a place": ({"want": {"kind": "feature"}, "places": [2]}, "hard1 soft2", "soft2 hard1",
                        1),
    "ban at a place": ({"avoid": {"section": "sport"}, "places": [1, 2]}, "hard1 hard2 soft2",
                       "hard1 soft2 hard2", 1),
    "pin": ({"pin": "fire2", "places": [2]}, "hard1 fire2", "fire2 hard1", 1),
    "cap of a category": ({"at_most": 1, "where": {"section": "world"}}, "hard1 soft1",
                          "hard1 hard2", 1),
    "floor of a category": ({"at_least": 1, "where": {"section": ["life", "sport"]}},
                            "hard1 soft1", "hard1 hard2", 1),
    "hard and soft balance": ({"at_least": 2, "each": "tone"}, "hard1 soft1 soft2 hard2",
                              "hard1 soft1 vote1 hard2", 1),
    "one per story, with an exception": (
        {"at_most": 1, "each": "story", "except": {"section": "election"}},
        "vote1 vote2 fire1", "vote1 fire2 fire1", 1,
    ),
    "cap per source": ({"at_most": 2, "each": "source"}, "vote1 vote2 hard1", "vote1 vote2 soft1",
                       1),
    "not all grim": ({"at_least": 1, "where": {"mood": {"not": "grim"}}}, "hard1 soft2",
                     "hard1 hard2", 1),
    "no two of a category in a row": ({"apart": "section"}, "hard1 soft1 hard2",
                                      "soft1 hard1 hard2", 1),
    "age by steps": ({"over": {"age_hours": 12}, "step": 3}, "fire1 hard1", "fire1 fire2", 3),
    "importance floor by steps": (
        {"under": {"importance": 0.6}, "step": 0.1, "places": [1]}, "hard1 soft1", "soft1 hard1", 4,
    ),
    "newest first": ({"by": "newest", "places": [1]}, "fire1", "fire2", 19 * 60),
}  # fmt: skip


def degree(text: str, line: str, wishes: Wishes = Wishes(), **more: Any) -> int:  # noqa: B008
    here = pool(*NEWS, **more)
    ids = [e.topic.id for e in NEWS]
    problem = compiled(read_rules(text, "x"), here, wishes)
    order = [ids.index(id_) for id_ in line.split()]
    places = problem.places
    filled = np.array(order + [i for i in range(len(ids)) if i not in order], np.int32)
    (of,) = [i for i, level in enumerate(problem.levels) if level.name != "profile"]
    assert places == len(order)
    return problem.degrees(filled[:places])[of]


@pytest.mark.parametrize("kind", SAID)
def test_a_rule_can_say(kind: str) -> None:
    body, obeys, breaks, by = SAID[kind]
    for line, expected in ((obeys, 0), (breaks, by)):
        n = len(line.split())
        assert degree(file(edition={"places": n}, rule=body), line) == expected, line


def test_variety_over_days_counts_what_went_out_before() -> None:
    before = Told(
        edition="2026-11-21/noon", at=AT - 20 * HOUR, topics=(topic("x", section="life"),)
    )
    cap = {"at_most": 1, "each": "section", "within": "2d"}
    text = file(edition={"places": 2}, rule=cap)
    assert degree(text, "hard1 soft1") == 0
    assert degree(text, "hard1 soft1", told=(before,)) == 1


def test_coverage_over_the_day_asks_for_what_is_still_missing() -> None:
    before = Told(edition="2026-11-22/extra", at=AT - HOUR, topics=(topic("x", section="life"),))
    floor = {"at_least": 1, "where": {"section": "life"}, "within": "today"}
    text = file(edition={"places": 2}, rule=floor)
    assert degree(text, "hard1 hard2") == 1
    assert degree(text, "hard1 soft1") == 0
    assert degree(text, "hard1 hard2", told=(before,)) == 0


def test_a_pin_of_the_desk_stands_above_every_rule_and_below_safety() -> None:
    text = file(rule={"apart": "section"}, keep_out={"where": {"source": "d"}})
    here = pool(*NEWS)
    problem = compiled(read_rules(text, "x"), here, Wishes(pins={2: "soft1", 1: "fire1"}))
    assert [level.name for level in problem.levels] == ["desk-pin-1", "desk-pin-2", "rule-0"]
    ids = [here.entries[row].topic.id for row in problem.rows]
    assert "fire1" not in ids
    line = np.array(
        [ids.index(id_) for id_ in ["hard1", "soft1", "hard2", "soft2", "vote1", "vote2"]]
    )
    assert problem.degrees(line.astype(np.int32)) == (1, 0, 1)


def test_of_places_by_clicks_the_first_holds_the_most_clicked() -> None:
    text = file(edition={"places": 2}, rule={"by": "clicks_1h", "places": [1, 2]})
    assert degree(text, "vote2 fire1") < degree(text, "fire1 vote2")


def choice(edition: str, band: float) -> list[str]:
    """The topic at the one place, by clicks, then the draw, then the tie."""
    near = tuple(Entry(topic=topic(f"t{i}"), clicks=clicks("1h", 40 - i)) for i in range(20))
    text = file(edition={"places": 1, "profile": band}, rule={"by": "clicks_1h"})
    here = pool(*near)
    here = type(here)(edition=edition, at=here.at, entries=here.entries)
    problem = compiled(read_rules(text, "x"), here)
    ranked = sorted(
        range(20), key=lambda i: (*problem.degrees(np.array([i], np.int32)), problem.tie[i])
    )
    return [near[i].topic.id for i in ranked]


def test_a_profile_rotates_among_those_within_its_band_and_no_others() -> None:
    days = [f"2026-11-{day:02}/morning" for day in range(1, 29)]
    assert {choice(day, 0.0)[0] for day in days} == {"t0"}
    first = [choice(day, 0.2)[0] for day in days]
    assert len(set(first)) > 1
    assert set(first) <= {"t0", "t1", "t2", "t3"}
    assert first == [choice(day, 0.2)[0] for day in days]


def test_without_any_rule_the_newer_topic_comes_first_and_then_the_lesser_id() -> None:
    here = pool(
        entry("b"), entry("a"), entry("new", published=AT), entry("old", published=AT - HOUR * 9)
    )
    problem = compiled(read_rules(file(), "x"), here)
    ranked = sorted(range(4), key=lambda i: problem.tie[i])
    assert [here.entries[problem.rows[i]].topic.id for i in ranked] == ["new", "a", "b", "old"]
