"""Journeys of a shelf: asked, answered, recorded, explained, bought, asked again."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from pittari import clock
from pittari.engine import Ask, Engine
from pittari.errors import Invalid, NotFound, SettingsError
from pittari.model.catalog import Item, User
from pittari.model.decision import Decision
from pittari.model.event import Engagement
from pittari.settings import Project, Shelves, parse, project
from pittari.testing import Known
from pittari.touchpoints.shelf import build

Open = Callable[[], Engine]
PLAIN = (
    '[[shelf]]\nname = "for_you"\nn = 8\nexplore = 0.0\nsources = {taste = 0.8, popular = 0.2}\n'
)


def did(user: str, item: str, action: str, n: int = 0) -> Engagement:
    return Engagement(
        event_id=f"{user}-{item}-{action}-{n}", at=clock.moment(clock.now()), user=user, item=item,
        action=action,  # type: ignore[arg-type]
    )  # fmt: skip


def shown(engine: Engine, user: str, **more: object) -> list[str]:
    return [slot.item for slot in engine.serve(Ask("shelf", user, **more)).slots]  # type: ignore[arg-type]


def test_an_answer_that_was_given_stands_in_the_log(engine: Engine) -> None:
    decision = engine.serve(Ask("shelf", "even-1"))
    record = engine.explain(decision.request.decision_id)
    assert [s.item for s in record.slots] == [s.item for s in decision.slots]
    assert sum(record.dropped.values()) + len(record.slots) == len(decision.placed) + len(
        decision.dropped.candidates
    )
    assert set(record.versions) >= {"catalog", "settings", "taste", "popular"}


def test_a_dry_run_leaves_no_row(engine: Engine) -> None:
    before = engine.store.events.last_seq()
    engine.decide(Ask("shelf", "even-1"))
    assert engine.store.events.last_seq() == before


def test_a_decision_replays_to_the_same_line_up(engine: Engine, another: Open) -> None:
    engine.store.events.append([did("even-2", "item-8", "click")])
    decision = engine.serve(Ask("shelf", "even-2"))
    engine.store.events.append([did("even-2", decision.slots[0].item, "purchase")])
    engine.serve(Ask("shelf", "even-2"))
    served, again = another().replay(decision.request.decision_id)
    assert again.slots == decision.slots == served.slots


def test_two_questions_of_one_moment_replay_as_they_were_answered(
    engine: Engine, another: Open
) -> None:
    """Neither was made in knowledge of the other, although one stands before it in the log."""
    engine.serve(Ask("shelf", "even-3"))
    asks = [Ask("shelf", "even-3"), Ask("shelf", "nobody", n=0), Ask("shelf", "even-3")]
    made, durable = engine.submit_all(asks)
    assert durable.result().new == 2
    assert isinstance(made[1], Invalid)
    for decision in (made[0], made[2]):
        assert isinstance(decision, Decision)
        assert another().replay(decision.request.decision_id)[1].slots == decision.slots


def test_an_engine_knows_of_its_own_line_ups_what_another_reads_of_them(
    engine: Engine, another: Open
) -> None:
    first = shown(engine, "even-4", n=5)
    shown(engine, "even-4", n=8)
    engine.store.events.append([did("even-4", first[0], "dismiss")])
    known = [
        one.store.people.person("even-4", one.knowledge().catalog, clock.now())
        for one in (engine, another())
    ]
    counted = [dict(zip(p.served.tolist(), p.served_times.tolist(), strict=True)) for p in known]
    assert counted[0] == counted[1] != {}
    assert engine.knowledge().catalog.index[first[0]] not in counted[0]


@pytest.mark.parametrize("shift", [-clock.HOUR, clock.HOUR])
@pytest.mark.parametrize("action", ["click", "purchase", "mute"])
def test_a_clock_that_is_wrong_does_not_change_what_a_replay_knows(
    engine: Engine, another: Open, action: str, shift: int
) -> None:
    user, at = f"even-{action}", clock.moment(clock.now() + shift)
    first = engine.serve(Ask("shelf", user))
    row = did(user, first.slots[0].item, action)
    engine.store.events.append([msgspec.structs.replace(row, at=at)])
    second = engine.serve(Ask("shelf", user))
    for decision in (first, second):
        assert another().replay(decision.request.decision_id)[1].slots == decision.slots


def test_what_one_server_sold_the_other_no_longer_offers(engine: Engine, another: Open) -> None:
    other = another()
    first = shown(other, "even-1")[0]
    engine.store.events.append([did("even-1", first, "purchase")])
    for _ in range(5):
        assert first not in shown(other, "even-1")


def test_muted_is_gone_at_once_and_undo_brings_it_back(engine: Engine) -> None:
    item = engine.decide(Ask("shelf", "odd-1")).slots[0].item
    engine.store.events.append([did("odd-1", item, "mute")])
    decision = engine.decide(Ask("shelf", "odd-1"))
    assert item not in {slot.item for slot in decision.slots}
    assert decision.dropped.counts["muted"] == 1
    engine.store.events.append([did("odd-1", item, "undo")])
    assert "muted" not in engine.decide(Ask("shelf", "odd-1")).dropped.counts


def test_a_withdrawn_item_is_gone_when_the_change_is_acknowledged(
    engine: Engine, another: Open
) -> None:
    other = another()
    item = shown(other, "even-1")[0]
    engine.store.catalog.delete_items([item])
    other._knowing._catalog_due = 0.0
    assert item not in shown(other, "even-1")


def test_a_row_names_the_catalogue_it_was_made_from(engine: Engine) -> None:
    for price in (1, 2):
        item = engine.store.catalog.item(engine.knowledge().catalog.ids[0])
        engine.store.catalog.put_items([msgspec.structs.replace(item, price=price)])
        engine.refresh()
        decision = engine.serve(Ask("shelf", "mika"))
        told = engine.explain(decision.request.decision_id).versions["catalog"]
        assert told == str(engine.knowledge().catalog.version)


def test_regions_and_age_decide_what_may_be_shown(engine: Engine) -> None:
    item = engine.decide(Ask("shelf", "even-1")).slots[0].item
    for change in ({"regions": ("TW",)}, {"adult": True}):
        engine.store.catalog.put_items([Item(id=item, **change)])  # type: ignore[arg-type]
        engine._knowing._catalog_due = 0.0
        assert item not in {s.item for s in engine.decide(Ask("shelf", "even-1")).slots}
    engine.store.catalog.put_users([User(id="even-1", adult=True)])
    assert item in {
        engine.knowledge().catalog.ids[row]
        for row in engine.decide(Ask("shelf", "even-1", n=60)).placed.items
    }


def test_a_new_release_reaches_a_running_engine_and_is_never_mixed_with_the_old(
    engine: Engine, world: Known
) -> None:
    old = dict(engine.knowledge().versions())
    arrays = {name: dict(p.arrays) for name, p in world.knowledge.parameters.items()}
    for table in arrays.values():
        table["extra"] = np.ones(1, np.float32)
    seen: list[dict[str, str]] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            engine._knowing._release_due = 0.0
            seen.append(engine.decide(Ask("shelf", "even-1")).request.knowledge.versions())

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    engine.store.parameters.publish({n: (a, "known", {}) for n, a in arrays.items()}, clock.now())
    new = dict(engine.store.parameters.current().versions)
    for _ in range(500):
        if seen and seen[-1].get("taste") == new["taste"]:
            break
        stop.wait(0.01)
    stop.set()
    for thread in threads:
        thread.join()
    assert any(versions["taste"] == new["taste"] for versions in seen)
    assert new["taste"] != old["taste"]
    whole = [{name: versions[name] for name in new} for versions in seen]
    assert all(v in (new, {name: old[name] for name in new}) for v in whole)


def test_an_older_history_is_that_of_the_release_an_answer_reads(
    engine: Engine, world: Known
) -> None:
    known = engine.knowledge()

    def now() -> int:
        """Says the time, and puts a release and an item in force that nobody knew of before."""
        if engine.knowledge() is known:
            arrays = dict(world.knowledge.parameters["history"].arrays)
            items, seen = arrays["items"], arrays["seen"]
            arrays |= {"items": np.append(items, b"new"), "seen": np.full_like(seen, len(items))}
            engine.store.catalog.put_items([Item(id="new")])
            engine.store.parameters.publish({"history": (arrays, "known", {})}, clock.now())
            engine._knowing._release_due = 0.0
            engine.refresh()
        return clock.now()

    engine.now = now
    first, second = [engine.decide(Ask("shelf", "even-1", "because")).request for _ in range(2)]
    assert first.knowledge is known
    assert first.person.history.tolist() == known.history("even-1").tolist()
    assert second.context["item"] == "new"


def test_rolling_back_serves_the_old_tables_again(engine: Engine, world: Known) -> None:
    before = engine.store.parameters.current().versions
    arrays = dict(world.knowledge.parameters["popular"].arrays)
    arrays["score"] = arrays["score"] * np.float32(0.5)
    engine.store.parameters.publish({"popular": (arrays, "known", {})}, clock.now())
    engine.store.parameters.rollback()
    engine._knowing._release_due = 0.0
    assert engine.knowledge().versions().items() >= dict(before).items()


def test_a_page_of_shelves_repeats_nothing_when_it_says_what_it_shows(engine: Engine) -> None:
    on_page: list[str] = []
    for placement in engine.touchpoints()["shelf"]:
        on_page += shown(
            engine, "even-3", placement=placement, context={"shown": " ".join(on_page)}
        )
    assert len(on_page) == len(set(on_page))


def test_a_shelf_about_one_item_takes_the_newest_that_is_owned(engine: Engine) -> None:
    engine.store.events.append(
        [did("even-5", "item-20", "click"), did("even-5", "item-30", "click")]
    )
    decision = engine.decide(Ask("shelf", "even-5", "because"))
    assert decision.request.context["item"] == "item-30"
    engine.store.events.append(
        [did("even-5", "item-10", "purchase"), did("even-5", "item-40", "click")]
    )
    owned = engine.decide(Ask("shelf", "even-5", "because"))
    assert owned.request.context["item"] == "item-10"
    assert {slot.reason.item for slot in decision.slots} <= {"item-30"}


def test_before_anything_is_learned_the_answer_is_empty_and_no_error(another: Open) -> None:
    assert shown(another(), "somebody") == []


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (Ask("shelv", "u"), 'Did you mean "shelf"'),
        (Ask("shelf", "u", "for_yu"), 'Did you mean "for_you"'),
    ],
)
def test_an_unknown_place_is_answered_with_the_nearest_one(
    engine: Engine, ask: Ask, words: str
) -> None:
    with pytest.raises(NotFound, match=words):
        engine.decide(ask)


def test_a_number_of_places_has_limits(engine: Engine) -> None:
    with pytest.raises(Invalid, match="1 to 200"):
        engine.decide(Ask("shelf", "u", n=0))


def test_settings_that_cannot_be_are_refused_with_file_key_and_word(place: Project) -> None:
    file = place.folder / "touchpoints" / "shelf.toml"
    head = '[[shelf]]\nname = "x"\nn = 3\n'
    ask = head + "sources = {popular = 1.0}\n"
    cases = {
        head + "sorces = {popular = 1.0}\n": 'Did you mean "sources"',
        ask + "caps = {creater = 1}\n": '"creator"',
        head + "sources = {popular = -1.0}\n": "expected 0 to",
        ask + "explore = 2.0\n": "explore",
        head + "sources = {popular = nan}\n": "expected 0 to",
        ask + "spread = inf\n": "spread",
        ask + "quota = [{where = {}, at_least = 2, at_most = 1}]\n": "at_least 2 and at_most 1",
        ask + 'pin = [{item = "a", place = 9}]\n': "1 to 3",
        "[[shelf]\n": "not TOML",
    }
    for text, words in cases.items():
        file.write_text(text)
        with pytest.raises(SettingsError, match=words) as told:
            project(place.folder)
        assert "shelf.toml" in str(told.value)


def test_two_shelves_of_one_name_are_refused() -> None:
    with pytest.raises(SettingsError, match="stands twice"):
        parse(PLAIN + PLAIN, Shelves, "shelf.toml")


def test_a_rule_about_a_source_that_does_not_exist_is_refused() -> None:
    text = (
        '[[shelf]]\nname = "x"\nsources = {popular = 1.0}\nbury = [{where = {source = "tast"}}]\n'
    )
    with pytest.raises(SettingsError, match=r'"tast".*Did you mean "taste"'):
        build(parse(text, Shelves, "shelf.toml").shelf[0])


@pytest.mark.parametrize(
    "ask",
    [
        Ask("shelf", "u" * 129),
        Ask("shelf", "\udcff"),
        Ask("shelf", "u", context={"shown": "x" * 2001}),
        Ask("shelf", "u", "because", context={str(i): "" for i in range(16)}),
    ],
)
def test_what_could_not_be_read_back_is_not_answered(engine: Engine, ask: Ask) -> None:
    before = engine.store.events.last_seq()
    with pytest.raises(Invalid):
        engine.serve(ask)
    assert engine.store.events.last_seq() == before
