"""The server's row is the device's row, and nothing that was named is lost on the way to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.device.worlds import NOW, people, stocks, typing

from pittari.device.matching import matches
from pittari.device.person import Person
from pittari.device.ranking import Sticker, gathered, ranked
from pittari.device.silence import silent
from pittari.device.stock import Stock
from pittari.model.catalog import empty_catalog
from pittari.model.decision import Decision
from pittari.model.event import Slot
from pittari.model.request import Knowledge, Request
from pittari.model.request import Person as Somebody
from pittari.touchpoints.suggest.look import looked
from pittari.touchpoints.suggest.menu import decided

carets = st.none() | st.integers(0, 30)


def asked(here: Stock, person: Person, n: int = 8) -> Request:
    catalog = replace(empty_catalog(), ids=tuple(here.ids))
    told = Somebody("u", adult=person.rights.adult, region=person.rights.region)
    return Request("d", "suggest", "row", told, Knowledge(catalog), n, NOW, 0)


def decision(here: Stock, text: str, caret: int | None, person: Person, n: int = 8) -> Decision:
    request = asked(here, person, n)
    look = looked(here, text, caret, person, at=NOW, offset=540)
    return decided(request, look, request.knowledge)


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
        assert set(made.dropped.counts()) == {silence}


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
    assert len(made.dropped) == sum(made.dropped.counts().values())
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
