"""Workers behind one listening socket, and the process that writes the log for them: started,
watched, replaced when they die, ended in peace."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from types import FrameType

import uvicorn

from pittari.engine import Engine
from pittari.errors import SettingsError, Unavailable
from pittari.settings import Project
from pittari.settings import project as read_project
from pittari.store.relay import Relay, commit_for_all
from pittari.web.metrics import Metrics
from pittari.web.protocol import Protocol

START = 120.0
"""Seconds in which a worker has to be ready."""
GRACE = 10
"""Seconds that open requests have when the server ends."""
PAUSE = 1.0
"""Seconds between the death of a worker and its successor, so that a broken one does not spin."""
BACKLOG = 2048
_ROWS = "rows"
"""The socket, in the server's own folder, on which rows for the log go."""

_LOG = -1
"""The number of the process that writes the log, among the workers' numbers."""

Ready = Callable[[str], None]
"""Is told the address when every worker takes requests."""
_spawn = multiprocessing.get_context("spawn")


@dataclass(slots=True)
class _Worker:
    """A process, and the pipe on which it says that it is ready; the pipe breaks when we die."""

    process: SpawnProcess
    pipe: Connection
    born: float = field(default_factory=time.monotonic)


def run(
    project: Project,
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int | None = None,
    ready: Ready | None = None,
    beside: AbstractContextManager[object] | None = None,
) -> None:
    """Serves a project until SIGTERM or SIGINT; requests under way are answered first. `beside` is
    entered once the address is ours, and left when the workers have ended.

    Raises `SettingsError` for an address that cannot be listened on, `Unavailable` when a worker
    does not come up.
    """
    server = project.settings.server
    listener = _listen(host or server.host, server.port if port is None else port)
    Engine.open(project).close()
    with (
        listener,
        tempfile.TemporaryDirectory(prefix="pittari-") as folder,
        beside or nullcontext(),
    ):
        crew = _Crew(project.folder, listener, Path(folder), workers or server.workers)
        crew.run(ready)


class _Crew:
    """The workers of one server, by number."""

    def __init__(self, project: Path, listener: socket.socket, folder: Path, size: int) -> None:
        self._project, self._listener, self._folder = project, listener, folder
        self._size = size
        self._workers: dict[int, _Worker] = {}
        self._ending = False
        self._rows = socket.socket(socket.AF_UNIX)
        self._rows.bind(str(folder / _ROWS))
        self._rows.listen(BACKLOG)

    def run(self, ready: Ready | None) -> None:
        """Starts all, tells when they are ready, and keeps their number until a signal."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        try:
            for slot in range(_LOG, self._size):
                self._start(slot)
            for worker in self._workers.values():
                self._await(worker)
            if ready and not self._ending:
                ready(address(self._listener))
            while not self._ending:
                self._watch()
        finally:
            self._stop()

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._ending = True

    def _start(self, slot: int) -> None:
        ours, theirs = _spawn.Pipe()
        if slot == _LOG:
            process = _spawn.Process(
                target=_write, args=(self._project, self._rows, theirs), name="log"
            )
        else:
            process = _spawn.Process(
                target=_work,
                args=(self._project, self._listener, theirs, slot, self._folder),
                name=f"worker {slot}",
            )
        process.start()
        theirs.close()
        self._workers[slot] = _Worker(process, ours)

    def _await(self, worker: _Worker) -> None:
        """Waits until a new worker is ready. Raises `Unavailable`."""
        end = time.monotonic() + START
        while not self._ending and not worker.pipe.poll(0.1):
            if time.monotonic() > end:
                raise Unavailable(f"{worker.process.name} was not ready within {START:g} seconds")
        try:
            if not self._ending:
                worker.pipe.recv()
        except EOFError:
            said = f"{worker.process.name} did not come up: the lines above say why"
            raise Unavailable(said) from None

    def _watch(self) -> None:
        """Waits a little for a death; replaces who died."""
        wait([worker.process.sentinel for worker in self._workers.values()], 0.5)
        for slot, worker in list(self._workers.items()):
            if not self._ending and not worker.process.is_alive():
                said = f"{worker.process.name} ended with {worker.process.exitcode}; starting anew"
                sys.stderr.write(f"pittari: {said}\n")
                worker.pipe.close()
                time.sleep(max(0.0, worker.born + PAUSE - time.monotonic()))
                self._start(slot)

    def _stop(self) -> None:
        """Ends all workers, politely, then not; and who writes their rows, after the last."""
        log = self._workers.pop(_LOG, None)
        for worker in self._workers.values():
            worker.process.terminate()
        end = time.monotonic() + GRACE + 5
        for worker in self._workers.values():
            _ended(worker, end)
        if log is not None:
            log.pipe.close()
            _ended(log, time.monotonic() + GRACE)
        self._rows.close()


def _ended(worker: _Worker, end: float) -> None:
    """Waits for the end of a process, until it is due."""
    worker.process.join(max(0.0, end - time.monotonic()))
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def address(listener: socket.socket) -> str:
    """Returns where a socket listens, as a URL."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsError(f"cannot listen on {host}:{port}: {error.strerror or error}") from error
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def _work(
    folder: Path, listener: socket.socket, pipe: Connection, slot: int, numbers: Path
) -> None:
    """Is a worker: opens the project for itself and serves."""
    from pittari.web.app import create_app

    engine = Engine.open(read_project(folder))
    try:
        config = uvicorn.Config(
            create_app(engine, Metrics(slot, numbers)),
            loop="uvloop" if sys.platform != "win32" else "asyncio",
            http=Protocol,
            ws="none",
            lifespan="on",
            access_log=False,
            server_header=False,
            log_level="warning",
            backlog=BACKLOG,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=GRACE,
        )
        with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
            serving = _serve(uvicorn.Server(config), listener, pipe, engine, numbers / _ROWS)
            runner.run(serving)
    finally:
        engine.close()


async def _serve(
    server: uvicorn.Server, listener: socket.socket, pipe: Connection, engine: Engine, rows: Path
) -> None:
    """Serves, says when it is ready, and ends when the parent has gone."""
    threading.Thread(target=_follow, args=(server, pipe), daemon=True).start()
    relay = Relay(str(rows))
    engine.store.events.through(relay)
    beside = asyncio.gather(relay.keep(), _tell(server, pipe))
    await server.serve([listener])
    beside.cancel()
    engine.store.events.through(None)


def _write(folder: Path, rows: socket.socket, pipe: Connection) -> None:
    """Is the process that writes the log. Signals are for the workers: it ends after them."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    engine = Engine.open(read_project(folder))
    try:
        pipe.send("ready")
        commit_for_all(rows, pipe, engine.store.events)
    finally:
        engine.close()


async def _tell(server: uvicorn.Server, pipe: Connection) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    pipe.send("ready")


def _follow(server: uvicorn.Server, pipe: Connection) -> None:
    """Waits for the end of the parent, which never writes: reading ends when it is gone."""
    try:
        pipe.recv()
    except (EOFError, OSError):
        server.should_exit = True
