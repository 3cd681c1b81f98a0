"""A company's log: rows checked column by column, the bad ones told apart, the good ones staged."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import get_args
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pittari import clock
from pittari.errors import nearest
from pittari.importing import columns
from pittari.importing.chunks import Chunk, Reject, excerpt, shown
from pittari.importing.columns import Numbers, Words
from pittari.model.catalog import Mask
from pittari.model.event import KINDS, Action

EARLIEST = 631_152_000 * clock.SECOND
"""1990-01-01: what is earlier is a mistake, such as a missing time stored as 1970."""
AHEAD = clock.DAY
"""How far clocks of other machines may run ahead."""
BROUGHT = ("impression", "engagement")
"""Kinds of row that come from elsewhere; Pittari writes the others itself."""
ACTIONS: tuple[str, ...] = get_args(Action)
STAGED = pa.schema(
    [
        ("event_id", pa.string()),
        ("kind", pa.string()),
        ("at", pa.int64()),
        *((name, pa.string()) for name in ("user", "touchpoint", "decision_id", "zone", "item")),
        ("action", pa.string()),
        ("position", pa.int32()),
        ("value", pa.int64()),
        ("currency", pa.string()),
    ]
)
"""A row that was found good; `event_id` is null where it is still to be derived."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CURRENCY = re.compile(r"([A-Z]{3})?")
_TEXTS = ("touchpoint", "decision_id", "zone")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the columns of one file become rows: `sources` is field to source column."""

    file: str
    sources: Mapping[str, str]
    constants: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    zone: ZoneInfo | None
    unit: str
    now: int

    def source(self, field: str) -> str:
        """Returns what a field is called in the file."""
        return self.sources.get(field, field)


class Check:
    """The rows of one chunk under examination: the first thing wrong with each is kept."""

    def __init__(self, chunk: Chunk, reading: Reading) -> None:
        self._chunk = chunk
        self._reading = reading
        self.rows = len(chunk.lines)
        self.bad = np.zeros(self.rows, np.bool_)
        self.rejects: list[Reject] = []

    def fail(self, rows: Mask, field: str, expected: str | Callable[[str], str]) -> None:
        """Rejects rows; `expected` may depend on what came."""
        new = rows & ~self.bad
        if not new.any():
            return
        self.bad |= new
        name = self._reading.source(field)
        for number in np.flatnonzero(new).tolist():
            row = self._chunk.row(number)
            came = row.get(name, self._reading.constants.get(field))
            self.rejects.append(
                Reject(
                    self._reading.file,
                    self._chunk.lines[number],
                    name,
                    expected if isinstance(expected, str) else expected(str(came)),
                    shown(came),
                    excerpt(row),
                )
            )

    def column(self, field: str) -> pa.Array | None:
        """Returns the file's column for a field, or nothing where it has none."""
        name = self._reading.sources.get(field)
        return None if name is None else self._chunk.column(name)

    def where(self, field: str) -> str:
        return f'{self._reading.file}: column "{self._reading.source(field)}"'

    def words(self, field: str) -> Words:
        """Returns the texts of a field, with the mapping's constants and values."""
        column = self.column(field)
        if column is None:
            return columns.same(self._reading.constants.get(field, ""), self.rows)
        return columns.words(column, self.where(field)).mapped(self._reading.values.get(field, {}))


def staged(chunk: Chunk, reading: Reading) -> tuple[pa.Table, list[Reject]]:
    """Returns the good rows of a chunk as a table of `STAGED`, and why the others are none.

    Text stays dictionary-encoded. Raises `DataError` for a column of a type that cannot be meant.
    """
    check = Check(chunk, reading)
    at = _at(check, reading)
    user, item = _id(check, "user"), _id(check, "item")
    kind, action = _acts(check)
    position = _number(check, "position", 10_000)
    value = _number(check, "value", 1_000_000_000_000)
    check.fail((kind.codes == 0) & (value != 0), "value", "no value on an impression")
    currency = check.words("currency")
    check.fail(
        currency.where(lambda word: not _CURRENCY.fullmatch(word)),
        "currency",
        "three capital letters, such as JPY",
    )
    check.fail((kind.codes == 0) & currency.where(bool), "currency", "no currency on an impression")
    texts = {name: _word(check, name) for name in _TEXTS}
    table = pa.table(
        {
            "event_id": _event_ids(check),
            "kind": kind.array(),
            "at": at,
            "user": user.array(),
            **{name: found.array() for name, found in texts.items()},
            "item": item.array(),
            "action": action.array(),
            "position": position.astype(np.int32),
            "value": value,
            "currency": currency.array(),
        }
    )
    if check.bad.any():
        table = table.filter(pa.array(~check.bad))
    return table, check.rejects


def _at(check: Check, reading: Reading) -> Numbers:
    column = check.column("at")
    if column is None:
        column = pa.array([reading.constants.get("at", "")] * check.rows, pa.string())
    found = columns.moments(column, check.where("at"), reading.zone, reading.unit)
    check.fail(
        found.loose,
        "at",
        "a time with its zone, such as 2026-01-31T09:00:00Z (if all of them are in one zone, say"
        " --zone Asia/Tokyo)",
    )
    check.fail(
        found.unit,
        "at",
        'a time such as 2026-01-31T09:00:00Z (for numbers since 1970, say time_unit = "s", "ms" or'
        ' "us" in the mapping)',
    )
    check.fail(found.odd, "at", "a time such as 2026-01-31T09:00:00Z")
    check.fail(
        found.at < EARLIEST, "at", "a time after 1990 (far in the past: is the unit or year wrong?)"
    )
    latest = reading.now + AHEAD
    check.fail(
        found.at > latest,
        "at",
        f"a time up to {clock.iso_day(clock.day(latest))} (far in the future: is the unit or year"
        " wrong?)",
    )
    return found.at


def _acts(check: Check) -> tuple[Words, Words]:
    """Returns kind (0: impression, 1: engagement) and action of each row.

    The action "impression" stands for a row of that kind; where no kind is told, a row without an
    action is an impression.
    """
    told, acts = check.words("kind"), check.words("action")
    seen = acts.where(lambda word: word == "impression")
    blank = acts.where(lambda word: not word)
    check.fail(
        acts.where(lambda word: bool(word) and word != "impression" and word not in ACTIONS),
        "action",
        lambda came: f"one of {', '.join(ACTIONS)}, or impression.{nearest(came, ACTIONS)}",
    )
    check.fail(
        told.where(lambda word: word in KINDS and word not in BROUGHT),
        "kind",
        "impression or engagement (rows of other kinds are written by Pittari itself)",
    )
    check.fail(
        told.where(lambda word: bool(word) and word not in KINDS),
        "kind",
        lambda came: f"impression or engagement.{nearest(came, BROUGHT)}",
    )
    impression = told.where(lambda word: word == "impression")
    engagement = told.where(lambda word: word == "engagement")
    check.fail(impression & ~blank & ~seen, "action", "no action on an impression")
    check.fail(engagement & (blank | seen), "action", f"one of {', '.join(ACTIONS)}")
    kinds = np.where(impression | seen | blank, 0, 1).astype(np.int32)
    actions = acts.mapped({"impression": ""})
    return Words(kinds, list(BROUGHT)), actions


def _id(check: Check, field: str) -> Words:
    found = check.words(field)
    check.fail(found.where(lambda word: not word), field, f"the id of the {field}")
    _fits(check, field, found)
    return found


def _word(check: Check, field: str) -> Words:
    found = check.words(field)
    _fits(check, field, found)
    return found


def _fits(check: Check, field: str, found: Words) -> None:
    check.fail(found.where(lambda word: len(word) > 128), field, "at most 128 characters")
    check.fail(
        found.where(lambda word: _CONTROL.search(word) is not None),
        field,
        "text without control characters such as NUL",
    )


def _number(check: Check, field: str, most: int) -> Numbers:
    column = check.column(field)
    if column is None:
        column = pa.array([check.words(field).words[0]] * check.rows, pa.string())
    numbers, odd = columns.whole(column, check.where(field))
    check.fail(odd, field, "a whole number")
    check.fail((numbers < 0) | (numbers > most), field, f"a whole number from 0 to {most:,}")
    return numbers


def _event_ids(check: Check) -> pa.Array:
    column = check.column("event_id")
    if column is None:
        return pa.nulls(check.rows, pa.string())
    found = _word(check, "event_id")
    empty = found.where(lambda word: not word)
    texts = found.array().dictionary_decode()
    return pc.if_else(pa.array(empty), pa.scalar(None, pa.string()), texts)
