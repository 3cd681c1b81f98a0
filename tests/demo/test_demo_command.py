"""`pittari demo`: one command from nothing to a page, and a check of the whole house."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from pittari.cli import root
from pittari.demo import recipe_of
from pittari.errors import SettingsError
from pittari.settings import Project, project

SMALL = ("--people", "40", "--days", "6")
PITTARI = (sys.executable, "-c", "from pittari.cli import main; main()")


def test_a_check_decides_once_at_every_touchpoint_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(root, ["demo", "--check", "--json", *SMALL])
    assert list(tmp_path.iterdir()) == []
    assert done.exit_code == 0, done.output
    decisions = json.loads(done.stdout)["decisions"]
    assert [decision["touchpoint"] for decision in decisions] == [
        "shelf", "suggest", "digest"
    ]  # fmt: skip
    for decision in decisions:
        assert decision["slots"]
        assert [slot["place"] for slot in decision["slots"]] == [
            place + 1 for place in range(len(decision["slots"]))
        ]
        begins = {"shelf": "pkg-", "suggest": "pkg-", "digest": "demo-"}[decision["touchpoint"]]
        assert all(slot["item"].startswith(begins) for slot in decision["slots"])
    assert "learned tastes" in done.stderr


def test_a_check_reads_well_without_json() -> None:
    done = CliRunner().invoke(root, ["demo", "--check", *SMALL])
    shelf = r"shelf for demo-\d+: pkg-\d+(, pkg-\d+)*\n"
    row = r"suggest for demo-\d+: pkg-\d+-\d+(, pkg-\d+-\d+)*\n"
    edition = r"digest for demo-\d+: demo-\d+-\d+(, demo-\d+-\d+){5}\n"
    assert re.fullmatch(shelf + row + edition, done.stdout)


def test_json_without_a_check_is_refused() -> None:
    done = CliRunner().invoke(root, ["demo", "--json"])
    assert done.exit_code == 2
    assert "add --check" in done.output


@contextmanager
def opened(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Runs the command until the shop is open; yields the process and the address it told."""
    with subprocess.Popen(
        [*PITTARI, "demo", "--folder", str(folder), "--port", "0", *SMALL],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    ) as running:  # fmt: skip
        try:
            assert running.stdout is not None
            assert running.stderr is not None
            said = running.stdout.readline()
            told = re.search(r"http://127\.0\.0\.1:\d+", said)
            assert told, running.stderr.read()
            yield running, told[0]
        finally:
            if running.poll() is None:
                running.kill()


def test_the_command_makes_the_world_opens_the_shop_and_ends_clean(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    with opened(folder) as (running, address):
        with urllib.request.urlopen(f"{address}/", timeout=20) as page:
            assert "pkg-" in page.read().decode()
        with urllib.request.urlopen(f"{address}/pictures/pkg-001.svg", timeout=20) as picture:
            assert picture.headers["content-type"].startswith("image/svg+xml")
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
        assert running.returncode == 0, errors
        assert "Traceback" not in errors
    assert recipe_of(folder).people == 40
    assert project(folder).settings.server.open_shop


def test_a_world_that_is_there_is_opened_again_and_a_taken_port_is_said(site: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        asked = ["demo", "--folder", str(site.folder), "--port", str(port)]
        done = CliRunner().invoke(root, asked)
    assert re.match(r"found the world in .*: \d+ made-up people, \d+ days until ", done.stderr)
    assert isinstance(done.exception, SettingsError)
    assert f"cannot listen on 127.0.0.1:{port}" in str(done.exception)
