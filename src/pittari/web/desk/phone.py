"""What does a reader get, and when? A drawn phone on which released editions appear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pittari import clock
from pittari.model.edition import Edition
from pittari.web.desk.cards import headline
from pittari.web.desk.frame import PART, Frame, answer, wall_clock, wall_day
from pittari.web.desk.lock_screen import PHONES, fitted
from pittari.web.rendering import fragment, page
from pittari.web.words import Words, language_of, words

SHOWN = 4
"""Notifications on the screen: more do not fit."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A notification as it lies on the screen; `body` is what fits before it is opened."""

    id: str
    title: str
    body: str
    headlines: tuple[str, ...]
    clock: str


class PhonePage:
    """The phone of the demo: released rows of the outbox, drawn."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._store = frame, frame.store

    def show(self, request: Request) -> Response:
        """Shows the phone; to our own script, what is new since an edition."""
        spoken, now = words(language_of(request)), self._frame.now()
        editions = self._store.editions.released(now + clock.DAY, SHOWN)
        told = {"times": self._frame.times(), "day": wall_day(now, self._frame.zone, spoken)}
        if request.headers.get(PART):
            known = request.query_params.get("since", "")
            fresh = bool(editions) and editions[0].id != known
            what = {"notices": self._delivered(editions, spoken)} if fresh else {}
            html = fragment(request, "desk/parts/notices.html", **what) if fresh else ""
            return answer(told | {"html": html})
        return self._page(request, editions, spoken, now, told["day"])

    def _page(
        self, request: Request, editions: Sequence[Edition], spoken: Words, now: int, day: object
    ) -> Response:
        session = self._frame.sessions.of(request)
        offset = clock.moment(now).astimezone(self._frame.zone).utcoffset()
        what: dict[str, Any] = {
            "csrf": self._frame.sessions.token(session),
            "notices": self._delivered(editions, spoken),
            "times": self._frame.times(),
            "offset_ms": int(offset.total_seconds() * 1000) if offset else 0,
            "clock": wall_clock(now, self._frame.zone),
            "day": day,
        }
        response = page(request, "desk/phone.html", **what)
        self._frame.sessions.keep(response, session)
        return response

    def _delivered(self, editions: Sequence[Edition], spoken: Words) -> list[Delivered]:
        rows = {edition.id: self._store.outbox.of(edition.id) for edition in editions}
        ids = {row.topic for several in rows.values() for row in several}
        topics = self._store.topics.topics(ids)
        told = []
        for edition in editions:
            named = [row.topic for row in rows[edition.id] if row.shard == 0]
            lines = tuple(headline(topics[name], spoken) for name in named if name in topics)
            body = fitted(spoken("desk.joint").join(lines), PHONES[0].line * PHONES[0].lines)
            when = wall_clock(edition.changed, self._frame.zone)
            name = spoken.said(f"edition.{edition.name}", edition.name)
            told.append(Delivered(edition.id, name, body, lines, when))
        return told
