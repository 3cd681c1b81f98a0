"""Ranks of a front page become editions, of which each shows only what could be seen then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pittari import clock
from pittari.clock import DAY, HOUR, MINUTE
from pittari.errors import DataError
from pittari.experiments.shadow.front_page import BEFORE, read_front_page
from pittari.experiments.shadow.preferences import foretold
from pittari.learning.editors.trees import Growth

FIRST = 20_300
DAYS = 40
STAMP = pa.timestamp("ms", "UTC")
SEEN = 10 * MINUTE
"""Snapshots are taken so long after each whole hour."""


def write(folder: Path, cut: int = -1) -> None:
    """Writes forty days: every hour three stories come in, the youngest are read most and stand on
    the page unless their number ends in 7. From `cut` on, all stories are others."""
    read, main = [], []
    for hour in range(FIRST * 24, (FIRST + DAYS) * 24):
        at = hour * HOUR + SEEN
        dice = np.random.default_rng(hour)
        shift = 1_000_000 if 0 <= cut <= at else 0
        young = shift + 3 * hour - np.arange(24) + 2
        order = young[np.argsort(np.arange(24) + dice.normal(0, 3, 24), kind="stable")]
        read += [(at, rank, int(story)) for rank, story in enumerate(order[:10], 1)]
        page = [story for story in order.tolist() if story % 10 != 7][:10]
        main += [(at, place, story) for place, story in enumerate(page, 1)]
    _table(folder / "most_read.parquet", "rank", read)
    _table(folder / "front_page.parquet", "position", main)
    stories = sorted({story for _, _, story in (*read, *main)})
    told = {
        "story": stories, "section": ["news" if s % 3 else "sport" for s in stories],
        "subsection": ["" if s % 5 else "tennis" for s in stories],
        "kind": ["article"] * len(stories),
    }  # fmt: skip
    pq.write_table(pa.table(told), folder / "stories.parquet")
    lines = ["slot_utc\ttarget_snapshot_utc\tpart\tfront_page_limit_utc"]
    for day in range(FIRST + 1, FIRST + DAYS):
        for hour, before in BEFORE.items():
            at = day * DAY + hour * HOUR
            part = "tune" if day < FIRST + 30 else "report"
            times = (at, at + SEEN, at - before * HOUR + SEEN)
            slot, target, limit = (clock.iso(time) for time in times)
            lines.append(f"{slot}\t{target}\t{part}\t{limit}")
    (folder / "slots.tsv").write_text("\n".join(lines) + "\n")


def _table(file: Path, column: str, rows: list[tuple[int, int, int]]) -> None:
    at, place, story = zip(*rows, strict=True)
    columns = {
        "snapshot_utc": pa.array([time // 1000 for time in at], pa.int64()).cast(STAMP),
        column: pa.array(place, pa.int8()), "story": pa.array(story, pa.int32()),
    }  # fmt: skip
    pq.write_table(pa.table(columns), file)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("page")
    write(made)
    return made


def test_a_slot_shows_ranks_up_to_its_limits_and_asks_for_the_page_after(folder: Path) -> None:
    history = read_front_page(folder)
    assert [past.name for past in history.pasts[:4]] == ["morning", "noon", "evening", "morning"]
    past = history.pasts[1]
    at = clock.micros(past.pool.at)
    assert at == (FIRST + 1) * DAY + 11 * HOUR
    newest = max(int(entry.topic.id) for entry in past.pool.entries)
    assert newest == 3 * (at // HOUR - 2) + 2  # the list taken at 9:10, an hour before eleven
    assert len(past.editors["editors"]) == 10
    first = next(e for e in past.pool.entries if e.main == 1)
    assert past.pool.told[0].topics[0] == first.topic
    best = max(past.pool.entries, key=lambda entry: entry.clicks["10m"].rate)
    assert best.clicks["10m"].rate == 100
    assert all(e.clicks["any"].rate <= 100 and 0 <= e.importance <= 1 for e in past.pool.entries)


def test_rows_that_may_not_be_seen_change_no_pool_and_nothing_learned(
    folder: Path, tmp_path: Path
) -> None:
    whole = read_front_page(folder)
    slot = (FIRST + 33) * DAY + 11 * HOUR
    write(tmp_path, cut=slot - HOUR)
    cut = read_front_page(tmp_path)
    seen = [i for i, past in enumerate(whole.pasts) if clock.micros(past.pool.at) <= slot]
    assert [whole.pasts[i].pool for i in seen] == [cut.pasts[i].pool for i in seen]
    assert whole.pasts[seen[-1]].editors != cut.pasts[seen[-1]].editors
    growth = Growth(trees=5)
    learned = [foretold(one, growth).pasts for one in (whole, cut)]
    until = whole.pasts[seen[-1]].pool.at
    first, second = ([p.pool for p in some if p.pool.at <= until] for some in learned)
    assert len(first) > 4
    assert first == second


def test_habits_of_the_page_are_learned(folder: Path) -> None:
    seen = foretold(read_front_page(folder), Growth(trees=80))
    kept, left = [], []
    for past in seen.pasts:
        for entry in past.pool.entries:
            if entry.clicks["10m"].rate > 30:
                own = kept if entry.topic.id in past.editors["editors"] else left
                own.append(entry.preference)
    assert np.mean(kept) > np.mean(left) + 0.1
    assert 0 <= min(left) <= max(kept) <= 1


def test_a_folder_without_the_files_is_named(tmp_path: Path) -> None:
    (tmp_path / "slots.tsv").write_text("slot_utc\n")
    with pytest.raises(DataError, match="expected the files of a news front page"):
        read_front_page(tmp_path)
