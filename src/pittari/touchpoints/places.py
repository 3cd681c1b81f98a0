"""Where do shelves stand? The places of the shop page, each with its pipeline."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from pittari.errors import SettingsError
from pittari.model.candidates import among
from pittari.model.request import Knowledge, Person
from pittari.pipeline import Pipeline
from pittari.settings import Project, Shelf, digest
from pittari.touchpoints.asking import Ask, check
from pittari.touchpoints.shelf import SOURCES, MakeSource, build


@dataclass(frozen=True, slots=True)
class Placement:
    """One place of a touchpoint: its settings and the pipeline built from them."""

    settings: Shelf
    pipeline: Pipeline
    version: str


def shelves(project: Project) -> dict[str, Placement]:
    """Returns the shelves of a project by name, with those sources from other packages that they
    name. Raises `SettingsError` where such a source cannot be had."""
    asked = {name for shelf in project.shelves.shelf for name in shelf.sources}
    found = {
        entry.name: _loaded(entry)
        for entry in entry_points(group="pittari.sources")
        if entry.name in asked and entry.name not in SOURCES
    }
    return {
        shelf.name: Placement(shelf, build(shelf, found), digest(shelf))
        for shelf in project.shelves.shelf
    }


def _loaded(entry: EntryPoint) -> MakeSource:
    try:
        made: MakeSource = entry.load()
    except Exception as error:
        package = entry.dist.name if entry.dist else "an unknown package"
        raise SettingsError(
            f'touchpoints/shelf.toml: source "{entry.name}" of {package} cannot be loaded from'
            f" {entry.value}: {error!r}"
        ) from error
    return made


def anchored(ask: Ask, shelf: Shelf, person: Person, knowledge: Knowledge) -> dict[str, str]:
    """Returns the context of a request, with the anchor a shelf about one item needs: the newest
    item the person owns, or else the newest they looked at."""
    context = dict(ask.context or {})
    if shelf.anchor and "item" not in context:
        history = person.history
        had = history[among(history, person.owned)]
        newest = (had if len(had) else history)[:1].tolist()
        context["item"] = knowledge.catalog.ids[newest[0]] if newest else ""
        check(person.user, context)
    return context
