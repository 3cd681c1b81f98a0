"""How did rules do beside the editors? One report of plain structs, for pages and commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from pittari.editions.ladder import Composed
from pittari.editions.rules import Rules
from pittari.experiments.shadow.agreement import SEED, Agreement, Judged, agreement
from pittari.experiments.shadow.divergence import Divergence, divergences
from pittari.experiments.shadow.history import Past
from pittari.experiments.shadow.replay import replayed, rules_for


class Caused(msgspec.Struct, frozen=True, kw_only=True):
    """How many divergences one cause led to; `rule` names it where a rule did."""

    cause: str
    rule: str
    places: int


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """The editions of one part, all together and by the edition's name; `since` and `until` are
    its first and last edition."""

    name: str
    since: str
    until: str
    whole: Agreement
    by_edition: dict[str, Agreement]
    causes: tuple[Caused, ...]
    """Of all places that differ, the most frequent first."""
    rungs: dict[str, int]
    """Editions by the rung of the ladder that composed them."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Rules beside the editors, part by part."""

    rules: dict[str, str]
    """Name of each rule file's edition to the file's digest."""
    parts: tuple[Part, ...]


class Shadow(msgspec.Struct, frozen=True, kw_only=True):
    """A replay: the report, and what it was made from, edition by edition."""

    report: Report
    pasts: tuple[Past, ...]
    line_ups: tuple[Composed, ...]
    divergences: tuple[Divergence, ...]


def shadowed(
    files: Sequence[Rules], pasts: Sequence[Past], processes: int = 1, seed: int = SEED
) -> Shadow:
    """Composes past editions again and holds them beside the editors' own, of whom the first by
    name speaks for divergences; the same input and seed give the same report."""
    line_ups = replayed(files, pasts, processes)
    differ = [_differ(files, *both) for both in zip(pasts, line_ups, strict=True)]
    parts = []
    for name in dict.fromkeys(past.part for past in pasts):
        rows = [i for i, past in enumerate(pasts) if past.part == name]
        parts.append(
            _part(
                name,
                [_judged(pasts[i], line_ups[i]) for i in rows],
                [one for i in rows for one in differ[i]],
                [line_ups[i].rung for i in rows],
                seed,
            )
        )
    return Shadow(
        report=Report(
            rules={rules.edition.name: rules.digest for rules in files}, parts=tuple(parts)
        ),
        pasts=tuple(pasts),
        line_ups=tuple(line_ups),
        divergences=tuple(one for own in differ for one in own),
    )


def _part(
    name: str,
    judged: Sequence[Judged],
    differ: Sequence[Divergence],
    rungs: Sequence[str],
    seed: int,
) -> Part:
    counts = Counter((one.cause, one.rule) for one in differ)
    names = list(dict.fromkeys(one.name for one in judged))
    return Part(
        name=name,
        since=judged[0].edition,
        until=judged[-1].edition,
        whole=agreement(judged, seed),
        by_edition={
            edition: agreement([one for one in judged if one.name == edition], seed)
            for edition in names
        },
        causes=tuple(
            Caused(cause=cause, rule=rule, places=n)
            for (cause, rule), n in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        ),
        rungs=dict(Counter(rungs).most_common()),
    )


def _judged(past: Past, ours: Composed) -> Judged:
    pool = [entry.topic.id for entry in past.pool.entries]
    return Judged(
        edition=past.edition,
        ours=ours.topics,
        pool=tuple(name for name in pool if name not in ours.kept_out),
        theirs=tuple(line_up for _, line_up in sorted(past.editors.items())),
    )


def _differ(files: Sequence[Rules], past: Past, ours: Composed) -> list[Divergence]:
    theirs = next((line_up for _, line_up in sorted(past.editors.items())), ())
    return divergences(rules_for(files, past.edition), past.pool, ours.topics, theirs)
