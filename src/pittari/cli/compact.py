"""Moves the days that are over to the lake, and tidies up there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from pittari.cli import opened, project_option


@click.command()
@project_option
@click.option(
    "--before",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Move the days before this one; all closed days by default.",
)
def command(folder: Path, before: datetime | None) -> None:
    """Move closed days of the log to Parquet files, beside running servers; meant for a timer.

    Without --before it also finishes erasures, merges small files and sweeps old ones away.
    """
    from pittari import clock

    with opened(folder) as engine:
        if before is None:
            made = engine.store.tidy()
        else:
            day = clock.day(clock.micros(before.replace(tzinfo=UTC)))
            made = engine.store.compactor.compact(day)
    for name in made:
        click.echo(name)
    click.echo(f"{len(made)} new files in the lake")
