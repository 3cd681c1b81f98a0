"""A sticker's words over HTTP: the best, in an order that stays, corrections included."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient
from tests.learning.tagged import PAIRS, learn, learned, put_stickers

from pittari.engine import Engine


@pytest.fixture
def stickers(engine: Engine) -> Engine:
    put_stickers(engine.store)
    learn(engine, learned({**PAIRS, "s0": tuple(f"word {i:02}" for i in range(30))}))
    return engine


def test_a_sticker_tells_its_words_and_where_they_come_from(
    stickers: Engine, admin: TestClient
) -> None:
    told = admin.get("/v1/items/s2/tags").json()
    assert told["item"] == "s2"
    first, second = told["tags"]
    assert (first["tag"], second["tag"]) == ("thank you", "ありがとう")
    assert first["confidence"] == pytest.approx(200 / 255, abs=0.001)
    assert (first["origin"], set(first["origin_text"])) == ("creator", {"ja", "en"})


def test_the_best_fifteen_come_and_stay_in_order(stickers: Engine, admin: TestClient) -> None:
    answers = [admin.get("/v1/items/s0/tags").json()["tags"] for _ in range(3)]
    assert [one["tag"] for one in answers[0]] == [f"word {i:02}" for i in range(15)]
    assert answers[0] == answers[1] == answers[2]


def test_a_correction_counts_in_the_next_answer(stickers: Engine, admin: TestClient) -> None:
    stickers.store.tags.put("add", "Hello!", "s2", "mika")
    stickers.store.tags.put("remove", "thank you", "s2", "mika")
    told = admin.get("/v1/items/s2/tags").json()["tags"]
    assert [(one["tag"], one["origin"]) for one in told] == [
        ("hello!", "person"),
        ("ありがとう", "creator"),
    ]
    assert told[0]["origin_text"]["ja"] == "担当者が追加"


def test_what_is_not_there_has_no_words(stickers: Engine, admin: TestClient) -> None:
    assert admin.get("/v1/items/s3/tags").json() == {"item": "s3", "tags": []}
    assert admin.get("/v1/items/none/tags").status_code == 404
    assert admin.get("/v1/items//tags").status_code == 422
    assert admin.get(f"/v1/items/{'x' * 129}/tags").status_code == 422


def test_an_id_with_a_slash_is_one_id(stickers: Engine, admin: TestClient) -> None:
    admin.put("/v1/items/a%2Ftags", json={"kind": "sticker"}).raise_for_status()
    assert admin.get("/v1/items/a%2Ftags").json()["id"] == "a/tags"
    assert admin.get("/v1/items/a%2Ftags/tags").json() == {"item": "a/tags", "tags": []}
    assert admin.get("/v1/items/a/tags/tags").status_code == 404


def test_only_keys_may_ask(stickers: Engine, door: TestClient) -> None:
    assert door.get("/v1/items/s2/tags").status_code == 401
