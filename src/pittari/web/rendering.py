"""How does a page reach a browser? Templates, words and headers, the same for every page."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response

from pittari.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    PittariError,
    TooLarge,
    TooMany,
    Unauthorized,
    Unavailable,
)
from pittari.web.words import language_of, words

_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
log = logging.getLogger(__name__)
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Cookie, Accept-Language",
}
STATUS: tuple[tuple[type[PittariError], int], ...] = (
    (Invalid, 422),
    (Unauthorized, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (TooLarge, 413),
    (TooMany, 429),
    (Unavailable, 503),
)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("pittari.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["share"] = share
    made.filters["number"] = number
    made.filters["tongue"] = tongue
    return made


def page(request: HTTPConnection, template: str, status: int = 200, **what: Any) -> Response:
    """Returns a template as a page in the visitor's language, with the headers of every page."""
    return HTMLResponse(fragment(request, template, **what), status, HEADERS)


def fragment(request: HTTPConnection, template: str, **what: Any) -> str:
    """Returns a template as text in the visitor's language."""
    told = {"t": words(language_of(request)), "path": request.url.path, **what}
    return _templates().get_template(template).render(**told)


def error_page(request: Request, status: int) -> Response:
    """Returns the page that says, in the visitor's language, what an error status means."""
    texts = words(language_of(request)).texts
    said = str(status) if f"error.{status}" in texts else ("400" if status < 500 else "500")
    has_shop = any(getattr(route, "path", "") == "/" for route in request.app.routes)
    return page(request, "error.html", status, error=said, has_shop=has_shop)


def refusal(request: Request, error: PittariError) -> Response:
    """Returns an error of this package as a page; what an operator has to mend is a 500, logged."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    if status == 500:
        log.error("%s %s: %s", request.method, request.url.path, error)
    response = error_page(request, status)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = "2"
    return response


def share(value: float) -> str:
    """Returns a probability as people read it: 95%, 0.4%, below 0.1%."""
    percent = 100 * value
    if percent >= 9.95:
        return f"{percent:.0f}%"
    return f"{percent:.1f}%" if percent >= 0.1 else "<0.1%"


def tongue(name: str) -> str:
    """Returns the language a name is read and broken into lines in, judging by its letters."""
    return "ja" if _JAPANESE.search(name) else "en"


def number(value: float) -> str:
    """Returns a score or a factor with three digits behind the point."""
    return f"{value:.3f}"


def local(back: str) -> str:
    """Returns a path of this site to go back to, "/" for anything else."""
    parts = urlsplit(back)
    inside = back.startswith("/") and not back.startswith("//") and "\\" not in back
    plain = back.isprintable() and not parts.scheme and not parts.netloc
    return back if inside and plain else "/"
