"""Which bundle answers whom? The newest of the person's language, with the parts of what they own.

A bundle that is built while a server runs answers within a second; one that cannot be read leaves
the one before in use.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pittari import clock
from pittari.device.bundle import Bundle, Part
from pittari.device.format import NAME_BYTES
from pittari.device.person import Person as Owner
from pittari.device.signing import Keys, signer_of
from pittari.device.stock import Shelf, Stock
from pittari.errors import BundleError, Invalid, NotFound
from pittari.model.catalog import Catalog, empty_catalog
from pittari.model.decision import Decision
from pittari.model.event import Served
from pittari.model.request import Batch, Knowledge, Person, Request
from pittari.touchpoints.suggest.keeping import Kept, Parts
from pittari.touchpoints.suggest.look import Look, looked
from pittari.touchpoints.suggest.menu import decided, nothing
from pittari.touchpoints.suggest.rights import Grant, rights

log = logging.getLogger(__name__)

CHECK = 1.0
"""Seconds between looks for a newer bundle."""
LINKS = 40_000_000
"""Tags and links of sets of owned packages that are kept put together; 5 bytes each."""
PARTS = 10_000
"""Packages whose parts are kept open."""
PEOPLE = 50_000
"""People whose rights are remembered."""
_Stroke = tuple[str, int | None, str]
"""What is typed: a text, the caret in it, the room."""


class Device(NamedTuple):
    """What somebody's own device would hold: the stickers in reach, its person, and how many
    minutes their clock is ahead of UTC."""

    stock: Stock
    owner: Owner
    ahead: int = 0


class _Known(NamedTuple):
    """Rights with the facts they were worked out from."""

    person: Person
    catalog: Catalog
    since: int
    grant: Grant
    owner: Owner
    packages: tuple[str, ...]


@dataclass(slots=True)
class _Opened:
    """One version of a bundle, and the parts beside it."""

    bundle: Bundle
    parts: Parts | None
    keys: Keys
    shelf: Shelf = field(init=False)
    known: tuple[Shelf, Knowledge] | None = None
    stocks: OrderedDict[tuple[str, ...], Stock] = field(default_factory=OrderedDict)
    links: int = 0
    open_parts: dict[str, Part | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shelf = Shelf(self.bundle)

    def stock(self, packages: tuple[str, ...]) -> Stock:
        """Returns what somebody with these packages finds, from last time where it is kept."""
        stock = self.stocks.get(packages)
        if stock is None:
            held = self.parts or ()
            parts = [self._part(name) for name in packages if name in held]
            told = [part for part in parts if part is not None]
            stock = self.stocks[packages] = Stock(self.bundle, told, self.shelf)
            tags = len(self.bundle.tags)
            self.links += tags + stock.links
            while self.links > LINKS and len(self.stocks) > 16:
                self.links -= tags + self.stocks.popitem(last=False)[1].links
        else:
            self.stocks.move_to_end(packages)
        return stock

    def knowledge(self, shelf: Shelf) -> Knowledge:
        """Returns the stickers that came so far to a shelf as what a request knows."""
        known = self.known
        if known is None or known[0] is not shelf or len(known[1].catalog.ids) != len(shelf.ids):
            head, catalog = self.bundle.head, replace(empty_catalog(), ids=tuple(shelf.ids))
            told = Knowledge(catalog, made_from={"bundle": f"{head.name}/{head.version}"})
            known = self.known = shelf, told
        return known[1]

    def _part(self, name: str) -> Part | None:
        if self.parts is None or name in self.open_parts:
            return self.open_parts.get(name)
        if len(self.open_parts) >= PARTS:
            self.open_parts.clear()
            self.stocks.clear()
            self.shelf, self.links = Shelf(self.bundle), 0
        try:
            part = Part.open(self.parts[name], self.keys)
        except BundleError as error:
            log.warning("the part of package %s is left out: %s", name, error)
            part = None
        self.open_parts[name] = part
        return part


class Suggest:
    """The touchpoint of one project; safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._kept = folder, Kept(folder)
        self._lock = threading.Lock()
        self._opened: dict[str, _Opened] = {}
        self._due: dict[str, float] = {}
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def decide_all(self, batch: Batch) -> list[Decision | Exception]:
        """Returns the row for what each request's context says is typed.

        Without a bundle for the language the row is empty, and the decision says so. `Invalid`
        stands for who sends a context that does not say what is typed, or wants too long a row.
        """
        made: dict[int, Decision | Exception] = {}
        looks: dict[Shelf, tuple[_Opened, dict[int, Look]]] = {}
        with self._lock:
            for number, request in enumerate(batch):
                try:
                    typed = _typed(request.context)
                    opened = self._answering(request.context.get("locale") or request.person.locale)
                    if opened is None:
                        made[number] = nothing(request)
                    else:
                        look = self._look(request, typed, opened)
                        looks.setdefault(opened.shelf, (opened, {}))[1][number] = look
                except Exception as error:
                    made[number] = error
            known = [(opened.knowledge(shelf), told) for shelf, (opened, told) in looks.items()]
        for knowledge, told in known:
            requests = [batch.requests[number] for number in told]
            answers = decided(requests, list(told.values()), knowledge)
            made.update(zip(told, answers, strict=True))
        return [made[number] for number in range(len(batch))]

    def device(self, person: Person, catalog: Catalog, at: int, locale: str) -> Device:
        """Returns what a person's device would hold. Raises `NotFound` where there is no bundle."""
        with self._lock:
            return self._reach(person, catalog, at, self._there(locale))

    def again(self, request: Request, told: Served) -> Decision:
        """Returns a recorded decision made again with the bundle it was made with.

        Raises `NotFound` where the text or that version of the bundle is not kept.
        """
        if "text" not in told.context:
            raise NotFound(
                f"decision {told.decision_id} cannot be made again: what was typed is kept only of"
                " people who consent (context.consent)"
            )
        if told.failed:
            return nothing(request)
        with self._lock:
            locale, _, version = told.versions["bundle"].partition("/")
            opened = self._opened.get(locale)
            if opened is None or str(opened.bundle.head.version) != version:
                try:
                    opened = self._open(locale, int(version))
                except (OSError, BundleError) as error:
                    raise NotFound(f"bundle {locale}/{version} is not kept any more") from error
            look = self._look(request, _typed(request.context), opened)
            knowledge = opened.knowledge(opened.shelf)
        (decision,) = decided([request], [look], knowledge)
        if isinstance(decision, Exception):
            raise decision
        return decision

    def everything(self, locale: str) -> Stock:
        """Returns the stickers in reach of somebody who has all packages. Raises `NotFound`."""
        with self._lock:
            opened = self._there(locale)
            names = {*opened.bundle.packages, *(opened.parts or ())}
            return opened.stock(tuple(sorted(names)))

    def grant(self, person: Person, catalog: Catalog, at: int) -> Grant:
        """Returns what a person may send, and until when that stands."""
        with self._lock:
            return self._rights(person, catalog, at).grant

    def _look(self, request: Request, typed: _Stroke, opened: _Opened) -> Look:
        """Returns what a bundle says of what is typed. Raises `Invalid`."""
        person, at = request.person, request.at
        text, caret, room = typed
        most = opened.bundle.settings.row
        if request.n > most:
            raise Invalid(f"n: expected 1 to {most} stickers, got {request.n}")
        stock, owner, ahead = self._reach(person, request.catalog, at, opened)
        return looked(stock, text, caret, owner, at=at, offset=ahead, room=room)

    def _reach(self, person: Person, catalog: Catalog, at: int, opened: _Opened) -> Device:
        known = self._rights(person, catalog, at)
        ahead = _ahead(person.zone, at // (15 * clock.MINUTE))
        return Device(opened.stock(known.packages), known.owner, ahead)

    def _answering(self, locale: str) -> _Opened | None:
        return self._newest(locale) or self._newest(locale.partition("-")[0])

    def _rights(self, person: Person, catalog: Catalog, at: int) -> _Known:
        known = self._known.get(person.user)
        if (
            known is not None
            and known.since <= at < known.grant.until
            and _same(known, person, catalog)
        ):
            return known
        grant = rights(person, catalog, at)
        packages = tuple(sorted(grant.rights.owned | grant.rights.kept))
        known = _Known(person, catalog, at, grant, Owner(rights=grant.rights), packages)
        self._known[person.user] = known
        if len(self._known) > PEOPLE:
            self._known.popitem(last=False)
        return known

    def _there(self, locale: str) -> _Opened:
        opened = self._answering(locale)
        if opened is None:
            raise NotFound(f"there is no bundle for {locale} yet: pittari bundle build")
        return opened

    def _newest(self, locale: str) -> _Opened | None:
        """Returns the newest bundle of a locale, looked for once a second."""
        now = time.monotonic()
        if now < self._due.get(locale, 0.0):
            return self._opened.get(locale)
        opened = self._opened.get(locale)
        versions = self._kept.versions(locale) if _plain(locale) else []
        for version in reversed(versions):
            if opened is not None and version <= opened.bundle.head.version:
                break
            try:
                self._opened[locale] = self._open(locale, version)
                break
            except (OSError, BundleError) as error:
                log.warning("bundle %s/%s is not taken: %s", locale, version, error)
        if locale in self._opened or len(self._due) < 1000:
            self._due[locale] = now + CHECK
        return self._opened.get(locale)

    def _open(self, locale: str, version: int) -> _Opened:
        keys = signer_of(self._folder).keys
        bundle = Bundle.open(self._kept.path(locale, version), keys, whole=False)
        newest = self._kept.newest_parts()
        return _Opened(bundle, self._kept.parts(newest) if newest else None, keys)


def _same(known: _Known, person: Person, catalog: Catalog) -> bool:
    """Returns whether nothing of what rights are worked out from has changed."""
    then = known.person
    return (
        known.catalog is catalog
        and then.held is person.held
        and then.sent is person.sent
        and (then.region, then.adult) == (person.region, person.adult)
    )


def _typed(context: Mapping[str, str]) -> _Stroke:
    """Returns the text, the caret and the room of a context. Raises `Invalid`."""
    if "text" not in context:
        raise Invalid("context.text: expected what is typed; nothing came")
    caret = context.get("caret", "")
    if caret and not (caret.isascii() and caret.isdigit()):
        raise Invalid(f'context.caret: expected a whole number of letters, got "{caret}"')
    return context["text"], int(caret) if caret else None, context.get("room", "")


def _plain(locale: str) -> bool:
    """Returns whether a word can be a locale that a bundle has, and no path."""
    return locale.replace("-", "").isalnum() and len(locale.encode()) <= NAME_BYTES


@lru_cache(maxsize=10_000)
def _ahead(zone: str, quarter: int) -> int:
    """Returns how many minutes a zone is ahead of UTC in a quarter of an hour, counted from 1970;
    0 where the zone is none."""
    try:
        told = clock.moment(quarter * 15 * clock.MINUTE).astimezone(ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        return 0
    return int((told or timedelta()) / timedelta(minutes=1))
