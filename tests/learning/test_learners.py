"""Laws that every learner keeps, and what each one must find in a world whose answer is known."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.learning.worlds import NOW, SETTINGS, act, checkerboard, even, told

from pittari import clock
from pittari.learning.learn import LEARNERS, fit
from pittari.model.catalog import Item
from pittari.model.event import Impression
from pittari.model.parameters import checksum, user_key
from pittari.settings import LearnTable

ITEMS = [
    Item(
        id=f"i{i:03}",
        title={"ja": f"ねこスタンプ{i}" if i % 2 else f"いぬのひ{i}", "en": f"thing {i}"},
        tags=("odd",) if i % 2 else ("even",),
        sold_from=clock.moment(NOW - i * 3 * clock.DAY - 1),
    )
    for i in range(24)
]
"""Items 20 to 23 are in the catalogue, and nobody has touched them."""


def looked(rows):
    """Returns each act again, after a look at its item."""
    found = []
    for n, row in enumerate(rows):
        one = {"user": row.user, "item": row.item, "touchpoint": "shelf", "decision_id": f"d{n}"}
        found.append(Impression(event_id=f"l{n}", at=row.at, position=1 + n % 5, **one))
        ago = NOW - clock.micros(row.at) - 1
        found.append(act(row.user, row.item, "click", ago, decision_id=f"d{n}"))
    return found


@pytest.fixture(scope="module")
def world():
    rows = checkerboard()
    return rows + looked(rows[::2])


@pytest.fixture(scope="module")
def learned(world):
    rows = told(world, ITEMS)
    return {name: fit(name, rows, SETTINGS) for name in LEARNERS}


@pytest.mark.parametrize("name", LEARNERS)
def test_the_same_rows_in_any_order_give_the_same_table(name, world, learned):
    shuffled = [world[i] for i in np.random.default_rng(1).permutation(len(world))]
    again = fit(name, told(shuffled, ITEMS[::-1]), SETTINGS)
    assert checksum(again.arrays) == checksum(learned[name].arrays)


@pytest.mark.parametrize("name", LEARNERS)
def test_rows_that_happen_later_change_nothing(name, world, learned):
    later = [act("late", "i001", ago=-5), act("u001", "i000", "mute", ago=-9)]
    again = fit(name, told([*later, *world], ITEMS), SETTINGS)
    assert checksum(again.arrays) == checksum(learned[name].arrays)


@pytest.mark.parametrize("name", LEARNERS)
def test_a_person_without_rows_is_in_no_table(name, world):
    gone = [row for row in world if row.user != "u003"]
    table = fit(name, told(gone, ITEMS), SETTINGS).arrays
    assert user_key("u003") not in table.get("users", ())


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("items", [[], ITEMS])
def test_an_empty_log_gives_a_whole_table(name, items):
    table = fit(name, told([], items), SETTINGS).arrays
    for key, array in table.items():
        assert not array.dtype.hasobject
        assert key == "items" or np.isfinite(array.astype(np.float64)).all()


@pytest.mark.parametrize("name", ["popular", "fresh"])
def test_ranked_tables_stand_best_first(name, learned):
    score = learned[name].arrays["score"]
    assert len(score) > 5
    assert (np.diff(score) <= 0).all()
    assert (score > 0).all()


@pytest.mark.parametrize("name", LEARNERS)
def test_one_person_with_one_item_is_enough(name):
    table = fit(name, told([act("ann", "a")]), LearnTable()).arrays
    assert set(table["items"].tolist()) <= {b"a"}


def test_popular_ranks_by_people_and_age():
    rows = [act(f"u{i}", "old", ago=28 * clock.DAY) for i in range(7)]
    rows += [act(f"v{i}", "new", ago=clock.SECOND) for i in range(2)]
    rows += [act("v0", "new", ago=i) for i in range(1, 9)]
    table = fit("popular", told(rows), LearnTable(half_life_days=14)).arrays
    assert table["items"].tolist() == [b"new", b"old"]
    assert table["score"] == pytest.approx([2, 7 / 4], rel=1e-4)


def test_fresh_holds_what_is_new_even_when_nobody_has_touched_it():
    new = Item(id="new", sold_from=clock.moment(NOW - clock.DAY))
    liked = Item(id="liked", sold_from=clock.moment(NOW - clock.DAY))
    old = Item(id="old", sold_from=clock.moment(NOW - 31 * clock.DAY))
    soon = Item(id="soon", sold_from=clock.moment(NOW + clock.DAY))
    gone = Item(id="gone", sold_from=clock.moment(NOW - clock.DAY), status="withdrawn")
    rows = [act(f"u{i}", "liked", ago=9) for i in range(9)]
    table = fit("fresh", told(rows, [new, liked, old, soon, gone]), LearnTable()).arrays
    score = dict(zip(table["items"].tolist(), table["score"].tolist(), strict=True))
    assert table["items"].tolist() == [b"liked", b"new"]
    assert score[b"liked"] > score[b"new"] > 0


def test_similar_items_have_the_same_colour(learned):
    table = learned["similar"].arrays
    items, neighbours = table["items"], table["neighbours"]
    assert ((table["weight"] >= 0) & (table["weight"] <= 1)).all()
    for i, row in enumerate(neighbours[:20]):
        assert (row >= 0).all()
        assert i not in row
        assert all(even(items[j]) == even(items[i]) for j in row)
    assert (neighbours[20:] == -1).all()


def test_taste_names_items_of_ones_colour_that_one_does_not_have(world, learned):
    table = learned["taste"].arrays
    had = {(row.user, row.item.encode()) for row in world if hasattr(row, "action")}
    for n in range(60):
        row = int(np.searchsorted(table["users"], user_key(f"u{n:03}")))
        top, score = table["top"][row], table["score"][row]
        assert top[0] >= 0
        assert even(table["items"][top[0]]) == (n % 2 == 0)
        assert not had & {(f"u{n:03}", table["items"][i]) for i in top[top >= 0]}
        assert ((score > 0) == (top >= 0)).all()
        assert all(a >= b for a, b in pairwise(score.tolist()))


def test_peers_are_of_one_colour_and_so_is_what_they_take(learned):
    table = learned["peers"].arrays
    group = {
        n: table["group"][np.searchsorted(table["users"], user_key(f"u{n:03}"))] for n in range(60)
    }
    assert {group[n] for n in range(0, 60, 2)}.isdisjoint(group[n] for n in range(1, 60, 2))
    for n in (0, 1):
        top = table["top"][group[n]]
        assert {even(table["items"][i]) for i in top} == {n == 0}
        assert all(a >= b for a, b in pairwise(table["score"][group[n]].tolist()))


def test_history_runs_from_the_newest_and_stops_at_fifty():
    rows = [act("ann", f"i{i:03}", ago=i + 1) for i in range(60)] + [act("ben", "i007")]
    table = fit("history", told(rows), SETTINGS).arrays
    ann = int(np.searchsorted(table["users"], user_key("ann")))
    seen = table["seen"][table["starts"][ann] : table["starts"][ann + 1]]
    assert table["items"][seen].tolist() == [f"i{i:03}".encode() for i in range(50)]
    assert table["starts"][-1] == len(table["seen"]) == 51
