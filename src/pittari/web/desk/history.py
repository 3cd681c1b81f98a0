"""What was done at this desk, by whom? The audit log, readable."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from pittari import clock
from pittari.store import Act as Noted
from pittari.web.desk.deeds import Titles, act_of, titles, told
from pittari.web.desk.frame import Frame, named
from pittari.web.sessions import number
from pittari.web.words import Words, language_of, words

SHOWN = 100
_LAST = 2**62


@dataclass(frozen=True, slots=True)
class Line:
    """One act as the page shows it; `address`: where its subject can be looked at."""

    when: str
    who: str
    what: str
    subject: str
    address: str


class HistoryPage:
    """Lists the audit log, newest first."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def show(self, request: Request) -> Response:
        """Shows the latest acts, or those before one."""
        before = number(request.query_params.get("before", "")) or _LAST
        acts = self._frame.store.audit.acts(before, SHOWN)
        spoken = words(language_of(request))
        deeds = [act for act in map(act_of, acts) if act]
        titled = titles(self._frame.store, deeds, spoken)
        lines = [self._line(act, titled, spoken) for act in acts]
        older = acts[-1].seq if len(acts) == SHOWN else 0
        return self._frame.page(request, "history", "desk/history.html", acts=lines, older=older)

    def _line(self, act: Noted, titled: Titles, spoken: Words) -> Line:
        when = clock.moment(act.at).astimezone(self._frame.zone).strftime("%Y-%m-%d %H:%M:%S")
        subject, address = act.subject, ""
        if act.action.startswith("edition.") and "/" in act.subject:
            subject, address = _edition(act.subject, spoken), f"/desk/{act.subject}"
        elif act.action.startswith("rules."):
            address = f"/desk/rules/{act.subject}"
        elif act.action.startswith("tags."):
            about = "item" if act.detail else "word"
            address = f"/tags?{urlencode({about: act.subject})}"
        who = named(act.actor, spoken) or spoken("history.machine")
        return Line(when, who, told(act, titled, spoken), subject, address)


def _edition(subject: str, spoken: Words) -> str:
    """Returns an edition's id with its name as people say it; a rehearsal, which nobody was sent,
    is called one."""
    day, _, name = subject.partition("/")
    said = spoken.said(f"edition.{name}", name)
    if day.startswith("dry-"):
        return spoken("history.rehearsal", edition=said)
    return spoken("history.edition", edition=said, day=day)
