"""Topics, the main tab, pools, and counts by the minute."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.rows import NOON

from pittari import clock
from pittari.errors import Invalid, NotFound
from pittari.model.event import AnyRow, Engagement, Impression
from pittari.model.topic import NEWS, Topic
from pittari.store import Store
from pittari.store.counts import Minutes

AT = clock.moment(NOON)


def topic(name: str, minutes_ago: int = 30, **more: object) -> Topic:
    published = AT - timedelta(minutes=minutes_ago)
    return Topic(id=name, title=f"On {name}", published=published, **more)  # type: ignore[arg-type]


def seen(name: str, item: str, place: int, at: int, click: bool = False) -> AnyRow:
    row = {"event_id": name, "at": clock.moment(at), "touchpoint": NEWS}
    if click:
        return Engagement(**row, item=item, position=place, action="click")  # type: ignore[arg-type]
    return Impression(**row, item=item, position=place)  # type: ignore[arg-type]


def told(minutes: Minutes) -> dict[tuple[str, int, int], tuple[int, int]]:
    columns = minutes.topic, minutes.place, minutes.minute, minutes.seen, minutes.clicked
    return {
        (minutes.ids[number], place, minute): (shown, clicked)
        for number, place, minute, shown, clicked in zip(
            *(column.tolist() for column in columns), strict=True
        )
    }


def test_a_topic_put_again_changes_nothing_and_a_changed_one_is_replaced(store: Store) -> None:
    first = store.topics.put([topic("rain"), topic("vote")])
    again = store.topics.put([topic("rain"), topic("vote", section="politics")])
    assert (first.new, again.new, again.changed, again.same) == (2, 0, 1, 1)
    assert store.topics.topic("vote").section == "politics"


def test_a_deleted_topic_is_withdrawn_in_pools_and_gone_elsewhere(store: Store) -> None:
    store.topics.put([topic("rain")])
    assert store.topics.delete(["rain", "never"]) == 1
    with pytest.raises(NotFound):
        store.topics.topic("rain")
    assert [found.status for found in store.topics.current(0)] == ["withdrawn"]


def test_topics_of_a_time_are_those_published_or_updated_then(store: Store) -> None:
    old = topic("old", 600, updated=AT - timedelta(minutes=5))
    store.topics.put([topic("new", 1), topic("past", 600), old])
    since = NOON - clock.HOUR
    assert [found.id for found in store.topics.current(since)] == ["new", "old"]
    assert [found.id for found in store.topics.current(0, NOON - clock.HOUR)] == ["past"]


def test_the_main_tab_is_known_as_it_stood_at_any_time(store: Store) -> None:
    minute = clock.MINUTE
    assert store.topics.place(NOON, ["a", "b"])
    assert not store.topics.place(NOON + minute, ["a", "b"])
    assert store.topics.place(NOON + 3 * minute, ["b", "a"])
    assert store.topics.place(NOON + 2 * minute, ["c"]), "an order told late stands in its time"
    assert store.topics.placed(NOON - 1).ids == ()
    orders = [store.topics.placed(NOON + i * minute).ids for i in range(4)]
    assert orders == [("a", "b"), ("a", "b"), ("c",), ("b", "a")]
    found = store.topics.placings(NOON + minute, NOON + 3 * minute)
    assert [one.ids for one in found] == [("a", "b"), ("c",)]


def test_a_topic_stands_once_in_the_main_tab(store: Store) -> None:
    with pytest.raises(Invalid, match='"a" stands twice'):
        store.topics.place(NOON, ["a", "b", "a"])


def test_a_frozen_pool_is_given_back_as_it_was_and_swept_when_no_edition_has_it(
    store: Store,
) -> None:
    store.topics.freeze("abc", "2024-10-04/noon", NOON, b'{"at": 1}')
    store.topics.freeze("abc", "2024-10-04/noon", NOON, b"another")
    assert store.topics.pool("abc") == b'{"at": 1}'
    assert store.topics.last_pool(NOON) == "abc"
    assert store.topics.last_pool(NOON - 1) == ""
    assert store.topics.sweep(NOON + 1) == 1
    with pytest.raises(NotFound):
        store.topics.pool("abc")


rows = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c"]),
        st.integers(0, 3),
        st.integers(0, 5),
        st.booleans(),
        st.booleans(),
    ),
    max_size=40,
)


@given(batches=st.lists(rows, max_size=4))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_row_counts_once_in_its_minute_however_often_and_late_it_comes(
    store: Store, batches: list[list[tuple[str, int, int, bool, bool]]]
) -> None:
    with store.database.write() as session:
        session.run("DELETE FROM topic_minutes")
        session.run("DELETE FROM events")
    expected: Counter[tuple[str, int, int, bool]] = Counter()
    for number, batch in enumerate(batches):
        made = []
        for i, (item, place, minute, click, twice) in enumerate(batch):
            row = seen(f"{number}-{i}", item, place, NOON + minute * clock.MINUTE + i, click)
            made += [row] * (1 + twice)
            expected[item, place, NOON // clock.MINUTE + minute, click] += 1
        store.events.append(made)
        store.events.append(made)
        store.counts.tail()
    found = told(store.counts.minutes(NOON, NOON + 10 * clock.MINUTE))
    counted = Counter({(*key, False): n for key, (n, _) in found.items() if n})
    counted.update({(*key, True): n for key, (_, n) in found.items() if n})
    assert counted == expected


def test_older_minutes_may_be_summed_by_the_hour(store: Store) -> None:
    hours = [NOON - n * 20 * clock.MINUTE for n in range(1, 12)]
    store.events.append([seen(f"{at}", "a", 1, at) for at in hours])
    store.counts.tail()
    fine = NOON - clock.HOUR
    found = told(store.counts.minutes(0, NOON, fine))
    assert sorted(shown for shown, _ in found.values()) == [1, 1, 1, 2, 3, 3]
    assert sum(shown for shown, _ in found.values()) == len(hours)
    assert min(minute for _, _, minute in found) == min(hours) // clock.MINUTE


def test_only_what_was_seen_and_clicked_in_the_news_is_counted(store: Store) -> None:
    shop = Impression(event_id="1", at=AT, touchpoint="shelf", item="cats", position=1)
    opened = Engagement(event_id="2", at=AT, touchpoint=NEWS, item="a", position=1, action="open")
    store.events.append([shop, opened, seen("3", "a", 1, NOON)])
    store.counts.tail()
    found = told(store.counts.minutes(0, NOON + clock.HOUR))
    assert found == {("a", 1, NOON // clock.MINUTE): (1, 0)}
    assert store.counts.newest(NOON) == NOON
    assert store.counts.newest(NOON - clock.MINUTE) is None


def test_rows_that_went_to_the_lake_before_they_were_counted_are_counted(store: Store) -> None:
    yesterday = NOON - clock.DAY
    store.events.append([seen("1", "a", 1, yesterday), seen("2", "a", 1, yesterday, click=True)])
    store.tidy()
    store.events.append([seen("3", "a", 1, NOON)])
    store.counts.tail()
    assert store.counts.tail() == 0
    day = yesterday // clock.MINUTE, NOON // clock.MINUTE
    found = told(store.counts.minutes(0, NOON + clock.HOUR))
    assert found == {("a", 1, day[0]): (1, 1), ("a", 1, day[1]): (1, 0)}
