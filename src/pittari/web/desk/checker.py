"""What does the checker say of a rule file, in the visitor's words?"""

from __future__ import annotations

import time
from dataclasses import dataclass

from pittari.editions.rules import RuleError, Rules, read_rules
from pittari.web.words import Words


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `witness`: a made-up day on which it would happen, line by line."""

    mood: str
    sentence: str
    witness: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A rule as one would read it aloud."""

    name: str
    safety: bool
    reason: str
    sentence: str
    by: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole answer; with an `error` at a `line` there is nothing else."""

    error: str = ""
    line: int = 0
    mood: str = "good"
    verdict: str = ""
    headline: str = ""
    answers: tuple[Answer, ...] = ()
    spoken: tuple[Spoken, ...] = ()
    ms: int = 0


def report(text: str, name: str, words: Words) -> Report:
    """Returns what is to be said of a rule file, in milliseconds of a typist's pause."""
    begun = time.perf_counter()
    try:
        rules = read_rules(text, f"{name}.toml")
    except RuleError as error:
        return Report(error=str(error), line=error.line, mood="bad")
    return _checked(rules, words, begun)


def _checked(rules: Rules, words: Words, begun: float) -> Report:
    ms = round(1000 * (time.perf_counter() - begun))
    headline = words("rules.goes_out", minimum=rules.edition.minimum)
    return Report(headline=headline, verdict="OK", ms=ms)
