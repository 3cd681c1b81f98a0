"""Writes the pages of the docs that are told by the code; `--check` only compares."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import msgspec

from pittari.editions.rules import (
    ATTRIBUTES,
    EDITIONS,
    OBJECTIVES,
    Compare,
    Edition,
    KeepOut,
    Places,
    Rule,
    When,
    default_rules,
    described,
    gives_way,
    spoken,
)
from pittari.editions.rules.language import Where
from pittari.settings import Settings, Shelves, Table, fields

HERE = Path(__file__).parent
HEAD = """\
# Settings

Two TOML files in the project's folder; `pittari init` writes both. A key that does not exist, a
value of the wrong kind or out of its limits is refused with the file, the key and the nearest
right word, before anything runs. Commands read the files anew; a running server keeps what it read
when it started. This page is written by `make docs` from the code.
"""


def table(kind: type[Table], *, deep: bool = True) -> str:
    rows = ["| key | what it says | when silent |", "|---|---|---|"]
    for key, sentence, default in fields(kind, deep=deep):
        shown = "required" if default is msgspec.NODEFAULT else shown_value(default)
        rows.append(f"| `{key}` | {sentence} | {shown} |")
    return "\n".join(rows)


def shown_value(default: object) -> str:
    if default in (None, "", (), {}):
        return "nothing"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def settings() -> str:
    return "\n".join(
        [
            HEAD,
            "## pittari.toml",
            "",
            table(Settings),
            "",
            "## touchpoints/shelf.toml",
            "",
            "A shelf's `where` names items by any of the words of a match; all words given must",
            "fit. An example stands in `src/pittari/touchpoints/shelf.toml`.",
            "",
            table(Shelves),
            "",
        ]
    )


def where(example: str) -> Where:
    return msgspec.convert(tomllib.loads(example), Where)


def attributes() -> str:
    rows = [
        "| attribute | what it means | example | in English | in Japanese |",
        "|---|---|---|---|---|",
    ]
    for name, one in ATTRIBUTES.items():
        aloud = " | ".join(described(where(one.example), locale) for locale in ("en", "ja"))
        rows.append(f"| `{name}` | {one.meaning} | `{one.example}` | {aloud} |")
    return "\n".join(rows)


def objectives() -> str:
    rows = ["| `by` | what it means |", "|---|---|"]
    rows += [f"| `{name}` | {one.meaning} |" for name, one in OBJECTIVES.items()]
    return "\n".join(rows)


def shipped() -> str:
    told = []
    for name in EDITIONS:
        told.append(f"**{name}**\n")
        rules = default_rules(name)
        for rule in (*rules.keep_out, *rules.rules):
            told.append(f"- `{rule.name}`: {spoken(rule, 'en')} {spoken(rule, 'ja')}")
            if isinstance(rule, Rule):
                told[-1] += f" *{gives_way(rule, 'en')}*"
        told.append("")
    return "\n".join(told)


def rules() -> str:
    """The page of rules: its prose as it stands, its tables from the code."""
    parts = {
        "edition": table(Edition),
        "places": table(Places, deep=False),
        "keep_out": table(KeepOut, deep=False),
        "rule": table(Rule, deep=False),
        "when": table(When),
        "compare": table(Compare),
        "attributes": attributes(),
        "objectives": objectives(),
        "shipped": shipped(),
    }
    text = (HERE / "rules.md").read_text("utf-8")
    for name, told in parts.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text = marked.sub(lambda m, told=told: f"{m[1]}{told}\n{m[2]}", text)
    return text


def main() -> int:
    pages = {"settings.md": settings(), "rules.md": rules()}
    if "--check" in sys.argv:
        return int(any((HERE / name).read_text("utf-8") != text for name, text in pages.items()))
    for name, text in pages.items():
        (HERE / name).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
