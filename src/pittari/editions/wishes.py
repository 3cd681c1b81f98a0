"""What do the desk's acts come to? Pins, vetoes, modes, and whether somebody holds the edition."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pittari.editions.pool import Wishes
from pittari.model.edition import Done
from pittari.store.desk import Mode


def wished(acts: Iterable[Done], modes: Iterable[Mode] = ()) -> Wishes:
    """Returns the acts of one edition, in order, as what the composer is asked.

    A topic has one place and a place one topic: the latest pin counts. A veto ends a topic's pins.
    """
    pins: dict[int, str] = {}
    vetoes: dict[str, None] = {}
    for done in acts:
        act = done.act
        freed = {*act.places.values(), *([act.topic] if act.topic else [])}
        if act.deed in ("pin", "swap", "unpin", "veto"):
            pins = {place: topic for place, topic in pins.items() if topic not in freed}
        if act.deed in ("pin", "swap"):
            pins |= act.places
        elif act.deed == "veto" and act.topic:
            vetoes[act.topic] = None
        elif act.deed == "unveto" and act.topic:
            vetoes.pop(act.topic, None)
    switched = tuple(mode.name for mode in modes if mode.active)
    return Wishes(pins=pins, vetoes=tuple(vetoes), modes=switched)


def held_by(acts: Sequence[Done]) -> str:
    """Returns who holds the edition back, or nothing: silence means go."""
    turned = [done for done in acts if done.act.deed in ("hold", "unhold")]
    return turned[-1].actor if turned and turned[-1].act.deed == "hold" else ""
