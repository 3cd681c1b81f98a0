"""A chat between made-up people: what its page needs from a server, and what it reports.

Nothing here is asked while somebody types. What is reported is which sticker was sent, and when.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from pittari import clock
from pittari.device.person import Rights
from pittari.engine import Engine
from pittari.errors import Invalid, NotFound
from pittari.model.catalog import Item, User
from pittari.model.event import Engagement
from pittari.web.rendering import HEADERS, page
from pittari.web.sessions import Attempts, Form, Sessions, first, number
from pittari.web.shop import Shop
from pittari.web.words import language_of, words

TOUCHPOINT = "suggest"
LATE = 31 * clock.DAY
"""How old a send may be when it is reported: devices were off line meanwhile."""
ROW = 8
REPORTS = 120
"""Reports a minute from one address, at most."""
_STATIC = Path(__file__).parent / "static"
_SHELL = ("shop.css", "chat.css", "icon.svg", "chat/*.js", "device/*.js", "device/*/*.js")
"""The files of the page: what a device keeps to work off line."""
_FEW = 4
"""How many packages make a row with some of one's own and some of others."""
_HELLO = {"ja": "おはよう", "en": "good morning"}
"""The tag of what the page proposes to type, by language."""
_LOOKED_AT = 400
"""People who are looked at to find two with different rights."""


class _Face(msgspec.Struct, frozen=True):
    """Somebody one can be: nickname, a package as a portrait, what they may send."""

    id: str
    name: str
    face: str
    rights: Rights


class ChatPages:
    """One method per address; plain ones run beside the event loop."""

    def __init__(self, engine: Engine, sessions: Sessions) -> None:
        self.engine, self.sessions, self.shop = engine, sessions, Shop(engine)
        self._casts: dict[str, tuple[User, ...]] = {}
        self.reports = Attempts(most=REPORTS, window=60)

    def chat(self, request: Request) -> Response:
        """Shows the page. All it says of people and stickers comes from the device."""
        session = self.sessions.of(request)
        said = words(language_of(request))
        texts = {key: text for key, text in said.texts.items() if key.startswith("chat")}
        frame = {"csrf": self.sessions.token(session), "back": "/chat"}
        told = msgspec.json.encode(texts).decode()
        response = page(request, "chat.html", 200, texts=told, **frame)
        self.sessions.keep(response, session)
        return response

    def people(self, request: Request) -> Response:
        """Tells who one can be, what they may send, and the token that reports carry."""
        session = self.sessions.of(request)
        people: list[_Face] = []
        for user in self._cast(language_of(request)):
            people.append(self._face(user, [face.face for face in people]))
        response = _json({"csrf": self.sessions.token(session), "people": people})
        self.sessions.keep(response, session)
        return response

    def goods(self, request: Request) -> Response:
        """Tells what stickers and packages are called."""
        said, items = words(language_of(request)), self.shop.goods().items.values()
        titles = {item.id: said.pick(item.title, item.id) for item in items}
        of = {item.id: item.package for item in items if item.kind == "sticker"}
        return _json({"titles": titles, "packages": of})

    def worker(self, request: Request) -> Response:
        """Sends what keeps the page on the device; it changes whenever a file of the page does."""
        files, digest = self._shell
        program = (_STATIC / "chat" / "worker.js").read_text("utf-8")
        told = msgspec.json.encode({"version": digest, "files": files}).decode()
        headers = {**HEADERS, "Cache-Control": "no-cache", "Service-Worker-Allowed": "/chat"}
        return Response(f"self.shell = {told};\n{program}", 200, headers, "text/javascript")

    async def sent(self, request: Request) -> Response:
        """Records that a sticker was sent from the row; told twice, it counts once.

        Raises `TooMany` beyond `REPORTS` a minute from one address; a device tells those later.
        """
        _, form = await self.sessions.form(request)
        self.reports.take(request.client.host if request.client else "")
        await run_in_threadpool(self._record, form)
        return Response(status_code=204, headers=HEADERS)

    @property
    def _shell(self) -> tuple[list[str], str]:
        files = sorted({path for part in _SHELL for path in _STATIC.glob(part)})
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()
        return [f"/static/{path.relative_to(_STATIC)}" for path in files], digest[:16]

    def _cast(self, language: str) -> tuple[User, ...]:
        """Returns two people, the same ones each time, who read a language."""
        if language not in self._casts:
            users = self.engine.store.catalog.users(limit=_LOOKED_AT)
            readers = [user for user in users if user.locale == language] or users
            self._casts[language] = self._two(readers, self._greeting(language))
        return self._casts[language]

    def _greeting(self, language: str) -> set[str]:
        """Returns the packages with a sticker for the first thing one is asked to type."""
        table, items = self.engine.tags(), self.shop.goods().items
        names = [table.items[row].decode() for row in table.of_tag(_HELLO.get(language, ""))]
        return {items[name].package for name in names if name in items}

    def _two(self, users: Sequence[User], greeting: set[str]) -> tuple[User, ...]:
        """Returns two people with a few packages, one of them `greeting` where there is such: one
        who may send some others free, one who tries or subscribes; where nobody does, any two."""
        rights = {user.id: self.engine.grant(user.id).rights for user in users}

        def shows(user: User) -> tuple[bool, int]:
            own = rights[user.id].owned
            return not greeting.isdisjoint(own), -abs(len(own) - _FEW)

        def sends(user: User) -> tuple[bool, bool, bool, int]:
            own = rights[user.id]
            return own.sends_a_day > 0, not (own.plan or own.trial_until), *shows(user)

        def tries(user: User) -> tuple[bool, bool, bool, int]:
            own = rights[user.id]
            return own.trial_until > 0 or bool(own.plan), own.trial_until > 0, *shows(user)

        one = max(users, key=sends, default=None)
        other = max((user for user in users if user != one), key=tries, default=None)
        return tuple(user for user in (one, other) if user)

    def _face(self, user: User, taken: Sequence[str]) -> _Face:
        """Returns somebody, with a package as a portrait that nobody has yet where there is one."""
        rights, items = self.engine.grant(user.id).rights, self.shop.goods().items
        own = sorted(name for name in rights.owned if name in items)
        portrait = next((name for name in own if name not in taken), next(iter(own), ""))
        return _Face(user.id, user.name or user.id, portrait, rights)

    def _record(self, form: Form) -> None:
        """Writes a send down. Raises `Invalid` for one that cannot have been."""
        user = self.engine.store.catalog.user(first(form, "user"))
        item, event = self._sticker(first(form, "item")), first(form, "event")
        at, place = number(first(form, "at")), number(first(form, "place"))
        now = self.engine.now()
        if at is None or at < now - LATE:
            raise Invalid(f"at: expected a time (microseconds UTC) of the last {LATE // clock.DAY} "
                          "days")  # fmt: skip
        if place is None or not 1 <= place <= ROW:
            raise Invalid(f"place: expected 1 to {ROW}")
        if not 16 <= len(event) <= 64:
            raise Invalid("event: expected 16 to 64 characters that the device made up")
        row = Engagement(
            event_id=hashlib.blake2b(f"{user.id}\0{event}".encode(), digest_size=16).hexdigest(),
            at=clock.moment(min(at, now)),
            user=user.id,
            touchpoint=TOUCHPOINT,
            zone=user.zone,
            item=item.id,
            action="send",
            position=place,
        )
        self.engine.store.events.append([row])

    def _sticker(self, name: str) -> Item:
        item = self.shop.goods().items.get(name)
        if item is None or item.kind != "sticker":
            raise NotFound(f'there is no sticker "{name[:40]}"')
        return item


def _json(told: object) -> Response:
    return Response(msgspec.json.encode(told), 200, HEADERS, "application/json")
