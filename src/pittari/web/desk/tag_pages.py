"""Where do people look tags up and put them right? Each act counts at once and can be undone."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pittari.errors import Conflict, Invalid, NotFound
from pittari.model.tags import Deed
from pittari.store.tags import NotATag, plain, tag_of
from pittari.web.desk.frame import PART, Editor, Frame, answer
from pittari.web.desk.tag_views import TagViews, View
from pittari.web.rendering import HEADERS, STATUS, local
from pittari.web.sessions import Form, first
from pittari.web.words import Words, language_of, words

DEEDS: tuple[Deed, ...] = ("add", "remove", "block")


class TagPages:
    """One method per address."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._tags, self._views = frame, frame.store.tags, TagViews(frame)

    def show(self, request: Request) -> Response:
        """Shows a sticker, a word, what is found, or the overview."""
        editor = self._frame.editor(self._frame.sessions.of(request))
        if editor is None:
            return RedirectResponse("/login", 303)
        view = self._views.view(request.query_params, words(language_of(request)))
        if request.headers.get(PART):
            html = self._part(request, editor, view)
            return Response(html, 200, HEADERS, "text/html")
        return self._page(request, view)

    async def act(self, request: Request) -> Response:
        """Does what somebody asks, or says why not."""
        _, editor, form = await self._frame.form(request)
        return await run_in_threadpool(self._act, request, editor, form)

    def _act(self, request: Request, editor: Editor, form: Form) -> Response:
        spoken = words(language_of(request))
        back = local(first(form, "back"))
        asked = dict(parse_qsl(urlsplit(back).query))
        try:
            told = self._done(editor, form, spoken)
        except (NotATag, Conflict, NotFound) as error:
            refused = _refused(error, form, spoken)
            if request.headers.get(PART):
                return answer({"refused": refused})
            status = next(code for kind, code in STATUS if isinstance(error, kind))
            return self._page(request, self._view(asked, spoken), refused, status, back)
        if not request.headers.get(PART):
            return RedirectResponse(back, 303)
        view = self._view(asked, spoken)
        html = self._part(request, editor, view, back=back)
        return answer(told | {"html": html})

    def _done(self, editor: Editor, form: Form, spoken: Words) -> dict[str, Any]:
        """Does it; returns what to say, and the form that takes it back."""
        action, item, text = (first(form, name) for name in ("action", "item", "tag"))
        deed = next((one for one in DEEDS if one == action), None)
        if deed is None and action != "restore":
            raise Invalid(f"action: expected {', '.join(DEEDS)} or restore; got {action[:20]!r}")
        item = "" if deed == "block" else item
        if deed is None:
            back: str = self._tags.restore(text, item, editor.id).act
            said = "tags.said_restore" if item else "tags.said_unblock"
        else:
            before = self._tags.put(deed, text, item, editor.id)
            back = before.act if before else "restore"
            said = f"tags.said_{deed}"
        tag = plain(text)
        undo = {"action": back, "item": item, "tag": tag} if back != action else None
        return {"message": spoken(said, tag=tag), "undo": undo}

    def _view(self, asked: dict[str, str], spoken: Words) -> View:
        """Returns the view somebody acted on; the overview where its sticker is gone."""
        try:
            return self._views.view(asked, spoken)
        except NotFound:
            return self._views.view({}, spoken)

    def _part(self, request: Request, editor: Editor, view: View, **more: str) -> str:
        what: dict[str, Any] = {"view": view, "refused": "", "spelt": self._views.spelt(), **more}
        return self._frame.part(request, "tags/part.html", editor, **what)

    def _page(
        self, request: Request, view: View, refused: str = "", status: int = 200, back: str = ""
    ) -> Response:
        what: dict[str, Any] = {"view": view, "refused": refused, "status": status}
        what["spelt"] = self._views.spelt()
        if back:
            what["back"] = back
        return self._frame.page(request, "tags", "tags/page.html", **what)


def _refused(error: Exception, form: Form, spoken: Words) -> str:
    """Returns why something was not done, to the person who asked."""
    if isinstance(error, NotATag):
        return spoken(f"tags.refused_{error.reason}")
    if isinstance(error, Conflict):
        return spoken("tags.refused_blocked", tag=tag_of(first(form, "tag")))
    restored = first(form, "action") == "restore"
    return spoken("tags.refused_nothing" if restored else "tags.refused_sticker")
