"""Does a line-up keep the rules? Asked again of plain topics, apart from whoever composed it.

It warns and does not block, except where safety is broken: a guard that blocked editions because
a cap was one over has hurt a real newsroom more than any line-up did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pittari.editions.attributes import fits, number, spoken_of
from pittari.editions.pool import Entry, Pool, Wishes
from pittari.editions.rules import Rule, Rules, in_force, places, today
from pittari.editions.rules.language import span

SAFETY = ("unknown-topic", "same-topic-twice", "too-many-places", "too-few-places")
"""What blocks an edition, beside the reasons of safety itself."""

_HAIR = 1e-9
"""What a computed number may be over a limit, in steps, and still count as at it."""

Lineup = list[tuple[int, Entry]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule, pin or promise of safety (`rule`, its name) that does not hold, and where.

    `places` from 1; empty when something is missing from the whole edition.
    """

    rule: str
    severity: Literal["safety", "warning"]
    places: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()


def audited(rules: Rules, pool: Pool, wishes: Wishes, topic_ids: Sequence[str]) -> list[Finding]:
    """Returns what is wrong with a line-up, topics by place; nothing when all rules are kept.

    Objectives (`by`) are no promises and are not audited. Severity `safety` blocks the edition:
    a topic that is unknown, doubled or kept out, and a number of places the edition cannot have.
    """
    day = today(rules, pool.at, wishes.modes)
    known = {entry.topic.id: entry for entry in pool.entries}
    admitted = [one for one in pool.entries if not _kept_out(rules, pool, wishes, one)]
    lineup = [(i, known[one]) for i, one in enumerate(topic_ids, 1) if one in known]
    found = list(_unsafe(rules, pool, wishes, topic_ids, known))
    most, least = places(rules, day), rules.edition.minimum
    if len(topic_ids) > most:
        found.append(
            Finding("too-many-places", "safety", tuple(range(most + 1, len(topic_ids) + 1)))
        )
    if len(topic_ids) < least:
        found.append(Finding("too-few-places", "safety"))
    elif len(topic_ids) < min(most, len(admitted)):
        found.append(Finding("empty-places", "warning"))
    for place, pinned in sorted(wishes.pins.items()):
        if place <= len(topic_ids) and topic_ids[place - 1] != pinned:
            found.append(Finding(f"desk-pin-{place}", "warning", (place,), (pinned,)))
    for rule in rules.rules:
        if in_force(rule, day) and rule.kind != "by":
            at = _broken(rule, rules, pool, lineup, admitted)
            if at is not None:
                topics = tuple(entry.topic.id for place, entry in lineup if place in at)
                found.append(Finding(rule.name, "warning", tuple(at), topics))
    return found


def _kept_out(rules: Rules, pool: Pool, wishes: Wishes, entry: Entry) -> str | None:
    day = today(rules, pool.at, wishes.modes)
    if entry.topic.status == "withdrawn":
        return "withdrawn"
    if number("embargoed", entry, pool, rules.edition):
        return "embargoed"
    if entry.topic.id in wishes.vetoes:
        return "vetoed"
    held = (kept for kept in rules.keep_out if in_force(kept, day))
    return next((k.name for k in held if fits(k.where, entry, pool, rules.edition)), None)


def _unsafe(
    rules: Rules, pool: Pool, wishes: Wishes, topic_ids: Sequence[str], known: dict[str, Entry]
) -> Iterator[Finding]:
    for place, topic in enumerate(topic_ids, 1):
        reason = _kept_out(rules, pool, wishes, known[topic]) if topic in known else "unknown-topic"
        if topic in topic_ids[: place - 1]:
            reason = "same-topic-twice"
        if reason:
            yield Finding(reason, "safety", (place,), (topic,))


def _broken(
    rule: Rule, rules: Rules, pool: Pool, lineup: Lineup, admitted: list[Entry]
) -> list[int] | None:
    """The places where a rule does not hold; nothing when it holds."""
    edition = rules.edition
    here = [one for one in lineup if not rule.places or one[0] in rule.places]
    spoken = [one for one in here if spoken_of(rule, one[1], pool, edition)]
    match rule.kind:
        case "avoid":
            at = [i for i, one in spoken if fits(rule.avoid or {}, one, pool, edition)]
        case "want":
            at = [i for i, one in here if not fits(rule.want or {}, one, pool, edition)]
        case "pin":
            at = [i for i, one in here if one.topic.id != rule.pin]
        case "apart":
            group = {i: getattr(one.topic, rule.apart or "") for i, one in spoken}
            at = [
                i
                for i, word in group.items()
                if word and word in (group.get(i - 1), group.get(i + 1))
            ]
        case "count":
            return _miscounted(rule, rules, pool, spoken, admitted)
        case _:
            at = [i for i, one in spoken if _beyond(rule, one, rules, pool)]
    return at or None


def _beyond(rule: Rule, entry: Entry, rules: Rules, pool: Pool) -> bool:
    ((name, limit),) = (rule.over or rule.under or {}).items()
    value = number(name, entry, pool, rules.edition)
    sign = 1 if rule.over else -1
    return value is not None and sign * (value - limit) / rule.step > _HAIR


def _miscounted(
    rule: Rule, rules: Rules, pool: Pool, spoken: Lineup, admitted: list[Entry]
) -> list[int] | None:
    """A group over its cap, with what went out before; or one short of its floor."""

    def word(entry: Entry) -> str | None:
        return "all" if rule.each is None else getattr(entry.topic, rule.each) or None

    past = _past(rule, rules, pool)
    before = Counter(word(one) for one in past if spoken_of(rule, one, pool, rules.edition))
    counts = Counter(word(one) for _, one in spoken)
    offered = {word(one) for one in admitted if spoken_of(rule, one, pool, rules.edition)}
    groups = ({"all"} if rule.each is None else offered) - {None}
    over = {
        group
        for group in groups
        if rule.at_most is not None and counts[group] > max(0, rule.at_most - before[group])
    }
    short = any(before[group] + counts[group] < (rule.at_least or 0) for group in groups)
    return [i for i, one in spoken if word(one) in over] if over or short else None


def _past(rule: Rule, rules: Rules, pool: Pool) -> list[Entry]:
    if rule.within is None:
        return []
    zone = ZoneInfo(rules.edition.zone)
    day = pool.at.astimezone(zone).date()
    told = [
        one
        for one in pool.told
        if (
            one.at.astimezone(zone).date() == day
            if rule.within == "today"
            else one.at > pool.at - timedelta(microseconds=span(rule.within))
        )
    ]
    return [Entry(topic=topic) for one in told for topic in one.topics]
