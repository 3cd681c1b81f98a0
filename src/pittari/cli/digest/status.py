"""How do the editions stand?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import msgspec

from pittari import clock
from pittari.cli import opened, project_option
from pittari.model.edition import Edition


@click.command()
@project_option
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def command(folder: Path, as_json: bool) -> None:
    """Show editions of yesterday to tomorrow, alarms, and feeds that give nothing."""
    with opened(folder) as engine:
        store = engine.store
        now = store.editions.now()
        editions = store.editions.between(now - clock.DAY, now + clock.DAY)
        alarms = [alarm for alarm in store.alarms.latest(20) if alarm.raised > now - clock.DAY]
        feeds = [feed for feed in store.feeds.every() if feed.problem]
        newest = store.counts.newest(now)
    told: dict[str, Any] = {
        "now": clock.iso(now),
        "counts_until": None if newest is None else clock.iso(newest),
        "editions": [_line(edition) for edition in editions],
        "alarms": [{"at": clock.iso(a.raised), "edition": a.edition, "kind": a.kind,
                    "sent": bool(a.sent)} for a in alarms],
        "feeds": [{"url": feed.url, "problem": feed.problem} for feed in feeds],
    }  # fmt: skip
    click.echo(msgspec.json.encode(told).decode() if as_json else _said(told))


def _line(edition: Edition) -> dict[str, str]:
    return {
        "edition": edition.id, "due": clock.iso(edition.due), "state": edition.state,
        "note": edition.note, "owner": edition.owner, "decision": edition.decision,
    }  # fmt: skip


def _said(told: dict[str, Any]) -> str:
    lines = [f"now {told['now']}, counts until {told['counts_until'] or 'never'}"]
    lines += [
        f"{one['edition']:24} due {one['due']}  {one['state']:9} {one['note']}"
        for one in told["editions"]
    ]
    lines += [f"alarm {one['at']} {one['edition']}: {one['kind']}" for one in told["alarms"]]
    lines += [f"feed {one['problem']}" for one in told["feeds"]]
    return "\n".join(lines)
