"""Why does a shelf look as it looks? The whole way of every candidate."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec
import numpy as np
from rich.console import Console
from rich.table import Table

from pittari.cli import opened, project_option
from pittari.model.candidates import Candidates
from pittari.model.decision import Decision

_PLAIN: Any = {"markup": False, "emoji": False, "highlight": False}
"""Ids are shown as they are: [b] is a name, and so is :cat:."""


@click.group()
def command() -> None:
    """Look into the shelves."""


@command.command()
@project_option
@click.argument("user")
@click.option("--placement", default="", help="Which shelf; the first one by default.")
@click.option("--item", default="", help="The item a shelf that is about one item is asked about.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def explain(folder: Path, user: str, placement: str, item: str, as_json: bool) -> None:
    """Print the way of each candidate for USER: what every source and scorer said, the place it
    got, or why it was dropped. Nothing is recorded; explored places are drawn anew each time."""
    from pittari.engine import Ask

    with opened(folder) as engine:
        context = {"item": item} if item else {}
        decision = engine.decide(Ask("shelf", user, placement, context=context))
    rows = _ways(decision)
    if as_json:
        told = {
            "user": user,
            "placement": decision.request.placement,
            "failed": dict(decision.failed),
            "candidates": rows,
        }
        click.echo(msgspec.json.encode(told))
    else:
        _print(decision, rows)


def _ways(decision: Decision) -> list[dict[str, Any]]:
    """Returns a row per candidate: placed ones in order, then the dropped ones, best first."""
    dropped = decision.dropped
    rows = _rows(decision, decision.placed)
    for row, slot in zip(rows, decision.slots, strict=True):
        row.update(place=slot.place, propensity=slot.propensity, reason=slot.reason.key)
    gone = _rows(decision, dropped.candidates)
    for row, code in zip(gone, dropped.reasons.tolist(), strict=True):
        row["dropped"] = dropped.vocabulary[code]
    return rows + sorted(gone, key=lambda row: (row["dropped"], -row["columns"].get("score", 0.0)))


def _rows(decision: Decision, candidates: Candidates) -> list[dict[str, Any]]:
    ids = decision.request.catalog.ids
    columns = {name: values.tolist() for name, values in candidates.columns.items()}
    rows = []
    for i, item in enumerate(candidates.items.tolist()):
        told: dict[str, Any] = {}
        for name, values in columns.items():
            value = values[i]
            if name.startswith("because."):
                told |= {name: ids[value]} if value >= 0 else {}
            elif not np.isnan(value):
                told[name] = value
        rows.append({"item": ids[item], "columns": told})
    return rows


def _print(decision: Decision, rows: list[dict[str, Any]]) -> None:
    known = (decision.placed.columns, decision.dropped.candidates.columns)
    names = list(dict.fromkeys(name for columns in known for name in columns))
    table = Table(title=f"{decision.request.placement} for {decision.request.person.user}")
    table.add_column("fate")
    table.add_column("item")
    for name in names:
        table.add_column(name, justify="left" if name.startswith("because.") else "right")
    for row in rows:
        fate = f"{row['place']} {row['reason']}" if "place" in row else row["dropped"]
        cells = [_cell(row["columns"].get(name)) for name in names]
        table.add_row(fate, row["item"], *cells)
    console = Console(soft_wrap=True, **_PLAIN)
    if not console.is_terminal:
        console = Console(width=60 + 12 * len(names), **_PLAIN)
    console.print(table)
    for source, why in decision.failed.items():
        console.print(f"source {source} gave nothing: {why}")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.4f}"
