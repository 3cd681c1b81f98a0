"""How TOML becomes settings: every slip is answered with file, key and the nearest right word."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from pittari.clock import Laps
from pittari.errors import SettingsError, nearest
from pittari.settings.tables import Settings, Shelves, Table


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with its settings, read and checked."""

    folder: Path
    settings: Settings
    shelves: Shelves

    @property
    def database_url(self) -> str:
        """The database URL with a relative SQLite path made absolute."""
        url, prefix = self.settings.store.url, "sqlite:///"
        return (
            prefix + str(self.folder / url.removeprefix(prefix)) if url.startswith(prefix) else url
        )

    @property
    def lake(self) -> Path:
        return self.folder / self.settings.store.lake

    @property
    def parameters(self) -> Path:
        return self.folder / self.settings.store.parameters

    @property
    def newsroom_clock(self) -> Laps | None:
        """The clock that editions go by where it is not the real one. Raises `SettingsError`."""
        name = self.settings.digest.clock
        if not name:
            return None
        path = self.folder / name
        try:
            return msgspec.json.decode(path.read_bytes(), type=Laps)
        except (OSError, msgspec.DecodeError) as error:
            raise SettingsError(f"{path}: expected a clock that runs in laps ({error})") from error


def project(folder: Path) -> Project:
    """Reads a project folder. Raises `SettingsError` with file, key and the nearest right word."""
    main = folder / "pittari.toml"
    if not main.is_file():
        raise SettingsError(
            f"{main}: expected a settings file; make one with `pittari init {folder}`"
        )
    shelf = folder / "touchpoints" / "shelf.toml"
    shelves = read(shelf, Shelves) if shelf.is_file() else default_shelves()
    return Project(folder.resolve(), read(main, Settings), shelves)


def default_shelves() -> Shelves:
    """Returns the shelves that stand when a project says nothing."""
    path = Path(__file__).parents[1] / "touchpoints" / "shelf.toml"
    return read(path, Shelves)


def digest(table: Table) -> str:
    """Returns 12 letters that change when any setting of the table does."""
    return hashlib.sha256(msgspec.json.encode(table)).hexdigest()[:12]


T = TypeVar("T", bound=Table)


def read(path: Path, kind: type[T]) -> T:
    """Reads a TOML file as a table of `kind`. Raises `SettingsError`."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as UTF-8 text ({error})") from error
    return parse(text, kind, str(path))


def parse(text: str, kind: type[T], name: str) -> T:
    """Reads TOML text as a table of `kind`; `name` stands in errors. Raises `SettingsError`."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{name}: not TOML: {error}") from error
    try:
        table = msgspec.convert(told, kind)
    except msgspec.ValidationError as error:
        key, sentence = fault(str(error), kind)
        where = f'key "{key}": ' if key else ""
        raise SettingsError(f"{name}: {where}{sentence}") from error
    if isinstance(table, Shelves):
        check_shelves(table, name)
    return table


HEAVIEST = 1_000_000
"""The largest weight of a source."""

_UNKNOWN = re.compile(r"unknown field `([^`]+)`(?: - at `\$(.*)`)?")
_WRONG = re.compile(r"(.+?)(?: - at `\$\.?(.*)`)?$", re.DOTALL)


def fault(problem: str, kind: type[Table]) -> tuple[str, str]:
    """Turns a validation error into its key and a sentence with the nearest right word."""
    unknown = _UNKNOWN.search(problem)
    if unknown:
        word, where = unknown.group(1), (unknown.group(2) or "").lstrip(".")
        words = _fields_at(kind, where)
        key = f"{where}.{word}" if where else word
        return key, f"there is no such setting.{nearest(word, words)}"
    match = _WRONG.match(problem)
    what, where = (match.group(1), match.group(2) or "") if match else (problem, "")
    return where, (f"{what[:1].lower()}{what[1:]}" if where else what)


def _fields_at(kind: type[Table], where: str) -> list[str]:
    for step in re.findall(r"[a-z_]+", where):
        named = {f.encode_name: f.name for f in msgspec.structs.fields(kind)}
        kind = _table_in(get_type_hints(kind).get(named.get(step, step))) or kind
    return list(kind.__struct_encode_fields__)


def _table_in(hint: Any) -> type[Table] | None:
    if isinstance(hint, type) and issubclass(hint, Table):
        return hint
    if get_origin(hint) is None:
        return None
    return next((t for t in map(_table_in, get_args(hint)) if t), None)


def check_shelves(shelves: Shelves, name: str) -> None:
    """Raises `SettingsError` for shelves that contradict themselves; `name` stands in errors."""
    seen: set[str] = set()
    for i, shelf in enumerate(shelves.shelf):
        at = f'{name}: key "shelf[{i}]" ("{shelf.name}")'
        if shelf.name in seen:
            raise SettingsError(f"{at}: this name stands twice; give each shelf its own")
        seen.add(shelf.name)
        if not shelf.sources:
            raise SettingsError(f"{at}: sources: expected at least one, such as popular = 1.0")
        for source, weight in shelf.sources.items():
            if not 0 <= weight <= HEAVIEST:
                raise SettingsError(
                    f"{at}: sources.{source}: expected 0 to {HEAVIEST:,}, got {weight}"
                )
        for pin in shelf.pin:
            if pin.place > shelf.n:
                raise SettingsError(
                    f"{at}: pin {pin.item}: expected a place from 1 to {shelf.n}, got {pin.place}"
                )
        for quota in shelf.quota:
            if quota.at_most is not None and quota.at_least > quota.at_most:
                raise SettingsError(
                    f"{at}: a quota asks for at_least {quota.at_least} and at_most {quota.at_most};"
                    " lower one or raise the other"
                )
        floor = sum(quota.at_least for quota in shelf.quota)
        if floor > shelf.n:
            raise SettingsError(
                f"{at}: quotas ask for {floor} places and the shelf has {shelf.n}; lower at_least"
            )


def fields(
    kind: type[Table], prefix: str = "", *, deep: bool = True
) -> Iterator[tuple[str, str, object]]:
    """Yields every setting as (key, sentence, default): what the docs must hold.

    `deep`: for a setting that is itself a table, its settings in its place.
    """
    hints = get_type_hints(kind, include_extras=True)
    for info in msgspec.structs.fields(kind):
        key = f"{prefix}{info.encode_name}"
        hint = hints[info.name]
        metas = [m for m in getattr(hint, "__metadata__", ()) if isinstance(m, msgspec.Meta)]
        below = _table_in(hint) if deep else None
        if below:
            many = "[]" if get_origin(get_args(hint)[0] if metas else hint) is tuple else ""
            yield from fields(below, f"{key}{many}.")
        else:
            said = [m.description for m in metas if m.description]
            made = info.default_factory
            default = info.default if made is msgspec.NODEFAULT else made()
            yield key, str(said[-1] if said else ""), default
