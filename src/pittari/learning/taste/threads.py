"""How do two cores share work that does not depend on how it is cut?"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TypeVar

from threadpoolctl import ThreadpoolController

In = TypeVar("In")
Out = TypeVar("Out")


def workers() -> int:
    """Returns how many threads this process may use: its cores, at most four."""
    affinity = getattr(os, "sched_getaffinity", None)
    return min(4, len(affinity(0)) if affinity else os.cpu_count() or 1)


def in_order(work: Callable[[In], Out], jobs: Iterable[In]) -> Iterator[Out]:
    """Runs `work` on each job in threads and yields the answers in the order of the jobs.

    Few answers wait at a time, so memory stays bounded. Linear algebra runs on one core inside a
    job: the answer to a job never depends on how many threads there are.
    """
    count = workers()
    waiting: deque[Future[Out]] = deque()
    with one_core_algebra(), ThreadPoolExecutor(count) as pool:
        for job in jobs:
            waiting.append(pool.submit(work, job))
            if len(waiting) > count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def one_core_algebra() -> Iterator[None]:
    """Keeps BLAS to one thread while our own threads hold the cores."""
    with loaded_libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def loaded_libraries() -> ThreadpoolController:
    """Returns the handle on the libraries with threads of their own: finding them takes long."""
    return ThreadpoolController()
