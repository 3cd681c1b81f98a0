"""What an operator types, on a project in the known world."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pittari import clock
from pittari.cli import root
from pittari.engine import Ask, Engine
from pittari.errors import Conflict, Invalid, NotFound, PittariError, SettingsError
from pittari.model.catalog import Entitlement, Item, User
from pittari.model.event import Impression
from pittari.settings import project
from pittari.testing import known_world


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    assert CliRunner().invoke(root, ["init", str(folder)]).exit_code == 0
    engine = Engine.open(project(folder))
    world = known_world()
    engine.store.catalog.put_items(
        Item(id=name, title={"en": name}, creator=f"creator-{row % 7}")
        for row, name in enumerate(world.knowledge.catalog.ids)
    )
    learned = {n: (p.arrays, "known", {}) for n, p in world.knowledge.parameters.items()}
    engine.store.parameters.publish(learned, clock.now())
    engine.close()
    return folder


def said(folder: Path, *words: str) -> str:
    """Returns what a command says that ends well."""
    told = asked(folder, *words)
    assert told.exit_code == 0, (told.output, told.exception)
    return told.output


def asked(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(root, [*words, "--project", str(folder)])


def refused(folder: Path, kind: type[PittariError], *words: str) -> str:
    """Returns the sentence of a command that ends with an expected error."""
    told = asked(folder, *words)
    assert isinstance(told.exception, kind), (told.output, told.exception)
    return str(told.exception)


def test_a_decision_is_recorded_and_replays_the_same(furnished: Path) -> None:
    told = json.loads(said(furnished, "decide", "shelf", "--user", "even-1", "--n", "4", "--json"))
    assert [slot["place"] for slot in told["slots"]] == [1, 2, 3, 4]
    again = said(furnished, "replay", told["decision_id"])
    assert "the same 4 places" in again
    assert "taste" in said(furnished, "decide", "shelf", "--user", "even-1")


def test_an_empty_line_up_says_why(furnished: Path) -> None:
    engine = Engine.open(project(furnished))
    every = known_world().knowledge.catalog.ids
    engine.store.catalog.put_entitlements(Entitlement(user="even-4", item=item) for item in every)
    engine.close()
    told = said(furnished, "decide", "shelf", "--user", "even-4")
    assert "nothing to show: all were left out: owned" in told


def test_a_replay_after_a_change_says_where_it_differs(tmp_path: Path, furnished: Path) -> None:
    told = json.loads(said(furnished, "decide", "shelf", "--user", "odd-3", "--json"))
    item = told["slots"][0]["item"]
    engine = Engine.open(project(furnished))
    before = engine.store.catalog.item(item)
    engine.store.catalog.delete_items([item])
    try:
        differs = asked(furnished, "replay", told["decision_id"])
        assert differs.exit_code == 1
        assert f"place 1: {item} then" in differs.output
    finally:
        engine.store.catalog.put_items([before])
        engine.close()


def test_explain_tells_the_way_of_every_candidate_once(furnished: Path) -> None:
    told = json.loads(said(furnished, "shelf", "explain", "even-1", "--json"))
    items = [row["item"] for row in told["candidates"]]
    assert len(items) == len(set(items)) > 20
    for row in told["candidates"]:
        assert ("place" in row) != ("dropped" in row)
        assert "score" in row["columns"] or row["dropped"] != "below_the_line"
    owned = [row for row in told["candidates"] if row.get("dropped") == "below_the_line"]
    assert owned
    text = said(furnished, "shelf", "explain", "even-1", "--placement", "because",
                "--item", "item-2")  # fmt: skip
    assert "below_the_line" in text or "similar" in text
    assert "because.similar" in text


def test_explaining_leaves_no_trace(furnished: Path) -> None:
    engine = Engine.open(project(furnished))
    before = engine.store.events.last_seq()
    said(furnished, "shelf", "explain", "even-2")
    assert engine.store.events.last_seq() == before
    engine.close()


def test_a_slip_is_answered_with_the_nearest_word(furnished: Path) -> None:
    assert '"shelf"' in refused(furnished, NotFound, "decide", "shelv", "--user", "x")
    sentence = refused(furnished, NotFound, "shelf", "explain", "x", "--placement", "for_yu")
    assert '"for_you"' in sentence
    assert '"client"' in refused(furnished, Invalid, "keys", "create", "x", "--role", "clint")
    assert "pittari init" in refused(furnished / "nowhere", SettingsError, "keys", "list")


def test_keys_are_made_listed_and_revoked(furnished: Path) -> None:
    key = said(furnished, "keys", "create", "shop", "--role", "client").strip()
    refused(furnished, Conflict, "keys", "create", "shop", "--role", "client")
    listed = said(furnished, "keys", "list")
    assert "shop\tclient" in listed
    assert key not in listed
    assert "revoked shop" in said(furnished, "keys", "revoke", "shop")
    assert "revoked" in said(furnished, "keys", "list")
    refused(furnished, NotFound, "keys", "revoke", "shop")


def test_learning_pinning_and_rolling_back(furnished: Path) -> None:
    assert "popular" in said(furnished, "learn", "popular")
    versions = [
        line.split("\t") for line in said(furnished, "parameters", "list", "popular").splitlines()
    ]
    assert len(versions) == 2
    old = next(version for _, version, _, marks in versions if not marks)
    assert f"popular\t{old}" in said(furnished, "parameters", "rollback")
    assert json.loads(said(furnished, "parameters", "show", "popular"))["version"] == old
    assert old in said(furnished, "parameters", "pin", "popular", old)
    assert "in force, pinned" in said(furnished, "parameters", "list", "popular")
    said(furnished, "learn", "popular", "--as-of", "2026-01-02")
    assert json.loads(said(furnished, "parameters", "show", "popular"))["version"] == old
    said(furnished, "parameters", "unpin", "popular")
    refused(furnished, NotFound, "parameters", "unpin", "popular")
    refused(furnished, NotFound, "parameters", "pin", "popular", "nothing")
    refused(furnished, NotFound, "learn", "populer")


def test_compacting_and_erasing(furnished: Path) -> None:
    engine = Engine.open(project(furnished))
    engine.store.catalog.put_users([User(id="someone")])
    engine.store.events.append(
        [Impression(event_id="old", at=clock.moment(clock.DAY), user="someone", item="item-1")]
    )
    assert "1 new files" in said(furnished, "compact", "--before", "1970-02-01")
    assert "0 new files" in said(furnished, "compact")
    told = said(furnished, "erase", "someone")
    assert "users 1" in told
    assert "lake 1" in told
    assert engine.decide(Ask("shelf", "someone")).slots
    engine.close()


def test_every_measurement_has_its_help() -> None:
    told = CliRunner().invoke(root, ["bench", "--help"]).output
    for name in ("taste", "cold", "scale", "importing", "ingest", "serve"):
        assert name in told
        assert CliRunner().invoke(root, ["bench", name, "--help"]).exit_code == 0


def test_ingest_and_serve_measure_a_real_server() -> None:
    few = ["--rows", "4000", "--workers", "1", "--json"]
    told = json.loads(CliRunner().invoke(root, ["bench", "ingest", *few]).output)
    assert told["log_rows"] == told["rows"] == 4000
    assert told["rows_per_second"] > 0
    small = ["--seconds", "1", "--items", "500", "--users", "20", "--workers", "1", "--json"]
    told = json.loads(CliRunner().invoke(root, ["bench", "serve", *small]).output)
    assert told["decisions_per_second"] > 0
    assert {"p50_ms", "p99_ms", "decisions_per_second"} <= set(told["in_process"])
    assert told["ratio_to_echo"] > 0


def test_ids_that_look_like_markup_are_shown_as_they_are(furnished: Path) -> None:
    assert "for [/b] :cat:" in said(furnished, "shelf", "explain", "[/b] :cat:")


def test_a_project_cannot_begin_inside_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    told = CliRunner().invoke(root, ["init", str(tmp_path / "file")])
    assert isinstance(told.exception, SettingsError)


def test_a_project_may_lie_in_a_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "お店 100% [new]* #1?a=b'c"
    assert CliRunner().invoke(root, ["init", str(folder)]).exit_code == 0
    assert "no source named an item" in said(folder, "decide", "shelf", "--user", "u")
    assert (folder / "data" / "pittari.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
