"""Which of their columns is which of our fields?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import msgspec

from pittari.errors import DataError, nearest
from pittari.model.catalog import Entitlement, Item, Moment, User
from pittari.model.event import COLUMNS
from pittari.model.topic import Topic
from pittari.settings import Table
from pittari.settings.tables import said


class PlacedTopic(Topic, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of a file of topics: the topic, and where the main tab had it at a time."""

    main: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    main_at: Moment | None = None


EVENT_FIELDS = tuple(name for name in COLUMNS if name != "body")
STRUCTS = {"items": Item, "users": User, "entitlements": Entitlement, "topics": PlacedTopic}
FIELDS: dict[str, tuple[str, ...]] = {
    **{kind: struct.__struct_fields__ for kind, struct in STRUCTS.items()},
    "events": EVENT_FIELDS,
}
"""What a file of each kind may hold."""
REQUIRED = {
    "items": ("id",),
    "users": ("id",),
    "entitlements": ("user", "item"),
    "topics": ("id", "published"),
    "events": ("at", "user", "item"),
}
DOTTED = {"items": ("title", "description", "caption"), "topics": ("titles",)}
"""Fields with one text per language, by kind: their columns are `title.en`, `title.ja`."""
LISTS = ("tags", "regions")


class Mapping(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping file: how a file from elsewhere is read."""

    columns: Annotated[dict[str, str], said("Their column to our field.")] = msgspec.field(
        default_factory=dict
    )
    constants: Annotated[dict[str, str], said("Our field to a value that every row has.")] = (
        msgspec.field(default_factory=dict)
    )
    values: Annotated[
        dict[str, dict[str, str]], said("Our field to a table of their value to our value.")
    ] = msgspec.field(default_factory=dict)
    separators: Annotated[
        dict[Literal["tags", "regions"], str],
        said("What stands between the entries of a list; `|` unless told otherwise."),
    ] = msgspec.field(default_factory=dict)
    ignore: Annotated[
        tuple[str, ...], said('Columns that are not read; `["*"]`: all that are not ours.')
    ] = ()
    zone: Annotated[str, said("Zone of times that name none, such as `Asia/Tokyo`.")] = ""
    time_unit: Annotated[
        Literal["", "s", "ms", "us"], said("Unit of times that are numbers since 1970 (UTC).")
    ] = ""
    encoding: Annotated[str, said("Encoding of a text file; UTF-8 unless told otherwise.")] = ""
    delimiter: Annotated[
        Annotated[str, msgspec.Meta(max_length=1)], said("What stands between cells of a CSV file.")
    ] = ""


def checked(mapping: Mapping, kind: str) -> Mapping:
    """Returns the mapping if all it names exists for this kind of file. Raises `DataError`."""
    for key, names in (
        ("columns", mapping.columns.values()),
        ("constants", mapping.constants),
        ("values", mapping.values),
    ):
        for name in names:
            if not known(name, kind):
                raise DataError(f"mapping: {key}: {_no_field(name, kind, '')}")
    zone_of(mapping.zone)
    return mapping


def zone_of(name: str) -> ZoneInfo | None:
    """Returns the zone of this name; nothing for an empty one. Raises `DataError`."""
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = nearest(name, available_timezones())
        raise DataError(
            f'zone: expected the name of a time zone such as Asia/Tokyo, got "{name}".{near}'
        ) from error


def known(field: str, kind: str) -> bool:
    """Returns whether a field (`title.en` too) exists for this kind of file."""
    head, dot, tail = field.partition(".")
    if dot:
        return head in DOTTED.get(kind, ()) and bool(tail)
    return head in FIELDS[kind]


def resolve(mapping: Mapping, kind: str, names: Sequence[str], file: str) -> dict[str, str]:
    """Returns source column to field for a file with these columns.

    Raises `DataError` for a column that stands twice, is unknown or is missing.
    """
    _once(names, file)
    for name in mapping.columns:
        if name not in names:
            raise DataError(
                f'{file}: the mapping speaks of a column "{name}", and the file has none.'
                f"{nearest(name, names)} It has: {_listed(names)}"
            )
    found: dict[str, str] = {}
    for name in names:
        field = field_of(mapping, kind, name)
        if field is None:
            raise DataError(f"{file}: " + _no_field(name, kind, f"{HOW_TO_IGNORE}."))
        if field:
            found[name] = field
    _unambiguous(found, mapping, file)
    present = {*found.values(), *mapping.constants}
    for field in REQUIRED[kind]:
        if field not in present:
            loose = [name for name in names if name not in found]
            raise DataError(
                f'{file}: there is no column "{field}", and {kind} need one.'
                f"{nearest(field, loose)} It has: {_listed(names)}. Map one to it with"
                f' [columns] "THEIRS" = "{field}"'
            )
    return found


HOW_TO_IGNORE = ' Map it under [columns], or leave it out with ignore = ["{name}"]'


def field_of(mapping: Mapping, kind: str, name: str) -> str | None:
    """Returns the field of a source column, "" when it is not read, nothing when unknown."""
    if name in mapping.columns:
        return mapping.columns[name]
    if name in mapping.ignore:
        return ""
    if known(name, kind):
        return name
    return "" if "*" in mapping.ignore else None


def unknown_key(name: str, kind: str) -> str:
    """Returns what to expect instead of an unknown key of a JSON line."""
    return f"a field of {kind}.{nearest(name, FIELDS[kind])}" + HOW_TO_IGNORE.format(name=name)


def _once(names: Sequence[str], file: str) -> None:
    first: dict[str, int] = {}
    for number, name in enumerate(names, 1):
        if name in first:
            raise DataError(
                f'{file}: header: expected each column once, got "{name}" twice (columns'
                f" {first[name]} and {number}); rename one of them"
            )
        first[name] = number


def _unambiguous(found: dict[str, str], mapping: Mapping, file: str) -> None:
    sources: dict[str, str] = {}
    for name, field in found.items():
        other = sources.setdefault(field, name)
        if other != name:
            raise DataError(
                f'{file}: the columns "{other}" and "{name}" both stand for "{field}"; expected'
                f' one; leave one out with ignore = ["{name}"]'
            )
        if field in mapping.constants:
            raise DataError(
                f'{file}: "{field}" comes from the column "{name}" and from [constants]; expected'
                " one of them"
            )


def _no_field(name: str, kind: str, advice: str) -> str:
    dotted = [f"{head}.{lang}" for head in DOTTED.get(kind, ())[:1] for lang in ("en", "ja")]
    near = nearest(name, [*FIELDS[kind], *dotted])
    return (
        f'column "{name}": {kind} have no such field.{near}{advice.format(name=name)}'
        f" Fields: {', '.join(FIELDS[kind])}"
    )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:20])
    return f"{shown}, ... ({len(names)} columns)" if len(names) > 20 else shown
