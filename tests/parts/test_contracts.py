"""Every part keeps the contract of its socket, and one that thinks of the wrong person does not."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import structs

from pittari.composition.slots import Slots
from pittari.eligibility.availability import Availability
from pittari.eligibility.buried import Buried
from pittari.eligibility.entitlement import NotOwned
from pittari.eligibility.seen import Seen
from pittari.model.candidates import Candidates
from pittari.model.request import Batch
from pittari.pipeline import Arrangement, Composer, Filter, Scorer
from pittari.pipeline.stages import Codes
from pittari.scoring.blend import Blend
from pittari.scoring.engagement import Engagement
from pittari.scoring.fatigue import Fatigue
from pittari.settings import Boost, Bury, Caps, Match, Pin, Quota, Shelf
from pittari.sources.similar import Similar
from pittari.testing import check_composer, check_filter, check_scorer, check_source, known_world
from pittari.touchpoints.shelf import SOURCES

EDITORIAL = Shelf(name="x", sources={"popular": 1.0}, editorial=("item-3", "item-0", "nowhere"))
SHELVES = {
    "plain": Shelf(name="x", sources={"popular": 1.0}, explore=0.0),
    "exploring": Shelf(name="x", sources={"popular": 1.0}, explore=0.5, explore_from=7),
    "crowded": Shelf(
        name="x",
        sources={"popular": 1.0},
        explore=0.3,
        caps=Caps(creator=1, character=2, price=4),
        pin=(Pin(item="item-1", place=2), Pin(item="item-5", place=1)),
        quota=(
            Quota(where=Match(premium=True), at_least=2),
            Quota(where=Match(tag="t1"), at_most=1),
        ),
    ),
}
FILTERS: dict[str, Filter] = {
    "availability": Availability(),
    "entitlement": NotOwned(),
    "seen": Seen(3),
    "buried": Buried((Bury(where=Match(creator="c1")), Bury(where=Match(tag="t2", premium=True)))),
}
SCORERS: dict[str, Scorer] = {
    "engagement": Engagement(),
    "fatigue": Fatigue(0.8),
    "blend": Blend({"taste": 1, "popular": 2}, 0.5, (Boost(where=Match(creator="c1"), by=2.0),)),
}


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_keeps_its_contract(name: str) -> None:
    check_source(SOURCES[name](EDITORIAL))


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_keeps_its_contract(name: str) -> None:
    check_filter(FILTERS[name])


@pytest.mark.parametrize("name", SCORERS)
def test_every_scorer_keeps_its_contract(name: str) -> None:
    check_scorer(SCORERS[name])


@pytest.mark.parametrize("name", SHELVES)
def test_every_composer_keeps_its_contract(name: str) -> None:
    composer: Composer = Slots(SHELVES[name])
    check_composer(composer)


def test_the_source_that_the_documentation_shows_keeps_its_contract() -> None:
    page = (Path(__file__).parents[2] / "docs" / "house.md").read_text("utf-8")
    (shown,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(shown, names)
    source = names["Kin"]()
    check_source(source)
    world = known_world()
    batch = Batch(tuple(world.request(user) for user in ("even-0", "stranger")))
    assert set(source.candidates(batch, 99).whose.tolist()) == {0}


class ForTheFirst(Similar):
    """Names for everybody what is for the first."""

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        return super().candidates(batch.only(0), limit).repeated(len(batch))


class LimitOfAll(Similar):
    """Takes the limit as that of the whole batch."""

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        found = super().candidates(batch, limit)
        return found.keep(np.arange(min(limit, len(found))))


class BestOfAll(Similar):
    """Measures everybody by the best of all."""

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        found = super().candidates(batch, limit)
        weak = np.float32(0.5) ** found.whose.astype(np.float32)
        columns = {**found.columns, self.name: found.columns.get(self.name, weak) * weak}
        return structs.replace(found, columns=columns)


class NotGrouped(Similar):
    """Puts the candidates of the last request first."""

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        found = super().candidates(batch, limit)
        return found.take(np.arange(len(found))[::-1])


class Unsaid(Similar):
    """Does not say for whom candidates are."""

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        found = super().candidates(batch, limit)
        return Candidates(found.items, found.columns)


class SaysMore(Similar):
    """Adds a column that nobody asked for, which says -1 where it names nothing."""

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        found = super().candidates(batch, limit)
        return structs.replace(found, columns={**found.columns, "votes": np.arange(len(found))})


class Gambles(Similar):
    """Draws dice."""

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        for request in batch:
            request.dice.random()
        return super().candidates(batch, limit)


class OwnedByTheFirst(NotOwned):
    """Judges by what the first person owns."""

    def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
        owned = batch.requests[0].person.owned
        return np.isin(candidates.items, owned).astype(np.uint8)


class BesideTheBest(Engagement):
    """Measures by the best of all who ask."""

    def scores(self, batch: Batch, candidates: Candidates) -> np.ndarray[Any, Any]:
        scores: np.ndarray[Any, Any] = super().scores(batch, candidates)
        scores /= max(scores.max(initial=0), np.float32(1e-9))
        return scores


class PlacesOfTheFirst(Slots):
    """Gives everybody as many places as the first asked for."""

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        n = batch.requests[0].n
        return super().arrange(
            Batch(tuple(structs.replace(request, n=n) for request in batch)), candidates
        )


class OneGenerator(Slots):
    """Draws everybody's places from one generator."""

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        first = batch.requests[0]
        for request in batch:
            request.__dict__["dice"] = first.dice
        return super().arrange(batch, candidates)


@pytest.mark.parametrize(
    ("check", "part", "promise"),
    [
        (check_source, ForTheFirst(), "each request gets exactly what it gets alone"),
        (check_source, LimitOfAll(), "each request gets exactly what it gets alone"),
        (check_source, BestOfAll(), "the best score of each request is 1"),
        (check_source, NotGrouped(), "candidates of the first request first"),
        (check_source, Unsaid(), "at most 1 candidates for each request"),
        (check_source, SaysMore(), "its own columns, and no others"),
        (check_source, Gambles(), "a source draws no dice"),
        (check_filter, OwnedByTheFirst(), "each request gets exactly what it gets alone"),
        (check_scorer, BesideTheBest(), "each request gets exactly what it gets alone"),
        (check_composer, PlacesOfTheFirst(SHELVES["plain"]), "at most n places for each request"),
        (check_composer, OneGenerator(SHELVES["exploring"]), "gets exactly what it gets alone"),
    ],
)
def test_a_part_that_takes_one_person_for_another_is_told_what_it_promised(
    check: Callable[[Any], None], part: object, promise: str
) -> None:
    with pytest.raises(AssertionError, match=promise):
        check(part)
