"""Is an item that nobody has touched found by those who would like it?

Items are hidden in turns, with all that anyone did with them; the table `content` is learned from
the rest. Each person's warm items vote for their neighbours, and the ranking of all items the
person does not have is judged by the hidden ones the person did take.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from pittari import clock
from pittari.errors import DataError
from pittari.learning.content import Content
from pittari.learning.goods import goods
from pittari.learning.pairs import Pairs
from pittari.learning.rows import NO_LOOKS, LogRows, read
from pittari.model.catalog import Item, Rows
from pittari.settings import LearnTable, Project, project
from pittari.store import open_store

LEAST = 5
"""An item with fewer people teaches nothing when it is hidden."""
BLOCK = 2_000_000
"""Cells of a dense block of scores."""

Floats = npt.NDArray[np.float64]


def bench(
    items: Sequence[Item],
    users: npt.NDArray[np.integer[Any]],
    taken: npt.NDArray[np.integer[Any]],
    *,
    folds: int = 5,
    k: int = 20,
    seed: int = 0,
    settings: LearnTable | None = None,
) -> dict[str, Any]:
    """Measures cold items; `users[i]` (numbers from 0) took `items[taken[i]]`.

    Returns the mean over people with a hidden item of Recall@k (all items ranked) and of the AUC
    among hidden items (a hidden item taken stands before one not taken; 0.5 is chance), for
    `content`, for `popularity`, which knows no hidden item, and for `chance`; and `reached`, the
    share of hidden items that the list of a warm item holds. Raises `DataError` when no item has
    enough people.
    """
    world = _rows(items, users, taken)
    held = np.flatnonzero((world.people >= LEAST) & world.goods.active)
    if len(held) < folds:
        raise DataError(f"expected {folds} items with {LEAST} people or more, got {len(held)}")
    dice = np.random.default_rng(seed)
    turns = np.array_split(dice.permutation(held), folds)
    tallies = {name: _Tally(k) for name in ("content", "popularity", "chance")}
    reached = 0
    for hidden in turns:
        near = _content(world, hidden, settings or LearnTable())
        warm = np.setdiff1d(np.arange(len(world.items)), hidden)
        reached += len(np.intersect1d(near[warm].indices, hidden))
        _judge(world, hidden, near, tallies, dice)
    return {
        "items": len(items),
        "hidden": len(held),
        "people": tallies["content"].people,
        "folds": folds,
        "k": k,
        "reached": reached / len(held),
        **{name: tally.figures() for name, tally in tallies.items()},
    }


@dataclass
class _Tally:
    """Recall@k and AUC of one ranking, summed over people."""

    k: int
    people: int = 0
    recall: float = 0.0
    auc: float = 0.0
    compared: int = 0

    def add(self, scores: Floats, barred: Rows, wanted: Rows, hidden: Rows) -> None:
        """Counts one person: scores of all items, those barred, those wanted of the hidden."""
        own, other = scores[wanted], scores[np.setdiff1d(hidden, wanted)]
        if len(other):
            before = (own[:, None] > other).mean() + (own[:, None] == other).mean() / 2
            self.auc, self.compared = self.auc + float(before), self.compared + 1
        scores = scores.copy()
        scores[barred] = -np.inf
        first = np.argsort(-scores, kind="stable")[: self.k]
        first = first[scores[first] > 0]
        self.recall += len(np.intersect1d(first, wanted)) / len(wanted)
        self.people += 1

    def figures(self) -> dict[str, float]:
        return {
            f"recall_at_{self.k}": round(self.recall / max(self.people, 1), 4),
            "auc": round(self.auc / max(self.compared, 1), 4),
        }


def _rows(items: Sequence[Item], users: Any, taken: Any) -> LogRows:
    """Returns the world as learning reads it, with every action alike."""
    shop = goods(items)
    place = np.searchsorted(shop.ids, np.array([item.id.encode() for item in items], "S"))
    cells = np.unique(np.stack([np.asarray(users), place[np.asarray(taken)]]), axis=1)
    user, item = cells.astype(np.int32)
    keys = np.arange(int(user.max(initial=-1)) + 1, dtype=np.uint64)
    pairs = Pairs(user, item, np.ones(len(user), np.float32), np.zeros(len(user), np.int64))
    return LogRows(0, shop.ids, keys, pairs, NO_LOOKS, shop)


def _content(world: LogRows, hidden: Rows, settings: LearnTable) -> csr_array:
    """Returns items x items: the table `content`, learned without the hidden items' people."""
    kept = ~np.isin(world.pairs.item, hidden)
    pairs = Pairs(*(column[kept] for column in _columns(world.pairs)))
    rows = LogRows(0, world.items, world.users, pairs, NO_LOOKS, world.goods)
    table = Content(settings).fit(rows).arrays
    near, weight = table["neighbours"], table["weight"]
    row, column = np.nonzero(near >= 0)
    shape = (len(near), len(near))
    return csr_array((weight[row, column], (row, near[row, column])), shape=shape)


def _columns(pairs: Pairs) -> tuple[npt.NDArray[Any], ...]:
    return pairs.user, pairs.item, pairs.weight, pairs.at


def _judge(
    world: LogRows,
    hidden: Rows,
    near: csr_array,
    tallies: dict[str, _Tally],
    dice: np.random.Generator,
) -> None:
    """Ranks for everyone who took a hidden item and a warm one, and counts what was found."""
    cold = np.zeros(len(world.items), np.bool_)
    cold[hidden] = True
    known = world.histories.multiply(~cold).tocsr()
    known.eliminate_zeros()
    popular = np.where(cold, 0, world.people).astype(np.float64)
    lost = world.histories.multiply(cold).tocsr()
    lost.eliminate_zeros()
    asked = np.flatnonzero((np.diff(known.indptr) > 0) & (np.diff(lost.indptr) > 0))
    width = max(1, BLOCK // len(world.items))
    for start in range(0, len(asked), width):
        people = asked[start : start + width]
        votes = (known[people] @ near).toarray().astype(np.float64)
        for person, scores in zip(people, votes, strict=True):
            own = known.indices[known.indptr[person] : known.indptr[person + 1]]
            wanted = lost.indices[lost.indptr[person] : lost.indptr[person + 1]]
            tallies["content"].add(scores, own, wanted, hidden)
            tallies["popularity"].add(popular, own, wanted, hidden)
            tallies["chance"].add(dice.random(len(scores)), own, wanted, hidden)


TAKEN = 0.8
"""Weight (`learning.pairs`) from which on an action takes an item: a download, a purchase."""


def of_project(plan: Project, kind: str = "package", k: int = 20) -> dict[str, Any]:
    """Measures a project's own items of a kind, by what was bought or downloaded."""
    store = open_store(plan.database_url, plan.lake, plan.parameters)
    try:
        items = [item for item in store.catalog.every_item() if item.kind == kind]
        learn = plan.settings.learn
        rows = read(store.lake, items, clock.now(), learn.window_days)
    finally:
        store.close()
    place = {item.id.encode(): i for i, item in enumerate(items)}
    known = np.array([place.get(name, -1) for name in rows.items.tolist()], np.int64)
    taken = known[rows.pairs.item]
    kept = (taken >= 0) & (rows.pairs.weight >= TAKEN)
    return bench(items, rows.pairs.user[kept], taken[kept], k=k, settings=learn)


@click.command()
@click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path, exists=True),
    help="Project folder; without it, the demo world is made anew.",
)
@click.option("--k", default=5, show_default=True, help="Places that count.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(folder: Path | None, k: int, as_json: bool) -> None:
    """Hide items with all that anyone did with them; are they found by what they are?"""
    if folder:
        told = of_project(project(folder), k=k)
    else:
        from pittari.demo import build

        with tempfile.TemporaryDirectory(prefix="pittari-cold-") as made:
            told = of_project(build(Path(made) / "demo"), k=k)
    click.echo(json.dumps(told, indent=None if as_json else 2))
