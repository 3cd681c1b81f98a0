"""A typed word on the command line: a made-up shop, a folder of items, a project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from pittari.cli import root
from pittari.engine import Engine
from pittari.errors import DataError, Invalid, NotFound
from pittari.learning.learn import learn
from pittari.model.catalog import Entitlement, Item, User
from pittari.settings import BundleTable, project
from pittari.touchpoints.suggest.building import build

ITEMS = [
    Item(id="a", title={"en": "Happy owls"}),
    Item(id="b", title={"en": "Sleepy seals"}, premium=True),
    Item(id="a-1", kind="sticker", package="a", tags=("good morning", "おはよう")),
    Item(id="a-2", kind="sticker", package="a", tags=("thank you",)),
    Item(id="b-1", kind="sticker", package="b", tags=("good morning",), caption={"ja": "おはよう"}),
]


def told(*words: str, typed: str | None = None) -> dict[str, Any]:
    done = CliRunner().invoke(root, ["suggest", *words, "--json"], input=typed)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def files(tmp_path: Path) -> Path:
    lines = [msgspec.json.encode(item) for item in ITEMS]
    (tmp_path / "items.jsonl").write_bytes(b"\n".join(lines))
    return tmp_path


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "pittari.toml").write_text("")
    engine = Engine.open(project(tmp_path))
    engine.store.catalog.put_items(ITEMS)
    engine.store.catalog.put_users([User(id="u", locale="en")])
    engine.store.catalog.put_entitlements(
        [Entitlement(user="u", item="a"), Entitlement(user="u", item="*", kind="trial")]
    )
    learn(engine.store, engine.project.settings.learn, ["tags", "offers"])
    build(engine.store, tmp_path, BundleTable())
    engine.close()
    return tmp_path


def test_without_a_project_a_made_up_shop_answers_and_knows_its_people(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = told("ohay")
    assert found["silence"] is None
    assert len(found["row"]) == 8
    assert found["row"][0]["tag"] == "おはよう"
    scores = [sum(one["score"].values()) for one in found["row"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < one["confidence"] <= 1 for one in found["row"])
    assert told("ohay", "--user", "demo-0002")["row"] != found["row"]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_items_answers_for_somebody_who_has_all(files: Path) -> None:
    found = told("good mor", "--locale", "en", "--data", str(files))
    assert {one["item"] for one in found["row"]} == {"a-1", "b-1"}
    assert {one["source"] for one in found["row"]} == {"owned"}
    assert {one["match"] for one in found["row"]} == {"prefix"}
    with pytest.raises(Invalid, match="--user"):
        told("good mor", "--data", str(files), "--user", "u")
    (files / "items.jsonl").write_bytes(msgspec.json.encode(ITEMS[0]))
    with pytest.raises(DataError, match="sticker"):
        told("good mor", "--data", str(files))


def test_a_project_answers_with_the_persons_own_rights(shop: Path) -> None:
    found = told("-", "--locale", "en", "--data", str(shop), "--user", "u", typed="good morning\n")
    assert {one["item"]: one["source"] for one in found["row"]} == {"a-1": "owned", "b-1": "trial"}
    assert found["bundle"].startswith("en/")
    everything = told("good morning", "--locale", "en", "--data", str(shop))
    assert {one["source"] for one in everything["row"]} == {"owned"}
    with pytest.raises(NotFound, match="somebody"):
        told("good morning", "--data", str(shop), "--user", "somebody")


def test_a_project_without_a_bundle_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "pittari.toml").write_text("")
    with pytest.raises(NotFound, match="pittari bundle build"):
        told("good morning", "--data", str(tmp_path))


def test_the_table_and_the_reason_for_silence_read_well(files: Path) -> None:
    def said(text: str) -> str:
        words = ["suggest", text, "--locale", "en", "--data", str(files)]
        return CliRunner().invoke(root, words).stdout

    assert "a-1" in said("good morning")
    assert said("xyzzy") == "nothing to show: no_match\n"
