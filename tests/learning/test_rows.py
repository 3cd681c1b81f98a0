"""What learning reads of the log: codes, pairs, looks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.learning.worlds import NOW, act, told

from pittari import clock
from pittari.errors import ParametersError
from pittari.learning import rows as reading
from pittari.learning.pairs import WEIGHTS
from pittari.model.catalog import Item
from pittari.model.event import Impression, Reason, Served, Slot
from pittari.model.parameters import user_key

acts = st.lists(
    st.tuples(
        st.sampled_from(["ann", "ben", "かな"]),
        st.sampled_from(["a", "b", "ぬこ"]),
        st.sampled_from([*WEIGHTS, "block", "trial_end"]),
        st.integers(0, 20),
    ),
    max_size=40,
    unique=True,
)


def plainly(deeds) -> dict[tuple[str, str], tuple[float, int]]:
    """Folds acts one by one, as the docs say it in words."""
    order = {name: i for i, name in enumerate(WEIGHTS)}
    known = [d for d in deeds if d[2] in order]
    found = {}
    for pair in {d[:2] for d in known}:
        own = sorted((d for d in known if d[:2] == pair), key=lambda d: (-d[3], order[d[2]]))
        stands = []
        for deed in own:
            stands.append(deed)
        undone = {i - 1 for i, d in enumerate(own) if d[2] == "undo"}
        stands = [d for i, d in enumerate(own) if i not in undone and d[2] != "undo"]
        against = [i for i, d in enumerate(stands) if d[2] in ("dismiss", "mute")]
        stands = stands[against[-1] + 1 :] if against else stands
        if stands:
            found[pair] = (max(WEIGHTS[d[2]] for d in stands), max(-d[3] for d in stands))
    return found


@settings(deadline=None, max_examples=15)
@given(acts)
def test_pairs_are_what_reading_the_acts_one_by_one_gives(deeds):
    rows = told([act(u, i, a, ago) for u, i, a, ago in deeds])
    names = {int(user_key(u)): u for u in ("ann", "ben", "かな")}
    pairs = rows.pairs
    found = {
        (names[int(rows.users[u])], rows.items[i].decode()): (round(float(w), 6), int(at) - NOW)
        for u, i, w, at in zip(pairs.user, pairs.item, pairs.weight, pairs.at, strict=True)
    }
    assert found == plainly(deeds)
    assert (np.diff(rows.users.astype(object)) > 0).all()
    assert list(rows.items) == sorted(rows.items)


def test_an_undone_mute_gives_back_what_it_took():
    bought = act("ann", "a", "purchase", 30)
    muted, undone = act("ann", "a", "mute", 20), act("ann", "a", "undo", 10)
    assert len(told([bought, muted]).pairs.user) == 0
    assert told([bought, muted, undone]).pairs.weight.tolist() == [1.0]


def test_rows_after_the_time_and_before_the_window_are_not_read():
    rows = [act("ann", "a", ago=0), act("ann", "b", ago=-1), act("ann", "c", ago=366 * clock.DAY)]
    assert told(rows).items.tolist() == [b"a"]


def test_items_of_the_catalogue_and_of_the_log_stand_together():
    rows = told([act("ann", "b")], [Item(id="c"), Item(id="a", status="withdrawn")])
    assert rows.items.tolist() == [b"a", b"b", b"c"]
    assert rows.goods.known.tolist() == [True, False, True]
    assert rows.goods.active.tolist() == [False, False, True]


def test_people_who_share_a_key_are_named(monkeypatch):
    monkeypatch.setattr(reading, "user_key", lambda user: np.uint64(7))
    with pytest.raises(ParametersError, match=r"'ann' and 'ben'|'ben' and 'ann'"):
        told([act("ann", "a"), act("ben", "a")])


def look(decision: str, item: str, position: int = 0, ago: int = 100) -> Impression:
    moment = clock.moment(NOW - ago)
    return Impression(
        event_id=f"l-{decision}-{item}-{ago}",
        at=moment,
        user="ann",
        touchpoint="shelf",
        decision_id=decision,
        item=item,
        position=position,
    )


def test_a_look_that_tells_no_place_takes_it_from_what_was_served():
    slots = tuple(
        Slot(i, x, 1.0, 1.0, "popular", Reason("popular")) for i, x in ((1, "a"), (2, "b"))
    )
    served = Served(
        event_id="d", decision_id="d", at=clock.moment(NOW - 200), touchpoint="shelf", slots=slots
    )
    looks = told([served, look("d", "a"), look("d", "b"), look("other", "a")]).looks
    assert looks.item.tolist() == [0, 1]
    assert looks.place.tolist() == [1, 2]


def test_an_engagement_counts_once_for_the_decision_it_names_and_within_a_day():
    rows = [look("d", "a", 1, 2 * clock.DAY), look("d", "a", 1, 2 * clock.DAY - 5)]
    rows += [act("ann", "a", "click", 2 * clock.DAY - 9, decision_id="d")]
    rows += [act("ann", "a", "purchase", 2 * clock.DAY - 10, decision_id="d")]
    rows += [look("late", "b", 1, 2 * clock.DAY), act("ann", "b", "click", 9, decision_id="late")]
    rows += [look("mute", "c", 1), act("ann", "c", "mute", 9, decision_id="mute")]
    looks = told(rows).looks
    assert looks.shown.tolist() == [1, 1, 1]
    assert looks.engaged.tolist() == [1, 0, 0]


STICKERS = [Item(id=f"{pack}{n}", kind="sticker", package=pack) for pack in "ab" for n in "12"]
stuck = st.lists(
    st.tuples(
        st.sampled_from(["ann", "ben"]),
        st.sampled_from(["a", "b", "c", "a1", "a2", "b1"]),
        st.sampled_from(["send", "purchase", "undo", "dismiss"]),
        st.integers(0, 20),
    ),
    max_size=30,
    unique=True,
)


@given(stuck)
@settings(max_examples=40, deadline=None)
def test_who_does_something_with_a_sticker_does_it_with_its_package(deeds) -> None:
    shop = [*(Item(id=name) for name in "abc"), *STICKERS]
    rows = told([act(*deed[:3], ago=deed[3]) for deed in deeds], shop)
    packed = [(user, item[0], action, ago) for user, item, action, ago in deeds]
    whole = told([act(*deed[:3], ago=deed[3]) for deed in dict.fromkeys(packed)], shop)
    names = rows.items.tolist()
    assert {len(names[i]) for i in rows.pairs.item.tolist()} <= {1}
    assert {len(names[i]) for i in rows.singles.item.tolist()} <= {2}
    if len(set(packed)) == len(packed):
        assert np.array_equal(rows.users, whole.users)
        for one, other in zip(
            (rows.pairs.user, rows.pairs.item, rows.pairs.weight, rows.pairs.at),
            (whole.pairs.user, whole.pairs.item, whole.pairs.weight, whole.pairs.at),
            strict=True,
        ):
            assert np.array_equal(one, other)
    assert rows.touched.shape == rows.histories.shape


def test_learned_tables_do_not_mix_packages_and_stickers() -> None:
    from tests.learning.worlds import SETTINGS

    from pittari.learning.learn import fit

    shop = [*(Item(id=name) for name in "abc"), *STICKERS]
    people = [f"u{n}" for n in range(12)]
    sent = [act(user, item, "send") for user in people for item in ("a1", "b1", "c")]
    rows = told(sent, shop)
    popular = fit("popular", rows, SETTINGS).arrays["items"].tolist()
    assert sorted(popular) == [b"a", b"b", b"c"]
    for name in ("similar", "peers", "taste", "history"):
        arrays = fit(name, rows, SETTINGS).arrays
        for table in ("neighbours", "top", "seen"):
            named = arrays.get(table, np.zeros(0, np.int32))
            assert {len(rows.items[i]) for i in named[named >= 0].tolist()} <= {1}, (name, table)
