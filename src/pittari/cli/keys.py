"""Who may ask over HTTP?"""

from __future__ import annotations

from pathlib import Path

import click

from pittari import clock
from pittari.cli import opened, project_option


@click.group()
def command() -> None:
    """Make, list and revoke API keys."""


@command.command()
@project_option
@click.argument("name")
@click.option(
    "--role",
    required=True,
    help="client (decisions, events), editor (+ items), operator (+ users), admin (+ erasure).",
)
def create(folder: Path, name: str, role: str) -> None:
    """Make a key named NAME and print it: once, for only its hash is kept."""
    with opened(folder) as engine:
        key = engine.store.keys.create(name, role, actor="command line")
    click.echo(key)


@command.command("list")
@project_option
def list_keys(folder: Path) -> None:
    """List all keys by name, with role and times."""
    with opened(folder) as engine:
        keys = engine.store.keys.list()
    for key in keys:
        ended = f"revoked {clock.iso(key.revoked)}" if key.revoked else "in force"
        click.echo(f"{key.name}\t{key.role}\tmade {clock.iso(key.created)}\t{ended}")


@command.command()
@project_option
@click.argument("name")
def revoke(folder: Path, name: str) -> None:
    """Make the key named NAME worthless: running servers refuse it within 5 seconds."""
    with opened(folder) as engine:
        engine.store.keys.revoke(name, actor="command line")
    click.echo(f"revoked {name}")
