"""Who did what? Acts of the ledger and of the audit, each in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from pittari.model.edition import Act
from pittari.model.topic import Topic
from pittari.store import Act as Noted
from pittari.store import Store
from pittari.web.desk.cards import headline
from pittari.web.words import Words

Titles = Mapping[str, str]
EDITION = "edition."
"""How audited actions on an edition begin; those with an act as detail are the desk's."""


def act_of(noted: Noted) -> Act | None:
    """Returns the desk's act that an audit row tells of, if it is one."""
    if not noted.action.startswith(EDITION) or not noted.detail.startswith("{"):
        return None
    try:
        return msgspec.json.decode(noted.detail, type=Act)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def titles(store: Store, acts: Iterable[Act], words: Words) -> dict[str, str]:
    """Returns the headlines of all topics that acts speak of, by id."""
    ids = {name for act in acts for name in (*act.places.values(), act.topic) if name}
    topics: Mapping[str, Topic] = store.topics.topics(ids)
    return {name: headline(topics[name], words) if name in topics else name for name in ids}


def spoken(act: Act, titled: Titles, words: Words, table: str = "did") -> str:
    """Returns what an act did, without who; with the table `wish`, what it was to do."""
    places = sorted(act.places.items())
    if act.deed == "swap" and len(places) == 2:
        return words(f"{table}.swap", place=places[0][0], other=places[1][0])
    if act.deed in ("pin", "swap"):
        pin = f"{table}.pin"
        told = [words(pin, title=titled.get(name, name), place=at) for at, name in places]
        return words("did.joint").join(told)
    return words(f"{table}.{act.deed}", title=titled.get(act.topic or "", act.topic or ""))


def told(noted: Noted, titled: Titles, words: Words) -> str:
    """Returns what an audit row tells, without who."""
    act = act_of(noted)
    if act is not None:
        return spoken(act, titled, words)
    key = f"did.{noted.action.replace('.', '_').replace('-', '_')}"
    if key not in words.texts:
        return f"{noted.action} {noted.detail}".strip()
    return words(key, detail=words.said(f"did.word_{noted.detail}", noted.detail))
