"""Replicas of the clock as processes of their own, which the tests start and kill."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType

from pittari import clock, editions, store
from pittari.editions.alarms import Bell
from pittari.editions.channels import FileChannel
from pittari.editions.gathering import gathered
from pittari.editions.releasing import Steps
from pittari.editions.rulebook import Rulebook
from pittari.editions.rules import default_text
from pittari.editions.runner import Pace, Runner
from pittari.store import Store, open_store
from pittari.touchpoints.digest import compose

ROOMS = tuple(str(Path(room.__file__ or "").parent) for room in (editions, store))
PACE = Pace(
    check=2 * clock.SECOND, drafts=(clock.SECOND, clock.SECOND // 3),
    lease=clock.SECOND // 2, rehearse=0,
)  # fmt: skip
NAME = "flash"


def opened(url: str, folder: Path) -> Store:
    return open_store(url, folder / "lake", folder / "parameters")


def ruled(folder: Path) -> None:
    """Writes the rules of an edition that is not due for half a day by itself."""
    due = datetime.now(UTC) + timedelta(hours=12)
    at, late = (f"{due + timedelta(hours=hours):%H:%M}" for hours in (0, 1))
    text = default_text("morning").replace('at = "08:00"', f'at = "{at}"\nzone = "UTC"')
    text = text.replace('"08:40"', f'"{late}"').replace('"morning"', f'"{NAME}"', 1)
    place = folder / "touchpoints" / "digest"
    place.mkdir(parents=True, exist_ok=True)
    (place / f"{NAME}.toml").write_text(text)


def runner(memory: Store, folder: Path, owner: str) -> Runner:
    bell = Bell(memory.alarms, [], clock.now)
    steps = Steps(
        memory, Rulebook(folder, memory.desk), bell, compose,
        lambda name, at: gathered(memory, name, at), owner,
    )  # fmt: skip
    return Runner(steps, PACE, FileChannel(folder / "outbox.jsonl"))


def replica(url: str, folder: Path, owner: str, ahead: float) -> None:
    """Runs until it is killed, with this machine's clock `ahead` by some seconds."""
    real = time.time_ns
    time.time_ns = lambda: real() + int(ahead * 1e9)
    memory = opened(url, folder)
    runner(memory, folder, owner).run(threading.Event(), pause=0.02)


def die_at(step: int, url: str, folder: Path, owner: str) -> None:
    """Ticks once and kills itself at the step-th call within the rooms of editions and store."""
    taken = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal taken
        if event == "call" and frame.f_code.co_filename.startswith(ROOMS):
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)

    made = runner(opened(url, folder), folder, owner)
    made._plan = lambda now: None  # type: ignore[method-assign]
    sys.setprofile(count)
    threading.setprofile(count)
    made.tick()
    sys.setprofile(None)
