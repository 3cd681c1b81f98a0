"""What went out here? The project's own ledger of editions as a history."""

from __future__ import annotations

import msgspec
import numpy as np

from pittari.clock import HOUR
from pittari.editions.pool import Pool, read_pool
from pittari.editions.signals import place_looks, rates
from pittari.errors import NotFound
from pittari.experiments.shadow.history import EDITORS, History, Past, history_of
from pittari.store import Store

AFTER = 3 * HOUR
"""How long after an edition its readers are counted."""


def ledger_history(store: Store, since: int, until: int) -> History:
    """Returns the editions that went out within since <= due < until (microseconds UTC), as the
    desk let them go, with their frozen pools. Raises `NotFound` when there is none."""
    pasts = []
    for edition in store.editions.between(since, until):
        if edition.state == "released":
            pool = read_pool(store.topics.pool(edition.pool), edition.id)
            sent = tuple(row.topic for row in store.outbox.of(edition.id))
            pool = msgspec.structs.replace(pool, edition=edition.id)
            later = _later(store, pool, edition.due)
            pasts.append(Past(pool=pool, editors={EDITORS: sent}, later=later))
    if not pasts:
        raise NotFound(
            "no edition went out in that time; give --data DIR for a history from files, or more"
            " --days"
        )
    return history_of(pasts)


def _later(store: Store, pool: Pool, due: int) -> dict[str, float]:
    """Clicks per 1,000 impressions at the first place in the hours after, by topic of the pool."""
    minutes = store.counts.minutes(due, due + AFTER)
    if not len(minutes.minute):
        return {}
    rated, _ = rates(minutes, np.ones(len(minutes.minute), np.bool_), place_looks(minutes))
    known = {entry.topic.id for entry in pool.entries}
    named = zip(minutes.ids, rated, strict=True)
    return {name: clicks.rate for name, clicks in named if name in known}
