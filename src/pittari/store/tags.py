"""What did people put right about words on stickers? Kept beside what is learned, and above it."""

from __future__ import annotations

import unicodedata
from typing import Literal

import msgspec

from pittari import clock
from pittari.errors import Conflict, Invalid, NotFound
from pittari.model.catalog import Item
from pittari.model.tags import Correction, Deed
from pittari.store.audit import note
from pittari.store.database import Database, Session
from pittari.text.folding import folded

_item = msgspec.json.Decoder(Item).decode

LONGEST = 40
"""Characters of a tag, folded."""
_RAW = 400
"""Characters of a text that is looked at at all."""
_PUT = """
INSERT INTO tag_corrections (item, tag, written, act, actor, at, active, revision)
VALUES (?, ?, ?, ?, ?, ?, 1, ?)
ON CONFLICT (item, tag) DO UPDATE SET written = excluded.written, act = excluded.act,
  actor = excluded.actor, at = excluded.at, active = 1, revision = excluded.revision
"""
_END = "UPDATE tag_corrections SET active = 0, revision = ? WHERE item = ? AND tag = ?"
_KNOWN = "SELECT item, tag, act, actor, at, written FROM tag_corrections WHERE active = 1"


class NotATag(Invalid):
    """A text is no tag; `reason` says why, in one word."""

    def __init__(self, reason: Literal["empty", "long", "letters"], text: str) -> None:
        super().__init__(text)
        self.reason = reason


def tag_of(text: str) -> str:
    """Returns a text as a tag: folded, so that all ways of writing it are one.

    Raises `NotATag` for one without a letter or digit, and above `LONGEST` characters.
    """
    tag = folded(text) if len(text) <= _RAW else text
    if len(tag) > LONGEST:
        raise NotATag("long", f"expected a tag of at most {LONGEST} characters; got {len(tag):,}")
    if not tag:
        raise NotATag("empty", "expected a tag; got nothing but spaces or signs that do not show")
    if not any(unicodedata.category(letter)[0] in "LN" for letter in tag) or "\ufffd" in tag:
        raise NotATag("letters", f'expected a tag with a letter or a digit; got "{tag}"')
    return tag


def plain(text: str) -> str:
    """Returns a tag as somebody wrote it, without spaces around it and signs that do not show."""
    shown = unicodedata.normalize("NFKC", " ".join(text.split()))
    shown = "".join(letter for letter in shown if letter.isprintable())
    return shown if folded(shown) == folded(text) else folded(text)


class TagStore:
    """Corrections of tags: one word of one sticker, or of all of them. Each act is on record."""

    def __init__(self, database: Database, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._now = now

    def corrections(self) -> list[Correction]:
        """Returns all that are in force, by item and tag; blocks, which have no item, first."""
        with self._database.peek() as session:
            found = session.rows(_KNOWN)
        return sorted((Correction(*row) for row in found), key=lambda one: (one.item, one.tag))

    def revision(self) -> int:
        """Returns a number that grows with every change; 0 before the first."""
        with self._database.peek() as session:
            return int(session.rows("SELECT max(revision) FROM tag_corrections")[0][0] or 0)

    def put(self, act: Deed, tag: str, item: str = "", by: str = "") -> Correction | None:
        """Adds a tag to a sticker, removes it, or blocks it on all (then `item` is empty).

        Returns the correction that this one replaces. Raises `NotATag`, `NotFound` for an unknown
        sticker, `Conflict` for adding what is blocked.
        """
        written, tag = tag, tag_of(tag)
        if (act == "block") == bool(item):
            raise Invalid(f"{act}: expected {'no' if act == 'block' else 'an'} item")
        with self._database.write() as session:
            if item:
                _check_sticker(session, item)
            if act == "add" and _known(session, "", tag):
                raise Conflict(f'"{tag}" is blocked on all stickers: restore it first')
            before = _known(session, item, tag)
            if before is None or before.act != act:
                done = Correction(item, tag, act, by, self._now(), plain(written))
                row = (item, tag, done.written, act, by, done.at, session.revise())
                session.run(_PUT, row)
                _note(session, f"tags.{act}", done)
        return before

    def restore(self, tag: str, item: str = "", by: str = "") -> Correction:
        """Takes a correction back: what was learned counts again. Returns what was taken back.

        Raises `NotFound` where nobody corrected anything.
        """
        tag = tag_of(tag)
        with self._database.write() as session:
            before = _known(session, item, tag)
            if before is None:
                where = f'on sticker "{item}"' if item else "on all stickers"
                raise NotFound(f'nobody corrected "{tag}" {where}: there is nothing to restore')
            session.run(_END, (session.revise(), item, tag))
            undone = Correction(item, tag, before.act, by, self._now(), before.written)
            _note(session, "tags.restore" if item else "tags.unblock", undone)
        return before


def _check_sticker(session: Session, item: str) -> None:
    """Raises `NotFound` for what is no sticker of the catalogue."""
    asked = "SELECT body FROM items WHERE active = 1 AND id = ?"
    found = [] if "\0" in item else session.rows(asked, (item,))
    if not found:
        raise NotFound(f'there is no sticker "{item[:128]}"')
    kind = _item(found[0][0]).kind
    if kind != "sticker":
        raise NotFound(f'there is no sticker "{item}": that is a {kind}')


def _known(session: Session, item: str, tag: str) -> Correction | None:
    if "\0" in item:
        return None
    found = session.rows(f"{_KNOWN} AND item = ? AND tag = ?", (item, tag))
    return Correction(*found[0]) if found else None


def _note(session: Session, action: str, done: Correction) -> None:
    """The subject is the sticker; of what concerns all of them, the word."""
    subject, detail = (done.item, done.written) if done.item else (done.tag, "")
    note(session, at=done.at, actor=done.by, action=action, subject=subject, detail=detail)
