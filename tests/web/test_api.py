"""What the door does: each act is seen by the next one, whoever asks."""

from __future__ import annotations

import msgspec
import pytest
from starlette.testclient import TestClient

from pittari.engine import Engine
from pittari.model.event import Served
from pittari.web.api import OPERATIONS
from web.conftest import Client, row

ASKED = {"touchpoint": "shelf", "user": "even-1"}


def items(answer: dict) -> list[str]:
    return [slot["item"] for slot in answer["slots"]]


def test_an_answer_that_left_has_its_row_in_the_log(admin: TestClient, engine: Engine) -> None:
    answer = admin.post("/v1/decisions", json={**ASKED, "placement": "for_you", "n": 5}).json()
    assert len(answer["slots"]) == 5
    assert [slot["place"] for slot in answer["slots"]] == [1, 2, 3, 4, 5]
    served = engine.store.events.served(answer["decision_id"])
    assert served is not None
    assert [slot.item for slot in served.slots] == items(answer)
    told = admin.get(f"/v1/decisions/{answer['decision_id']}")
    assert msgspec.json.decode(told.content, type=Served) == served


def test_a_context_narrows_the_shelf_about_one_item(admin: TestClient) -> None:
    asked = {**ASKED, "placement": "because", "context": {"item": "item-3"}}
    answer = admin.post("/v1/decisions", json=asked).json()
    assert {slot["reason"]["item"] for slot in answer["slots"]} == {"item-3"}


def test_what_is_bought_is_not_offered_in_the_next_answer(admin: TestClient) -> None:
    first = items(admin.post("/v1/decisions", json=ASKED).json())[0]
    bought = row(1, kind="engagement", action="purchase", item=first, value=120, currency="JPY")
    assert admin.post("/v1/events", json=[bought]).json() == {"new": 1, "known": 0}
    assert first not in items(admin.post("/v1/decisions", json={**ASKED, "n": 60}).json())


def test_rows_sent_again_are_known_and_not_doubled(admin: TestClient, engine: Engine) -> None:
    rows = [row(i) for i in range(5)]
    assert admin.post("/v1/events", json=rows).json() == {"new": 5, "known": 0}
    assert admin.post("/v1/events", json={"rows": [*rows, row(9)]}).json() == {"new": 1, "known": 5}
    assert admin.post("/v1/events", json=[row(7), row(7)]).json() == {"new": 1, "known": 1}
    told = [seen for _, seen in engine.store.events.since(0) if seen.event_id.startswith("row-")]
    assert len(told) == 7


def test_an_item_put_is_offered_and_one_taken_out_is_not(admin: TestClient) -> None:
    body = {"title": {"en": "New"}, "creator": "someone"}
    assert admin.put("/v1/items/fresh one", json=body).json()["new"] == 1
    assert admin.get("/v1/items/fresh one").json()["id"] == "fresh one"
    assert admin.put("/v1/items/fresh one", json=body).json()["same"] == 1
    assert admin.put("/v1/items/fresh one", json={**body, "price": 9}).json()["changed"] == 1
    gone = items(admin.post("/v1/decisions", json=ASKED).json())[0]
    assert admin.delete(f"/v1/items/{gone}").json() == {"deleted": 1}
    assert admin.delete(f"/v1/items/{gone}").status_code == 404
    assert admin.get(f"/v1/items/{gone}").status_code == 404
    assert gone not in items(admin.post("/v1/decisions", json={**ASKED, "n": 60}).json())


def test_an_id_of_the_body_that_is_another_is_a_conflict(admin: TestClient) -> None:
    for path in ("/v1/items/a", "/v1/users/a"):
        assert admin.put(path, json={"id": "a"}).status_code == 200
        assert admin.put(path, json={"id": "b"}).status_code == 409


@pytest.mark.parametrize("name", ["a/b", "a b", "ねこ", "100%", "?x=1", "a;b"])
def test_any_id_survives_the_address(admin: TestClient, name: str) -> None:
    from urllib.parse import quote

    path = quote(name, safe="")
    assert admin.put(f"/v1/users/{path}", json={"name": "x"}).json()["new"] == 1
    assert admin.get(f"/v1/users/{path}").json()["id"] == name
    given = f"/v1/entitlements/{path}/{path}"
    assert admin.put(given, json={"sends": 3}, params={"kind": "trial_send"}).json()["new"] == 1
    told = admin.get(given, params={"kind": "trial_send"}).json()
    assert (told["user"], told["item"], told["sends"]) == (name, name, 3)
    assert admin.get(given).status_code == 404
    assert admin.delete(given, params={"kind": "trial_send"}).status_code == 200
    assert admin.delete(given, params={"kind": "trial_send"}).status_code == 404


def test_what_is_owned_is_not_offered(admin: TestClient) -> None:
    first = items(admin.post("/v1/decisions", json=ASKED).json())[0]
    owned = [{"user": "even-1", "item": first}]
    assert admin.put("/v1/entitlements", json=owned).json()["new"] == 1
    assert first not in items(admin.post("/v1/decisions", json={**ASKED, "n": 60}).json())


def test_many_things_at_once_and_each_once(admin: TestClient) -> None:
    put = admin.put("/v1/users", json=[{"id": "x"}, {"id": "y"}])
    assert put.json() == {"new": 2, "changed": 0, "same": 0}
    twice = admin.put("/v1/items", json=[{"id": "x"}, {"id": "x"}])
    assert twice.status_code == 409
    assert '"x" came twice' in twice.json()["detail"]


def test_an_erased_person_is_known_nowhere(admin: TestClient, engine: Engine) -> None:
    admin.put("/v1/users/even-1", json={"name": "Someone"})
    admin.post("/v1/events", json=[row(1)])
    decision = admin.post("/v1/decisions", json=ASKED).json()["decision_id"]
    told = admin.delete("/v1/users/even-1").json()
    assert (told["users"], told["log"]) == (1, 2)
    assert admin.get("/v1/users/even-1").status_code == 404
    assert admin.get(f"/v1/decisions/{decision}").status_code == 404
    acts = engine.store.audit.acts()
    assert any(act.actor == "admin" for act in acts)
    assert all("even-1" not in act.subject + act.detail for act in acts)


def test_the_server_tells_how_it_is(door: TestClient, admin: TestClient) -> None:
    assert door.get("/healthz").json() == {"status": "alive"}
    ready = door.get("/readyz").json()
    assert ready == {"status": "ready", "parameters": "loaded", "release": 1, "items": 60}
    told = admin.get("/v1/touchpoints").json()["touchpoints"]
    assert told[0]["name"] == "shelf"
    assert "for_you" in told[0]["placements"]


def test_the_numbers_count_what_happened(admin: TestClient) -> None:
    admin.post("/v1/decisions", json=ASKED)
    admin.post("/v1/events", json=[row(1), row(1)])
    admin.get("/v1/items/nothing")
    told = admin.get("/metrics")
    assert told.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = told.text.splitlines()
    assert 'pittari_decisions_total{touchpoint="shelf",placement="for_you"} 1' in lines
    assert 'pittari_rows_total{known="no"} 1' in lines
    assert 'pittari_requests_total{method="GET",route="/v1/items/{id}",status="404"} 1' in lines
    assert any(line.startswith("pittari_dropped_total{") for line in lines)
    assert 'pittari_release{worker="0"} 1' in lines
    families = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    series = [line.partition("{")[0].split()[0] for line in lines if not line.startswith("#")]
    assert all(name.startswith(tuple(families)) for name in series)


def test_head_is_get_without_a_body(admin: TestClient) -> None:
    head, get = admin.head("/v1/items/item-1"), admin.get("/v1/items/item-1")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(get.content))


def test_roles_rise_in_order(keyed: Client) -> None:
    least = {"client": 0, "editor": 1, "operator": 2, "admin": 3}
    doors = {role: keyed(role) for role in least}
    for operation in OPERATIONS:
        if operation.role is None:
            continue
        path = operation.path.replace("{id}", "x").replace("{user}", "x").replace("{item}", "x")
        for role, door in doors.items():
            refused = door.request(operation.method, path).status_code == 403
            assert refused == (least[role] < least[operation.role]), (operation.name, role)
