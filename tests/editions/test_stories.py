"""Stories and tones that nobody gave: found by title, section and time, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pittari.editions.stories import clustered, completed, tone, why_tone
from pittari.model.topic import Topic

NOON = datetime(2026, 11, 22, 3, tzinfo=UTC)
TITLES = [
    "Quake of magnitude 6 shakes the Tanomi coast",
    "Tanomi coast quake: trains stopped until noon",
    "首相、補正予算案を午後に提出へ",
    "補正予算案、首相が提出 野党は反発",
    "サッカー代表、三対一で快勝",
    "代表が快勝、三対一 監督「理想の試合」",
    "Storm nears the southern islands",
    "Storm: flights to the southern islands cancelled",
    "New library opens in Kasumi",
    "Kasumi marathon closes roads on Sunday",
    "円相場が三年ぶりの高値",
    "地元の図書館が新装開館",
]
PAIRS = [(0, 1), (2, 3), (4, 5), (6, 7)]


def topics(titles: list[str] = TITLES) -> list[Topic]:
    return [
        Topic(id=f"t{i}", title=title, published=NOON + timedelta(minutes=i))
        for i, title in enumerate(titles)
    ]


def test_titles_of_one_happening_make_a_story_and_others_stand_alone() -> None:
    expected = [""] * len(TITLES)
    for first, second in PAIRS:
        expected[first] = expected[second] = f"t{first}"
    assert clustered(topics()) == expected


def test_alike_titles_of_different_days_are_different_stories() -> None:
    known = topics()
    known[1] = msgspec.structs.replace(known[1], published=NOON + timedelta(hours=13))
    assert clustered(known)[:2] == ["", ""]


def test_the_desks_own_stories_stand_and_reach_the_topics_alike() -> None:
    known = topics()
    known[1] = msgspec.structs.replace(known[1], story="tanomi-quake")
    known[8] = msgspec.structs.replace(known[8], story="library")
    known[6] = msgspec.structs.replace(known[6], story="storm-a")
    known[7] = msgspec.structs.replace(known[7], story="storm-b")
    found = completed(known)
    assert [found[i].story for i in (0, 1)] == ["tanomi-quake"] * 2
    assert [found[i].story for i in (6, 7)] == ["storm-a", "storm-b"]
    assert found[8].story == "library"


@given(order=st.permutations(range(len(TITLES))))
@settings(max_examples=20, deadline=None)
def test_stories_do_not_depend_on_the_order_of_topics(order: list[int]) -> None:
    known = topics()
    plain = clustered(known)
    turned = clustered([known[i] for i in order])
    assert [turned[order.index(i)] for i in range(len(known))] == plain


@given(titles=st.lists(st.text(max_size=40), max_size=12))
@settings(max_examples=60, deadline=None)
def test_any_title_at_all_is_taken(titles: list[str]) -> None:
    found = clustered(topics(titles))
    assert len(found) == len(titles)
    assert all(story == "" or found.count(story) > 1 for story in found)


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ({"section": "sport"}, ("soft", "section")),
        ({"section": "政治"}, ("hard", "section")),
        ({"section": "politics", "kind": "interview"}, ("soft", "kind")),
        ({"title": "夏祭り、来週末に開催"}, ("soft", "祭り")),
        ({"title": "Two killed as bridge falls"}, ("hard", "killed")),
        ({"title": "ＬＥＡＧＵＥ ＰＵＰＰＹ day"}, ("soft", "puppy")),
        ({"title": "Nothing is known of this"}, ("hard", "")),
    ],
)
def test_a_tone_comes_with_what_spoke_for_it(topic: dict[str, str], expected: object) -> None:
    assert why_tone(Topic(id="t", published=NOON, **topic)) == expected  # type: ignore[arg-type]


def test_the_desks_tone_stands() -> None:
    topic = Topic(id="t", published=NOON, section="politics", tone="soft")
    assert tone(topic) == "hard"
    assert completed([topic])[0].tone == "soft"
