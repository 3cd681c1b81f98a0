"""In the made-up world, learning finds what was planted, and the loop closes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pittari import clock
from pittari.demo import World
from pittari.demo.rows import tables
from pittari.demo.traffic import act
from pittari.demo.truth import Truth, liking, recall, truth
from pittari.demo.world import Recipe
from pittari.engine import Ask, Engine
from pittari.learning.learn import fit, learn
from pittari.learning.rows import LogRows, read
from pittari.model.parameters import Arrays, user_key
from pittari.settings import LearnTable

K = 5
HELD_OUT = 10
WHOLE = World(Recipe(seed=0, end=20_000))
"""The world of `pittari demo`, with a fixed end."""


@pytest.fixture(scope="module")
def planted() -> Truth:
    return truth(WHOLE, HELD_OUT)


class Lived:
    """The rows of a world's days, held in memory, as learning asks for them."""

    def __init__(self, world: World) -> None:
        simulator = world.simulator()
        days = [simulator.day(number) for number in range(world.recipe.days)]
        self.rows = pa.concat_tables([t for day in days for t in tables(day, world.names)])

    def batches(
        self, kinds: Sequence[str], since: int, until: int, columns: Sequence[str]
    ) -> pa.RecordBatchReader:
        at = pc.field("at")
        asked = pc.field("kind").isin(list(kinds)) & (at >= since) & (at < until)
        return self.rows.filter(asked).select(list(columns)).to_reader()


@pytest.fixture(scope="module")
def learnable() -> LogRows:
    """What learning may know of the world: all but the days that are held out."""
    cut = WHOLE.over - HELD_OUT * clock.DAY
    return read(Lived(WHOLE), WHOLE.shop.items, cut - 1, 365)


def columns(arrays: Arrays) -> np.ndarray:
    """Returns the package that each item of a table is, -1 for others and for none."""
    numbers = {name.encode(): number for number, name in enumerate(WHOLE.names.items)}
    return np.array([*(numbers.get(name, -1) for name in arrays["items"].tolist()), -1])


def taste(rows: LogRows) -> np.ndarray:
    """Returns the learned lists of all people as scores, people x packages."""
    arrays = fit("taste", rows, LearnTable()).arrays
    scores = np.full((len(WHOLE.crowd), len(WHOLE.shop) + 1), -np.inf)
    places = {int(key): row for row, key in enumerate(arrays["users"])}
    number = columns(arrays)
    for person, user in enumerate(WHOLE.names.users):
        row = places.get(int(user_key(user)))
        if row is not None:
            scores[person, number[arrays["top"][row]]] = arrays["score"][row]
    return scores[:, :-1]


def similar(rows: LogRows, known: Truth) -> np.ndarray:
    """Returns what the learned neighbours of a person's packages say, people x packages."""
    arrays = fit("similar", rows, LearnTable()).arrays
    number = columns(arrays)
    near = np.zeros((len(WHOLE.shop) + 1, len(WHOLE.shop) + 1))
    for item, package in enumerate(number[:-1]):
        near[package, number[arrays["neighbours"][item]]] = arrays["weight"][item]
    return known.histories @ near[:-1, :-1]


def popularity(known: Truth) -> np.ndarray:
    return np.broadcast_to(known.histories.sum(axis=0), known.histories.shape)


def cosine(known: Truth) -> np.ndarray:
    """Scores packages by the cosine of their buyers and those of what a person had."""
    dense = known.histories.toarray()
    length = np.maximum(np.linalg.norm(dense, axis=0), 1e-12)
    near = dense.T @ dense / length[:, None] / length
    np.fill_diagonal(near, 0)
    return dense @ near


def test_the_truth_is_the_best_ranking_and_chance_is_worth_nothing(planted: Truth) -> None:
    dice = np.random.default_rng(1).random(planted.affinity.shape)
    assert len(planted.judges) > 300
    assert recall(planted, planted.affinity, K) > 0.7
    assert recall(planted, dice, K) < 0.3
    assert liking(planted, planted.affinity, K) > 1
    assert abs(liking(planted, dice, K)) < 0.2


def test_taste_beats_item_cosine_and_both_beat_popularity(
    planted: Truth, learnable: LogRows
) -> None:
    learned = [taste(learnable), cosine(planted), popularity(planted)]
    for measure in (recall, liking):
        best, middle, least = (measure(planted, scores, K) for scores in learned)
        assert best > middle > least


def test_similar_beats_popularity(planted: Truth, learnable: LogRows) -> None:
    for measure in (recall, liking):
        found = measure(planted, similar(learnable, planted), K)
        assert found > measure(planted, popularity(planted), K)


def planted_liking(engine: Engine, world: World, placement: str) -> float:
    """Returns how much people like what a shelf puts before them, on average."""
    affinity = world.simulator().affinity
    numbers = {name: number for number, name in enumerate(world.names.items)}
    found = []
    for person, user in enumerate(world.names.users):
        decision = engine.decide(Ask("shelf", user, placement), at=world.over, seed=person)
        if decision.request.person.owned.size:
            found += [affinity[person, numbers[slot.item]] for slot in decision.slots]
    return float(np.mean(found))


def test_the_learned_shelf_puts_before_people_what_they_like(engine: Engine, world: World) -> None:
    affinity = world.simulator().affinity
    chance = float(affinity[:, world.shop.on_sale(world.over)].mean())
    best_sellers = float(np.mean(planted_popular(engine, world)))
    assert planted_liking(engine, world, "for_you") > max(chance, best_sellers) + 0.1


def planted_popular(engine: Engine, world: World) -> list[float]:
    """Returns how much owners like the best sellers that they do not have."""
    affinity = world.simulator().affinity
    learned = engine.knowledge().parameters["popular"].arrays
    order = [name.decode() for name in learned["items"][np.argsort(-learned["score"])]]
    numbers = {name: number for number, name in enumerate(world.names.items)}
    found = []
    for person, user in enumerate(world.names.users):
        owned = {e.item for e in engine.store.catalog.entitlements(user)}
        if owned:
            open_ = [name for name in order if name in numbers and name not in owned][:8]
            found += [affinity[person, numbers[name]] for name in open_]
    return found


def test_people_act_on_what_is_served_and_the_next_answer_knows_it(
    running: Engine, world: World
) -> None:
    before = running.store.parameters.current()
    last = running.store.events.last_seq()
    day = act(running, world)
    assert day.decisions > 0
    assert day.looks > day.clicks > day.purchases > 0
    fresh = [row for _, row in running.store.events.since(last, 100_000)]
    bought = [row for row in fresh if getattr(row, "action", "") == "purchase"]
    assert len(bought) == day.purchases
    tomorrow = world.over + clock.DAY
    for row in bought:
        served = running.explain(row.decision_id)
        assert row.item in [slot.item for slot in served.slots]
        answer = running.decide(Ask("shelf", row.user), at=tomorrow, seed=1)
        assert row.item not in [slot.item for slot in answer.slots]
    learn(running.store, running.project.settings.learn, as_of=tomorrow)
    after = running.store.parameters.current()
    assert after.versions["taste"] != before.versions["taste"]
    running.knowledge()
    history = running.store.parameters.load(after)["history"]
    assert all(history.user_row(row.user) >= 0 for row in bought)
