"""Writes the pages of the docs that are told by the code; `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec

from pittari.settings import Settings, Shelves, Table, fields

HERE = Path(__file__).parent
HEAD = """\
# Settings

Two TOML files in the project's folder; `pittari init` writes both. A key that does not exist, a
value of the wrong kind or out of its limits is refused with the file, the key and the nearest
right word, before anything runs. Commands read the files anew; a running server keeps what it read
when it started. This page is written by `make docs` from the code.
"""


def table(kind: type[Table]) -> str:
    rows = ["| key | what it says | when silent |", "|---|---|---|"]
    for key, sentence, default in fields(kind):
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


def main() -> int:
    page, text = HERE / "settings.md", settings()
    if "--check" in sys.argv:
        return 0 if page.is_file() and page.read_text("utf-8") == text else 1
    page.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
