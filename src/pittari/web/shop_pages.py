"""The pages of the demo shop: whoever opens them may be any of its made-up people."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from pittari.engine import Engine
from pittari.errors import Conflict, NotFound
from pittari.model.catalog import Item
from pittari.web import acts
from pittari.web.rendering import HEADERS, fragment, local, page
from pittari.web.sessions import Form, Session, Sessions, first
from pittari.web.shop import GUEST, Shop, Visitor
from pittari.web.why import explain
from pittari.web.words import language_of, words

PART = "x-part"
"""Header by which our own scripts ask for the part of a page that changes."""
PICTURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, max-age=3600",
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """An act as our scripts send it: who, with which token, on what, and what the page shows."""

    visitor: Visitor
    csrf: str
    item: Item
    form: Form


class ShopPages:
    """One method per address. What touches the store runs beside the event loop."""

    def __init__(self, engine: Engine, sessions: Sessions) -> None:
        self.engine, self.sessions, self.shop = engine, sessions, Shop(engine)

    async def home(self, request: Request) -> Response:
        """Shows the shelves of the person one is, and a few others to be."""
        session, visitor = self._visitor(request)
        shelves = await run_in_threadpool(self.shop.home, visitor)
        faces = await run_in_threadpool(self.shop.faces, visitor)
        samples = self.shop.samples(shelves)
        return await self._page(
            request, session, "home.html", shelves=shelves, faces=faces, samples=samples
        )

    async def people(self, request: Request) -> Response:
        """Shows the people one can be, found by nickname."""
        session, visitor = self._visitor(request)
        wanted = request.query_params.get("q", "")[:100]
        faces, total = await run_in_threadpool(self.shop.search, visitor, wanted)
        what: dict[str, Any] = {"faces": faces, "total": total, "wanted": wanted}
        if request.headers.get(PART):
            token = self.sessions.token(session)
            what |= {"csrf": token, "user": session.user}
            return page(request, "parts/people.html", **what)
        return await self._page(request, session, "people.html", **what)

    async def become(self, request: Request) -> Response:
        """Makes the visitor one of the people, or someone new."""
        session, form = await self.sessions.form(request)
        user = first(form, "user")
        if user and not await run_in_threadpool(self.shop.known, user):
            raise NotFound(f'there is no user "{user[:40]}"')
        user = user or _someone_new()
        response = RedirectResponse("/", 303)
        self.sessions.keep(response, msgspec.structs.replace(session, user=user))
        return response

    async def package(self, request: Request) -> Response:
        """Shows one package with its stickers, and what others like as well."""
        session, visitor = self._visitor(request)
        item = self.shop.item(request.path_params["item"])
        also = await run_in_threadpool(self.shop.also, visitor, item.id)
        slot = request.query_params.get("from", "")
        box = await run_in_threadpool(self._box, visitor, item, slot)
        stickers = self.shop.goods().stickers.get(item.id, ())
        return await self._page(
            request, session, "package.html", also=also, stickers=stickers,
            tags=_tags(item, visitor), **box,
        )  # fmt: skip

    async def mine(self, request: Request) -> Response:
        """Shows what the person has."""
        session, visitor = self._visitor(request)
        cards = await run_in_threadpool(self.shop.mine, visitor)
        return await self._page(request, session, "mine.html", cards=cards)

    async def why(self, request: Request) -> Response:
        """Explains one place of a decision made for this person."""
        session, visitor = self._visitor(request)
        decision, place = request.path_params["decision"], request.path_params["place"]
        why = await run_in_threadpool(explain, self.shop, visitor, decision, place)
        if request.headers.get(PART):
            return page(request, "parts/why.html", why=why)
        return await self._page(request, session, "why.html", why=why)

    async def act(self, request: Request) -> Response:
        """Records what was done, and answers with the parts of the page that it changes.

        A browser without our scripts is sent back to the page instead.
        """
        session, form = await self.sessions.form(request)
        visitor = self._as(request, session)
        action, item = first(form, "action"), self.shop.item(first(form, "item"))
        known = await run_in_threadpool(self._record, visitor, action, item, first(form, "slot"))
        if not request.headers.get(PART):
            return RedirectResponse(local(first(form, "back")), 303)
        if action in {"click", "preview"}:
            return Response(status_code=204, headers=HEADERS)
        asked = _Asked(visitor, self.sessions.token(session), item, form)
        parts = await run_in_threadpool(self._parts, request, asked, known)
        return Response(msgspec.json.encode(parts), 200, HEADERS, "application/json")

    async def seen(self, request: Request) -> Response:
        """Records which slots were seen."""
        session, form = await self.sessions.form(request)
        visitor = self._as(request, session)
        await run_in_threadpool(self._record_seen, visitor.user, form.get("slot", [])[:200])
        return Response(status_code=204, headers=HEADERS)

    async def picture(self, request: Request) -> Response:
        """Sends the picture of an item; as a page of its own it may run nothing."""
        file = self.shop.picture(request.path_params["name"])
        if file is None:
            raise NotFound(f"there is no picture {request.path_params['name']}")
        return FileResponse(file, media_type="image/svg+xml", headers=PICTURE_HEADERS)

    def _visitor(self, request: Request) -> tuple[Session, Visitor]:
        session = self.sessions.of(request)
        if not session.user:
            session = msgspec.structs.replace(session, user=_someone_new())
        return session, self._as(request, session)

    def _as(self, request: Request, session: Session) -> Visitor:
        return Visitor(session.user, words(language_of(request)))

    def _record(self, visitor: Visitor, action: str, item: Item, slot: str) -> bool:
        """Writes an act down; returns whether it was a purchase of what is owned already."""
        if action == "purchase":
            if self.shop.owns(visitor.user, item.id):
                return True
            refused = self.shop.refused(visitor.user, item.id)
            if refused:
                raise Conflict(f'item "{item.id}" cannot be bought now: {refused}')
        row = acts.engagement(self.engine, visitor.user, action, item, slot)
        self.engine.store.events.append([row])
        return False

    def _record_seen(self, user: str, slots: list[str]) -> None:
        rows = acts.impressions(self.engine, user, slots)
        if rows:
            self.engine.store.events.append(rows)

    def _parts(self, request: Request, asked: _Asked, known: bool) -> dict[str, Any]:
        """Returns what to say, what takes the free place, and which shelves are others now."""
        visitor, item, form = asked.visitor, asked.item, asked.form
        action, shelf = first(form, "action"), first(form, "shelf")
        told = {"purchase": "bought_already" if known else "bought", "mute": "muted"}
        said = visitor.words(
            f"act.{told.get(action, 'undone')}", title=visitor.words.pick(item.title, item.id)
        )
        common = {"csrf": asked.csrf, "back": local(first(form, "back"))}
        answer: dict[str, Any] = {"message": said}
        if action == "purchase" and not shelf:
            box = self._box(visitor, item, "")
            answer["box"] = fragment(request, "parts/box.html", **box, **common)
        if action == "undo" or not shelf:
            return answer
        shown = [item.id, *first(form, "shown").split()]
        anchors = set(first(form, "anchors").split())
        if action != "purchase" or item.id not in anchors:
            card = self.shop.next_card(visitor, shelf, shown, first(form, "about"))
            if card:
                shown.append(card.item.id)
                answer["card"] = fragment(request, "parts/slot.html", card=card, **common)
        if action == "purchase" and anchors:
            views = self.shop.anchored(visitor, [name for name in shown if name not in anchors])
            answer["shelves"] = {
                view.name: fragment(request, "parts/shelf.html", shelf=view, **common)
                for view in views
            }
        return answer

    def _box(self, visitor: Visitor, item: Item, slot: str) -> dict[str, Any]:
        owned = self.shop.owns(visitor.user, item.id)
        return {
            "card": self.shop.card(visitor, item, owned=owned),
            "slot": slot[:200],
            "for_sale": not self.shop.refused(visitor.user, item.id),
        }

    async def _page(
        self, request: Request, session: Session, template: str, **what: Any
    ) -> Response:
        visitor = self._as(request, session)
        name = await run_in_threadpool(self.shop.name, visitor)
        query = f"?{request.url.query}" if request.url.query else ""
        response = page(
            request, template, csrf=self.sessions.token(session), user=session.user, name=name,
            back=f"{request.url.path}{query}", **what,
        )  # fmt: skip
        self.sessions.keep(response, session)
        return response


def _someone_new() -> str:
    return f"{GUEST}{secrets.token_hex(8)}"


def _tags(item: Item, visitor: Visitor) -> list[str]:
    """Returns an item's words in the visitor's script; all of them where none is."""
    own = [tag for tag in item.tags if tag.isascii() == (visitor.words.language == "en")]
    return own or list(item.tags)
