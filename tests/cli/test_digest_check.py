"""`pittari digest check` answers in both languages, and its counter-examples can be composed."""

import json
from pathlib import Path

from click.testing import CliRunner

from pittari.cli.digest import command
from pittari.editions.rules import default_text
from pittari.errors import DataError

RUN = CliRunner()


def check(*options: str) -> str:
    done = RUN.invoke(command, ["check", *options, "--since", "2026-11-20"])
    assert done.exit_code == 0, done.output
    return done.output


def test_every_answer_has_both_languages_and_a_counter_example_can_be_composed(
    tmp_path: Path,
) -> None:
    told = json.loads(check("morning", "--json"))
    assert told["ms"] >= 0
    assert told["goes_out"]["answer"] == "always"
    answers = [told["goes_out"], told["together"], *told["rules"], *told["pairs"]]
    assert all(one["said"]["ja"] and one["said"]["en"] for one in answers)
    (conflict,) = [
        one for one in told["pairs"] if one["rules"] == ["one-per-story", "many-sections"]
    ]
    pool = tmp_path / "pool.json"
    pool.write_text(json.dumps(conflict["witness"]), "utf-8")
    made = RUN.invoke(command, ["compose", "morning", str(pool), "--json"])
    degrees = json.loads(made.output)["degrees"]
    assert degrees["one-per-story"] == 0
    assert degrees["many-sections"] > 0


def test_it_speaks_the_language_asked_for() -> None:
    assert "譲る" in check("morning", "--locale", "ja")
    assert "gives way" in check("morning")


def test_a_rule_that_safety_leaves_nothing_is_named(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    extra = '[[rule]]\nname = "no-hazard"\navoid = { hazard = true }\nreason = { en = "x" }\n'
    rules.write_text(default_text("noon") + extra, "utf-8")
    told = json.loads(check(str(rules), "--json"))
    (answer,) = [one for one in told["rules"] if one["rules"][0] == "no-hazard"]
    assert answer["answer"] == "dead_behind"
    assert answer["rules"] == ["no-hazard", "hazard-bulletin"]


def test_a_file_that_is_not_there_is_an_error_of_one_sentence() -> None:
    done = RUN.invoke(command, ["check", "gone.toml"])
    assert isinstance(done.exception, DataError)
