"""The API's part for newsrooms: topics and the main tab come in, pools and editions are read."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from pittari import clock
from pittari.editions.gathering import Sheet, read_sheet
from pittari.editions.ladder import Composed
from pittari.editions.pool import Pool, read_pool
from pittari.engine import Engine
from pittari.errors import NotFound, TooLarge
from pittari.model.edition import Edition
from pittari.model.topic import Topic
from pittari.store import Store
from pittari.store.catalog import Counts
from pittari.web import examples
from pittari.web.messages import (
    EditionsTold,
    EditionTold,
    Extra,
    Gone,
    Order,
    Taken,
    TopicBody,
    Within,
)
from pittari.web.operations import Call, Operation, check_once, whole
from pittari.web.reading import check_times


class NewsApi:
    """What the operations of a newsroom do; all of them ask the database from a thread."""

    engine: Engine
    store: Store
    most: int
    """Most things in one request."""

    def check_batch(self, rows: Any) -> None:
        """Raises `TooLarge` for more rows than one request may hold."""
        if len(rows) > self.most:
            raise TooLarge(
                f"expected at most {self.most:,} rows in one request (server.batch_rows); "
                f"got {len(rows):,}"
            )

    async def topic(self, call: Call) -> Topic:
        return await asyncio.to_thread(self.store.topics.topic, call.ids[0])

    async def put_topic(self, call: Call) -> Counts:
        return await self._put_topics([Topic(**whole(call, TopicBody))])

    async def put_topics(self, call: Call) -> Counts:
        self.check_batch(call.body)
        check_once(topic.id for topic in call.body)
        return await self._put_topics(call.body)

    async def _put_topics(self, topics: list[Topic]) -> Counts:
        check_times(at for t in topics for at in (t.published, t.updated, t.stale_at, t.embargo))
        return await asyncio.to_thread(self.store.topics.put, topics)

    async def delete_topic(self, call: Call) -> Gone:
        deleted = await asyncio.to_thread(self.store.topics.delete, call.ids)
        if not deleted:
            raise NotFound(f'there is no topic "{call.ids[0]}"')
        return Gone(deleted)

    async def main_tab(self, call: Call) -> Order:
        def placed() -> Order:
            told = self.store.topics.placed(self.store.editions.now())
            return Order(topics=told.ids, at=clock.moment(told.at))

        return await asyncio.to_thread(placed)

    async def put_main_tab(self, call: Call) -> Taken:
        order: Order = call.body
        check_once(order.topics)
        check_times([order.at])

        def place() -> bool:
            at = clock.micros(order.at) if order.at else self.store.editions.now()
            return self.store.topics.place(at, order.topics)

        return Taken(await asyncio.to_thread(place))

    async def put_extra(self, call: Call) -> Taken:
        extra: Extra = call.body
        check_once(extra.topics)
        check_times([extra.at])
        made = Composed(topics=extra.topics, rung="extra", steps=())
        body = msgspec.json.encode(Sheet(composed=made, at=extra.at))
        at = clock.micros(extra.at)
        new = await asyncio.to_thread(self.store.editions.extra, call.ids[0], at, body)
        return Taken(new)

    async def editions(self, call: Call) -> EditionsTold:
        asked: Within = call.query
        check_times([asked.since, asked.until])

        def between() -> list[Edition]:
            now = self.store.editions.now()
            since = clock.micros(asked.since) if asked.since else now - clock.DAY
            until = clock.micros(asked.until) if asked.until else now + clock.DAY
            return self.store.editions.between(since, until)[: self.most]

        return EditionsTold([_told(one) for one in await asyncio.to_thread(between)])

    async def edition(self, call: Call) -> EditionTold:
        return _told(await asyncio.to_thread(self.store.editions.edition, call.ids[0]))

    async def pool(self, call: Call) -> Pool:
        def found(name: str) -> Pool:
            digest = self.engine.digest
            if name in digest.rulebook.names:
                return digest.pool(digest.next(name), self.store.editions.now())
            return read_pool(self.store.topics.pool(name), f"pool {name}")

        return await asyncio.to_thread(found, call.ids[0])


def _told(edition: Edition) -> EditionTold:
    sheet = read_sheet(edition.body)
    return EditionTold(
        id=edition.id, name=edition.name, state=edition.state, due=clock.moment(edition.due),
        closes=clock.moment(edition.closes), late_until=clock.moment(edition.late_until),
        changed=clock.moment(edition.changed), revision=edition.revision, rules=edition.rules,
        pool=edition.pool, decision=edition.decision, note=edition.note,
        topics=list(sheet.topics) if sheet else [],
    )  # fmt: skip


NEWS = (
    Operation(
        "PUT", "/v1/topics", "put_topics", "Add or replace many topics", NewsApi.put_topics,
        "editor", list[Topic], Counts, example=[examples.TOPIC], errors=("conflict",),
    ),
    Operation(
        "GET", "/v1/topics/{id}", "topic", "Read a topic", NewsApi.topic,
        "editor", answer=Topic, errors=("not_found",),
    ),
    Operation(
        "PUT", "/v1/topics/{id}", "put_topic", "Add or replace a topic", NewsApi.put_topic,
        "editor", TopicBody, Counts, example=examples.TOPIC, errors=("conflict",),
    ),
    Operation(
        "DELETE", "/v1/topics/{id}", "delete_topic", "Withdraw a topic", NewsApi.delete_topic,
        "editor", answer=Gone, errors=("not_found",),
    ),
    Operation(
        "GET", "/v1/main-tab", "main_tab", "Read the order of the main tab", NewsApi.main_tab,
        "editor", answer=Order,
    ),
    Operation(
        "PUT", "/v1/main-tab", "put_main_tab", "Tell the order of the main tab",
        NewsApi.put_main_tab, "editor", Order, Taken, example=examples.ORDER,
        errors=("conflict",),
    ),
    Operation(
        "PUT", "/v1/extras/{id}", "put_extra", "Tell that an extra was sent", NewsApi.put_extra,
        "editor", Extra, Taken, example=examples.EXTRA, errors=("conflict",),
    ),
    Operation(
        "GET", "/v1/editions", "editions", "List editions", NewsApi.editions,
        "editor", answer=EditionsTold, query=Within,
    ),
    Operation(
        "GET", "/v1/editions/{id}", "edition", "Read an edition", NewsApi.edition,
        "editor", answer=EditionTold, errors=("not_found",),
    ),
    Operation(
        "GET", "/v1/pools/{id}", "pool", "Read a pool, frozen or as it is now", NewsApi.pool,
        "editor", answer=Pool, errors=("not_found",),
    ),
)  # fmt: skip
