"""What would the edition be, does it always go out, and how did it do? One module per command."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "check": "check",
    "compose": "compose",
    "feeds": "feeds",
    "release": "release",
    "run": "run",
    "shadow": "shadow",
    "status": "status",
    "veto": "veto",
}
"""Command to module of this package; each module holds `command`."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name]}").command
        return found


@click.group(cls=_Commands)
def command() -> None:
    """Compose, check and replay the editions of a digest."""
