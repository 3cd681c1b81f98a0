"""What the processes do that the tests start and kill."""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path
from types import FrameType
from typing import Any

from tests.store.rows import NOON, seen

from pittari import store as memory
from pittari.errors import Unavailable
from pittari.store import Store, open_store
from pittari.store.database import Database

ROOM = str(Path(memory.__file__).parent)


def opened(url: str, folder: Path) -> Store:
    return open_store(url, folder / "lake", folder / "parameters", now=lambda: NOON)


def migrate(url: str) -> None:
    Database.open(url).migrate()


def append(url: str, folder: Path, prefix: str, batches: int) -> None:
    """Appends batches of ten rows, one after the other."""
    store = opened(url, folder)
    for batch in range(batches):
        store.events.append([seen(f"{prefix}-{batch}-{i}") for i in range(10)])
    store.close()


def append_until_killed(url: str, folder: Path, prefix: str) -> None:
    """Appends batches from four threads, and notes each batch once it is acknowledged."""
    store = opened(url, folder)
    notes = os.open(folder / "acknowledged", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def write(thread: int) -> None:
        for batch in range(1_000_000):
            name = f"{prefix}-{thread}-{batch}"
            store.events.append([seen(f"{name}-{i}") for i in range(10)])
            os.write(notes, f"{name}\n".encode())

    for thread in range(4):
        threading.Thread(target=write, args=(thread,), daemon=True).start()
    signal.pause()


def die_at(step: int, url: str, folder: Path, act: str, *arguments: Any) -> None:
    """Runs an act of the store and kills itself at the step-th call within the store's room."""
    store = opened(url, folder)
    taken = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal taken
        if event == "call" and frame.f_code.co_filename.startswith(ROOM):
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)

    run = ACTS[act]
    sys.setprofile(count)
    run(store, *arguments)
    sys.setprofile(None)


ACTS = {
    "tidy": lambda store: store.tidy(),
    "merge": lambda store: store.compactor.merge(),
    "adopt": lambda store, files: store.adoption.adopt(files),
    "erase": lambda store, user: store.erase_user(user),
}


def everywhere(
    processes: ForkServerContext, url: str, folder: Path, act: str, *arguments: Any
) -> Iterator[int]:
    """Kills an act early, then ever later, until it ends; yields each step, some six in all."""
    step = 8
    while True:
        child = processes.Process(target=die_at, args=(step, url, folder, act, *arguments))
        child.start()
        child.join()
        if child.exitcode == 0:
            return
        assert child.exitcode == -signal.SIGKILL
        yield step
        step = step * 2 + 3


UNAVAILABLE = 7
"""How a process ends that was told to try again."""


def tidy_on_a_full_disk(url: str, folder: Path) -> None:
    """Tidies up where no file may grow beyond some bytes."""
    store = opened(url, folder)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))
    try:
        store.tidy()
    except Unavailable:
        sys.exit(UNAVAILABLE)


def append_on_a_full_disk(url: str, folder: Path) -> None:
    """Appends a row, then many where no file may grow, then one where files may again."""
    store = opened(url, folder)
    store.events.append([seen("before")])
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    room = (folder / "pittari.db-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    refused = 0
    for _ in range(3):
        try:
            store.events.append([seen(f"lost-{i}") for i in range(5_000)])
        except Unavailable:
            refused += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    store.events.append([seen("after")])
    sys.exit(UNAVAILABLE if refused == 3 else 1)
