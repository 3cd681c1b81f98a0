"""The benchmarks of learning measure what they say."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from tests.learning.worlds import checkerboard

from pittari.cli.bench import cold, scale
from pittari.errors import DataError
from pittari.model.catalog import Item
from pittari.settings import LearnTable


def test_hidden_items_are_found_by_what_they_are_and_not_by_popularity():
    items = [Item(id=f"i{i:03}", tags=("odd" if i % 2 else "even",)) for i in range(40)]
    rows = checkerboard(80, 40)
    people = sorted({row.user for row in rows})
    users = np.array([people.index(row.user) for row in rows])
    taken = np.array([int(row.item[1:]) for row in rows])
    told = cold.bench(items, users, taken, k=10, settings=LearnTable(neighbours=20))
    assert told["hidden"] == 40
    assert told["reached"] == 1
    assert told["content"]["auc"] > 0.8  # people have some of their colour, and cannot say which
    assert told["popularity"] == {"recall_at_10": 0, "auc": 0.5}
    assert told["chance"]["auc"] == pytest.approx(0.5, abs=0.05)
    assert told["content"]["recall_at_10"] > 2 * told["chance"]["recall_at_10"]


def test_a_world_too_small_to_hide_anything_is_refused():
    with pytest.raises(DataError, match="expected 5 items"):
        cold.bench([Item(id="a")], np.array([0]), np.array([0]))


def test_the_made_up_world_has_its_size_and_is_the_same_again(tmp_path):
    world = scale.World(users=100, items=30, interactions=1003)
    days = [world.day(day) for day in range(scale.DAYS)]
    assert sum(len(day) for day in days) == 1003
    assert len({n for day in days for n in day["n"].to_pylist()}) == 1003
    assert days[3].equals(scale.World(100, 30, 1003).day(3))
    scale.generate(world, tmp_path)
    rows = scale.read(scale.ParquetLog(tmp_path), world.goods(), scale.NOW, 365)
    assert len(rows.items) == 30
    assert rows.looks.engaged.sum() == sum(n % 5 == 0 for day in days for n in day["n"].to_pylist())
    assert rows.looks.shown.sum() == sum(n % 5 < 2 for day in days for n in day["n"].to_pylist())


def test_the_command_learns_every_table_and_says_what_it_took():
    asked = ["--users", "60", "--items", "120", "--interactions", "1000", "--json"]
    ran = CliRunner().invoke(scale.command, asked, catch_exceptions=False)
    told = json.loads(ran.stdout)
    assert set(told["steps"]) == {"generate", "reading", *scale.LEARNERS}
    assert told["peak_mb"] > 0
    assert told["items"] == 120
