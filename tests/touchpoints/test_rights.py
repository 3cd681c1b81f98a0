"""What a person may send follows from what they hold, by one rule on the server and the device."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pittari import clock
from pittari.device.person import Person as Owner
from pittari.device.person import Rights
from pittari.engine import Engine
from pittari.model.catalog import EVERYTHING, FOREVER, Entitlement, Held, Item, empty_catalog
from pittari.model.event import Engagement
from pittari.model.request import Person
from pittari.settings import project
from pittari.touchpoints.suggest.rights import LATEST, right_of, rights
from pittari.touchpoints.suggest.sends import judged

NOW = 20_000 * clock.DAY + 9 * clock.HOUR
PACKAGES = [f"p{n}" for n in range(8)]
CATALOG = empty_catalog().amended(
    [Item(id=name, premium=n % 2 == 0) for n, name in enumerate(PACKAGES)]
    + [Item(id=f"{name}-s", kind="sticker", package=name) for name in PACKAGES],
    1,
)
spans = st.tuples(st.integers(-3, 3), st.integers(-3, 3)).map(
    lambda span: (NOW + span[0] * clock.HOUR, NOW + span[1] * clock.HOUR)
)
helds = st.lists(
    st.builds(
        lambda item, kind, span, sends: Held(item, kind, *span, sends),
        st.sampled_from([EVERYTHING, *PACKAGES]),
        st.sampled_from(["owned", "basic", "deluxe", "trial", "trial_send"]),
        spans,
        st.integers(0, 3),
    ),
    max_size=12,
    unique_by=lambda held: (held.item, held.kind),
).map(tuple)


def person(*held: Held, sent: tuple[tuple[str, int], ...] = ()) -> Person:
    return Person("u", region="JP", held=held, sent=sent)


def always(item: str, kind: str = "owned", since: int = 0, sends: int = 0) -> Held:
    return Held(item, kind, since, FOREVER, sends)


@given(helds)
def test_rights_are_the_devices_own_and_stand_until_they_say(held: tuple[Held, ...]) -> None:
    told, until = rights(person(*held), CATALOG, NOW)
    owner = Owner(rights=told)
    assert Owner.read(owner.export()) == owner
    assert until > NOW
    if until < LATEST:
        later = rights(person(*held), CATALOG, until - 1).rights
        assert later == told
        assert any(until in (one.since, one.until) for one in held)


@given(helds, st.sampled_from(PACKAGES))
def test_what_can_be_sent_can_be_sent_by_the_rights_too(
    held: tuple[Held, ...], package: str
) -> None:
    """`right_of` is to one sticker what the device's rule is to all, limits of a day aside."""
    told, _ = rights(person(*held), CATALOG, NOW)
    right = right_of(held, CATALOG, f"{package}-s", NOW)
    own = package in told.owned | told.kept
    assert (right == "owned") == own
    if right == "premium":
        assert told.plan
        assert len(told.kept) < {"basic": 5, "deluxe": 1000}[told.plan]
    if right == "trial":
        assert told.trial_until > NOW
    if right == "trial_send":
        assert told.sends_a_day > 0
        assert told.sends_until > NOW
    if not right:
        assert PACKAGES.index(package) % 2 or not (
            told.trial_until or (told.sends_a_day and told.sends_until)
        )


def test_a_plan_keeps_the_newest_packages() -> None:
    kept = [always(name, "basic", since=n) for n, name in enumerate(PACKAGES)]
    assert rights(person(*kept), CATALOG, NOW).rights.kept == set()
    basic = rights(person(*kept, always(EVERYTHING, "basic")), CATALOG, NOW).rights
    assert basic.kept == set(PACKAGES[-5:])
    both = (always(EVERYTHING, "basic"), always(EVERYTHING, "deluxe"))
    deluxe = rights(person(*kept, *both), CATALOG, NOW).rights
    assert (deluxe.plan, deluxe.kept) == ("deluxe", set(PACKAGES))


def test_a_trial_of_one_package_makes_it_the_persons_own_while_it_lasts() -> None:
    trial = Held("p1", "trial", 0, NOW + 5, 0)
    told, until = rights(person(trial), CATALOG, NOW)
    assert (told.owned, told.trial_until, until) == ({"p1"}, 0, NOW + 5)


def test_only_sends_that_nothing_else_allowed_use_up_the_days_trial_sends() -> None:
    held = (always(EVERYTHING, "trial_send", sends=3), always("p0"))
    yesterday = NOW - clock.DAY
    sent = (("p0-s", NOW), ("p2-s", NOW), ("p2-s", NOW + 1), ("p4-s", yesterday), ("gone", NOW))
    told = rights(person(*held, sent=sent), CATALOG, NOW).rights
    assert told.sent == 2
    assert Owner(rights=told).sends_left(NOW) == 1
    assert Owner(rights=told).sends_left(NOW + clock.DAY) == 3


def send(item: str, at: int, event: str = "e") -> Engagement:
    return Engagement(
        event_id=event, at=clock.moment(at), user="u", touchpoint="suggest", item=item,
        action="send",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "why"),
    [("trial", "trial_ended"), ("trial_send", "trial_ended"), ("deluxe", "plan_ended")],
)
def test_a_send_after_the_end_is_kept_and_explained(kind: str, why: str) -> None:
    end = NOW + clock.HOUR
    held = (Held(EVERYTHING, kind, 0, end, 2),)
    sends = [send("p2-s", end - 1, "before"), send("p2-s", end, "after"), send("p1-s", end, "no"),
             send("gone", end, "gone")]  # fmt: skip
    told = judged(sends, lambda user: held, lambda user, day: (), CATALOG)
    assert [(one.event_id, one.why, one.ended) for one in told] == [
        ("after", why, end), ("no", "no_right", 0), ("gone", "unknown_item", 0)
    ]  # fmt: skip


def test_what_is_no_sticker_can_be_sent_by_no_right() -> None:
    held = (always("p0"), always(EVERYTHING, "trial"))
    assert right_of(held, CATALOG, "p0-s", NOW) == "owned"
    assert [right_of(held, CATALOG, item, NOW) for item in ("p0", "p2", "gone")] == [""] * 3
    [told] = judged([send("p0", NOW)], lambda user: held, lambda user, day: (), CATALOG)
    assert told.why == "unknown_item"


def test_trial_sends_beyond_the_days_number_can_be_sent_by_no_right() -> None:
    held = (always(EVERYTHING, "trial_send", sends=2), always("p0"))
    rights_by_turn = [right_of(held, CATALOG, "p2-s", NOW, sent) for sent in range(4)]
    assert rights_by_turn == ["trial_send", "trial_send", "", ""]
    assert right_of(held, CATALOG, "p0-s", NOW, 2) == "owned"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    (tmp_path / "pittari.toml").write_text("")
    return Engine.open(project(tmp_path), now=lambda: NOW)


def test_rights_follow_the_facts_at_once_and_the_api_refuses_no_send(engine: Engine) -> None:
    from starlette.testclient import TestClient

    from pittari.web.app import create_app

    engine.store.catalog.put_items(
        [Item(id="p0", premium=True), Item(id="p0-s", kind="sticker", package="p0")]
    )
    headers = {"authorization": f"Bearer {engine.store.keys.create('c', 'client')}"}
    with TestClient(create_app(engine), headers=headers) as door:

        def asked() -> Rights:
            told = door.get("/v1/users/u/rights")
            assert told.status_code == 200
            return msgspec.convert(told.json()["rights"], Rights)

        assert asked() == Rights(sent_day=clock.day(NOW))
        begun = clock.moment(NOW - clock.HOUR)
        day = Entitlement(user="u", item=EVERYTHING, kind="trial_send", since=begun, sends=2)
        engine.store.catalog.put_entitlements([day])
        assert (asked().sends_a_day, asked().sent) == (2, 0)
        row = {**msgspec.to_builtins(send("p0-s", NOW)), "kind": "engagement"}
        assert door.post("/v1/events", json=[row]).json() == {"new": 1, "known": 0}
        assert asked().sent == 1
        ended = clock.moment(NOW)
        engine.store.catalog.put_entitlements([msgspec.structs.replace(day, until=ended)])
        later = {**row, "event_id": "late", "at": ended.isoformat()}
        told = door.post("/v1/events", json=[later]).json()
        assert told["new"] == 1
        [why] = told["uncounted"]
        assert (why["event_id"], why["why"]) == ("late", "trial_ended")
        assert datetime.fromisoformat(why["ended"]) == ended
        engine.store.events.append([msgspec.structs.replace(
            send("p0", NOW, "bought"), action="purchase")])  # fmt: skip
        assert asked().owned == {"p0"}
    engine.close()


def test_a_day_is_used_up_by_what_was_sent_first_whenever_it_is_reported(engine: Engine) -> None:
    names = [f"p{n}" for n in range(4)]
    engine.store.catalog.put_items(
        [Item(id=name, premium=True) for name in names]
        + [Item(id=f"{name}-s", kind="sticker", package=name) for name in names]
    )
    engine.store.catalog.put_entitlements(
        [Entitlement(user="u", item=EVERYTHING, kind="trial_send", sends=2)]
    )

    def reported(*sends: Engagement) -> dict[str, str]:
        engine.store.events.append(sends)
        return {one.event_id: one.why for one in engine.uncounted(sends)}

    for day in (NOW, NOW - clock.DAY, NOW - 9 * clock.DAY):
        at = [send(f"p{n}-s", day - n * clock.MINUTE, f"{day}-{n}") for n in range(4)]
        assert reported(at[1]) == {}
        assert reported(at[0], at[2], at[3]) == {at[0].event_id: "day_used_up"}
        assert reported(*at) == {one.event_id: "day_used_up" for one in at[:2]}
        engine.store.tidy()
    twins = [send("p0-s", NOW + clock.DAY, f"twin-{n}") for n in range(3)]
    assert reported(*twins) == {"twin-2": "day_used_up"}
    engine.close()
