"""From a request to a decision: ask, drop, score, lay out; nothing is lost and nothing doubled."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.errors import PartError
from pittari.model.candidates import Candidates, Places, bounds, turns
from pittari.model.decision import Decision, Dropped
from pittari.model.event import Slot
from pittari.model.request import Batch, Request
from pittari.pipeline.asking import SourceUse, asked
from pittari.pipeline.stages import (
    Arrangement,
    Codes,
    Composer,
    Explainer,
    Filter,
    Observer,
    Scorer,
)

log = logging.getLogger(__name__)
_Drop = tuple[Candidates, Places, Codes, tuple[str, ...]]
"""Candidates of a stage, the rows of those that fell there, their codes and what codes say."""


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
        named, failed = asked(self.sources, batch)
        stay, drops = self._drop(batch, named)
        scored = self._score(batch, stay)
        laid = self.composer.arrange(batch, scored)
        placed, left = _placed(batch, laid, scored), laid.left.nonzero()[0]
        drops.append((scored, left, laid.left.take(left), ("", *self.composer.vocabulary)))
        slots = self._slots(batch, placed, laid)
        each = placed.each(len(batch))
        told = zip(batch, slots, each, _dropped(drops, len(batch)), failed, strict=True)
        return [Decision(*one) for one in told]

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
