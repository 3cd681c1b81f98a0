"""Who asks together with others gets what they would get alone, whatever stands beside them."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from tests.pipeline.company import EVERYTHING, PATIENT, Counting, alone, check_like_alone, said

from pittari.composition.slots import Slots
from pittari.eligibility.entitlement import NotOwned
from pittari.errors import PartError
from pittari.model.candidates import Candidates, stacked, union
from pittari.model.decision import Decision
from pittari.model.event import Reason
from pittari.model.request import Batch, Person, Request
from pittari.pipeline import Arrangement, Pipeline
from pittari.pipeline.stages import Codes
from pittari.scoring.fatigue import Fatigue
from pittari.settings import Shelf
from pittari.testing import known_world, random_batch
from pittari.touchpoints.shelf import Why, build

PLAIN = Shelf(name="x", deadline_ms=PATIENT, sources={"popular": 1.0, "taste": 1.0}, explore=0.5)
MANY = [seed for seed in range(60) if len(random_batch(seed)) > 3][:12]
"""Worlds in which at least four ask."""


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.data())
def test_in_whatever_company_and_order_each_gets_what_it_gets_alone(
    seed: int, data: st.DataObject
) -> None:
    batch = random_batch(seed)
    company = data.draw(st.lists(st.sampled_from(range(len(batch))), min_size=1, max_size=9))
    requests = [structs.replace(batch.requests[number]) for number in company]
    check_like_alone(EVERYTHING, Batch(tuple(requests)))


def test_sixty_four_together_get_what_they_get_alone() -> None:
    world = known_world()
    users = [*world.people, *world.people, *world.people, *world.people][:64]
    requests = [world.request(user, n=1 + seed % 20, seed=seed) for seed, user in enumerate(users)]
    check_like_alone(EVERYTHING, Batch(tuple(requests)))


def test_each_gets_as_many_places_as_it_asked_for() -> None:
    world = known_world()
    requests = [world.request(n=n, seed=n) for n in (3, 200, 1, 8)]
    made = build(PLAIN).decide_all(Batch(tuple(requests)))
    assert [len(one.slots) for one in made if isinstance(one, Decision)] == [3, 58, 1, 8]
    for one in made:
        assert isinstance(one, Decision)
        assert [slot.place for slot in one.slots] == list(range(1, len(one.slots) + 1))


@pytest.mark.parametrize("left", range(0, 60, 7))
def test_what_alone_is_left_scores_the_same_in_company(left: int) -> None:
    dice = np.random.default_rng(left)
    voices = {f"voice-{k}": float(dice.random()) for k in range(19)}

    class Voice:
        waits = False

        def __init__(self, name: str, shelf: Shelf) -> None:
            self.name, self.told = name, dice.random(60, np.float32)

        def candidates(self, batch: Batch, limit: int) -> Candidates:
            said = Candidates(np.arange(60, dtype=np.int32), {self.name: self.told})
            return said.repeated(len(batch))

    shelf = Shelf(name="x", deadline_ms=PATIENT, sources=voices, explore=0.0)
    pipeline = build(shelf, {name: partial(Voice, name) for name in voices})
    world = known_world()
    owner = Person("owner", owned=np.delete(np.arange(60, dtype=np.int32), left))
    one = structs.replace(world.request(), person=owner)
    made = pipeline.decide_all(Batch((world.request("odd-1"), one, world.request("even-1"))))
    assert said(made[1]) == alone(pipeline, one)


class Grudge:
    """What fails whenever one of those who ask is somebody it cannot stand."""

    def __init__(self, users: Sequence[str]) -> None:
        self.users = users

    def look(self, batch: Batch) -> None:
        for request in batch:
            if request.person.user in self.users:
                raise RuntimeError(f"not for {request.person.user}")


def grudging(where: str, users: Sequence[str]) -> Pipeline:
    """A pipeline in which one part fails for some users, after it has done its work."""
    grudge = Grudge(users)

    class Source:
        name, waits = "broken", where == "waiting source"

        def candidates(self, batch: Batch, limit: int) -> Candidates:
            grudge.look(batch)
            return Candidates(
                np.arange(3, dtype=np.int32), {self.name: np.ones(3, np.float32)}
            ).repeated(len(batch))

    class Filter(NotOwned):
        def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
            codes = super().reasons(batch, candidates)
            grudge.look(batch)
            return codes

    class Scorer(Fatigue):
        def scores(self, batch: Batch, candidates: Candidates) -> np.ndarray[Any, Any]:
            scores = super().scores(batch, candidates)
            grudge.look(batch)
            return scores

    class Composer(Slots):
        def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
            laid = super().arrange(batch, candidates)
            grudge.look(batch)
            return laid

    class Explainer(Why):
        def reasons(
            self, batch: Batch, placed: Candidates, how: Sequence[str]
        ) -> list[tuple[str, Reason]]:
            grudge.look(batch)
            return super().reasons(batch, placed, how)

    shelf = structs.replace(EVERYTHING, sources={**EVERYTHING.sources, "broken": 0.5})
    pipeline = build(shelf, {"broken": lambda _: Source() if "source" in where else Idle()})
    availability, owned, *filters = pipeline.filters
    engagement, fatigue, blend = pipeline.scorers
    return replace(
        pipeline,
        filters=(availability, Filter() if where == "filter" else owned, *filters),
        scorers=(engagement, Scorer(shelf.fatigue) if where == "scorer" else fatigue, blend),
        composer=Composer(shelf) if where == "composer" else pipeline.composer,
        explainer=Explainer(blend) if where == "explainer" else pipeline.explainer,  # type: ignore[arg-type]
    )


class Idle:
    """A source that names nothing."""

    name, waits = "broken", False

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        return union([])


@pytest.mark.parametrize(
    "where", ["source", "waiting source", "filter", "scorer", "composer", "explainer"]
)
def test_whoever_makes_a_part_fail_spoils_nobody_elses_answer(where: str) -> None:
    for seed in MANY:
        batch = random_batch(seed)
        pipeline = grudging(where, ["someone-1", "someone-3"])
        made = pipeline.decide_all(batch)
        assert [said(one) for one in made] == [
            alone(pipeline, request) for request in random_batch(seed)
        ]
        for number, one in enumerate(made):
            spoiled = number in (1, 3)
            if "source" in where:
                assert isinstance(one, Decision)
                assert one.failed == ({"broken": "RuntimeError"} if spoiled else {})
            elif spoiled and isinstance(one, Decision):
                assert where == "explainer"
                assert not one.slots  # where nobody is placed, nothing is explained
            elif spoiled:
                assert isinstance(one, RuntimeError)
            else:
                assert said(one) == alone(build_with_idle(), random_batch(seed).requests[number])


def build_with_idle() -> Pipeline:
    return grudging("nowhere", [])


def test_a_source_that_always_fails_leaves_the_others_together() -> None:
    class Down(Idle):
        def candidates(self, batch: Batch, limit: int) -> Candidates:
            raise ConnectionError("nobody there")

    shelf = structs.replace(PLAIN, sources={**PLAIN.sources, "broken": 1.0})
    for waits in (False, True):
        source, composer = Down(), Counting(shelf)
        source.waits = waits
        pipeline = replace(build(shelf, {"broken": lambda _, it=source: it}), composer=composer)
        made = pipeline.decide_all(random_batch(MANY[0]))
        assert composer.asked == [len(made)]
        for decision in made:
            assert isinstance(decision, Decision)
            assert decision.failed == {"broken": "ConnectionError"}


def test_a_source_that_computes_has_its_deadline_for_each_who_asks() -> None:
    class Slow(Idle):
        def candidates(self, batch: Batch, limit: int) -> Candidates:
            time.sleep(0.01 * len(batch))
            return Candidates(np.zeros(1, np.int32), {"broken": np.ones(1, np.float32)})

    shelf = structs.replace(PLAIN, sources={"broken": 1.0}, deadline_ms=300.0)
    world = known_world()
    batch = Batch(tuple(world.request(seed=seed) for seed in range(40)))
    for decision in build(shelf, {"broken": lambda _: Slow()}).decide_all(batch):
        assert isinstance(decision, Decision)
        assert not decision.failed


class Strange(Idle):
    """A source whose columns are what it is told."""

    def __init__(self, columns: dict[str, Any] | None = None, whose: Any = None) -> None:
        self.columns, self.whose = columns, whose

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        n = 2 * len(batch)
        told = self.columns or {"broken": np.ones(2, np.float32)}
        columns = {name: np.tile(column, len(batch)) for name, column in told.items()}
        whose = np.arange(len(batch)).repeat(2)
        whose = whose.astype(self.whose) if isinstance(self.whose, str) else whose
        if isinstance(self.whose, int):
            whose[len(whose) // 2] = self.whose
        return Candidates(np.tile(np.array([4, 7], np.int32), len(batch))[:n], columns, whose)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int32", "uint32", "uint64", "int64"])
def test_whole_numbers_of_any_kind_tell_for_whom_candidates_are(kind: str) -> None:
    shelf = structs.replace(PLAIN, sources={"broken": 1.0})
    pipeline = build(shelf, {"broken": lambda _: Strange(whose=kind)})
    world = known_world()
    users = ["stranger", "stranger", "odd-5"]
    for decision in pipeline.decide_all(Batch(tuple(world.request(user) for user in users))):
        assert isinstance(decision, Decision)
        assert len(decision.slots) + len(decision.dropped) == 2


@pytest.mark.parametrize(
    "source",
    [
        Strange(whose="float64"),
        Strange(whose=-1),
        Strange(whose=9),
        Strange({"broken": np.array([1, np.inf], np.float32)}),
        Strange({"broken": np.array([1, np.nan], np.float32)}),
        Strange({"broken": np.array(["a", "b"])}),
        Strange({"broken": np.ones(2, np.float32), "because.broken": np.array([1, 10**6])}),
        Strange({"broken": np.ones(2, np.float32), "because.broken": np.array([1, -2])}),
        Strange({"broken": np.ones(2, np.float32), "because.broken": np.array([1.0, np.nan])}),
        Strange({"other": np.ones(2, np.float32)}),
    ],
)
def test_a_source_that_talks_nonsense_is_named_and_the_shelf_is_filled_by_others(
    source: Strange,
) -> None:
    shelf = structs.replace(PLAIN, sources={**PLAIN.sources, "broken": 1.0})
    pipeline = build(shelf, {"broken": lambda _: source})
    world = known_world()
    batch = Batch(tuple(world.request(user) for user in ("even-1", "odd-2", "stranger")))
    for decision in [*pipeline.decide_all(batch), pipeline.decide(world.request("even-3"))]:
        assert isinstance(decision, Decision)
        assert decision.failed == {"broken": "PartError"}
        assert decision.slots


class Floods:
    """A source that breaks its contract for one of those who ask."""

    name, waits = "broken", False

    def __init__(self, how: str, user: str) -> None:
        self.how, self.user = how, user

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        return stacked([self.one(request, limit) for request in batch])

    def one(self, request: Request, limit: int) -> Candidates:
        items = np.arange(2, dtype=np.int32)
        if request.person.user == self.user:
            items = {
                "floods": np.arange(limit + 1, dtype=np.int32),
                "repeats": np.array([4, 2, 4], np.int32),
                "names none": np.array([3, -1], np.int32),
                "names one too many": np.array([3, 60], np.int32),
            }[self.how]
        return Candidates(items, {self.name: np.ones(len(items), np.float32)})


@pytest.mark.parametrize("user", ["even-1", "odd-2", "stranger"])
@pytest.mark.parametrize("how", ["floods", "repeats", "names none", "names one too many"])
def test_a_source_that_breaks_its_word_to_one_is_found_out_and_named_to_that_one(
    how: str, user: str
) -> None:
    world = known_world()
    shelf = Shelf(
        name="x",
        deadline_ms=PATIENT,
        candidates=20,
        sources={"popular": 1.0, "broken": 1.0},
    )
    users = ["even-1", "odd-2", "stranger"]
    for sources in ({"popular": 1.0, "broken": 1.0}, {"broken": 1.0}):
        pipeline = build(structs.replace(shelf, sources=sources),
                         {"broken": lambda _: Floods(how, user)})  # fmt: skip
        made = pipeline.decide_all(Batch(tuple(world.request(one) for one in users)))
        for one, decision in zip(users, made, strict=True):
            assert isinstance(decision, Decision)
            assert decision.failed == ({"broken": "PartError"} if one == user else {})
            assert said(decision) == alone(pipeline, world.request(one))


@pytest.mark.parametrize("whose", [-1, 1, 2])
def test_a_source_that_names_items_for_nobody_who_asks_is_found_out(whose: int) -> None:
    class Elsewhere(Floods):
        def candidates(self, batch: Batch, limit: int) -> Candidates:
            found = super().candidates(batch, limit)
            number = whose if whose < 0 else len(batch) - 1 + whose
            return structs.replace(found, whose=np.full(len(found), number, np.intp))

    world = known_world()
    pipeline = build(
        Shelf(name="x", deadline_ms=PATIENT, candidates=5, sources={"popular": 1, "broken": 1}),
        {"broken": lambda _: Elsewhere("", "")},
    )
    requests = [world.request(user) for user in ("even-1", "odd-2")]
    for decision in [pipeline.decide(world.request()), *pipeline.decide_all(Batch((*requests,)))]:
        assert isinstance(decision, Decision)
        assert decision.failed == {"broken": "PartError"}
        assert decision.slots


def test_a_source_that_is_late_is_late_for_everybody() -> None:
    free = threading.Event()

    class Hangs:
        name, waits = "broken", True

        def candidates(self, batch: Batch, limit: int) -> Candidates:
            free.wait()
            return union([])

    world = known_world()
    shelf = Shelf(name="x", deadline_ms=500.0, sources={"popular": 1.0, "broken": 1.0})
    composer = Counting(shelf)
    pipeline = replace(build(shelf, {"broken": lambda _: Hangs()}), composer=composer)
    requests = [world.request(user) for user in ("even-1", "odd-2", "stranger")]
    try:
        made = pipeline.decide_all(Batch(tuple(requests)))
    finally:
        free.set()
    assert composer.asked == [3]
    for decision, request in zip(made, requests, strict=True):
        assert isinstance(decision, Decision)
        assert decision.failed == {"broken": "deadline"}
        without = structs.replace(request, without=frozenset({"broken"}))
        assert build(shelf, {"broken": lambda _: Hangs()}).decide(without).slots == decision.slots


class Generous(Slots):
    """Gives everybody as many places as anybody asked for."""

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        most = max(request.n for request in batch)
        wide = Batch(tuple(structs.replace(request, n=most) for request in batch))
        return super().arrange(wide, candidates)


class LastFirst(Slots):
    """Puts the places of the last request first."""

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        laid = super().arrange(batch, candidates)
        turn = np.argsort(-candidates.whose[laid.rows], kind="stable")
        how = [laid.how[row] for row in turn.tolist()]
        rows, chances = laid.rows[turn], laid.propensities[turn]
        return Arrangement(rows, chances, laid.left, how)


class Forgetful(Slots):
    """Gives the places of the first request alone a propensity."""

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        laid = super().arrange(batch, candidates)
        own = np.count_nonzero(candidates.whose[laid.rows] == 0)
        return structs.replace(laid, propensities=laid.propensities[:own])


@pytest.mark.parametrize("kind", [Generous, LastFirst, Forgetful])
def test_a_composer_that_mixes_up_those_who_ask_is_refused_and_each_is_asked_alone(
    kind: Callable[[Shelf], Slots], caplog: pytest.LogCaptureFixture
) -> None:
    world = known_world()
    requests = [world.request("even-1", n=2), world.request("odd-1", n=5, seed=7)]
    made = replace(build(PLAIN), composer=kind(PLAIN)).decide_all(Batch(tuple(requests)))
    assert "PartError('composer: expected" in caplog.text
    assert [said(one) for one in made] == [alone(build(PLAIN), request) for request in requests]


def test_a_composer_that_gives_one_more_than_asked_for_is_refused() -> None:
    class OneMore(Slots):
        def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
            wide = tuple(structs.replace(request, n=request.n + 1) for request in batch)
            return super().arrange(Batch(wide), candidates)

    world = known_world()
    pipeline = replace(build(PLAIN), composer=OneMore(PLAIN))
    with pytest.raises(PartError, match="at most n"):
        pipeline.decide(world.request())
    made = pipeline.decide_all(Batch((world.request("even-1"), world.request("odd-1"))))
    assert [type(one) for one in made] == [PartError, PartError]
