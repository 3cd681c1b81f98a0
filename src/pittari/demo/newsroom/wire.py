"""How does the news come in? What has happened by now goes into the store, as a desk's would.

Topics in their versions, the main tab, and a row for every look and click. Some rows come minutes
late, some twice; some minutes never come: the store has to do with that, as with real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pittari import clock
from pittari.demo.newsroom.front import Day
from pittari.demo.newsroom.plan import OFFSET
from pittari.model.event import AnyRow, Engagement, Impression
from pittari.model.topic import NEWS, Topic
from pittari.store import Store

FAR = clock.DAY
"""How far back news is made up at most when the newsroom has slept."""
BATCH = 2_000
"""Rows that are appended at once."""
LATE, TWICE = 29, 41
"""Of so many minutes, the rows of one come late, and of one twice."""
DELAY = 4
"""Minutes by which late rows are late."""


@dataclass(slots=True)
class Wire:
    """Follows the made-up news from `since` on (microseconds UTC)."""

    store: Store
    seed: int
    since: int
    _days: dict[int, Day] = field(default_factory=dict)

    def follow(self, now: int) -> int:
        """Brings all that happened up to a time; returns how many rows of the log that were."""
        self.since = max(self.since, now - FAR)
        if now <= self.since:
            return 0
        days = [self._day(number) for number in self._numbers(now)]
        self.store.topics.put(self._topics(days, now))
        for day in days:
            for placing in day.placings:
                if self.since < placing.at <= now:
                    self.store.topics.place(placing.at, placing.ids)
        rows = [row for day in days for row in self._rows(day, now)]
        for begin in range(0, len(rows), BATCH):
            self.store.events.append(rows[begin : begin + BATCH])
        self.since = now
        self._days = {
            number: day for number, day in self._days.items() if number >= days[-1].number
        }
        return len(rows)

    def _numbers(self, now: int) -> range:
        first, last = (clock.day(at + OFFSET) for at in (self.since, now))
        return range(first, last + 1)

    def _day(self, number: int) -> Day:
        return self._days.setdefault(number, Day(self.seed, number))

    def _topics(self, days: list[Day], now: int) -> list[Topic]:
        """Returns new topics and versions in the order in which they came in."""
        found = [
            version
            for day in days
            for news in day.news
            for version in news.versions
            if self.since < version[0] <= now
        ]
        found.sort(key=lambda version: (version[0], version[1].id))
        return [topic for _, topic in found]

    def _rows(self, day: Day, now: int) -> Iterator[AnyRow]:
        """Yields the looks and clicks of a day whose minutes ended within the time since."""
        counts = day.counts
        ends = (counts.minute + 1) * clock.MINUTE
        ends = ends + (counts.minute % LATE == 0) * DELAY * clock.MINUTE
        new = (ends > self.since) & (ends <= now)
        columns = (counts.topic, counts.place, counts.minute, counts.seen, counts.clicked)
        for topic, place, minute, seen, clicked in zip(
            *(column[new].tolist() for column in columns), strict=True
        ):
            rows = list(_acts(counts.ids[topic], place, minute, seen, clicked))
            yield from rows
            if minute % TWICE == 0:
                yield from rows


def _acts(topic: str, place: int, minute: int, seen: int, clicked: int) -> Iterator[AnyRow]:
    """Yields the looks of a minute at one place, and the clicks that followed."""
    for number in range(seen):
        at = minute * clock.MINUTE + number * clock.MINUTE // seen
        name = f"demo-{minute}-{place}-{number}"
        look = Impression(
            event_id=f"{name}-look", at=clock.moment(at), touchpoint=NEWS, item=topic,
            position=place,
        )  # fmt: skip
        yield look
        if number < clicked:
            yield Engagement(
                event_id=f"{name}-click", at=clock.moment(at), touchpoint=NEWS, item=topic,
                action="click", position=place,
            )  # fmt: skip
