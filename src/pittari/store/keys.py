"""Who may ask? API keys: shown once, kept as salted hashes, with one of four roles."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Literal, get_args

from pittari import clock
from pittari.errors import Conflict, Invalid, NotFound, Unauthorized, nearest
from pittari.store.audit import note
from pittari.store.database import Database

Role = Literal["client", "editor", "operator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
_PREFIX = "pittari"


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key; the key itself is known to its holder only."""

    name: str
    role: Role
    created: int
    revoked: int
    """When it was revoked, in microseconds UTC; 0 while it is good."""


class Keys:
    """Creates, lists, revokes and verifies API keys."""

    def __init__(self, database: Database, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._now = now

    def create(self, name: str, role: str, actor: str = "") -> str:
        """Returns a new key of 32 random bytes as text; it cannot be shown again.

        Raises `Invalid` for an unknown role, `Conflict` when the name is taken, be it by a revoked
        key: a name in the audit means one key.
        """
        if role not in ROLES:
            raise Invalid(
                f"expected a role of {', '.join(ROLES)}; got {role!r}." + nearest(role, ROLES)
            )
        handle, secret, salt = (
            secrets.token_hex(6),
            secrets.token_urlsafe(32),
            secrets.token_bytes(16),
        )
        row = (name, handle, salt, _hash(salt, secret), role, self._now())
        with self._database.write() as session:
            made = session.run(
                "INSERT INTO api_keys (name, handle, salt, hash, role, created, revoked)"
                " VALUES (?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING",
                row,
            )
            if not made:
                raise Conflict(
                    f'there is or was a key named "{name}": the audit tells keys by their names,'
                    " so take another one"
                )
            note(
                session,
                at=self._now(),
                actor=actor,
                action="key.create",
                subject=name,
                detail=role,
            )
        return f"{_PREFIX}_{handle}_{secret}"

    def list(self) -> list[Key]:
        """Returns all keys, revoked ones too, oldest first."""
        asked = "SELECT name, role, created, revoked FROM api_keys ORDER BY created, name"
        with self._database.peek() as session:
            return [Key(*row) for row in session.rows(asked)]

    def revoke(self, name: str, actor: str = "") -> None:
        """Makes a key worthless at once. Raises `NotFound` where there is no good one."""
        with self._database.write() as session:
            ended = "UPDATE api_keys SET revoked = ? WHERE name = ? AND revoked = 0"
            if not session.run(ended, (self._now(), name)):
                raise NotFound(f'there is no key named "{name}" in force')
            note(session, at=self._now(), actor=actor, action="key.revoke", subject=name)

    def verify(self, text: str) -> Key:
        """Returns the key that this text is. Raises `Unauthorized` for any other text."""
        prefix, _, rest = text.partition("_")
        handle, _, secret = rest.partition("_")
        found = self._row(handle) if prefix == _PREFIX else None
        salt, kept = found[4:] if found else (b"", b"")
        right = hmac.compare_digest(_hash(salt, secret), kept)
        if found is None or not right or found[3]:
            raise Unauthorized("the key is unknown or revoked: ask an administrator for a new one")
        return Key(*found[:4])

    def _row(self, handle: str) -> tuple[str, Role, int, int, bytes, bytes] | None:
        asked = "SELECT name, role, created, revoked, salt, hash FROM api_keys WHERE handle = ?"
        if not handle.isalnum() or not handle.isascii():
            return None
        with self._database.peek() as session:
            found = session.rows(asked, (handle,))
        return found[0] if found else None


def _hash(salt: bytes, secret: str) -> bytes:
    """One round suffices: the secret is 256 random bits, not a word that could be guessed."""
    return hashlib.sha256(salt + secret.encode(errors="surrogatepass")).digest()
