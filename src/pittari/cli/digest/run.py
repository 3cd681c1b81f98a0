"""Who sees to it that editions go out? The clock process; any number of them may run at once."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pittari.cli import opened, project_option
from pittari.errors import PittariError, SettingsError

if TYPE_CHECKING:
    from pittari.engine import Engine

FEEDS_PAUSE = 15.0
"""Seconds between looks which feeds are due."""


@click.command()
@project_option
@click.option("--owner", default="", help="Name of this replica in the ledger.")
@click.option("--once", is_flag=True, help="Do what is due now, then end: for a scheduler.")
def command(folder: Path, owner: str, once: bool) -> None:
    """Let editions go out: drafts, the desk's time, release, rehearsals, alarms, feeds.

    Start it on two machines for safety: each edition goes out once.
    """
    from pittari.touchpoints.digest import running

    named = owner or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"
    stop = threading.Event()
    with opened(folder) as engine:
        place = engine.project
        for name in engine.digest.rulebook.names:
            try:
                engine.digest.rulebook.rules(name)
            except SettingsError as error:  # it must not keep the other editions from going out
                click.echo(f"Warning: {error}", err=True)
        with running(engine.digest, place.folder, place.settings.digest, named) as runner:
            if once:
                runner.tick()
                return
            logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stop.set())
            feeds = threading.Thread(target=_feeds, args=(engine, stop), name="feeds", daemon=True)
            feeds.start()
            click.echo(f'editions go out from here, as "{named}"; Ctrl-C ends it')
            runner.run(stop)


def _feeds(engine: Engine, stop: threading.Event) -> None:
    from pittari.editions.feeds import poll

    table = engine.project.settings.digest.feed
    while table:
        try:
            poll(engine.store, table)
        except PittariError as error:
            logging.getLogger(__name__).warning("feeds wait: %s", error)
        if stop.wait(FEEDS_PAUSE):
            return
