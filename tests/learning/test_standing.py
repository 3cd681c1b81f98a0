"""What people put right counts at once, and after the next learning still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.learning.tagged import PAIRS, learned, publish, put_stickers

from pittari.learning.tags.standing import Standing
from pittari.store import Store, open_store


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(database_url, tmp_path / "lake", tmp_path / "parameters")
    put_stickers(opened)
    yield opened
    opened.close()


def tags(store: Store, standing: Standing, item: str) -> list[str]:
    current = store.parameters.load(store.parameters.current())
    return [one.tag for one in standing.table(current.get("tags")).of_item(item)]


def test_corrections_count_without_learning_anew(store: Store) -> None:
    standing = Standing(store)
    assert tags(store, standing, "s1") == []
    store.tags.put("add", "first", "s1")
    assert tags(store, standing, "s1") == ["first"]
    publish(store, learned())
    assert tags(store, standing, "s1") == ["first", "good morning", "おはよう", "ねむい"]
    store.tags.put("remove", "ねむい", "s1")
    store.tags.put("block", "おはよう")
    assert tags(store, standing, "s1") == ["first", "good morning"]
    assert tags(store, standing, "s0") == ["太陽"]
    store.tags.restore("おはよう")
    store.tags.restore("first", "s1")
    assert tags(store, standing, "s1") == ["good morning", "おはよう"]


def test_corrections_survive_learning(store: Store) -> None:
    standing = Standing(store)
    publish(store, learned())
    store.tags.put("add", "朝", "s3")
    store.tags.put("remove", "太陽", "s0")
    store.tags.put("block", "thank you")
    publish(store, learned({**PAIRS, "s3": ("thank you", "太陽"), "s0": ("太陽", "夜")}))
    assert tags(store, standing, "s3") == ["朝", "太陽"]
    assert tags(store, standing, "s0") == ["夜"]
    assert tags(store, standing, "s2") == ["ありがとう"]


def test_two_who_look_see_the_same(store: Store) -> None:
    one, other = Standing(store), Standing(store)
    publish(store, learned())
    assert tags(store, one, "s1") == tags(store, other, "s1")
    store.tags.put("add", "朝", "s1")
    assert tags(store, one, "s1") == tags(store, other, "s1") == tags(store, one, "s1")
