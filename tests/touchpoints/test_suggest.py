"""The server's row is the device's row, and nothing that was named is lost on the way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.device.worlds import NOW, bundle, contents, people, stocks, typing
from tests.touchpoints.facts import facts

from pittari.device.bundle import Part
from pittari.device.matching import matches
from pittari.device.person import Person
from pittari.device.ranking import Sticker, gathered, ranked
from pittari.device.silence import silent
from pittari.device.stock import Shelf, Stock
from pittari.device.writing import write_part
from pittari.model.catalog import empty_catalog
from pittari.model.decision import Decision
from pittari.model.event import Slot
from pittari.model.request import Knowledge, Request
from pittari.model.request import Person as Somebody
from pittari.testing.bundles import SIGNER, made_up_part
from pittari.touchpoints.suggest.look import Look, looked
from pittari.touchpoints.suggest.menu import PIPELINE, Typed, decided

carets = st.none() | st.integers(0, 30)


def asked(here: Stock, person: Person, n: int = 8) -> Request:
    catalog = replace(empty_catalog(), ids=tuple(here.ids))
    told = Somebody("u", adult=person.rights.adult, region=person.rights.region)
    return Request("d", "suggest", "row", told, Knowledge(catalog), n, NOW, 0)


def decision(here: Stock, text: str, caret: int | None, person: Person, n: int = 8) -> Decision:
    request = asked(here, person, n)
    look = looked(here, text, caret, person, at=NOW, offset=540)
    (made,) = answers([request], [look])
    return made


def answers(requests: Sequence[Request], looks: Sequence[Look]) -> list[Decision]:
    made = decided(requests, looks, requests[0].knowledge)
    assert not [one for one in made if isinstance(one, Exception)]
    return [one for one in made if isinstance(one, Decision)]


@cache
def shelf(*parts: int) -> Stock:
    """Returns a stock on the one shelf on which also those stand that have other parts."""
    told = [
        Part.open(write_part(made_up_part(contents(0), number), SIGNER), SIGNER.keys)
        for number in parts
    ]
    return Stock(bundle(), told, _SHELF)


_SHELF = Shelf(bundle())


def said(slot: Slot) -> tuple[object, ...]:
    return (slot.item, slot.reason.tag, slot.reason.keyword, slot.reason.key, slot.source,
            slot.score, slot.scores["confidence"])  # fmt: skip


def told(one: Sticker) -> tuple[object, ...]:
    return one.item, one.tag, one.keyword, one.match, one.source, one.score, one.confidence


@given(stocks, typing(), carets, st.data())
def test_the_row_is_what_the_device_shows_the_same_person(
    here: Stock, text: str, caret: int | None, data: st.DataObject
) -> None:
    person = data.draw(people(here))
    found = matches(here.bundle, text, caret)
    row = ranked(here, found, person, at=NOW, offset=540)
    silence = silent(here.bundle, found, person, at=NOW)
    made = decision(here, text, caret, person)
    assert [said(slot) for slot in made.slots] == ([] if silence else [told(one) for one in row])
    if silence and len(made.dropped):
        assert set(made.dropped.counts) == {silence}


@given(stocks, typing(), st.integers(1, 8), st.data())
def test_nothing_is_lost_or_doubled_and_a_shorter_row_begins_alike(
    here: Stock, text: str, n: int, data: st.DataObject
) -> None:
    person = data.draw(people(here))
    made = decision(here, text, None, person, n)
    found = matches(here.bundle, text)
    named = set(gathered(here, found.found).rows.tolist())
    fate = [*made.placed.items.tolist(), *made.dropped.candidates.items.tolist()]
    assert sorted(fate) == sorted(named)
    assert len(made.dropped) == sum(made.dropped.counts.values())
    assert all(slot.propensity == 1 for slot in made.slots)
    whole = decision(here, text, None, person)
    assert made.slots == whole.slots[:n]


@given(stocks, typing(), st.data())
def test_what_falls_for_a_reason_falls_rightly(here: Stock, text: str, data: st.DataObject) -> None:
    person = data.draw(people(here))
    made = decision(here, text, None, person)
    dropped = made.dropped
    words = np.array(dropped.vocabulary)[dropped.reasons] if len(dropped) else np.array([])
    rows = dropped.candidates.items
    adult = {here.ids[row] for row in rows[words == "adult"].tolist()}
    assert all(here.flags[here.row(item)] & 2 for item in adult)
    if person.rights.adult:
        assert not adult
    if "not_owned" in words:
        assert sum(slot.source != "owned" for slot in made.slots) == 3
    if "no_room" in words:
        assert len(made.slots) == 8


some_parts = st.lists(st.sampled_from([(), (0,), (1, 2), (0, 3), (4,)]), min_size=2, max_size=6)


@settings(max_examples=50)
@given(st.data(), some_parts)
def test_who_asks_together_with_others_gets_what_they_get_alone(
    data: st.DataObject, parts: list[tuple[int, ...]]
) -> None:
    requests, looks = [], []
    for number, here in enumerate([shelf(*some) for some in parts]):
        person, text = data.draw(people(here)), data.draw(typing())
        requests.append(asked(here, person, data.draw(st.integers(1, 8))))
        looks.append(looked(here, text, data.draw(carets), person, at=NOW + number))
    batch = Typed(tuple(requests), tuple(looks))
    alone = [PIPELINE._decided(batch.only(number))[0] for number in range(len(batch))]
    assert [facts(one) for one in PIPELINE._decided(batch)] == [facts(one) for one in alone]
