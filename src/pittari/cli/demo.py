"""How does one see all of it at once? Makes the made-up world where there is none, and opens it."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pittari.engine import Engine
    from pittari.settings import Project

LOOPBACK = "127.0.0.1"
STEPS = {
    "drawing": "drew the stickers",
    "stocking": "stocked the shop, invited the people",
    "living": "lived through their days",
    "reporting": "wrote a month of news, sent its editions",
    "reading": "read what they did",
    "engagement": "learned click rates",
    "popular": "learned what is popular",
    "fresh": "learned what is new",
    "similar": "learned what goes together",
    "taste": "learned tastes",
    "content": "learned what is alike",
    "peers": "learned who is alike",
    "history": "learned who had what",
    "tags": "learned which words stickers answer to",
    "offers": "learned what to offer while typing",
    "editors": "learned how editors choose",
    "publishing": "published what was learned",
    "bundling": "built the bundles that devices fetch",
    "catching_up": "brought in the news of the day",
}
"""What is said when a step is done."""
TYPED = {"ja": "ありがとう", "en": "thank you"}
"""What a check types, by language."""


@click.command()
@click.option("--folder", default="demo-world", show_default=True, type=click.Path(path_type=Path),
              help="Where the world is, or will be.")  # fmt: skip
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535),
              help="Port; 0 picks a free one.")  # fmt: skip
@click.option("--people", default=2000, show_default=True, type=click.IntRange(10, 100_000),
              help="How many people a new world has.")  # fmt: skip
@click.option("--days", default=60, show_default=True, type=click.IntRange(5, 1000),
              help="How many days a new world has lived.")  # fmt: skip
@click.option("--seed", default=0, show_default=True, type=click.IntRange(0),
              help="Another seed, another world.")  # fmt: skip
@click.option("--open/--no-browser", "browse", default=False,
              help="Open the page in a browser when it is ready.")  # fmt: skip
@click.option("--check", is_flag=True,
              help="Make a world elsewhere, decide once at every touchpoint, end.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="With --check: answer in JSON.")
def command(
    *, folder: Path, port: int, people: int, days: int, seed: int, browse: bool, check: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Open a made-up sticker shop on this machine; make it first where there is none."""
    if as_json and not check:
        raise click.UsageError("--json answers a check: add --check")
    if check:
        with tempfile.TemporaryDirectory(prefix="pittari-") as above:
            decisions = _decided(_made(Path(above) / "world", people, days, seed))
        _show(decisions, as_json)
    elif (folder / "world.json").is_file():
        _open(_found(folder), port, browse)
    else:
        _open(_made(folder, people, days, seed), port, browse)


def _found(folder: Path) -> Project:
    from pittari import clock
    from pittari.demo import recipe_of
    from pittari.settings import project

    recipe = recipe_of(folder)
    said = f"{recipe.people:,} made-up people, {recipe.days} days until {clock.iso_day(recipe.end)}"
    click.echo(f"found the world in {folder}: {said} (delete the folder to make it anew)", err=True)
    return project(folder)


def _made(folder: Path, people: int, days: int, seed: int) -> Project:
    from pittari.demo import build

    click.echo(f"making up {people:,} people and {days} days of their lives", err=True)
    steps = _Steps()
    project = build(folder, seed, people=people, days=days, progress=steps.begin)
    steps.begin("")
    click.echo(f"  {'all of it':<40}{time.monotonic() - steps.born:5.1f} s", err=True)
    return project


class _Steps:
    """Says what is done and how long it took, when the next step begins."""

    def __init__(self) -> None:
        self.born = self._since = time.monotonic()
        self._step = ""

    def begin(self, step: str) -> None:
        """Ends the step before; no step ends the last one."""
        now = time.monotonic()
        if self._step:
            said = STEPS.get(self._step, self._step)
            click.echo(f"  {said:<40}{now - self._since:5.1f} s", err=True)
        self._step, self._since = step, now


def _decided(project: Project) -> list[dict[str, Any]]:
    """Returns one answer of every touchpoint, for a person the world knows."""
    import msgspec

    from pittari.engine import Ask, Engine

    engine = Engine.open(project)
    try:
        user, typed = _somebody(engine)
        made = [
            engine.serve(Ask(touchpoint, user, context=typed if touchpoint == "suggest" else {}))
            for touchpoint in engine.touchpoints()
        ]
    finally:
        engine.close()
    return [
        {
            "touchpoint": decision.request.touchpoint,
            "placement": decision.request.placement,
            "user": user,
            "decision_id": decision.request.decision_id,
            "slots": msgspec.to_builtins(decision.slots),
        }
        for decision in made
    ]


def _somebody(engine: Engine) -> tuple[str, dict[str, str]]:
    """Returns the first person who has stickers for a word of thanks, and what they type."""
    from pittari.engine import Ask

    told = [
        (user.id, {"text": TYPED.get(user.locale, TYPED["en"])})
        for user in engine.store.catalog.users()
    ]
    found = (one for one in told if engine.decide(Ask("suggest", one[0], context=one[1])).slots)
    return next(found, told[0])


def _show(decisions: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"decisions": decisions}, ensure_ascii=False))
        return
    for decision in decisions:
        items = ", ".join(slot["item"] for slot in decision["slots"])
        click.echo(f"{decision['touchpoint']} for {decision['user']}: {items}")


def _open(project: Project, port: int, browse: bool) -> None:
    from pittari.demo import recipe_of
    from pittari.demo.newsroom.running import Running
    from pittari.web.serve import run

    newsroom = Running(project, recipe_of(project.folder).seed)

    def ready(address: str) -> None:
        click.echo(f"the shop is open at {address} (on this machine only; Ctrl-C closes it)")
        click.echo(f"the chat at {address}/chat, words on stickers at {address}/tags")
        click.echo(f"the news desk at {address}/desk, a reader's phone at {address}/phone")
        newsroom.start()
        if browse:
            click.launch(address)

    run(project, host=LOOPBACK, port=port, ready=ready, beside=newsroom)
