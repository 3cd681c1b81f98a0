"""On which line does a key stand? tomllib does not tell, and an editor must know."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_KEY = re.compile(r"[A-Za-z0-9_-]+|\"(?:[^\"\\]|\\.)*\"|'[^']*'")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""+|\'\'\'.*?\'\'\'+|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL
)
_BARE = re.compile(r"[^,\]}#\n]+")
_BLANK = re.compile(r"(?:\s|#[^\n]*)*")


def lines(text: str) -> dict[Path, int]:
    """Returns the line, from 1, of every key, table and array element of valid TOML text.

    A path is keys and array positions: ("rule", 2, "where", "section").
    """
    return _Scan(text).found


def line_of(path: Path, found: dict[Path, int]) -> int:
    """Returns the line of a path, or of the nearest thing around it; 1 when there is none."""
    while path and path not in found:
        path = path[:-1]
    return found.get(path, 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.found: dict[Path, int] = {}
        self.many: dict[Path, int] = {}
        table: Path = ()
        while self._blank():
            if self._next() == "[":
                table = self._header()
            else:
                self._pair(table)

    def _blank(self) -> bool:
        self.at = self._match(_BLANK).end()
        return self.at < len(self.text)

    def _match(self, what: re.Pattern[str]) -> re.Match[str]:
        match = what.match(self.text, self.at)
        assert match is not None, "the text was valid TOML"  # noqa: S101
        return match

    def _next(self) -> str:
        return self.text[self.at]

    def _mark(self, path: Path) -> None:
        self.found.setdefault(path, self.text.count("\n", 0, self.at) + 1)

    def _header(self) -> Path:
        double = self.text.startswith("[[", self.at)
        here = self.at
        self.at += 2 if double else 1
        keys = self._keys()
        path: Path = ()
        here, self.at = self.at, here
        for key in keys[:-1]:
            path = self._inside((*path, key))
            self._mark(path)
        path = (*path, keys[-1])
        self._mark(path)
        if double:
            self.many[path] = self.many.get(path, -1) + 1
        path = self._inside(path)
        self._mark(path)
        self.at = here + (2 if double else 1)
        return path

    def _inside(self, path: Path) -> Path:
        return (*path, self.many[path]) if path in self.many else path

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._blank()
            key = self._match(_KEY)
            self.at = key.end()
            keys.append(key.group().strip("\"'"))
            self._blank()
            if self._next() != ".":
                return keys
            self.at += 1

    def _pair(self, table: Path) -> None:
        self._blank()
        here = self.at
        path = (*table, *self._keys())
        after, self.at = self.at, here
        for i in range(len(table) + 1, len(path) + 1):
            self._mark(path[:i])
        self.at = after + 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._blank()
        match self._next():
            case '"' | "'":
                self.at = self._match(_STRING).end()
            case "[":
                self._many(path, "]")
            case "{":
                self._many(path, "}")
            case _:
                self.at = self._match(_BARE).end()

    def _many(self, path: Path, end: str) -> None:
        self.at += 1
        i = 0
        while self._blank() and self._next() != end:
            if end == "]":
                self._mark((*path, i))
                self._value((*path, i))
            else:
                self._pair(path)
            i += 1
            self._blank()
            if self._next() == ",":
                self.at += 1
        self.at += 1
