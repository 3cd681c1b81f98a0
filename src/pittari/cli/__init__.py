"""The command line: one module per command, loaded when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pittari import __version__
from pittari.errors import PittariError

if TYPE_CHECKING:
    from pittari.engine import Engine

COMMANDS = {
    "bench": "bench",
    "bundle": "bundle",
    "compact": "compact",
    "decide": "decide",
    "demo": "demo",
    "digest": "digest",
    "erase": "erase",
    "import": "bring",
    "init": "init",
    "keys": "keys",
    "learn": "learn",
    "parameters": "parameters",
    "replay": "replay",
    "report": "report",
    "serve": "serve",
    "shelf": "shelf",
    "suggest": "suggest",
    "tags": "tags",
}
"""Command to module of this package; each module holds `command`."""


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        command = importlib.import_module(f"pittari.cli.{module}").command
        assert isinstance(command, click.Command)  # noqa: S101 - each module's one promise
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="pittari")
def root() -> None:
    """Pittari: the right thing, in the right place, at the right time."""


def main() -> None:
    """Runs the command line; an expected error is one sentence on stderr and exit status 1."""
    try:
        root(standalone_mode=True)
    except PittariError as error:
        click.echo(f"pittari: {error}", err=True)
        sys.exit(1)
    except UnicodeEncodeError as error:
        click.echo(f"pittari: expected text in UTF-8, got {error.object!r}", err=True)
        sys.exit(1)


def project_option(function: click.decorators.FC) -> click.decorators.FC:
    """Gives a command `--project DIR`; the argument `folder` is its path."""
    return click.option(
        "--project",
        "folder",
        default=".",
        show_default="this folder",
        type=click.Path(path_type=Path),
        help="Folder with pittari.toml.",
    )(function)


@contextmanager
def opened(folder: Path) -> Iterator[Engine]:
    """Lends the engine of the project in a folder."""
    from pittari.engine import Engine
    from pittari.settings import project

    engine = Engine.open(project(folder))
    try:
        yield engine
    finally:
        engine.close()
