"""The stream's figures say what they claim, on messages whose answers are plain."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from tests.device.said import NOW, bundle

from pittari.cli.bench.suggest_stream import measured, read
from pittari.device.person import Person, Rights
from pittari.device.stock import Stock
from pittari.errors import DataError

ROWS = """dialogue\tturn\ttext\tformula
1\t0\tこんにちは\tgreeting
1\t1\tこんばんは！\tgreeting
1\t2\t駅前の工事がまだ続いているようです\tnone
1\t3\tすごいと思うけれど値段が気になって買えません\tnone
1\t4\tふふふ\tnone
1\t5\tなるほど\tagreement
2\t0\tおはよう\tgreeting
3\t0\tありがとうございます\tthanks
3\t1\t「すごい」\tpraise
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with gzip.open(tmp_path / "stream.tsv.gz", "wt", encoding="utf-8") as file:
        file.write(ROWS)
    return tmp_path


def test_a_half_is_read_in_order_and_knows_what_was_said_before(folder: Path) -> None:
    odd, even = read(folder, "odd"), read(folder, "even")
    assert [one.text for one in even] == ["おはよう"]
    assert len(odd) == 8
    assert odd[1].recent == ("こんにちは",)
    assert odd[5].recent == tuple(one.text for one in odd[1:5])
    assert odd[6].recent == ()


def test_a_folder_without_a_stream_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"stream\.tsv\.gz"):
        read(tmp_path, "odd")


def test_figures_are_shares_of_the_messages_they_name(folder: Path) -> None:
    person = Person(rights=Rights(trial_until=NOW + 1))
    told = measured(read(folder, "odd"), Stock(bundle()), person, NOW)
    assert (told["messages"], told["formulas"]) == (8, 5)
    assert told["false_trigger"] == round(1 / 3, 4)  # laughter
    assert told["formula_trigger"] == 0.8  # all but the quoted one
    assert told["per_100"] == 62.5
    assert told["precision"] == 0.8
    assert told["never_fit"] == 0.2
    assert told["keystrokes_to_first_fit"] == 2
    assert told["peers"]["stems"]["false_trigger"] == round(1 / 3, 4)
    assert told["peers"]["stems"]["formula_trigger"] == 1
    assert told["peers"]["exact"]["formula_trigger"] == 1
