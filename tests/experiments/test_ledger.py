"""The project's own ledger is a history like any other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.experiments.past import month, rules

from pittari import clock
from pittari.clock import DAY, HOUR, MINUTE
from pittari.errors import NotFound
from pittari.experiments.shadow.history import Past
from pittari.experiments.shadow.ledger import ledger_history
from pittari.experiments.shadow.report import shadowed
from pittari.model.edition import Draft, Planned
from pittari.model.event import Engagement, Impression, Served
from pittari.model.topic import NEWS
from pittari.store import Store, open_store
from pittari.store.outbox import Parcel

PASTS = month(3)
SINCE, UNTIL = (clock.micros(PASTS[i].pool.at) for i in (0, -1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = open_store(
        f"sqlite:///{tmp_path / 'p.db'}", tmp_path / "lake", tmp_path / "parameters",
        now=lambda: UNTIL + DAY,
    )  # fmt: skip
    yield made
    made.close()


def release(store: Store, past: Past) -> None:
    """Lets a past edition go out as its editor composed it."""
    due, sent = clock.micros(past.pool.at), past.editors["aki"]
    ledger = store.editions
    ledger.plan([Planned(past.edition, past.name, due, due, due + HOUR)])
    ledger.lease(past.edition, "desk", MINUTE)
    draft = Draft(
        rules="", pool=past.pool.digest, pool_at=due, pool_body=msgspec.json.encode(past.pool),
        body=b"{}", seen=ledger.claim(past.edition, "desk").revision,
    )  # fmt: skip
    served = Served(
        event_id=past.edition, decision_id=past.edition, at=past.pool.at, touchpoint="digest",
        slots=(), n=len(sent),
    )  # fmt: skip
    parcels = [Parcel(place, topic, b"{}") for place, topic in enumerate(sent, 1)]
    ledger.release(past.edition, "desk", draft, served, parcels)


def test_what_went_out_is_read_with_its_pool_and_with_what_was_clicked_then(store: Store) -> None:
    for past in PASTS:
        release(store, past)
    best = PASTS[0].pool.entries[1].topic.id
    told = {"at": clock.moment(SINCE + HOUR), "item": best, "user": "u", "touchpoint": NEWS}
    store.events.append([
        Impression(event_id="seen", position=1, **told),
        Engagement(event_id="clicked", position=1, action="click", **told),
    ])  # fmt: skip
    store.counts.tail()
    history = ledger_history(store, SINCE, UNTIL)
    expected = [past for past in PASTS if clock.micros(past.pool.at) < UNTIL]
    assert [past.pool for past in history.pasts] == [past.pool for past in expected]
    lines = [past.editors["editors"] for past in history.pasts]
    assert lines == [past.editors["aki"] for past in expected]
    assert list(history.pasts[0].later) == [best]
    assert history.pasts[0].later[best] > 0
    report = shadowed([rules()], history.pasts).report
    assert report.parts[0].whole.editions == len(expected)


def test_a_ledger_without_editions_says_so(store: Store) -> None:
    with pytest.raises(NotFound, match="no edition went out"):
        ledger_history(store, SINCE, UNTIL)
