"""What would a touchpoint answer, asked as an application asks it?"""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from pittari.cli import opened, project_option
from pittari.errors import Invalid
from pittari.model.decision import Decision


@click.command()
@project_option
@click.argument("touchpoint")
@click.option("--user", required=True, help="Who asks.")
@click.option("--placement", default="", help="Where; the touchpoint's first one by default.")
@click.option("--n", type=click.IntRange(1, 200), help="How many places.")
@click.option("--context", "words", multiple=True, metavar="NAME=WORD",
              help="A word of context, such as text=ohay; as often as needed.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print the record as one JSON object.")
def command(
    *, folder: Path, touchpoint: str, user: str, placement: str, n: int | None,
    words: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Ask a TOUCHPOINT (such as shelf) for a line-up, and record it as served.

    To look without leaving a trace: pittari shelf explain.
    """
    from pittari.engine import Ask

    with opened(folder) as engine:
        context = dict(_named(word) for word in words)
        decision = engine.serve(Ask(touchpoint, user, placement, n, context))
        record = engine.explain(decision.request.decision_id)
    if as_json:
        click.echo(msgspec.json.encode(record))
    else:
        _tell(decision)


def _named(word: str) -> tuple[str, str]:
    name, equals, told = word.partition("=")
    if not equals:
        raise Invalid(f'--context: expected NAME=WORD, such as text=ohay; got "{word}"')
    return name, told


def _tell(decision: Decision) -> None:
    request = decision.request
    click.echo(f"decision {request.decision_id} ({request.touchpoint}, {request.placement})")
    for slot in decision.slots:
        because = f" ({slot.reason.item})" if slot.reason.item else ""
        click.echo(f"{slot.place:3} {slot.item}\t{slot.score:.4f}\t{slot.reason.key}{because}")
    if not decision.slots:
        left_out = ", ".join(f"{why} {n}" for why, n in decision.dropped.counts.items())
        why = f"all were left out: {left_out}" if left_out else "no source named an item (learned?)"
        click.echo(f"nothing to show: {why}")
    for source, why in decision.failed.items():
        click.echo(f"source {source} gave nothing: {why}")
