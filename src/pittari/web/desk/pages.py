"""Where does each page of the desk stand?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pittari.engine import Engine
from pittari.web.desk.edition_pages import EditionPages
from pittari.web.desk.frame import Frame
from pittari.web.desk.history import HistoryPage
from pittari.web.desk.phone import PhonePage
from pittari.web.desk.rule_pages import RulePages
from pittari.web.desk.shadow import Shadows
from pittari.web.desk.shadow_pages import ShadowPages
from pittari.web.desk.tag_pages import TagPages
from pittari.web.sessions import Sessions

Answer = Callable[[Request], Awaitable[Response]]
Endpoint = Answer | Callable[[Request], Response]


def routes(
    engine: Engine, sessions: Sessions, kept: Callable[[Endpoint], Answer]
) -> list[BaseRoute]:
    """Returns the desk's addresses; `kept` makes errors pages."""
    frame = Frame(engine, sessions)
    editions, rules, history = EditionPages(frame), RulePages(frame), HistoryPage(frame)
    shadow, tags = ShadowPages(frame, Shadows(frame)), TagPages(frame)
    table: list[tuple[str, str, Endpoint]] = [
        ("GET", "/desk/rules", rules.show),
        ("GET", "/desk/rules/{name}", rules.show),
        ("POST", "/desk/rules/{name}", rules.save),
        ("POST", "/desk/rules/{name}/check", rules.check),
        ("POST", "/desk/rules/{name}/approve", rules.approve),
        ("POST", "/desk/rules/{name}/replay", rules.replay),
        ("GET", "/desk/shadow", shadow.show),
        ("POST", "/desk/shadow/verdicts", shadow.judge),
        ("GET", "/desk/history", history.show),
        ("GET", "/tags", tags.show),
        ("POST", "/tags/acts", tags.act),
        ("POST", "/desk/editor", frame.become),
        ("POST", "/desk/acts", editions.act),
        ("POST", "/desk/modes", editions.switch),
        ("GET", "/desk", editions.next),
        ("GET", "/desk/{date}/{name}", editions.edition),
        ("GET", "/desk/{date}/{name}/choose/{place:int}", editions.choose),
    ]
    if frame.demo:
        table.append(("GET", "/phone", PhonePage(frame).show))
    return [Route(path, kept(endpoint), methods=[method]) for method, path, endpoint in table]
