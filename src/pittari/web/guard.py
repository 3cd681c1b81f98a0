"""Who knocks, may they, and not too often? API keys and rates; keys never reach a log."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable

from pittari.errors import Forbidden, TooMany, Unauthorized
from pittari.store.keys import ROLES, Key, Keys, Role

REMEMBERED = 4.0
"""Seconds a verified key is believed: a revoked one is out in less than 5."""
_MOST = 10_000
"""Texts remembered; beyond it all are forgotten, so that made-up keys cannot fill the memory."""
_RANK = {role: rank for rank, role in enumerate(ROLES)}


class Guard:
    """Admits requests by their `Authorization` header. `rate`: per second and key, 0: no limit."""

    def __init__(
        self, keys: Keys, rate: int, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._keys, self._rate, self._seconds = keys, rate, seconds
        self._known: dict[bytes, tuple[Key | None, float]] = {}
        self._spent: dict[str, tuple[float, float]] = {}
        self._any = False

    async def admit(self, header: bytes, role: Role) -> Key:
        """Returns the key of a request that needs at least `role`.

        Raises `Unauthorized`, `Forbidden`, `TooMany`, and `Unavailable` without a database.
        """
        kept = self._known.get(_digest(header)) if header else None
        if kept is not None and self._seconds() < kept[1]:
            key = kept[0]
        else:
            key = await asyncio.to_thread(self._verify, header)
        if key is None:
            raise Unauthorized("the key is unknown or revoked: ask an administrator for a new one")
        if _RANK[key.role] < _RANK[role]:
            raise Forbidden(f'this needs the role "{role}" and the key has "{key.role}"')
        if self._rate:
            self._spend(key.name, "with this key")
        return key

    def visit(self, address: str) -> None:
        """Counts a request of somebody without a key. Raises `TooMany`."""
        if self._rate:
            self._spend(f"\0{address}", "from one address")

    def _verify(self, header: bytes) -> Key | None:
        """Asks the store about a header, and remembers what it said."""
        if not header:
            raise Unauthorized(self._welcome())
        scheme, _, text = header.decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthorized("expected the header: Authorization: Bearer KEY")
        try:
            key = self._keys.verify(text.strip())
        except Unauthorized:
            if not self._some():
                raise Unauthorized(self._welcome()) from None
            key = None
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[_digest(header)] = (key, self._seconds() + REMEMBERED)
        return key

    def _welcome(self) -> str:
        if self._some():
            return "expected the header: Authorization: Bearer KEY"
        return "no key was made yet: `pittari keys create NAME --role admin` makes the first one"

    def _some(self) -> bool:
        """Whether any key was ever made; once so, it stays so."""
        self._any = self._any or bool(self._keys.list())
        return self._any

    def _spend(self, name: str, whose: str) -> None:
        """Takes one request out of an allowance, which fills at `rate` per second."""
        now = self._seconds()
        if len(self._spent) >= _MOST:
            self._spent.clear()
        left, at = self._spent.get(name, (float(self._rate), now))
        left = min(float(self._rate), left + (now - at) * self._rate)
        if left < 1.0:
            wait = (1.0 - left) / self._rate
            raise TooMany(f"expected at most {self._rate} requests a second {whose}", wait)
        self._spent[name] = (left - 1.0, now)


def _digest(header: bytes) -> bytes:
    """Keys are remembered as digests, so that memory does not hold them."""
    return hashlib.blake2b(header, digest_size=16).digest()
