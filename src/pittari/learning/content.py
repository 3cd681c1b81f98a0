"""Which items are alike in what they are? The bridge to items that nobody has touched yet."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, diags_array

from pittari.learning.goods import Goods
from pittari.learning.learner import Learned
from pittari.learning.nearest import blocks, top
from pittari.learning.rows import LogRows
from pittari.model.candidates import Scores
from pittari.model.catalog import Mask, Rows
from pittari.settings import LearnTable

SHARE = {"tag": 1.0, "creator": 0.5, "character": 0.8, "category": 0.3, "word": 0.6}
"""How much each field says of an item, where the item has it (squared, its part of the cosine)."""
COLD = 5
"""An item with fewer people than this is cold: its way to people is its likeness to others."""
HOSTS = 200
"""How many warm items, the nearest first, are asked for room for a cold one."""
COMMON = 0.2
"""A word of more than this share of many items tells nothing and costs most; it is left out."""


class Content:
    """Table `content`: items (all of them), neighbours i32 (items, k), weight f32 in [0, 1].

    TF-IDF (Salton and Buckley 1988) within each field, fields joined by `SHARE`, cosine. The last
    fifth of a list goes to cold items first, and one that is in no warm item's list then gets a
    place in the nearest (`reach`).
    """

    name = "content"

    def __init__(self, settings: LearnTable) -> None:
        self.k = settings.neighbours

    def fit(self, rows: LogRows) -> Learned:
        vectors = described(rows.goods)
        n, k = len(rows.items), self.k
        neighbours, weight = np.full((n, k), -1, np.int32), np.zeros((n, k), np.float32)
        cold = rows.goods.active & (rows.people < COLD)
        active = diags_array(rows.goods.active.astype(np.float32), dtype=np.float32)
        offered = csr_array(csr_array(active @ vectors).T)
        for start, block in blocks(vectors, offered):
            own = np.repeat(np.arange(start, start + block.shape[0]), np.diff(block.indptr))
            block.data[own == block.indices] = 0
            stop = start + block.shape[0]
            neighbours[start:stop], weight[start:stop] = _roomy(block, cold, k)
        np.minimum(weight, 1, out=weight)
        unreached = reach(neighbours, weight, vectors, cold, rows.people >= COLD)
        figures = {"items": float(n), "cold": float(cold.sum()), "unreached": float(unreached)}
        return Learned({"items": rows.items, "neighbours": neighbours, "weight": weight}, figures)


def _roomy(block: csr_array, cold: Mask, k: int) -> tuple[Rows, Scores]:
    """Returns the k nearest of each row, of which the last fifth are the next cold items where the
    others leave them out."""
    near, likeness = top(block, k)
    room = k // 5
    if not room or not cold.any():
        return near, likeness
    block.data[~cold[block.indices]] = 0
    guests, their = top(block, room)
    head = k - room
    guests[(guests[:, :, None] == near[:, None, :head]).any(axis=2)] = -1
    tail = near[:, head:].copy()
    tail[(tail[:, :, None] == guests[:, None, :]).any(axis=2)] = -1
    all_near = np.concatenate([near[:, :head], guests, tail], axis=1)
    all_likeness = np.concatenate([likeness[:, :head], their, likeness[:, head:]], axis=1)
    first = np.argsort(all_near < 0, axis=1, kind="stable")[:, :k]
    near = np.take_along_axis(all_near, first, axis=1)
    likeness = np.where(near >= 0, np.take_along_axis(all_likeness, first, axis=1), 0)
    order = np.argsort(-likeness, axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1), np.take_along_axis(likeness, order, axis=1)


def described(goods: Goods) -> csr_array:
    """Returns items x features: rows of length 1, or 0 where nothing is told."""
    words = goods.words.astype(np.float32)
    n = words.shape[0]
    held = np.bincount(words.indices, minlength=words.shape[1])
    useful = (held <= max(200, COMMON * n)) & (held > 1)
    idf = np.where(useful, np.log((1 + n) / (1 + held)), 0).astype(np.float32)
    total: Any = csr_array(words.shape, dtype=np.float32)
    for field, share in enumerate(SHARE.values()):
        one = np.where(goods.fields == field, idf, 0).astype(np.float32)
        total = total + _unit(words @ diags_array(one, dtype=np.float32)) * np.float32(share)
    return _unit(total)


def _unit(matrix: Any) -> csr_array:
    """Returns the matrix without zeros, with rows divided by their lengths."""
    matrix = csr_array(matrix)
    matrix.eliminate_zeros()
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    scale = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    return csr_array(diags_array(scale, dtype=np.float32) @ matrix)


def reach(neighbours: Rows, weight: Scores, vectors: csr_array, cold: Mask, warm: Mask) -> int:
    """Gives each cold item that stands in no warm item's list a place in one, in place.

    It takes the last place that can go, in the last fifth of the nearest list that has one: of a
    warm item, or of a cold one that another warm item's list holds too. Returns how many are left
    out: they share no word with a warm item, or all room is taken.
    """
    held = neighbours[warm]
    times = np.bincount(held[held >= 0], minlength=len(neighbours))
    times[~cold] = len(neighbours)
    guests, hosts = np.flatnonzero(cold & (times == 0)), np.flatnonzero(warm)
    offered = csr_array(vectors[hosts].T)
    full = np.zeros(len(neighbours), np.bool_)
    left, changed = 0, set()
    for start, block in blocks(csr_array(vectors[guests]), offered):
        near, likeness = top(block, HOSTS)
        for row, guest in enumerate(guests[start : start + len(near)].tolist()):
            for column in np.flatnonzero(near[row] >= 0).tolist():
                host = int(hosts[near[row, column]])
                place = -1 if full[host] else _free(neighbours[host], times)
                if place >= 0:
                    if neighbours[host, place] >= 0:
                        times[neighbours[host, place]] -= 1
                    times[guest] += 1
                    neighbours[host, place] = guest
                    weight[host, place] = min(1, likeness[row, column])
                    changed.add(host)
                    break
                full[host] = True
            else:
                left += 1
    for host in changed:
        order = np.argsort(-weight[host], kind="stable")
        neighbours[host], weight[host] = neighbours[host, order], weight[host, order]
    return left


def _free(row: Rows, times: npt.NDArray[np.intp]) -> int:
    """Returns an empty place of a list, else the last one in its last fifth whose item stands in
    other lists too, else -1."""
    if row[-1] < 0:
        return int(np.flatnonzero(row < 0)[0])
    for place in range(len(row) - 1, len(row) - 1 - max(1, len(row) // 5), -1):
        if times[row[place]] > 1:
            return place
    return -1
