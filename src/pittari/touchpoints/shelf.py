"""The shelf: recommendation places on a shop page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pittari.composition.slots import Slots
from pittari.eligibility.availability import Availability
from pittari.eligibility.buried import Buried
from pittari.eligibility.entitlement import NotOwned
from pittari.eligibility.seen import Seen
from pittari.errors import SettingsError, nearest
from pittari.model.candidates import Candidates
from pittari.model.event import Reason
from pittari.model.request import Batch
from pittari.pipeline import Pipeline, Source, SourceUse
from pittari.scoring.blend import Blend
from pittari.scoring.engagement import Engagement
from pittari.scoring.fatigue import Fatigue
from pittari.settings import Boost, Bury, Quota, Shelf
from pittari.sources.editorial import Editorial
from pittari.sources.popular import Peers, Popular
from pittari.sources.similar import Similar
from pittari.sources.taste import Taste

MakeSource = Callable[[Shelf], Source]
SOURCES: Mapping[str, MakeSource] = {
    "content": lambda shelf: Similar("content"),
    "editorial": lambda shelf: Editorial((*shelf.editorial, *(pin.item for pin in shelf.pin))),
    "fresh": lambda shelf: Popular("fresh"),
    "peers": lambda shelf: Peers(),
    "popular": lambda shelf: Popular(),
    "similar": lambda shelf: Similar(),
    "taste": lambda shelf: Taste(),
}


@dataclass(frozen=True, slots=True)
class Why:
    """Names the source that weighs most, and the owned item that led there if one did."""

    blend: Blend

    def reasons(
        self, batch: Batch, placed: Candidates, how: Sequence[str]
    ) -> list[tuple[str, Reason]]:
        """Returns the leading source per place, and the reason's key and item."""
        ids, told = batch.catalog.ids, []
        for row, lead in enumerate(self.blend.leads(placed)):
            because = placed.columns.get(f"because.{lead}")
            anchor = -1 if because is None else int(because[row])
            told.append((lead, Reason(how[row] or lead, ids[anchor] if anchor >= 0 else "")))
        return told


def build(shelf: Shelf, more: Mapping[str, MakeSource] | None = None) -> Pipeline:
    """Returns the pipeline of one shelf; `more` are sources from other packages.

    Raises `SettingsError` when the settings name a source that does not exist.
    """
    known = {**SOURCES, **(more or {})}
    rules: tuple[Boost | Bury | Quota, ...] = (*shelf.boost, *shelf.bury, *shelf.quota)
    named = [(f"sources.{name}", name) for name in shelf.sources]
    named += [("where.source", rule.where.source) for rule in rules if rule.where.source]
    for key, name in named:
        if name not in known:
            raise SettingsError(
                f'touchpoints/shelf.toml: shelf "{shelf.name}": key "{key}": there is no such '
                f'source "{name}".{nearest(name, known)} Known: {", ".join(sorted(known))}.'
            )
    asked = list(shelf.sources)
    if shelf.pin and "editorial" not in asked:
        asked.append("editorial")
    sources = {name: _made(name, known[name], shelf) for name in asked}
    blend = Blend(shelf.sources, shelf.engagement, shelf.boost)
    return Pipeline(
        sources=tuple(
            SourceUse(source, shelf.candidates, shelf.deadline_ms) for source in sources.values()
        ),
        filters=(
            Availability(),
            NotOwned(),
            Seen(shelf.shown_at_most),
            Buried(shelf.bury),
        ),
        scorers=(Engagement(), Fatigue(shelf.fatigue), blend),
        composer=Slots(shelf),
        explainer=Why(blend),
    )


def _made(name: str, make: MakeSource, shelf: Shelf) -> Source:
    """Returns a source under the name by which settings weigh it. Raises `SettingsError`."""
    try:
        source = make(shelf)
    except Exception as error:
        raise SettingsError(
            f'touchpoints/shelf.toml: shelf "{shelf.name}": source "{name}" cannot be made by'
            f" {make!r}, which is given the shelf's settings: {error!r}"
        ) from error
    if not isinstance(source, Source) or source.name != name:
        raise SettingsError(
            f'touchpoints/shelf.toml: shelf "{shelf.name}": expected a source named "{name}" from'
            f" {make!r}, got {source!r} named {getattr(source, 'name', None)!r}"
        )
    return source
