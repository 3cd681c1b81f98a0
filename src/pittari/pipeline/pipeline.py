"""From a request to a decision: ask, drop, score, lay out; nothing is lost and nothing doubled."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.errors import PartError
from pittari.model.candidates import Candidates, Places, union
from pittari.model.decision import Decision, Dropped
from pittari.model.event import Slot
from pittari.model.request import Request
from pittari.pipeline.stages import (
    Arrangement,
    Codes,
    Composer,
    Explainer,
    Filter,
    Observer,
    Scorer,
    Source,
)

log = logging.getLogger(__name__)
_Drop = tuple[Candidates, Places, Codes, tuple[str, ...]]
"""Candidates of a stage, the rows of those that fell there, their codes and what codes say."""
_THREADS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="source")


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source on a menu: how many candidates it may name and how long it may take."""

    source: Source
    limit: int
    deadline_ms: float


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One menu of parts; `decide` is the only way to an answer."""

    sources: tuple[SourceUse, ...]
    filters: tuple[Filter, ...]
    scorers: tuple[Scorer, ...]
    composer: Composer
    explainer: Explainer
    observers: tuple[Observer, ...] = ()

    def decide(self, request: Request) -> Decision:
        """Returns the answer to a request: equal requests get equal decisions.

        A source that raises, breaks its contract or overruns its deadline yields nothing and is
        named in `failed`. Raises `PartError` when another part breaks its contract.
        """
        named, failed = self._ask(request)
        stay, drops = self._drop(request, named)
        scored = self._score(request, stay)
        arrangement = self.composer.arrange(request, scored)
        left = arrangement.left.nonzero()[0]
        _check(arrangement, left, len(scored), request.n)
        placed = scored.take(arrangement.rows)
        drops.append((scored, left, arrangement.left.take(left), ("", *self.composer.vocabulary)))
        return Decision(
            request, self._slots(request, placed, arrangement), placed, _joined(drops), failed
        )

    def tell(self, decision: Decision) -> None:
        """Tells the observers of a decision; an observer that fails is logged, nothing else."""
        for observer in self.observers:
            try:
                observer.observe(decision)
            except Exception:
                log.exception("observer %s failed", type(observer).__name__)

    def _ask(self, request: Request) -> tuple[Candidates, dict[str, str]]:
        """Returns what the sources name, each item once, and which of them failed and how."""
        parts: dict[str, Candidates] = {}
        failed: dict[str, str] = {}
        begun = time.perf_counter()
        asked = [use for use in self.sources if use.source.name not in request.without]
        waiting = [
            _THREADS.submit(use.source.candidates, request, use.limit) if use.source.waits else None
            for use in asked
        ]
        for use, future in zip(asked, waiting, strict=True):
            name = use.source.name
            try:
                parts[name] = _asked(request, use, future, begun)
            except Late:
                failed[name] = "deadline"
            except Exception as error:
                failed[name] = _said(name, error)
        try:
            return union(list(parts.values())), failed
        except PartError as error:
            for name, part in list(parts.items()):
                if len(set(part.items.tolist())) < len(part):
                    failed[name] = _said(name, error)
                    del parts[name]
            return union(list(parts.values())), failed

    def _drop(self, request: Request, candidates: Candidates) -> tuple[Candidates, list[_Drop]]:
        """Gives every candidate the first reason any filter has against it."""
        codes = np.zeros(len(candidates), np.uint8)
        words: tuple[str, ...] = ("",)
        for part in self.filters:
            if np.count_nonzero(codes) == len(codes):
                break
            own = part.reasons(request, candidates)
            if own.shape != codes.shape:
                raise PartError(f"{type(part).__name__}: expected one reason per candidate")
            if len(words) == 1:
                codes = own
            elif np.count_nonzero(own):
                fresh = (codes == 0) & (own > 0)
                codes = np.where(fresh, own + np.uint8(len(words) - 1), codes)
            words += part.vocabulary
        fell = codes.nonzero()[0]
        if not len(fell):
            return candidates, []
        stay = (codes == 0).nonzero()[0]
        return candidates.keep(stay), [(candidates, fell, codes.take(fell), words)]

    def _score(self, request: Request, candidates: Candidates) -> Candidates:
        columns = dict(candidates.columns)
        scored = Candidates(candidates.items, columns, candidates.ascending)
        columns["score"] = np.zeros(len(scored), np.float32)
        for scorer in self.scorers:
            column = scorer.scores(request, scored)
            if column.shape != scored.items.shape or not _finite(column):
                raise PartError(f"{scorer.name}: expected one finite score per candidate")
            columns[scorer.name] = columns["score"] = column
        return scored

    def _slots(
        self, request: Request, placed: Candidates, arrangement: Arrangement
    ) -> tuple[Slot, ...]:
        if not len(placed):
            return ()
        ids, columns = request.catalog.ids, placed.columns
        names = [k for k in columns if k != "score" and not k.startswith("because.")]
        table = np.concatenate([columns[name] for name in names], dtype=np.float64)
        table = table.round(6).reshape(len(names), -1).T
        rows, those = (~np.isnan(table)).nonzero()  # NaN: the source did not name the item
        told: list[dict[str, float]] = [{} for _ in range(len(placed))]
        cells = zip(rows.tolist(), those.tolist(), table[rows, those].tolist(), strict=True)
        for row, name, value in cells:
            told[row][names[name]] = value
        reasons = self.explainer.reasons(request, placed, arrangement.how)
        items, scores = placed.items.tolist(), columns["score"].tolist()
        chances = arrangement.propensities.tolist()
        return tuple(
            Slot(row + 1, ids[items[row]], scores[row], chances[row], *reasons[row], told[row])
            for row in range(len(items))
        )


def _asked(
    request: Request, use: SourceUse, waiting: Future[Candidates] | None, begun: float
) -> Candidates:
    """Returns what one source names; `waiting` is its answer where it has a thread, since `begun`.

    Raises `Late` at the deadline, `PartError` when the source breaks its contract, and what the
    source raises.
    """
    name, deadline = use.source.name, use.deadline_ms / 1000
    if waiting is not None:
        try:
            part = waiting.result(max(0.0, deadline - (time.perf_counter() - begun)))
        except Late:
            waiting.cancel()
            raise
    else:
        begun = time.perf_counter()
        part = use.source.candidates(request, use.limit)
        if time.perf_counter() - begun > deadline:
            raise Late
    if len(part) > use.limit:
        raise PartError(f"expected at most {use.limit} candidates, got {len(part)}")
    if len(part) and name not in part.columns:
        raise PartError(f"expected a column {name}")
    return part


def _said(name: str, error: Exception) -> str:
    log.warning("source %s failed: %r", name, error)
    return type(error).__name__


def _finite(column: npt.NDArray[np.floating[Any]]) -> bool:
    return bool(np.count_nonzero(np.isfinite(column)) == len(column))


def _check(arrangement: Arrangement, left: Places, candidates: int, n: int) -> None:
    rows = arrangement.rows.tolist()
    inside = not rows or (min(rows) >= 0 and max(rows) < candidates)
    if len(rows) > n or not inside or len(set(rows)) != len(rows):
        raise PartError(f"composer: expected at most {n} distinct rows of the {candidates} given")
    coded = len(arrangement.left) == candidates == len(left) + len(rows)
    if (
        len(arrangement.propensities) != len(rows)
        or not coded
        or np.count_nonzero(arrangement.left.take(arrangement.rows))
    ):
        raise PartError("composer: expected a propensity per place and a code per candidate")


def _joined(drops: Sequence[_Drop]) -> Dropped:
    """Puts the drops of all stages under one vocabulary."""
    words: tuple[str, ...] = ()
    codes = []
    for _, _, own, vocabulary in drops:
        codes.append(own.astype(np.uint8) + len(words))
        words += vocabulary
    parts = tuple((candidates, rows) for candidates, rows, _, _ in drops)
    return Dropped(parts, np.concatenate(codes), words)
