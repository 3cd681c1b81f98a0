"""Whose browser is this, and did its own page send this form?

A session is a signed cookie (HMAC-SHA-256): the server keeps nothing, so any worker knows it. Each
session has one token that every form carries back; requests from other sites are turned away.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import time
from collections import deque
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from pittari import clock
from pittari.errors import Forbidden, Invalid, SettingsError, TooLarge, TooMany
from pittari.settings.secret import kept
from pittari.store import Store
from pittari.store.keys import Key

COOKIE = "pittari_session"
SECRET_VARIABLE = "PITTARI_SESSION_SECRET"  # noqa: S105 - the variable's name
LASTS = 30 * 24 * 3600
"""Seconds after which a visitor's session ends."""
OPERATOR_LASTS = 12 * 3600
"""The same for one that was opened with an API key."""
FORM_BYTES = 65_536
"""Largest body of a form."""


class Session(msgspec.Struct, frozen=True):
    """Who a browser is. `until` in seconds; `user`: the person a demo shop shows; `key`, `role`:
    the API key it was opened with, if any; `editor`: who sits at a demo's desk."""

    id: str
    until: int
    user: str = ""
    key: str = ""
    role: str = ""
    editor: str = ""


Form = dict[str, list[str]]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Session).decode


class Sessions:
    """Opens, reads and signs sessions with one secret."""

    def __init__(self, secret: bytes, secure: bool = False) -> None:
        self._secret, self._secure = secret, secure

    def of(self, request: HTTPConnection) -> Session:
        """Returns the session of a request; a new one when there is none that is good."""
        body, _, signature = request.cookies.get(COOKIE, "").partition(".")
        if hmac.compare_digest(self._sign("session", body).encode(), signature.encode()):
            try:
                session = _decode(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            except (binascii.Error, msgspec.DecodeError, ValueError):
                return self.fresh()
            if session.until > _seconds():
                return session
        return self.fresh()

    def fresh(self, key: Key | None = None) -> Session:
        """Returns a session that nobody has had, for a visitor or the holder of a key."""
        lasts = OPERATOR_LASTS if key else LASTS
        number, until = secrets.token_urlsafe(18), _seconds() + lasts
        return Session(number, until, "", key.name if key else "", key.role if key else "")

    def keep(self, response: Response, session: Session) -> None:
        """Sets the cookie of a session on a response."""
        body = base64.urlsafe_b64encode(_encode(session)).decode().rstrip("=")
        response.set_cookie(
            COOKIE,
            f"{body}.{self._sign('session', body)}",
            max_age=max(0, session.until - _seconds()),
            httponly=True,
            samesite="lax",
            secure=self._secure,
        )

    def token(self, session: Session) -> str:
        """Returns what each form of this session's pages has to carry as `csrf`."""
        return self._sign("csrf", session.id)

    async def form(self, request: Request) -> tuple[Session, Form]:
        """Reads a form that this session's own page sent.

        Raises `Forbidden` when it came from another site or without the session's token,
        `TooLarge` above `FORM_BYTES`, `Invalid` when it is not a form.
        """
        _same_site(request)
        session, form = self.of(request), await _read(request)
        given = first(form, "csrf") or request.headers.get("x-csrf-token", "")
        if not hmac.compare_digest(given.encode(), self.token(session).encode()):
            raise Forbidden("the form does not carry this session's token: load the page again")
        return session, form

    def _sign(self, purpose: str, text: str) -> str:
        digest = hmac.new(self._secret, f"{purpose}:{text}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def key_of(session: Session, store: Store) -> Key | None:
    """Returns the key a session was opened with while it is good: revoking it ends the session."""
    if not session.key:
        return None
    return next((k for k in store.keys.list() if k.name == session.key and not k.revoked), None)


def secret_of(folder: Path) -> bytes:
    """Returns the secret of a project: from the environment, else from a file in its data folder,
    which is made at the first start and readable by its owner only.

    Raises `SettingsError` when the secret is too short to keep anybody out.
    """
    told = os.environ.get(SECRET_VARIABLE, "").encode()
    file = folder / "data" / "session.key"
    if not told:
        told = kept(file)
    if len(told) < 32:
        raise SettingsError(
            f"the session secret ({SECRET_VARIABLE} or {file}): expected at least 32 characters, "
            f"got {len(told)}"
        )
    return told


def _seconds() -> int:
    return clock.now() // clock.SECOND


def first(form: Form, name: str) -> str:
    """Returns the first value of a form's field, or nothing."""
    return form.get(name, [""])[0]


def number(text: str) -> int | None:
    """Returns the number that a field or address tells; nothing for what is none, or too long."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None


def _same_site(request: Request) -> None:
    """Browsers say where a request comes from; what says nothing still needs the token."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = site not in {None, "same-origin"}
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        foreign = True
    if foreign:
        raise Forbidden("the form came from another site")


async def _read(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0]
    if kind != "application/x-www-form-urlencoded":
        raise Invalid(f'expected a form (application/x-www-form-urlencoded), got "{kind[:80]}"')
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > FORM_BYTES:
            raise TooLarge(f"a form may have {FORM_BYTES:,} bytes")
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=2000)
    except ValueError as error:
        raise Invalid(f"the form cannot be read: {error}") from error


class Attempts:
    """Counts what must not be tried often: at most `most` times within `window` seconds."""

    def __init__(self, most: int, window: float, remembered: int = 10_000) -> None:
        self._most, self._window, self._remembered = most, window, remembered
        self._times: dict[str, deque[float]] = {}

    def take(self, who: str) -> None:
        """Counts one attempt of somebody. Raises `TooMany` when there were too many lately."""
        now = time.monotonic()
        times = self._times.setdefault(who, deque(maxlen=self._most))
        if len(times) == self._most and now - times[0] < self._window:
            raise TooMany("too many attempts: wait a while", self._window - (now - times[0]))
        times.append(now)
        if len(self._times) > self._remembered:
            del self._times[next(iter(self._times))]
