"""What an operator reads of an edition that is composed on the command line."""

import json
from pathlib import Path
from random import Random

import msgspec
import pytest
from click.testing import CliRunner, Result

from pittari.cli import root
from pittari.cli.bench.compose import bench
from pittari.editions.ladder import composed
from pittari.editions.pool import Pool
from pittari.editions.rules import default_rules, default_text
from pittari.errors import DataError, Invalid, SettingsError
from pittari.testing import newsroom

AT = "2026-11-22T23:00:00+00:00"


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    told = newsroom.pool(Random(3), 40)
    (tmp_path / "pool.json").write_bytes(msgspec.json.encode(told))
    return told


def asked(folder: Path, rules: str, *words: str) -> Result:
    return CliRunner().invoke(root, ["digest", "compose", rules, str(folder / "pool.json"), *words])


def test_the_edition_is_told_whole_and_each_place_with_its_reason(
    pool: Pool, tmp_path: Path
) -> None:
    run = asked(tmp_path, "morning", "--json")
    assert run.exit_code == 0, run.output
    told = json.loads(run.output)
    edition = composed(default_rules("morning"), pool)
    assert [place["topic"] for place in told["places"]] == list(edition.topics)
    assert [place["place"] for place in told["places"]] == [1, 2, 3, 4, 5, 6]
    assert all(place["reason"]["ja"] and place["reason"]["en"] for place in told["places"])
    assert (told["rung"], told["proven"]) == ("optimum", True)
    assert told["degrees"] == edition.degrees
    kept_out = {topic: rule for rule, topics in told["kept_out"].items() for topic in topics}
    assert kept_out == edition.kept_out
    assert told["pool"] == pool.digest


def test_a_rule_file_and_a_shipped_name_say_the_same(pool: Pool, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(default_text("noon"), "utf-8")
    assert asked(tmp_path, str(file)).output == asked(tmp_path, "noon").output
    assert pool.entries[0].topic.id.startswith("topic-")


def test_at_another_time_other_topics_are_kept_out(pool: Pool, tmp_path: Path) -> None:
    now, later = (
        json.loads(asked(tmp_path, "morning", "--at", at, "--json").output)
        for at in (AT, "2026-11-23T09:00:00+09:00")
    )
    assert now["at"] == "2026-11-22T23:00:00Z"
    assert "embargoed" in now["kept_out"]
    assert now["kept_out"] != later["kept_out"]


@pytest.mark.usefixtures("pool")
def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path) -> None:
    assert "morning, noon, evening" in refused(tmp_path, DataError, "mornin")
    (tmp_path / "bad.toml").write_text("[editoin]\n", "utf-8")
    assert "Did you mean" in refused(tmp_path, SettingsError, str(tmp_path / "bad.toml"))
    for at in ("soon", "2026-11-22T23:00:00"):
        assert at in refused(tmp_path, Invalid, "noon", "--at", at)
    (tmp_path / "pool.json").write_text("[]", "utf-8")
    assert "pool.json" in refused(tmp_path, DataError, "noon")


def refused(folder: Path, kind: type[Exception], *words: str) -> str:
    run = asked(folder, *words)
    assert isinstance(run.exception, kind), run.output
    return str(run.exception)


def test_the_bench_compares_what_it_measures_with_another_solver() -> None:
    told = bench(4, topics=40, peers=2)
    assert told["equal_to_cpsat"] == "2/2"
    assert told["unproven"] == 0
    assert 0 < told["p50_ms"] <= told["p95_ms"] <= told["max_ms"]
    assert told["ratio_to_cpsat"] > 0
