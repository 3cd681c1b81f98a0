"""From rows to parameters, at one stroke."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from pittari.cli import opened, project_option


@click.command()
@project_option
@click.argument("names", nargs=-1)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]),
    help="Read the log as of this time (UTC); now by default.",
)
def command(folder: Path, names: tuple[str, ...], as_of: datetime | None) -> None:
    """Learn the tables NAMES (all by default) from the log, and put them in force together."""
    from pittari import clock
    from pittari.learning.learn import learn

    at = clock.micros(as_of.replace(tzinfo=UTC)) if as_of else None
    with opened(folder) as engine:
        learned = engine.project.settings.learn
        release = learn(engine.store, learned, names or None, at, _tell)
    click.echo(f"release {release.id} is in force:")
    for name, version in sorted(release.versions.items()):
        click.echo(f"  {name}\t{version}")


def _tell(step: str) -> None:
    click.echo(f"{step} ...", err=True)
