"""Editions from the command line: a clock that runs, is looked at, stopped and hastened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner, Result
from tests.editions.conftest import topics

from pittari import clock
from pittari.cli import root
from pittari.engine import Engine
from pittari.errors import Conflict, NotFound
from pittari.model.edition import Planned
from pittari.settings import project

NAME = "2026-01-31/morning"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project with topics and an edition that is due in an hour."""
    assert asked("init", str(tmp_path)).exit_code == 0
    engine = Engine.open(project(tmp_path))
    now = engine.store.editions.now()
    engine.store.topics.put(topics(20, now))
    due = now + clock.HOUR
    engine.store.editions.plan([Planned(NAME, "morning", due, due, due + clock.HOUR)])
    engine.close()
    return tmp_path


def asked(*words: str) -> Result:
    return CliRunner().invoke(root, words)


def told(place: Path, *words: str) -> Result:
    return asked("digest", *words, "--project", str(place))


def test_a_script_keeps_a_topic_out_and_lets_the_edition_go(place: Path) -> None:
    assert told(place, "veto", NAME, "t0", "--actor", "mika").exit_code == 0
    assert told(place, "veto", NAME, "t1").exit_code == 0
    assert told(place, "veto", NAME, "t1", "--back").exit_code == 0
    gone = told(place, "release", NAME, "--actor", "mika")
    assert (gone.exit_code, "released" in gone.output) == (0, True)
    again = told(place, "release", NAME)
    assert isinstance(again.exception, Conflict)
    lines = [json.loads(line) for line in (place / "data" / "outbox.jsonl").open()]
    assert "t0" not in {line["topic"] for line in lines}
    assert [line["place"] for line in lines] == list(range(1, len(lines) + 1))


def test_an_edition_that_is_held_does_not_go(place: Path) -> None:
    assert told(place, "veto", NAME, "--why", "verdict expected").exit_code == 0
    gone = told(place, "release", NAME)
    assert (gone.exit_code, "skipped" in gone.output) == (1, True)
    assert isinstance(told(place, "veto", "tomorrow").exception, NotFound)


def test_the_status_says_how_editions_stand(place: Path) -> None:
    said = json.loads(told(place, "status", "--json").output)
    assert [(one["edition"], one["state"]) for one in said["editions"]] == [(NAME, "planned")]
    assert f"{NAME} " in told(place, "status").output
    told(place, "release", NAME)
    said = json.loads(told(place, "status", "--json").output)
    assert said["editions"][0]["decision"]


@pytest.fixture
def feed() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<rss version='2.0'><channel><item><title>Boats</title></item></channel></rss>"
            self.send_response(200 if self.path == "/good" else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_feeds_are_asked_and_those_that_fail_are_told(place: Path, feed: str) -> None:
    assert "no feeds are named" in told(place, "feeds").output
    settings = place / "pittari.toml"
    settings.write_text(
        settings.read_text() + f'\n[[digest.feed]]\nurl = "{feed}/good"\nprivate = true\n'
        f'[[digest.feed]]\nurl = "{feed}/bad"\nprivate = true\n'
    )
    said = told(place, "feeds", "--json")
    good, bad = json.loads(said.output)["feeds"]
    assert (said.exit_code, good["new"]) == (1, 1)
    assert "expected 200, got 404" in bad["problem"]
    status = json.loads(told(place, "status", "--json").output)
    assert [one["url"] for one in status["feeds"]] == [f"{feed}/bad"]


def test_the_clock_runs_until_it_is_told_to_end(place: Path) -> None:
    engine = Engine.open(project(place))
    now = engine.store.editions.now()
    name = "2026-02-01/morning"
    engine.store.editions.plan([Planned(name, "morning", now, now, now + clock.HOUR)])
    command = [sys.executable, "-m", "pittari", "digest", "run", "--project", str(place)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        for _ in range(1000):
            if engine.store.editions.edition(name).state == "released":
                break
            time.sleep(0.1)
        assert engine.store.editions.edition(name).state == "released"
    finally:
        os.kill(running.pid, signal.SIGTERM)
        assert running.wait(30) == 0
    engine.close()


def test_a_scheduler_may_call_the_clock(place: Path) -> None:
    assert told(place, "run", "--once").exit_code == 0
    said = json.loads(told(place, "status", "--json").output)
    assert len(said["editions"]) > 1
