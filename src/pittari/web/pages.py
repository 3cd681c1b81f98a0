"""The pages for browsers: the shop of a demo world, the editors' desk, and the operators' door."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from pittari.engine import Engine
from pittari.errors import Invalid, PittariError, Unauthorized
from pittari.web.chat import ChatPages
from pittari.web.desk import pages as desk
from pittari.web.rendering import error_page, local, page, refusal
from pittari.web.sessions import Attempts, Session, Sessions, first, key_of, secret_of
from pittari.web.shop_pages import ShopPages
from pittari.web.words import LANGUAGE_COOKIE, LANGUAGES

__all__ = ["error_page", "looked_at", "routes"]

log = logging.getLogger(__name__)
_YEAR = 365 * 24 * 3600
Answer = Callable[[Request], Awaitable[Response]]
Endpoint = Answer | Callable[[Request], Response]


def routes(engine: Engine) -> list[BaseRoute]:
    """Returns the pages of a project: the shop where `server.open_shop` is set, desk and sign-in
    always.

    Without `open_shop` nothing of the shop exists: its addresses answer 404.
    """
    project = engine.project
    sessions = Sessions(secret_of(project.folder), project.settings.server.secure_cookies)
    doors = Doors(engine, sessions)
    found: list[BaseRoute] = [
        Mount("/static", Static(directory=Path(__file__).parent / "static"), name="static"),
        Route("/language", kept(doors.language), methods=["POST"]),
        Route("/login", kept(doors.login), methods=["GET"]),
        Route("/login", kept(doors.sign_in), methods=["POST"]),
        Route("/logout", kept(doors.sign_out), methods=["POST"]),
    ]
    found += desk.routes(engine, sessions, kept)
    if project.settings.server.open_shop:
        shop, chat = ShopPages(engine, sessions), ChatPages(engine, sessions)
        found += [
            Route("/", kept(shop.home), methods=["GET"]),
            Route("/people", kept(shop.people), methods=["GET"]),
            Route("/people", kept(shop.become), methods=["POST"]),
            Route("/packages/{item}", kept(shop.package), methods=["GET"]),
            Route("/mine", kept(shop.mine), methods=["GET"]),
            Route("/why/{decision}/{place:int}", kept(shop.why), methods=["GET"]),
            Route("/acts", kept(shop.act), methods=["POST"]),
            Route("/seen", kept(shop.seen), methods=["POST"]),
            Route("/pictures/{name}.svg", kept(shop.picture), methods=["GET"]),
            Route("/chat", kept(chat.chat), methods=["GET"]),
            Route("/chat/people", kept(chat.people), methods=["GET"]),
            Route("/chat/goods", kept(chat.goods), methods=["GET"]),
            Route("/chat/sent", kept(chat.sent), methods=["POST"]),
            Route("/chat/worker.js", kept(chat.worker), methods=["GET"]),
        ]
    return found


def looked_at(request: Request) -> bool:
    """Returns whether a browser wants a page here, rather than a program an answer."""
    wants_page = "text/html" in request.headers.get("accept", "")
    return wants_page and not request.url.path.startswith("/v1/")


def kept(endpoint: Endpoint) -> Answer:
    """Returns an endpoint whose errors are pages; a plain one runs beside the event loop."""

    async def answer(request: Request) -> Response:
        try:
            if inspect.iscoroutinefunction(endpoint):
                given: Response = await endpoint(request)
            else:
                given = await run_in_threadpool(endpoint, request)  # type: ignore[arg-type]
            return given
        except PittariError as error:
            return refusal(request, error)
        except Exception:
            log.exception("%s %s", request.method, request.url.path)
            return error_page(request, 500)

    return answer


class Static(StaticFiles):
    """Our own files; a browser asks each time whether they changed, and trusts their type."""

    def file_response(self, *given: object, **named: object) -> Response:
        """Returns the file with its headers."""
        response = super().file_response(*given, **named)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class Doors:
    """Which language, and who: what stands on no page of its own but sign-in."""

    def __init__(self, engine: Engine, sessions: Sessions) -> None:
        self.store, self.sessions = engine.store, sessions
        self.attempts = Attempts(most=5, window=60)

    async def language(self, request: Request) -> Response:
        """Changes the language and goes back to the page."""
        _, form = await self.sessions.form(request)
        chosen = first(form, "language")
        if chosen not in LANGUAGES:
            raise Invalid(f"language: expected {' or '.join(LANGUAGES)}, got {chosen[:20]!r}")
        response = RedirectResponse(local(first(form, "back")), 303)
        response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR, samesite="lax", httponly=True)
        return response

    async def login(self, request: Request) -> Response:
        """Shows the form, or who is signed in."""
        return await self._login(request, self.sessions.of(request))

    async def sign_in(self, request: Request) -> Response:
        """Opens a session with the role of an API key; a wrong one shows the form again, 401."""
        session, form = await self.sessions.form(request)
        self.attempts.take(request.client.host if request.client else "")
        try:
            key = await run_in_threadpool(self.store.keys.verify, first(form, "key").strip())
        except Unauthorized:
            return await self._login(request, session, 401)
        response = RedirectResponse("/login", 303)
        self.sessions.keep(response, self.sessions.fresh(key))
        return response

    async def sign_out(self, request: Request) -> Response:
        """Ends the session: the browser gets one that nobody has had."""
        await self.sessions.form(request)
        response = RedirectResponse("/login", 303)
        self.sessions.keep(response, self.sessions.fresh())
        return response

    async def _login(self, request: Request, session: Session, status: int = 200) -> Response:
        key = await run_in_threadpool(key_of, session, self.store)
        token = self.sessions.token(session)
        response = page(request, "login.html", status, key=key, csrf=token, wrong=status == 401)
        self.sessions.keep(response, session)
        return response
