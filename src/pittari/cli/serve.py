"""Opens the HTTP door."""

from __future__ import annotations

from pathlib import Path

import click

from pittari.cli import project_option


@click.command()
@project_option
@click.option("--host", help="Address to listen on, instead of the one in pittari.toml.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks a free one.")
@click.option("--workers", type=click.IntRange(1, 256), help="Server processes.")
def command(folder: Path, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the API, its description at /docs, and the shop page where the settings open it."""
    from pittari.settings import project
    from pittari.web.serve import run

    run(project(folder), host=host, port=port, workers=workers, ready=_tell)


def _tell(address: str) -> None:
    click.echo(f"listening on {address} (docs: {address}/docs)")
