"""The made-up news reads like a newsroom's: right lengths, no repeats, every kind, all labelled."""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pittari import clock
from pittari.demo.newsroom.grammar import LOCALES, SECTIONS, sections, words
from pittari.demo.newsroom.pictures import draw
from pittari.demo.newsroom.plan import OFFSET, TOPICS, News, day
from pittari.model.topic import Topic

JA_LENGTH, EN_LENGTH = (15, 28), (30, 78)
KINDS = {
    "article",
    "live",
    "bulletin",
    "press_conference",
    "match",
    "feature",
    "interview",
    "video",
}
SUNDAY, NOVEMBER, JULY = 20_779, 20_780, 20_650

days = st.integers(18_000, 24_000)
seeds = st.integers(0, 2**32)


def first(news: News) -> Topic:
    return news.versions[0][1]


@settings(deadline=None, max_examples=40)
@given(seeds, days)
def test_a_day_is_the_same_for_the_same_seed_and_differs_for_others(seed: int, number: int) -> None:
    assert day(seed, number) == day(seed, number)
    assert day(seed, number) != day(seed + 1, number)
    assert {first(news).title for news in day(seed, number)} != {
        first(news).title for news in day(seed, number + 1)
    }


@settings(deadline=None, max_examples=40)
@given(seeds, days)
def test_a_day_has_its_topics_each_once_in_order_and_within_the_day(seed: int, number: int) -> None:
    told = day(seed, number)
    assert len(told) == TOPICS
    for locale in LOCALES:
        assert len({first(news).titled(locale) for news in told}) == TOPICS
    ids = [first(news).id for news in told]
    assert ids == sorted(set(ids))
    times = [news.versions[0][0] for news in told]
    assert times == sorted(times)
    start = number * clock.DAY - OFFSET
    assert start <= times[0] <= times[-1] < start + clock.DAY


@settings(deadline=None, max_examples=40)
@given(seeds, days)
def test_headlines_have_the_lengths_that_desks_use_and_no_slot_is_left(
    seed: int, number: int
) -> None:
    for news in day(seed, number):
        titles = first(news).titles
        assert JA_LENGTH[0] <= len(titles["ja"]) <= JA_LENGTH[1], titles["ja"]
        assert EN_LENGTH[0] <= len(titles["en"]) <= EN_LENGTH[1], titles["en"]
        assert not re.search(r"[{}]|  |(?<!1)(1th|2th|3th)", titles["ja"] + titles["en"])
        assert titles["en"].isascii()
        assert re.match(r"['\"]?[A-Z0-9]", titles["en"]), titles["en"]


@settings(deadline=None, max_examples=40)
@given(seeds, days)
def test_every_day_has_every_kind_section_tone_mood_and_a_hazard(seed: int, number: int) -> None:
    topics = [first(news) for news in day(seed, number)]
    assert {topic.kind for topic in topics} == KINDS
    assert {topic.section for topic in topics} == set(SECTIONS)
    assert {topic.tone for topic in topics} == {"hard", "soft"}
    assert {topic.mood for topic in topics} == {"grim", "neutral", "bright"}
    assert any(topic.hazard for topic in topics)
    assert any(topic.stale_at for topic in topics)
    clusters = Counter(topic.story for topic in topics if topic.story)
    assert 2 <= max(clusters.values()) <= 5


@settings(deadline=None, max_examples=40)
@given(seeds, days)
def test_what_follows_in_a_story_comes_later_and_versions_of_a_topic_too(
    seed: int, number: int
) -> None:
    seen: dict[str, int] = {}
    order = {
        f"{story.name}/{line.kind}/{line.after}": at
        for section in sections().values()
        for story in section.story
        for at, line in enumerate(story.lines)
    }
    assert len(order) == sum(len(s.lines) for x in sections().values() for s in x.story)
    for news in day(seed, number):
        since = [at for at, _ in news.versions]
        assert since == sorted(set(since))
        topic = first(news)
        assert topic.published == clock.moment(since[0])
        assert seen.get(topic.story, 0) <= since[0]
        seen[topic.story or topic.id] = since[0]
        for end in (topic.stale_at, topic.embargo):
            assert end is None or end > topic.published
        assert news.at(since[0] - 1) is None
        assert news.at(since[-1]) == news.versions[-1][1]


def test_all_sides_of_the_desk_occur_within_a_month() -> None:
    topics = [
        topic for n in range(30) for news in day(0, NOVEMBER + n) for _, topic in news.versions
    ]
    assert any(topic.embargo for topic in topics)
    assert any(topic.sensitive for topic in topics)
    assert any(topic.status == "withdrawn" for topic in topics)
    assert any(topic.updated for topic in topics)
    titles = Counter(topic.title for topic in topics)
    assert len(titles) > 1_800  # of 3,600 topics, most read anew


def test_seasons_and_weekends_are_kept() -> None:
    winter = {first(news).story for n in range(20) for news in day(1, NOVEMBER + n)}
    summer = {first(news).story for n in range(20) for news in day(1, JULY + n)}
    assert not any("baseball-night" in story for story in winter)
    assert any("baseball-night" in story for story in summer)
    assert clock.moment(SUNDAY * clock.DAY).weekday() == 6
    sunday = {first(news).story for seed in range(10) for news in day(seed, SUNDAY)}
    assert not any("market" in story for story in sunday)


def test_everything_says_that_it_is_made_up() -> None:
    for news in day(0, NOVEMBER):
        topic = first(news)
        assert topic.id.startswith("demo-")
        assert topic.link.startswith("https://news.example/made-up/")


def test_both_languages_fill_the_same_slots() -> None:
    slot = re.compile(r"\{([^{}]+)\}")
    known = set(words())
    for section in sections().values():
        for story in section.story:
            bound = {found for line in story.lines for found in slot.findall(line.ja)}
            for line in story.lines:
                named = set(slot.findall(line.en)) | set(slot.findall(line.ja))
                assert {name.partition(".")[0] for name in named if name[0].isalpha()} <= known
            numbers = {x for line in story.lines for x in slot.findall(line.en) if x[0].isdigit()}
            assert numbers <= bound, story.name


@pytest.mark.parametrize("section", SECTIONS)
def test_a_picture_is_a_small_drawing_without_scripts_or_links(section: str) -> None:
    picture = draw(section)
    assert len(picture) < 2_000
    root = ElementTree.fromstring(picture)
    assert root.attrib["viewBox"] == "0 0 320 200"
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {"svg", "g", "path"}
    assert "href" not in picture
    assert picture == draw(section)
