"""Would the same question get the same answer?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from pittari.cli import opened, project_option
from pittari.model.decision import Decision
from pittari.model.event import Served


@click.command()
@project_option
@click.argument("decision")
def command(folder: Path, decision: str) -> None:
    """Make DECISION again from what was known then, and say whether the line-up is the same.

    Exit status 1: it differs, because an item or the settings changed since.
    """
    with opened(folder) as engine:
        served, again = engine.replay(decision)
    differences = list(_differences(served, again))
    for line in differences:
        click.echo(line)
    if differences:
        sys.exit(1)
    click.echo(f"the same {len(served.slots)} places, scores and propensities")


def _differences(served: Served, again: Decision) -> Iterator[str]:
    then = {slot.place: slot for slot in served.slots}
    now = {slot.place: slot for slot in again.slots}
    for place in sorted(then | now):
        was, is_now = then.get(place), now.get(place)
        if was is None or is_now is None:
            yield f"place {place}: {was.item if was else 'nothing'} then, " + (
                f"{is_now.item if is_now else 'nothing'} now"
            )
        elif was.item != is_now.item:
            yield f"place {place}: {was.item} then, {is_now.item} now"
        elif was != is_now:
            yield (
                f"place {place}: {was.item}, score {was.score:.6g} then, {is_now.score:.6g} now; "
                f"propensity {was.propensity:.6g} then, {is_now.propensity:.6g} now"
            )
