"""`pittari import` says what became of each file, and its exit status says it to scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pittari.cli import root
from pittari.errors import DataError
from pittari.settings import project
from pittari.store import open_store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    CliRunner().invoke(root, ["init", str(tmp_path)], catch_exceptions=False)
    return tmp_path


def run(folder: Path, *args: object) -> Result:
    words = ["import", *map(str, args), "--project", str(folder)]
    return CliRunner().invoke(root, words, catch_exceptions=False)


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def found(folder: Path) -> set[str]:
    known = project(folder)
    store = open_store(known.database_url, known.lake, known.parameters)
    ids = {item.id for item in store.catalog.every_item()}
    store.close()
    return ids


def test_all_rows_in_is_status_0(folder: Path) -> None:
    file = written(folder, "items.csv", "id,price\ncats,120\ndogs,0\n")
    result = run(folder, "items", file)
    assert (result.exit_code, found(folder)) == (0, {"cats", "dogs"})
    assert "2 rows: 2 new, 0 known already, 0 rejected" in result.stdout
    again = run(folder, "items", file)
    assert (again.exit_code, "0 new, 2 known already" in again.stdout) == (0, True)
    assert not list(folder.glob("*.rejects.jsonl"))


def test_some_rows_rejected_is_status_3_and_they_are_told(folder: Path) -> None:
    file = written(folder, "items.csv", "id,price\ncats,many\ndogs,0\n")
    result = run(folder, "items", file)
    assert (result.exit_code, found(folder)) == (3, {"dogs"})
    assert 'line 2, column "price": expected a whole number; got many' in result.stderr
    told = json.loads((folder / "items.csv.rejects.jsonl").read_text("utf-8"))
    assert told == {
        "file": str(file),
        "line": 2,
        "column": "price",
        "expected": "a whole number",
        "got": "many",
        "row": '{"id":"cats","price":"many"}',
    }


def test_no_row_in_is_status_1(folder: Path) -> None:
    file = written(folder, "items.csv", "id,price\ncats,many\n")
    assert run(folder, "items", file).exit_code == 1
    assert found(folder) == set()


def test_a_file_that_is_refused_keeps_all_others_out(folder: Path) -> None:
    good = written(folder, "a.csv", "id\ncats\n")
    bad = written(folder, "b.csv", "id,id\ncats,cats\n")
    with pytest.raises(DataError, match="twice"):
        run(folder, "items", good, bad)
    assert found(folder) == set()


def test_rejects_of_several_files_lie_in_the_one_that_is_named(folder: Path) -> None:
    one = written(folder, "a.csv", "id,price\ncats,x\ndogs,1\n")
    two = written(folder, "b.csv", "id,price\nowls,1\nbats,y\n")
    place = folder / "out" / "rejects.jsonl"
    for _ in range(2):
        assert run(folder, "items", one, two, "--rejects", place).exit_code == 3
        told = [json.loads(line) for line in place.read_text("utf-8").splitlines()]
        assert [(Path(row["file"]).name, row["line"]) for row in told] == [
            ("a.csv", 2),
            ("b.csv", 3),
        ]


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    file = written(folder, "items.csv", "id,price\ncats,many\ndogs,0\n")
    before = sorted(folder.rglob("*"))
    result = run(folder, "items", file, "--dry-run")
    assert (result.exit_code, sorted(folder.rglob("*"))) == (3, before)
    assert "1 would go in, 1 would be rejected" in result.stdout
    assert "line 2" in result.stderr


def test_a_mapping_file_and_options_are_read(folder: Path) -> None:
    mapping = written(folder, "map.toml", '[columns]\ncode = "id"\nfrom = "sold_from"\n')
    file = folder / "goods.txt"
    file.write_bytes("code,from,title.ja\nneko,2024-10-01 09:00,ねこ\n".encode("shift_jis"))
    options = ["--map", mapping, "--format", "csv", "--encoding", "shift_jis"]
    result = run(folder, "items", file, *options, "--zone", "Asia/Tokyo")
    assert (result.exit_code, found(folder)) == (0, {"neko"})


def test_every_kind_has_its_command(folder: Path) -> None:
    result = CliRunner().invoke(root, ["import", "--help"])
    for kind in ("items", "users", "entitlements", "events"):
        assert kind in result.stdout
    log = written(folder, "log.csv", "at,user,item\n2024-10-01T09:00:00Z,mika,cats\n")
    assert run(folder, "events", log).exit_code == 0
