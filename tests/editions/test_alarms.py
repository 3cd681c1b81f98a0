"""Alarms reach a real webhook and a real mail server, once, and never hold anything up."""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
from tests.editions.outage import read_only
from tests.store.rows import NOON

from pittari import clock
from pittari.editions import alarms
from pittari.editions.alarms import Bell, Call, Webhook, call, senders
from pittari.settings import DigestTable, MailTable
from pittari.store.outbox import Alarms

SECRET = "do-not-tell"
VALUES = {
    "count": 2, "minimum": 3, "until": "09:00", "due": "08:00", "minutes": 7, "who": "mika",
    "most": 4, "rung": "greedy", "why": {"ja": "だから", "en": "because"}, "known": "07:50",
}  # fmt: skip


@contextmanager
def hook(
    status: int = 200, **headers: str
) -> Iterator[tuple[str, list[tuple[dict[str, str], Any]]]]:
    """A web server that keeps what is posted to it."""
    got: list[tuple[dict[str, str], Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.append((dict(self.headers), json.loads(body)))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/alarm", got
    finally:
        server.shutdown()
        server.server_close()


class Post(socketserver.StreamRequestHandler):
    """As much of a mail server as it takes to be given a letter."""

    letters: ClassVar[list[str]] = []
    asks: ClassVar[bool] = False

    def handle(self) -> None:
        self.say("220 post.example")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "EHLO":
                self.say("250-post.example", *(["250-AUTH PLAIN"] if self.asks else []), "250 HELP")
            elif verb == "AUTH":
                self.say("535 no such person")
            elif verb == "DATA":
                self.say("354 go on")
                letter = []
                while (text := self.rfile.readline().decode()) != ".\r\n":
                    letter.append(text)
                self.letters.append("".join(letter))
                self.say("250 taken")
            elif verb == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


@contextmanager
def post(asks: bool = False) -> Iterator[tuple[int, list[str]]]:
    handler = type("Own", (Post,), {"letters": [], "asks": asks})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1], handler.letters
    finally:
        server.shutdown()
        server.server_close()


def wait(ready: Callable[[], object]) -> None:
    for _ in range(1_500):
        if ready():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come")


def told(kind: str = "late") -> Call:
    return call("2026-11-22/morning", kind, NOON, **VALUES)


@pytest.mark.parametrize("kind", sorted(alarms._words()))
def test_every_alarm_reads_in_both_languages(kind: str) -> None:
    texts = told(kind).text
    assert set(texts) == {"ja", "en"}
    for text in texts.values():
        assert text.startswith("2026-11-22/morning: ")
        assert "{" not in text


def test_a_webhook_is_given_the_alarm_and_the_token_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PITTARI_WEBHOOK_TOKEN", SECRET)
    with hook() as (url, got):
        (send,) = senders(DigestTable(webhook=url))
        send(told())
    headers, body = got[0]
    assert headers["Authorization"] == f"Bearer {SECRET}"
    assert body["kind"] == "late"
    assert body["text"]["en"].startswith("2026-11-22/morning")


def test_a_redirect_takes_the_token_nowhere() -> None:
    with hook() as (there, got), hook(302, location=there) as (url, _):
        with pytest.raises(OSError, match="302"):
            Webhook(url, SECRET)(told())
        assert got == []


def test_mail_goes_out_in_both_languages_the_desks_own_first() -> None:
    with post() as (port, letters):
        mail = MailTable(host="127.0.0.1", port=port, security="none", to=("desk@news.example",))
        for send in senders(DigestTable(mail=mail)):
            send(told())
    letter = message_from_bytes(letters[0].encode(), policy=default)
    assert isinstance(letter, EmailMessage)
    body = letter.get_content()
    assert letter["To"] == "desk@news.example"
    assert "予定が7分遅れて出ました" in body.splitlines()[0]
    assert "7 minutes late" in body


def test_no_secret_stands_in_a_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, alarm_box: Alarms
) -> None:
    monkeypatch.setenv("PITTARI_WEBHOOK_TOKEN", SECRET)
    monkeypatch.setenv("PITTARI_MAIL_PASSWORD", SECRET)
    with hook(500) as (url, got), post(asks=True) as (port, _):
        mail = MailTable(
            host="127.0.0.1", port=port, security="none", to=("d@x.example",), user="u"
        )
        bell = Bell(alarm_box, senders(DigestTable(webhook=url, mail=mail)), lambda: NOON)
        bell.raise_alarm(told())
        wait(lambda: "SMTP" in caplog.text or "OSError" in caplog.text)
        bell.close()
    assert got
    assert "was not taken" in caplog.text
    assert SECRET not in caplog.text


@pytest.fixture
def alarm_box(database_url: str, tmp_path: Any) -> Iterator[Alarms]:
    from pittari.store import open_store

    store = open_store(database_url, tmp_path / "lake", tmp_path / "parameters", now=lambda: NOON)
    yield store.alarms
    store.close()


def test_of_two_replicas_one_sends_and_each_alarm_comes_once(alarm_box: Alarms) -> None:
    got: list[Call] = []
    bells = [Bell(alarm_box, [got.append], lambda: NOON) for _ in range(2)]
    for _ in range(3):
        for bell in bells:
            bell.raise_alarm(told())
    wait(lambda: alarm_box.latest()[0].sent)
    for bell in bells:
        bell.close()
    assert [one.kind for one in got] == ["late"]


def test_an_alarm_that_nobody_took_is_sent_again_later(alarm_box: Alarms) -> None:
    at = [NOON]
    got: list[Call] = []

    def deaf(one: Call) -> None:
        got.append(one)
        if len(got) < 3:
            raise ConnectionRefusedError

    bell = Bell(alarm_box, [deaf], lambda: at[0])
    bell.raise_alarm(told())
    for tries in (1, 2, 3):
        wait(lambda tries=tries: len(got) == tries)
        at[0] += clock.HOUR
        bell.raise_alarm(told())
    wait(lambda: alarm_box.latest()[0].sent)
    bell.close()


def test_a_sender_that_hangs_does_not_hold_up_who_raises_the_alarm(alarm_box: Alarms) -> None:
    held = threading.Event()
    bell = Bell(alarm_box, [lambda _: held.wait(20) and None], lambda: NOON)
    done = threading.Thread(target=lambda: [bell.raise_alarm(told(k)) for k in ("late", "stale")])
    done.start()
    done.join(5)
    assert not done.is_alive()
    held.set()
    bell.close()


def test_without_a_database_alarms_are_sent_from_memory_once(alarm_box: Alarms) -> None:
    got: list[Call] = []
    with read_only(alarm_box._database):
        bell = Bell(alarm_box, [got.append], lambda: NOON)
        bell.raise_alarm(told("database"))
        wait(lambda: got)
        bell.raise_alarm(told("database"))
        bell.close()
    assert [one.kind for one in got] == ["database"]
