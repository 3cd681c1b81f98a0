"""Items, users, entitlements and topics: each row becomes its struct, or says why it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from pittari import clock
from pittari.errors import Invalid
from pittari.importing.chunks import Chunk, Reject, excerpt, shown
from pittari.importing.mapping import DOTTED, LISTS, STRUCTS, PlacedTopic
from pittari.model.catalog import Entitlement, Item, User

Thing = Item | User | Entitlement | PlacedTopic

_WHOLE = re.compile(r"\s*([+-]?[0-9]{1,18})(?:\.0*)?\s*")
_FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_NUMBERS = frozenset({"price", "sends", "main"})
_YES_NO = frozenset({"adult", "premium", "hazard", "sensitive"})
_MOMENTS = frozenset(
    {"sold_from", "sold_until", "since", "until"}
    | {"published", "updated", "stale_at", "embargo", "main_at"}
)
_UNITS = {"s": clock.SECOND, "ms": 1000, "us": 1}
_A_TIME = "a time with its zone, such as 2026-01-31T09:00:00Z"


class _Wrong(Exception):
    """A cell is not what it has to be."""

    def __init__(self, expected: str) -> None:
        super().__init__(expected)
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Making:
    """How rows of one file become structs: `fields` is source column to field."""

    file: str
    kind: str
    fields: Mapping[str, str]
    constants: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    separators: Mapping[str, str]
    zone: ZoneInfo | None
    unit: str


def made(chunk: Chunk, making: Making) -> tuple[list[Thing], list[Reject]]:
    """Returns the structs of a chunk's good rows, and why the others are none."""
    things: list[Thing] = []
    rejects: list[Reject] = []
    struct: Any = STRUCTS[making.kind]
    for number, row in enumerate(chunk.dicts()):
        column = ""
        try:
            told: dict[str, Any] = {}
            for column, cell in row.items():
                _put(told, making.fields[column], cell, making)
            for column, text in making.constants.items():
                _put(told, column, text, making)
            things.append(msgspec.convert(told, struct))
        except _Wrong as wrong:
            got = row.get(column, making.constants.get(column))
            place = (making.file, chunk.lines[number], column)
            rejects.append(Reject(*place, wrong.expected, shown(got), excerpt(row)))
        except msgspec.ValidationError as error:
            column, expected, came = _sentence(error, row, making)
            place = (making.file, chunk.lines[number], column)
            rejects.append(Reject(*place, expected, came, excerpt(row)))
    return things, rejects


def _put(told: dict[str, Any], field: str, cell: Any, making: Making) -> None:
    """Writes a cell to where its field lies."""
    if not field or cell is None:
        return
    if isinstance(cell, str):
        cell = making.values.get(field, {}).get(cell, cell)
    head, dot, language = field.partition(".")
    if dot:
        told.setdefault(head, {})[language] = _text(cell)
    elif head in DOTTED.get(making.kind, ()):
        told.setdefault(head, {}).update(_texts(cell, head))
    elif head in LISTS:
        told[head] = _list(cell, making.separators.get(head, "|"))
    elif head in _NUMBERS:
        told[head] = _number(cell)
    elif head in _YES_NO:
        told[head] = _flag(cell)
    elif head in _MOMENTS:
        told[head] = _moment(cell, making)
    else:
        told[head] = _text(cell)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        cell = int(cell)
    if isinstance(cell, int) and not isinstance(cell, bool):
        cell = str(cell)
    if not isinstance(cell, str):
        raise _Wrong("text")
    if "\0" in cell:
        raise _Wrong("text without NUL characters")
    try:
        cell.encode()
    except UnicodeEncodeError as error:
        raise _Wrong("text of whole Unicode characters, not half a surrogate pair") from error
    return cell


def _texts(cell: Any, head: str) -> dict[str, str]:
    if isinstance(cell, list) and all(isinstance(pair, tuple) for pair in cell):
        cell = dict(cell)
    if not isinstance(cell, dict):
        raise _Wrong(f"one text per language, in columns such as {head}.en and {head}.ja")
    return {_text(language): _text(text) for language, text in cell.items() if text is not None}


def _list(cell: Any, separator: str) -> list[str]:
    if isinstance(cell, str):
        parts: Iterable[Any] = (part.strip() for part in cell.split(separator))
        cell = [part for part in parts if part]
    if not isinstance(cell, list | tuple):
        raise _Wrong(f'a list, or text with "{separator}" between its entries')
    return [_text(part) for part in cell]


def _number(cell: Any) -> int:
    if isinstance(cell, str) and (match := _WHOLE.fullmatch(cell)):
        return int(match.group(1))
    if isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < 1 << 63:
        return cell
    if isinstance(cell, float | Decimal) and cell % 1 == 0:
        return int(cell)
    raise _Wrong("a whole number")


def _flag(cell: Any) -> bool:
    if isinstance(cell, bool):
        return cell
    found = _FLAGS.get(str(cell).strip().lower())
    if found is None:
        raise _Wrong("true or false")
    return found


def _moment(cell: Any, making: Making) -> datetime:
    if isinstance(cell, str):
        cell = _told(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if not making.unit:
            raise _Wrong(f'{_A_TIME} (for numbers, say time_unit = "s", "ms" or "us")')
        try:
            cell = clock.moment(int(cell * _UNITS[making.unit]))
        except (OverflowError, ValueError) as error:
            raise _Wrong("a time before the year 10000") from error
    if isinstance(cell, date) and not isinstance(cell, datetime):
        cell = datetime.combine(cell, time())
    if not isinstance(cell, datetime):
        raise _Wrong(_A_TIME)
    if cell.tzinfo is None:
        if making.zone is None:
            raise _Wrong(f"{_A_TIME} (if all times are in one zone, say --zone Asia/Tokyo)")
        cell = cell.replace(tzinfo=making.zone)
    try:
        return clock.moment(clock.micros(cell))
    except Invalid as error:
        raise _Wrong("a time from the year 1 to 9999") from error


def _told(text: str) -> datetime | int:
    """Returns the time or number that a text says."""
    match = _WHOLE.fullmatch(text)
    if match:
        return int(match.group(1))
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _Wrong(_A_TIME) from error


_PROBLEM = re.compile(r"(.+?)(?: - at `(?:key in )?\$\.?([^`\[.]*)[^`]*`)?$", re.DOTALL)


def _sentence(
    error: msgspec.ValidationError, row: Mapping[str, Any], making: Making
) -> tuple[str, str, str]:
    """Returns column, what was expected and what came."""
    match = _PROBLEM.match(str(error))
    problem, field = (match.group(1), match.group(2) or "") if match else (str(error), "")
    missing = re.match(r"Object missing required field `(\w+)`", problem)
    if missing:
        return missing.group(1), f"the {missing.group(1)}", "nothing"
    column = next((name for name in row if making.fields[name].split(".")[0] == field), field)
    got = row.get(column, making.constants.get(column))
    return column, _expected(problem, field, making.kind), shown(got)


_LIMITS = (
    (r"`str` of length <= (\d+)", "text of at most {} characters"),
    (r"`array` of length <= (\d+)", "a list of at most {} entries"),
    (r"`object` of length <= (\d+)", "texts in at most {} languages"),
    (r"`int` >= (\d+)", "a whole number, {} or more"),
    (r"`int` <= (\d+)", "a whole number up to {}"),
)


def _expected(problem: str, field: str, kind: str) -> str:
    """Returns what msgspec expected of a field, in words."""
    if field in ("id", "user", "item"):
        return "an id of 1 to 128 characters without control characters"
    if field == "currency":
        return "three capital letters, such as JPY"
    if "Invalid enum value" in problem:
        told = msgspec.json.schema(STRUCTS[kind])["$defs"][STRUCTS[kind].__name__]
        words = told["properties"][field]["enum"]
        return "one of " + ", ".join(word for word in words if word)
    for pattern, words in _LIMITS:
        if match := re.search(pattern, problem):
            return words.format(f"{int(match.group(1)):,}")
    return problem
