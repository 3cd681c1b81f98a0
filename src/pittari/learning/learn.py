"""Learning, whole: read the log once, fit what is asked for, publish all of it at one stroke."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pittari import clock
from pittari.errors import NotFound, nearest
from pittari.learning.content import Content
from pittari.learning.editors.learner import Editors
from pittari.learning.editors.newsroom import newsroom
from pittari.learning.engagement import Engagement
from pittari.learning.fresh import Fresh
from pittari.learning.history import History
from pittari.learning.learner import Learned, Learner, checked
from pittari.learning.offers.learner import Offers
from pittari.learning.peers import Peers
from pittari.learning.popular import Popular
from pittari.learning.rows import LogRows, read
from pittari.learning.similar import Similar
from pittari.learning.tags.learner import Tags
from pittari.learning.tags.wording import wording
from pittari.learning.taste.learner import Taste
from pittari.settings import LearnTable, digest
from pittari.store import Store
from pittari.store.parameters import Release

LEARNERS: dict[str, Callable[[LearnTable], Learner]] = {
    "engagement": Engagement,
    "popular": Popular,
    "fresh": Fresh,
    "similar": Similar,
    "taste": Taste,
    "content": Content,
    "peers": Peers,
    "history": History,
    "offers": Offers,
    "tags": Tags,
    "editors": Editors,
}
"""Every learned table and who learns it."""

Progress = Callable[[str], None]
"""Is told the name of each step as it begins: `reading`, the learners' names, `publishing`."""


def learn(
    store: Store,
    settings: LearnTable,
    names: Sequence[str] | None = None,
    as_of: int | None = None,
    progress: Progress | None = None,
) -> Release:
    """Learns the tables `names` (all, when None) from rows up to `as_of` (microseconds UTC, by
    default now) and puts them in force together; tables not named stay as they are.

    Equal rows, settings and `as_of` give equal versions. Raises `NotFound` for an unknown name;
    then nothing is learned.
    """
    tell = progress or (lambda step: None)
    asked = chosen(names)
    as_of = clock.now() if as_of is None else as_of
    tell("reading")
    rows = read(store.lake, store.catalog.every_item(), as_of, settings.window_days)
    since = as_of - settings.window_days * clock.DAY
    if Tags.name in asked:
        rows = replace(rows, wording=wording(store, since, as_of + 1))
    if Editors.name in asked:
        rows = replace(rows, newsroom=newsroom(store, since, as_of + 1))
    learned = {}
    for name in asked:
        tell(name)
        learned[name] = fit(name, rows, settings)
    tell("publishing")
    said = digest(settings)
    tables = {name: (one.arrays, said, one.figures) for name, one in learned.items()}
    return store.parameters.publish(tables, as_of)


def fit(name: str, rows: LogRows, settings: LearnTable) -> Learned:
    """Returns one table, checked. Raises `PartError` when a learner's arrays do not fit."""
    return checked(name, LEARNERS[name](settings).fit(rows))


def chosen(names: Sequence[str] | None) -> tuple[str, ...]:
    """Returns the names to learn, each once, in the order of `LEARNERS`. Raises `NotFound`."""
    for name in names or ():
        if name not in LEARNERS:
            raise NotFound(f'there is nothing to learn named "{name}".{nearest(name, LEARNERS)}')
    return tuple(name for name in LEARNERS if not names or name in names)
