"""Does the edition always go out, and which promises may give way, over all possible pools?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import click
import msgspec
from rich.console import Console
from rich.markup import escape

from pittari.cli.digest.compose import rules_of
from pittari.editions.prove import Answer, Report, checked

MOODS = {"good": "[green]✓[/]", "fair": "[yellow]△[/]", "bad": "[red]✗[/]"}
HEADS = {
    "rules": {"ja": "ルール", "en": "Rules"},
    "pairs": {"ja": "二つのルール", "en": "Pairs of rules"},
    "assumptions": {"ja": "候補に求める前提", "en": "What the pool is assumed to hold"},
}
QUIET = {"never_meet", "compatible", "decides"}
"""Pairs that need no line of their own."""


@click.command()
@click.argument("rules")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="From this day on; today.")
@click.option("--locale", type=click.Choice(["ja", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with all pairs.")
def command(rules: str, since: datetime | None, locale: str, *, as_json: bool) -> None:
    """Check RULES, a file or morning, noon, evening, over all pools of topics there could be.

    Answers come with a proof or with a pool of made-up topics that shows them.
    """
    held = rules_of(rules)
    begun = time.perf_counter()
    report = checked(held, since.date() if since else None)
    ms = round(1000 * (time.perf_counter() - begun), 1)
    if as_json:
        click.echo(msgspec.json.encode({"ms": ms, **msgspec.to_builtins(report)}))
        return
    console = Console(highlight=False)
    for line in _lines(report, locale):
        console.print(line, soft_wrap=True)
    console.print(f"[dim]{ms:g} ms[/]")


def _lines(report: Report, locale: str) -> Iterable[str]:
    yield from _answer(report.goes_out, locale)
    told = {
        "rules": report.rules,
        "pairs": [pair for pair in report.pairs if pair.answer not in QUIET],
        "assumptions": (*report.assumptions, report.together),
    }
    for key, answers in told.items():
        if answers:
            yield f"\n[bold]{HEADS[key][locale]}[/]"
        for answer in answers:
            yield from _answer(answer, locale)


def _answer(answer: Answer, locale: str) -> Iterable[str]:
    yield f"{MOODS[answer.mood]} {escape(answer.said.to(locale))}"
    if answer.proof is not None:
        yield f"  [dim]{escape(answer.proof.to(locale))}[/]"
    if answer.witness is not None:
        alike = Counter(entry.topic.titled(locale) for entry in answer.witness.entries)
        for title, many in alike.items():
            yield f"  [dim]{many:3} × {escape(title)}[/]"
