"""Whatever is wrong with a file or a row, a sentence says what was expected and what came."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.importing.files import HEADER, ROW, looked

from pittari.errors import DataError, SettingsError
from pittari.importing import Mapping
from pittari.settings import parse

GOOD = (HEADER + ROW).encode()
JAPANESE = "id,title.ja\n" + "".join(f"i{n},うさぎのスタンプ{n}\n" for n in range(20))
GZIP = gzip.compress(GOOD * 50)

REFUSED: dict[str, tuple[str, bytes, dict[str, Any], list[str]]] = {
    "empty": ("a.csv", b"", {}, ["got an empty file"]),
    "blank": ("a.csv", b"\n\n", {}, ["got an empty file"]),
    "mark only": ("a.csv", b"\xef\xbb\xbf", {}, ["got an empty file"]),
    "no suffix": ("a.dat", GOOD, {}, [".parquet", "--format csv"]),
    "utf-16": ("a.csv", GOOD.decode().encode("utf-16"), {}, ["UTF-16", "--encoding utf-16"]),
    "bare utf-16": (
        "a.csv",
        GOOD.decode().encode("utf-16-le"),
        {},
        ["UTF-16", "--encoding utf-16-le"],
    ),
    "shift_jis": (
        "a.csv",
        JAPANESE.encode("shift_jis"),
        {"kind": "items"},
        ["shift_jis", "--encoding shift_jis"],
    ),
    "euc_jp": ("a.csv", JAPANESE.encode("euc_jp"), {"kind": "items"}, ["--encoding euc_jp"]),
    "unknown encoding": (
        "a.csv",
        b"id,name\n" + b"".join(b"u%d,caf\xe9\n" % n for n in range(20)),
        {"kind": "users"},
        ["bytes that are not", "--encoding"],
    ),
    "another than said": (
        "a.csv",
        JAPANESE.encode("utf-16")[:-1],
        {"kind": "items", "encoding": "utf-16"},
        ["expected utf-16 text", "another --encoding"],
    ),
    "no encoding of text": ("a.csv", GOOD, {"encoding": "hex"}, ["encoding", "hex"]),
    "no such encoding": ("a.csv", GOOD, {"encoding": "utf-7up"}, ["encoding", "utf-7up"]),
    "cut gzip": ("a.csv.gz", GZIP[:-9], {}, ["gzip", "cut off", "copy it again"]),
    "no gzip": ("a.csv.gz", GOOD, {}, ["expected gzip", "rename"]),
    "no parquet": ("a.parquet", GOOD, {}, ["expected a Parquet file", "--format"]),
    "packed parquet": ("a.parquet.gz", GZIP, {}, ["bare Parquet", "gunzip"]),
    "cr only": ("a.csv", GOOD.replace(b"\n", b"\r"), {}, ["LF", "CR alone"]),
    "duplicate header": (
        "a.csv",
        b"at,user,item,user\n",
        {},
        ['"user" twice', "columns 2 and 4", "rename"],
    ),
    "unnamed column": ("a.csv", b"at,user,item,\n", {}, ["a name for column 4"]),
    "unknown column": (
        "a.csv",
        b"at,user,item,actoin\n",
        {},
        ["actoin", 'mean "action"', "ignore"],
    ),
    "missing column": (
        "a.csv",
        b"at,user,itme\n",
        {"ignore": ("itme",)},
        ['"item"', 'mean "itme"'],
    ),
    "mapped from nowhere": (
        "a.csv",
        GOOD,
        {"columns": {"usr": "user"}},
        ['"usr"', 'mean "user"'],
    ),
    "mapped to nowhere": ("a.csv", GOOD, {"columns": {"user": "usr"}}, ['"usr"', 'mean "user"']),
    "mapped twice": (
        "a.csv",
        b"at,user,item,who\n",
        {"columns": {"who": "user"}},
        ['"user" and "who"', "both"],
    ),
    "constant beside a column": (
        "a.csv",
        GOOD,
        {"constants": {"user": "mika"}},
        ["[constants]", "one of them"],
    ),
    "semicolons": ("a.csv", GOOD.replace(b",", b";"), {}, ["separated", "delimiter = ';'"]),
    "no such zone": ("a.csv", GOOD, {"zone": "Asia/Tokio"}, ["Asia/Tokio", 'mean "Asia/Tokyo"']),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_cannot_be_meant_is_refused_whole(case: str, tmp_path: Path) -> None:
    name, body, how, words = REFUSED[case]
    (tmp_path / name).write_bytes(body)
    with pytest.raises(DataError) as refused:
        looked(tmp_path / name, **how)
    for word in words:
        assert word in str(refused.value)


def test_a_missing_file_and_a_folder_have_their_sentences(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_bytes(GOOD)
    with pytest.raises(DataError, match=r'no such file. Did you mean "events.csv"'):
        looked(tmp_path / "event.csv")
    with pytest.raises(DataError, match="got a folder"):
        looked(tmp_path)


def test_a_parquet_file_that_is_cut_off_says_so(tmp_path: Path) -> None:
    whole = tmp_path / "whole.parquet"
    pq.write_table(pa.table({"at": ["2024-10-01T09:00:00Z"], "user": ["u"], "item": ["i"]}), whole)
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(whole.read_bytes()[:-20])
    with pytest.raises(DataError, match=r"cut off or damaged.*copy it again"):
        looked(cut)


def test_damage_inside_a_parquet_file_says_after_which_row(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    ids = [f"user-{number * 7919 % 10_000}" for number in range(10_000)]
    pq.write_table(pa.table({"id": ids}), file, compression="zstd", row_group_size=1000)
    body = bytearray(file.read_bytes())
    middle = len(body) // 2
    body[middle : middle + 400] = bytes(400)
    file.write_bytes(body)
    with pytest.raises(DataError, match=r"damage after row [\d,]+ .*copy it again"):
        looked(file, "users")


def test_a_column_of_a_type_that_cannot_be_meant_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    table = pa.table({"at": ["2024-10-01T09:00:00Z"], "user": [[1]], "item": ["i"]})
    pq.write_table(table, file)
    with pytest.raises(
        DataError, match=r'column "user": expected a column of text, got one of list'
    ):
        looked(file)


def test_a_slip_in_a_mapping_file_names_the_nearest_word() -> None:
    with pytest.raises(SettingsError, match=r'"colums".*Did you mean "columns"'):
        parse("[colums]\na = 'b'", Mapping, "map.toml")


EVENTS: dict[str, tuple[str, str, str]] = {
    "no zone": ("2024-10-01T09:00:00,u,i,click", "at", "a time with its zone"),
    "no month": ("2024-13-01T09:00:00Z,u,i,click", "at", "a time such as"),
    "no time": (",u,i,click", "at", "a time such as"),
    "number": ("1727773200,u,i,click", "at", "time_unit"),
    "words": ("yesterday,u,i,click", "at", "a time such as"),
    "long ago": ("1970-01-01T00:00:00Z,u,i,click", "at", "far in the past"),
    "far ahead": ("2034-10-01T09:00:00Z,u,i,click", "at", "up to 2024-10-05 (far in the future"),
    "year 9999": ("9999-12-31T23:59:59Z,u,i,click", "at", "far in the future"),
    "no user": ("2024-10-01T09:00:00Z,,i,click", "user", "the id of the user"),
    "no item": ("2024-10-01T09:00:00Z,u,,click", "item", "the id of the item"),
    "nul": ("2024-10-01T09:00:00Z,u\0,i,click", "user", "without control characters such as NUL"),
    "long id": (f"2024-10-01T09:00:00Z,{'u' * 129},i,click", "user", "at most 128"),
    "no action": ("2024-10-01T09:00:00Z,u,i,clik", "action", 'Did you mean "click"?'),
    "too few": ("2024-10-01T09:00:00Z,u,i", "", "4 fields"),
    "too many": ("2024-10-01T09:00:00Z,u,i,click,x", "", "4 fields"),
    "stray quote": ('2024-10-01T09:00:00Z,"u"x,i,click', "", "quotes around a whole field"),
    "open quote": ('2024-10-01T09:00:00Z,"u,i,click', "", "the closing quote of a field"),
    "long line": (f"2024-10-01T09:00:00Z,{'u' * 10_000_000},i,click", "", "1,048,576 bytes"),
    "long field": (f'2024-10-01T09:00:00Z,"{"u" * 200_000}",i,click', "", "131,072 characters"),
}


@pytest.mark.parametrize("case", EVENTS)
def test_a_bad_row_of_a_log_says_line_column_and_what_was_expected(
    case: str, tmp_path: Path
) -> None:
    line, column, expected = EVENTS[case]
    file = tmp_path / "a.csv"
    file.write_text(HEADER + ROW + line + "\n" + ROW, "utf-8")
    report = looked(file)
    assert (report.read, report.rejected) == (3, 1)
    (reject,) = report.first
    assert (reject.line, reject.column) == (3, column)
    assert expected in reject.expected
    assert len(reject.row) < 1000
    assert len(reject.got) < 300


@pytest.mark.parametrize("user", ["未来", "mika"])
def test_a_broken_line_between_others_is_told_as_broken_text(user: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    good = f"2024-10-01T09:00:00Z,{user},cats,click\n"
    body = HEADER.encode() + good.encode() * 3 + b"2024-10-01T09:00:00Z,\xff\xfe,cats,click\n"
    file.write_bytes(body + good.encode())
    report = looked(file)
    assert (report.read, report.rejected) == (5, 1)
    assert report.first[0].line == 5
    assert "UTF-8 text" in report.first[0].expected


ITEMS: dict[str, tuple[str, str, str]] = {
    "no id": ('{"price": 3}', "id", "the id"),
    "empty id": ('{"id": ""}', "id", "1 to 128 characters"),
    "price": ('{"id": "a", "price": "12 yen"}', "price", "a whole number"),
    "negative": ('{"id": "a", "price": -1}', "price", "a whole number, 0 or more"),
    "currency": ('{"id": "a", "currency": "yen"}', "currency", "three capital letters"),
    "kind": ('{"id": "a", "kind": "pack"}', "kind", "one of package, sticker, topic"),
    "flag": ('{"id": "a", "adult": "maybe"}', "adult", "true or false"),
    "time": ('{"id": "a", "sold_from": "2024-10-01"}', "sold_from", "a time with its zone"),
    "title": ('{"id": "a", "title": "Cats"}', "title", "one text per language"),
    "nul": ('{"id": "a", "title": {"en": "\\u0000"}}', "title", "without NUL"),
    "unknown": ('{"id": "a", "titel": {}}', "titel", 'Did you mean "title"'),
    "no object": ("[1]", "", "one JSON object per line"),
    "cut": ('{"id": "a"', "", "one JSON object per line"),
    "list": ("[", "", "one JSON object per line"),
}


@pytest.mark.parametrize("case", ITEMS)
def test_a_bad_item_says_line_column_and_what_was_expected(case: str, tmp_path: Path) -> None:
    line, column, expected = ITEMS[case]
    file = tmp_path / "a.jsonl"
    file.write_text('{"id": "x"}\n\n' + line + '\n{"id": "y"}\n', "utf-8")
    report = looked(file, "items")
    assert (report.read, report.rejected) == (3, 1)
    (reject,) = report.first
    assert (reject.line, reject.column) == (3, column)
    assert expected in reject.expected


def test_a_last_line_that_is_cut_off_says_so(tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text('{"id": "x"}\n{"id": "y', "utf-8")
    assert "cut off" in looked(lines, "items").first[0].got
    cells = tmp_path / "a.csv"
    cells.write_text(HEADER + ROW + "2024-10-01T09:00:00Z,mi", "utf-8")
    assert "cut off" in looked(cells).first[0].got


def test_an_open_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(HEADER + '2024-10-01T09:00:00Z,"mika,cats,click\n' + ROW * 5, "utf-8")
    report = looked(file)
    assert (report.read, report.rejected) == (6, 1)


def test_nested_values_in_a_log_of_json_lines_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"at": "2024-10-01T09:00:00Z", "user": ["u"], "item": "i"}\n', "utf-8")
    assert "an object of texts and numbers" in looked(file).first[0].expected


def test_one_enormous_line_does_not_fill_the_memory(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    with file.open("wb") as out:
        out.write(HEADER.encode() + b"2024-10-01T09:00:00Z,")
        for _ in range(64):
            out.write(b"u" * (1 << 20))
        out.write(b"\n" + ROW.encode())
    tracemalloc.start()
    report = looked(file)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (report.read, report.rejected) == (2, 1)
    assert "67,108," in report.first[0].got
    assert peak < 16 << 20
