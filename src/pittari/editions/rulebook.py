"""Which rules are in force? What the desk published, else the project's file, else the shipped."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pittari.editions.rules import EDITIONS, RuleError, Rules, default_text, read_rules
from pittari.editions.rules.lines import line_of, lines
from pittari.errors import NotFound, SettingsError, nearest
from pittari.store.desk import Desk


class Rulebook:
    """The rule files of one project: `folder`/touchpoints/digest/NAME.toml, or those that come
    with the product where the project has none."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        own = folder / "touchpoints" / "digest"
        files = sorted(own.glob("*.toml")) if own.is_dir() else []
        self._files = {path.stem: path for path in files}
        self._desk = desk

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all editions."""
        return tuple(self._files) or EDITIONS

    def text(self, name: str) -> str:
        """Returns the text in force. Raises `NotFound`, and `SettingsError` for a file that
        cannot be read."""
        if name not in self.names:
            raise NotFound(f'there is no edition "{name}".{nearest(name, self.names)}')
        published = self._desk.published(name)
        return published.text if published else self.written(name)

    def written(self, name: str) -> str:
        """Returns the text of the file that stands where the desk published nothing."""
        path = self._files.get(name)
        if path is None:
            return default_text(name)
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{path}: cannot be read as UTF-8 text ({error})") from error

    def rules(self, name: str) -> Rules:
        """Returns the rules in force. Raises `NotFound`, and `SettingsError` with file and line."""
        return read_edition(self.text(name), name)


@lru_cache(256)
def read_edition(text: str, name: str) -> Rules:
    """Reads the rules of the edition of a name. Raises `RuleError`, also where they are those of
    another edition."""
    rules = read_rules(text, f"{name}.toml")
    told = rules.edition.name
    if told != name:
        line, key = line_of(("edition", "name"), lines(text)), "edition.name"
        said = f'{name}.toml, line {line}: key "{key}": expected "{name}", got "{told}"'
        raise RuleError(said, line, key)
    return rules
