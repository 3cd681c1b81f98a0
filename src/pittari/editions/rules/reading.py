"""How TOML becomes rules: every slip is answered with file, line, key and the nearest word."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path as File

import msgspec

from pittari.editions.rules.checking import Fault, check
from pittari.editions.rules.language import Rules
from pittari.editions.rules.lines import Path, line_of, lines
from pittari.errors import SettingsError
from pittari.settings.reading import fault

EDITIONS = ("morning", "noon", "evening")
"""The rule files that come with the product."""


class RuleError(SettingsError):
    """A rule file says what it cannot say; `line` (from 1) and `key` tell where."""

    def __init__(self, text: str, line: int, key: str) -> None:
        super().__init__(text)
        self.line = line
        self.key = key


def default_text(name: str) -> str:
    """Returns the text of a rule file that comes with the product, one of `EDITIONS`."""
    folder = File(__file__).parents[2] / "touchpoints" / "digest"
    return (folder / f"{name}.toml").read_text("utf-8")


def default_rules(name: str) -> Rules:
    """Returns the rules that come with the product for one of `EDITIONS`."""
    return read_rules(default_text(name), f"{name}.toml")


def read_rules(text: str, name: str) -> Rules:
    """Reads a rule file; `name` stands in errors. Raises `RuleError`, a `SettingsError`.

    Rules come back highest priority first, with owner and review date filled in from the edition.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        raise RuleError(f"{name}, line {line}: not TOML: {error}", line, "") from error
    try:
        return check(_converted(told))
    except Fault as slip:
        line = line_of(slip.path, lines(text))
        key = _spelled(slip.path)
        said = f'key "{key}": {slip.text}' if key else slip.text
        raise RuleError(
            f"{name}, line {line}: {_named(told, slip.path)}{said}", line, key
        ) from slip


def _converted(told: object) -> Rules:
    try:
        return msgspec.convert(told, Rules)
    except msgspec.ValidationError as error:
        key, sentence = fault(str(error), Rules)
        raise Fault(_path(key), sentence) from error


def _path(key: str) -> Path:
    steps = re.findall(r"[^.\[\]]+", key)
    return tuple(int(step) if step.isdigit() else step for step in steps)


def _spelled(path: Path) -> str:
    """The key within its rule: ("rule", 2, "where", "kind") is where.kind."""
    inside = path[2:] if path[:1] in {("rule",), ("keep_out",)} and len(path) > 1 else path
    return ".".join(str(step) for step in inside)


def _named(told: dict[str, object], path: Path) -> str:
    """The name of the rule a path leads into, for the error."""
    match path:
        case (str(table), int(i), *_):
            several = told.get(table)
            one = several[i] if isinstance(several, list) and i < len(several) else None
            name = one.get("name") if isinstance(one, dict) else None
            return f'{table} "{name}": ' if isinstance(name, str) else f"{table} {i + 1}: "
    return ""


__all__ = ["EDITIONS", "RuleError", "default_rules", "default_text", "read_rules"]
