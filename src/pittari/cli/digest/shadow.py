"""How would these rules have done beside the editors?"""

from __future__ import annotations

import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from pittari import clock
from pittari.cli import opened, project_option
from pittari.cli.digest.compose import rules_of
from pittari.editions.rules import EDITIONS, Rules, default_rules, read_rules
from pittari.experiments.shadow.agreement import Agreement, Figure
from pittari.experiments.shadow.front_page import is_front_page, read_front_page
from pittari.experiments.shadow.history import History, read_history
from pittari.experiments.shadow.ledger import ledger_history
from pittari.experiments.shadow.machine import Changes, changes
from pittari.experiments.shadow.preferences import foretold
from pittari.experiments.shadow.report import Part, Shadow, shadowed
from pittari.experiments.shadow.windows import Variant, windows

SHOWN = ("ndcg_at_10", "recall_at_10", "overlap", "same_place", "rbo", "pairwise_order")
PROCESSES = 2
_OWN = files("pittari.experiments.shadow")


@click.command()
@project_option
@click.argument("rules", nargs=-1)
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with a history; the project's own editions otherwise.",
)
@click.option("--days", default=30, show_default=True, help="How far back, without --data.")
@click.option("--learned", is_flag=True, help="Foretell what editors would place, as `preference`.")
@click.option(
    "--windows", "by_window", is_flag=True, help="Clicks over 10m, 1h, 2h beside each other."
)
@click.option("--against", multiple=True, help="Rules as they were: which editions change?")
@click.option("--predictions", type=click.Path(path_type=Path, dir_okay=False),
              help="Parquet file to write: edition, at, part, place, topic.")  # fmt: skip
@click.option("--processes", default=PROCESSES, show_default=True, help="Processes that compose.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    *, folder: Path, rules: tuple[str, ...], data: Path | None, days: int, learned: bool,
    by_window: bool, against: tuple[str, ...], predictions: Path | None, processes: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Replay past editions under RULES and hold the line-ups beside the editors' own.

    RULES are one file for all editions, or one for each; the shipped ones when not given.
    """
    began = time.perf_counter()
    history = _history(folder, data, days)
    held = [rules_of(name) for name in rules] or _shipped(data, learned=learned)
    seen = foretold(history) if learned else None
    pasts = seen.pasts if seen else history.pasts
    replay = shadowed(held, pasts, processes)
    told = _told(replay) | {"learned": learned, "times_learned": seen.times if seen else 0}
    if by_window:
        told["windows"] = windows(held, pasts, processes)
    if against:
        told["changes"] = changes([rules_of(name) for name in against], held, pasts, processes)
    if predictions is not None:
        _write(replay, predictions)
    told["seconds"] = round(time.perf_counter() - began, 1)
    click.echo(msgspec.json.encode(told) if as_json else _text(told))


def _history(folder: Path, data: Path | None, days: int) -> History:
    if data is not None:
        return read_front_page(data) if is_front_page(data) else read_history(data)
    with opened(folder) as engine:
        now = clock.now()
        return ledger_history(engine.store, now - days * clock.DAY, now)


def _shipped(data: Path | None, *, learned: bool) -> list[Rules]:
    """Returns the rules that come with the product for this kind of history."""
    if data is None or not is_front_page(data):
        return [default_rules(name) for name in EDITIONS]
    name = "front_page_learned.toml" if learned else "front_page.toml"
    return [read_rules(_OWN.joinpath(name).read_text("utf-8"), name)]


def _told(replay: Shadow) -> dict[str, Any]:
    """Returns the report for JSON: the last part's figures at the top, then part by part."""
    parts = {part.name: _part(part) for part in replay.report.parts}
    last = replay.report.parts[-1].name
    return {"part": last, **parts[last], "parts": parts, "rules": replay.report.rules}


def _part(part: Part) -> dict[str, Any]:
    return {
        "since": part.since,
        "until": part.until,
        **_agreement(part.whole),
        "by_slot": {name: _agreement(own) for name, own in part.by_edition.items()},
        "causes": part.causes,
        "rungs": part.rungs,
    }


def _agreement(found: Agreement) -> dict[str, Any]:
    told: dict[str, Any] = {"editions": found.editions}
    told |= {name: round(found.measures[name].mean, 4) for name in SHOWN}
    told["intervals"] = {name: _interval(found.measures[name]) for name in SHOWN}
    told["chance"] = {name: round(found.chance[name], 4) for name in SHOWN}
    told["editors"] = {name: round(one.mean, 4) for name, one in found.editors.items()}
    return told


def _interval(one: Figure) -> list[float]:
    return [round(one.low, 4), round(one.high, 4)]


def _write(replay: Shadow, file: Path) -> None:
    rows = [
        (past.edition, past.pool.at, past.part, place, topic)
        for past, line_up in zip(replay.pasts, replay.line_ups, strict=True)
        for place, topic in enumerate(line_up.topics, start=1)
    ]
    names = ("edition", "at", "part", "place", "topic")
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(dict(zip(names, map(list, columns), strict=True))), file)


def _text(told: dict[str, Any]) -> str:
    lines = []
    for name, part in told["parts"].items():
        lines.append(f"{name}: {part['editions']} editions, {part['since']} to {part['until']}")
        for measure in SHOWN:
            low, high = part["intervals"][measure]
            line = f"  {measure:15} {part[measure]:.3f} [{low:.3f}, {high:.3f}]"
            line += f"  chance {part['chance'][measure]:.3f}"
            among = part["editors"].get(measure)
            lines.append(line if among is None else f"{line}  editors {among:.3f}")
        for slot, own in part["by_slot"].items():
            lines.append(
                f"  {slot}: ndcg_at_10 {own['ndcg_at_10']:.3f}, overlap {own['overlap']:.3f}"
            )
        lines += [f"  {one.places} places: {one.cause} {one.rule}" for one in part["causes"]]
    return "\n".join([*lines, *_variants(told.get("windows", ())), *_changes(told.get("changes"))])


def _variants(found: Sequence[Variant]) -> list[str]:
    return [
        f"clicks over {one.window}: attack {one.clicks.mean:.1f} clicks per 1,000;"
        f" defence {one.age_hours.mean:.1f} h old, {one.stale.mean:.0%} stale,"
        f" {one.sections.mean:.1f} sections; overlap {one.overlap.mean:.3f}"
        for one in found
    ]


def _changes(found: Changes | None) -> list[str]:
    if found is None:
        return []
    lines = [f"{len(found.changed)} of {found.editions} editions change"]
    return lines + [f"  {n} by {rule or 'no rule alone'}" for rule, n in found.by_rule.items()]
