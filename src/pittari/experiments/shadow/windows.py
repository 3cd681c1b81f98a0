"""How long should clicks be counted? Each window's line-ups, attack against defence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec
import numpy as np

from pittari.editions.pool import Entry
from pittari.editions.rules import Rules
from pittari.editions.rules.language import span
from pittari.experiments.shadow.agreement import SEED, Figure, figure
from pittari.experiments.shadow.history import Past
from pittari.experiments.shadow.measures import overlap
from pittari.experiments.shadow.replay import composed_all, rules_for

TRIED = ("10m", "1h", "2h")
_HOUR = timedelta(hours=1)


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """The same rules with all click objectives over one window; means over editions.

    Attack: `clicks`, what readers really clicked per 1,000 impressions in the hours after, a
    place looked at 1 / log2(place + 1) as often as the first. Defence: `age_hours` of the topics,
    the share `stale` when opened, and how many `sections` stand beside one another. `overlap`:
    with the editors' own line-ups.
    """

    window: str
    clicks: Figure
    age_hours: Figure
    stale: Figure
    sections: Figure
    overlap: Figure


def windows(
    files: Sequence[Rules], pasts: Sequence[Past], processes: int = 1, seed: int = SEED
) -> list[Variant]:
    """Returns the variants of rule files with clicks counted over 10 minutes, 1 and 2 hours.

    Where a history does not tell what was clicked afterwards, the pool's own estimate over one
    hour stands for it, the same for all variants.
    """
    variants = [(window, [_over(rules, window) for rules in files]) for window in TRIED]
    tasks = [(rules_for(own, past.edition), past.pool) for _, own in variants for past in pasts]
    found = composed_all(tasks, processes)
    return [
        _judged(
            window,
            [
                _row(past, rules, one.topics)
                for past, (rules, _), one in zip(
                    pasts, tasks[n * len(pasts) :], found[n * len(pasts) :], strict=False
                )
            ],
            seed,
        )
        for n, (window, _) in enumerate(variants)
    ]


def _over(rules: Rules, window: str) -> Rules:
    """Returns the rules with every objective over a click window going over `window`."""
    changed = tuple(
        msgspec.structs.replace(rule, by=f"clicks_{window}{'_sure' * rule.by.endswith('_sure')}")
        if rule.by and rule.by.startswith("clicks_")
        else rule
        for rule in rules.rules
    )
    return msgspec.structs.replace(rules, rules=changed)


def _row(past: Past, rules: Rules, topics: Sequence[str]) -> tuple[float, ...]:
    """Returns clicks, age, staleness, sections and overlap of one line-up; NaN of an empty one."""
    own = {entry.topic.id: entry for entry in past.pool.entries}
    entries = [own[name] for name in topics]
    if not entries:
        return (np.nan,) * 5
    opened = past.pool.at + timedelta(microseconds=span(rules.edition.opened_after))
    clicks = [_clicked(past, entry) for entry in entries]
    age = [(past.pool.at - entry.topic.published) / _HOUR for entry in entries]
    stale = [e.topic.stale_at is not None and e.topic.stale_at <= opened for e in entries]
    alike = [overlap(topics, theirs) for theirs in past.editors.values()]
    looked = 1 / np.log2(np.arange(len(entries)) + 2)
    return (
        float(looked @ clicks / looked.sum()),
        float(np.mean(age)),
        float(np.mean(stale)),
        float(len({entry.topic.section for entry in entries})),
        float(np.mean(alike)) if alike else np.nan,
    )


def _clicked(past: Past, entry: Entry) -> float:
    if past.later:
        return past.later.get(entry.topic.id, 0.0)
    clicks = entry.clicks.get("1h")
    return clicks.rate if clicks else 0.0


def _judged(window: str, rows: Sequence[tuple[float, ...]], seed: int) -> Variant:
    columns = np.array(rows, np.float64).reshape(len(rows), 5).T
    clicks, age, stale, sections, alike = (figure(column, seed) for column in columns)
    return Variant(
        window=window, clicks=clicks, age_hours=age, stale=stale, sections=sections, overlap=alike
    )
