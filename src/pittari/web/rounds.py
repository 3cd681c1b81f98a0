"""Who asks at the same moment is answered together: one look at the log, one handing over to it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TypeVar

from pittari.engine import Ask, Engine
from pittari.model.decision import Decision

T = TypeVar("T")


async def settled(future: Future[T]) -> T:
    """Waits as `asyncio.wrap_future` does, without its detour over a pipe from the loop to itself
    where the future is settled in the loop's own thread. To give up waiting cancels no future."""
    loop, home = asyncio.get_running_loop(), threading.get_ident()
    waiter: asyncio.Future[None] = loop.create_future()

    def settle() -> None:
        if not waiter.done():
            waiter.set_result(None)

    def tell(_: Future[T]) -> None:
        if threading.get_ident() == home:
            settle()
        else:
            loop.call_soon_threadsafe(settle)

    future.add_done_callback(tell)
    await waiter
    return future.result()


TURNS = 24
"""Turns of the event loop, of some ten microseconds each, in which a round waits for those who were
answered together last time: they tend to ask again together, and the more there are, the less each
costs."""


class Rounds:
    """Gathers those who ask at the same moment. SQLite is asked in place, since it answers in
    microseconds; a database behind a network is asked from a thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._near = engine.store.database.kind == "sqlite"
        self._asking: list[tuple[Ask, asyncio.Future[Decision | Exception]]] = []
        self._under_way: set[asyncio.Task[None]] = set()
        self._last = 1

    async def decide(self, ask: Ask) -> Decision:
        """Returns the answer when its `served` row is durable."""
        loop = asyncio.get_running_loop()
        if not self._asking:
            task = loop.create_task(self._answer())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        answer: asyncio.Future[Decision | Exception] = loop.create_future()
        self._asking.append((ask, answer))
        made = await answer
        if isinstance(made, Exception):
            raise made
        return made

    async def _answer(self) -> None:
        """Begins when all that came in has been read, for then its turn has come, and as many have
        asked as last time, or do not come: who is alone waits for nobody."""
        for _ in range(TURNS):
            if len(self._asking) >= self._last:
                break
            await asyncio.sleep(0)
        asking, self._asking = self._asking, []
        self._last = len(asking)
        asks = [ask for ask, _ in asking]
        try:
            if self._near:
                made, durable = self._engine.submit_all(asks)
            else:
                made, durable = await asyncio.to_thread(self._engine.submit_all, asks)
            await settled(durable)
        except Exception as error:
            made = [error] * len(asks)
        for (_, answer), decision in zip(asking, made, strict=True):
            if not answer.cancelled():
                answer.set_result(decision)
