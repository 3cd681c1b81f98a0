"""The API: every operation with its role, its bodies and an example, and what it does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

from pittari import clock
from pittari.engine import Ask, Engine
from pittari.errors import Forbidden, NotFound
from pittari.model.catalog import Entitlement, Item, User
from pittari.model.decision import Decision
from pittari.model.event import Delivery, Exposure, Served
from pittari.store.catalog import Counts
from pittari.store.erasure import Erased
from pittari.touchpoints.suggest.keeping import Kept
from pittari.web import examples
from pittari.web.bundles import BUNDLES, BundlesApi, Window
from pittari.web.messages import (
    Answer,
    AppendedTold,
    ByKind,
    Gone,
    Health,
    ItemBody,
    ItemTags,
    Place,
    Question,
    Readiness,
    Rows,
    Sent,
    Span,
    TagTold,
    Touchpoint,
    Touchpoints,
    UserBody,
)
from pittari.web.metrics import Metrics
from pittari.web.news import NEWS, NewsApi
from pittari.web.operations import Call, Operation, check_once, whole
from pittari.web.reading import check_times
from pittari.web.rounds import Rounds, settled
from pittari.web.sends import SENDS, SendsApi
from pittari.web.words import LANGUAGES, words

_NOT_CLIENTS = (Exposure, Delivery)


class Api(BundlesApi, SendsApi, NewsApi):
    """What the operations do; what may wait for a network or a disk goes to a thread."""

    def __init__(self, engine: Engine, metrics: Metrics) -> None:
        self.engine, self.store, self.metrics = engine, engine.store, metrics
        self._rounds = Rounds(engine)
        self.most = engine.project.settings.server.batch_rows
        self.window = Window(Kept(engine.project.folder))

    async def decide(self, call: Call) -> Answer:
        """The answer leaves when its `served` row is durable."""
        asked: Question = call.body
        ask = Ask(asked.touchpoint, asked.user, asked.placement or "", asked.n, asked.context)
        decision = await self._rounds.decide(ask)
        self.metrics.decision(decision, decision.dropped.counts)
        self.engine.tell(decision)
        return _told(decision)

    async def explain(self, call: Call) -> Served:
        return await asyncio.to_thread(self.engine.explain, call.ids[0])

    async def append(self, call: Call) -> AppendedTold:
        rows: Sequence[Sent] = call.body.rows if isinstance(call.body, Rows) else call.body
        self.check_batch(rows)
        if call.key and call.key.role == "client":
            for i, row in enumerate(rows):
                if isinstance(row, _NOT_CLIENTS):
                    raise Forbidden(
                        f'[{i}]: a key with the role "client" sends impression and engagement; '
                        f"got {row.__struct_config__.tag}"
                    )
        check_times(row.at for row in rows)
        appended = await settled(self.store.events.submit(rows))
        self.metrics.count(("pittari_rows_total", "no"), appended.new)
        self.metrics.count(("pittari_rows_total", "yes"), appended.known)
        return await self.explained(rows, appended)

    async def touchpoints(self, call: Call) -> Touchpoints:
        told = self.engine.touchpoints().items()
        return Touchpoints([Touchpoint(name, list(places)) for name, places in told])

    async def item(self, call: Call) -> Item:
        return await asyncio.to_thread(self.store.catalog.item, call.ids[0])

    async def item_tags(self, call: Call) -> ItemTags:
        return await asyncio.to_thread(self._item_tags, call.ids[0])

    def _item_tags(self, item: str) -> ItemTags:
        """Corrections count at once, without learning anew."""
        self.store.catalog.item(item)
        return ItemTags(item, [_tag_told(*one) for one in self.engine.tags().of_item(item)])

    async def put_item(self, call: Call) -> Counts:
        item = Item(**whole(call, ItemBody))
        return await self._put_items([item])

    async def put_items(self, call: Call) -> Counts:
        self.check_batch(call.body)
        check_once(item.id for item in call.body)
        return await self._put_items(call.body)

    async def _put_items(self, items: Sequence[Item]) -> Counts:
        check_times(at for item in items for at in (item.sold_from, item.sold_until))
        counts = await asyncio.to_thread(self.store.catalog.put_items, items)
        await asyncio.to_thread(self.engine.refresh)
        return counts

    async def delete_item(self, call: Call) -> Gone:
        deleted = await asyncio.to_thread(self.store.catalog.delete_items, call.ids)
        if not deleted:
            raise NotFound(f'there is no item "{call.ids[0]}"')
        await asyncio.to_thread(self.engine.refresh)
        return Gone(deleted)

    async def user(self, call: Call) -> User:
        return await asyncio.to_thread(self.store.catalog.user, call.ids[0])

    async def put_user(self, call: Call) -> Counts:
        user = User(**whole(call, UserBody))
        return await asyncio.to_thread(self.store.catalog.put_users, [user])

    async def put_users(self, call: Call) -> Counts:
        self.check_batch(call.body)
        check_once(user.id for user in call.body)
        return await asyncio.to_thread(self.store.catalog.put_users, call.body)

    async def erase_user(self, call: Call) -> Erased:
        actor = call.key.name if call.key else ""
        return await asyncio.to_thread(self.store.erase_user, call.ids[0], actor)

    async def entitlement(self, call: Call) -> Entitlement:
        user, item = call.ids
        known = await asyncio.to_thread(self.store.catalog.entitlements, user)
        for entitlement in known:
            if (entitlement.item, entitlement.kind) == (item, call.query.kind):
                return entitlement
        raise NotFound(f'user "{user}" has no entitlement "{call.query.kind}" to item "{item}"')

    async def put_entitlement(self, call: Call) -> Counts:
        user, item = call.ids
        span: Span = call.body
        check_times([span.since, span.until])
        given = Entitlement(
            user=user,
            item=item,
            kind=call.query.kind,
            since=span.since,
            until=span.until,
            sends=span.sends,
        )
        return await asyncio.to_thread(self.store.catalog.put_entitlements, [given])

    async def put_entitlements(self, call: Call) -> Counts:
        self.check_batch(call.body)
        check_once((e.user, e.item, e.kind) for e in call.body)
        check_times(at for e in call.body for at in (e.since, e.until))
        return await asyncio.to_thread(self.store.catalog.put_entitlements, call.body)

    async def delete_entitlement(self, call: Call) -> Gone:
        user, item = call.ids
        await asyncio.to_thread(self.store.catalog.delete_entitlement, user, item, call.query.kind)
        return Gone(1)

    async def health(self, call: Call) -> Health:
        return Health("alive")

    async def readiness(self, call: Call) -> Readiness:
        release = await asyncio.to_thread(self.store.parameters.current)
        knowledge = self.engine.knowledge()
        learned: Literal["loaded", "cold"] = "loaded" if knowledge.parameters else "cold"
        return Readiness("ready", learned, release.id, len(knowledge.catalog))

    async def numbers(self, call: Call) -> bytes:
        return (await asyncio.to_thread(self.metrics.text, self.gauges())).encode()

    def gauges(self) -> dict[str, float]:
        """Returns the numbers of this moment."""
        worker = f'{{worker="{self.metrics.worker}"}}'
        return {
            "pittari_log_waiting_rows": self.store.events.waiting,
            f"pittari_release{worker}": self.engine.release,
        }


_KNOWN, _ONCE = ("not_found",), ("conflict",)
OPERATIONS = (
    Operation(
        "POST", "/v1/decisions", "decide", "Ask a touchpoint for a line-up", Api.decide,
        "client", Question, Answer, example=examples.QUESTION, errors=_KNOWN,
    ),
    Operation(
        "GET", "/v1/decisions/{id}", "explain", "Read the whole record of a decision",
        Api.explain, "editor", answer=Served, errors=_KNOWN,
    ),
    Operation(
        "POST", "/v1/events", "append", "Tell what people saw and did", Api.append,
        "client", list[Sent] | Rows, AppendedTold, example=examples.ROWS,
    ),
    Operation(
        "GET", "/v1/touchpoints", "touchpoints", "List what can be asked", Api.touchpoints,
        "client", answer=Touchpoints,
    ),
    Operation(
        "PUT", "/v1/items", "put_items", "Add or replace many items", Api.put_items,
        "editor", list[Item], Counts, example=[examples.ITEM], errors=_ONCE,
    ),
    Operation(
        "GET", "/v1/items/{id}", "item", "Read an item", Api.item,
        "client", answer=Item, errors=_KNOWN,
    ),
    Operation(
        "PUT", "/v1/items/{id}", "put_item", "Add or replace an item", Api.put_item,
        "editor", ItemBody, Counts, example=examples.ITEM, errors=_ONCE,
    ),
    Operation(
        "DELETE", "/v1/items/{id}", "delete_item", "Take an item out", Api.delete_item,
        "editor", answer=Gone, errors=_KNOWN,
    ),
    Operation(
        "GET", "/v1/items/{id}/tags", "item_tags", "Read which words a sticker answers to",
        Api.item_tags, "client", answer=ItemTags, errors=_KNOWN,
    ),
    Operation(
        "PUT", "/v1/users", "put_users", "Add or replace many users", Api.put_users,
        "operator", list[User], Counts, example=[examples.USER], errors=_ONCE,
    ),
    Operation(
        "GET", "/v1/users/{id}", "user", "Read a user", Api.user,
        "operator", answer=User, errors=_KNOWN,
    ),
    Operation(
        "PUT", "/v1/users/{id}", "put_user", "Add or replace a user", Api.put_user,
        "operator", UserBody, Counts, example=examples.USER, errors=_ONCE,
    ),
    Operation(
        "DELETE", "/v1/users/{id}", "erase_user",
        "Erase a person from catalogue, log and lake", Api.erase_user,
        "admin", answer=Erased,
    ),
    Operation(
        "PUT", "/v1/entitlements", "put_entitlements", "Add or replace many entitlements",
        Api.put_entitlements, "operator", list[Entitlement], Counts,
        example=[{"user": "user-1", "item": "pack-001", **examples.SPAN}], errors=_ONCE,
    ),
    Operation(
        "GET", "/v1/entitlements/{user}/{item}", "entitlement", "Read an entitlement",
        Api.entitlement, "operator", answer=Entitlement, query=ByKind, errors=_KNOWN,
    ),
    Operation(
        "PUT", "/v1/entitlements/{user}/{item}", "put_entitlement",
        "Let a user have an item", Api.put_entitlement,
        "operator", Span, Counts, query=ByKind, example=examples.SPAN,
    ),
    Operation(
        "DELETE", "/v1/entitlements/{user}/{item}", "delete_entitlement",
        "End an entitlement", Api.delete_entitlement,
        "operator", answer=Gone, query=ByKind, errors=_KNOWN,
    ),
    *SENDS,
    *NEWS,
    *BUNDLES,
    Operation(
        "GET", "/healthz", "health", "Is the process alive?", Api.health, answer=Health,
    ),
    Operation(
        "GET", "/readyz", "readiness", "Can it decide?", Api.readiness, answer=Readiness,
    ),
    Operation(
        "GET", "/metrics", "numbers", "Read all workers' numbers, for Prometheus",
        Api.numbers, "operator", answer=str, media="text/plain; version=0.0.4; charset=utf-8",
    ),
)  # fmt: skip
"""All there is: what is not in this table does not exist."""


def _tag_told(tag: str, confidence: int, origin: str) -> TagTold:
    said = {language: words(language)(f"origin.{origin}") for language in LANGUAGES}
    return TagTold(tag, round(confidence / 255, 3), origin, said)


def _told(decision: Decision) -> Answer:
    request = decision.request
    return Answer(
        decision_id=request.decision_id,
        touchpoint=request.touchpoint,
        placement=request.placement,
        at=clock.moment(request.at),
        slots=[
            Place(s.place, s.item, s.score, s.propensity, s.source, s.reason)
            for s in decision.slots
        ],
        failed=dict(decision.failed),
    )
