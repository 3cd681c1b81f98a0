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
from pittari.web.people import GUEST, People
from pittari.web.rendering import HEADERS, fragment, local, page
from pittari.web.sessions import Form, Session, Sessions, first
from pittari.web.shop import Shop, Visitor
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
    """One method per address. Plain methods run beside the event loop, so they may wait for the
    store; what reads a form is asynchronous and then steps aside."""

    def __init__(self, engine: Engine, sessions: Sessions) -> None:
        self.engine, self.sessions, self.shop = engine, sessions, Shop(engine)
        self.folk = People(self.shop)

    def home(self, request: Request) -> Response:
        """Shows the shelves of the person one is, and a few others to be."""
        session, visitor = self._visitor(request)
        shelves, faces = self.shop.home(visitor), self.folk.faces(visitor)
        what = {"shelves": shelves, "faces": faces, "samples": self.shop.samples(shelves)}
        return self._page(request, session, "home.html", **what)

    def people(self, request: Request) -> Response:
        """Shows the people one can be, found by nickname."""
        session, visitor = self._visitor(request)
        wanted = request.query_params.get("q", "")[:100]
        faces, total = self.folk.search(visitor, wanted)
        what = {"faces": faces, "total": total, "wanted": wanted}
        if request.headers.get(PART):
            token = self.sessions.token(session)
            return page(request, "parts/people.html", 200, csrf=token, user=session.user, **what)
        return self._page(request, session, "people.html", **what)

    async def become(self, request: Request) -> Response:
        """Makes the visitor one of the people, or someone new."""
        session, form = await self.sessions.form(request)
        user = first(form, "user") or _someone_new()
        if not await run_in_threadpool(self._may_be, user):
            raise NotFound(f'there is no user "{user[:40]}"')
        response = RedirectResponse("/", 303)
        self.sessions.keep(response, msgspec.structs.replace(session, user=user))
        return response

    def package(self, request: Request) -> Response:
        """Shows one package with its stickers, and what others like as well."""
        session, visitor = self._visitor(request)
        item = self.shop.item(request.path_params["item"])
        what = self._box(visitor, item, request.query_params.get("from", ""))
        what |= {"stickers": self.shop.goods().stickers.get(item.id, ())}
        what |= {"also": self.shop.also(visitor, item.id), "tags": _tags(item, visitor)}
        return self._page(request, session, "package.html", **what)

    def mine(self, request: Request) -> Response:
        """Shows what the person has."""
        session, visitor = self._visitor(request)
        return self._page(request, session, "mine.html", cards=self.shop.mine(visitor))

    def why(self, request: Request) -> Response:
        """Explains one place of a decision made for this person."""
        session, visitor = self._visitor(request)
        asked = request.path_params
        why = explain(self.shop, visitor, asked["decision"], asked["place"])
        if request.headers.get(PART):
            return page(request, "parts/why.html", why=why)
        return self._page(request, session, "why.html", why=why)

    async def act(self, request: Request) -> Response:
        """Records what was done, and answers with the parts of the page that it changes.

        A browser without our scripts is sent back to the page instead.
        """
        session, form = await self.sessions.form(request)
        return await run_in_threadpool(self._act, request, session, form)

    async def seen(self, request: Request) -> Response:
        """Records which slots were seen."""
        session, form = await self.sessions.form(request)
        await run_in_threadpool(self._record_seen, session.user, form.get("slot", [])[:200])
        return Response(status_code=204, headers=HEADERS)

    def picture(self, request: Request) -> Response:
        """Sends the picture of an item; as a page of its own it may run nothing."""
        file = self.shop.picture(request.path_params["name"])
        if file is None:
            raise NotFound(f"there is no picture {request.path_params['name']}")
        return FileResponse(file, media_type="image/svg+xml", headers=PICTURE_HEADERS)

    def _visitor(self, request: Request) -> tuple[Session, Visitor]:
        """Returns who looks; somebody who was never chosen, or is there no more, is someone new."""
        session = self.sessions.of(request)
        if not self._may_be(session.user):
            session = msgspec.structs.replace(session, user=_someone_new())
        return session, Visitor(session.user, words(language_of(request)))

    def _may_be(self, user: str) -> bool:
        return user.startswith(GUEST) or (bool(user) and self.folk.known(user))

    def _act(self, request: Request, session: Session, form: Form) -> Response:
        if not self._may_be(session.user):
            raise NotFound("there is nobody any more whom this session could be")
        visitor = Visitor(session.user, words(language_of(request)))
        action, item = first(form, "action"), self.shop.item(first(form, "item"))
        known = self._record(visitor, action, item, first(form, "slot"))
        if not request.headers.get(PART):
            return RedirectResponse(local(first(form, "back")), 303)
        if action in {"click", "preview"}:
            return Response(status_code=204, headers=HEADERS)
        asked = _Asked(visitor, self.sessions.token(session), item, form)
        answer = self._parts(request, asked, known)
        return Response(msgspec.json.encode(answer), 200, HEADERS, "application/json")

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

    def _page(self, request: Request, session: Session, template: str, **what: Any) -> Response:
        query = f"?{request.url.query}" if request.url.query else ""
        frame = {
            "csrf": self.sessions.token(session),
            "user": session.user,
            "name": self.folk.name(session.user),
            "back": f"{request.url.path}{query}",
        }
        response = page(request, template, 200, **frame, **what)
        self.sessions.keep(response, session)
        return response


def _someone_new() -> str:
    return f"{GUEST}{secrets.token_hex(8)}"


def _tags(item: Item, visitor: Visitor) -> list[str]:
    """Returns an item's words in the visitor's script; all of them where none is."""
    own = [tag for tag in item.tags if tag.isascii() == (visitor.words.language == "en")]
    return own or list(item.tags)
