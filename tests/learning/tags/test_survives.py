"""What people put right is still right after the next learning."""

from __future__ import annotations

from pathlib import Path

import pytest

from pittari import clock
from pittari.learning.learn import learn
from pittari.learning.tags.table import CERTAIN, TagTable
from pittari.model.catalog import Item
from pittari.settings import LearnTable
from pittari.store import open_store

NOW = 1_800_000_000 * clock.SECOND


@pytest.fixture
def store(tmp_path: Path):
    opened = open_store(
        f"sqlite:///{tmp_path}/store.db",
        tmp_path / "lake",
        tmp_path / "parameters",
        now=lambda: NOW,
    )
    opened.catalog.put_items(
        [
            Item(id="a", kind="sticker", creator="ann", tags=("猫", "走る")),
            Item(id="b", kind="sticker", creator="ben", tags=("犬", "走る")),
        ]
    )
    yield opened
    opened.close()


def table(store) -> TagTable:
    release = learn(store, LearnTable(), ["tags"], as_of=NOW)
    learned = TagTable.from_arrays(store.parameters.load(release)["tags"].arrays)
    return learned.corrected(store.tags.corrections())


def words(told: TagTable, item: str) -> list[str]:
    return [tag.tag for tag in told.of_item(item, 99)]


def test_corrections_win_over_what_is_learned_and_survive_it(store):
    store.tags.put("add", "ひるね", "a", by="ann")
    store.tags.put("remove", "猫", "a", by="ann")
    store.tags.put("block", "走る", by="ann")
    for _ in range(2):
        told = table(store)
        assert told.of_item("a")[0] == ("ひるね", CERTAIN, "person")
        assert "猫" not in words(told, "a")
        assert "走る" not in told.texts
        assert "犬" in words(told, "b")
        store.catalog.put_items([Item(id="c", kind="sticker", tags=("猫", "走る"))])
    assert "猫" in words(told, "c")


def test_what_is_taken_back_after_learning_is_as_if_nobody_had_said_it(store):
    before = table(store)
    store.tags.put("add", "ひるね", "a")
    store.tags.put("remove", "猫", "a")
    store.tags.put("block", "走る")
    release = learn(store, LearnTable(), ["tags"], as_of=NOW)
    store.tags.restore("ひるね", "a")
    store.tags.restore("猫", "a")
    store.tags.restore("走る")
    learned = TagTable.from_arrays(store.parameters.load(release)["tags"].arrays)
    after = learned.corrected(store.tags.corrections())
    for item in ("a", "b"):
        assert set(words(before, item)) <= set(words(after, item))
        assert "ひるね" not in words(after, item)


def test_an_added_word_leads_on_as_a_creators_does(store):
    store.tags.put("add", "うさぎ", "b", by="ann")
    told = table(store)
    row = told.words.index("bunny")
    cells = slice(*told.keyword_starts[row : row + 2])
    assert "うさぎ" in [told.texts[tag] for tag in told.keyword_tags[cells]]


def test_the_same_shop_gives_the_same_version(store):
    first = learn(store, LearnTable(), ["tags"], as_of=NOW)
    second = learn(store, LearnTable(), ["tags"], as_of=NOW)
    assert first.versions["tags"] == second.versions["tags"]
