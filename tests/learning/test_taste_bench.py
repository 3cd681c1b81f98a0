"""The taste benchmark on a made-up data set with known groups of taste."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from pittari.cli.bench.taste import bench, cold_start, read_pairs
from pittari.errors import DataError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 people of smooth tastes and 160 items; a quarter of what they had is the test."""
    place = tmp_path_factory.mktemp("smooth")
    rng = np.random.default_rng(0)
    tastes = 2.5 * rng.standard_normal((300, 4)) @ rng.standard_normal((4, 160)) / 2
    order = np.argsort(-(tastes + rng.gumbel(size=tastes.shape)), axis=1)[:, :16]
    pairs = np.stack([np.repeat(np.arange(300), 16), order.ravel()], axis=1)
    part = rng.choice(3, size=len(pairs), p=[0.7, 0.05, 0.25])
    for number, name in enumerate(("train", "valid", "test")):
        lines = [f"{user}\t{item}\n" for user, item in pairs[part == number]]
        with gzip.open(place / f"{name}.tsv.gz", "wt") as file:
            file.writelines(["user\titem\n", *lines])
    return place


def test_taste_beats_popularity_and_item_cosine(folder: Path, tmp_path: Path) -> None:
    row = bench(folder, tmp_path / "out" / "ranked.parquet")
    peers = {peer["model"]: peer for peer in row["peers"]}
    assert row["recall"] > peers["popularity"]["recall"]
    assert row["recall"] > peers["item cosine"]["recall"]
    assert row["ndcg"] > peers["popularity"]["ndcg"]
    for name, peer in peers.items():
        assert peer["missing"] if "missing" in peer else 0 < peer["recall"] < 1, name
    ranked = pq.read_table(tmp_path / "out" / "ranked.parquet")
    assert ranked.column_names == ["user", "item", "rank"]
    assert len(ranked) == 300 * 20
    shown = set(zip(ranked["user"].to_pylist(), ranked["item"].to_pylist(), strict=True))
    for part in ("train", "valid"):
        assert not shown & set(map(tuple, read_pairs(folder / f"{part}.tsv.gz").T.tolist()))
    assert ranked["rank"].to_pylist()[:20] == list(range(1, 21))


def test_few_interactions_beat_popularity_and_none_equals_it(folder: Path) -> None:
    none, one, three = cold_start(folder)
    assert none["recall"] == none["popularity_recall"] > 0
    assert three["recall"] > three["popularity_recall"]
    assert [row["known_interactions"] for row in (none, one, three)] == [0, 1, 3]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"train\.tsv\.gz"):
        bench(tmp_path)
