"""Which hundred stickers stand under a word? Laws on any shop, and what must come out of some."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pittari.touchpoints.suggest.offering import Fitting, Limits, offered

LAW = settings(max_examples=80, deadline=None)

limits = st.builds(
    Limits,
    most=st.integers(1, 12),
    per_package=st.integers(1, 4),
    per_creator=st.integers(1, 6),
    per_cluster=st.integers(0, 2),
    floor=st.integers(0, 4),
)


@st.composite
def shops(draw: st.DrawFn) -> Fitting:
    """Any stickers, each with its package, creator, cluster and twin, under any tags."""
    seed, items = draw(st.integers(0, 2**32 - 1)), draw(st.integers(0, 40))
    tags, creators = draw(st.integers(1, 5)), draw(st.integers(1, 15))
    share = draw(st.sampled_from([0.1, 0.5, 1.0]))
    dice = np.random.default_rng(seed)
    package = dice.integers(0, 12, items)
    of = dice.integers(0, creators, 12)
    twin = np.arange(items)
    alike = np.flatnonzero(dice.random(items) < 0.2)
    twin[alike] = dice.integers(0, max(1, items), len(alike))
    tag, item = np.nonzero(dice.random((tags, items)) < share)
    turn = dice.permutation(len(tag))
    tag, item = tag[turn], item[turn]
    return Fitting(
        tag=tag,
        item=item,
        score=dice.integers(1, 20, len(tag)),
        package=package[item],
        creator=of[package[item]],
        cluster=dice.integers(0, 4, items)[item],
        twin=twin[item],
    )


def groups(fit: Fitting, cells: np.ndarray) -> dict[int, list[int]]:
    """Returns the offered cells of each tag, in their order."""
    told: dict[int, list[int]] = {}
    for cell in cells.tolist():
        told.setdefault(int(fit.tag[cell]), []).append(cell)
    return told


def distinct(fit: Fitting) -> dict[int, int]:
    """Returns how many stickers fit each tag, near-duplicates counted once."""
    pairs = set(zip(fit.tag.tolist(), fit.twin.tolist(), strict=True))
    return Counter(tag for tag, _ in pairs)


@LAW
@given(shops(), limits)
def test_places_are_filled_once_each_and_best_first(fit: Fitting, some: Limits) -> None:
    cells = offered(fit, some)
    assert len(set(cells.tolist())) == len(cells)
    told = groups(fit, cells)
    assert list(told) == sorted(told)
    for tag, there in distinct(fit).items():
        own = told.get(tag, [])
        assert len(own) == min(some.most, there)
        assert len({int(fit.twin[cell]) for cell in own}) == len(own)
        ranks = [(-int(fit.score[cell]), int(fit.item[cell])) for cell in own]
        assert ranks == sorted(ranks)


@LAW
@given(shops(), limits)
def test_the_order_of_the_cells_changes_nothing(fit: Fitting, some: Limits) -> None:
    turn = np.random.default_rng(1).permutation(len(fit.tag))
    names = Fitting.__slots__
    moved = Fitting(**{name: getattr(fit, name)[turn] for name in names})
    first = [(int(fit.tag[c]), int(fit.item[c])) for c in offered(fit, some).tolist()]
    again = [(int(moved.tag[c]), int(moved.item[c])) for c in offered(moved, some).tolist()]
    assert first == again


@LAW
@given(shops(), limits)
def test_the_popular_do_not_crowd_out_who_is_below_the_floor(fit: Fitting, some: Limits) -> None:
    cells = offered(fit, some)
    shown = Counter(fit.creator[cells].tolist())
    placed = {(int(fit.tag[cell]), int(fit.twin[cell])) for cell in cells.tolist()}
    told = groups(fit, cells)
    best: dict[tuple[int, int], tuple[int, int, int]] = {}
    for cell in range(len(fit.tag)):
        key = (int(fit.tag[cell]), int(fit.twin[cell]))
        rank = (-int(fit.score[cell]), int(fit.item[cell]), int(fit.creator[cell]))
        best[key] = min(best.get(key, rank), rank)
    for (tag, twin), (_, _, creator) in best.items():
        if shown[creator] < some.floor and (tag, twin) not in placed:
            assert all(shown[int(fit.creator[cell])] <= some.floor for cell in told[tag])


@LAW
@given(shops(), limits)
def test_each_taste_with_fitting_stickers_has_places(fit: Fitting, some: Limits) -> None:
    roomy = Limits(some.most, 99, 99, per_cluster=1, floor=0)
    told = groups(fit, offered(fit, roomy))
    for tag, own in told.items():
        here = fit.tag == tag
        order = np.lexsort((fit.item[here], -fit.score[here]))
        first = {}
        for cell in np.flatnonzero(here)[order].tolist():
            first.setdefault(int(fit.twin[cell]), cell)
        fitting = {int(fit.cluster[cell]) for cell in first.values()}
        shown = {int(fit.cluster[cell]) for cell in own}
        assert len(shown) == min(len(fitting), some.most)


def shop(creators: list[int], scores: list[int], **more: list[int]) -> Fitting:
    """Returns stickers under one tag, each in a package and a cluster of its own."""
    count = len(creators)
    own = np.arange(count)
    told = {"package": own, "cluster": own, "twin": own} | {k: np.array(v) for k, v in more.items()}
    return Fitting(
        tag=np.zeros(count, int), item=own, score=np.array(scores), creator=np.array(creators),
        **told,
    )  # fmt: skip


def test_a_hundred_packages_of_one_creator_leave_room_for_others() -> None:
    popular = shop([0] * 300 + list(range(1, 41)), [200] * 300 + [1] * 40)
    cells = offered(popular)
    assert len(cells) == 100
    shown = Counter(popular.creator[cells].tolist())
    assert all(shown[creator] == 1 for creator in range(1, 41))


def test_one_package_does_not_fill_a_word_while_there_are_others() -> None:
    fit = shop(list(range(200)), [200] * 100 + [9] * 100, package=[0] * 100 + list(range(1, 101)))
    shown = Counter(fit.package[offered(fit)].tolist())
    assert shown[0] == Limits().per_package
    alone = shop([0] * 60, [5] * 60, package=[0] * 60, cluster=[0] * 60)
    assert len(offered(alone)) == 60


def test_of_near_duplicates_the_best_is_offered() -> None:
    fit = shop([0, 1, 2], [5, 9, 7], twin=[0, 0, 2])
    assert offered(fit).tolist() == [1, 2]


@pytest.mark.parametrize("floor", [0, 1, 2, 3])
def test_everybody_has_a_first_place_before_anybody_a_second_of_the_floor(floor: int) -> None:
    many = shop([0] * 120 + sorted(list(range(1, 51)) * 3), [99] * 120 + [1] * 150)
    some = Limits(per_package=999, per_creator=999, per_cluster=0, floor=floor)
    shown = Counter(many.creator[offered(many, some)].tolist())
    assert shown[0] == {0: 100, 1: 50, 2: 2, 3: 2}[floor]
    if floor:
        assert all(shown[creator] >= 1 for creator in range(1, 51))


def test_a_thousand_words_of_a_large_shop() -> None:
    dice = np.random.default_rng(0)
    items, tags, each = 60_000, 1000, 1500
    package, creator = np.arange(items) // 24, np.arange(items) // 24 // 3
    tag = np.repeat(np.arange(tags), each)
    item = dice.integers(0, items, tags * each)
    item = np.sort(item.reshape(tags, each), axis=1).ravel()
    keep = np.concatenate([[True], (np.diff(item) != 0) | (np.diff(tag) != 0)])
    tag, item = tag[keep], item[keep]
    fit = Fitting(
        tag, item, dice.integers(1, 60_000, len(tag)), package[item], creator[item],
        dice.integers(0, 32, items)[item], item,
    )  # fmt: skip
    cells = offered(fit)
    assert np.bincount(tag[cells]).tolist() == [100] * tags
    shown = np.bincount(fit.creator[cells], minlength=creator.max() + 1)
    assert shown[np.unique(creator[item])].min() >= Limits().floor
