"""Who sits at the desk, and what stands around every one of its pages?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pittari import clock
from pittari.editions.rulebook import Rulebook
from pittari.engine import Engine
from pittari.errors import NotFound, Unauthorized
from pittari.store.keys import ROLES
from pittari.web.rendering import HEADERS, fragment, local, page
from pittari.web.sessions import Form, Session, Sessions, first, key_of
from pittari.web.words import Words, language_of, words

PART = "x-part"
"""Header by which our own scripts ask for what changes, as JSON."""
EVERY, AHEAD = clock.SECOND // 2, 5 * clock.SECOND
_MAY = frozenset(ROLES[ROLES.index("editor") :])


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody at the desk: the name of a key, or a made-up person of the demo."""

    id: str
    name: dict[str, str]


MADE_UP = (
    Editor("aoki", {"ja": "青木", "en": "Aoki"}),
    Editor("mori", {"ja": "森", "en": "Mori"}),
    Editor("hayase", {"ja": "早瀬", "en": "Hayase"}),
)
"""Whom a visitor of an open demo may be."""


class Frame:
    """What all pages of the desk share: the session, the editor, the time, the page around."""

    def __init__(self, engine: Engine, sessions: Sessions) -> None:
        self.engine, self.store, self.sessions = engine, engine.store, sessions
        self.demo = engine.project.settings.server.open_shop
        self.rulebook = Rulebook(engine.project.folder, engine.store.desk)

    @property
    def zone(self) -> ZoneInfo:
        """Where the desk is: the zone of its first rule file."""
        return ZoneInfo(self.rulebook.rules(self.rulebook.names[0]).edition.zone)

    def times(self) -> str:
        """Returns the times, in milliseconds, that editions go by in the next seconds: one each
        `EVERY`, for a clock on the page. The clock of a made-up newsroom runs unevenly."""
        laps, real = self.engine.project.newsroom_clock, clock.now()
        ahead = range(0, AHEAD + 1, EVERY)
        start = self.now()
        told = [laps.at(real + step) if laps else start + step for step in ahead]
        return ",".join(str(at // 1000) for at in told)

    def clock(self, at: int) -> str:
        """Returns a time as the desk's clock shows it."""
        return wall_clock(at, self.zone)

    def now(self) -> int:
        """Returns the time that editions go by, in microseconds UTC."""
        return self.store.editions.now()

    def editor(self, session: Session) -> Editor | None:
        """Returns who looks: the holder of a key with the role editor or more; in an open demo
        the made-up editor chosen, else the first."""
        key = key_of(session, self.store)
        if key is not None and key.role in _MAY:
            return Editor(key.name, {})
        if not self.demo:
            return None
        return next((one for one in MADE_UP if one.id == session.editor), MADE_UP[0])

    def asked(self, request: Request) -> tuple[Session, Editor, Words]:
        """Returns session, editor and words of a request. Raises `Unauthorized`."""
        session = self.sessions.of(request)
        return session, self._sure(session), words(language_of(request))

    async def form(self, request: Request) -> tuple[Session, Editor, Form]:
        """Reads a form of this session's own page. Raises `Unauthorized` and what forms raise."""
        session, form = await self.sessions.form(request)
        return session, await run_in_threadpool(self._sure, session), form

    def page(self, request: Request, part: str, template: str, **what: Any) -> Response:
        """Returns a page of the desk, or the way to the door for somebody without a key."""
        session = self.sessions.of(request)
        editor = self.editor(session)
        if editor is None:
            return RedirectResponse("/login", 303)
        status = what.pop("status", 200)
        told = self._around(request, session, part, editor) | what
        response = page(request, template, status, **told)
        self.sessions.keep(response, session)
        return response

    def _around(
        self, request: Request, session: Session, part: str, editor: Editor
    ) -> dict[str, Any]:
        """Returns what every template of the desk is told; `part`: which page of the menu."""
        query = f"?{request.url.query}" if request.url.query else ""
        chosen = editor in MADE_UP
        return {
            "csrf": self.sessions.token(session),
            "editor": editor,
            "editors": MADE_UP if chosen else (),
            "demo": self.demo,
            "part": part,
            "back": f"{request.url.path}{query}",
        }

    def part(self, request: Request, template: str, editor: Editor, **what: Any) -> str:
        """Returns a part of a page as HTML."""
        around = self._around(request, self.sessions.of(request), "", editor)
        return fragment(request, template, **(around | what))

    async def become(self, request: Request) -> Response:
        """Makes a visitor of an open demo one of its made-up editors."""
        session, form = await self.sessions.form(request)
        chosen = first(form, "editor")
        if not self.demo or chosen not in {one.id for one in MADE_UP}:
            raise NotFound(f'there is no editor "{chosen[:40]}" to be')
        response = RedirectResponse(local(first(form, "back")), 303)
        self.sessions.keep(response, msgspec.structs.replace(session, editor=chosen))
        return response

    def _sure(self, session: Session) -> Editor:
        editor = self.editor(session)
        if editor is None:
            raise Unauthorized("the desk is for keys with the role editor: sign in at /login")
        return editor


def named(actor: str, words: Words) -> str:
    """Returns what somebody of the ledger is called."""
    known = next((one for one in MADE_UP if one.id == actor), None)
    return words.pick(known.name, actor) if known else actor


def answer(told: dict[str, Any]) -> Response:
    """Returns JSON to our own scripts, also where the answer is no."""
    return Response(msgspec.json.encode(told), 200, HEADERS, "application/json")


def wall_clock(at: int, zone: ZoneInfo) -> str:
    """Returns a time as a clock on the wall shows it, such as 8:00."""
    told = clock.moment(at).astimezone(zone)
    return f"{told.hour}:{told.minute:02}"


def wall_day(at: int, zone: ZoneInfo, words: Words) -> str:
    """Returns a date as people write it: 11月22日（日）, Sunday, November 22."""
    told = clock.moment(at).astimezone(zone)
    weekday, month = words(f"day.weekday_{told.weekday()}"), words(f"day.month_{told.month}")
    return words("day.date", weekday=weekday, month=month, day=told.day)
