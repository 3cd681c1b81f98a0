"""A project in a temporary folder, and a real server on it, for as long as a measurement takes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from pittari.errors import Unavailable
from pittari.settings import Project
from pittari.settings import project as read_project
from pittari.web.serve import run

_spawn = multiprocessing.get_context("spawn")


def made(folder: Path, shelves: str | None = None) -> Project:
    """Makes a project with default settings, or with the text of its shelf.toml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pittari.toml").write_text("[server]\nport = 0\nworkers = 2\n", "utf-8")
    if shelves is not None:
        (folder / "touchpoints").mkdir()
        (folder / "touchpoints" / "shelf.toml").write_text(shelves, "utf-8")
    return read_project(folder)


@contextmanager
def served(project: Project, workers: int) -> Iterator[str]:
    """Runs `pittari serve` and lends its address. Raises `Unavailable` when it does not start."""
    ours, theirs = _spawn.Pipe(duplex=False)
    process = _spawn.Process(target=_serve, args=(project.folder, workers, theirs))
    process.start()
    theirs.close()
    try:
        yield ours.recv()
    except EOFError:
        raise Unavailable("the server did not start: its lines above say why") from None
    finally:
        process.terminate()
        process.join()


def _serve(folder: Path, workers: int, out: Connection) -> None:
    run(read_project(folder), workers=workers, ready=out.send)
