"""What is wrong with a rule file, in the language of who wrote it?"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from pittari.editions.rules import RuleError

_TOLD = re.compile(
    r'.+?, line \d+: (?:(?:keep_out|rule) (?:"(?P<name>[^"]+)"|\d+): )?'
    r'(?:key "(?P<key>[^"]+)": )?(?P<what>.+)',
    re.DOTALL,
)
_NEAREST = re.compile(r' Did you mean "(.+)"\?$')


def told(error: RuleError, language: str) -> str:
    """Returns an error of a rule file as a sentence; in English where no other is known."""
    found = _TOLD.fullmatch(str(error))
    if language == "en" or found is None:
        return str(error)
    words = _words()
    what, nearest = found["what"], _NEAREST.search(found["what"])
    said = _said(_NEAREST.sub("", what), words)
    if nearest:
        said += words["nearest"].format(word=nearest[1])
    name = words["rule"].format(name=found["name"]) if found["name"] else ""
    key = words["key"].format(key=found["key"]) if found["key"] else ""
    where = words["where"].format(line=error.line)
    return f"{where} {name}{key}：{said}" if name or key else f"{where}：{said}"


def _said(what: str, words: dict[str, Any]) -> str:
    for fault in words["fault"]:
        match = re.fullmatch(fault["en"], what, re.DOTALL)
        if match:
            kinds = words["kinds"]
            return str(fault["ja"]).format(*(kinds.get(one, one) for one in match.groups()))
    return what


@cache
def _words() -> dict[str, Any]:
    text = (files("pittari.web") / "words" / "faults.ja.toml").read_text("utf-8")
    return tomllib.loads(text)
