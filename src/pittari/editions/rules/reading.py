"""How TOML becomes rules: every slip is answered with file, line, key and the nearest word."""

from __future__ import annotations

import re
import tomllib
from itertools import zip_longest
from pathlib import Path as File

import msgspec

from pittari.editions.rules.checking import Fault, check
from pittari.editions.rules.language import COUNTRY, NAME, SPAN, TIME, Rules
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
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits
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


def _converted(told: dict[str, object]) -> Rules:
    try:
        return msgspec.convert(told, Rules)
    except msgspec.ValidationError as error:
        key, sentence = fault(str(error), Rules)
        for pattern, words in _WORDS.items():
            sentence = sentence.replace(f"`str` matching regex {pattern!r}", words)
        raise Fault(_path(key, told), sentence) from error


_WORDS = {
    TIME: "a time such as 08:00",
    SPAN: "a span such as 30m, 3h or 2d",
    NAME: "small letters, digits and hyphens",
    COUNTRY: "two capital letters, such as JP",
}
"""What a pattern asks for, as an editor would say it."""


def _path(key: str, told: object) -> Path:
    """The steps of a key. Where the error left one out, the first that leads on is taken."""
    steps = re.findall(r"\.\.\.|[^.\[\]]+", key)
    path: Path = ()
    for step, then in zip_longest(steps, steps[1:]):
        if step == "..." and isinstance(told, dict):
            inside = (k for k, v in told.items() if isinstance(v, dict) and then in v)
            found: str | int | None = next(inside, None)
            if found is None:
                return path
        else:
            found = int(step) if step.isdigit() else step
        path = (*path, found)
        told = _below(told, found)
    return path


def _below(told: object, step: str | int) -> object:
    if isinstance(told, dict):
        return told.get(step)
    return told[step] if isinstance(told, list) and isinstance(step, int) else None


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
