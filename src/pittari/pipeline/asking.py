"""Sources are asked what it could be; one that fails yields nothing, and to nobody else's harm."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass

import numpy as np

from pittari.errors import PartError
from pittari.model.candidates import NONE, Candidates, stacked, union
from pittari.model.request import Batch
from pittari.pipeline.stages import Source

log = logging.getLogger(__name__)
Failed = list[dict[str, str]]
"""For each request of a batch, which sources failed and how."""
_THREADS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="source")


@dataclass(frozen=True, slots=True)
class SourceUse:
    """A source on a menu: how many candidates it may name and how long it may take."""

    source: Source
    limit: int
    deadline_ms: float


def asked(uses: Sequence[SourceUse], batch: Batch) -> tuple[Candidates, Failed]:
    """Returns what the sources name, each item once for a request, and which of them failed.

    A source that raises or breaks its contract for several is asked for each of them alone: it may
    have to do with one of them.
    """
    failed: Failed = [{} for _ in batch]
    parts: dict[str, Candidates] = {}
    begun = time.perf_counter()
    uses = [use for use in uses if use.source.name not in batch.without]
    waiting = [_begun(use, batch) for use in uses]
    for use, future in zip(uses, waiting, strict=True):
        name = use.source.name
        try:
            parts[name] = _answer(use, batch, future, begun)
        except Late:
            for one in failed:
                one[name] = "deadline"
        except Exception as error:
            parts[name] = _alone(use, batch, error, failed)
    try:
        return _union(batch, list(parts.values())), failed
    except PartError as error:
        for use in uses:
            part = parts.get(use.source.name, NONE)
            if not _sound(batch, part):
                parts[use.source.name] = _alone(use, batch, error, failed)
        return _union(batch, list(parts.values())), failed


def _begun(use: SourceUse, batch: Batch) -> Future[Candidates] | None:
    """Begins to ask a source that waits, in a thread."""
    source = use.source
    return _THREADS.submit(source.candidates, batch, use.limit) if source.waits else None


def _answer(
    use: SourceUse, batch: Batch, waiting: Future[Candidates] | None, begun: float
) -> Candidates:
    """Returns what one source names; `waiting` is its answer where it has a thread, since `begun`.

    One that computes in place has its deadline for each request. Raises `Late` at the deadline,
    `PartError` when the source breaks its contract, and what the source raises.
    """
    name, deadline, most = use.source.name, use.deadline_ms / 1000, use.limit
    if waiting is not None:
        try:
            part = waiting.result(max(0.0, deadline - (time.perf_counter() - begun)))
        except Late:
            waiting.cancel()
            raise
    else:
        begun = time.perf_counter()
        part = use.source.candidates(batch, most)
        if time.perf_counter() - begun > deadline * len(batch):
            raise Late
    whose = part.whose
    if not len(part):
        return part
    mixed = np.count_nonzero(whose[1:] < whose[:-1])
    if mixed or not 0 <= whose[0] <= whose[-1] < len(batch):
        raise PartError(f"expected candidates for the {len(batch)} who ask, the first one's first")
    if len(part) > most and np.count_nonzero(whose[most:] == whose[:-most]):
        raise PartError(f"expected at most {most} candidates, got {np.bincount(whose).max()}")
    _check_columns(name, part, len(batch.catalog))
    return part


def _check_columns(name: str, part: Candidates, rows: int) -> None:
    """Raises `PartError` for columns that are not what a source may say."""
    told = part.columns.get(name)
    if told is None or any(own.shape != part.items.shape for own in part.columns.values()):
        raise PartError(f"expected a column {name}, and one entry per candidate in each column")
    if told.dtype.kind != "f" or not np.count_nonzero(np.isfinite(told)) == len(told):
        raise PartError(f"expected finite scores as float32 in the column {name}, got {told.dtype}")
    because = part.columns.get(f"because.{name}")
    if because is not None and (
        because.dtype.kind != "i" or because.min() < -1 or because.max() >= rows
    ):
        raise PartError(f"expected rows of the catalogue, or -1, in the column because.{name}")


def _alone(use: SourceUse, batch: Batch, error: Exception, failed: Failed) -> Candidates:
    """Returns what a source that failed for a batch names for each request alone."""
    name = use.source.name
    if len(batch) == 1:
        log.warning("source %s failed: %r", name, error)
        failed[0][name] = type(error).__name__
        return NONE
    log.warning("source %s is asked for each of %d requests: %r", name, len(batch), error)
    begun = time.perf_counter()
    ones = [batch.only(number) for number in range(len(batch))]
    waiting = [_begun(use, one) for one in ones]
    parts = []
    for one, future, own in zip(ones, waiting, failed, strict=True):
        part = NONE
        try:
            told = _answer(use, one, future, begun)
            _union(one, [told])
            part = told
        except Late:
            own[name] = "deadline"
        except Exception as reason:
            log.warning("source %s failed for one of them: %r", name, reason)
            own[name] = type(reason).__name__
        parts.append(part)
    return stacked(parts)


def _union(batch: Batch, parts: Sequence[Candidates]) -> Candidates:
    """Returns the union of what sources name. Raises `PartError` for what is no item, or twice."""
    named = union(parts)
    # one below 0 reads as a very high one
    if np.count_nonzero(named.items.view(np.uint32) >= len(batch.catalog)):
        raise PartError("expected rows of the catalogue from each source")
    return named


def _sound(batch: Batch, part: Candidates) -> bool:
    """Returns whether a part names rows of the catalogue, none twice for a request."""
    try:
        _union(batch, [part])
    except PartError:
        return False
    return True
