"""A row never offers what cannot be sent, keeps its limits, and can be told why; so can silence."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.device.worlds import LATER, NOW, bundle, contents, people, stock, stocks, typing

from pittari import clock
from pittari.device.bundle import Bundle
from pittari.device.matching import matches
from pittari.device.person import Person, Rights, Uses, decayed, logarithm, recency
from pittari.device.ranking import ranked
from pittari.device.settings import ADULT, ELIGIBLE, SENDABLE, TRIAL_SEND
from pittari.device.silence import silent
from pittari.device.stock import Stock
from pittari.device.writing import write_bundle
from pittari.errors import Invalid
from pittari.testing.bundles import SIGNER

DECAY = bundle(0).decay


def everything(here: Stock) -> Person:
    return Person(rights=Rights(owned=frozenset(here.packages), adult=True))


@given(stocks, typing(), st.data())
def test_a_row_keeps_its_limits_and_holds_nothing_that_cannot_be_sent(
    here: Stock, text: str, data: st.DataObject
) -> None:
    person = data.draw(people(here))
    row = ranked(here, matches(here.bundle, text), person, at=NOW)
    rights = person.rights
    assert len(row) <= 8
    assert sum(one.source != "owned" for one in row) <= 3
    assert len({one.item for one in row}) == len(row)
    for one in row:
        at = here.row(one.item)
        package, flags = here.packages[here.package[at]], int(here.flags[at])
        region = here.bundle.meta.regions[here.region[at]]
        usable = rights.owned | (rights.kept if rights.plan and rights.plan_until > NOW else set())
        assert (package in usable) == (one.source == "owned")
        assert rights.adult or not flags & ADULT
        assert one.source not in person.switches.sources
        if one.source == "owned":
            continue
        assert not region or rights.region in region
        if one.source == "trial_send":
            assert flags & SENDABLE
            assert person.sends_left(NOW) > 0
        else:
            assert flags & ELIGIBLE


@given(stocks, typing(), st.data())
def test_a_score_is_the_sum_of_its_parts_and_the_row_is_in_its_order(
    here: Stock, text: str, data: st.DataObject
) -> None:
    person = data.draw(people(here))
    found = matches(here.bundle, text)
    row = ranked(here, found, person, at=NOW)
    assert [one.score for one in row] == sorted((one.score for one in row), reverse=True)
    assert all(one.score == sum(one.parts.values()) for one in row)
    assert ranked(here, found, person, at=NOW) == row


@given(typing())
def test_who_owns_everything_is_offered_only_that_and_who_owns_nothing_gets_nothing(
    text: str,
) -> None:
    here = stock(0, 2)
    found = matches(here.bundle, text)
    row = ranked(here, found, everything(here), at=NOW)
    assert all(one.source == "owned" for one in row)
    assert bool(row) == any(
        len(here.own(one.tag)[0]) or here.bundle.starts[one.tag] < here.bundle.starts[one.tag + 1]
        for one in found.found
    )
    assert ranked(here, found, Person(), at=NOW) == ()


@given(typing(), st.integers(0, 30))
def test_what_was_used_rises_and_what_is_wanted_less_falls(text: str, days: int) -> None:
    here = stock(0, 2)
    found, person = matches(here.bundle, text), everything(here)
    row = ranked(here, found, person, at=NOW)
    assume(row)
    last = row[-1]
    vector = here.vectors[here.row(last.item)]
    person.used(last.item, last.tag, vector, NOW - days * clock.DAY, DECAY)
    person.mean = []
    after = next(o for o in ranked(here, found, person, at=NOW) if o.item == last.item)
    assert after.score > last.score
    person.wipe()
    person.wants_less(last.item)
    now = [one for one in ranked(here, found, person, at=NOW) if one.item == last.item]
    assert all(one.score < last.score for one in now)


def test_a_plan_that_is_full_offers_no_more_and_an_ended_one_takes_back() -> None:
    here, found = stock(0, 0), matches(bundle(0), "おはよう")
    rights = Rights(plan="basic", plan_until=LATER, region="JP")
    sources = {o.source for o in ranked(here, found, Person(rights=rights), at=NOW)}
    assert sources == {"premium"}
    rights.kept = frozenset(here.packages[:5])
    row = ranked(here, found, Person(rights=rights), at=NOW)
    assert {one.source for one in row} <= {"owned"}
    assert ranked(here, found, Person(rights=rights), at=LATER) == ()


def test_trial_sends_are_counted_by_the_day() -> None:
    here, found = stock(0, 0), matches(bundle(0), "ありがとう")
    person = Person(rights=Rights(sends_a_day=2, sends_until=LATER, region="JP"))
    for left in (2, 1, 0):
        row = ranked(here, found, person, at=NOW)
        assert person.sends_left(NOW) == left
        assert {one.source for one in row} == ({"trial_send"} if left else set())
        for one in row[:1]:
            vector = here.vectors[here.row(one.item)]
            person.used(one.item, one.tag, vector, NOW, DECAY, source=TRIAL_SEND)
    assert person.sends_left(NOW + clock.DAY) == 2


def test_a_part_of_another_kind_is_refused() -> None:
    told = contents(0)
    narrow = replace(told.items, vectors=told.items.vectors[:, :4])
    other = write_bundle(replace(told, items=narrow, centres=None), SIGNER)
    from tests.device.worlds import made_up_part, write_part

    from pittari.device.bundle import Part

    part = Part.open(write_part(made_up_part(told, 0), SIGNER), SIGNER.keys)
    with pytest.raises(Invalid, match="vector"):
        Stock(Bundle.open(other, SIGNER.keys), [part])


@given(st.data())
def test_a_person_can_be_seen_taken_along_and_wiped(data: st.DataObject) -> None:
    person = data.draw(people(stock(0, 2)))
    assert Person.read(person.export()) == person
    assert Person.read(person.export()).export() == person.export()
    rights, switches = person.rights, person.switches
    person.wipe()
    assert person == Person(rights=rights, switches=switches, ledger=person.ledger)


@pytest.mark.parametrize("text", ["", "[]", '{"mean": ["a"]}', '{"x": 1}', b"\xff"])
def test_what_is_no_persons_data_is_refused(text: str | bytes) -> None:
    with pytest.raises(Invalid):
        Person.read(text)


@given(st.integers(0, (1 << 24) - 1), st.integers(0, 2000), st.integers(0, 50))
def test_counts_only_fade(value: int, days: int, more: int) -> None:
    now, later = decayed(value, days, DECAY), decayed(value, days + more, DECAY)
    assert 0 <= later <= now <= value
    assert decayed(value, len(DECAY), DECAY) == value >> 1
    assert logarithm(later) <= logarithm(now) <= 255
    assert recency(days + more) <= recency(days) <= 255


def test_one_use_is_half_the_scale_and_each_doubling_16_more() -> None:
    assert [logarithm(256 * n) for n in (0, 1, 2, 4, 3)] == [0, 128, 144, 160, 152]
    assert [recency(days) for days in (0, 1, 2, 8, 9)] == [255, 127, 63, 0, 0]


def test_the_mean_moves_towards_what_is_used() -> None:
    person = Person()
    for _ in range(200):
        person.used("a", "", [127, -127, 0], NOW, DECAY)
    assert all(abs(m - v * 256) <= 16 for m, v in zip(person.mean, [127, -127, 0], strict=True))
    assert person.stickers["a"] == Uses(min((1 << 24) - 1, 200 * 256), clock.day(NOW))


def why(text: str, person: Person | None = None, room: str = "r", **more: object) -> str | None:
    here = bundle(0)
    return silent(here, matches(here, text), person or Person(), at=NOW, room=room, **more)  # type: ignore[arg-type]


def test_silence_has_its_reasons() -> None:
    person = Person()
    assert why("おはよう") is None
    assert why("") == "no_match"
    assert why("祖父が亡くなりました。ありがとう") == "veto"
    assert why("ありがとう", recent=["Our dog died today", "そうですか"]) == "veto"
    assert why("ありがとう", recent=["he studied", "diet"]) is None
    person.switches.rooms.add("r")
    assert why("おはよう", person) == "room"
    assert why("おはよう", person, room="q") is None
    person.switches.off = True
    assert why("おはよう", person, room="q") == "off"


def test_who_ignores_the_row_gets_it_less_and_less_until_one_is_used() -> None:
    person = Person()
    seen = []
    for _ in range(40):
        seen.append(why("おはよう", person))
        person.was_ignored("r")
    assert seen == sorted(seen, key=lambda reason: reason is not None)
    assert (seen[0], seen[-1], why("おはよう", person, room="q")) == (None, "ignored", None)
    person.used("s", "tag0", [1], NOW, DECAY, room="r")
    assert why("おはよう", person) is None


@given(typing(), st.sampled_from(["、葬儀", " funeral", "。手術だった"]))
def test_trouble_anywhere_in_the_text_silences(text: str, trouble: str) -> None:
    assert why(text + trouble) in {"veto", "no_match"}


def test_everything_known_of_a_person_is_whole_numbers_and_words() -> None:
    kinds = {type(part) for part in msgspec.json.decode(Person().export()).values()}
    assert kinds == {dict, list}
