"""What came of it? Reports from the log, for people and for machines."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click
import msgspec

from pittari.cli import opened, project_option


@click.group()
def command() -> None:
    """Read reports from the log; each tells its window and what it counted."""


@command.command()
@project_option
@click.option("--month", required=True, help="Year and month, such as 2026-10.")
@click.option("--zone", default="UTC", show_default=True, help="Where the month is that month.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--csv", "as_csv", is_flag=True, help="Print one line for each creator.")
def payout(folder: Path, month: str, zone: str, *, as_json: bool, as_csv: bool) -> None:
    """Whom do a month's subscriber and trial sends pay? Each person and product counts once."""
    from pittari import clock
    from pittari.kpi.payout import Share
    from pittari.kpi.payout import payout as paid

    if as_json and as_csv:
        raise click.UsageError("--json and --csv: choose one")
    with opened(folder) as engine:
        told = paid(engine.store, month, zone)
    if as_json:
        window = {"since": clock.iso(told.since), "until": clock.iso(told.until)}
        click.echo(msgspec.json.encode(msgspec.to_builtins(told) | window))
        return
    names = Share.__struct_fields__
    rows = [[getattr(share, name) for name in names] for share in told.creators]
    if as_csv:
        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerows([("month", *names), *((told.month, *row) for row in rows)])
        return
    click.echo(f"{told.month} ({clock.iso(told.since)} to {clock.iso(told.until)})")
    for row in [names, *rows]:
        click.echo("\t".join(map(str, row)))
    click.echo(
        f"{told.pairs:,} pairs of a person and a product, from {told.sends:,} sends; not counted: "
        f"{told.owned:,} of owned stickers, {told.undone:,} taken back, {told.without_right:,} "
        f"without plan or trial, {told.unknown:,} of stickers not in the catalogue"
    )
