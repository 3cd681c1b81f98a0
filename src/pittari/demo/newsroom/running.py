"""How does the newsroom go on while one looks? News and readers come in, and the real clock works.

A process of its own beside the server: it brings what has happened by the newsroom's clock, and
runs the same runner of editions that a real desk has. It ends when its parent is gone.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import threading
from contextlib import ExitStack, closing
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from pittari.demo.newsroom.founding import CLOCK, halt, resume
from pittari.demo.newsroom.wire import FAR, Wire
from pittari.editions.runner import Runner
from pittari.engine import Engine
from pittari.errors import Unavailable
from pittari.settings import Project, project
from pittari.store import Store
from pittari.touchpoints import digest

log = logging.getLogger(__name__)
PAUSE = 0.25
"""Seconds between two looks at what has happened: at night, minutes of the newsroom."""
TICK = 0.2
"""Seconds between two ticks of the runner: the newsroom's minutes are short."""
OWNER = "newsroom"
_spawn = multiprocessing.get_context("spawn")


class Running:
    """A project's newsroom while a block runs: its clock goes on from where it stood; once it is
    started, a process of its own brings news and sends editions. A project without a newsroom
    stays as it is."""

    def __init__(self, place: Project, seed: int) -> None:
        self._place, self._seed = place, seed
        self._there = (place.folder / CLOCK).is_file()
        self._pipe: Connection | None = None
        self._process: SpawnProcess | None = None

    def __enter__(self) -> Running:
        if self._there:
            with closing(Engine.open(self._place)) as engine:
                resume(self._place.folder, engine.store)
        return self

    def start(self) -> None:
        """Starts the process."""
        if not self._there:
            return
        self._pipe, theirs = _spawn.Pipe()
        self._process = _spawn.Process(
            target=_live, args=(self._place.folder, self._seed, theirs), name=OWNER, daemon=True
        )
        self._process.start()
        theirs.close()

    def __exit__(self, *error: object) -> None:
        if self._pipe and self._process:
            self._pipe.close()
            self._process.join(10)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
        if self._there:
            halt(self._place.folder)


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
