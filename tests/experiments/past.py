"""A made-up month of editions whose editors follow habits that a rule file can tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from pittari.editions.pool import WINDOWS, Clicks, Entry, Pool, Topic
from pittari.editions.rules import Rules, read_rules
from pittari.experiments.shadow.history import Past

START = datetime(2026, 9, 1, tzinfo=UTC)
HOURS = {"morning": 23, "noon": 3, "evening": 10}
RULES = """
[edition]
name = "{name}"
places = 3
minimum = 2
at = "08:00"
late_until = "08:40"
owner = "desk"
review = 2027-04-01

[[keep_out]]
name = "no-live"
where = {{ kind = "live" }}
reason.en = "It is over when it is opened"

[[rule]]
name = "{rule}"
by = "{by}"
reason.en = "What is read most"
"""


def rules(by: str = "clicks_1h", rule: str = "most-read", name: str = "any") -> Rules:
    """A rule file of three places that go by one objective."""
    return read_rules(RULES.format(by=by, rule=rule, name=name), "rules")


def month(days: int = 8, editors: Sequence[str] = ("aki",), seed: int = 0) -> list[Past]:
    """Editions of ten topics each; editors place the most clicked of the last hour that are not
    live, politics four times as readily, the first of them always so, others more freely."""
    dice = np.random.default_rng(seed)
    return [
        _past(dice, START + timedelta(days=day, hours=hour), f"{name}", editors)
        for day in range(days)
        for name, hour in sorted(HOURS.items(), key=lambda one: one[1])
    ]


def _past(dice: np.random.Generator, at: datetime, name: str, editors: Sequence[str]) -> Past:
    entries = [_entry(dice, at, number) for number in range(10)]
    wished = {
        e.topic.id: e.clicks["1h"].rate * (4 if e.topic.section == "politics" else 1)
        for e in entries
        if e.topic.kind != "live"
    }
    line_ups = {}
    for number, editor in enumerate(editors):
        own = {topic: rate * dice.lognormal(0, 0.3 * number) for topic, rate in wished.items()}
        line_ups[editor] = tuple(sorted(own, key=lambda topic: -own[topic])[:3])
    edition = f"{at.date().isoformat()}/{name}"
    return Past(pool=Pool(edition=edition, at=at, entries=tuple(entries)), editors=line_ups)


def _entry(dice: np.random.Generator, at: datetime, number: int) -> Entry:
    rate = float(dice.gamma(2, 20))
    clicks = {w: Clicks(rate=rate * float(dice.uniform(0.5, 1.5)), seen=100) for w in WINDOWS}
    topic = Topic(
        id=f"{at:%m%d%H}-{number}",
        section=("politics", "sport", "culture")[int(dice.integers(3))],
        kind="live" if number == 0 else "article",
        published=at - timedelta(minutes=int(dice.integers(5, 600))),
    )
    return Entry(topic=topic, main=number + 1 if number < 6 else 0, clicks=clicks)
