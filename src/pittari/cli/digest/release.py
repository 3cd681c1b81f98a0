"""How does a script let an edition go before its time?"""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from pittari import clock
from pittari.cli import opened, project_option
from pittari.errors import Conflict


@click.command()
@project_option
@click.argument("edition")
@click.option("--actor", default=getpass.getuser, show_default="your name", help="Who says so.")
def command(folder: Path, edition: str, actor: str) -> None:
    """Let EDITION (DATE/NAME) go out now, once and for all; the rules and wishes stand.

    Exit status 1: it was skipped, held back or too small.
    """
    from pittari.touchpoints.digest import running

    with opened(folder) as engine:
        place = engine.project
        with running(engine.digest, place.folder, place.settings.digest, f"by {actor}") as runner:
            leased = engine.store.editions.lease(edition, f"by {actor}", clock.MINUTE)
            if leased is None:
                known = engine.store.editions.edition(edition)
                if known.state in ("released", "skipped"):
                    raise Conflict(f"{edition} is {known.state} already: each edition ends once")
                raise Conflict(f'{edition} is {known.state}, with "{known.owner}": try again')
            gone = runner.release(leased)
    click.echo(f"{edition}: {gone.state} ({gone.note})")
    if gone.state != "released":
        sys.exit(1)
