"""What the chat's page reports is taken as often as people send, and no more."""

from __future__ import annotations

from pathlib import Path

from starlette.testclient import TestClient

from pittari.engine import Engine
from pittari.model.catalog import Item, User
from pittari.settings import project
from pittari.web.app import create_app
from pittari.web.chat import REPORTS


def test_one_address_reports_so_often_a_minute_at_most(tmp_path: Path) -> None:
    (tmp_path / "pittari.toml").write_text("[server]\nopen_shop = true\n")
    engine = Engine.open(project(tmp_path))
    engine.store.catalog.put_items([Item(id="p"), Item(id="p-0", kind="sticker", package="p")])
    engine.store.catalog.put_users([User(id="u")])
    with TestClient(create_app(engine)) as page:
        token = page.get("/chat/people").json()["csrf"]
        good = {"csrf": token, "user": "u", "item": "p-0", "at": str(engine.now()), "place": "1"}

        def report(number: int) -> int:
            return page.post(
                "/chat/sent", data=good | {"event": f"made-up-on-a-device-{number}"}
            ).status_code

        assert report(0) == 204
        wrong = [page.post("/chat/sent", data=good | {"place": "9"}).status_code
                 for _ in range(REPORTS - 1)]  # fmt: skip
        assert set(wrong) == {422}
        assert report(1) == 429
        assert len(engine.store.events.of_user("u")) == 1
    engine.close()
