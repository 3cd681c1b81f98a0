"""How good, how fast, how large? Each module is one measurement that anybody can repeat."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

ELSEWHERE = {"cold": "cold", "scale": "scale", "suggest": "suggest", "tags": "tags"}
"""Commands that stand in their own modules, loaded when they are called."""


class _Benches(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module = importlib.import_module(f"{__name__}.{ELSEWHERE[cmd_name]}")
        found: click.Command = module.command
        return found


@click.group(cls=_Benches)
def command() -> None:
    """Measure Pittari on this machine; docs/benchmarks.md tells what came out elsewhere."""


_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@command.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with train.tsv.gz and test.tsv.gz.",
)
@click.option(
    "--predictions",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Parquet file to write: user, item, rank.",
)
@click.option("--newcomers", is_flag=True, help="People with 0, 1 and 3 known items instead.")
@_json
def taste(data: Path, predictions: Path | None, newcomers: bool, as_json: bool) -> None:
    """Learn taste from a public data set, and recommend, beside published peers."""
    from pittari.cli.bench.taste import bench, cold_start

    _tell({"newcomers": cold_start(data)} if newcomers else bench(data, predictions), as_json)


@command.command()
@click.option("--rows", default=10_000_000, show_default=True, help="Event rows.")
@_json
def importing(rows: int, as_json: bool) -> None:
    """Import a Parquet file of event rows into an empty project."""
    from pittari.cli.bench.importing import bench

    _tell(bench(rows), as_json)


@command.command()
@click.option("--rows", default=400_000, show_default=True, help="Event rows.")
@click.option("--workers", default=2, show_default=True, help="Server processes.")
@click.option("--connections", default=8, show_default=True, help="Senders at once.")
@_json
def ingest(rows: int, workers: int, connections: int, as_json: bool) -> None:
    """Send event rows over HTTP in batches of 100; each must be durable, and there once."""
    from pittari.cli.bench.ingest import bench

    _tell(bench(rows, workers=workers, connections=connections), as_json)


@command.command()
@click.option("--touchpoint", type=click.Choice(["shelf", "suggest"]), default="shelf",
              show_default=True, help="What is asked.")  # fmt: skip
@click.option("--seconds", default=10.0, show_default=True, help="How long to ask.")
@click.option("--items", default=41_000, show_default=True, help="Items in the shop, or stickers.")
@click.option("--users", default=2_000, show_default=True, help="People who ask.")
@click.option("--workers", default=2, show_default=True, help="Server processes.")
@click.option("--connections", default=24, show_default=True, help="Askers at once.")
@_json
def serve(
    *, touchpoint: str, seconds: float, items: int, users: int, workers: int, connections: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Ask a shelf, or for rows while people type, in process and over HTTP, beside a bare echo."""
    from pittari.cli.bench.serve import bench

    size = {"items": items, "users": users, "workers": workers, "connections": connections}
    _tell(bench(seconds, touchpoint=touchpoint, **size), as_json)


@command.command()
@click.option("--pools", default=400, show_default=True, help="Editions to compose.")
@click.option("--topics", default=300, show_default=True, help="Topics that pass safety in each.")
@_json
def compose(pools: int, topics: int, as_json: bool) -> None:
    """Compose editions of 6 places by 9 rules from made-up pools, beside CP-SAT."""
    from pittari.cli.bench.compose import bench

    _tell(bench(pools, topics=topics), as_json)


def _tell(figures: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(figures))
    else:
        for name, value in figures.items():
            click.echo(f"{name}: {json.dumps(value)}")
