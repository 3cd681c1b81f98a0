"""When disk or database fail: a clear 503, nothing half-written, and well again afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pittari.engine import Engine
from pittari.settings import project
from pittari.web.app import create_app
from postgres import Server
from web.conftest import row

ASKED = {"touchpoint": "shelf", "user": "even-1"}
CALLS = [
    ("POST", "/v1/decisions", ASKED),
    ("POST", "/v1/events", [row(i, user="x" * 100) for i in range(40)]),
    ("PUT", "/v1/items", [{"id": f"{i}-{'x' * 100}"} for i in range(40)]),
    ("PUT", "/v1/users/even-1", {"name": "x"}),
    ("PUT", "/v1/entitlements/even-1/item-1", {}),
    ("DELETE", "/v1/items/item-1", None),
]


def opened(folder: Path, url: str) -> Engine:
    folder.mkdir()
    (folder / "pittari.toml").write_text(f'[store]\nurl = "{url}"\n')
    engine = Engine.open(project(folder))
    engine.store.catalog.put_items([])
    return engine


def unavailable(door: TestClient, calls: list[tuple[str, str, object]]) -> None:
    for method, path, body in calls:
        answer = door.request(method, path, json=body)
        assert answer.status_code == 503, (path, answer.text)
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["type"] == "urn:pittari:error:unavailable"


def test_a_full_disk(tmp_path: Path) -> None:
    engine = opened(tmp_path / "project", f"sqlite:///{tmp_path}/pittari.db")
    key = engine.store.keys.create("a", "admin")
    with TestClient(create_app(engine)) as door:
        door.headers["authorization"] = f"Bearer {key}"
        with engine.store.database.write() as session:
            pages = session.rows("PRAGMA page_count")[0][0]
            session.rows(f"PRAGMA max_page_count = {pages}")
        before = engine.store.events.last_seq()
        unavailable(door, [CALLS[2]])
        with engine.store.database.write() as session:
            session.rows(f"PRAGMA max_page_count = {pages}")
        unavailable(door, [CALLS[1]])
        assert engine.store.events.last_seq() == before
        assert door.get("/healthz").status_code == 200
        assert door.request(*CALLS[1][:2], json=CALLS[1][2]).json() == {"new": 40, "known": 0}
        assert door.request(*CALLS[2][:2], json=CALLS[2][2]).json()["new"] == 40
    engine.close()


@pytest.mark.postgres
def test_a_server_that_goes_and_comes_back(postgres_server: Server, tmp_path: Path) -> None:
    postgres_server.run("CREATE DATABASE door_comes_back TEMPLATE template")
    engine = opened(tmp_path / "project", postgres_server.url("door_comes_back"))
    engine.store.catalog.put_items([])
    key = engine.store.keys.create("a", "admin")
    with TestClient(create_app(engine)) as door:
        door.headers["authorization"] = f"Bearer {key}"
        assert door.put("/v1/items/item-1", json={}).status_code == 200
        before = engine.store.events.last_seq()
        postgres_server.stop()
        try:
            unavailable(door, [*CALLS, ("GET", "/readyz", None)])
            assert door.get("/healthz").status_code == 200
        finally:
            postgres_server.start()
        assert engine.store.events.last_seq() == before
        for method, path, body in CALLS:
            assert door.request(method, path, json=body).status_code == 200, path
        assert door.get("/readyz").status_code == 200
    engine.close()
