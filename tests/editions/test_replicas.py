"""Two hundred editions, replicas whose clocks differ, and kill -9: each goes out exactly once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path

import msgspec
import pytest
from tests.editions import replicas
from tests.editions.conftest import topics
from tests.editions.replicas import NAME

from pittari import clock
from pittari.editions.gathering import read_sheet
from pittari.model.edition import Planned
from pittari.store import Store

AHEAD = (0.0, 90.0)


def editions(begin: int, count: int, every: int) -> list[Planned]:
    return [
        Planned(f"{number:03}/{NAME}", NAME, due, due, due + clock.HOUR)
        for number in range(count)
        for due in [begin + number * every]
    ]


def check_once(store: Store, folder: Path, planned: list[Planned]) -> None:
    """Each edition was claimed, decided and released once, and each of its rows written once."""
    done = Counter((act.action, act.subject) for act in store.audit.acts(limit=100_000))
    decisions = Counter(row.event_id for _, row in store.events.since(0, 100_000))
    lines = (folder / "outbox.jsonl").read_bytes().splitlines()
    written = Counter(msgspec.json.decode(line)["key"] for line in lines)
    for one in planned:
        edition = store.editions.edition(one.id)
        sheet, rows = read_sheet(edition.body), store.outbox.of(one.id)
        assert edition.state == "released"
        assert (done["edition.claim", one.id], done["edition.release", one.id]) == (1, 1)
        assert decisions[edition.decision] == 1
        assert sheet is not None
        assert tuple(row.topic for row in rows) == sheet.topics
        assert [written[row.key] for row in rows] == [1] * len(rows)
    assert len(decisions) == len(planned)
    assert len(lines) == sum(len(store.outbox.of(one.id)) for one in planned)


@pytest.mark.parametrize(
    ("database_url", "count", "a_second"),
    [("sqlite", 200, 8), pytest.param("postgresql", 40, 3, marks=pytest.mark.postgres)],
    indirect=["database_url"],
)
def test_each_edition_goes_out_once_though_replicas_are_killed_all_the_time(
    database_url: str, count: int, a_second: int, tmp_path: Path, processes: ForkServerContext
) -> None:
    dice = random.Random(1)
    replicas.ruled(tmp_path)
    store = replicas.opened(database_url, tmp_path)
    now = store.editions.now()
    store.topics.put(topics(40, now))
    planned = editions(now + 2 * clock.SECOND, count, clock.SECOND // a_second)
    store.editions.plan(planned)
    running, started = [], 0
    end = time.monotonic() + 200
    while store.editions.unfinished(now + clock.HOUR) and time.monotonic() < end:
        while len(running) < 2:
            arguments = (database_url, tmp_path, f"replica-{started}", AHEAD[started % 2])
            running.append(processes.Process(target=replicas.replica, args=arguments))
            running[-1].start()
            started += 1
        time.sleep(dice.uniform(0.3, 0.9))
        victim = running.pop(dice.randrange(2))
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGKILL)
        victim.join()
    replicas.runner(store, tmp_path, "last").tick()
    for process in running:
        process.kill()
        process.join()
    assert started > 10
    check_once(store, tmp_path, planned)
    store.close()


def test_a_replica_killed_at_any_step_leaves_the_edition_to_the_next(
    database_url: str, tmp_path: Path, processes: ForkServerContext
) -> None:
    replicas.ruled(tmp_path)
    store = replicas.opened(database_url, tmp_path)
    store.topics.put(topics(40, store.editions.now()))
    planned, killed, step = [], 0, 1
    while True:
        now = store.editions.now()
        edition = Planned(f"{step}/{NAME}", NAME, now, now, now + clock.HOUR)
        store.editions.plan([edition])
        planned.append(edition)
        arguments = (step, database_url, tmp_path, "one")
        child = processes.Process(target=replicas.die_at, args=arguments)
        child.start()
        child.join()
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
        killed += 1
        step = int(step * 1.5) + 9
        heir = replicas.runner(store, tmp_path, "two")
        end = time.monotonic() + 60
        while store.editions.unfinished(now + clock.MINUTE) and time.monotonic() < end:
            heir.tick()
            time.sleep(0.05)
    assert killed > 8
    check_once(store, tmp_path, planned)
    store.close()
