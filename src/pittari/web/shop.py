"""What stands in the shop's window? Shelves, packages and people as its pages show them."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np

from pittari import clock
from pittari.eligibility.availability import Availability
from pittari.engine import Ask, Engine, Placement
from pittari.errors import NotFound
from pittari.model.candidates import Candidates
from pittari.model.catalog import Item
from pittari.model.decision import Decision
from pittari.model.event import Slot
from pittari.model.request import Batch, Person, Request
from pittari.settings import Shelf
from pittari.web.words import Words

TOUCHPOINT = "shelf"
TINTS = 12
"""Hues that the style sheet knows."""
_CONTEXT = 2000
_SAMPLES = 4
_NEUTRAL = 0.06


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whom the shop shows its shelves to, and in which words."""

    user: str
    words: Words


@dataclass(frozen=True, slots=True)
class Card:
    """A package as it stands somewhere; `decision` and `place` say which slot it fills, if any."""

    item: Item
    title: str
    price: str
    tint: int
    new: bool
    owned: bool = False
    decision: str = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class ShelfView:
    """One shelf of a page, not shown without cards. `about`: the item it speaks of, if any."""

    name: str
    title: str
    cards: tuple[Card, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Goods:
    """All items of one catalogue version, and the stickers of each package."""

    version: int
    items: dict[str, Item]
    stickers: dict[str, tuple[Item, ...]]


class Shop:
    """Reads an engine for the pages of a demo shop; what it shows is decided and recorded there."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.pictures = engine.project.folder / "pictures"
        self._goods = Goods(-1, {}, {})

    def goods(self) -> Goods:
        """Returns the items as they stand."""
        version = self.engine.knowledge().catalog.version
        if version != self._goods.version:
            items = {item.id: item for item in self.engine.store.catalog.every_item()}
            stickers: dict[str, tuple[Item, ...]] = {}
            for item in items.values():
                if item.kind == "sticker":
                    stickers[item.package] = (*stickers.get(item.package, ()), item)
            self._goods = Goods(version, items, stickers)
        return self._goods

    def item(self, name: str) -> Item:
        """Returns a package. Raises `NotFound`."""
        item = self.goods().items.get(name)
        if item is None or item.kind != "package":
            raise NotFound(f'there is no package "{name}"')
        return item

    def person(self, user: str) -> Person:
        """Returns what is known of a person now."""
        known, now = self.engine.knowledge(), self.engine.now()
        return self.engine.store.people.person(user, known.catalog, now, known.history)

    def home(self, visitor: Visitor) -> list[ShelfView]:
        """Returns the shelves in the order of the settings; no item stands on two of them."""
        return self._shelves(visitor, list(self.engine.places[TOUCHPOINT].values()), [])

    def anchored(self, visitor: Visitor, shown: Sequence[str]) -> list[ShelfView]:
        """Returns those shelves that speak of one item, without what the page shows already."""
        places = [p for p in self.engine.places[TOUCHPOINT].values() if p.settings.anchor]
        return self._shelves(visitor, places, list(shown))

    def also(self, visitor: Visitor, item: str) -> ShelfView | None:
        """Returns the first shelf that speaks of one item, asked about this one."""
        places = self.engine.places[TOUCHPOINT].values()
        place = next((p for p in places if p.settings.anchor), None)
        if place is None:
            return None
        decision = self._decide(visitor, [(place.settings, {"item": item, "shown": item}, None)])[0]
        return self._view(visitor, place.settings, decision, visitor.words("package.also"))

    def next_card(
        self, visitor: Visitor, placement: str, shown: Sequence[str], item: str
    ) -> Card | None:
        """Returns what takes a place of a shelf that has become free, if there is anything.

        `shown`: the ids on the page; `item`: what a shelf about one item is about.
        """
        place = self.engine.places[TOUCHPOINT].get(placement)
        if place is None:
            raise NotFound(f'there is no shelf "{placement}"')
        context = {"shown": _shown(shown)} | ({"item": item} if place.settings.anchor else {})
        decision = self._decide(visitor, [(place.settings, context, 1)])[0]
        return next(iter(self._view(visitor, place.settings, decision).cards), None)

    def mine(self, visitor: Visitor) -> list[Card]:
        """Returns the packages a person has, the newest first."""
        items = self.goods().items
        held = [e.item for e in self.engine.store.catalog.entitlements(visitor.user)]
        found = [items[name] for name in dict.fromkeys(reversed(held)) if name in items]
        return [self.card(visitor, item, owned=True) for item in found if item.kind == "package"]

    def card(
        self, visitor: Visitor, item: Item, slot: Slot | None = None, decision: str = "",
        owned: bool = False,
    ) -> Card:  # fmt: skip
        """Returns an item as a card, with the slot it fills."""
        words, now = visitor.words, clock.moment(self.engine.now())
        age = now - item.sold_from if item.sold_from else None
        fresh = timedelta(days=self.engine.project.settings.learn.fresh_days)
        return Card(
            item=item,
            title=words.pick(item.title, item.id),
            price=words.money(item.price, item.currency),
            tint=_tint(self.picture(item.id)),
            new=age is not None and timedelta(0) <= age <= fresh,
            owned=owned,
            decision=decision,
            place=slot.place if slot else 0,
        )

    def picture(self, name: str) -> Path | None:
        """Returns the file with an item's picture, or nothing."""
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
            return None
        file = self.pictures / f"{name}.svg"
        return file if file.is_file() else None

    def refused(self, user: str, item: str) -> str:
        """Returns why a person may not have an item now, or nothing: what a shelf asks as well."""
        catalog = self.engine.knowledge().catalog
        rows = catalog.rows([item])
        request = Request("", TOUCHPOINT, "", self.person(user), self.engine.knowledge(), 1,
                          self.engine.now(), 0)  # fmt: skip
        filters = Availability()
        codes = filters.reasons(Batch((request,)), Candidates(rows)).tolist()
        return "withdrawn" if not codes else ("", *filters.vocabulary)[codes[0]]

    def owns(self, user: str, item: str) -> bool:
        """Returns whether a person has an item."""
        row = self.engine.knowledge().catalog.rows([item])
        return bool(np.isin(row, self.person(user).owned).any())

    def samples(self, views: Sequence[ShelfView]) -> list[Item]:
        """Returns a sticker of each of the packages that lead the first shelf, to greet with."""
        cards, stickers = (views[0].cards if views else ()), self.goods().stickers
        found = [stickers.get(card.item.id, ()) for card in cards]
        return [own[place % len(own)] for place, own in enumerate(found) if own][:_SAMPLES]

    def _shelves(
        self, visitor: Visitor, places: Sequence[Placement], shown: list[str]
    ) -> list[ShelfView]:
        anchor, owned = self._anchor(visitor.user)
        asked = [p.settings for p in places if anchor or not p.settings.anchor]
        wanted = [(s, {"item": anchor} if s.anchor else {}, None) for s in asked]
        decisions = self._decide(visitor, wanted, shown)
        views = []
        for shelf, decision in zip(asked, decisions, strict=True):
            title = self._title(visitor, shelf, anchor, owned)
            views.append(self._view(visitor, shelf, decision, title))
        return views

    def _anchor(self, user: str) -> tuple[str, bool]:
        """Returns the newest item a person has, else the newest looked at; and which it is."""
        person, catalog = self.person(user), self.engine.knowledge().catalog
        history, owned = person.history.tolist(), set(person.owned.tolist())
        newest = next((row for row in history if row in owned), None)
        if newest is not None:
            return catalog.ids[newest], True
        return (catalog.ids[history[0]], False) if history else ("", False)

    def _title(self, visitor: Visitor, shelf: Shelf, anchor: str, owned: bool) -> str:
        title, words = visitor.words.pick(shelf.title, shelf.name), visitor.words
        if not shelf.anchor or "{item}" not in title:
            return title
        item = self.goods().items.get(anchor)
        name = words.pick(item.title, anchor) if item else anchor
        return title.replace("{item}", name) if owned else words("shop.because_seen", item=name)

    def _decide(
        self,
        visitor: Visitor,
        wanted: Sequence[tuple[Shelf, dict[str, str], int | None]],
        shown: list[str] | None = None,
    ) -> list[Decision]:
        """Decides shelf after shelf; what one shows, the next ones leave out. Returns when all
        of it is durable. Raises `Unavailable`."""
        on_page, made = list(shown or ()), []
        for shelf, context, n in wanted:
            told = {"shown": _shown(on_page), **context}
            made.append(self.engine.submit(Ask(TOUCHPOINT, visitor.user, shelf.name, n, told)))
            on_page += [slot.item for slot in made[-1][0].slots]
        for decision, durable in made:
            durable.result()
            self.engine.tell(decision)
        return [decision for decision, _ in made]

    def _view(
        self, visitor: Visitor, shelf: Shelf, decision: Decision, title: str = ""
    ) -> ShelfView:
        items, number = self.goods().items, decision.request.decision_id
        cards = tuple(
            self.card(visitor, items[slot.item], slot, number)
            for slot in decision.slots
            if slot.item in items
        )
        about = decision.request.context.get("item", "") if shelf.anchor else ""
        return ShelfView(shelf.name, title, cards, about)


def _shown(ids: Iterable[str]) -> str:
    """Returns ids as the context takes them: the first ones, as many as it has room for."""
    text = ""
    for name in ids:
        if len(text) + len(name) + 1 > _CONTEXT:
            break
        text = f"{text}\n{name}" if text else name
    return text


@lru_cache(maxsize=10_000)
def _tint(picture: Path | None) -> int:
    """Returns the hue of a picture's first surface, from 1 to `TINTS`; 0: no colour of its own."""
    if picture is None:
        return 0
    found = re.search(r'fill="#([0-9a-fA-F]{6})"', picture.read_text("utf-8", "replace")[:4000])
    if found is None:
        return 0
    red, green, blue = (int(found[1][i : i + 2], 16) / 255 for i in (0, 2, 4))
    if max(red, green, blue) - min(red, green, blue) < _NEUTRAL:
        return 0
    hue = colorsys.rgb_to_hls(red, green, blue)[0]
    return round(hue * TINTS) % TINTS + 1
