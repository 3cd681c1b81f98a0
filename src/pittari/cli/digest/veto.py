"""How does a script say no to a topic, or to a whole edition?"""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from pittari.cli import opened, project_option
from pittari.model.edition import Act, Deed


@click.command()
@project_option
@click.argument("edition")
@click.argument("topic", default="")
@click.option("--back", is_flag=True, help="Take the veto back.")
@click.option("--actor", default=getpass.getuser, show_default="your name", help="Who says so.")
@click.option("--why", default="", help="A sentence for the record.")
def command(*, folder: Path, edition: str, topic: str, back: bool, actor: str, why: str) -> None:
    """Keep TOPIC out of EDITION (DATE/NAME); without TOPIC, hold the whole edition back."""
    deed: Deed = ("unveto" if back else "veto") if topic else ("unhold" if back else "hold")
    with opened(folder) as engine:
        seen = engine.store.editions.edition(edition).revision
        act = Act(deed=deed, topic=topic or None, why=why)
        after = engine.store.editions.act(edition, actor, act, seen)
    click.echo(f"{edition}: {deed} {topic}".rstrip() + f" (revision {after.revision})")
