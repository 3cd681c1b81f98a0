"""What does a catalogue given as a folder of files hold? Read whole, into no store."""

from __future__ import annotations

from pathlib import Path

from pittari.clock import now
from pittari.errors import DataError
from pittari.importing.files import examine
from pittari.importing.mapping import Mapping
from pittari.importing.plans import chunks, plan, reader
from pittari.model.catalog import Item

_ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet")


def file_of(folder: Path, name: str) -> Path | None:
    """Returns the file NAME.csv, .tsv, .jsonl or .parquet (.gz behind text files) of a folder; None
    where there is none. Raises `DataError` where there are several."""
    wanted = {name + ending + more for ending in _ENDINGS for more in ("", ".gz")}
    found = sorted(path for path in folder.iterdir() if path.name in wanted)
    if len(found) > 1:
        names = ", ".join(path.name for path in found)
        raise DataError(f"{folder}: expected one file of {name}, got {names}; take the others out")
    return found[0] if found else None


def catalogue(folder: Path) -> list[Item]:
    """Returns the items of a folder's file `items`, as `pittari import items` reads it; of rows
    with one id the last counts.

    Raises `DataError` where there is no such file, and for the first row that is no item.
    """
    path = file_of(folder, "items")
    if path is None:
        raise DataError(
            f"{folder}: expected items.csv, items.tsv, items.jsonl or items.parquet, with the"
            " columns that `pittari import items` takes; found none"
        )
    planned = plan("items", examine(path), Mapping())
    read = reader(planned, now())
    items: dict[str, Item] = {}
    for chunk in chunks(planned, planned.start):
        made, rejected = read(chunk)
        for reject in sorted([*chunk.broken, *rejected], key=lambda reject: reject.line)[:1]:
            column = f" {reject.column}:" if reject.column else ""
            raise DataError(
                f"{path}: line {reject.line}:{column} expected {reject.expected}, got {reject.got}"
            )
        items |= {item.id: item for item in made if isinstance(item, Item)}
    return list(items.values())
