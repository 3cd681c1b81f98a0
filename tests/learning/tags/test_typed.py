"""What is learned of what people type: only with their consent, and only of many."""

from __future__ import annotations

import numpy as np
from tests.learning.worlds import NOW, act, log

from pittari import clock
from pittari.learning.tags.typed import PEOPLE, Typed, typed
from pittari.model.event import Served


def asked(user: str, text: str, ago: int = clock.DAY, consent: str = "yes", **more: str) -> Served:
    """Returns a decision that a thin client asked for with a text."""
    context = {"text": text} | ({"consent": consent} if consent else {})
    told = {"touchpoint": "suggest", "decision_id": f"{user}-{text}-{ago}", **more}
    moment = clock.moment(NOW - ago)
    return Served(event_id=f"s-{user}-{text}-{ago}", at=moment, user=user, context=context, **told)


def sent(row: Served, item: str, after: int = clock.SECOND):
    ago = NOW - clock.micros(row.at) - after
    more = {"touchpoint": "suggest", "decision_id": row.decision_id}
    return act(row.user, item, "send", ago, **more)


def read(*rows) -> Typed:
    return typed(log(rows), NOW - 30 * clock.DAY, NOW)


def people(count: int) -> list[str]:
    return [f"u{i}" for i in range(count)]


def test_a_word_is_told_only_when_enough_different_people_typed_it():
    often = [asked(user, "ネコ") for user in people(PEOPLE)]
    assert read(*often) == Typed({"ねこ": PEOPLE}, {"ねこ": "ネコ"}, ())
    assert read(*often[1:]) == Typed({}, {}, ())
    again = [asked("u0", "ネコ", ago) for ago in range(1, PEOPLE + 1)]
    assert read(*again) == Typed({}, {}, ())


def test_what_was_sent_is_told_only_of_enough_people_too():
    often = [asked(user, "猫") for user in people(PEOPLE + 1)]
    acts = [sent(row, "a") for row in often[:PEOPLE]] + [sent(often[-1], "b")]
    assert read(*often, *acts).chosen == (("猫", "a", PEOPLE),)
    late = [sent(row, "a", clock.HOUR) for row in often]
    assert read(*often, *late).chosen == ()


def test_without_consent_or_at_another_place_nothing_is_looked_at():
    often = people(PEOPLE)
    assert read(*[asked(user, "猫", consent="") for user in often]) == Typed({}, {}, ())
    assert read(*[asked(user, "猫", consent="no") for user in often]) == Typed({}, {}, ())
    assert read(*[asked(user, "猫", touchpoint="shelf") for user in often]) == Typed({}, {}, ())
    assert read(*[asked("", "猫", ago) for ago in range(1, PEOPLE + 1)]) == Typed({}, {}, ())
    assert read(*[asked(user, "猫" * 41) for user in often]) == Typed({}, {}, ())


def test_the_beginning_of_a_word_that_is_typed_on_is_none():
    rows = []
    for user in people(PEOPLE):
        for place, text in enumerate(["お", "おは", "おはよ"]):
            rows.append(asked(user, text, clock.DAY - place * clock.SECOND))
    assert read(*rows).words == {"おはよ": PEOPLE}


def test_the_order_of_the_log_changes_nothing():
    rows = [asked(user, text) for user in people(PEOPLE) for text in ("猫", "ネコ", "犬")]
    rows += [sent(row, "a") for row in rows]
    turned = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]
    assert read(*turned) == read(*rows)
