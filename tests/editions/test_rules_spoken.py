"""Every rule can be read aloud, in Japanese and in English."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.editions.newspapers import EDITION, REASON, rule_files, written

from pittari.editions.rules import (
    ATTRIBUTES,
    BUILT_IN,
    EDITIONS,
    KINDS,
    OBJECTIVES,
    built_in,
    called,
    default_rules,
    described,
    gives_way,
    label,
    read_rules,
    spoken,
)
from pittari.editions.rules.speaking import _words

LOCALES = ("ja", "en")


def keys(told: object, path: str = "") -> set[str]:
    if not isinstance(told, dict):
        return {path}
    return set().union(*(keys(value, f"{path}.{key}") for key, value in told.items()))


def test_both_languages_have_the_same_words() -> None:
    ja, en = (keys({k: v for k, v in _words(lang).items() if k != "attribute"}) for lang in LOCALES)
    assert ja == en


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_the_vocabulary_is_named(locale: str) -> None:
    words = _words(locale)
    assert set(words["attribute"]) == set(ATTRIBUTES)
    assert set(words["objective"]) == set(OBJECTIVES)
    assert set(words["gives_way"]) == {"keep_out", *KINDS}
    for name, attribute in ATTRIBUTES.items():
        assert label(name, locale)
        assert attribute.kind != "flag" or {"yes", "no"} <= set(words["attribute"][name])
        assert all(called(value, locale) for value in attribute.values)
    assert len({built_in(reason, locale) for reason in BUILT_IN}) == len(BUILT_IN)


@given(text=rule_files(), locale=st.sampled_from(LOCALES))
def test_every_rule_reads_aloud_as_one_finished_sentence(text: str, locale: str) -> None:
    rules = read_rules(text, "rules.toml")
    for rule in (*rules.keep_out, *rules.rules):
        for sentence in (spoken(rule, locale), gives_way(rule, locale)):
            assert sentence.endswith("。" if locale == "ja" else ".")
            assert not re.search(r"[{}]|None|  |、、|。。|\.\.", sentence), sentence


@pytest.mark.parametrize("name", EDITIONS)
def test_shipped_rules_read_differently_in_each_language(name: str) -> None:
    rules = default_rules(name)
    for rule in (*rules.keep_out, *rules.rules):
        assert re.search(r"[ぁ-ん]", spoken(rule, "ja"))
        assert not re.search(r"[ぁ-ん]", spoken(rule, "en"))


def said(locale: str, **body: object) -> str:
    text = written(EDITION, rule=[{"name": "some", "reason": REASON, **body}])
    return spoken(read_rules(text, "rules.toml").rules[0], locale)


def test_a_sentence_tells_numbers_words_places_days_and_the_exception() -> None:
    body = {
        "over": {"age_hours": 12},
        "step": 2,
        "places": [1, 2],
        "except": {"section": "election"},
        "when": {"weekdays": ["saturday", "sunday"]},
    }
    assert said("en", **body) == (
        "On Saturdays and Sundays: at places 1 and 2, age up to 12 hours, except topics whose"
        " section is election; every 2 hours beyond counts one."
    )
    assert said("ja", **body) == (
        "土曜・日曜は、1・2番では、分野が選挙の話題を除き、公開からの時間は12時間まで。"
        "2時間超えるごとに1と数える。"
    )


def test_an_owner_may_say_in_other_words_how_a_rule_gives_way() -> None:
    own = {"ja": "多い日は譲る", "en": "Gives way on busy days."}
    text = written(
        EDITION, rule=[{"name": "some", "reason": REASON, "apart": "section", "gives_way": own}]
    )
    rule = read_rules(text, "rules.toml").rules[0]
    assert (gives_way(rule, "ja"), gives_way(rule, "en")) == (own["ja"], own["en"])


def test_conditions_read_as_the_topics_they_fit() -> None:
    assert described({"hazard": True}, "en") == "topics that are hazard bulletins"
    assert described({"hazard": True, "section": ("sport", "moon")}, "ja") == (
        "災害速報で、分野がスポーツ・「moon」の話題"
    )
    assert described({}, "en") == "topics"
