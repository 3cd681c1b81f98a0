"""Which words may a rule use of one topic? The vocabulary, each word with its meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pittari.editions.pool import WINDOWS

Kind = Literal["word", "words", "text", "flag", "number", "clock"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A word for something a topic has.

    `word`: one word or none; `words`: any number; `text`: searched for a part; `flag`: true or
    false; `number`: whole or broken, may be missing, and then fits no comparison; `clock`: a time
    of the pool's own day, may be missing likewise. `example`: a condition, as in a rule file.
    `values`: all there are, when the set is closed; `most`: the largest number a rule may name.
    """

    kind: Kind
    meaning: str
    example: str
    values: tuple[str, ...] = ()
    most: int = 10**9


@dataclass(frozen=True, slots=True)
class Objective:
    """A word after `by`: the attribute, whether most or least comes first, and its unit."""

    attribute: str
    most: bool
    unit: float
    meaning: str


_LETTERS, _HOURS, _EDITIONS = 10_000, 100_000, 1_000
"""The largest title, span and number of editions that rules may speak of."""

_OVER = {
    "10m": "in the last 10 minutes",
    "1h": "in the last hour",
    "2h": "in the last 2 hours",
    "any": "in all",
}


def _clicks() -> dict[str, Attribute]:
    told: dict[str, Attribute] = {}
    for window in WINDOWS:
        over = _OVER[window]
        told[f"clicks_{window}"] = Attribute(
            "number",
            f"Expected clicks per 1,000 impressions at the first place, {over}.",
            f"clicks_{window} = {{ at_least = 20 }}",
        )
        told[f"clicks_{window}_sure"] = Attribute(
            "number",
            f"The same less its standard deviation, {over}: what is certain of it.",
            f"clicks_{window}_sure = {{ at_least = 10 }}",
        )
        told[f"seen_{window}"] = Attribute(
            "number",
            f"Impressions behind the clicks {over}.",
            f"seen_{window} = {{ at_most = 1000 }}",
        )
    return told


ATTRIBUTES: dict[str, Attribute] = {
    "id": Attribute("word", "The topic's id.", 'id = "t-2041"'),
    "section": Attribute(
        "word",
        "What it is about: politics, world, economy, sport ...",
        'section = ["sport", "life"]',
    ),
    "kind": Attribute(
        "word",
        "Its form: article, live, bulletin, press_conference, match ...",
        'kind = ["press_conference", "match"]',
    ),
    "tone": Attribute("word", "Hard or soft news.", 'tone = "hard"', ("hard", "soft")),
    "mood": Attribute(
        "word",
        "How it leaves the reader.",
        'mood = { not = "grim" }',
        ("grim", "neutral", "bright"),
    ),
    "source": Attribute("word", "Who wrote it.", 'source = { not = ["a-wire", "b-wire"] }'),
    "story": Attribute("word", "The happening it tells of.", 'story = "election-2026"'),
    "status": Attribute(
        "word", "Whether the desk still offers it.", 'status = "withdrawn"', ("active", "withdrawn")
    ),
    "region": Attribute("words", "Any of its regions.", 'region = "jp"'),
    "title": Attribute(
        "text", "Words that stand in its title, in any language it has.", 'title = ["[PR]", "[AD]"]'
    ),
    "title_length": Attribute(
        "number", "Letters of its longest title.", "title_length = { at_most = 5 }", most=_LETTERS
    ),
    "link": Attribute("flag", "It has a link.", "link = false"),
    "picture": Attribute("flag", "It has a picture.", "picture = true"),
    "hazard": Attribute("flag", "A bulletin whose numbers change by the minute.", "hazard = true"),
    "sensitive": Attribute("flag", "Not for the first place.", "sensitive = true"),
    "embargoed": Attribute("flag", "Its embargo has not ended.", "embargoed = true"),
    "stale_when_opened": Attribute(
        "flag",
        "The news overtakes it before most readers open the edition.",
        "stale_when_opened = true",
    ),
    "hours_left": Attribute(
        "number",
        "Hours until the news overtakes it; missing: nothing known.",
        "hours_left = { at_most = 4 }",
        most=_HOURS,
    ),
    "age_minutes": Attribute(
        "number",
        "Minutes since it was published.",
        "age_minutes = { at_most = 10 }",
        most=60 * _HOURS,
    ),
    "age_hours": Attribute(
        "number", "Hours since it was published.", "age_hours = { at_least = 12 }", most=_HOURS
    ),
    "updated_hours": Attribute(
        "number",
        "Hours since it was updated, else since published.",
        "updated_hours = { at_least = 6 }",
        most=_HOURS,
    ),
    "main": Attribute(
        "number",
        "Its place in the main tab, 1 the first; missing: not there.",
        "main = { at_most = 8 }",
    ),
    "in_main": Attribute("flag", "It stands in the main tab now.", "in_main = false"),
    "importance": Attribute(
        "number", "Importance for the public, 0 to 1.", "importance = { at_least = 0.3 }"
    ),
    "preference": Attribute(
        "number",
        "How likely editors are to place it, as learned, 0 to 1.",
        "preference = { at_least = 0.5 }",
    ),
    **_clicks(),
    "spike": Attribute(
        "number",
        "Clicks of the last 10 minutes as a multiple of those of 2 hours; missing: unknown.",
        "spike = { at_least = 5 }",
    ),
    "told_ago": Attribute(
        "number",
        "In which digest back it went out, 1 the last one; missing: in none.",
        "told_ago = { at_most = 2 }",
        most=_EDITIONS,
    ),
    "story_told_ago": Attribute(
        "number",
        "The same for any topic of its story, itself too.",
        "story_told_ago = { at_most = 2 }",
        most=_EDITIONS,
    ),
    "extra_told_at": Attribute(
        "clock",
        "When it last went out as an extra today; missing: not.",
        'extra_told_at = { at_least = "06:00" }',
    ),
    "story_extra_told_at": Attribute(
        "clock",
        "The same for any topic of its story, itself too.",
        'story_extra_told_at = { at_least = "06:00" }',
    ),
}
"""What `where`, `avoid`, `want`, `except`, `over` and `under` may ask of a topic."""

GROUPS = ("section", "kind", "tone", "mood", "source", "story")
"""What `each` and `apart` may group by."""

OBJECTIVES: dict[str, Objective] = {
    **{
        f"clicks_{window}{sure}": Objective(
            f"clicks_{window}{sure}", True, 1.0, "Most clicks first; unit: one per 1,000."
        )
        for window in WINDOWS
        for sure in ("", "_sure")
    },
    "importance": Objective("importance", True, 0.01, "Most important first; unit: 0.01."),
    "preference": Objective("preference", True, 0.01, "What editors would place; unit: 0.01."),
    "main": Objective("main", False, 1.0, "First of the main tab; unit: one place."),
    "newest": Objective("age_minutes", False, 1.0, "Newest first; unit: one minute."),
}
"""What `by` may ask for."""


def vocabulary() -> dict[str, Attribute]:
    """Returns every attribute a rule may speak of, by its word."""
    return ATTRIBUTES
