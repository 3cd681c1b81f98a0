"""A whole file, from its first byte to its last committed row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from pittari import clock
from pittari.importing import catalog, delimited, events, objects, tables
from pittari.importing.catalog import Making
from pittari.importing.chunks import Chunk, Mark, Reject
from pittari.importing.events import Reading
from pittari.importing.files import Source
from pittari.importing.mapping import (
    EVENT_FIELDS,
    FIELDS,
    Mapping,
    checked,
    field_of,
    resolve,
    unknown_key,
    zone_of,
)
from pittari.importing.progress import Ledger, Step, alone
from pittari.importing.rejects import Rejects, publish
from pittari.importing.staging import Staging
from pittari.model.event import restored
from pittari.store import Store
from pittari.store.catalog import Counts

KINDS = tuple(FIELDS)
_MANY = 200_000
_FEW = 5_000
"""Rows of the catalogue per transaction: a server that writes beside it waits this long."""
_GROUP = 3
"""Chunks' worth of rows that go to the lake at once."""
_BATCH = 4_000
_SHOWN = 10

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much (0: unknown)."""


class Fields(dict[str, str]):
    """Source column to field, "" for those that are not read, worked out when first asked."""

    def __init__(self, mapping: Mapping, kind: str) -> None:
        self._mapping, self._kind = mapping, kind

    def __missing__(self, name: str) -> str:
        found = field_of(self._mapping, self._kind, name)
        if found is None:
            raise KeyError(name)
        return self.setdefault(name, found)

    def strange(self, row: dict[str, Any]) -> tuple[str, str] | None:
        """Returns the first key that is no field, and what is expected instead."""
        for name in row.keys() - self.keys():
            try:
                self[name]
            except KeyError:
                return name, unknown_key(name, self._kind)
        return None


@dataclass(frozen=True)
class Plan:
    """How one file will be read: all that can be known before its first row."""

    kind: str
    source: Source
    mapping: Mapping
    names: list[str]
    """Its columns; none for JSON lines."""
    start: Mark
    rows: int
    """Most rows of one chunk."""

    @property
    def key(self) -> str:
        """What stands for this import: the same file read in the same way."""
        told = (self.kind, self.source.checksum, self.source.format, self.mapping, self.rows)
        return hashlib.blake2b(msgspec.json.encode(told), digest_size=16).hexdigest()


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


def plan(kind: str, source: Source, mapping: Mapping) -> Plan:
    """Returns how a file will be read. Raises `DataError` when its columns do not fit."""
    checked(mapping, kind)
    rows = _MANY if kind == "events" else _FEW
    if source.format == "jsonl":
        return Plan(kind, source, mapping, [], Mark(), rows)
    if source.format == "parquet":
        names, start = tables.names(source), Mark()
    else:
        names, start = delimited.header(source, mapping)
    resolve(mapping, kind, names, str(source.path))
    return Plan(kind, source, mapping, names, start, rows)


def chunks(plan: Plan, start: Mark) -> Iterator[Chunk]:
    """Yields the rows of a file from a mark on."""
    source, fields = plan.source, Fields(plan.mapping, plan.kind)
    if source.format == "jsonl":
        shape = objects.FLAT if plan.kind == "events" else objects.DEEP
        return objects.objects(source, shape, fields.strange, start, plan.rows)
    if source.format == "parquet":
        wanted = [name for name in plan.names if fields[name]]
        return tables.batches(source, wanted, start, plan.rows)
    return delimited.cells(source, plan.mapping, plan.names, start, plan.rows)


def look(plan: Plan, progress: Progress, *, now: clock.Clock = clock.now) -> Report:
    """Reads a whole file and says what an import would do; nothing is written."""
    report = Report(str(plan.source.path))
    read = _reader(plan, now())
    for chunk in chunks(plan, plan.start):
        rows, bad = read(chunk)
        bad = sorted([*chunk.broken, *bad], key=lambda reject: reject.line)
        report = report.plus(Step(read=len(rows) + len(bad), rejected=len(bad)))
        report.first.extend(bad[: _SHOWN - len(report.first)])
        progress("reading", chunk.end.offset, _size(plan))
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
    with alone(folder / f"{plan.key}.lock"):
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
        chunks = len(self._read.steps)
        rows = 0
        for number, group in enumerate(staging.groups(chunks, _GROUP * self._plan.rows)):
            step = self._kept.steps.get(number)
            if step is None:
                step = _adopted(staging.load(group, chunks), self._store, self._draft)
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
        read = _reader(self._plan, self._now)
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
            self._progress("reading", chunk.end.offset, _size(self._plan))
        gathering.close()
        return report


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


def _reader(plan: Plan, now: int) -> Callable[[Chunk], tuple[Any, list[Reject]]]:
    """Returns what makes rows of a chunk, and rejects."""
    mapping = plan.mapping
    file, zone = str(plan.source.path), zone_of(mapping.zone)
    if plan.kind != "events":
        making = Making(
            file,
            plan.kind,
            Fields(mapping, plan.kind),
            mapping.constants,
            mapping.values,
            cast(dict[str, str], mapping.separators),
            zone,
            mapping.time_unit,
        )
        return lambda chunk: catalog.made(chunk, making)
    reading = Reading(
        file,
        _sources(plan),
        mapping.constants,
        mapping.values,
        zone,
        mapping.time_unit,
        now,
    )
    return lambda chunk: events.staged(chunk, reading)


def _sources(plan: Plan) -> dict[str, str]:
    """Returns field to source column; JSON lines may have any of them."""
    mapping = plan.mapping
    if plan.names:
        found = resolve(mapping, plan.kind, plan.names, str(plan.source.path))
        return {field: name for name, field in found.items()}
    own = {
        name: name
        for name in EVENT_FIELDS
        if name not in mapping.constants and field_of(mapping, plan.kind, name) == name
    }
    return own | {field: name for name, field in mapping.columns.items()}


def _size(plan: Plan) -> int:
    """Returns what `Mark.offset` grows to, 0 where that is unknown."""
    source = plan.source
    if source.format == "parquet":
        return tables.rows(source)
    return 0 if source.zipped or source.encoding != "utf-8" else source.size


def _first(gathered: Path) -> list[Reject]:
    with gathered.open("rb") as file:
        lines = [line for _, line in zip(range(_SHOWN), file, strict=False)]
    return [msgspec.json.decode(line, type=Reject) for line in lines]
