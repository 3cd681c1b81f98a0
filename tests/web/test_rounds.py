"""Whoever waits for the log gets its word, in whichever thread it was said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace

import pytest

from pittari.composition.slots import Slots
from pittari.engine import Ask, Engine
from pittari.model.candidates import Candidates
from pittari.model.decision import Decision
from pittari.model.request import Batch
from pittari.pipeline import Arrangement
from pittari.web.rounds import Rounds, settled

Say = Callable[..., object]


def at_once(say: Say, *what: object) -> object:
    return say(*what)


def later(say: Say, *what: object) -> object:
    return asyncio.get_running_loop().call_soon(say, *what)


def elsewhere(say: Say, *what: object) -> object:
    return asyncio.get_running_loop().run_in_executor(None, say, *what)


@pytest.mark.parametrize("where", [at_once, later, elsewhere])
def test_a_word_arrives(where: Callable[..., object]) -> None:
    async def told(good: bool) -> int:
        future: Future[int] = Future()
        where(*((future.set_result, 7) if good else (future.set_exception, OSError("full"))))
        return await asyncio.wait_for(settled(future), 10)

    assert asyncio.run(told(True)) == 7
    with pytest.raises(OSError, match="full"):
        asyncio.run(told(False))


def test_who_has_gone_leaves_the_log_in_peace() -> None:
    async def gone() -> Future[int]:
        future: Future[int] = Future()
        waiting = asyncio.create_task(settled(future))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        future.set_result(7)
        return future

    assert asyncio.run(gone()).result() == 7


@pytest.fixture
def sizes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were answered together, round by round."""
    told: list[int] = []
    submit_all = engine.submit_all

    def listened(asks: Sequence[Ask]) -> object:
        told.append(len(asks))
        return submit_all(asks)

    monkeypatch.setattr(engine, "submit_all", listened)
    return told


def test_those_who_were_answered_together_are_waited_for(engine: Engine, sizes: list[int]) -> None:
    async def asked() -> None:
        rounds = Rounds(engine)

        async def one(number: int, turns: int) -> None:
            for _ in range(turns):
                await asyncio.sleep(0)
            await rounds.decide(Ask("shelf", f"even-{number}"))

        await asyncio.gather(*(one(number, 0) for number in range(4)))
        await asyncio.gather(*(one(number, 3 * number) for number in range(4)))
        await one(0, 0)  # nobody else comes: waited for in vain, once
        await one(1, 0)

    asyncio.run(asked())
    assert sizes == [4, 4, 1, 1]


def test_who_is_alone_waits_for_nobody(engine: Engine, sizes: list[int]) -> None:
    async def asked() -> None:
        rounds = Rounds(engine)
        first = asyncio.create_task(rounds.decide(Ask("shelf", "even-0")))
        for _ in range(3):  # begins, gathers, asks
            await asyncio.sleep(0)
        second = asyncio.create_task(rounds.decide(Ask("shelf", "odd-0")))
        await asyncio.gather(first, second)

    asyncio.run(asked())
    assert sizes == [1, 1]


class Exhausted(Slots):
    """Lays nothing out for a person; what it raises then no future takes."""

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        if any(request.person.user == "odd-0" for request in batch):
            raise StopIteration
        return super().arrange(batch, candidates)


def test_whatever_is_raised_for_one_the_others_get_their_answers(engine: Engine) -> None:
    place = engine.places["shelf"]["for_you"]
    pipeline = replace(place.pipeline, composer=Exhausted(place.settings))
    engine.places["shelf"]["for_you"] = replace(place, pipeline=pipeline)

    async def asked() -> list[Decision | BaseException]:
        rounds, users = Rounds(engine), ("even-0", "odd-0", "even-1")
        every = [rounds.decide(Ask("shelf", user)) for user in users]
        return await asyncio.wait_for(asyncio.gather(*every, return_exceptions=True), 10)

    kinds = [type(one) for one in asyncio.run(asked())]
    assert kinds == [Decision, RuntimeError, Decision]
