"""The API described for people: /docs, and /openapi.json which it is read from."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import jinja2
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pittari.web.api import OPERATIONS
from pittari.web.openapi import described

PATHS = ("/openapi.json", "/docs")


def routes() -> list[Route]:
    """Returns the routes of the two."""
    return [Route(PATHS[0], _openapi), Route(PATHS[1], _docs)]


async def _openapi(request: Request) -> Response:
    return Response(_document(), media_type="application/json")


async def _docs(request: Request) -> Response:
    text, policy = _page()
    return Response(text, media_type="text/html", headers={"content-security-policy": policy})


@cache
def _document() -> bytes:
    return msgspec.json.format(msgspec.json.encode(described(OPERATIONS)), indent=2)


@cache
def _page() -> tuple[str, str]:
    """Returns the page and its content policy: nothing runs, and only its own style counts."""
    loader = jinja2.PackageLoader("pittari.web")
    rooms = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    style = loader.get_source(rooms, "reference.css")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    told = described(OPERATIONS)
    text = rooms.get_template("reference.html").render(
        told=told,
        style=style,
        operations=list(_operations(told)),
        kinds=told["components"]["responses"],
        shown=_shown,
    )
    return text, f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


def _operations(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields each operation with its method, path and what a reader needs beside it."""
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            answer = next(iter(operation["responses"]["200"]["content"].values()))
            errors = [
                (status, reply["$ref"].rsplit("/", 1)[1])
                for status, reply in operation["responses"].items()
                if "$ref" in reply
            ]
            yield {
                **operation,
                "path": path,
                "method": method.upper(),
                "body": body,
                "answer": answer,
                "errors": errors,
            }


def _shown(value: Any) -> str:
    """Returns JSON as a person reads it."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
