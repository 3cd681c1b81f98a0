"""How well does taste recommend, how long does it learn, and who does it better?

The folder holds `train.tsv.gz` and `test.tsv.gz` (and perhaps `valid.tsv.gz`), each with the
columns `user` and `item` as integers. Taste learns from train alone; every user's items of train
and valid are masked, all others are ranked, and the first 20 are judged by test.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
import scipy.sparse as sp
from pyarrow import csv

from pittari.cli.bench.taste_peers import PEERS, Ranked, cells_of, popularity
from pittari.errors import DataError
from pittari.learning.taste import TasteSettings, fit, recall_ndcg

K = 20
BATCH = 256  # people a peer answers at once
Row: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Split:
    """One public data set, cut as published; every matrix is users x items."""

    name: str
    train: Any
    seen: Any
    test: Any

    @classmethod
    def read(cls, folder: Path) -> Split:
        """Reads the folder.

        Raises:
            DataError: A file is missing or has other columns.
        """
        parts = {"train": read_pairs(folder / "train.tsv.gz")}
        parts["test"] = read_pairs(folder / "test.tsv.gz")
        if (folder / "valid.tsv.gz").exists():
            parts["valid"] = read_pairs(folder / "valid.tsv.gz")
        users, items = np.max([pairs.max(axis=1) for pairs in parts.values()], axis=0) + 1
        made = {
            name: sp.csr_matrix(
                (np.ones(pairs.shape[1], dtype=np.float32), (pairs[0], pairs[1])),
                shape=(users, items),
            )
            for name, pairs in parts.items()
        }
        seen = (made["train"] + made["valid"]).tocsr() if "valid" in made else made["train"]
        return cls(folder.name, made["train"], seen, made["test"])


def bench(folder: Path, predictions: Path | None = None) -> Row:
    """Measures taste with its default settings, then its peers, on one data set.

    Args:
        folder: Where the data lies.
        predictions: Parquet file to write: user, item, rank (from 1), 20 rows per user.

    Returns:
        `recall`, `ndcg`, `coverage` (share of items ever shown), `fit_seconds`,
        `users_per_second` (ranking all items), `peak_rss_gb` (of the whole process up to then),
        the settings, and the same of each peer under `peers`; a peer that is not installed or
        cannot run says so in `missing`.
    """
    split = Split.read(folder)
    began = time.perf_counter()
    model = fit(split.train)
    fitted = time.perf_counter()
    ranked, _ = model.top(split.train, K, exclude=split.seen)
    ended = time.perf_counter()
    row = {
        "data": split.name,
        "users": split.train.shape[0],
        "items": split.train.shape[1],
        "pairs": split.train.nnz,
        **judged(ranked, split),
        "fit_seconds": round(fitted - began, 2),
        "users_per_second": round(len(ranked) / (ended - fitted), 1),
        "peak_rss_gb": peak_rss_gb(),
        "families": list(model.families),
        "settings": asdict(TasteSettings()),
    }
    if predictions is not None:
        write_predictions(ranked, predictions)
    return row | {"peers": [peer_row(name, split) for name in PEERS]}


def cold_start(folder: Path, seed: int = 0) -> list[Row]:
    """Measures people of whom 0, 1 or 3 interactions are known, beside popularity.

    Every tenth user is new: the model never saw them. Of each, that many random items of train
    are known, and all their other items, of train and test, are to be found. With none known
    taste has no answer and popularity stands in.
    """
    split = Split.read(folder)
    new = np.arange(split.train.shape[0]) % 10 == 0
    model = fit(split.train[~new])
    popular = popularity(split.train[~new])
    everything = (split.train[new] + split.test[new]).tocsr()
    rng = np.random.default_rng(seed)
    rows = []
    for known in (0, 1, 3):
        history = drawn(split.train[new], known, rng)
        truth = everything - history
        truth.eliminate_zeros()
        base = popular(np.arange(history.shape[0]), history, K)
        ranked, _ = model.top(history, K)
        ranked = np.where(ranked >= 0, ranked, base)
        recall, ndcg = recall_ndcg(ranked, truth, K)
        plain_recall, plain_ndcg = recall_ndcg(base, truth, K)
        rows.append(
            {
                "data": split.name,
                "known_interactions": known,
                "people": history.shape[0],
                "recall": round(recall, 4),
                "ndcg": round(ndcg, 4),
                "popularity_recall": round(plain_recall, 4),
                "popularity_ndcg": round(plain_ndcg, 4),
            }
        )
    return rows


def read_pairs(file: Path) -> npt.NDArray[np.int64]:
    """Returns two rows: the users and the items of one file."""
    try:
        table = csv.read_csv(file, parse_options=csv.ParseOptions(delimiter="\t"))
        return np.stack([table[name].to_numpy().astype(np.int64) for name in ("user", "item")])
    except (OSError, pa.ArrowInvalid, KeyError, ValueError) as problem:
        raise DataError(
            f"{file}: expected tab-separated columns user and item of integers, got: {problem}"
        ) from problem


def judged(ranked: Ranked, split: Split) -> Row:
    """Returns recall, NDCG and the share of items that stand in anyone's first places."""
    recall, ndcg = recall_ndcg(ranked, split.test, K)
    shown = np.unique(ranked[ranked >= 0]).size / split.test.shape[1]
    return {"recall": round(recall, 4), "ndcg": round(ndcg, 4), "coverage": round(shown, 3)}


def drawn(histories: Any, count: int, rng: np.random.Generator) -> Any:
    """Returns `count` random items of each history."""
    owners, items = cells_of(histories)
    order = np.lexsort((rng.random(len(items)), owners))
    chosen = order[np.arange(len(items)) - histories.indptr[owners] < count]
    cells = (owners[chosen], items[chosen])
    return sp.csr_matrix((histories.data[chosen], cells), shape=histories.shape)


def write_predictions(ranked: Ranked, file: Path) -> None:
    """Writes user, item and rank from 1, one row per place that holds an item."""
    users = np.repeat(np.arange(len(ranked), dtype=np.int32), ranked.shape[1])
    ranks = np.tile(np.arange(1, ranked.shape[1] + 1, dtype=np.int32), len(ranked))
    columns = {"user": users, "item": ranked.ravel(), "rank": ranks}
    real = ranked.ravel() >= 0
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({name: column[real] for name, column in columns.items()}), file)


def peak_rss_gb() -> float:
    """Returns the highest resident memory of this process so far, in 10^9 bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9, 2)


def peer_row(name: str, split: Split) -> Row:
    """Returns the figures of one peer, or why it has none."""
    began = time.perf_counter()
    try:
        answer = PEERS[name](split.train)
    except ImportError as problem:
        return {"model": name, "missing": str(problem)}
    seconds = round(time.perf_counter() - began, 2)
    more = int(np.diff(split.seen.indptr).max()) if split.seen is not split.train else 0
    batches = np.array_split(np.arange(split.train.shape[0]), split.train.shape[0] // BATCH + 1)
    parts = [
        without(answer(users, split.train[users], K + more), split.seen[users]) for users in batches
    ]
    return {"model": name, **judged(np.vstack(parts), split), "fit_seconds": seconds}


def without(ranked: Ranked, seen: Any) -> Ranked:
    """Returns the first K of each ranking that the person has not seen."""
    left = ~np.asarray(seen[np.arange(len(ranked))[:, None], ranked].todense()).astype(bool)
    order = np.argsort(~left, axis=1, kind="stable")[:, :K]
    return np.where(
        np.take_along_axis(left, order, axis=1), np.take_along_axis(ranked, order, axis=1), -1
    )
