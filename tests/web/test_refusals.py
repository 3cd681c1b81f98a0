"""What the door refuses: every refusal is a problem with a stable type and a sentence."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import replace
from typing import Any

import httpx
import pytest
from msgspec.structs import replace as changed
from starlette.testclient import TestClient

from pittari.engine import Engine
from pittari.pipeline import Arrangement
from pittari.web import guard as guards
from pittari.web.app import create_app
from pittari.web.guard import Guard
from web.conftest import Client, row

ASKED = {"touchpoint": "shelf", "user": "even-1"}
JSON = {"content-type": "application/json"}


def refused(answer: httpx.Response, status: int, kind: str, words: str = "") -> dict[str, Any]:
    """Checks that an answer is a problem of a kind whose sentence holds some words."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert told["type"] == f"urn:pittari:error:{kind}"
    assert told["status"] == status
    assert words in told["detail"], told["detail"]
    return told


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"usr": "x"}, 'no field "usr". Did you mean "user"?'),
        ({"n": 0}, "n: expected `int` >= 1"),
        ({"n": 201}, "n: "),
        ({"n": "5"}, "n: expected"),
        ({"n": 5.5}, "n: expected"),
        ({"user": ""}, "user: "),
        ({"user": "a\nb"}, "user: "),
        ({"user": "x" * 129}, "user: "),
        ({"context": {"a": 1}}, "context"),
        ({"context": {str(i): "" for i in range(16)}}, "context"),
        ({"touchpoint": None}, "touchpoint: "),
    ],
)
def test_a_slip_is_named(admin: TestClient, change: dict[str, Any], words: str) -> None:
    refused(admin.post("/v1/decisions", json={**ASKED, **change}), 422, "invalid", words)


def test_an_unknown_place_is_answered_with_the_nearest_word(admin: TestClient) -> None:
    for change, word in (({"touchpoint": "shelv"}, "shelf"), ({"placement": "for_yu"}, "for_you")):
        answer = admin.post("/v1/decisions", json={**ASKED, **change})
        refused(answer, 404, "not_found", f'Did you mean "{word}"?')
    refused(admin.get("/v1/decisions/nothing"), 404, "not_found")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 5000, b'{"touchpoint":NaN}', b"\xff\xfe", b'{"user":"\\ud800"}', b"nul"],
)
def test_what_is_not_json_is_said_so(admin: TestClient, body: bytes) -> None:
    for path in ("/v1/decisions", "/v1/events"):
        answer = admin.post(path, content=body, headers=JSON)
        assert answer.status_code in {400, 422}, answer.text
        refused(answer, answer.status_code, "malformed" if answer.status_code == 400 else "invalid")


def test_only_rows_of_outside_come_in(admin: TestClient, keyed: Client) -> None:
    for kind in ("served", "published", "nonsense"):
        answer = admin.post("/v1/events", json=[row(1), row(2, kind=kind)])
        refused(answer, 422, "invalid", "[1].kind: expected impression, engagement, exposure")
    sent = row(1, kind="delivery", status="sent")
    refused(keyed("client").post("/v1/events", json=[sent]), 403, "forbidden", "[0]")
    assert keyed("operator").post("/v1/events", json=[sent]).status_code == 200


def test_a_batch_with_one_bad_row_leaves_nothing_behind(admin: TestClient, engine: Engine) -> None:
    before = engine.store.events.last_seq()
    for bad in (row(2, position=-1), row(2, touchpoint="a\0b"), row(2, at="2026-01-01T00:00:00")):
        refused(admin.post("/v1/events", json=[row(1), bad]), 422, "invalid")
    beyond = row(3, at="0001-01-01T00:00:00+14:00")
    refused(admin.post("/v1/events", json=[beyond]), 422, "invalid", "years")
    assert engine.store.events.last_seq() == before


def test_too_much_is_refused(admin: TestClient) -> None:
    answer = admin.post("/v1/events", json=[row(i) for i in range(51)])
    refused(answer, 413, "too_large", "at most 50 rows")
    long = admin.post("/v1/decisions", content=b" " * 20_001, headers=JSON)
    refused(long, 413, "too_large", "server.body_bytes")


def test_a_body_that_hides_its_length_is_cut_off_while_it_comes(admin: TestClient) -> None:
    taken = 0

    def endless() -> Any:
        nonlocal taken
        for _ in range(1000):
            taken += 1
            yield b" " * 1000

    answer = admin.post("/v1/decisions", content=endless(), headers=JSON)
    refused(answer, 413, "too_large")
    assert answer.headers["connection"] == "close"


def test_other_forms_are_refused(admin: TestClient) -> None:
    url = "/v1/decisions"
    refused(admin.post(url, data={"user": "x"}), 415, "unsupported_media_type", "application/json")
    packed = admin.post(
        url, content=gzip.compress(b"{}"), headers={**JSON, "content-encoding": "gzip"}
    )
    refused(packed, 415, "unsupported_media_type", "not compressed")
    answer = admin.post(url, json=ASKED, headers={"accept": "text/html"})
    refused(answer, 406, "not_acceptable", "application/json")
    accepted = admin.post(url, json=ASKED, headers={"accept": "text/html, application/*;q=0.5"})
    assert accepted.status_code == 200


def test_other_methods_and_addresses_are_refused(admin: TestClient) -> None:
    answer = admin.patch("/v1/items/x")
    refused(answer, 405, "method_not_allowed", "GET, PUT, DELETE")
    assert answer.headers["allow"] == "GET, PUT, DELETE"
    refused(admin.get("/v1/nothing"), 404, "not_found")
    refused(admin.get("/v1/entitlements/a"), 404, "not_found")
    refused(admin.get("/v1/entitlements/a/b/c"), 404, "not_found")


def test_bad_addresses_are_refused(admin: TestClient) -> None:
    refused(admin.get("/v1/items/%FF"), 422, "invalid", "in the address")
    refused(admin.get("/v1/items/" + "x" * 129), 422, "invalid", "in the address")
    refused(admin.get("/v1/items/x?y=1"), 422, "invalid", 'no field "y"')
    known = "/v1/entitlements/a/b"
    refused(admin.get(f"{known}?knd=trial"), 422, "invalid", 'Did you mean "kind"?')
    refused(admin.get(f"{known}?kind=loan"), 422, "invalid", "in the query: kind")


def test_without_any_key_the_door_says_how_to_make_one(door: TestClient) -> None:
    for path in ("/healthz", "/readyz", "/docs", "/openapi.json"):
        assert door.get(path).status_code == 200
    for path in ("/metrics", "/v1/touchpoints", "/v1/items/x"):
        answer = door.get(path)
        refused(answer, 401, "unauthorized", "pittari keys create")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_only_keys_of_ours_open(engine: Engine, door: TestClient, admin: TestClient) -> None:
    for header in ("", "Bearer", "Bearer x", "Basic abc", "Bearer pittari_0123456789ab_x"):
        answer = door.get("/v1/touchpoints", headers={"authorization": header})
        refused(answer, 401, "unauthorized")
    assert admin.get("/v1/touchpoints").status_code == 200


def test_a_revoked_key_is_out_within_five_seconds(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [0.0]
    guard = Guard(engine.store.keys, 0, lambda: seconds[0])
    header = f"Bearer {engine.store.keys.create('a', 'client')}".encode()

    def admitted() -> str:
        return asyncio.run(guard.admit(header, "client")).name

    assert admitted() == "a"
    engine.store.keys.revoke("a")
    seconds[0] = 5.0
    with pytest.raises(guards.Unauthorized):
        admitted()


def test_a_key_has_its_rate(engine: Engine) -> None:
    seconds = [0.0]
    guard = Guard(engine.store.keys, 3, lambda: seconds[0])
    header = f"Bearer {engine.store.keys.create('a', 'client')}".encode()
    for _ in range(3):
        asyncio.run(guard.admit(header, "client"))
    with pytest.raises(guards.TooMany) as caught:
        asyncio.run(guard.admit(header, "client"))
    assert 0 < caught.value.retry_after <= 1 / 3
    seconds[0] += caught.value.retry_after
    asyncio.run(guard.admit(header, "client"))


def test_too_many_requests_are_told_when_to_come_again(engine: Engine) -> None:
    settings = engine.project.settings
    server = changed(settings.server, rate=2)
    object.__setattr__(engine.project, "settings", changed(settings, server=server))
    key = engine.store.keys.create("a", "client")
    with TestClient(create_app(engine)) as door:
        door.headers["authorization"] = f"Bearer {key}"
        answers = [door.get("/v1/touchpoints") for _ in range(20)]
    last = [answer for answer in answers if answer.status_code == 429][-1]
    refused(last, 429, "too_many", "at most 2 requests")
    assert last.headers["retry-after"] == "1"


class Broken:
    """A composer that fails."""

    vocabulary = ()

    def arrange(self, batch: object, candidates: object) -> Arrangement:
        raise RuntimeError("secret /path")


def test_a_fault_of_ours_tells_nothing_of_itself(admin: TestClient, engine: Engine) -> None:
    place = engine.places["shelf"]["for_you"]
    pipeline = replace(place.pipeline, composer=Broken())
    engine.places["shelf"]["for_you"] = replace(place, pipeline=pipeline)
    told = refused(admin.post("/v1/decisions", json=ASKED), 500, "internal", "log of the server")
    assert "secret" not in str(told)
