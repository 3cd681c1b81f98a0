"""How does one begin? Writes the settings of a new project."""

from __future__ import annotations

from pathlib import Path

import click

from pittari.errors import SettingsError

SETTINGS = """\
# What Pittari remembers, and where. Every key is told in docs/settings.md.
[store]
url = "sqlite:///data/pittari.db"
lake = "data/lake"
parameters = "data/parameters"

[server]
host = "127.0.0.1"
port = 8080
workers = 1
"""


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), default=".")
def command(folder: Path) -> None:
    """Write pittari.toml and touchpoints/shelf.toml into FOLDER."""
    import pittari.touchpoints

    main = folder / "pittari.toml"
    if main.exists():
        raise SettingsError(f"{main} stands already; nothing was written")
    shelves = folder / "touchpoints" / "shelf.toml"
    shipped = Path(pittari.touchpoints.__file__).parent / "shelf.toml"
    try:
        shelves.parent.mkdir(parents=True, exist_ok=True)
        if not shelves.exists():
            shelves.write_text(shipped.read_text("utf-8"), "utf-8")
        main.write_text(SETTINGS, "utf-8")
    except OSError as error:
        raise SettingsError(
            f"{folder}: expected a folder that can be written to ({error}); name another"
        ) from error
    click.echo(f"wrote {main} and {shelves}")
    click.echo(f"next: pittari import items FILE --project {folder}")
