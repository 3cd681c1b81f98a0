"""An import that is killed, repeated or doubled loses nothing, doubles nothing, and goes on."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from tests.importing import deaths
from tests.importing.deaths import opened, planned
from tests.importing.files import HEADER, NOON, rows, silent

from pittari import clock
from pittari.importing import Report, bring
from pittari.store import Store

DEATHS = 4


def log(file: Path) -> Path:
    """Writes 300 rows of 7 days, today among them, with true repeats and bad rows."""
    lines = [HEADER]
    for number in range(300):
        at = clock.iso(NOON - (number * 3 % 7) * clock.DAY - number // 3 * clock.SECOND)
        user = "" if number % 50 == 49 else f"user{number % 3}"
        lines.append(f"{at},{user},cats,{('click', 'purchase', '')[number % 3]}\n")
    file.write_text("".join([*lines, *lines[1:40]]), "utf-8")
    return file


def finished(store: Store, kind: str, file: Path) -> Report:
    plan = planned(kind, file)
    return bring(plan, store, file.parent / "rejects", silent, now=lambda: NOON)


def held(store: Store) -> Counter[tuple[object, ...]]:
    return Counter(rows(store))


@pytest.fixture
def whole(tmp_path: Path) -> tuple[Counter[tuple[object, ...]], str]:
    """What an import that nobody disturbs leaves: rows and rejects."""
    folder = tmp_path / "whole"
    folder.mkdir()
    store = opened(f"sqlite:///{folder}/db", folder)
    report = finished(store, "events", log(folder / "log.csv"))
    assert (report.new, report.rejected) == (333, 6)
    found = held(store)
    store.close()
    return found, (folder / "rejects").read_text("utf-8").replace(str(folder), "")


def test_a_log_whose_import_is_killed_anywhere_is_whole_after_the_next(
    database_url: str,
    tmp_path: Path,
    importers: ForkServerContext,
    whole: tuple[Counter[tuple[object, ...]], str],
) -> None:
    file = log(tmp_path / "log.csv")
    calls = _calls(importers, tmp_path, "events", file)
    store = opened(database_url, tmp_path / "shared")
    killed = 0
    for death in range(DEATHS):
        step = calls * (death + 1) // (DEATHS + 1)
        process = importers.Process(
            target=deaths.die_at, args=(step, database_url, tmp_path / "shared", "events", file)
        )
        process.start()
        process.join()
        killed += process.exitcode == -9
    report = finished(store, "events", file)
    assert killed >= DEATHS // 2
    assert (report.read, report.new + report.same, report.rejected) == (339, 333, 6)
    assert held(store) == whole[0]
    assert (tmp_path / "rejects").read_text("utf-8").replace(str(tmp_path), "") == whole[1]
    assert finished(store, "events", file).new == 0
    assert held(store) == whole[0]
    assert not list((tmp_path / "shared" / "imports").iterdir())
    store.close()


def test_people_whose_import_is_killed_anywhere_are_whole_after_the_next(
    tmp_path: Path, importers: ForkServerContext
) -> None:
    file = tmp_path / "users.jsonl"
    file.write_text("".join(f'{{"id": "u{n}"}}\n' for n in range(500)) + "{}\n", "utf-8")
    calls = _calls(importers, tmp_path, "users", file)
    url = f"sqlite:///{tmp_path}/shared/db"
    for death in range(4):
        args = (calls * (death + 1) // 10, url, tmp_path / "shared", "users", file)
        process = importers.Process(target=deaths.die_at, args=args)
        process.start()
        process.join()
    store = opened(url, tmp_path / "shared")
    report = finished(store, "users", file)
    assert (report.read, report.new + report.same, report.rejected) == (501, 500, 1)
    assert len(store.catalog.users()) == 500
    store.close()


def _calls(context: ForkServerContext, folder: Path, kind: str, file: Path) -> int:
    """Returns how many calls a whole import takes."""
    own = folder / "calls"
    own.mkdir()
    args = (-1, f"sqlite:///{own}/db", own, kind, file)
    process = context.Process(target=deaths.die_at, args=args)
    process.start()
    process.join()
    return int((own / "calls").read_text())


def test_an_import_goes_on_after_its_last_committed_chunk(store: Store, tmp_path: Path) -> None:
    file = log(tmp_path / "log.csv")
    _stopped(store, file, after=3)
    offsets: list[int] = []

    def watch(what: str, done: int, _: int) -> None:
        if what == "reading":
            offsets.append(done)

    report = bring(planned("events", file), store, tmp_path / "rejects", watch, now=lambda: NOON)
    assert report.read == 339
    assert len(offsets) == 6 - 3
    assert offsets == sorted(offsets)


def _stopped(store: Store, file: Path, after: int) -> None:
    """Imports a file until so many chunks are committed."""
    left = after

    def stop(*_: object) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(planned("events", file), store, file.with_name("rejects"), stop, now=lambda: NOON)


def test_an_import_whose_staged_rows_are_gone_begins_again(store: Store, tmp_path: Path) -> None:
    file = log(tmp_path / "log.csv")
    _stopped(store, file, after=3)
    shutil.rmtree(tmp_path / "imports")
    assert finished(store, "events", file).new == 333


@pytest.mark.parametrize("differently", [False, True], ids=["alike", "each with its mapping"])
def test_two_imports_of_one_file_at_once_bring_each_row_once(
    database_url: str,
    tmp_path: Path,
    importers: ForkServerContext,
    whole: tuple[Counter[tuple[object, ...]], str],
    differently: bool,
) -> None:
    file = log(tmp_path / "log.csv")
    store = opened(database_url, tmp_path)
    runs = [
        importers.Process(
            target=deaths.run,
            args=(database_url, tmp_path, "events", file),
            kwargs={"ignore": (str(number),)} if differently else {},
        )
        for number in range(2)
    ]
    for process in runs:
        process.start()
    for process in runs:
        process.join()
    assert [process.exitcode for process in runs] == [0, 0]
    assert held(store) == whole[0]
    store.close()


def test_a_day_with_more_rows_than_fit_comes_in_buckets(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    line = "2024-10-01T00:00:00Z,user{},cats,click\n"
    file.write_text(HEADER + "".join(line.format(n % 60) for n in range(600)), "utf-8")
    assert finished(store, "events", file).new == 600
    assert set(held(store).values()) == {10}
    assert finished(store, "events", file).same == 600
    wide: Callable[[], Report] = lambda: bring(  # noqa: E731
        replace(planned("events", file), rows=100_000),
        store,
        tmp_path / "rejects",
        silent,
        now=lambda: NOON,
    )
    assert wide().same == 600
