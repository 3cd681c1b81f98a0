"""The laws hold for whatever an operator may write into a shelf."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec import structs
from tests.pipeline.company import check_like_alone

from pittari.errors import SettingsError
from pittari.model.candidates import union
from pittari.model.catalog import Item, empty_catalog
from pittari.model.request import Batch, Knowledge, Person
from pittari.settings import Boost, Bury, Caps, Match, Pin, Quota, Shelf, Shelves
from pittari.settings.reading import check_shelves
from pittari.testing import known_world, random_batch, random_request
from pittari.touchpoints.shelf import SOURCES, build

ITEMS = st.sampled_from([*(f"item-{i}" for i in range(8)), "nowhere"])
FEW = st.none() | st.integers(1, 3)
WHERE = st.builds(
    Match,
    item=st.just("") | ITEMS,
    creator=st.sampled_from(["", "", "c0", "c1", "nobody"]),
    tag=st.sampled_from(["", "", "t0"]),
    source=st.sampled_from(["", "", "taste", "similar"]),
    price_at_most=st.none() | st.integers(0, 300),
    premium=st.none() | st.booleans(),
)


def some(
    kind: type, most: int = 3, **fields: st.SearchStrategy[object]
) -> st.SearchStrategy[object]:
    return st.lists(st.builds(kind, **fields), max_size=most).map(tuple)


SHELVES = st.builds(
    Shelf,
    name=st.just("x"),
    n=st.integers(1, 20),
    sources=st.dictionaries(st.sampled_from(sorted(SOURCES)), st.floats(0, 1e6), min_size=1),
    anchor=st.booleans(),
    candidates=st.integers(1, 60),
    deadline_ms=st.just(60_000.0),
    explore=st.sampled_from([0.0, 0.3, 1.0]),
    explore_from=st.integers(1, 30),
    spread=st.sampled_from([0.0, 0.08, 100.0]),
    engagement=st.floats(0, 4),
    fatigue=st.floats(0.01, 1),
    shown_at_most=st.integers(1, 20),
    editorial=st.lists(ITEMS, max_size=3).map(tuple),
    caps=st.builds(Caps, creator=FEW, character=FEW, price=FEW),
    boost=some(Boost, 25, where=WHERE, by=st.sampled_from([1e-300, 0.5, 100.0])),
    pin=some(Pin, 4, item=ITEMS, place=st.integers(1, 20)),
    bury=some(Bury, 1, where=WHERE),
    quota=some(
        Quota, where=WHERE, at_least=st.integers(0, 6), at_most=st.none() | st.integers(0, 6)
    ),
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(SHELVES, st.integers(0, 2**32))
def test_any_shelf_conserves_replays_and_keeps_its_caps(shelf: Shelf, seed: int) -> None:
    try:
        check_shelves(Shelves(shelf=(shelf,)), "shelf.toml")
    except SettingsError:
        assume(False)
    pipeline = build(shelf)
    request = structs.replace(random_request(seed), n=shelf.n)
    decision = pipeline.decide(request)
    again = pipeline.decide(structs.replace(random_request(seed), n=shelf.n))
    assert decision.served() == again.served()
    assert not decision.failed
    named = union([use.source.candidates(Batch((request,)), use.limit) for use in pipeline.sources])
    kept = [request.catalog.index[slot.item] for slot in decision.slots]
    assert sorted(kept + decision.dropped.candidates.items.tolist()) == named.items.tolist()
    assert all(0 < slot.propensity <= 1 for slot in decision.slots)
    pinned = [row for row, slot in zip(kept, decision.slots, strict=True)
              if slot.reason.key == "pinned"]  # fmt: skip
    for column in ("creator", "character", "price"):
        most, codes = getattr(shelf.caps, column), request.catalog.codes[column]
        fixed = Counter(codes[pinned].tolist())
        for kind, count in Counter(codes[kept].tolist()).items():
            assert most is None or count <= max(most, fixed[kind])


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(SHELVES, st.integers(0, 2**32))
def test_any_shelf_gives_each_of_several_what_it_gives_alone(shelf: Shelf, seed: int) -> None:
    try:
        check_shelves(Shelves(shelf=(shelf,)), "shelf.toml")
    except SettingsError:
        assume(False)
    check_like_alone(shelf, random_batch(seed))


def test_a_pin_further_down_counts_for_caps_and_quotas_from_the_first_place() -> None:
    request = known_world().request("stranger")
    premium = (Quota(where=Match(premium=True), at_most=1),)
    for changes in ({"caps": Caps(creator=1)}, {"quota": premium}):
        shelf = Shelf(
            name="x",
            deadline_ms=60_000.0,
            sources={"popular": 1.0},
            pin=(Pin(item="item-40", place=7),),
            **changes,
        )
        slots = build(shelf).decide(request).slots
        assert slots[6].item == "item-40"
        rows = [request.catalog.index[slot.item] for slot in slots]
        if "caps" in changes:
            assert len(set(request.catalog.codes["creator"][rows].tolist())) == len(rows)
        else:
            assert request.catalog.premium[rows].sum() == 1


@pytest.mark.parametrize(
    ("rule", "at_least"),
    [
        ({"caps": Caps(creator=2)}, 0),
        ({"quota": (Quota(where=Match(creator="loud"), at_most=1),)}, 0),
        ({"caps": Caps(character=1), "quota": (Quota(where=Match(premium=True), at_least=3),)}, 3),
    ],
)
def test_limits_leave_no_place_empty_that_somebody_further_down_could_fill(
    rule: dict[str, object], at_least: int
) -> None:
    world = known_world(items=200)
    items = [
        Item(
            id=f"item-{i}",
            creator="loud" if i < 120 else f"quiet-{i}",
            premium=i > 150,
            character="twin" if 150 < i < 180 else "",
        )
        for i in range(200)
    ]
    catalog = empty_catalog().amended(items, 1)
    knowledge = Knowledge.bind(catalog, world.knowledge.parameters)
    shelf = Shelf(name="x", deadline_ms=60_000.0, sources={"popular": 1.0}, **rule)  # type: ignore[arg-type]
    for seed in range(5):
        request = structs.replace(world.request("stranger", seed=seed), knowledge=knowledge)
        slots = build(shelf).decide(request).slots
        assert len(slots) == 8
        assert sum(catalog.premium[catalog.index[slot.item]] for slot in slots) >= at_least


def test_chances_are_exact_where_caps_quotas_and_pins_meet() -> None:
    shelf = Shelf(
        name="x",
        deadline_ms=60_000.0, sources={"popular": 1.0}, explore=0.5, explore_from=5,
        caps=Caps(creator=1),
        quota=(Quota(where=Match(premium=True), at_least=2),),
        pin=(Pin(item="item-7", place=3),),
    )  # fmt: skip
    world, pipeline, draws = known_world(items=12), build(shelf), 3000
    ways: Counter[tuple[str, ...]] = Counter()
    told: dict[tuple[str, ...], float] = {}
    for seed in range(draws):
        slots = pipeline.decide(world.request("stranger", n=4, seed=seed)).slots
        way = tuple(slot.item for slot in slots)
        ways[way] += 1
        told[way] = float(np.prod([slot.propensity for slot in slots]))
    assert sum(told.values()) == pytest.approx(1.0, abs=0.02)
    for way, chance in told.items():
        assert abs(ways[way] / draws - chance) < 5 * np.sqrt(chance / draws), way


def test_a_hundred_regions_are_kept_apart() -> None:
    world = known_world(items=100)
    items = [
        Item(id=name, regions=(f"r{i}",)) for i, name in enumerate(world.knowledge.catalog.ids)
    ]
    catalog = empty_catalog().amended(items, 1)
    knowledge = Knowledge.bind(catalog, world.knowledge.parameters)
    pipeline = build(Shelf(name="x", deadline_ms=60_000.0, sources={"popular": 1.0}, explore=0.0))
    for region, expected in (("r0", 0), ("r70", 70), ("r99", 99), ("", None), ("r100", None)):
        request = structs.replace(
            world.request("stranger"), knowledge=knowledge, person=Person("stranger", region=region)
        )
        shown = [slot.item for slot in pipeline.decide(request).slots]
        assert shown == ([] if expected is None else [f"item-{expected}"])


def test_ids_with_spaces_are_known_to_be_on_the_page() -> None:
    world = known_world(items=6)
    names = ["a", "b", "a b", "全\u3000角", "x\u2028y", "plain"]
    catalog = empty_catalog().amended([Item(id=name) for name in names], 1)
    tables = {"popular": world.knowledge.parameters["popular"]}
    ids = np.array([name.encode() for name in names])
    popular = replace(tables["popular"], arrays={**tables["popular"].arrays, "items": ids})
    knowledge = Knowledge.bind(catalog, {"popular": popular})
    pipeline = build(Shelf(name="x", deadline_ms=60_000.0, sources={"popular": 1.0}, explore=0.0))
    for told, gone in (
        ("a b", {"a b"}),
        ("a b\n全\u3000角", {"a b", "全\u3000角"}),
        ("x\u2028y\nplain", {"x\u2028y", "plain"}),
        ("a plain", {"a", "plain"}),
    ):
        request = structs.replace(world.request("stranger", shown=told), knowledge=knowledge)
        shown = {slot.item for slot in pipeline.decide(request).slots}
        assert shown == set(names) - gone
