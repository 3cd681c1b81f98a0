"""Why does it stand there? A place's record in words and numbers for the person who asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pittari.engine import Engine, Placement
from pittari.errors import NotFound
from pittari.model.event import Reason, Served, Slot
from pittari.web.shop import TOUCHPOINT, Card, Shop, Visitor

_NEXT_TO_ONE = 0.005


@dataclass(frozen=True, slots=True)
class Voice:
    """What one source said of an item, 0 to 1 (None: nothing), and its share in the sum."""

    name: str
    said: float | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class Why:
    """A place explained: the sentence first, then how the number came about."""

    card: Card
    sentence: str
    place: int
    n: int
    chance: float
    drawn: bool
    voices: tuple[Voice, ...]
    factors: tuple[tuple[str, float], ...]
    total: float
    versions: Mapping[str, str]
    decision: str


def explain(shop: Shop, visitor: Visitor, decision: str, place: int) -> Why:
    """Returns why a place of a person's own decision is filled as it is. Raises `NotFound`."""
    served = shop.engine.explain(decision)
    slot = next((slot for slot in served.slots if slot.place == place), None)
    if slot is None or served.user != visitor.user or served.touchpoint != TOUCHPOINT:
        raise NotFound(f"there is no place {place} in a decision {decision} for this person")
    item = shop.item(slot.item)
    voices, factors = _numbers(shop.engine, served, slot)
    return Why(
        card=shop.card(visitor, item, slot, decision),
        sentence=_sentence(shop, visitor, slot.reason),
        place=place,
        n=len(served.slots),
        chance=slot.propensity,
        drawn=slot.reason.key == "explored",
        voices=voices,
        factors=factors,
        total=slot.score,
        versions={name: v for name, v in sorted(served.versions.items()) if v},
        decision=decision,
    )


def _sentence(shop: Shop, visitor: Visitor, reason: Reason) -> str:
    words, item = visitor.words, shop.goods().items.get(reason.item)
    if item and reason.key not in {"pinned", "explored"}:
        key = "why.because_have" if shop.owns(visitor.user, item.id) else "why.because_seen"
        return words(key, item=words.pick(item.title, item.id))
    return words.said(f"why.{reason.key}", words("why.other"))


def _numbers(
    engine: Engine, served: Served, slot: Slot
) -> tuple[tuple[Voice, ...], tuple[tuple[str, float], ...]]:
    """Returns what the sources said and what their sum was multiplied by.

    Weights are told only while the settings are those of the decision.
    """
    place = engine.places[TOUCHPOINT].get(served.placement)
    if place is None or place.version != served.versions.get("settings"):
        said = {k: v for k, v in slot.scores.items() if k not in {"engagement", "fatigue", "blend"}}
        return tuple(Voice(name, value, None) for name, value in said.items()), ()
    sources = place.settings.sources
    whole = sum(sources.values()) or 1.0
    voices = [Voice(k, slot.scores.get(k), weight / whole) for k, weight in sources.items()]
    voices.sort(key=lambda voice: -(voice.said or 0.0) * (voice.weight or 0.0))
    total = sum((voice.said or 0.0) * (voice.weight or 0.0) for voice in voices)
    return tuple(voices), _factors(place, slot, total)


def _factors(place: Placement, slot: Slot, voices: float) -> tuple[tuple[str, float], ...]:
    engagement = slot.scores.get("engagement", 1.0) ** place.settings.engagement
    fatigue = slot.scores.get("fatigue", 1.0)
    told = voices * engagement * fatigue
    boost = slot.score / told if told > 0 else 1.0
    found = (("engagement", engagement), ("fatigue", fatigue), ("boost", boost))
    return tuple((k, v) for k, v in found if k != "boost" or abs(v - 1) > _NEXT_TO_ONE)
