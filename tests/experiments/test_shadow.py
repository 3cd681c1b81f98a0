"""A made-up history, replayed from end to end: report, causes, changes, windows, files."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from tests.experiments.past import RULES, month, rules

from pittari.cli.digest.shadow import command
from pittari.errors import DataError, SettingsError
from pittari.experiments.shadow.agreement import Judged, agreement, figure
from pittari.experiments.shadow.divergence import divergences
from pittari.experiments.shadow.history import history_of, read_history, write_history
from pittari.experiments.shadow.machine import changes
from pittari.experiments.shadow.measures import ndcg
from pittari.experiments.shadow.preferences import foretold
from pittari.experiments.shadow.replay import replayed, rules_for
from pittari.experiments.shadow.report import shadowed
from pittari.experiments.shadow.windows import windows
from pittari.learning.editors.trees import Growth

PASTS = month()


def judged(ours: str, theirs: str, day: int = 1) -> Judged:
    return Judged(
        edition=f"2026-09-{day:02}/noon", ours=tuple(ours), pool=tuple("abcdef"),
        theirs=(tuple(theirs),),
    )  # fmt: skip


def test_a_rule_file_that_says_what_editors_do_agrees_with_them_far_beyond_chance() -> None:
    part = shadowed([rules()], PASTS).report.parts[0]
    assert part.whole.editions == len(PASTS)
    assert set(part.by_edition) == {"morning", "noon", "evening"}
    for name in ("overlap", "ndcg_at_10", "recall_at_10", "rbo"):
        assert part.whole.measures[name].low > part.whole.chance[name] + 0.2
    assert part.whole.editors == {}


def test_the_same_history_gives_the_same_report_in_one_process_or_two() -> None:
    one, two = (shadowed([rules()], month(20), processes).report for processes in (1, 2))
    assert one == two


def test_editors_are_held_beside_one_another_where_there_are_several() -> None:
    part = shadowed([rules()], month(editors=("aki", "ben", "chie"))).report.parts[0]
    assert 0.3 < part.whole.editors["overlap"].mean < 1
    assert part.whole.editors["overlap"].n == part.whole.editions


def test_places_that_differ_name_the_rule_that_did_it() -> None:
    past = PASTS[0]
    ours = replayed([rules()], [past])[0].topics
    left, live = next(e.topic.id for e in past.pool.entries[1:] if e.topic.id not in ours), "live"
    live = past.pool.entries[0].topic.id
    theirs = (left, "elsewhere", live)
    found = divergences(rules_for([rules()], past.edition), past.pool, ours, theirs)
    assert [(one.place, one.ours, one.theirs) for one in found] == [
        (place, *both) for place, both in enumerate(zip(ours, theirs, strict=True), start=1)
    ]
    assert [(one.cause, one.rule) for one in found] == [
        ("rule", "most-read"), ("not_in_pool", ""), ("kept_out", "no-live"),
    ]  # fmt: skip


def test_line_ups_of_unlike_length_differ_by_length_and_equal_ones_not_at_all() -> None:
    past = PASTS[0]
    own = rules_for([rules()], past.edition)
    ours = replayed([own], [past])[0].topics
    assert divergences(own, past.pool, ours, ours) == []
    shorter = divergences(own, past.pool, ours, ours[:2])
    assert [(one.place, one.cause) for one in shorter] == [(3, "length")]


def test_the_same_rules_change_no_edition_and_others_name_the_rule_that_does() -> None:
    assert changes([rules()], [rules()], PASTS).changed == ()
    found = changes([rules()], [rules("clicks_2h", "steady")], PASTS)
    assert found.editions == len(PASTS)
    assert 0 < len(found.changed) < found.editions
    assert found.by_rule == {"steady": len(found.changed)}
    assert all(one.before != one.after for one in found.changed)


def test_windows_stand_beside_one_another_on_the_same_scale() -> None:
    later = {e.topic.id: e.clicks["10m"].rate for past in PASTS for e in past.pool.entries}
    pasts = [msgspec.structs.replace(past, later=later) for past in PASTS]
    found = {one.window: one for one in windows([rules()], pasts)}
    assert list(found) == ["10m", "1h", "2h"]
    assert found["10m"].clicks.mean == max(one.clicks.mean for one in found.values())
    assert found["1h"].overlap.mean == max(one.overlap.mean for one in found.values())
    assert all(one.stale.mean == 0 for one in found.values())


def test_an_edition_without_its_rule_file_is_named() -> None:
    with pytest.raises(SettingsError, match='named "evening", got morning, noon'):
        rules_for([rules(name="morning"), rules(name="noon")], "2026-09-01/evening")
    assert rules_for([rules(name="noon")], "2026-09-01/evening").edition.name == "evening"


def test_a_history_survives_the_way_to_a_file_and_back(tmp_path: Path) -> None:
    write_history(PASTS[:9], tmp_path / "a.jsonl")
    told = {"pool": [], "editors": [], "part": []}
    for past in PASTS[9:]:
        told["pool"].append(msgspec.json.encode(past.pool).decode())
        told["editors"].append(json.dumps(past.editors))
        told["part"].append("all")
    pq.write_table(pa.table(told), tmp_path / "b.parquet")
    assert list(read_history(tmp_path).pasts) == PASTS


@pytest.mark.parametrize(
    ("text", "said"),
    [("{}", "row 1: expected an edition"), ("", "one edition a line"), ("{", "row 1")],
)
def test_a_file_that_is_no_history_is_named_with_its_row(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "a.jsonl").write_text(text)
    with pytest.raises(DataError, match=said):
        read_history(tmp_path)


def test_an_edition_told_twice_is_refused(tmp_path: Path) -> None:
    write_history([PASTS[0], PASTS[0]], tmp_path / "a.jsonl")
    with pytest.raises(DataError, match="stands twice"):
        read_history(tmp_path)


def test_agreement_is_worked_out_by_hand_on_two_editions() -> None:
    found = agreement([judged("abc", "abc"), judged("abc", "def", 2)])
    assert found.measures["overlap"].mean == 0.5
    assert found.measures["pairwise_order"].n == 1
    assert found.measures["overlap"].low == 0
    assert found.measures["overlap"].high == 1


def test_chance_is_what_random_line_ups_score() -> None:
    found = agreement([judged("abc", "cde", day) for day in range(1, 29)])
    assert found.chance["overlap"] == pytest.approx(0.5, abs=0.03)  # 3 of 6, whichever
    assert found.chance["pairwise_order"] == pytest.approx(0.5, abs=0.05)
    assert found.chance["same_place"] == pytest.approx(1 / 6, abs=0.03)


def test_an_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    dice = np.random.default_rng(5)
    covered = 0
    for _ in range(200):
        one = figure(dice.binomial(3, 0.6, 60) / 3)
        covered += one.low <= 0.6 <= one.high
    assert 180 <= covered <= 200


def test_what_editors_place_is_learned_from_what_they_placed() -> None:
    history = history_of(month(62))
    seen = foretold(history, Growth(trees=60))
    assert seen.times == 2
    assert {past.edition[:7] for past in seen.pasts} == {"2026-10", "2026-11"}
    by_habit = replayed([rules("preference")], seen.pasts)
    by_clicks = replayed([rules("clicks_1h")], seen.pasts)

    def agreed(found: list) -> float:
        both = zip(found, seen.pasts, strict=True)
        return float(np.mean([ndcg(one.topics, past.editors["aki"]) for one, past in both]))

    assert agreed(by_habit) > agreed(by_clicks) + 0.1
    assert foretold(history, Growth(trees=60)) == seen


def test_nothing_is_foretold_from_what_came_later() -> None:
    pasts = month(62)
    moved = [
        msgspec.structs.replace(past, editors={"aki": past.editors["aki"][::-1]})
        if past.edition > "2026-10-01"
        else past
        for past in pasts
    ]
    first, second = (foretold(history_of(some), Growth(trees=9)) for some in (pasts, moved))
    assert [past.pool for past in first.pasts] == [past.pool for past in second.pasts]


def test_the_command_tells_figures_and_writes_line_ups(tmp_path: Path) -> None:
    write_history(PASTS, tmp_path / "a.jsonl")
    (tmp_path / "any.toml").write_text(_text("clicks_1h"))
    (tmp_path / "old.toml").write_text(_text("clicks_2h"))
    told = ["--data", str(tmp_path), "--windows", "--against", str(tmp_path / "old.toml")]
    told += ["--processes", "1", "--predictions", str(tmp_path / "out" / "lines.parquet")]
    run = CliRunner().invoke(command, [str(tmp_path / "any.toml"), *told, "--json"])
    assert run.exit_code == 0, run.output
    said = json.loads(run.output)
    assert said["part"] == "all"
    assert said["parts"]["all"]["ndcg_at_10"] == said["ndcg_at_10"] > said["chance"]["ndcg_at_10"]
    low, high = said["intervals"]["ndcg_at_10"]
    assert low <= said["ndcg_at_10"] <= high
    assert [one["window"] for one in said["windows"]] == ["10m", "1h", "2h"]
    assert said["changes"]["editions"] == said["editions"] == len(PASTS)
    lines = pq.read_table(tmp_path / "out" / "lines.parquet")
    assert lines.column_names == ["edition", "at", "part", "place", "topic"]
    assert lines.num_rows == 3 * len(PASTS)
    spoken = CliRunner().invoke(command, [str(tmp_path / "any.toml"), *told])
    assert "ndcg_at_10" in spoken.output
    assert "editions change" in spoken.output


def _text(by: str) -> str:

    return RULES.format(by=by, rule="most-read", name="any")
