"""What does the checker say, and how is it said in Japanese and English?"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

from pittari.editions.pool import Pool
from pittari.editions.rules import Sentence

LOCALES = ("ja", "en")


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One answer about some rules, over all pools there could be.

    `answer` is a key of words.toml below its question. `proof` says why it holds; `witness` is a
    pool that shows it; an answer with neither is not proven, or needs no proof.
    """

    question: Literal["goes_out", "rule", "safety", "pair", "together", "assumed"]
    rules: tuple[str, ...]
    answer: str
    mood: Literal["good", "fair", "bad"]
    said: Sentence
    proof: Sentence | None = None
    witness: Pool | None = None
    modes: tuple[str, ...] = ()
    """What the desk must have switched on for the witness."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """All that the checker says of a rule file."""

    edition: str
    digest: str
    """Of the rules that were checked."""
    goes_out: Answer
    rules: tuple[Answer, ...]
    """Of each rule, safety first, the highest priority first."""
    pairs: tuple[Answer, ...]
    """Of each two editorial rules that matter, the higher one named first."""
    together: Answer
    """Whether all promises can be kept at once when the assumptions hold."""
    assumptions: tuple[Answer, ...]
    """What a pool must hold; `assumptions` gives them as questions to a pool."""

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Everything, in the order in which it is read."""
        return (self.goes_out, *self.rules, *self.pairs, self.together, *self.assumptions)


def answered(
    question: Literal["goes_out", "rule", "safety", "pair", "together", "assumed"],
    answer: str,
    rules: Sequence[str] = (),
    witness: Pool | None = None,
    *,
    parts: dict[str, Sentence] | None = None,
    modes: tuple[str, ...] = (),
    **words: object,
) -> Answer:
    """Returns an answer in its words; `parts` differ by language, `words` do not."""
    told = _words()[question][answer]
    return Answer(
        question=question,
        rules=tuple(rules),
        answer=answer,
        mood=told["mood"],
        said=_sentence(told, "", parts or {}, words),
        proof=_sentence(told, "proof_", parts or {}, words) if "proof_en" in told else None,
        witness=witness,
        modes=modes,
    )


def listed(names: Sequence[str]) -> Sentence:
    """Returns rules' names one after the other; of none, the rules of safety."""
    if not names:
        return _joined("nothing")
    told = {}
    for locale in LOCALES:
        quote, comma = (_words()["words"][f"{key}_{locale}"] for key in ("quote", "comma"))
        told[locale] = comma.join(quote.format(name=name) for name in names)
    return Sentence(**told)


def spots(places: Sequence[int], n: int) -> Sentence:
    """Returns places as one says them; all of them are any place."""
    if len(places) == n:
        return Sentence(ja=_words()["words"]["every_ja"], en=_words()["words"]["every_en"])
    several = ", ".join(map(str, places))
    key = "place_en" if len(places) == 1 else "places_en"
    return Sentence(
        ja="・".join(map(str, places)) + "番", en=_words()["words"][key].format(n=several)
    )


def _joined(key: str) -> Sentence:
    return Sentence(**{locale: _words()["words"][f"{key}_{locale}"] for locale in LOCALES})


def _sentence(
    told: dict[str, str], prefix: str, parts: dict[str, Sentence], words: dict[str, object]
) -> Sentence:
    said = {}
    for locale in LOCALES:
        own = {key: part.to(locale) for key, part in parts.items()}
        said[locale] = told[prefix + locale].format(**words, **own).strip()
    return Sentence(**said)


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "words.toml").read_text("utf-8"))
