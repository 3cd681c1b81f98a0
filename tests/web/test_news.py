"""A newsroom over HTTP: topics and the main tab go in, pools and editions come out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from pittari import clock
from pittari.engine import Engine
from pittari.model.edition import Planned
from pittari.touchpoints.digest import running

Client = Callable[[str], TestClient]
EXTRA = {"topics": ["a"], "at": "2026-01-31T07:10:00+09:00"}


def topic(ago: int = 30, **more: Any) -> dict[str, Any]:
    at = clock.moment(clock.now()) - timedelta(minutes=ago)
    return {"title": "Work on the lighthouse begins", "published": at.isoformat(), **more}


def test_a_topic_is_put_read_and_withdrawn(admin: TestClient) -> None:
    told = admin.put("/v1/topics/a", json=topic())
    assert told.json() == {"new": 1, "changed": 0, "same": 0}
    assert admin.get("/v1/topics/a").json()["title"] == "Work on the lighthouse begins"
    assert admin.delete("/v1/topics/a").json() == {"deleted": 1}
    assert admin.get("/v1/topics/a").status_code == 404
    (entry,) = admin.get("/v1/pools/morning").json()["entries"]
    assert entry["topic"]["status"] == "withdrawn"


def test_many_topics_go_in_at_once_and_each_once(admin: TestClient) -> None:
    told = admin.put("/v1/topics", json=[topic(id="a"), topic(id="b")])
    assert told.json()["new"] == 2
    twice = admin.put("/v1/topics", json=[topic(id="a"), topic(id="a")])
    assert (twice.status_code, twice.json()["type"]) == (409, "urn:pittari:error:conflict")
    many = admin.put("/v1/topics", json=[topic(id=f"t{i}") for i in range(51)])
    assert many.status_code == 413


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tone": "harsh"}, "tone"),
        ({"titel": "x"}, 'Did you mean "title"'),
        ({"published": "yesterday"}, "published"),
        ({"published": "0001-01-01T00:00:00+09:00"}, "years 1 to 9999"),
        ({"id": "b"}, 'says id "a"'),
    ],
)
def test_a_topic_that_is_none_is_refused_with_a_sentence(
    admin: TestClient, change: dict[str, str], said: str
) -> None:
    told = admin.put("/v1/topics/a", json={**topic(), **change})
    assert told.status_code in {409, 422}
    assert said in told.json()["detail"]


def test_the_main_tab_and_clicks_stand_in_the_pool(admin: TestClient) -> None:
    admin.put("/v1/topics", json=[topic(id="a"), topic(id="b")])
    assert admin.put("/v1/main-tab", json={"topics": ["b", "a"]}).json() == {"changed": True}
    assert admin.put("/v1/main-tab", json={"topics": ["b", "a"]}).json() == {"changed": False}
    assert admin.get("/v1/main-tab").json()["topics"] == ["b", "a"]
    at = clock.iso(clock.now() - 2 * clock.MINUTE)
    shared = {"at": at, "user": "u", "touchpoint": "news", "item": "b", "position": 1}
    rows = [{"kind": "impression", "event_id": f"i{n}", **shared} for n in range(20)]
    rows += [{"kind": "engagement", "event_id": f"c{n}", "action": "click", **shared}
             for n in range(5)]  # fmt: skip
    admin.post("/v1/events", json=rows)
    pool = admin.get("/v1/pools/morning").json()
    known = {entry["topic"]["id"]: entry for entry in pool["entries"]}
    assert (known["b"]["main"], known["a"]["main"]) == (1, 2)
    assert known["b"]["clicks"]["10m"]["seen"] == 20
    assert known["b"]["clicks"]["10m"]["rate"] > known["a"]["clicks"]["10m"]["rate"] > 0


def test_an_extra_is_told_to_the_rules(admin: TestClient) -> None:
    admin.put("/v1/topics/a", json=topic())
    now = clock.iso(clock.now() - clock.MINUTE)
    assert admin.put("/v1/extras/quake", json={**EXTRA, "at": now}).json() == {"changed": True}
    assert admin.put("/v1/extras/quake", json={**EXTRA, "at": now}).json() == {"changed": False}
    (told,) = admin.get("/v1/pools/morning").json()["told"]
    assert told["edition"].endswith("/extra-quake")
    assert [one["id"] for one in told["topics"]] == ["a"]


def test_an_edition_is_read_before_and_after_it_went_out(admin: TestClient, engine: Engine) -> None:
    admin.put("/v1/topics", json=[topic(ago, id=f"t{ago}") for ago in range(5, 25)])
    store, now = engine.store, engine.store.editions.now()
    name = "2026-01-31/morning"
    store.editions.plan([Planned(name, "morning", now, now, now + clock.HOUR)])
    listed = admin.get("/v1/editions").json()["editions"]
    assert [(one["id"], one["state"]) for one in listed] == [(name, "planned")]
    table = engine.project.settings.digest
    with running(engine.digest, engine.project.folder, table, "one") as runner:
        leased = store.editions.lease(name, "one", clock.MINUTE)
        assert leased is not None
        runner.release(leased)
    told = admin.get("/v1/editions/2026-01-31%2Fmorning").json()
    assert told["state"] == "released"
    assert told["topics"]
    pool = admin.get(f"/v1/pools/{told['pool']}").json()
    assert set(told["topics"]) <= {entry["topic"]["id"] for entry in pool["entries"]}
    decision = admin.get(f"/v1/decisions/{told['decision']}").json()
    assert [slot["item"] for slot in decision["slots"]] == told["topics"]
    empty = admin.get("/v1/editions", params={"until": "2026-01-01T00:00:00Z"}).json()
    assert empty == {"editions": []}


def test_the_newsroom_is_for_editors(keyed: Client) -> None:
    client, editor = keyed("client"), keyed("editor")
    assert client.put("/v1/topics/a", json=topic()).status_code == 403
    assert client.get("/v1/pools/morning").status_code == 403
    assert editor.put("/v1/topics/a", json=topic()).status_code == 200
    assert editor.get("/v1/pools/nothing").status_code == 404
