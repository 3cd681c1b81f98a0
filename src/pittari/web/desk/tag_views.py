"""What stands on the pages about tags? Stickers and words, in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pittari import clock
from pittari.errors import NotFound
from pittari.learning.tags.coverage import Coverage, coverage
from pittari.learning.tags.lookup import Lookup, sticker_ids
from pittari.learning.tags.meanings import meanings, written
from pittari.model.catalog import Item
from pittari.model.tags import Correction
from pittari.store.tags import NotATag, tag_of
from pittari.text.folding import folded
from pittari.web.desk.frame import Frame, named
from pittari.web.rendering import local, tongue
from pittari.web.sessions import number
from pittari.web.shop import Shop
from pittari.web.words import Words

BEST = 15
"""Tags of a sticker that are shown at once."""
MOST = 200
"""Tags of a sticker that are shown at all."""
TYPED = 6
"""Ways of typing that are shown of a tag."""
FOUND = 24
"""Tags, and stickers, that a search shows."""
PAGE = 48
"""Stickers of a tag on one page."""
FIXES = 40
"""Corrections listed."""


@dataclass(frozen=True, slots=True)
class Sticker:
    """A sticker as the pages show it; `picture`: its address where that is one of our own."""

    id: str
    title: str
    package: str
    picture: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A tag of a sticker: how its creator writes it, if they do; how sure, 0 to 1, where it comes
    from, and ways of typing it."""

    tag: str
    written: str
    sure: float
    origin: str
    typed: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction in force, by whom and when; `sticker`: none where it holds on all."""

    act: str
    tag: str
    sticker: Sticker | None
    told: str


Spelt = Callable[[str], str]
View = dict[str, Any]
"""What a template is told; `kind` is its name."""


class TagViews:
    """Reads tags, corrections and stickers as they stand."""

    def __init__(self, frame: Frame) -> None:
        self._frame, self._engine, self._store = frame, frame.engine, frame.store
        self._shop = Shop(frame.engine)
        self._lookup = Lookup(frame.engine.tags())
        self._covered: tuple[object, int, Coverage | None] = (None, -1, None)

    def view(self, asked: Mapping[str, str], spoken: Words) -> View:
        """Returns what an address asks for: a sticker, a word, what is found, or the overview.

        Raises `NotFound` for an unknown sticker.
        """
        if asked.get("item"):
            return self._item(asked["item"], spoken)
        if asked.get("word"):
            return self._word(asked["word"], number(asked.get("from", "")) or 0, spoken)
        wanted = asked.get("q", "").strip()[:100]
        return self._found(wanted, spoken) if wanted else self._home(spoken)

    def spelt(self) -> Spelt:
        """Returns a way to write a tag as people do: the last to correct it, else our tables."""
        said = {one.tag: one.written for one in self._store.tags.corrections() if one.written}
        usual = written()
        return lambda tag: said.get(tag) or usual.get(tag, tag)

    def _tags(self) -> Lookup:
        table = self._engine.tags()
        if table is not self._lookup.table:
            self._lookup = Lookup(table)
        return self._lookup

    def _item(self, name: str, spoken: Words) -> View:
        item = self._store.catalog.items([] if "\0" in name else [name]).get(name)
        if item is None or item.kind != "sticker":
            raise NotFound(f'there is no sticker "{name[:128]}"')
        lookup, own = self._tags(), _own(item)
        rows = []
        for tag, sure, source in lookup.table.of_item(name, MOST):
            typed = [word for word in _own_first(lookup.keywords(tag), spoken) if word != tag]
            origin = spoken(f"origin.{source}")
            rows.append(
                Told(
                    tag,
                    own.get(tag, ""),
                    sure / 255,
                    origin,
                    tuple(typed[:TYPED]),
                    len(typed[TYPED:]),
                )
            )
        corrections = self._store.tags.corrections()
        off = [one for one in corrections if one.item == name and one.act == "remove"]
        on = {one.tag: one for one in corrections if one.item == name and one.act == "add"}
        return {
            "kind": "item",
            "sticker": self._stickers([name], spoken)[0],
            "rows": rows[:BEST],
            "rest": rows[BEST:],
            "added": {tag: self._who(one, spoken) for tag, one in on.items()},
            "off": self._fixes(off, spoken),
        }

    def _word(self, text: str, begin: int, spoken: Words) -> View:
        try:
            tag = tag_of(text)
        except NotATag:
            tag = folded(text)[:100]
        lookup, corrections = self._tags(), self._store.tags.corrections()
        every = lookup.stickers(tag)
        begin = begin if begin < len(every) else 0
        about = [one for one in corrections if one.tag == tag]
        shown = every[begin : begin + PAGE]
        stickers = self._stickers([one.item for one in shown], spoken)
        sure = {one.item: (one.confidence / 255, spoken(f"origin.{one.origin}")) for one in shown}
        block = next((one for one in about if one.act == "block"), None)
        typed = _own_first(lookup.keywords(tag), spoken)
        return {
            "kind": "word",
            "tag": tag,
            "total": len(every),
            "stickers": [(one, *sure[one.id]) for one in stickers],
            "typed": typed[:FOUND],
            "more": len(typed[FOUND:]),
            "blocked": self._fixes([block], spoken)[0] if block else None,
            "fixes": self._fixes([one for one in about if one.item], spoken),
            "before": max(0, begin - PAGE) if begin else None,
            "after": begin + PAGE if begin + PAGE < len(every) else None,
        }

    def _found(self, wanted: str, spoken: Words) -> View:
        lookup = self._tags()
        tags = lookup.search(wanted, FOUND)
        table = lookup.table
        counted = [(tag, int(table.tag_counts[table.tag_row(tag)])) for tag in tags]
        ids = [wanted] if "\0" not in wanted else []
        for tag in tags:
            ids += [one.item for one in lookup.stickers(tag)[:FOUND]]
        stickers = self._stickers(list(dict.fromkeys(ids))[:FOUND], spoken)
        return {"kind": "found", "wanted": wanted, "tags": counted, "stickers": stickers}

    def _home(self, spoken: Words) -> View:
        told = self._coverage()
        corrections = sorted(self._store.tags.corrections(), key=lambda one: -one.at)
        return {
            "kind": "home",
            "coverage": told,
            "untagged": self._stickers(told.untagged, spoken),
            "pairs": sum(told.origins.values()),
            "fixes": self._fixes(corrections[:FIXES], spoken),
        }

    def _coverage(self) -> Coverage:
        """Returns what the tags answer of this catalogue, and of the words people use most."""
        catalog, table = self._engine.knowledge().catalog, self._engine.tags()
        of, version, told = self._covered
        if told is None or of is not table or version != catalog.version:
            told = coverage(table, sticker_ids(catalog), meanings().usual())
            self._covered = (table, catalog.version, told)
        return told

    def _stickers(self, ids: Iterable[str], spoken: Words) -> list[Sticker]:
        """Returns those of the stickers that stand in the catalogue, in this order."""
        wanted = list(ids)
        known = self._store.catalog.items(wanted)
        packages = self._store.catalog.items({item.package for item in known.values()})
        made = []
        for name in wanted:
            item = known.get(name)
            if item is not None and item.kind == "sticker":
                package = packages.get(item.package)
                title = spoken.pick(item.caption) or spoken.pick(item.title, item.id)
                of = spoken.pick(package.title, package.id) if package else ""
                best = tuple(one.tag for one in self._lookup.table.of_item(name, 3))
                made.append(Sticker(name, title, of, self._picture(item), best))
        return made

    def _picture(self, item: Item) -> str:
        if self._frame.demo and self._shop.picture(item.id):
            return f"/pictures/{item.id}.svg"
        return item.picture if item.picture == local(item.picture) else ""

    def _fixes(self, corrections: Iterable[Correction], spoken: Words) -> list[Fix]:
        told = list(corrections)
        ids = [one.item for one in told if one.item]
        stickers = {one.id: one for one in self._stickers(dict.fromkeys(ids), spoken)}
        return [
            Fix(
                one.act,
                one.tag,
                stickers.get(one.item, Sticker(one.item, spoken("tags.gone"), "", ""))
                if one.item
                else None,
                self._who(one, spoken),
            )
            for one in told
        ]

    def _who(self, one: Correction, spoken: Words) -> str:
        who = named(one.by, spoken)
        if who in ("", "command line"):
            who = spoken("tags.by_nobody")
        when = clock.moment(one.at).astimezone(self._frame.zone).strftime("%Y-%m-%d %H:%M")
        return spoken("tags.by", who=who, when=when)


def _own(item: Item) -> dict[str, str]:
    """Returns how a sticker's creator writes its tags, by their folded form."""
    return {folded(tag): tag for tag in item.tags}


def _own_first(typed: Iterable[str], spoken: Words) -> list[str]:
    """Returns ways of typing, those in the visitor's language before others."""
    return sorted(typed, key=lambda word: tongue(word) != spoken.language)
