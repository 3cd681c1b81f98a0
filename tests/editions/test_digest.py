"""The digest is a decision like any other: nothing lost, recorded, and made again the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.editions.conftest import MORNING, topics

from pittari import clock
from pittari.editions.ladder import composed
from pittari.editions.pool import Entry, Pool, Wishes
from pittari.editions.rules import default_rules
from pittari.engine import Ask, Engine
from pittari.errors import Invalid, NotFound
from pittari.settings import project
from pittari.store.editions import Planned
from pittari.touchpoints.digest import compose, decided

RULES = default_rules("morning")
numbers = st.integers(0, 14)


@st.composite
def pools(draw: st.DrawFn) -> Pool:
    """Pools with topics that safety keeps out among them."""
    drawn = draw(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=15))
    entries = []
    for topic, (hazard, gone) in zip(topics(len(drawn), MORNING), drawn, strict=True):
        status = "withdrawn" if gone else "active"
        entries.append(
            Entry(topic=msgspec.structs.replace(topic, hazard=hazard, status=status), main=1)
        )
    return Pool(edition="2024-11-22/morning", at=clock.moment(MORNING), entries=tuple(entries))


@given(pool=pools(), vetoes=st.lists(numbers, max_size=3), pin=numbers)
@settings(deadline=None, max_examples=60)
def test_every_topic_of_the_pool_is_placed_or_dropped_with_its_reason_once(
    pool: Pool, vetoes: list[int], pin: int
) -> None:
    wishes = Wishes(pins={1: f"t{pin}"}, vetoes=tuple(f"t{n}" for n in vetoes))
    decision, made = decided(RULES, pool, wishes)
    assert made == composed(RULES, pool, wishes)
    assert tuple(slot.item for slot in decision.slots) == made.topics
    assert [slot.propensity for slot in decision.slots] == [1.0] * len(decision.slots)
    counts = decision.dropped.counts
    assert sum(counts.values()) + len(decision.slots) == len(pool.entries)
    out = {name: list(made.kept_out.values()).count(name) for name in made.kept_out.values()}
    assert {name: n for name, n in counts.items() if name != "not_placed"} == out


@given(pool=pools())
@settings(deadline=None, max_examples=20)
def test_the_same_pool_gives_the_same_row(pool: Pool) -> None:
    assert compose(RULES, pool, Wishes(), []) == compose(RULES, pool, Wishes(), [])


@pytest.fixture
def engine(tmp_path: Path, database_url: str) -> Iterator[Engine]:
    (tmp_path / "pittari.toml").write_text(f'[store]\nurl = "{database_url}"\n')
    opened = Engine.open(project(tmp_path))
    opened.store.topics.put(topics(20, opened.store.editions.now()))
    yield opened
    opened.close()


def test_the_engine_lists_the_digest_and_tells_its_next_edition(engine: Engine) -> None:
    assert engine.touchpoints()["digest"] == ["morning", "noon", "evening"]
    decision = engine.decide(Ask("digest", "mika", "noon"))
    assert decision.request.placement == "noon"
    assert [slot.place for slot in decision.slots] == list(range(1, len(decision.slots) + 1))
    assert decision.slots
    assert len(engine.decide(Ask("digest", "mika", n=2)).slots) == 2
    with pytest.raises(NotFound, match='Did you mean "morning"'):
        engine.decide(Ask("digest", "mika", "mornin"))
    with pytest.raises(Invalid, match="1 to 200"):
        engine.decide(Ask("digest", "mika", n=0))


def test_an_answer_of_the_digest_is_recorded_with_what_it_was_made_from(engine: Engine) -> None:
    first = engine.serve(Ask("digest", "mika"))
    second = engine.serve(Ask("digest", "mika"))
    assert first.request.decision_id != second.request.decision_id
    record = engine.explain(first.request.decision_id)
    assert {"rules", "pool"} <= record.versions.keys()
    assert record.slots == first.slots
    with pytest.raises(NotFound, match="let no edition go out"):
        engine.replay(first.request.decision_id)


def test_a_released_edition_replays_though_news_rules_and_modes_changed(
    engine: Engine,
) -> None:
    from pittari.touchpoints.digest import running

    store = engine.store
    now = store.editions.now()
    name = "2024-11-22/morning"
    store.editions.plan([Planned(name, "morning", now, now, now + clock.HOUR)])
    table = engine.project.settings.digest
    with running(engine.digest, engine.project.folder, table, "one") as runner:
        leased = store.editions.lease(name, "one", clock.MINUTE)
        assert leased is not None
        gone = runner.release(leased)
    store.topics.put(topics(20, now + clock.MINUTE, first=100))
    changed = engine.digest.rulebook.text("morning").replace("places = 6", "places = 4")
    store.desk.publish(store.desk.save("morning", changed, "mori").number, "mori")
    store.desk.switch("mourning", True, "mori")
    served, again = engine.replay(gone.decision)
    assert again.slots == served.slots
    assert (engine.project.folder / table.outbox).read_bytes().count(b"\n") == len(served.slots)


def test_a_topic_from_the_future_is_not_in_the_pool(engine: Engine) -> None:
    now = engine.store.editions.now()
    ahead = topics(1, now, first=50)[0]
    later = clock.moment(now) + timedelta(hours=1)
    engine.store.topics.put([msgspec.structs.replace(ahead, published=later)])
    pool = engine.digest.pool("2024-11-22/morning", now)
    assert ahead.id not in {entry.topic.id for entry in pool.entries}
