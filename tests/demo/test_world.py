"""The made-up world is whole, labelled, the same for the same seed, and true to its own rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari import clock
from pittari.demo import World, build, recipe_of
from pittari.demo.people import CURVE
from pittari.demo.rows import tables
from pittari.demo.simulate import laid_out
from pittari.demo.world import Recipe
from pittari.engine import Engine
from pittari.errors import DataError
from pittari.model.catalog import Item, User
from pittari.model.event import AnyRow, Engagement, Impression, Served, restored
from pittari.model.topic import NEWS
from pittari.settings import Project
from pittari.store import Store

SMALL = {"people": 60, "days": 8}
Log = list[AnyRow]


def rows(store: Store) -> Log:
    """Returns all rows of a store that made-up people left in the shop."""
    table = store.lake.batches(("served", "impression", "engagement")).read_all()
    columns = [table.column(name).to_pylist() for name in table.schema.names if name != "seq"]
    told = [restored(row) for row in zip(*columns, strict=True)]
    return [row for row in told if row.touchpoint not in {"digest", NEWS}]


@pytest.fixture(scope="module")
def log(engine: Engine) -> Log:
    return rows(engine.store)


@pytest.fixture(scope="module")
def served(log: Log) -> dict[str, Served]:
    return {row.decision_id: row for row in log if isinstance(row, Served)}


@pytest.fixture(scope="module")
def items(engine: Engine) -> dict[str, Item]:
    return {item.id: item for item in engine.store.catalog.every_item()}


def lived(recipe: Recipe) -> list[pa.Table]:
    world = World(recipe)
    simulator = world.simulator()
    return [t for n in range(recipe.days) for t in tables(simulator.day(n), world.names)]


def test_the_same_recipe_makes_the_same_rows_and_another_seed_others() -> None:
    recipe = Recipe(seed=3, end=20_000, people=50, days=6)
    first = lived(recipe)
    assert all(one.equals(other) for one, other in zip(first, lived(recipe), strict=True))
    other = lived(msgspec.structs.replace(recipe, seed=4))
    assert pa.concat_tables(first)["event_id"] != pa.concat_tables(other)["event_id"]


def test_all_rows_lie_in_the_days_of_the_world_and_each_has_its_own_id(
    log: Log, world: World
) -> None:
    days = {clock.day(clock.micros(row.at)) for row in log}
    assert days == set(range(world.first, world.recipe.end + 1))
    assert len({row.event_id for row in log}) == len(log)


def test_a_decision_id_begins_with_the_time_of_the_decision(served: dict[str, Served]) -> None:
    for name, row in served.items():
        assert name == row.event_id == f"{clock.micros(row.at):016x}{row.seed:016x}"


def test_every_look_and_act_names_a_slot_that_was_served_before(
    log: Log, served: dict[str, Served]
) -> None:
    followed = 0
    for row in log:
        if isinstance(row, (Impression, Engagement)) and row.decision_id:
            decision = served[row.decision_id]
            assert decision.slots[row.position - 1].item == row.item
            assert (decision.user, decision.touchpoint) == (row.user, row.touchpoint)
            assert decision.at < row.at
            followed += 1
    assert followed > len(served)


def test_nobody_acts_on_a_slot_without_having_looked(log: Log) -> None:
    looks = {(r.decision_id, r.position) for r in log if isinstance(r, Impression)}
    acts = {(r.decision_id, r.position) for r in log if isinstance(r, Engagement)}
    assert {act for act in acts if act[0]} <= looks


def test_what_is_served_was_on_sale_allowed_and_not_had(
    log: Log, served: dict[str, Served], items: dict[str, Item], engine: Engine
) -> None:
    users = {user.id: user for user in engine.store.catalog.users()}
    bought: dict[tuple[str, str], int] = {}
    for row in log:
        if isinstance(row, Engagement) and row.action in {"purchase", "mute"}:
            bought[row.user, row.item] = clock.micros(row.at)
    for row in served.values():
        user = users[row.user]
        assert len({slot.item for slot in row.slots}) == len(row.slots)
        for slot in row.slots:
            item = items[slot.item]
            assert item.kind == "package"
            assert item.sold_from is not None
            assert item.sold_from <= row.at
            assert item.sold_until is None or row.at < item.sold_until
            assert not item.regions or user.region in item.regions
            assert user.adult or not item.adult
            # A visit has two shelves: what was bought on the first may still come on the second.
            ended = bought.get((row.user, slot.item), clock.micros(row.at))
            assert clock.micros(row.at) <= ended + 2 * clock.MINUTE


def test_a_purchase_is_made_once_and_gives_an_entitlement(log: Log, engine: Engine) -> None:
    bought = [(r.user, r.item) for r in log if isinstance(r, Engagement) and r.action == "purchase"]
    assert len(set(bought)) == len(bought)
    for user in {user for user, _ in bought}:
        owned = {e.item for e in engine.store.catalog.entitlements(user) if e.kind == "owned"}
        assert owned == {item for buyer, item in bought if buyer == user}


def test_sends_are_of_stickers_that_the_sender_had_or_a_plan_allowed(
    log: Log, items: dict[str, Item], engine: Engine
) -> None:
    acts = [row for row in log if isinstance(row, Engagement)]
    bought = {(r.user, r.item): r.at for r in acts if r.action == "purchase"}
    plans = {user: engine.store.catalog.entitlements(user) for user in {r.user for r in acts}}
    sends = [row for row in acts if row.action == "send"]
    borrowed = 0
    for row in sends:
        package = items[row.item].package
        assert package, "people send single stickers"
        since = bought.get((row.user, package))
        if since is not None and since < row.at:
            continue
        borrowed += 1
        assert row.touchpoint == "suggest"
        assert items[package].premium
        held = [one for one in plans[row.user] if one.item == "*"]
        assert any(one.since <= row.at < one.until for one in held if one.since and one.until)
    assert 0 < borrowed < len(sends) / 2
    assert {row.touchpoint for row in sends} == {"", "suggest"}
    assert all((row.touchpoint == "suggest") == (1 <= row.position <= 8) for row in sends)


def test_every_kind_of_plan_is_held_and_plans_keep_what_they_may(
    engine: Engine, items: dict[str, Item]
) -> None:
    kinds = set()
    for user in engine.store.catalog.users():
        held = [e for e in engine.store.catalog.entitlements(user.id) if e.kind != "owned"]
        kinds |= {one.kind for one in held}
        kept = [one for one in held if one.item != "*"]
        assert len(kept) <= (5 if {one.kind for one in held} == {"basic"} else 12)
        assert all(items[one.item].premium for one in kept)
        assert len({one.kind for one in held}) <= 1
    assert kinds == {"basic", "deluxe", "trial", "trial_send"}


def test_purchases_cost_what_the_package_costs(log: Log, items: dict[str, Item]) -> None:
    for row in log:
        if isinstance(row, Engagement):
            price = items[row.item].price if row.action == "purchase" else 0
            assert (row.value, row.currency) == (price, "JPY" if price else "")


def test_what_stands_further_down_is_seen_less_and_taken_in_less(
    log: Log, served: dict[str, Served]
) -> None:
    looks, clicks = np.zeros(9), np.zeros(9)
    for row in log:
        if isinstance(row, Impression) and served[row.decision_id].placement == "for_you":
            looks[row.position] += 1
        if isinstance(row, Engagement) and row.action == "click" and row.decision_id:
            clicks[row.position] += served[row.decision_id].placement == "for_you"
    assert (np.diff(looks[2:]) < 0).all()
    assert clicks[1:3].sum() / looks[1:3].sum() > clicks[5:].sum() / looks[5:].sum()


def test_few_people_make_many_visits_and_evenings_are_busier_than_nights(
    served: dict[str, Served], world: World
) -> None:
    visits: dict[str, int] = {}
    for row in served.values():
        visits[row.user] = visits.get(row.user, 0) + (row.placement == "for_you")
    counts = np.sort(list(visits.values()))[::-1]
    assert counts[: len(counts) // 5].sum() > 0.4 * counts.sum()
    offset = {
        user.id: int(h) for user, h in zip(world.crowd.users, world.crowd.offset, strict=True)
    }
    hours = np.zeros(24)
    for row in served.values():
        hours[(row.at.hour + offset[row.user]) % 24] += 1
    assert hours[[20, 21, 22]].sum() > 3 * hours[[1, 2, 3]].sum()
    assert CURVE.argmax() in {20, 21, 22}


def test_the_shop_is_labelled_and_reads_in_both_languages(items: dict[str, Item]) -> None:
    packages = [item for item in items.values() if item.kind == "package"]
    assert len(packages) == 40
    for item in items.values():
        assert msgspec.convert(msgspec.to_builtins(item), Item) == item
        assert set(item.title) == set(item.description) == {"ja", "en"}
        assert "架空" in item.description["ja"]
        assert "Made up" in item.description["en"]
        assert 1 <= len(set(item.tags)) == len(item.tags) <= 9
    for package in packages:
        assert package.price > 0
        assert package.creator
        assert sum(item.package == package.id for item in items.values()) == 16


def test_the_shop_has_every_kind_of_package_that_a_shelf_must_not_show(
    items: dict[str, Item], world: World
) -> None:
    packages = [item for item in items.values() if item.kind == "package"]
    over = clock.moment(world.over)
    assert any(item.status == "withdrawn" for item in packages)
    assert any(item.sold_from and item.sold_from > over for item in packages)
    assert any(item.sold_until and item.sold_until <= over for item in packages)
    assert any(item.regions for item in packages)
    assert any(item.adult for item in packages)
    assert {item.premium for item in packages} == {True, False}


def test_people_have_their_own_nicknames_in_their_language(world: World) -> None:
    users = world.crowd.users
    assert len({user.name for user in users}) == len(users)
    assert {user.locale for user in users} == {"ja", "en"}
    for user in users:
        assert msgspec.convert(msgspec.to_builtins(user), User) == user
        assert user.id.startswith("demo-")
        assert user.name.isascii() == (user.locale == "en")


def test_every_item_has_its_picture_and_the_shop_is_open_on_loopback_only(
    site: Project, items: dict[str, Item]
) -> None:
    for name, item in items.items():
        assert item.picture == f"/pictures/{name}.svg"
        assert (site.folder / "pictures" / f"{name}.svg").read_text("utf-8").startswith("<svg")
    assert site.settings.server.open_shop
    assert site.settings.server.host == "127.0.0.1"


def test_shelves_offer_packages_only(engine: Engine, world: World) -> None:
    from pittari.engine import Ask

    kinds = {item.id: item.kind for item in world.shop.items}
    for shelf in engine.touchpoints()["shelf"]:
        for user in world.names.users[:40]:
            for slot in engine.decide(Ask("shelf", user, shelf), at=world.over, seed=1).slots:
                assert kinds[slot.item] == "package"


def stop_at(step: str) -> Callable[[str], None]:
    def progress(now: str) -> None:
        if now == step:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("step", ["drawing", "living", "publishing"])
def test_an_interrupted_build_leaves_no_world_and_the_next_one_is_whole(
    step: str, tmp_path: Path
) -> None:
    folder = tmp_path / "world"
    with pytest.raises(KeyboardInterrupt):
        build(folder, end=date(2026, 3, 1), progress=stop_at(step), **SMALL)
    assert not folder.exists()
    build(folder, end=date(2026, 3, 1), **SMALL)
    assert recipe_of(folder).people == 60
    assert [path.name for path in tmp_path.iterdir()] == ["world"]


def test_the_same_recipe_teaches_the_same(tmp_path: Path) -> None:
    learned = []
    for name in ("one", "other"):
        opened = Engine.open(build(tmp_path / name, end=date(2026, 3, 1), **SMALL))
        learned.append(opened.store.parameters.current().versions)
        opened.close()
    assert learned[0] == learned[1]


def test_a_build_keeps_its_hands_off_what_stands_there(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("hello")
    with pytest.raises(DataError, match="expected no such folder"):
        build(tmp_path / "letters", **SMALL)
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["dear.txt"]
    with pytest.raises(DataError, match="recipe"):
        recipe_of(tmp_path)


@given(
    seed=st.integers(0, 2**32), items=st.integers(1, 12), places=st.integers(1, 10),
    explore=st.floats(0, 1),
)  # fmt: skip
def test_a_line_up_repeats_nothing_and_knows_its_chances(
    seed: int, items: int, places: int, explore: float
) -> None:
    dice = np.random.default_rng(seed)
    free = dice.random((20, items)) < 0.7
    line, chance, _ = laid_out(dice.random((20, items)), free, places, explore, dice)
    for may, row, odds in zip(free, line, chance, strict=True):
        real = row[row >= 0]
        assert len(real) == min(places, may.sum()) == len(set(real.tolist()))
        assert may[real].all()
        assert ((odds[row >= 0] > 0) & (odds[row >= 0] <= 1 + 1e-9)).all()
        assert (odds[row < 0] == 0).all()


def test_the_chances_of_a_line_up_are_those_of_the_draw() -> None:
    dice = np.random.default_rng(5)
    value = np.broadcast_to(np.array([3.0, 2.0, 1.0, 0.0]), (40_000, 4))
    line, chance, _ = laid_out(value, np.ones((40_000, 4), np.bool_), 2, 0.4, dice)
    for item in range(4):
        first = line[:, 0] == item
        assert first.mean() == pytest.approx(chance[first, 0][0], abs=0.01)
    after_best = line[:, 0] == 0
    second = after_best & (line[:, 1] == 1)
    assert second.sum() / after_best.sum() == pytest.approx(chance[second, 1][0], abs=0.01)
