"""Whole columns at once: text, numbers and times, checked by masks; only bad cells are touched."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pittari import clock
from pittari.errors import DataError
from pittari.model.catalog import Mask

Numbers = npt.NDArray[np.int64]

_WHOLE = re.compile(r"\s*([+-]?[0-9]{1,18})(?:\.0*)?\s*", re.ASCII)
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_ZONED = rf"^{_DATE}[T ]{_TIME}(?:Z|[+-][0-9]{{2}}(?::?[0-9]{{2}})?)$"
_NAIVE = rf"^{_DATE}(?:[T ]{_TIME})?$"
_DIGITS = r"^-?[0-9]{1,18}(?:\.0*)?$"
_UNITS = {"s": clock.SECOND, "ms": 1000, "us": 1}
_STEP = 15 * clock.MINUTE
_NEVER = np.iinfo(np.int64).min


@dataclass(slots=True)
class Words:
    """A column of text: each distinct text once, and for each row its number there."""

    codes: npt.NDArray[np.int32]
    words: list[str]

    def where(self, odd: Callable[[str], bool]) -> Mask:
        """Returns the rows whose text is odd; each distinct text is looked at once."""
        flags = np.fromiter(map(odd, self.words), np.bool_, len(self.words))
        found: Mask = flags[self.codes] if flags.any() else np.zeros(len(self.codes), np.bool_)
        return found

    def mapped(self, values: Mapping[str, str]) -> Words:
        """Returns the same rows with some texts replaced."""
        if not values:
            return self
        return Words(self.codes, [values.get(word, word) for word in self.words])

    def array(self) -> pa.DictionaryArray:
        """Returns the column for Arrow."""
        return pa.DictionaryArray.from_arrays(
            pa.array(self.codes), pa.array(self.words, pa.string())
        )


def same(word: str, rows: int) -> Words:
    """Returns a column that has one text in all its rows."""
    return Words(np.zeros(rows, np.int32), [word])


def words(column: pa.Array, where: str) -> Words:
    """Returns a column of text or whole numbers as words; nothing is the empty word.

    Raises `DataError` for a column of another type; `where` names it there.
    """
    try:
        column = _texts(column, where)
        coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        found = [word or "" for word in coded.dictionary.to_pylist()]
    except (UnicodeDecodeError, pa.ArrowInvalid) as error:
        raise DataError(f"{where}: expected UTF-8 text, got bytes that are not") from error
    codes = coded.indices
    if codes.null_count:
        found.append("")
        codes = pc.fill_null(codes, len(found) - 1)
    return Words(codes.to_numpy(zero_copy_only=False).astype(np.int32), found)


def _texts(column: pa.Array, where: str) -> pa.Array:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return column if _is_text(kind.value_type) else _texts(column.dictionary_decode(), where)
    if _is_text(kind):
        return column
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_null(kind) or pa.types.is_integer(kind):
        return pc.cast(column, pa.string())
    if pa.types.is_floating(kind):
        cells = column.to_numpy(zero_copy_only=False)
        if np.all(np.isnan(cells) | (np.floor(cells) == cells) & (np.abs(cells) < 2**53)):
            whole = pa.array(np.nan_to_num(cells).astype(np.int64), mask=np.isnan(cells))
            return pc.cast(whole, pa.string())
    raise DataError(f"{where}: expected a column of text, got one of {kind}")


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def whole(column: pa.Array, where: str) -> tuple[Numbers, Mask]:
    """Returns whole numbers, 0 for nothing, and which rows hold something else.

    Text and floats that stand for whole numbers are taken as such.
    """
    kind = column.type
    if pa.types.is_integer(kind):
        if pa.types.is_uint64(kind):
            column = pc.min_element_wise(column, pa.scalar(2**62, pa.uint64()))
        numbers = pc.fill_null(pc.cast(column, pa.int64()), 0).to_numpy(zero_copy_only=False)
        return numbers, np.zeros(len(column), np.bool_)
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        cells = pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False)
        cells = np.where(np.isnan(cells), 0.0, cells)
        odd = (np.floor(cells) != cells) | (np.abs(cells) > 2**53)
        return np.where(odd, 0.0, cells).astype(np.int64), odd
    found = words(column, where)
    table = [_number(word) for word in found.words]
    values = np.array([0 if value is None else value for value in table], np.int64)
    odd = np.array([value is None for value in table], np.bool_)
    return values[found.codes], odd[found.codes]


def _number(word: str) -> int | None:
    if not word:
        return 0
    match = _WHOLE.fullmatch(word)
    return int(match.group(1)) if match else None


@dataclass(slots=True)
class Moments:
    """A column of times in microseconds UTC; rows where a mask holds have none."""

    at: Numbers
    odd: Mask
    """What came is no time."""
    loose: Mask
    """What came is a time without a zone, and none was said."""
    unit: Mask
    """What came is a number, and its unit was not said."""


def moments(column: pa.Array, where: str, zone: ZoneInfo | None, unit: str) -> Moments:
    """Returns times from text (ISO 8601), numbers since 1970 or Arrow's own times.

    `zone`: that of times which name none; `unit`: s, ms or us for numbers.
    Raises `DataError` for a column of another type.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = pc.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _typed(column, zone)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        numbers, odd = whole(column, where)
        none = pc.is_null(column, nan_is_null=True).to_numpy(zero_copy_only=False)
        return _counted(numbers, odd | none, unit)
    if not _is_text(kind):
        raise DataError(f"{where}: expected a column of times, got one of {kind}")
    return _told(pc.fill_null(pc.cast(column, pa.string()), ""), zone, unit)


def _typed(column: pa.Array, zone: ZoneInfo | None) -> Moments:
    none = pc.is_null(column).to_numpy(zero_copy_only=False)
    zoned = pa.types.is_timestamp(column.type) and column.type.tz is not None
    instants = pc.cast(column, pa.timestamp("us", column.type.tz if zoned else None), safe=False)
    at = pc.fill_null(pc.cast(instants, pa.int64()), 0).to_numpy(zero_copy_only=False)
    blank = np.zeros(len(at), np.bool_)
    if zoned:
        return Moments(at, none, blank, blank)
    if zone is None:
        return Moments(at, none, ~none, blank)
    return Moments(_localised(at, zone), none, blank, blank)


def _counted(numbers: Numbers, odd: Mask, unit: str) -> Moments:
    blank = np.zeros(len(odd), np.bool_)
    if not unit:
        return Moments(numbers, odd, blank, ~odd)
    far = np.abs(numbers) > np.iinfo(np.int64).max // _UNITS[unit]
    return Moments(np.where(far, 0, numbers) * _UNITS[unit], odd | far, blank, blank)


def _told(texts: pa.Array, zone: ZoneInfo | None, unit: str) -> Moments:
    """Returns times from text. Clean columns take one pass; the rest is told apart by masks."""
    rows = len(texts)
    at = np.full(rows, _NEVER, np.int64)
    zoned = _matches(texts, _ZONED)
    naive = counted = np.zeros(rows, np.bool_)
    if not zoned.all():
        naive = ~zoned & _matches(texts, _NAIVE)
        counted = ~zoned & ~naive & _matches(texts, _DIGITS)
    _fill(at, zoned, texts, pa.timestamp("us", "UTC"))
    if zone is not None and naive.any():
        _fill(at, naive, texts, pa.timestamp("us"))
        there = naive & (at != _NEVER)
        at[there] = _localised(at[there], zone)
    if unit and counted.any():
        numbers, _ = whole(texts.filter(pa.array(counted)), "")
        at[counted] = _counted(numbers, np.zeros(len(numbers), np.bool_), unit).at
    loose = naive if zone is None else np.zeros(rows, np.bool_)
    bare = np.zeros(rows, np.bool_) if unit else counted
    return Moments(at, (at == _NEVER) & ~loose & ~bare, loose, bare)


def _matches(texts: pa.Array, pattern: str) -> Mask:
    found: Mask = pc.match_substring_regex(texts, pattern).to_numpy(zero_copy_only=False)
    return found


def _fill(at: Numbers, rows: Mask, texts: pa.Array, kind: pa.DataType) -> None:
    """Writes the times of some rows; what only looks like a time (month 13) stays out."""
    if not rows.any():
        return
    chosen = texts if rows.all() else texts.filter(pa.array(rows))
    if pc.max(pc.binary_length(chosen)).as_py() > 26:
        chosen = pc.replace_substring_regex(chosen, r"(\.[0-9]{6})[0-9]+", r"\1")
    instants = pc.cast(_parsed(chosen, kind), pa.int64())
    at[rows] = pc.fill_null(instants, _NEVER).to_numpy(zero_copy_only=False)


def _parsed(texts: pa.Array, kind: pa.DataType) -> Any:
    """Returns texts as times, null where that fails: halves what fails until the bad ones stand
    alone."""
    try:
        return pc.cast(texts, kind)
    except pa.ArrowInvalid:
        if len(texts) == 1:
            return pa.nulls(1, kind)
        middle = len(texts) // 2
        return pa.concat_arrays([_parsed(texts[:middle], kind), _parsed(texts[middle:], kind)])


def _localised(naive: Numbers, zone: ZoneInfo) -> Numbers:
    """Returns local times as UTC; zones change at quarters of an hour, so each is asked once.

    Of a time that comes twice (clocks set back) the first is meant.
    """
    blocks, where = np.unique(naive // _STEP, return_inverse=True)
    found = np.array([_offset(zone, int(block) * _STEP) for block in blocks], np.int64)
    utc: Numbers = naive - found[where]
    return utc


def _offset(zone: ZoneInfo, naive: int) -> int:
    try:
        local = datetime(1970, 1, 1) + timedelta(microseconds=naive)
        offset = zone.utcoffset(local)
    except OverflowError:
        offset = None
    return 0 if offset is None else offset // timedelta(microseconds=1)
