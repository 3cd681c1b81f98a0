"""How would people compose the edition? Three made-up editors, alike in spirit, not in taste.

They do what the shipped rules say, mostly: the first two places by clicks, the third for the first
of the main tab, then variety. Each feels the news in an own way, is not always in the same mood,
and now and then overlooks what a rule would not. They read nothing but the pool.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt

from pittari.editions.pool import Entry, Pool

Floats = npt.NDArray[np.float64]

VOLATILE = frozenset({"live", "press_conference", "match"})
OPENED = timedelta(hours=3)
"""By when most readers have opened an edition, as editors feel it."""
OVERLOOKS = 0.05
"""Chance that an editor overlooks, for one topic, that it is of a story or stale."""


@dataclass(frozen=True, slots=True)
class Editor:
    """A made-up editor: what clicks, importance and each section weigh, and how moody they are."""

    id: str
    clicks: float
    importance: float
    sections: Mapping[str, float]
    mood: float


EDITORS = (
    Editor("aoki", 0.8, 1.2, {"politics": 0.25, "economy": 0.2, "world": 0.15, "life": -0.1}, 0.45),
    Editor("mori", 1.2, 0.7, {"society": 0.15, "culture": 0.3, "life": 0.25, "local": 0.1}, 0.5),
    Editor(
        "hayase", 1.0, 1.0, {"science": 0.3, "sport": 0.2, "world": 0.1, "politics": -0.1}, 0.55
    ),
)


def composed(editor: Editor, pool: Pool, places: int, dice: np.random.Generator) -> tuple[str, ...]:
    """Returns the ids of an editor's line-up by place; the same dice give the same line-up."""
    told = {topic.id for told in pool.told[:2] for topic in told.topics}
    fit = [entry for entry in pool.entries if _fits(entry, pool, told, dice)]
    if not fit:
        return ()
    clicks = _scaled([_rate(entry) for entry in fit])
    clicks = clicks + editor.mood * 1.6 * dice.standard_normal(len(fit))
    weight = _scaled([entry.importance for entry in fit])
    worth = editor.clicks * 0.5 * clicks + editor.importance * weight
    worth += np.array([editor.sections.get(entry.topic.section, 0.0) for entry in fit])
    worth += editor.mood * dice.standard_normal(len(fit))
    chosen: list[int] = []
    for place in range(1, min(places, len(fit)) + 1):
        if place <= 2:
            value = clicks - 9 * (place == 1) * np.array([e.topic.sensitive for e in fit])
        elif place == 3:
            value = 0.5 * worth - np.array([entry.main or 99 for entry in fit])
        else:
            value = worth - _sameness(fit, chosen, places)
        value = value - 99 * _again(fit, chosen, dice)
        value[chosen] = -np.inf
        chosen.append(int(value.argmax()))
    return tuple(fit[n].topic.id for n in chosen)


def _fits(entry: Entry, pool: Pool, told: set[str], dice: np.random.Generator) -> bool:
    """Whether an editor would send this at all."""
    topic = entry.topic
    if topic.status != "active" or topic.hazard or topic.kind in VOLATILE or topic.id in told:
        return False
    if topic.embargo is not None and topic.embargo > pool.at:
        return False
    stale = topic.stale_at is not None and topic.stale_at <= pool.at + OPENED
    return not stale or bool(dice.random() < OVERLOOKS)


def _rate(entry: Entry) -> float:
    """Returns clicks of the last hour as cautious people read them: less for what few saw."""
    clicks = entry.clicks.get("1h")
    return clicks.rate - 0.5 * clicks.spread if clicks else 0.0


def _scaled(values: Sequence[float]) -> Floats:
    told = np.array(values, np.float64)
    scaled: Floats = (told - told.mean()) / (told.std() or 1.0)
    return scaled


def _again(fit: Sequence[Entry], chosen: Sequence[int], dice: np.random.Generator) -> Floats:
    """Marks topics whose story is told already; sometimes the editor overlooks one."""
    stories = {fit[n].topic.story for n in chosen} - {""}
    told = np.array([entry.topic.story in stories for entry in fit], np.float64)
    seen = dice.random(len(fit)) >= OVERLOOKS
    return np.where(seen, told, 0.0)


def _sameness(fit: Sequence[Entry], chosen: Sequence[int], places: int) -> Floats:
    """Returns what each topic loses for being like those chosen: by section, and by tone once
    the other tone has less than two places."""
    sections = [fit[n].topic.section for n in chosen]
    loss = np.array([1.2 * sections.count(entry.topic.section) for entry in fit])
    tones: list[str] = [fit[n].topic.tone for n in chosen]
    left = places - len(chosen)
    for tone, other in (("hard", "soft"), ("soft", "hard")):
        if left <= 2 - tones.count(other):
            loss += 3.0 * np.array([entry.topic.tone == tone for entry in fit])
    return loss
