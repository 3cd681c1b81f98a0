"""Who asks at one moment with others is answered in turn, and as if nobody else had asked."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence

import pytest
from msgspec import structs

from pittari.engine import TOGETHER, Ask, Engine
from pittari.errors import Invalid, NotFound, ParametersError, PittariError
from pittari.model.decision import Decision
from pittari.testing import Known

Open = Callable[[], Engine]
MIXED = [
    Ask("shelf", "even-1"),
    Ask("shelf", "odd-2", "for_yu"),
    Ask("shelf", "odd-3", "because", 3),
    Ask("shelf", "stranger", n=0),
    Ask("digest", "even-4", "noon"),
    Ask("shelf", "even-4", n=2, context={"shown": "item-0 item-2"}),
    Ask("shelf", "u" * 129),
    Ask("shelf", "even-5", "because", context={"item": "item-8"}),
    Ask("digest", "even-4", "nonn"),
    Ask("suggest", "even-6", context={"text": "hello"}),
    Ask("shelv", "even-6"),
    Ask("shelf", "stranger", n=201),
    Ask("shelf", "even-1", n=5),
]


def check_in_turn(engine: Engine, asks: Sequence[Ask]) -> list[Decision]:
    """Checks that each who asks gets its own answer, or what it would be told alone; returns the
    answers."""
    made, durable = engine.submit_all(asks)
    answers = [one for one in made if isinstance(one, Decision)]
    assert durable.result().new == len(answers)
    for ask, one in zip(asks, made, strict=True):
        if isinstance(one, Decision):
            request = one.request
            assert (request.touchpoint, request.person.user) == (ask.touchpoint, ask.user)
            assert ask.placement in ("", request.placement)
            assert ask.n in (None, request.n)
            assert len(one.slots) <= request.n
        else:
            with pytest.raises(PittariError) as told:
                engine.decide(ask)
            assert repr(one) == repr(told.value)
    assert len({one.request.decision_id for one in answers}) == len(answers)
    return answers


def test_a_mixed_company_is_answered_in_turn_and_each_like_alone(
    engine: Engine, another: Open
) -> None:
    told = check_in_turn(engine, MIXED)
    assert [one.request.touchpoint for one in told].count("digest") == 1
    shelves = [one for one in told if one.request.touchpoint == "shelf"]
    assert [one.request.person.user for one in shelves] == [
        "even-1", "odd-3", "even-4", "even-5", "even-1"
    ]  # fmt: skip
    other = another()
    for decision in shelves:
        assert decision.slots
        served, again = other.replay(decision.request.decision_id)
        assert served.slots == decision.slots == again.slots
        assert served.dropped == decision.dropped.counts == again.dropped.counts


def test_what_a_mixed_company_is_refused_names_what_each_asked_for(engine: Engine) -> None:
    made, _ = engine.submit_all(MIXED)
    kinds = [type(one) for one in made]
    assert [at for at, kind in enumerate(kinds) if kind is NotFound] == [1, 8, 10]
    assert [at for at, kind in enumerate(kinds) if kind is Invalid][:3] == [3, 6, 11]
    assert 'Did you mean "for_you"' in str(made[1])


def test_who_asks_for_what_needs_no_learned_table_is_answered_without_any(
    engine: Engine, another: Open
) -> None:
    shutil.rmtree(engine.project.parameters)
    digest, shelf = another().decide_all([Ask("digest", "even-4"), Ask("shelf", "even-1")])
    assert isinstance(digest, Decision)
    assert isinstance(shelf, ParametersError)


@pytest.mark.parametrize("shelves", [1, 3])
def test_more_than_go_together_are_all_answered_like_alone(
    engine: Engine, world: Known, shelves: int
) -> None:
    places = engine.touchpoints()["shelf"][:shelves]
    asks = [
        Ask("shelf", user, places[at % 5 % shelves], 1 + at % 9)
        for at, user in enumerate([*world.people] * 7)
    ]
    assert len(asks) > 2 * TOGETHER
    made = check_in_turn(engine, asks)
    assert len(made) == len(asks)
    for decision in made:
        request = decision.request
        pipeline = engine.places["shelf"][request.placement].pipeline
        assert pipeline.decide(structs.replace(request)).served() == decision.served()


def test_nobody_asking_is_nothing_to_answer(engine: Engine) -> None:
    made, durable = engine.submit_all([])
    assert made == []
    assert durable.result().new == 0
