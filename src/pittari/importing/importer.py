"""A whole file, from its first byte to its last committed row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from pittari import clock
from pittari.errors import Unavailable
from pittari.importing import news
from pittari.importing.chunks import Reject
from pittari.importing.plans import Plan, chunks, reader
from pittari.importing.progress import Ledger, Step, alone
from pittari.importing.rejects import Rejects, publish
from pittari.importing.staging import Staging
from pittari.model.event import restored
from pittari.store import Store
from pittari.store.catalog import Counts

_GROUP = 3
"""Chunks' worth of rows that go to the lake at once."""
_BATCH = 4_000
_SHOWN = 10

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much (0: unknown)."""


@dataclass(frozen=True)
class Report:
    """What an import did; `first` are the first rejects, all of them lie in `rejects`."""

    file: str
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    rejects: Path | None = None
    first: list[Reject] = field(default_factory=list)

    def plus(self, step: Step) -> Report:
        """Returns the report with one more step."""
        counts = ("read", "new", "changed", "same", "rejected")
        return replace(self, **{name: getattr(self, name) + getattr(step, name) for name in counts})


def look(plan: Plan, progress: Progress, *, now: clock.Clock = clock.now) -> Report:
    """Reads a whole file and says what an import would do; nothing is written."""
    report = Report(str(plan.source.path))
    read = reader(plan, now())
    for chunk in chunks(plan, plan.start):
        rows, bad = read(chunk)
        bad = sorted([*chunk.broken, *bad], key=lambda reject: reject.line)
        report = report.plus(Step(read=len(rows) + len(bad), rejected=len(bad)))
        report.first.extend(bad[: _SHOWN - len(report.first)])
        progress("reading", chunk.end.offset, plan.size)
    return report


def bring(
    plan: Plan,
    store: Store,
    rejects: Path,
    progress: Progress,
    *,
    more: bool = False,
    now: clock.Clock = clock.now,
) -> Report:
    """Brings a file in, and goes on where an earlier run was interrupted.

    `rejects`: where rows that were left out are told, behind what lies there if `more`.
    Raises `DataError` for a damaged file, `Unavailable` when disk or database fail; the same call
    again goes on from the last committed chunk.
    """
    folder = store.lake.folder.parent / "imports"
    with _disk(plan), alone(folder / f"{plan.key}.lock"):
        run = _Run(plan, store, folder / plan.key, progress, now())
        report = run.events() if plan.kind == "events" else run.catalog()
        if report.rejected:
            publish(run.gathered, rejects, more=more)
            report = replace(report, rejects=rejects, first=_first(run.gathered))
        run.forget()
    return report


class _Run:
    """One import: what `folder` and the ledgers hold of it survives a crash."""

    def __init__(
        self, plan: Plan, store: Store, folder: Path, progress: Progress, now: int
    ) -> None:
        self._plan, self._store, self._progress, self._now = plan, store, progress, now
        self._staging = Staging(folder)
        self._draft = folder / "group.parquet"
        self.gathered = folder / "rejects.jsonl"
        self._read = Ledger(store.database, f"{plan.key}/read")
        self._kept = Ledger(store.database, f"{plan.key}/days")
        if self._read.steps and not self.gathered.exists():
            self._begin_again()

    def forget(self) -> None:
        """Removes what was needed to go on."""
        self._begin_again()
        self._staging.clear()

    def catalog(self) -> Report:
        """Reads and puts chunk by chunk."""
        store = self._store.catalog
        puts: dict[str, Callable[[list[Any]], Counts]] = {
            "items": store.put_items,
            "users": store.put_users,
            "entitlements": store.put_entitlements,
            "topics": partial(news.put, self._store.topics),
        }

        def commit(_: int, things: list[Any]) -> Counts:
            counts = puts[self._plan.kind](things)
            repeated = len(things) - counts.new - counts.changed - counts.same
            return replace(counts, same=counts.same + repeated)

        return self._through(commit)

    def events(self) -> Report:
        """Stages the whole file, then brings days to lake and log."""
        staging = self._staging
        if not staging.has(len(self._read.steps)):
            self._begin_again()

        def commit(number: int, table: pa.Table) -> Counts:
            staging.write(number, table)
            return Counts(0, 0, 0)

        report = self._through(commit)
        read = len(self._read.steps)
        rows = 0
        for number, group in enumerate(staging.groups(read, _GROUP * self._plan.rows)):
            step = self._kept.steps.get(number)
            if step is None:
                step = _adopted(staging.load(group, read), self._store, self._draft)
                self._kept.put(number, step)
            rows += step.new + step.same
            report = report.plus(step)
            self._progress("storing", rows, report.read - report.rejected)
        return report

    def _begin_again(self) -> None:
        self._read.clear()
        self._kept.clear()

    def _through(self, commit: Callable[[int, Any], Counts]) -> Report:
        """Reads the file from where the ledger ends, and commits chunk by chunk."""
        report = Report(str(self._plan.source.path))
        last = Step(end=self._plan.start)
        for number in sorted(self._read.steps):
            last = self._read.steps[number]
            report = report.plus(last)
        read = reader(self._plan, self._now)
        gathering = Rejects(self.gathered, last.rejects)
        for number, chunk in enumerate(chunks(self._plan, last.end), len(self._read.steps)):
            rows, bad = read(chunk)
            bad = [*chunk.broken, *bad]
            size = gathering.add(bad)
            done = commit(number, rows)
            counts = (len(rows) + len(bad), done.new, done.changed, done.same, len(bad))
            step = Step(chunk.end, *counts, size)
            self._read.put(number, step)
            report = report.plus(step)
            self._progress("reading", chunk.end.offset, self._plan.size)
        gathering.close()
        return report


@contextmanager
def _disk(plan: Plan) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Unavailable(
            f"{plan.source.path}: the disk fails ({error}); what is committed stays, and the same"
            " command goes on from there"
        ) from error


def _adopted(table: pa.Table, store: Store, draft: Path) -> Step:
    """Brings rows in order of time to lake and log; rows of days not over go to the log."""
    edge = store.lake.open_day() * clock.DAY
    closed = int((table["at"].to_numpy() < edge).sum())
    new = same = 0
    if closed:
        pq.write_table(table.slice(0, closed), draft, compression="lz4", write_statistics=False)
        adopted = store.adoption.adopt([draft])
        new, same = adopted.new, adopted.known
    for start in range(closed, len(table), _BATCH):
        columns = table.slice(start, _BATCH).to_pydict().values()
        rows = [restored(cast(Any, row)) for row in zip(*columns, strict=True)]
        appended = store.events.append(rows)
        new, same = new + appended.new, same + appended.known
    return Step(new=new, same=same)


def _first(gathered: Path) -> list[Reject]:
    with gathered.open("rb") as file:
        lines = [line for _, line in zip(range(_SHOWN), file, strict=False)]
    return [msgspec.json.decode(line, type=Reject) for line in lines]
