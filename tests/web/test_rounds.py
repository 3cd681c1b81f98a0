"""Whoever waits for the log gets its word, in whichever thread it was said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from pittari.web.rounds import settled

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
