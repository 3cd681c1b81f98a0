"""What can be known of an import before its first row: which column is what, and who reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import msgspec

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

KINDS = tuple(FIELDS)
_MANY = 200_000
_FEW = 5_000
"""Rows of the catalogue per transaction: a server that writes beside it waits this long."""


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

    @property
    def size(self) -> int:
        """What `Mark.offset` grows to; 0 where that is unknown."""
        source = self.source
        if source.format == "parquet":
            return tables.rows(source)
        return 0 if source.zipped or source.encoding != "utf-8" else source.size


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


def reader(plan: Plan, now: int) -> Callable[[Chunk], tuple[Any, list[Reject]]]:
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
