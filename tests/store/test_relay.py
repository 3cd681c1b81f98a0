"""One process commits for others: what it says of rows is what the log would say itself."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from multiprocessing import Pipe
from pathlib import Path

import pytest
from tests.store.rows import held, seen, served

from pittari.errors import Invalid, Unavailable
from pittari.store import Appended, Store
from pittari.store.relay import Relay, commit_for_all


@contextmanager
def committing(listener: socket.socket, store: Store) -> Iterator[None]:
    """Commits what comes in on a socket, until the block has ended and everybody has hung up."""
    ours, theirs = Pipe()
    thread = threading.Thread(target=commit_for_all, args=(listener, theirs, store.events))
    thread.start()
    try:
        yield
    finally:
        ours.close()
        thread.join(20)
        assert not thread.is_alive()


@asynccontextmanager
async def connected(address: Path) -> AsyncIterator[Relay]:
    relay = Relay(str(address))
    keeping = asyncio.create_task(relay.keep())
    while not relay.connected:
        await asyncio.sleep(0.001)
    yield relay
    keeping.cancel()
    relay.close()


@pytest.fixture
def address(tmp_path: Path) -> Path:
    return tmp_path / "rows"


@pytest.fixture
def listener(address: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()
        yield listening


def test_rows_of_several_lines_are_durable_once_each(
    store: Store, listener: socket.socket, address: Path, reopened: object
) -> None:
    async def send() -> list[Appended]:
        async with connected(address) as one, connected(address) as other:
            told = []
            for number in range(20):
                for relay in (one, other):
                    log.through(relay)
                    rows = [seen(f"row-{number}"), served(f"{relay is one}-{number}", "cats")]
                    told.append(asyncio.wrap_future(log.submit(rows)))
            assert log.waiting > 0
            answers = await asyncio.gather(*told)
            assert log.waiting == 0
            return answers

    log = reopened().events  # type: ignore[operator]
    with committing(listener, store):
        answers = asyncio.run(send())
    assert sum(answer.new for answer in answers) == 60
    assert sum(answer.known for answer in answers) == 20
    assert set(held(store).values()) == {1}
    assert len(held(store)) == 60


def test_a_bad_row_fails_its_own_call_only(
    store: Store, listener: socket.socket, address: Path, reopened: object
) -> None:
    async def send() -> None:
        async with connected(address) as relay:
            log.through(relay)
            good = log.submit([seen("good")])
            with pytest.raises(Invalid):
                await asyncio.wrap_future(log.submit([seen("\ud800")]))
            late = await asyncio.to_thread(log.submit, [seen("from-a-thread")])
            for future in (good, late):
                assert await asyncio.wrap_future(future) == Appended(1, 0)

    log = reopened().events  # type: ignore[operator]
    with committing(listener, store):
        asyncio.run(send())
    assert set(held(store)) == {"good", "from-a-thread"}


def test_while_nobody_commits_rows_are_refused_or_wait_for_the_next_who_does(
    store: Store, listener: socket.socket, address: Path, reopened: object
) -> None:
    async def send() -> None:
        async with connected(address) as relay:
            log.through(relay)
            lost = asyncio.wrap_future(log.submit([seen("lost")]))
            line, _ = listener.accept()
            line.close()
            with pytest.raises(Unavailable, match="try again"):
                await lost
            with pytest.raises(Unavailable, match="try again"):
                await asyncio.wrap_future(log.submit([seen("refused")]))
            while not relay.connected:
                await asyncio.sleep(0.001)
            kept = asyncio.wrap_future(log.submit([seen("kept")]))
            stack.enter_context(committing(listener, store))
            assert await kept == Appended(1, 0)

    log = reopened().events  # type: ignore[operator]
    with ExitStack() as stack:
        asyncio.run(send())
    assert set(held(store)) == {"kept"}
