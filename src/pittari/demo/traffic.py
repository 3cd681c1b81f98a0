"""What if made-up people came to a running engine? One more day, served by the real pipeline."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from pittari import clock
from pittari.demo.rows import CLICK, PURCHASE, TOUCHPOINT, restored_acts
from pittari.demo.world import World
from pittari.engine import Ask, Engine


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a day came to."""

    decisions: int
    looks: int
    clicks: int
    purchases: int


def act(
    engine: Engine, world: World, *, after: int = 0, placement: str = "for_you", seed: int = 0
) -> Traffic:
    """Lets the world's people act for one more day against an engine: they visit, it decides, they
    do what their planted liking says, and all of it goes to the engine's log.

    `after`: days after the world's last one, 0 for the next; the engine decides as of those times.
    """
    simulator = world.simulator()
    for number in range(world.recipe.days):
        simulator.day(number)
    simulator.dice = dice = np.random.default_rng((world.recipe.seed, 4, after, seed))
    who, at = simulator.visits(world.recipe.days + after)
    start = world.over + after * clock.DAY
    version = engine.places[TOUCHPOINT][placement].version
    numbers = {name: number for number, name in enumerate(world.names.items)}
    done: Counter[int] = Counter()
    for visit in np.argsort(at, kind="stable"):
        user, when = who[[visit]], start + at[[visit]]
        ask = Ask(TOUCHPOINT, world.names.users[user[0]], placement)
        decision = engine.decide(ask, at=int(when[0]), seed=int(dice.integers(2**62)))
        line = np.array([[numbers.get(slot.item, -1) for slot in decision.slots]], np.int64)
        acts = simulator.react(user, when, line)
        done.update(acts.action.tolist())
        row = decision.served(version)
        told = restored_acts(acts, [row.decision_id], world.names)
        engine.store.events.append([row, *told])
    return Traffic(len(who), done[0], done[CLICK], done[PURCHASE])
