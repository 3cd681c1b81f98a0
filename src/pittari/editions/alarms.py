"""Who is called when something is wrong? Alarms by webhook and mail, once each, never in the way.

An alarm is a row of the database before it is sent, so that of two replicas one sends it and a
crash loses none. When the database is what fails, it is sent from memory, by each replica.
"""

from __future__ import annotations

import http.client
import logging
import os
import smtplib
import ssl
import threading
import tomllib
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import msgspec

from pittari import clock
from pittari.errors import Unavailable
from pittari.settings import DigestTable, MailTable
from pittari.store.outbox import Alarms

log = logging.getLogger(__name__)
PATIENCE = 10.0
"""Seconds that a mail server or webhook may take at each step."""
AGAIN = 30 * clock.SECOND
"""First pause after an alarm that could not be sent; it doubles each time."""
TRIES = 8
TOKEN, PASSWORD = "PITTARI_WEBHOOK_TOKEN", "PITTARI_MAIL_PASSWORD"
"""Environment variables with secrets; they stand in no file and in no log."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """An alarm as it is sent: `kind` for machines, `text` in each language for people."""

    edition: str
    kind: str
    at: str
    text: dict[str, str]


Sender = Callable[[Call], None]
"""Sends a call to somebody; raises `OSError` when that fails."""


def call(edition: str, kind: str, at: int, **values: object) -> Call:
    """Returns an alarm in words; `kind` is a key of alarms.toml, `values` fill its sentences, those
    that are told by language each its own."""
    told = {}
    for lang, text in _words()[kind].items():
        own = {name: v[lang] if isinstance(v, dict) else v for name, v in values.items()}
        told[lang] = text.format(edition=edition, **own)
    return Call(edition=edition, kind=kind, at=clock.iso(at), text=told)


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("alarms.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts alarms as JSON to one address; redirects are not followed."""

    url: str
    token: str = ""

    def __call__(self, told: Call) -> None:
        headers = {"content-type": "application/json", "user-agent": "pittari"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        asked = urllib.request.Request(  # noqa: S310 - settings take http and https only
            self.url, msgspec.json.encode(told), headers, method="POST"
        )
        opener = urllib.request.build_opener(_Straight)
        try:
            with opener.open(asked, timeout=PATIENCE) as answer:
                answer.read(1024)
        except http.client.HTTPException as error:
            raise OSError(f"not HTTP: {type(error).__name__}") from error


class _Straight(urllib.request.HTTPRedirectHandler):
    """A redirect could take token and text elsewhere."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends alarms by SMTP."""

    table: MailTable
    locale: str = "ja"
    password: str = ""

    def __call__(self, told: Call) -> None:
        table = self.table
        message = EmailMessage()
        message["From"], message["To"] = table.sender, ", ".join(table.to)
        message["Subject"] = f"[pittari] {told.edition} {told.kind}"
        other = "en" if self.locale == "ja" else "ja"
        message.set_content(f"{told.text[self.locale]}\n\n{told.text[other]}\n{told.at}\n")
        safe = ssl.create_default_context()
        try:
            if table.security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    table.host, table.port, timeout=PATIENCE, context=safe
                )
            else:
                server = smtplib.SMTP(table.host, table.port, timeout=PATIENCE)
            with server:
                if table.security == "starttls":
                    server.starttls(context=safe)
                if table.user:
                    server.login(table.user, self.password)
                server.send_message(message)
        except smtplib.SMTPException as error:
            raise OSError(f"mail was not taken: {type(error).__name__}") from error


def senders(table: DigestTable) -> list[Sender]:
    """Returns where alarms go by these settings, with secrets from the environment."""
    made: list[Sender] = []
    if table.webhook:
        made.append(Webhook(table.webhook, os.environ.get(TOKEN, "")))
    if table.mail.host and table.mail.to:
        made.append(Mail(table.mail, table.locale, os.environ.get(PASSWORD, "")))
    return made


class Bell:
    """Rings for alarms from a thread of its own: whoever raises one goes on at once."""

    def __init__(self, alarms: Alarms, to: list[Sender], now: clock.Clock) -> None:
        self._alarms, self._senders, self._now = alarms, to, now
        self._news = threading.Event()
        self._closed = False
        self._lost: dict[tuple[str, str], Call] = {}
        self._told: set[tuple[str, str]] = set()
        self._thread = threading.Thread(target=self._ring, name="alarms", daemon=True)
        self._thread.start()

    def raise_alarm(self, told: Call) -> None:
        """Enters an alarm and returns; one of its kind is sent per edition."""
        log.error("%s", told.text["en"])
        try:
            at = self._now()
            self._alarms.enter(told.edition, told.kind, at, msgspec.json.encode(told))
        except Unavailable:
            self._lost.setdefault((told.edition, told.kind), told)
        self._news.set()

    def close(self, patience: float = PATIENCE) -> None:
        """Sends what waits for at most `patience` seconds, then stops."""
        self._closed = True
        self._news.set()
        self._thread.join(patience)

    def _ring(self) -> None:
        while not self._closed:
            self._news.wait(AGAIN / clock.SECOND)
            self._news.clear()
            try:
                self._send_entered()
            except Unavailable:
                log.warning("the database does not answer: alarms are sent from memory")
            self._send_lost()

    def _send_entered(self) -> None:
        while self._senders and (alarm := self._alarms.take(self._now(), AGAIN, TRIES)):
            if self._send(msgspec.json.decode(alarm.body, type=Call)):
                self._alarms.sent(alarm.key, self._now())

    def _send_lost(self) -> None:
        for key, told in list(self._lost.items()):
            if key not in self._told and self._send(told):
                self._told.add(key)
            if key in self._told:
                del self._lost[key]

    def _send(self, told: Call) -> bool:
        """Sends an alarm everywhere; returns whether anybody took it."""
        taken = False
        for send in self._senders:
            try:
                send(told)
            except Exception as error:  # whatever a sender does, the next one is asked
                status = getattr(error, "code", "")
                log.warning("an alarm was not taken: %s %s", type(error).__name__, status)
            else:
                taken = True
        return taken
