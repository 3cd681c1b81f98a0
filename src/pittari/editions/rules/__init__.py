"""The language of editors: what a rule file may say, and what it means."""

from pittari.editions.rules.calendar import (
    Day,
    Window,
    in_force,
    is_full,
    no_sooner,
    places,
    today,
    window,
)
from pittari.editions.rules.checking import BUILT_IN
from pittari.editions.rules.language import (
    KINDS,
    Compare,
    Edition,
    KeepOut,
    Places,
    Rule,
    Rules,
    Sentence,
    When,
    Where,
)
from pittari.editions.rules.reading import (
    EDITIONS,
    RuleError,
    default_rules,
    default_text,
    read_rules,
)
from pittari.editions.rules.speaking import built_in, called, described, gives_way, label, spoken
from pittari.editions.rules.vocabulary import ATTRIBUTES, GROUPS, OBJECTIVES, vocabulary

__all__ = [
    "ATTRIBUTES",
    "BUILT_IN",
    "EDITIONS",
    "GROUPS",
    "KINDS",
    "OBJECTIVES",
    "Compare",
    "Day",
    "Edition",
    "KeepOut",
    "Places",
    "Rule",
    "RuleError",
    "Rules",
    "Sentence",
    "When",
    "Where",
    "Window",
    "built_in",
    "called",
    "default_rules",
    "default_text",
    "described",
    "gives_way",
    "in_force",
    "is_full",
    "label",
    "no_sooner",
    "places",
    "read_rules",
    "spoken",
    "today",
    "vocabulary",
    "window",
]
