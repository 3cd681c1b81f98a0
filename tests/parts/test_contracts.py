"""Every part keeps the contract of its socket."""

import pytest

from pittari.composition.slots import Slots
from pittari.eligibility.availability import Availability
from pittari.eligibility.buried import Buried
from pittari.eligibility.entitlement import NotOwned
from pittari.eligibility.seen import Seen
from pittari.pipeline import Composer, Filter, Scorer
from pittari.scoring.blend import Blend
from pittari.scoring.engagement import Engagement
from pittari.scoring.fatigue import Fatigue
from pittari.settings import Boost, Bury, Caps, Match, Pin, Quota, Shelf
from pittari.testing import check_composer, check_filter, check_scorer, check_source
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
