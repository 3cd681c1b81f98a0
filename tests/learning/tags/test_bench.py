"""The measurement of tags, and catalogues given as folders of files."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from pittari.cli.bench.tags import command
from pittari.errors import DataError
from pittari.importing.folder import catalogue

WORDS = ["猫", "犬", "走る", "寝る", "泣く", "笑う", "海", "山", "雨", "雪"]
ROWS = [
    {
        "id": f"s{i}",
        "kind": "sticker",
        "creator": f"c{i % 4}",
        "tags": [WORDS[i % 10], WORDS[i % 7]],
    }
    for i in range(30)
]


def written(folder, rows=ROWS, queries=None):
    folder.mkdir(exist_ok=True)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "items.jsonl").write_text(lines, "utf-8")
    if queries is not None:
        (folder / "queries.csv").write_text(queries, "utf-8")
    return folder


def run(*told):
    return CliRunner().invoke(command, list(map(str, told)))


def test_a_folder_is_read_as_the_importer_reads_it(tmp_path):
    (tmp_path / "items.csv").write_text("id,kind,tags,caption.ja\na,sticker,猫|犬,やあ\n", "utf-8")
    (item,) = catalogue(tmp_path)
    assert (item.id, item.tags, item.caption) == ("a", ("猫", "犬"), {"ja": "やあ"})


def test_of_rows_with_one_id_the_last_counts(tmp_path):
    rows = [{"id": "a", "tags": ["猫"]}, {"id": "a", "tags": ["犬"]}]
    (item,) = catalogue(written(tmp_path, rows))
    assert item.tags == ("犬",)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "expected items.csv"),
        ({"items.csv": "id\na\n", "items.jsonl": "{}"}, "expected one file of items"),
        ({"items.csv": "id,price\na,much\n"}, "line 2: price: expected a whole number"),
        ({"items.csv": "id,colour\na,red\n"}, "colour"),
    ],
)
def test_a_folder_that_holds_no_catalogue_is_refused(tmp_path, files, said):
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(DataError, match=said):
        catalogue(tmp_path)


def test_typed_words_come_from_a_file_and_what_was_found_is_written(tmp_path):
    data = written(tmp_path / "data", queries="word,items\nにゃんこ,s0|s7\nxyzzy,s1\n")
    out = tmp_path / "found.jsonl"
    told = run("--data", data, "--json", "--predictions", out)
    assert told.exit_code == 0, told.output
    figures = json.loads(told.output)
    assert (figures["items"], figures["queries"], figures["embedding"]) == (30, 2, False)
    assert figures["hit5"] == figures["untold_hit5"] == 0.5
    assert figures["dictionary_hit20"] == 0
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["query"] for row in rows] == ["にゃんこ", "xyzzy"]
    assert rows[0]["hit5"]
    assert {"s0", "s7"} & set(rows[0]["items"][:5])
    assert (rows[1]["hit5"], rows[1]["hit20"]) == (False, False)


def test_without_a_file_of_words_some_of_the_catalogue_are_typed(tmp_path):
    data = written(tmp_path)
    figures = json.loads(run("--data", data, "--json").output)
    assert figures["queries"] > 0
    assert figures["hit5"] <= figures["hit20"]
    assert figures["recall5"] <= figures["recall15"]
    assert figures["dictionary_hit20"] == 0
    again = json.loads(run("--data", data, "--json").output)
    assert {**again, "learn_seconds": 0} == {**figures, "learn_seconds": 0}


def test_items_that_are_no_stickers_are_measured_as_such(tmp_path):
    rows = [{**row, "kind": "package"} for row in ROWS]
    assert json.loads(run("--data", written(tmp_path, rows), "--json").output)["items"] == 30


@pytest.mark.parametrize("queries", ["text,items\n猫,s1\n", "word,items\n猫,s999\n"])
def test_a_file_of_words_that_fits_nothing_is_refused(tmp_path, queries):
    told = run("--data", written(tmp_path, queries=queries))
    assert told.exit_code == 1
    assert "expected" in str(told.output) + str(told.exception)


def test_a_catalogue_without_tags_is_refused(tmp_path):
    told = run("--data", written(tmp_path, [{"id": "a"}]))
    assert told.exit_code == 1
    assert "expected a catalogue with tags" in str(told.output) + str(told.exception)
