"""Which learned tables are in force, and which should be?"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from pittari import clock
from pittari.cli import opened, project_option
from pittari.store.parameters import Release


@click.group()
def command() -> None:
    """List, show, pin and roll back learned tables; running servers follow within 5 seconds."""


@command.command("list")
@project_option
@click.argument("name", default="")
def list_versions(folder: Path, name: str) -> None:
    """List the versions of all tables, or of NAME, newest first."""
    with opened(folder) as engine:
        versions = engine.store.parameters.versions(name)
    for version in versions:
        marks = ["in force"] * version.current + ["pinned"] * version.pinned
        made = clock.iso(version.created)
        click.echo(f"{version.name}\t{version.version}\tmade {made}\t{', '.join(marks)}")
    if not versions:
        click.echo("nothing was learned yet: pittari learn")


@command.command()
@project_option
@click.argument("name")
@click.argument("version", default="")
def show(folder: Path, name: str, version: str) -> None:
    """Show the label of table NAME as JSON: the version in force, or VERSION."""
    with opened(folder) as engine:
        manifest = engine.store.parameters.show(name, version)
    click.echo(msgspec.json.format(msgspec.json.encode(manifest), indent=2))


@command.command()
@project_option
@click.argument("name")
@click.argument("version")
def pin(folder: Path, name: str, version: str) -> None:
    """Put VERSION of table NAME in force, and keep it there until it is unpinned."""
    with opened(folder) as engine:
        release = engine.store.parameters.pin(name, version)
        engine.store.audit.note("command line", "parameters.pin", name, version)
    _tell(release)


@command.command()
@project_option
@click.argument("name")
def unpin(folder: Path, name: str) -> None:
    """Let the next learning move table NAME again."""
    with opened(folder) as engine:
        engine.store.parameters.unpin(name)
        engine.store.audit.note("command line", "parameters.unpin", name)
    click.echo(f"{name} moves with the next pittari learn")


@command.command()
@project_option
def rollback(folder: Path) -> None:
    """Put the release before the present one in force; again: the one before that."""
    with opened(folder) as engine:
        release = engine.store.parameters.rollback()
        engine.store.audit.note("command line", "parameters.rollback", str(release.id))
    _tell(release)


def _tell(release: Release) -> None:
    click.echo(f"release {release.id} is in force:")
    for name, version in sorted(release.versions.items()):
        click.echo(f"  {name}\t{version}")
