"""Whom can one be in the demo shop? Its made-up people, each with a hint of their taste."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from pittari.errors import NotFound
from pittari.model.catalog import User
from pittari.web.shop import Card, Shop, Visitor

GUEST = "guest-"
"""How the id of someone new begins."""
_FACES = 7
_PEOPLE = 5000
_FOUND = 48


@dataclass(frozen=True, slots=True)
class Face:
    """A person one can be: nickname, how many packages, the newest ones as a hint of taste, and
    the first one known as a portrait."""

    user: str
    name: str
    count: int
    newest: tuple[Card, ...]
    first: Card | None


class People:
    """Finds people of a shop."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def name(self, user: str) -> str:
        """Returns a person's nickname, nothing for someone new."""
        known = self._user(user)
        return (known.name or known.id) if known else ""

    def faces(self, visitor: Visitor) -> list[Face]:
        """Returns a few people of different tastes; the one that the visitor is, among them."""
        users, own = self.shop.engine.store.catalog.users(), self._user(visitor.user)
        several: dict[str, Face] = {}
        for user in users[:: max(1, len(users) // (6 * _FACES))]:
            face = self._face(visitor, user)
            if face.first:
                several.setdefault(face.first.item.character, face)
            if len(several) == _FACES:
                break
        faces = list(several.values())
        if own and all(face.user != own.id for face in faces):
            faces.insert(0, self._face(visitor, own))
        return faces

    def search(self, visitor: Visitor, wanted: str) -> tuple[list[Face], int]:
        """Returns people whose nickname holds the words (all, for none), and how many there are."""
        users: list[User] = []
        while len(users) < _PEOPLE:
            more = self.shop.engine.store.catalog.users(users[-1].id if users else "")
            users += more
            if len(more) < 1000:
                break
        folded = _folded(wanted)
        found = [u for u in users if folded in _folded(u.name) or folded in u.id]
        return [self._face(visitor, user) for user in found[:_FOUND]], len(found)

    def known(self, user: str) -> bool:
        """Returns whether there is such a person."""
        return self._user(user) is not None

    def _user(self, user: str) -> User | None:
        try:
            return self.shop.engine.store.catalog.user(user)
        except NotFound:
            return None

    def _face(self, visitor: Visitor, user: User) -> Face:
        items, catalog = self.shop.goods().items, self.shop.engine.knowledge().catalog
        person = self.shop.person(user.id)
        owned = set(person.owned.tolist())
        taken = [catalog.ids[row] for row in person.history.tolist() if row in owned]
        cards = [self.shop.card(visitor, items[name]) for name in taken if name in items]
        oldest = cards[-1] if cards else None
        return Face(user.id, user.name or user.id, len(owned), tuple(cards[:3]), oldest)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
