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
    of the pool's own day, may be missing likewise. `values`: all there are, when the set is closed.
    """

    kind: Kind
    meaning: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Objective:
    """A word after `by`: the attribute, whether most or least comes first, and its unit."""

    attribute: str
    most: bool
    unit: float
    meaning: str


def _clicks() -> dict[str, Attribute]:
    told: dict[str, Attribute] = {}
    for window in WINDOWS:
        over = "in all" if window == "any" else f"in the last {window}"
        told[f"clicks_{window}"] = Attribute(
            "number", f"Expected clicks per 1,000 impressions at the first place, {over}."
        )
        told[f"clicks_{window}_sure"] = Attribute(
            "number", f"The same less its standard deviation, {over}: what is certain of it."
        )
        told[f"seen_{window}"] = Attribute("number", f"Impressions behind the clicks {over}.")
    return told


ATTRIBUTES: dict[str, Attribute] = {
    "id": Attribute("word", "The topic's id."),
    "section": Attribute("word", "What it is about: politics, world, economy, sport ..."),
    "kind": Attribute("word", "Its form: article, live, bulletin, press_conference, match ..."),
    "tone": Attribute("word", "Hard or soft news.", ("hard", "soft")),
    "mood": Attribute("word", "How it leaves the reader.", ("grim", "neutral", "bright")),
    "source": Attribute("word", "Who wrote it."),
    "story": Attribute("word", "The happening it tells of."),
    "status": Attribute("word", "Whether the desk still offers it.", ("active", "withdrawn")),
    "region": Attribute("words", "Any of its regions."),
    "title": Attribute("text", "Words that stand in its title, in any language it has."),
    "title_length": Attribute("number", "Letters of its longest title."),
    "link": Attribute("flag", "It has a link."),
    "picture": Attribute("flag", "It has a picture."),
    "hazard": Attribute("flag", "A bulletin whose numbers change by the minute."),
    "sensitive": Attribute("flag", "Not for the first place."),
    "embargoed": Attribute("flag", "Its embargo has not ended."),
    "stale_when_opened": Attribute(
        "flag", "The news overtakes it before most readers open the edition."
    ),
    "hours_left": Attribute("number", "Hours until the news overtakes it; missing: nothing known."),
    "age_minutes": Attribute("number", "Minutes since it was published."),
    "age_hours": Attribute("number", "Hours since it was published."),
    "updated_hours": Attribute("number", "Hours since it was updated, else since published."),
    "main": Attribute("number", "Its place in the main tab, 1 the first; missing: not there."),
    "in_main": Attribute("flag", "It stands in the main tab now."),
    "importance": Attribute("number", "Importance for the public, 0 to 1."),
    "preference": Attribute("number", "How likely editors are to place it, as learned, 0 to 1."),
    **_clicks(),
    "spike": Attribute(
        "number", "Clicks of the last 10m as a multiple of those of the last 2h; missing: unknown."
    ),
    "told_ago": Attribute(
        "number", "In which digest back it went out, 1 the last one; missing: in none."
    ),
    "story_told_ago": Attribute("number", "The same for any topic of its story, itself too."),
    "extra_told_at": Attribute("clock", "When it last went out as an extra today; missing: not."),
    "story_extra_told_at": Attribute("clock", "The same for any topic of its story, itself too."),
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
