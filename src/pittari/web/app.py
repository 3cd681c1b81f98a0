"""The application: the API, its description, and the pages, around one engine."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from pittari.engine import Engine
from pittari.web import reference
from pittari.web.api import OPERATIONS, Api
from pittari.web.guard import Guard
from pittari.web.metrics import Metrics
from pittari.web.operations import Address, routes
from pittari.web.problems import Refused, answered

PATHS = (*dict.fromkeys(operation.path for operation in OPERATIONS), *reference.PATHS)
"""Every address of the API."""
TICK = 1.0
"""Seconds between two times that a worker lays its numbers down."""


class Door(Starlette):
    """Takes addresses of the API that hold no id to their operations at once, since those answer
    for their own errors; everything else goes Starlette's way."""

    def __init__(self, every: Sequence[BaseRoute], **more: Any) -> None:
        super().__init__(routes=every, **more)
        own = [one for one in every if isinstance(one, Route) and isinstance(one.app, Address)]
        self._plain = {route.path: route.app for route in own if "{" not in route.path}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        plain = self._plain.get(scope["path"]) if scope["type"] == "http" else None
        if plain is None:
            await super().__call__(scope, receive, send)
        else:
            await plain(scope, receive, send)


def create_app(engine: Engine, metrics: Metrics | None = None) -> Starlette:
    """Returns the door to an engine. It keeps the engine fresh while it runs, and does not
    close it."""
    from pittari.web import pages

    metrics = metrics or Metrics.of_process()
    server = engine.project.settings.server
    api = Api(engine, metrics)
    guard = Guard(engine.store.keys, server.rate)
    every = [
        *routes(OPERATIONS, api, guard, metrics, server.body_bytes),
        *reference.routes(),
        *pages.routes(engine),
    ]
    app = Door(every, lifespan=partial(_lifespan, api=api))
    app.router.redirect_slashes = False
    app.add_exception_handler(HTTPException, _refused)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette, api: Api) -> AsyncIterator[None]:
    """Keeps catalogue and learned tables fresh beside the requests, and lays numbers down."""
    with api.engine.kept_fresh():
        numbers = asyncio.create_task(_numbers(api))
        yield
        numbers.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await numbers


async def _numbers(api: Api) -> None:
    while True:
        await asyncio.to_thread(api.metrics.publish, api.gauges())
        await asyncio.sleep(TICK)


async def _refused(request: Request, error: Exception) -> Response:
    """Answers what no route takes: with a page where a person looks, else as the API does."""
    from pittari.web import pages

    if pages.looked_at(request):
        return pages.error_page(request, getattr(error, "status_code", 404))
    kind = "method_not_allowed" if getattr(error, "status_code", 404) == 405 else "not_found"
    status, headers, text = answered(Refused(kind, "there is nothing at this address"))
    return Response(text, status, {k.decode(): v.decode() for k, v in headers})
