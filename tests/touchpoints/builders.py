"""What the processes do that the tests of building start and kill."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.touchpoints.worlds import NOW

from pittari import clock
from pittari.settings import BundleTable
from pittari.store import Store, open_store
from pittari.touchpoints.suggest.building import Built, build


def opened(folder: Path) -> Store:
    return open_store(
        f"sqlite:///{folder}/pittari.db", folder / "lake", folder / "parameters", now=lambda: NOW
    )


def built(folder: Path, day: int = 0, keep: int = 2) -> list[Built]:
    """Builds all bundles on a day."""
    store = opened(folder)
    try:
        return build(store, folder, BundleTable(keep=keep), at=NOW + day * clock.DAY)
    finally:
        store.close()


def die_at(step: int, folder: Path) -> None:
    """Builds and kills itself before it touches a file the step-th time; notes how often it would
    have."""
    taken = 0

    def deadly(touch: Callable[..., Any]) -> Callable[..., Any]:
        def touched(*given: Any, **more: Any) -> Any:
            nonlocal taken
            taken += 1
            if taken == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return touch(*given, **more)

        return touched

    for name in ("fsync", "replace", "unlink"):
        setattr(os, name, deadly(getattr(os, name)))
    built(folder, day=1)
    (folder / "touches").write_text(str(taken))
