"""Learning, from a real log to a release in force."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.learning.worlds import NOW, SETTINGS, act, checkerboard

from pittari import clock
from pittari.errors import NotFound
from pittari.learning.learn import LEARNERS, learn
from pittari.model.catalog import Item
from pittari.model.parameters import user_key
from pittari.store import Store, open_store


@pytest.fixture
def store(database_url: str, tmp_path: Path):
    opened = open_store(
        database_url, tmp_path / "lake", tmp_path / "parameters", now=lambda: NOW + clock.MINUTE
    )
    yield opened
    opened.close()


def filled(store: Store) -> Store:
    store.catalog.put_items([Item(id=f"i{i:03}", tags=(f"t{i % 2}",)) for i in range(22)])
    store.events.append(checkerboard())
    return store


def test_learning_publishes_all_tables_at_one_stroke_and_again_the_same(store):
    steps: list[str] = []
    release = learn(filled(store), SETTINGS, as_of=NOW, progress=steps.append)
    assert set(release.versions) == set(LEARNERS)
    assert steps == ["reading", *LEARNERS, "publishing"]
    assert store.compactor.compact()
    store.events.append([act("later", "i001", ago=-1)])
    assert learn(store, SETTINGS, as_of=NOW).versions == release.versions
    tables = store.parameters.load(store.parameters.current())
    assert tables["taste"].user_row("u003") >= 0
    assert b"i021" in tables["content"].arrays["items"].tolist()


def test_a_table_learned_alone_leaves_the_others_as_they_are(store):
    first = learn(filled(store), SETTINGS, as_of=NOW)
    store.events.append([act("new", "i001", ago=5)])
    second = learn(store, SETTINGS, ["popular"], as_of=NOW)
    changed = {name for name in LEARNERS if first.versions[name] != second.versions[name]}
    assert changed == {"popular"}


def test_an_unknown_name_is_answered_with_the_nearest_and_nothing_is_learned(store):
    with pytest.raises(NotFound, match='Did you mean "popular"'):
        learn(store, SETTINGS, ["taste", "populer"])
    assert store.parameters.current().id == 0


def test_learning_from_nothing_gives_a_release(store):
    assert set(learn(store, SETTINGS).versions) == set(LEARNERS)
    assert store.parameters.load(store.parameters.current())["taste"].user_row("u003") == -1


def test_an_erased_person_is_gone_after_the_next_learning(store):
    learn(filled(store), SETTINGS, as_of=NOW)
    assert store.compactor.compact()
    store.erase_user("u003")
    learn(store, SETTINGS, as_of=NOW)
    tables = store.parameters.load(store.parameters.current())
    keyed = {name: table for name, table in tables.items() if "users" in table.arrays}
    assert set(keyed) == {"taste", "peers", "history"}
    for table in keyed.values():
        assert table.user_row("u005") >= 0
        assert user_key("u003") not in table.arrays["users"]
