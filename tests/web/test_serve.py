"""A real server: workers behind one socket that are replaced, cut off what never ends, and end in
peace, with every acknowledged row in the log."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from pittari.engine import Engine
from pittari.errors import SettingsError
from pittari.settings import project
from pittari.web import protocol
from pittari.web.operations import reply
from pittari.web.serve import run
from web.conftest import row


@dataclass
class Running:
    """A server in its own process."""

    process: subprocess.Popen[str]
    url: str
    folder: Path
    key: str

    @property
    def processes(self) -> list[int]:
        """Who writes the log, at first the oldest, and the workers."""
        asked = ["pgrep", "-P", str(self.process.pid), "-f", "spawn_main"]
        told = subprocess.run(asked, capture_output=True, text=True, check=False)
        return [int(pid) for pid in told.stdout.split()]

    def ask(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def connected(self) -> socket.socket:
        place = urlsplit(self.url)
        return socket.create_connection((place.hostname, place.port), timeout=30)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "pittari.toml").write_text("[server]\nport = 0\nworkers = 2\n")
    engine = Engine.open(project(folder))
    key = engine.store.keys.create("admin", "admin")
    engine.close()
    code = "from pittari.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", code, "serve", "--project", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    assert "listening on http://127.0.0.1:" in said
    yield Running(process, said.split()[2], folder, key)
    process.terminate()
    process.wait(30)


def everything(line: socket.socket) -> bytes:
    """Returns what comes until the other side hangs up."""
    told = b""
    while more := line.recv(65536):
        told += more
    return told


def test_numbers_of_all_workers_are_one(running: Running) -> None:
    for _ in range(20):
        running.ask("/healthz")
    time.sleep(1.5)
    request = urllib.request.Request(running.url + "/metrics")
    request.add_header("authorization", f"Bearer {running.key}")
    told = urllib.request.urlopen(request, timeout=30).read().decode()
    assert "pittari_workers 2\n" in told
    assert 'route="/healthz",status="200"} 20\n' in told


def test_heads_that_are_too_long_or_never_end_are_cut_off(running: Running) -> None:
    with running.connected() as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nx: " + b"a" * protocol.HEAD_BYTES + b"\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 431 ")
    with running.connected() as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nx: ")
        with suppress(ConnectionError):  # a busy server cuts the line only after all was sent
            line.sendall(b"a" * 400_000)
            assert line.recv(4096)[:13] in (b"", b"HTTP/1.1 431 ")
    with running.connected() as line:
        line.sendall(b"NONSENSE\r\n\r\n")
        answer = line.recv(4096)
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"urn:pittari:error:malformed" in answer


def test_two_requests_on_one_line_are_answered_in_order(running: Running) -> None:
    with running.connected() as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /nothing HTTP/1.1\r\nhost: x\r\n"
                     b"connection: close\r\n\r\n")  # fmt: skip
        told = everything(line)
    assert told.index(b" 200 OK") < told.index(b" 404 Not Found")


def test_who_hangs_up_before_several_answers_is_no_fault_of_the_server(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun: list[str] = []

    async def serve(listener: socket.socket) -> None:
        gone = asyncio.Event()

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            begun.append(scope["path"])
            if len(begun) > 1:
                await gone.wait()
            await reply(send, 200, [], b"")

        server = uvicorn.Server(
            uvicorn.Config(app, http=protocol.Protocol, ws="none", lifespan="off", log_config=None)
        )
        serving = asyncio.create_task(server.serve([listener]))
        with socket.create_connection(listener.getsockname()) as line:
            line.sendall(b"".join(b"GET /%d HTTP/1.1\r\nhost: x\r\n\r\n" % k for k in range(3)))
            while len(begun) < 2:
                await asyncio.sleep(0.01)
        while server.server_state.connections:
            await asyncio.sleep(0.01)
        gone.set()
        while server.server_state.tasks:
            await asyncio.sleep(0.01)
        server.should_exit = True
        await serving

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(asyncio.wait_for(serve(listener), 30))
    assert begun == ["/0", "/1"]
    assert not [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]


@given(st.lists(st.integers(1, 400), max_size=3), st.booleans())
@settings(max_examples=15)
def test_a_request_is_answered_alike_in_how_many_pieces_it_comes(
    running: Running, cuts: list[int], chunked: bool
) -> None:
    body = json.dumps([row(0, event_id="pieces")]).encode()
    running.ask("/v1/events", json.loads(body))
    length = b"content-length: %d" % len(body)
    if chunked:
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
        length = b"transfer-encoding: chunked"
    told = (
        (
            f"POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.key}\r\n"
            "content-type: application/json\r\nconnection: close\r\n"
        ).encode()
        + length
        + b"\r\n\r\n"
        + body
    )
    places = [0, *sorted(cuts), len(told)]
    with running.connected() as line:
        for begin, end in pairwise(places):
            line.sendall(told[begin:end])
            time.sleep(0.002)
        answer = everything(line)
    head, _, said = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert json.loads(said) == {"new": 0, "known": 1}
    assert f"content-length: {len(said)}" in head.decode().split("\r\n")


def test_bodies_on_one_line_are_each_their_own(running: Running) -> None:
    def sent(*names: str) -> bytes:
        body = json.dumps([row(0, event_id=name) for name in names]).encode()
        return (
            f"POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.key}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        ).encode() + body

    with running.connected() as line:
        line.sendall(sent("one") + sent("one", "two", "three"))
        line.sendall(b"HEAD /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        told = everything(line)
    bodies = re.findall(rb'\{"new":\d,"known":\d\}', told)
    assert bodies == [b'{"new":1,"known":0}', b'{"new":2,"known":1}']
    assert told.count(b"HTTP/1.1 200 OK") == 3
    assert told.endswith(b"\r\n\r\n")  # a head alone


def test_a_body_behind_a_wish_for_another_protocol_is_no_request(running: Running) -> None:
    smuggled = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    with running.connected() as line:
        line.sendall(
            b"POST /v1/decisions HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n"
            b"content-length: %d\r\n\r\n" % len(smuggled)
        )
        time.sleep(0.1)
        with suppress(ConnectionError):
            line.sendall(smuggled)
        told = everything(line)
    assert told.count(b"HTTP/1.1 ") == 1
    assert b" 200 OK" not in told


def test_what_follows_a_body_in_chunks_has_limits_too(running: Running) -> None:
    head = (
        b"POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        b"transfer-encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n"
    )
    trailer = f"authorization: Bearer {running.key}\r\n".encode()
    with running.connected() as line:
        line.sendall(head + trailer + b"connection: close\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 401 ")  # it comes too late to be a key
    with running.connected() as line, suppress(ConnectionError):
        line.sendall(head + b"x: y\r\n" * 2 * protocol.HEAD_BYTES)
        assert b"HTTP/1.1 431 " in everything(line)


def test_a_long_body_does_not_count_for_the_head_behind_it(running: Running) -> None:
    body = b"[" + b" " * 2 * protocol.HEAD_BYTES + b"]"
    head = (
        f"POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode()
    with running.connected() as line:
        line.sendall(head[:20])
        time.sleep(0.1)
        line.sendall(head[20:] + body + b"GET /healthz HTTP/1.1\r\nhost: x\r\n")
        time.sleep(0.1)
        line.sendall(b"connection: close\r\n\r\n")
        told = everything(line)
    assert told.count(b"HTTP/1.1 200 OK") == 2


@pytest.mark.parametrize("who", ["worker", "log"])
def test_a_killed_process_is_replaced_and_no_acknowledged_row_is_lost(
    running: Running, who: str
) -> None:
    acknowledged: list[str] = []
    refused: list[int] = []
    stop = threading.Event()

    def send(name: str) -> None:
        for i in range(100_000):
            if stop.is_set():
                return
            rows = [row(0, event_id=f"{who}-{name}-{i}-{k}") for k in range(20)]
            try:
                running.ask("/v1/events", rows)
            except urllib.error.HTTPError as error:
                refused.append(error.code)
                continue
            except (OSError, urllib.error.URLError):
                continue
            acknowledged.extend(one["event_id"] for one in rows)

    senders = [threading.Thread(target=send, args=(name,)) for name in "ab"]
    for sender in senders:
        sender.start()
    time.sleep(1.0)
    before = running.processes
    os.kill(before[1 if who == "worker" else 0], signal.SIGKILL)
    end = time.monotonic() + 60
    while len(set(running.processes) - set(before)) < 1 and time.monotonic() < end:
        time.sleep(0.1)
    count = len(acknowledged)
    while len(acknowledged) < count + 200 and time.monotonic() < end:
        time.sleep(0.1)
    stop.set()
    for sender in senders:
        sender.join()
    assert len(running.processes) == 3
    assert len(acknowledged) > count, "it goes on"
    assert set(refused) <= {503}
    engine = Engine.open(project(running.folder))
    with engine.store.database.peek() as session:
        held = [one[0] for one in session.rows("SELECT event_id FROM events")]
    engine.close()
    assert len(held) == len(set(held))
    assert set(acknowledged) <= set(held)


def test_a_server_ends_after_the_requests_under_way(running: Running) -> None:
    """Stands last: it ends the server."""
    body = json.dumps([row(1, event_id="last")]).encode()
    head = (
        f"POST /v1/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {running.key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    with running.connected() as line:
        line.sendall(head.encode() + body[:10])
        time.sleep(0.5)
        running.process.terminate()
        time.sleep(0.5)
        line.sendall(body[10:])
        answer = line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert running.process.wait(30) == 0


def test_an_address_in_use_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "pittari.toml").write_text("")
    taken = socket.create_server(("127.0.0.1", 0))
    with taken, pytest.raises(SettingsError, match="cannot listen on"):
        run(project(tmp_path), port=taken.getsockname()[1])
