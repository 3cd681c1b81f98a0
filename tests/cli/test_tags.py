"""What an operator types about tags: list, add, take off, block, take back, report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.cli.test_commands import asked, refused, said
from tests.learning.tagged import learned, publish, put_stickers

from pittari.cli import root
from pittari.engine import Engine
from pittari.errors import Conflict, Invalid, NotFound
from pittari.settings import project


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    assert CliRunner().invoke(root, ["init", str(folder)]).exit_code == 0
    engine = Engine.open(project(folder))
    put_stickers(engine.store)
    publish(engine.store, learned())
    engine.close()
    return folder


def tags(folder: Path, item: str) -> list[str]:
    return [row["tag"] for row in json.loads(said(folder, "tags", "list", item, "--json"))["rows"]]


def test_what_is_put_right_counts_at_once_and_can_be_taken_back(shop: Path) -> None:
    before = tags(shop, "s1")
    assert said(shop, "tags", "add", "s1", "モーニング") == 'add "モーニング" on s1\n'
    assert tags(shop, "s1") == ["もーにんぐ", *before]
    said(shop, "tags", "remove", "s1", "ねむい")
    said(shop, "tags", "block", "おはよう")
    assert tags(shop, "s1") == ["もーにんぐ", "good morning"]
    listed = said(shop, "tags", "list")
    assert {line.split("\t")[0] for line in listed.splitlines()} == {"add", "remove", "block"}
    assert "command line" in listed
    assert said(shop, "tags", "restore", "おはよう") == 'took back: block "おはよう"\n'
    said(shop, "tags", "restore", "s1", "ねむい")
    said(shop, "tags", "restore", "s1", "モーニング")
    assert tags(shop, "s1") == before
    assert said(shop, "tags", "list") == "nobody corrected anything yet\n"


def test_a_tag_lists_its_stickers(shop: Path) -> None:
    told = said(shop, "tags", "list", "--tag", "オハヨウ")
    assert [line.split("\t")[0] for line in told.splitlines()] == ["s0", "s1"]
    assert said(shop, "tags", "list", "--tag", "none") == 'no sticker answers to "none"\n'
    assert said(shop, "tags", "list", "s3") == "s3 answers to no word yet\n"
    assert asked(shop, "tags", "list", "s3", "--tag", "x").exit_code == 2


def test_taking_off_what_is_not_there_says_so(shop: Path) -> None:
    assert "did not answer to that" in said(shop, "tags", "remove", "s3", "おはよう")
    told = said(shop, "tags", "add", "s3", "おはよう")
    assert told == 'add "おはよう" on s3 (before: remove, by command line)\n'


@pytest.mark.parametrize(
    ("kind", "words", "told"),
    [
        (NotFound, ("add", "none", "hi"), 'no sticker "none"'),
        (NotFound, ("add", "p", "hi"), "that is a package"),
        (NotFound, ("list", "none"), "no item"),
        (NotFound, ("restore", "hi"), "nothing to restore"),
        (NotFound, ("restore", "s1", "hi"), "nothing to restore"),
        (Invalid, ("add", "s1", "   "), "got nothing but"),
        (Invalid, ("add", "s1", "😀"), "a letter or a digit"),
        (Invalid, ("add", "s1", "\x01\x02"), "got nothing but"),
        (Invalid, ("add", "s1", "あ" * 10_000), "at most 40 characters; got 10,000"),
        (Invalid, ("block", "x" * 41), "at most 40 characters; got 41"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    shop: Path, kind: type[NotFound], words: tuple[str, ...], told: str
) -> None:
    assert told in refused(shop, kind, "tags", *words)
    assert said(shop, "tags", "list") == "nobody corrected anything yet\n"


def test_what_is_blocked_cannot_be_added(shop: Path) -> None:
    said(shop, "tags", "block", "free")
    assert "restore it first" in refused(shop, Conflict, "tags", "add", "s1", "Free")


def test_a_report_says_what_is_missing(shop: Path, tmp_path: Path) -> None:
    typed = tmp_path / "typed.txt"
    typed.write_text("おはよう\t3\nさようなら\t2\nzzz\n", "utf-8")
    told = json.loads(said(shop, "tags", "report", "--typed", str(typed), "--json"))
    assert (told["items"], told["tagged"], told["untagged"]) == (4, 3, ["s3"])
    assert (told["typed"], told["answered"]) == (6, 0.5)
    assert told["missing"] == [["さようなら", 2], ["zzz", 1]]
    lines = said(shop, "tags", "report", "--typed", str(typed)).splitlines()
    assert "stickers with a tag\t3 of 4" in lines
    assert "typed in vain\tさようなら\t2" in lines
    assert "typed texts that lead to a sticker\t50.0%" in lines
    usual = said(shop, "tags", "report")
    assert re.search(r"^usual words that lead to a sticker\t\d", usual, re.MULTILINE)
    typed.write_text("おはよう\tmany\n", "utf-8")
    assert "line 1" in refused(shop, Invalid, "tags", "report", "--typed", str(typed))


def test_corrections_survive_learning(shop: Path) -> None:
    said(shop, "learn", "tags")
    before = tags(shop, "s1")
    assert "おはよう" in before
    assert "おはよう" in tags(shop, "s0")
    said(shop, "tags", "remove", "s1", "おはよう")
    said(shop, "tags", "add", "s3", "ひるね")
    said(shop, "tags", "block", "bear")
    for _ in range(2):
        assert "おはよう" not in tags(shop, "s1")
        assert "おはよう" in tags(shop, "s0")
        assert tags(shop, "s3")[0] == "ひるね"
        assert all("bear" not in tags(shop, item) for item in ("s0", "s1", "s2", "s3"))
        said(shop, "learn", "tags")
    for words in (("s1", "おはよう"), ("s3", "ひるね"), ("bear",)):
        said(shop, "tags", "restore", *words)
    assert tags(shop, "s1") == before
