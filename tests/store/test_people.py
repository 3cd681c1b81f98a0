"""What is known of a person: at once, in every process, and again when it is asked for later."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.rows import NOON, did, seen, served

from pittari import clock
from pittari.model.catalog import Catalog, Entitlement, Item, User
from pittari.model.event import AnyRow
from pittari.model.request import Person
from pittari.store import Store

ITEMS = ["cats", "dogs", "frogs", "bears", "birds"]


@pytest.fixture
def catalog(store: Store) -> Catalog:
    store.catalog.put_items([Item(id=name) for name in ITEMS])
    return store.catalog.snapshot()


def told(person: Person, catalog: Catalog) -> dict[str, object]:
    """Returns a person in names: history in order, the rest as sets."""

    def names(rows: object) -> list[str]:
        return [catalog.ids[row] for row in rows]  # type: ignore[attr-defined]

    times = person.served_times.tolist()
    return {
        "owned": set(names(person.owned)),
        "muted": set(names(person.muted)),
        "history": names(person.history),
        "served": dict(zip(names(person.served), times, strict=True)),
        "who": (person.user, person.locale, person.region, person.zone, person.adult),
    }


def test_a_person_never_heard_of_has_defaults(store: Store, catalog: Catalog) -> None:
    assert told(store.people.person("nobody", catalog, NOON), catalog) == {
        "owned": set(),
        "muted": set(),
        "history": [],
        "served": {},
        "who": ("nobody", "ja", "", "UTC", False),
    }


def test_the_next_answer_of_another_process_knows(
    store: Store, catalog: Catalog, reopened: Callable[[], Store]
) -> None:
    other = reopened()
    other.people.person("mika", catalog, NOON)
    store.catalog.put_users([User(id="mika", locale="en", region="TH", zone="Asia/Bangkok")])
    store.events.append([served("s1", "cats", "dogs"), served("s2", "cats", "frogs")])
    store.events.append([did("1", "purchase", item="dogs"), did("2", "click", item="bears")])
    store.events.append([did("3", "mute", item="frogs"), did("4", "click", item="dogs")])
    known = told(other.people.person("mika", catalog, NOON), catalog)
    assert known == {
        "owned": {"dogs"},
        "muted": {"frogs"},
        "history": ["dogs", "bears"],
        "served": {"cats": 2},
        "who": ("mika", "en", "TH", "Asia/Bangkok", False),
    }
    store.events.append([did("5", "undo", item="frogs")])
    store.catalog.delete_entitlement("mika", "dogs")
    known = told(other.people.person("mika", catalog, NOON), catalog)
    assert (known["owned"], known["muted"]) == (set(), set())
    assert known == told(reopened().people.person("mika", catalog, NOON), catalog)


def test_entitlements_hold_within_their_time(store: Store, catalog: Catalog) -> None:
    hour = clock.HOUR
    spans = [("cats", "owned", None, None), ("dogs", "trial", NOON, NOON + hour)]
    spans += [("frogs", "basic", NOON - hour, NOON), ("bears", "trial_send", None, None)]
    store.catalog.put_entitlements(
        Entitlement(
            user="mika",
            item=item,
            kind=kind,  # type: ignore[arg-type]
            since=clock.moment(since) if since else None,
            until=clock.moment(until) if until else None,
        )
        for item, kind, since, until in spans
    )
    for at, owned in [
        (NOON - 1, {"cats", "frogs"}),
        (NOON, {"cats", "dogs"}),
        (NOON + hour, {"cats"}),
        (NOON - hour, {"cats", "frogs"}),
    ]:
        person = store.people.person("mika", catalog, at)
        assert told(person, catalog)["owned"] == owned


def test_what_was_served_counts_for_some_hours_only(store: Store, catalog: Catalog) -> None:
    window = store.people.window
    store.events.append([served("1", "cats", at=NOON), served("2", "cats", "dogs", at=NOON + 5)])
    counted = [
        told(store.people.person("mika", catalog, at), catalog)["served"]
        for at in (NOON + window, NOON + window + 1, NOON + window + 6)
    ]
    assert counted == [{"cats": 2, "dogs": 1}, {"cats": 1, "dogs": 1}, {}]


def test_a_line_up_of_our_own_is_known_as_it_would_be_read_and_no_sooner(
    store: Store, catalog: Catalog, reopened: Callable[[], Store]
) -> None:
    other = reopened()
    for process in (store, other):
        process.people.person("mika", catalog, NOON)
    rows = [
        served("1", "cats", "dogs"),
        served("2", "dogs", "frogs"),
        did("3", "mute", item="cats"),
    ]
    store.people.answered("1", catalog.rows(["cats", "dogs"]))
    store.people.answered("never", catalog.rows(["cats"]))
    assert told(store.people.person("mika", catalog, NOON), catalog)["served"] == {}
    store.events.append(rows)
    for process in (store, other):
        known = told(process.people.person("mika", catalog, NOON), catalog)
        assert known["served"] == {"dogs": 2, "frogs": 1}


def test_an_erasure_forgets_line_ups_that_wait_to_come_back(store: Store, catalog: Catalog) -> None:
    store.people.person("mika", catalog, NOON)
    store.people.answered("1", catalog.rows(["cats"]))
    store.events.append([served("1", "cats")])
    store.erase_user("mika")
    assert told(store.people.person("mika", catalog, NOON), catalog)["served"] == {}
    assert not store.people._own


def test_while_nothing_happens_the_same_is_known(store: Store, catalog: Catalog) -> None:
    store.events.append([served("1", "cats"), did("2", "send", item="dogs")])
    before = store.people.person("mika", catalog, NOON)
    assert store.people.person("mika", catalog, NOON + 1) is before
    for later in (NOON + store.people.window + 1, NOON + clock.DAY):
        changed = store.people.person("mika", catalog, later)
        assert (len(changed.served), len(changed.sent)) == (0, int(later < NOON + clock.DAY))


def test_older_history_follows_newer(store: Store, catalog: Catalog) -> None:
    store.events.append([did("1", "click", item="dogs"), did("2", "send", item="frogs")])
    person = store.people.person(
        "mika", catalog, NOON, lambda user: catalog.rows(["birds", "dogs", "cats"])
    )
    assert told(person, catalog)["history"] == ["frogs", "dogs", "birds", "cats"]
    assert person.history.dtype == np.int32
    person = store.people.person("mika", catalog, NOON, lambda user: catalog.rows(["bears"]))
    assert told(person, catalog)["history"] == ["frogs", "dogs", "bears"]


def test_an_item_that_comes_later_is_found_then(store: Store, catalog: Catalog) -> None:
    store.events.append([did("1", "purchase", item="new"), did("2", "mute", item="newer")])
    store.events.append([served("3", "cats", "newest")])
    assert len(store.people.person("mika", catalog, NOON).owned) == 0
    store.catalog.put_items([Item(id="new"), Item(id="newer"), Item(id="newest")])
    catalog = store.catalog.refresh(catalog)
    known = told(store.people.person("mika", catalog, NOON), catalog)
    assert (known["owned"], known["muted"]) == ({"new"}, {"newer"})
    assert known["served"] == {"cats": 1, "newest": 1}


def test_many_looks_do_not_push_out_what_was_taken(
    store: Store, reopened: Callable[[], Store], catalog: Catalog
) -> None:
    store.events.append([did("taken", "click", item=ITEMS[0])])
    warm = told(store.people.person("mika", catalog, NOON), catalog)
    store.events.append([seen(f"look-{n}") for n in range(1100)])
    assert told(store.people.person("mika", catalog, NOON), catalog) == warm
    assert told(reopened().people.person("mika", catalog, NOON), catalog) == warm


@pytest.mark.parametrize("rows", [40, 10_050])
def test_who_is_far_behind_forgets_and_knows_again(
    store: Store, reopened: Callable[[], Store], catalog: Catalog, rows: int
) -> None:
    """Whether a person has not asked for long, or the whole process has not."""
    other = reopened()
    other.people.person("mika", catalog, NOON)
    store.events.append([did("first", "purchase", item="dogs"), served("line-up", "cats")])
    store.events.append([did(f"look-{n}", "preview", item="birds") for n in range(rows)])
    store.events.append([did("last", "mute", item="frogs")])
    other.people.follow()
    known = told(other.people.person("mika", catalog, NOON), catalog)
    assert known == told(reopened().people.person("mika", catalog, NOON), catalog)
    assert (known["owned"], known["muted"]) == ({"dogs"}, {"frogs"})


ACTIONS = st.sampled_from(["click", "purchase", "mute", "undo", "send", "dismiss", "preview"])
ACTS = st.lists(
    st.one_of(
        st.tuples(ACTIONS, st.sampled_from(ITEMS)),
        st.tuples(st.just("served"), st.lists(st.sampled_from(ITEMS), max_size=3, unique=True)),
        st.tuples(st.just("compact"), st.none()),
    ),
    max_size=12,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_the_past_is_told_later_as_it_was_known_then(
    store: Store, catalog: Catalog, acts: list[tuple[str, object]]
) -> None:
    """Whether a person was read all along, for the first time now, or afterwards for a replay."""
    user = f"user{store.events.last_seq()}"
    start = NOON - 2 * clock.DAY
    known: list[tuple[int, int, dict[str, object]]] = []
    for number, (act, what) in enumerate(acts):
        at, name = start + number * 5 * clock.HOUR, f"{user}-{number}"
        row: AnyRow
        if act == "compact":
            continue
        if act == "served":
            row = served(name, *what, at=at, user=user)  # type: ignore[misc]
        else:
            row = did(name, act, at=at, user=user, item=str(what))
        store.events.append([row])
        next_seq = store.events.last_seq() + 1
        known.append((at + 1, next_seq, told(store.people.person(user, catalog, at + 1), catalog)))
    if ("compact", None) in acts:
        store.tidy()
    for at, next_seq, then in known:
        assert told(store.people.person_at(user, catalog, at, next_seq), catalog) == then
