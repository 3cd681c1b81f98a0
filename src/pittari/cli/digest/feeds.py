"""What do the feeds bring?"""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from pittari.cli import opened, project_option


@click.command()
@project_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(folder: Path, as_json: bool) -> None:
    """Ask every feed of the settings now, and put their topics.

    Exit status 1: a feed gave nothing.
    """
    from pittari.editions.feeds import poll

    with opened(folder) as engine:
        done = poll(engine.store, engine.project.settings.digest.feed, at_once=True)
    if as_json:
        click.echo(msgspec.json.encode({"feeds": done}).decode())
    elif not done:
        click.echo("no feeds are named: add [[digest.feed]] to pittari.toml")
    for one in () if as_json else done:
        said = f"{one.new} new, {one.changed} changed, {one.same} as before"
        click.echo(one.problem or f"{one.url}: {said}")
    if any(one.problem for one in done):
        sys.exit(1)
