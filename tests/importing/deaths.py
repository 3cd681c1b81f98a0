"""What the processes do that the tests of importing start and kill."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from tests.importing.files import NOON, silent

import pittari
from pittari.importing import Mapping, Plan, bring, examine, plan
from pittari.store import Store, open_store

ROOM = str(Path(pittari.__file__).parent)
ROWS = 60
"""Rows of a chunk in these tests, so that small files have many."""


def opened(url: str, folder: Path) -> Store:
    return open_store(url, folder / "lake", folder / "parameters", now=lambda: NOON)


def planned(kind: str, file: Path, **mapping: Any) -> Plan:
    return replace(plan(kind, examine(file), Mapping(**mapping)), rows=ROWS)


def run(url: str, folder: Path, kind: str, file: Path, **mapping: Any) -> None:
    """Imports a file."""
    store = opened(url, folder)
    bring(planned(kind, file, **mapping), store, folder / "rejects", silent, now=lambda: NOON)
    store.close()


def die_at(step: int, url: str, folder: Path, kind: str, file: Path) -> None:
    """Imports a file and kills itself at the step-th call; notes the calls of a whole import."""
    store = opened(url, folder)
    steps = planned(kind, file)
    taken = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal taken
        if event == "call" and frame.f_code.co_filename.startswith(ROOM):
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    bring(steps, store, folder / "rejects", silent, now=lambda: NOON)
    sys.setprofile(None)
    (folder / "calls").write_text(str(taken))
