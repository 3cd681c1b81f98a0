"""The board: what goes out next, and what an editor does with it."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pittari import clock
from pittari.errors import Invalid, NotFound
from pittari.web.desk.acts import Clash, Refused, enter, wished
from pittari.web.desk.boards import Brief, board, brief, version
from pittari.web.desk.deeds import spoken, titles
from pittari.web.desk.frame import PART, Editor, Frame, answer, named
from pittari.web.desk.standing import Standings
from pittari.web.rendering import HEADERS
from pittari.web.sessions import Form, first
from pittari.web.words import Words, language_of, words

BEFORE, AFTER = 12 * clock.HOUR, 20 * clock.HOUR
"""Editions within this time around now are listed."""


class EditionPages:
    """One method per address; those that change something read a form first."""

    def __init__(self, frame: Frame) -> None:
        hours = frame.engine.project.settings.digest.pool_hours
        self._frame, self._standings = frame, Standings(frame.store, frame.rulebook, hours)

    def next(self, request: Request) -> Response:
        """Shows the edition that goes out next; the last one until the next is planned."""
        now = self._frame.now()
        listed = self._frame.store.editions.between(now - BEFORE, now + AFTER)
        coming = [one for one in listed if one.state not in ("released", "skipped")]
        if not listed:
            return self._frame.page(request, "editions", "desk/empty.html")
        name = (coming or listed[-1:])[0].id
        return self._shown(request, name, f"/desk/{name}" if coming else "/desk")

    def edition(self, request: Request) -> Response:
        """Shows an edition."""
        name = _id(request)
        return self._shown(request, name, f"/desk/{name}")

    def _shown(self, request: Request, name: str, address: str) -> Response:
        """Shows an edition; to our own script, which asks at `address`, only when it changed since
        a version."""
        if not request.headers.get(PART):
            return self._show(request, name, address)
        _, editor, _ = self._frame.asked(request)
        told = self._board(request, name) | {"address": address}
        if told["version"] == request.query_params.get("since", ""):
            return answer({"times": self._frame.times()})
        return answer(self._answer(request, editor, told))

    def choose(self, request: Request) -> Response:
        """Lists all topics of an edition's pool for one of its places."""
        _, editor, said = self._frame.asked(request)
        standing = self._standings.of(_id(request), self._frame.now(), early=True)
        told = standing.told(said)
        out = {topic: reason for _, reason, topics in told.out for topic in topics}
        placed = set(standing.line_up)
        listed = sorted(
            (card for card in told.cards.values() if card.id not in placed),
            key=lambda card: (card.id in out, -card.rate, card.id),
        )
        what: dict[str, Any] = {
            "edition": standing.edition,
            "number": request.path_params["place"],
            "cards": [(card, out.get(card.id, "")) for card in listed],
        }
        if request.headers.get(PART):
            html = self._frame.part(request, "desk/parts/choose.html", editor, **what)
            return Response(html, 200, HEADERS, "text/html")
        return self._frame.page(request, "editions", "desk/choose.html", **what)

    async def act(self, request: Request) -> Response:
        """Does what an editor asks, or says why not: unsafe, too late, or somebody was faster."""
        _, editor, form = await self._frame.form(request)
        return await run_in_threadpool(self._act, request, editor, form)

    async def switch(self, request: Request) -> Response:
        """Turns a mode on or off, unless somebody turned it meanwhile."""
        _, editor, form = await self._frame.form(request)
        return await run_in_threadpool(self._switch, request, editor, form)

    def _switch(self, request: Request, editor: Editor, form: Form) -> Response:
        said, name, mode = words(language_of(request)), first(form, "edition"), first(form, "mode")
        standing = self._standings.of(name, self._frame.now())
        known = next((one for one in standing.modes if one.name == mode), None)
        if known is None:
            raise Invalid(f"mode: the rules of {name} ask about no mode {mode[:40]!r}")
        active = first(form, "action") == "on"
        if first(form, "revision") != str(known.revision):
            who = named(known.actor, said)
            return self._refused(request, editor, name, said("done.mode_clash", who=who))
        self._frame.store.desk.switch(mode, active, editor.id, known.revision)
        if not request.headers.get(PART):
            return RedirectResponse(f"/desk/{name}", 303)
        board = self._board(request, name)
        told = said("done.mode_on" if active else "done.mode_off")
        return answer(self._answer(request, editor, board) | {"message": told})

    def _act(self, request: Request, editor: Editor, form: Form) -> Response:
        said, name = words(language_of(request)), first(form, "edition")
        standing = self._standings.of(name, self._frame.now(), early=True)
        try:
            now = self._frame.now()
            told = enter(self._frame.store, standing, form, actor=editor.id, now=now, words=said)
        except Refused as refusal:
            return self._refused(request, editor, name, str(refusal))
        except Clash as clash:
            return self._clashed(request, editor, clash, said)
        if not request.headers.get(PART):
            return RedirectResponse(f"/desk/{name}", 303)
        board = self._board(request, name)
        return answer(self._answer(request, editor, board) | {"message": told})

    def _refused(self, request: Request, editor: Editor, name: str, message: str) -> Response:
        if request.headers.get(PART):
            return answer({"refused": message})
        what = {"message": message, "clash": False, "back_to": f"/desk/{name}", "status": 422}
        return self._frame.page(request, "editions", "desk/refused.html", **what)

    def _clashed(self, request: Request, editor: Editor, clash: Clash, said: Words) -> Response:
        """Says who was faster with what, and offers to do it on top of that."""
        standing = self._standings.of(clash.edition, self._frame.now())
        titled = titles(self._frame.store, [one.act for one in clash.since] + [clash.act], said)
        what: dict[str, Any] = {
            "acts": [
                {
                    "who": named(one.actor, said),
                    "what": spoken(one.act, titled, said),
                    "when": self._frame.clock(one.at),
                }
                for one in clash.since
            ],
            "mine": wished(clash.act, titled, said),
            "again": clash.again | {"revision": standing.edition.revision},
            "action": clash.action,
            "edition_id": clash.edition,
        }
        if request.headers.get(PART):
            board = self._board(request, clash.edition)
            html = self._frame.part(request, "desk/parts/clash.html", editor, **what)
            return answer(self._answer(request, editor, board) | {"clash": html})
        what |= {"clash": True, "status": 409}
        return self._frame.page(request, "editions", "desk/refused.html", **what)

    def _show(self, request: Request, name: str, address: str) -> Response:
        editor = self._frame.editor(self._frame.sessions.of(request))
        if editor is None:
            return self._frame.page(request, "editions", "desk/edition.html")
        told = self._board(request, name) | {"address": address}
        what = {"times": self._frame.times()}
        return self._frame.page(request, "editions", "desk/edition.html", **told, **what)

    def _board(self, request: Request, name: str) -> dict[str, Any]:
        said, now = words(language_of(request)), self._frame.now()
        standing = self._standings.of(name, now, early=True)
        shown = board(standing, now, said)
        others = self._others(now, said)
        coming = [one.id for one in others if one.state not in ("released", "skipped")]
        return {
            "edition": shown,
            "address": f"/desk/{name}",
            "others": others,
            "next": coming[0] if coming and coming[0] != name else "",
            "version": version(shown, others),
        }

    def _others(self, now: int, said: Words) -> list[Brief]:
        listed = self._frame.store.editions.between(now - BEFORE, now + AFTER)
        told = [self._standings.of(one.id, now) for one in listed]
        return [brief(one, now, said, one.titles(said)[:3]) for one in told]

    def _answer(self, request: Request, editor: Editor, told: dict[str, Any]) -> dict[str, Any]:
        html = self._frame.part(request, "desk/parts/edition.html", editor, **told)
        return {"html": html, "times": self._frame.times()}


def _id(request: Request) -> str:
    asked = request.path_params
    if "name" not in asked:
        raise NotFound("expected the address of an edition: /desk/DATE/NAME")
    return f"{asked['date']}/{asked['name']}"
