"""What may an editor do? Anything but break safety, and never over another's act."""

from __future__ import annotations

from pittari.errors import Conflict, Invalid
from pittari.model.edition import Act, Done
from pittari.store import Store
from pittari.web.desk.deeds import Titles, spoken, titles
from pittari.web.desk.frame import wall_clock
from pittari.web.desk.standing import Standing
from pittari.web.sessions import Form, first, number
from pittari.web.words import Words

DEEDS = ("pin", "unpin", "swap", "veto", "unveto", "hold", "unhold")
_KEPT = ("edition", "place", "other", "topic", "other_topic")


class Refused(Exception):
    """The act cannot be done; the text says why, to the editor."""


class Clash(Exception):
    """Somebody acted since the editor looked: what they did, and how to do this one anew."""

    def __init__(self, act: Act, form: Form, since: list[Done]) -> None:
        super().__init__(f"{len(since)} acts since")
        self.act, self.since = act, since
        self.edition, self.action = first(form, "edition"), first(form, "action")
        self.again = {name: first(form, name) for name in _KEPT if first(form, name)}


def act_of(form: Form, standing: Standing) -> Act:
    """Returns the act that a form asks for. Raises `Invalid`."""
    deed, topic = first(form, "action"), first(form, "topic")
    if deed not in DEEDS:
        raise Invalid(f"action: expected {', '.join(DEEDS)}; got {deed[:20]!r}")
    if deed in ("hold", "unhold"):
        return Act(deed=deed)  # type: ignore[arg-type]
    if deed == "pin":
        return Act(deed="pin", places={_place(form, "place", standing): topic})
    if deed == "swap":
        one, other = _place(form, "place", standing), _place(form, "other", standing)
        there = first(form, "other_topic")
        if one == other or not topic or not there:
            raise Invalid("swap: expected two different places, each with the topic seen there")
        return Act(deed="swap", places={one: there, other: topic})
    return Act(deed=deed, topic=topic)  # type: ignore[arg-type]


def enter(
    store: Store, standing: Standing, form: Form, *, actor: str, now: int, words: Words
) -> str:
    """Enters what a form asks for; returns what was done, in a sentence.

    Raises `Refused` for what safety forbids or comes too late, `Clash` when somebody was faster.
    """
    act, edition = act_of(form, standing), standing.edition
    seen = number(first(form, "revision"))
    revision = -1 if seen is None else seen
    if now >= edition.closes or edition.state not in ("planned", "composed"):
        raise Refused(words("done.late", clock=wall_clock(edition.closes, standing.zone)))
    if revision != edition.revision:
        raise Clash(act, form, _since(store, edition.id, revision))
    _check_safe(act, standing, words)
    try:
        store.editions.act(edition.id, actor, act, revision)
    except Conflict:
        since = _since(store, edition.id, revision)
        if since:
            raise Clash(act, form, since) from None
        raise Refused(words("done.late", clock=wall_clock(edition.closes, standing.zone))) from None
    return said(act, titles(store, [act], words), standing, words)


def said(act: Act, titled: Titles, standing: Standing, words: Words) -> str:
    """Returns what was done, as the page says it."""
    places = sorted(act.places.items())
    if act.deed == "swap":
        return words("done.swapped", place=places[0][0], other=places[1][0])
    if act.deed == "pin":
        at, topic = places[0]
        return words("done.pinned", place=at, title=titled.get(topic, topic))
    if act.deed in ("hold", "unhold"):
        due = wall_clock(standing.edition.due, standing.zone)
        return words("done.held" if act.deed == "hold" else "done.unheld", clock=due)
    key = {"unpin": "done.unpinned", "veto": "done.vetoed", "unveto": "done.unvetoed"}[act.deed]
    return words(key, title=titled.get(act.topic or "", act.topic or ""))


def wished(act: Act, titled: Titles, words: Words) -> str:
    """Returns what somebody wanted to do, as part of a sentence."""
    return spoken(act, titled, words, "wish")


def _check_safe(act: Act, standing: Standing, words: Words) -> None:
    """Raises `Refused` for a topic that safety keeps out of every place, with the reason."""
    if act.deed not in ("pin", "swap"):
        return
    told = standing.told(words)
    for name in act.places.values():
        if name not in told.cards:
            raise Refused(words("done.gone"))
        why = next((reason for _, reason, topics in told.out if name in topics), None)
        if why is not None:
            raise Refused(words("done.unsafe", title=told.cards[name].title, reason=why))


def _since(store: Store, edition: str, revision: int) -> list[Done]:
    return [one for one in store.editions.acts(edition) if one.revision > revision]


def _place(form: Form, name: str, standing: Standing) -> int:
    told, most = first(form, name), max(1, len(standing.line_up))
    place = number(told)
    if place is None or not 1 <= place <= most:
        raise Invalid(f"{name}: expected a place from 1 to {most}, got {told[:20]!r}")
    return place
