"""From a request to a decision: ask, drop, score, lay out; nothing is lost and nothing doubled."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.errors import PartError
from pittari.model.candidates import Candidates, Places, bounds, turns, union
from pittari.model.decision import Decision, Dropped
from pittari.model.event import Slot
from pittari.model.request import Batch, Request
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
        return self._decided(Batch((request,)))[0]

    def decide_all(self, batch: Batch) -> list[Decision | Exception]:
        """Returns the answers that `decide` would give, or what it would raise: whoever asks
        together with others gets the same, sooner. Where a part fails, each is answered alone."""
        if len(batch) > 1:
            try:
                return [*self._decided(batch)]
            except Exception as error:
                log.warning("%d requests are answered one by one: %r", len(batch), error)
        return [self._alone(batch.only(number)) for number in range(len(batch))]

    def tell(self, decision: Decision) -> None:
        """Tells the observers of a decision; an observer that fails is logged, nothing else."""
        for observer in self.observers:
            try:
                observer.observe(decision)
            except Exception:
                log.exception("observer %s failed", type(observer).__name__)

    def _alone(self, batch: Batch) -> Decision | Exception:
        try:
            return self._decided(batch)[0]
        except Exception as error:
            return error

    def _decided(self, batch: Batch) -> list[Decision]:
        named, failed = self._ask(batch)
        stay, drops = self._drop(batch, named)
        scored = self._score(batch, stay)
        laid = self.composer.arrange(batch, scored)
        placed, left = _placed(batch, laid, scored), laid.left.nonzero()[0]
        drops.append((scored, left, laid.left.take(left), ("", *self.composer.vocabulary)))
        slots = self._slots(batch, placed, laid)
        told = zip(batch, slots, placed.each(len(batch)), _dropped(drops, len(batch)), strict=True)
        return [Decision(*one, failed) for one in told]

    def _ask(self, batch: Batch) -> tuple[Candidates, dict[str, str]]:
        """Returns what the sources name, each item once, and which of them failed and how.

        Raises what a source raises where several ask: it may have to do with one of them.
        """
        parts: dict[str, Candidates] = {}
        failed: dict[str, str] = {}
        begun = time.perf_counter()
        asked = [use for use in self.sources if use.source.name not in batch.without]
        waiting = [
            _THREADS.submit(use.source.candidates, batch, use.limit) if use.source.waits else None
            for use in asked
        ]
        for use, future in zip(asked, waiting, strict=True):
            name = use.source.name
            try:
                parts[name] = _asked(batch, use, future, begun)
            except Late:
                failed[name] = "deadline"
            except Exception as error:
                failed[name] = _said(name, error, batch)
        try:
            named = union(list(parts.values()))
            if _strange(batch, named):
                raise PartError("expected rows of the catalogue from each source")
            return named, failed
        except PartError as error:
            for name, part in list(parts.items()):
                if _strange(batch, part) or len(set(part.items.tolist())) < len(part):
                    failed[name] = _said(name, error, batch)
                    del parts[name]
            return union(list(parts.values())), failed

    def _drop(self, batch: Batch, candidates: Candidates) -> tuple[Candidates, list[_Drop]]:
        """Gives every candidate the first reason any filter has against it."""
        codes = np.zeros(len(candidates), np.uint8)
        words: tuple[str, ...] = ("",)
        for part in self.filters:
            if np.count_nonzero(codes) == len(codes):
                break
            own = part.reasons(batch, candidates)
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

    def _score(self, batch: Batch, candidates: Candidates) -> Candidates:
        columns = dict(candidates.columns)
        scored = msgspec.structs.replace(candidates, columns=columns)
        columns["score"] = np.zeros(len(scored), np.float32)
        for scorer in self.scorers:
            column = scorer.scores(batch, scored)
            if column.shape != scored.items.shape or not _finite(column):
                raise PartError(f"{scorer.name}: expected one finite score per candidate")
            columns[scorer.name] = columns["score"] = column
        return scored

    def _slots(self, batch: Batch, placed: Candidates, laid: Arrangement) -> list[tuple[Slot, ...]]:
        """Returns the places of each request."""
        if not len(placed):
            return [()] * len(batch)
        ids, columns = batch.catalog.ids, placed.columns
        names = [k for k in columns if k != "score" and not k.startswith("because.")]
        table = np.concatenate([columns[name] for name in names], dtype=np.float64)
        table = table.round(6).reshape(len(names), -1).T
        rows, those = (~np.isnan(table)).nonzero()  # NaN: the source did not name the item
        told: list[dict[str, float]] = [{} for _ in range(len(placed))]
        cells = zip(rows.tolist(), those.tolist(), table[rows, those].tolist(), strict=True)
        for row, name, value in cells:
            told[row][names[name]] = value
        leads, reasons = zip(*self.explainer.reasons(batch, placed, laid.how), strict=True)
        places = (turns(placed.whose) + 1).tolist()
        named = [ids[item] for item in placed.items.tolist()]
        scores, chances = columns["score"].tolist(), laid.propensities.tolist()
        every = [*map(Slot, places, named, scores, chances, leads, reasons, told)]
        spans = pairwise(bounds(placed.whose, len(batch)))
        return [tuple(every[start:end]) for start, end in spans]


def _asked(
    batch: Batch, use: SourceUse, waiting: Future[Candidates] | None, begun: float
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
        part = use.source.candidates(batch, use.limit)
        if time.perf_counter() - begun > deadline:
            raise Late
    if len(part) and not 0 <= part.whose[0] <= part.whose[-1] < len(batch):
        raise PartError(f"expected candidates for the {len(batch)} who ask, the first one's first")
    most = use.limit
    if len(part) > most and np.count_nonzero(part.whose[most:] == part.whose[:-most]):
        raise PartError(f"expected at most {most} candidates, got {np.bincount(part.whose).max()}")
    if len(part) and name not in part.columns:
        raise PartError(f"expected a column {name}")
    return part


def _said(name: str, error: Exception, batch: Batch) -> str:
    """Returns a word for what a source raised. Raises it again where several ask."""
    if len(batch) > 1:
        raise error
    log.warning("source %s failed: %r", name, error)
    return type(error).__name__


def _strange(batch: Batch, part: Candidates) -> bool:
    """Returns whether any item is no row of the catalogue; one below 0 reads as a very high one."""
    return bool(np.count_nonzero(part.items.view(np.uint32) >= len(batch.catalog)))


def _finite(column: npt.NDArray[np.floating[Any]]) -> bool:
    return bool(np.count_nonzero(np.isfinite(column)) == len(column))


def _placed(batch: Batch, laid: Arrangement, scored: Candidates) -> Candidates:
    """Returns the candidates that have a place. Raises `PartError` for an arrangement that is
    none."""
    rows, left, n = laid.rows, laid.left, len(scored)
    told = rows.tolist()
    if (told and not 0 <= min(told) <= max(told) < n) or len(set(told)) != len(told):
        raise PartError(f"composer: expected distinct rows of the {n} given")
    if (
        not len(laid.propensities) == len(laid.how) == len(told)
        or not len(left) == n == np.count_nonzero(left) + len(told)
        or np.count_nonzero(left.take(rows))
    ):
        raise PartError("composer: expected a propensity per place and a code per candidate")
    placed = scored.take(rows)
    sizes = np.bincount(placed.whose, minlength=len(batch)).tolist()
    mixed = np.count_nonzero(placed.whose[1:] < placed.whose[:-1])
    if mixed or any(size > one.n for size, one in zip(sizes, batch, strict=True)):
        raise PartError("composer: expected at most n rows of each request, one after the other")
    return placed


def _dropped(drops: Sequence[_Drop], requests: int) -> list[Dropped]:
    """Puts the drops of all stages under one vocabulary, those of each request together."""
    words: tuple[str, ...] = ()
    keys, told = [], []
    for candidates, rows, own, vocabulary in drops:
        whose, codes = candidates.whose.take(rows), own + np.uint8(len(words))
        told.append((candidates, rows, codes, bounds(whose, requests)))
        keys.append(whose + codes * np.intp(requests))
        words += vocabulary
    totals = np.bincount(np.concatenate(keys), minlength=requests * len(words))
    counts = totals.reshape(len(words), requests).T.tolist()
    return [
        Dropped(
            tuple(
                (candidates, rows[ends[k] : ends[k + 1]], codes[ends[k] : ends[k + 1]])
                for candidates, rows, codes, ends in told
            ),
            words,
            {word: n for word, n in zip(words, counts[k], strict=True) if n},
        )
        for k in range(requests)
    ]
