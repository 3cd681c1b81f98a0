"""Forgets a person everywhere."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from pittari.cli import opened, project_option


@click.command()
@project_option
@click.argument("user")
def command(folder: Path, user: str) -> None:
    """Erase USER from catalogue, log and lake at once; learn again so that tables forget too.

    An audit row stays, without the id. There is no way back.
    """
    with opened(folder) as engine:
        erased = engine.store.erase_user(user, "command line")
    told = ", ".join(f"{name} {n}" for name, n in msgspec.to_builtins(erased).items())
    click.echo(f"erased rows: {told}")
