"""What would the edition be, of these rules and this pool?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from pittari.editions.compiling import NO_WISHES
from pittari.editions.explain import explained
from pittari.editions.ladder import Composed, composed
from pittari.editions.pool import Pool, Topic, read_pool
from pittari.editions.rules import EDITIONS, Rules, default_rules, read_rules
from pittari.errors import DataError, Invalid


@click.command()
@click.argument("rules")
@click.argument("pool", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--at", help="Compose as at this time, such as 2026-11-22T08:00:00+09:00.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(rules: str, pool: Path, at: str | None, as_json: bool) -> None:
    """Compose an edition by RULES (a file, or morning, noon, evening) from POOL, a JSON file.

    Nothing is recorded or sent.
    """
    held = rules_of(rules)
    snapshot = pool_of(pool, at)
    told = _told(held, snapshot, composed(held, snapshot))
    click.echo(msgspec.json.encode(told) if as_json else _text(told))


def rules_of(name: str) -> Rules:
    """Reads a rule file, or one that comes with the product. Raises `SettingsError`."""
    if name in EDITIONS:
        return default_rules(name)
    try:
        return read_rules(Path(name).read_text("utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        known = ", ".join(EDITIONS)
        raise DataError(f"{name}: expected a rule file, or one of {known}: {error}") from error


def pool_of(file: Path, at: str | None = None) -> Pool:
    """Reads a pool, taken at another time if `at` says so. Raises `DataError`, `Invalid`."""
    try:
        pool = read_pool(file.read_bytes(), str(file))
    except OSError as error:
        raise DataError(f"{file}: cannot be read: {error}") from error
    if at is None:
        return pool
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(
            f"--at: expected a time with its zone, such as 2026-11-22T08:00:00+09:00; got {at}"
        )
    return msgspec.structs.replace(pool, at=moment)


def _told(rules: Rules, pool: Pool, edition: Composed) -> dict[str, Any]:
    known = {entry.topic.id: entry.topic for entry in pool.entries}
    why = explained(rules, pool, NO_WISHES, edition)
    reasons = {reason.place: reason for reason in why.places}
    kept_out: dict[str, list[str]] = {}
    for topic, name in edition.kept_out.items():
        kept_out.setdefault(name, []).append(topic)
    places = []
    for place, topic in enumerate(edition.topics, 1):
        told = {"place": place, "topic": topic, "title": _title(known[topic])}
        if place in reasons:
            reason = reasons[place]
            told |= {"reason": reason.said, "level": reason.level, "runner_up": reason.runner_up}
        places.append(told)
    return {
        "edition": pool.edition or rules.edition.name,
        "at": pool.at,
        "rung": edition.rung,
        "proven": edition.proven,
        "places": places,
        "degrees": edition.degrees,
        "relaxed": why.relaxed,
        "kept_out": kept_out,
        "notes": {locale: edition.notes(locale) for locale in ("ja", "en")},
        "rules": rules.digest,
        "pool": pool.digest,
    }


def _title(topic: Topic) -> str:
    """Returns a topic's title; where it has titles by language alone, the first of them."""
    return topic.title or next(iter(topic.titles.values()), "")


def _text(told: dict[str, Any]) -> str:
    lines = [f"{told['edition']} ({told['at'].isoformat()})"]
    for one in told["places"]:
        lines.append(f"{one['place']:3} {one['topic']}\t{one['title']}")
        if "reason" in one:
            lines.append(f"    {one['reason'].en}")
    lines += [relaxed.said.en for relaxed in told["relaxed"]]
    lines += [f"kept out by {rule}: {len(out)}" for rule, out in told["kept_out"].items()]
    return "\n".join([*lines, *told["notes"]["en"]])
