"""What do the workers do all day? Counts and times as Prometheus text, summed over all workers.

Each worker writes its numbers into a file of a shared folder once a second; whichever worker is
asked adds up all files. A worker that replaces a dead one goes on from its last numbers.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from pittari.model.decision import Decision

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds of the latency histogram, in seconds."""
FAMILIES: dict[str, tuple[str, str]] = {
    "pittari_requests_total": ("counter", "Requests by method, route and status."),
    "pittari_request_seconds": ("histogram", "Time from a request's head to its answer."),
    "pittari_decisions_total": ("counter", "Decisions by touchpoint and placement."),
    "pittari_dropped_total": ("counter", "Candidates left out, by reason."),
    "pittari_source_failures_total": ("counter", "Sources that gave nothing, by source and why."),
    "pittari_rows_total": ("counter", "Rows sent to the log: new ones, and those known already."),
    "pittari_log_waiting_rows": ("gauge", "Rows that wait to be durable."),
    "pittari_release": ("gauge", "The release of learned tables in force, by worker."),
    "pittari_workers": ("gauge", "Workers whose numbers are in this answer."),
}
"""Every family of numbers, its type, and what it says."""
_LABELS = {
    "pittari_requests_total": ("method", "route", "status"),
    "pittari_decisions_total": ("touchpoint", "placement"),
    "pittari_dropped_total": ("touchpoint", "reason"),
    "pittari_source_failures_total": ("source", "reason"),
    "pittari_rows_total": ("known",),
}
"""What tells the series of a counter apart."""
_SLOT, _FOLDER = "PITTARI_WORKER", "PITTARI_METRICS"
_decode = msgspec.json.Decoder(dict[str, float]).decode


class Metrics:
    """One worker's numbers. `folder`: where workers lay theirs together; None: there is one."""

    def __init__(self, worker: int = 0, folder: Path | None = None) -> None:
        self.worker, self.folder = worker, folder
        self._counts: dict[tuple[str, ...], float] = {}
        self._times: dict[tuple[str, str], list[float]] = {}
        self._before: dict[str, float] = self._left() if folder else {}

    @classmethod
    def of_process(cls) -> Metrics:
        """Returns the numbers of a process started by `pittari serve`, or of one on its own."""
        folder = os.environ.get(_FOLDER)
        return cls(int(os.environ.get(_SLOT, "0")), Path(folder) if folder else None)

    def count(self, series: tuple[str, ...], by: float = 1) -> None:
        """Adds to a counter: its family, and its labels in the order of `_LABELS`."""
        self._counts[series] = self._counts.get(series, 0) + by

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Counts an answered request and its time."""
        self.count(("pittari_requests_total", method, route, str(status)))
        times = self._times.get((method, route))
        if times is None:
            times = self._times[method, route] = [0.0] * (len(BUCKETS) + 2)
        times[bisect_left(BUCKETS, seconds)] += 1
        times[-1] += seconds

    def decision(self, decision: Decision, dropped: Mapping[str, int]) -> None:
        """Counts a decision, what it dropped and which sources failed it."""
        request = decision.request
        touchpoint = request.touchpoint
        self.count(("pittari_decisions_total", touchpoint, request.placement))
        for reason, n in dropped.items():
            self.count(("pittari_dropped_total", touchpoint, reason), n)
        for source, why in decision.failed.items():
            self.count(("pittari_source_failures_total", source, why))

    def publish(self, gauges: Mapping[str, float]) -> None:
        """Lays this worker's numbers beside the others'."""
        if self.folder is not None:
            draft = self.folder / f".{self.worker}.{os.getpid()}"
            draft.write_bytes(msgspec.json.encode(self._series(gauges)))
            draft.replace(self.folder / f"{self.worker}.json")

    def text(self, gauges: Mapping[str, float]) -> str:
        """Returns the numbers of all workers as Prometheus text, this worker's up to the moment."""
        self.publish(gauges)
        if self.folder is None:
            every = [self._series(gauges)]
        else:
            every = [_decode(file.read_bytes()) for file in sorted(self.folder.glob("*.json"))]
        total: dict[str, float] = {"pittari_workers": len(every)}
        for series in every:
            for name, value in series.items():
                total[name] = total.get(name, 0) + value
        return _text(total)

    def _left(self) -> dict[str, float]:
        """Returns the counters that the worker before this one left."""
        file = (self.folder or Path()) / f"{self.worker}.json"
        if not file.exists():
            return {}
        gauges = tuple(name for name, (kind, _) in FAMILIES.items() if kind == "gauge")
        left = _decode(file.read_bytes())
        return {name: value for name, value in left.items() if not name.startswith(gauges)}

    def _series(self, gauges: Mapping[str, float]) -> dict[str, float]:
        own = dict(self._before)
        for (family, *labels), value in self._counts.copy().items():
            name = f"{family}{{{_told(_LABELS[family], labels)}}}"
            own[name] = own.get(name, 0) + value
        for route, times in self._times.copy().items():
            for name, value in _histogram(_told(("method", "route"), route), times):
                own[name] = own.get(name, 0) + value
        return {**own, **gauges}


def _told(names: Sequence[str], values: Sequence[str]) -> str:
    """Returns labels as Prometheus writes them."""
    both = zip(names, values, strict=True)
    return ",".join(f'{name}="{_escaped(value)}"' for name, value in both)


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _histogram(labels: str, times: list[float]) -> list[tuple[str, float]]:
    """Returns the cumulative buckets, count and sum of one histogram."""
    rows, total = [], 0.0
    for bound, n in zip((*BUCKETS, "+Inf"), times[:-1], strict=True):
        total += n
        rows.append((f'pittari_request_seconds_bucket{{{labels},le="{bound}"}}', total))
    rows.append((f"pittari_request_seconds_count{{{labels}}}", total))
    rows.append((f"pittari_request_seconds_sum{{{labels}}}", times[-1]))
    return rows


def _text(series: Mapping[str, float]) -> str:
    lines = []
    for family, (kind, said) in FAMILIES.items():
        lines += [f"# HELP {family} {said}", f"# TYPE {family} {kind}"]
        own = (name for name in series if name.partition("{")[0].startswith(family))
        lines += [f"{name} {series[name]:.10g}" for name in own]
    return "\n".join(lines) + "\n"
