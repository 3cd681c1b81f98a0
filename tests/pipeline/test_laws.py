"""The laws of the path, on random worlds."""

import threading
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from tests.pipeline.company import EVERYTHING, PATIENT

from pittari.composition.slots import Slots
from pittari.errors import PartError, SettingsError
from pittari.model.candidates import Candidates, union
from pittari.model.catalog import Item, empty_catalog
from pittari.model.decision import Decision
from pittari.model.request import Batch, Knowledge, Person
from pittari.settings import Caps, Shelf, default_shelves
from pittari.testing import known_world, random_request
from pittari.touchpoints.shelf import build

seeds = st.integers(0, 2**32)


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_nothing_is_lost_and_nothing_is_doubled_between_stages(seed: int) -> None:
    request = random_request(seed)
    pipeline = build(EVERYTHING)
    named = union([use.source.candidates(Batch((request,)), use.limit) for use in pipeline.sources])
    decision = pipeline.decide(request)
    kept = [request.catalog.index[slot.item] for slot in decision.slots]
    gone = decision.dropped.candidates.items.tolist()
    assert sorted(kept + gone) == named.items.tolist()
    assert sum(decision.dropped.counts.values()) == len(gone)


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_the_same_request_gets_the_same_decision(seed: int) -> None:
    first = build(EVERYTHING).decide(random_request(seed))
    second = build(EVERYTHING).decide(random_request(seed))
    assert first.served() == second.served()


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_nobody_is_shown_what_they_may_not_have(seed: int) -> None:
    request = random_request(seed)
    catalog, person = request.catalog, request.person
    for slot in build(EVERYTHING).decide(request).slots:
        row = catalog.index[slot.item]
        assert row not in person.owned
        assert row not in person.muted
        assert catalog.active[row]
        assert person.adult or not catalog.adult[row]
        assert catalog.sold_from[row] <= request.at < catalog.sold_until[row]
        sold = catalog.region_sets[catalog.regions[row]]
        assert not sold or (person.region and person.region in sold)


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_caps_and_quotas_hold_in_every_line_up(seed: int) -> None:
    request = random_request(seed)
    decision = build(replace_shelf(EVERYTHING, pin=())).decide(request)
    rows = [request.catalog.index[slot.item] for slot in decision.slots]
    for column, most in (("creator", 3), ("character", 2)):
        counts = Counter(request.catalog.codes[column][rows].tolist())
        assert max(counts.values(), default=0) <= most
    assert int(request.catalog.premium[rows].sum()) <= 5


def replace_shelf(shelf: Shelf, **changes: object) -> Shelf:
    told = {name: getattr(shelf, name) for name in shelf.__struct_fields__}
    return Shelf(**{**told, **changes})


def test_a_pin_stands_at_its_place_and_a_quota_is_filled() -> None:
    request = known_world().request("even-4", n=8)
    decision = build(EVERYTHING).decide(request)
    assert decision.slots[1].item == "item-3"
    assert decision.slots[1].reason.key == "pinned"
    premium = [s for s in decision.slots if request.catalog.premium[request.catalog.index[s.item]]]
    assert 2 <= len(premium) <= 5


def test_people_of_each_camp_are_shown_their_camps_items() -> None:
    world = known_world()
    shelf = Shelf(name="x", deadline_ms=PATIENT, sources={"taste": 1.0}, explore=0.0)
    for user in ("even-1", "odd-1"):
        slots = build(shelf).decide(world.request(user)).slots
        assert len(slots) == 8
        assert {int(s.item.split("-")[1]) % 2 for s in slots} == {user.startswith("odd")}


def test_propensities_are_those_of_the_real_draw() -> None:
    shelf = Shelf(
        name="x", deadline_ms=PATIENT, sources={"popular": 1.0}, explore=0.4, explore_from=6
    )
    world, pipeline = known_world(), build(shelf)
    draws = 4000
    first: Counter[str] = Counter()
    told: dict[str, float] = {}
    for seed in range(draws):
        slot = pipeline.decide(world.request(n=1, seed=seed)).slots[0]
        first[slot.item] += 1
        told[slot.item] = slot.propensity
    assert sum(told.values()) == pytest.approx(1.0)
    for item, chance in told.items():
        spread = 4 * np.sqrt(chance * (1 - chance) / draws)
        assert abs(first[item] / draws - chance) < spread, item


def test_scores_in_places_never_rise_when_nothing_but_the_score_decides() -> None:
    shelf = Shelf(name="x", deadline_ms=PATIENT, sources={"popular": 1.0}, explore=0.0, spread=0.0)
    scores = [s.score for s in build(shelf).decide(known_world().request()).slots]
    assert scores == sorted(scores, reverse=True)


class Broken:
    """A source that fails in the way it is told."""

    name = "broken"

    def __init__(self, how: str, waits: bool) -> None:
        self.how, self.waits = how, waits
        self.free = threading.Event()

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        begun = time.perf_counter()
        if self.how == "raises":
            raise RuntimeError("out of order")
        if self.how == "sleeps":
            time.sleep(0.6)
        if self.how == "hangs":
            self.free.wait()
        while self.how == "computes" and time.perf_counter() - begun < 0.6:
            pass
        items = np.zeros(2, np.int32) if self.how == "repeats" else np.arange(limit + 1)
        return Candidates(items.astype(np.int32), {"broken": np.ones(len(items), np.float32)})


@pytest.mark.parametrize(
    ("how", "waits", "told"),
    [
        ("raises", True, "RuntimeError"),
        ("raises", False, "RuntimeError"),
        ("sleeps", True, "deadline"),
        ("computes", False, "deadline"),
        ("repeats", True, "PartError"),
        ("repeats", False, "PartError"),
        ("floods", True, "PartError"),
        ("floods", False, "PartError"),
    ],
)
def test_a_dead_source_costs_its_candidates_and_never_the_answer(
    how: str, waits: bool, told: str
) -> None:
    deadline = 300.0 if told == "deadline" else PATIENT
    shelf = Shelf(name="x", sources={"popular": 1.0, "broken": 1.0}, deadline_ms=deadline)
    decision = build(shelf, {"broken": lambda _: Broken(how, waits)}).decide(
        known_world().request()
    )
    assert decision.failed == {"broken": told}
    assert len(decision.slots) == 8
    again = structs.replace(known_world().request(), without=frozenset(decision.failed))
    replayed = build(shelf, {"broken": lambda _: Broken(how, waits)}).decide(again)
    assert replayed.slots == decision.slots


def test_a_waiting_source_is_left_behind_at_its_deadline() -> None:
    shelf = Shelf(name="x", sources={"popular": 1.0, "broken": 1.0}, deadline_ms=200.0)
    hangs = Broken("hangs", True)
    try:
        decision = build(shelf, {"broken": lambda _: hangs}).decide(known_world().request())
        assert decision.failed == {"broken": "deadline"}
    finally:
        hangs.free.set()


def test_a_composer_that_repeats_a_row_is_refused() -> None:
    class Repeats(Slots):
        def arrange(self, batch, candidates):  # type: ignore[no-untyped-def]
            laid = super().arrange(batch, candidates)
            return structs.replace(laid, rows=np.zeros_like(laid.rows))

    pipeline = build(Shelf(name="x", deadline_ms=PATIENT, sources={"popular": 1.0}))
    with pytest.raises(PartError, match="distinct"):
        replace(
            pipeline,
            composer=Repeats(Shelf(name="x", deadline_ms=PATIENT, sources={"popular": 1.0})),
        ).decide(known_world().request())


def test_a_composer_that_gives_no_reason_is_refused() -> None:
    class Silent(Slots):
        def arrange(self, batch, candidates):  # type: ignore[no-untyped-def]
            laid = super().arrange(batch, candidates)
            laid.left[:] = 0
            return laid

    class Both(Slots):
        def arrange(self, batch, candidates):  # type: ignore[no-untyped-def]
            laid = super().arrange(batch, candidates)
            laid.left[np.flatnonzero(laid.left)[0]] = 0
            laid.left[laid.rows[0]] = 1
            return laid

    shelf = Shelf(name="x", n=3, deadline_ms=PATIENT, sources={"popular": 1.0})
    request = structs.replace(known_world().request(), n=3)
    for composer in (Silent(shelf), Both(shelf)):
        with pytest.raises(PartError, match="a code per candidate"):
            replace(build(shelf), composer=composer).decide(request)


def test_an_observer_that_fails_changes_nothing() -> None:
    class Falls:
        def observe(self, decision: Decision) -> None:
            raise RuntimeError("observer")

    pipeline = replace(
        build(Shelf(name="x", deadline_ms=PATIENT, sources={"popular": 1.0})), observers=(Falls(),)
    )
    decision = pipeline.decide(known_world().request())
    pipeline.tell(decision)
    assert len(decision.slots) == 8


def test_what_was_served_in_vain_gives_way_on_the_next_refresh() -> None:
    world = known_world()
    shelf = Shelf(name="x", deadline_ms=PATIENT, sources={"popular": 1.0}, explore=0.0)
    first = build(shelf).decide(world.request("stranger"))
    rows = world.knowledge.catalog.rows(s.item for s in first.slots)
    tired = Person("stranger", served=rows, served_times=np.full(len(rows), 2, np.int32))
    second = build(shelf).decide(structs.replace(world.request("stranger"), person=tired))
    again = {s.item for s in first.slots} & {s.item for s in second.slots}
    assert len(again) < len(first.slots)


def test_an_unknown_source_is_answered_with_the_nearest_word() -> None:
    with pytest.raises(SettingsError, match='Did you mean "popular"'):
        build(Shelf(name="x", deadline_ms=PATIENT, sources={"poplar": 1.0}))


def test_the_shipped_shelves_all_answer() -> None:
    world = known_world()
    for shelf in default_shelves().shelf:
        patient = replace_shelf(shelf, deadline_ms=PATIENT)
        decision = build(patient).decide(world.request("even-0", n=shelf.n))
        assert decision.slots, shelf.name
        assert not decision.failed


def test_items_that_name_no_creator_are_not_capped_as_one_creator() -> None:
    world = known_world()
    nameless = [Item(id=name) for name in world.knowledge.catalog.ids]
    catalog = empty_catalog().amended(nameless, 1)
    knowledge = Knowledge.bind(catalog, world.knowledge.parameters)
    shelf = Shelf(
        name="x", deadline_ms=PATIENT, sources={"popular": 1.0}, caps=Caps(creator=1, character=1)
    )
    slots = build(shelf).decide(structs.replace(world.request(), knowledge=knowledge)).slots
    assert len(slots) == 8


def test_items_that_name_no_creator_are_not_alike_either() -> None:
    world = known_world()
    names = world.knowledge.catalog.ids
    items = [
        Item(id=name, creator=f"creator-{row}" if row % 3 else "", character=f"character-{row}")
        for row, name in enumerate(names)
    ]
    catalog = empty_catalog().amended(items, 1)
    knowledge = Knowledge.bind(catalog, world.knowledge.parameters)
    shelf = Shelf(name="x", deadline_ms=PATIENT, sources={"popular": 1.0}, explore=0.0, spread=9.0)
    request = structs.replace(world.request("stranger"), knowledge=knowledge)
    slots = build(shelf).decide(request).slots
    assert [slot.item for slot in slots] == list(names[:8])
