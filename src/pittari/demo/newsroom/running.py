"""How does the newsroom go on while one looks? News and readers come in, and the real clock works.

A process of its own beside the server: it brings what has happened by the newsroom's clock, and
runs the same runner of editions that a real desk has. It ends when its parent is gone.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from pittari import clock
from pittari.demo.newsroom.founding import CLOCK, reached, wind
from pittari.demo.newsroom.plan import OFFSET
from pittari.demo.newsroom.wire import FAR, Wire
from pittari.editions.runner import Runner
from pittari.engine import Engine
from pittari.errors import Unavailable
from pittari.settings import Project, project
from pittari.store import Store
from pittari.touchpoints import digest

log = logging.getLogger(__name__)
PAUSE = 1.0
"""Seconds between two looks at what has happened."""
TICK = 0.2
"""Seconds between two ticks of the runner: the newsroom's minutes are short."""
OWNER = "newsroom"
_spawn = multiprocessing.get_context("spawn")


@contextmanager
def running(place: Project, seed: int) -> Iterator[None]:
    """Runs a project's newsroom while the block runs; its next edition goes out 90 s from now.
    A project without one stays as it is."""
    if not (place.folder / CLOCK).is_file():
        yield
        return
    with closing(Engine.open(place)) as engine:
        wind(place.folder, after=max(reached(engine.store), _midnight()))
    ours, theirs = _spawn.Pipe()
    process = _spawn.Process(
        target=_live, args=(place.folder, seed, theirs), name=OWNER, daemon=True
    )
    process.start()
    theirs.close()
    try:
        yield
    finally:
        ours.close()
        process.join(10)
        if process.is_alive():
            process.kill()
            process.join()


def live(store: Store, seed: int, runner: Runner, stop: threading.Event) -> None:
    """Brings the news and runs the editions until told to stop."""
    wire = Wire(store, seed, store.editions.now() - FAR)
    _follow(wire)
    ticking = threading.Thread(target=runner.run, args=(stop, TICK), name="editions")
    ticking.start()
    while not stop.wait(PAUSE):
        _follow(wire)
    ticking.join()


def _live(folder: Path, seed: int, pipe: Connection) -> None:
    """Is the newsroom's process: reading the pipe ends when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop = threading.Event()
    with ExitStack() as open_:
        engine = open_.enter_context(closing(Engine.open(project(folder))))
        table = engine.project.settings.digest
        runner = open_.enter_context(digest.running(engine.digest, folder, table, OWNER))
        work = threading.Thread(target=live, args=(engine.store, seed, runner, stop))
        work.start()
        pipe.poll(None)
        stop.set()
        work.join()


def _follow(wire: Wire) -> None:
    try:
        wire.follow(wire.store.editions.now())
    except Unavailable as error:
        log.warning("the news waits: %s", error)


def _midnight() -> int:
    """Returns when today began where the newsroom is."""
    return (clock.now() + OFFSET) // clock.DAY * clock.DAY - OFFSET
