"""Journeys of a row: typed, answered, recorded without the text, made again; bundles change."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.device.worlds import contents
from tests.touchpoints.facts import facts

from pittari import clock
from pittari.device.bundle import Bundle, Part
from pittari.device.matching import matches
from pittari.device.person import Person, Rights
from pittari.device.ranking import ranked
from pittari.device.signing import signer_of
from pittari.device.silence import silent
from pittari.device.stock import Stock
from pittari.device.writing import write_bundle, write_part
from pittari.engine import Ask, Engine
from pittari.errors import Invalid, NotFound
from pittari.model.catalog import EVERYTHING, Entitlement, Item, User
from pittari.model.request import Batch, Request
from pittari.settings import project
from pittari.testing.bundles import made_up_part
from pittari.touchpoints.suggest import serving
from pittari.touchpoints.suggest.keeping import Kept
from pittari.touchpoints.suggest.rights import Grant
from pittari.touchpoints.suggest.serving import Suggest

OWNED = ("p00000", "p00003")


def put(folder: Path, version: int, *, locale: str = "ja", seed: int = 0) -> None:
    """Puts a made-up bundle and all its parts in force."""
    signer, kept = signer_of(folder), Kept(folder)
    told = replace(contents(seed), version=version, locale=locale)
    parts = {
        name: write_part(replace(made_up_part(told, number), version=version), signer)
        for number, name in enumerate(told.items.packages)
    }
    with kept.turn():
        kept.put(locale, version, write_bundle(told, signer), lambda old: old, 5)
        kept.put_parts(version, parts)


def typed(engine: Engine, seed: int = 0) -> str:
    """Returns a text for which somebody who owns two packages and tries the rest gets a row."""
    for word in contents(seed).keywords:
        if len(word) > 3 and engine.decide(Ask("suggest", "u", context={"text": word})).slots:
            return word
    raise AssertionError("no keyword of the made-up bundle shows anything")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "pittari.toml").write_text("")
    opened = Engine.open(project(tmp_path))
    opened.store.catalog.put_users([User(id="u", locale="ja", region="JP", zone="Asia/Tokyo")])
    opened.store.catalog.put_entitlements(
        [
            *(Entitlement(user="u", item=name) for name in OWNED),
            Entitlement(user="u", item=EVERYTHING, kind="trial"),
        ]
    )
    put(tmp_path, 7)
    yield opened
    opened.close()


def test_a_row_is_what_the_persons_own_device_shows(engine: Engine) -> None:
    folder = engine.project.folder
    keys, kept = signer_of(folder).keys, Kept(folder)
    bundle, parts = Bundle.open(kept.path("ja", 7), keys), kept.parts(7)
    device = Stock(bundle, [Part.open(parts[name], keys) for name in OWNED])
    person = Person(rights=Rights(owned=frozenset(OWNED), trial_until=(1 << 53) - 1, region="JP"))
    rows, at = 0, clock.now()
    for word in contents(0).keywords:
        found = matches(bundle, word)
        row = () if silent(bundle, found, person, at=at) else ranked(
            device, found, person, at=at, offset=540
        )  # fmt: skip
        made = engine.decide(Ask("suggest", "u", context={"text": word}), at=at)
        assert [(slot.item, slot.score) for slot in made.slots] == [
            (one.item, one.score) for one in row
        ]
        rows += bool(row)
    assert rows


def test_rights_are_worked_out_anew_when_the_catalogue_changes(engine: Engine) -> None:
    def grant() -> Grant:
        catalog = engine.knowledge().catalog
        return engine.suggest.grant(engine.store.people.person("u", catalog, at), catalog, at)

    at = clock.now()
    before = grant()
    assert grant() is before
    engine.store.catalog.put_items([Item(id="new")])
    engine.refresh()
    assert grant() is not before


def test_the_log_does_not_keep_what_was_typed(engine: Engine) -> None:
    text = typed(engine)
    decision = engine.serve(
        Ask("suggest", "u", context={"text": text, "caret": str(len(text)), "room": "r"})
    )
    assert decision.slots
    assert all(slot.reason.keyword for slot in decision.slots)
    row = engine.explain(decision.request.decision_id)
    assert row.context == {"room": "r"}
    assert [slot.item for slot in row.slots] == [slot.item for slot in decision.slots]
    assert not any(slot.reason.keyword or slot.reason.tag for slot in row.slots)
    with engine.store.database.peek() as session:
        assert not any(
            text.encode() in bytes(told[0]) for told in session.rows("SELECT body FROM events")
        )
    with pytest.raises(NotFound, match="consent"):
        engine.replay(decision.request.decision_id)


def test_with_consent_it_is_kept_and_the_row_can_be_made_again(engine: Engine) -> None:
    context = {"text": typed(engine), "consent": "yes"}
    decision = engine.serve(Ask("suggest", "u", context=context))
    put(engine.project.folder, 8, seed=1)
    engine.store.catalog.put_entitlements([Entitlement(user="u", item="p00005")])
    served, again = engine.replay(decision.request.decision_id)
    assert served.context == context
    assert again.slots == decision.slots == served.slots


def test_a_bundle_that_is_gone_is_named_when_a_row_is_to_be_made_again(engine: Engine) -> None:
    decision = engine.serve(Ask("suggest", "u", context={"text": typed(engine), "consent": "yes"}))
    Kept(engine.project.folder).path("ja", 7).unlink()
    again = Engine.open(engine.project)
    with pytest.raises(NotFound, match="ja/7"):
        again.replay(decision.request.decision_id)
    again.close()


def version(engine: Engine) -> str:
    engine.suggest._due.clear()
    decision = engine.decide(Ask("suggest", "u", context={"text": "a"}))
    return decision.request.knowledge.versions()["bundle"]


def test_a_newer_bundle_is_taken_and_a_broken_one_is_not(engine: Engine) -> None:
    assert version(engine) == "ja/7"
    put(engine.project.folder, 9, seed=1)
    assert version(engine) == "ja/9"
    path = Kept(engine.project.folder).path("ja", 10)
    path.write_bytes(b"no bundle")
    assert version(engine) == "ja/9"
    engine.suggest._opened.clear()
    assert version(engine) == "ja/9", "nor by a server that starts now"


def test_without_a_bundle_the_row_is_empty_and_says_so(engine: Engine) -> None:
    context = {"text": "hello", "locale": "fr", "consent": "yes"}
    decision = engine.serve(Ask("suggest", "u", context=context))
    assert decision.slots == ()
    assert decision.failed == {"tagged": "no_bundle"}
    assert len(decision.dropped.candidates) == 0
    assert engine.replay(decision.request.decision_id)[1].slots == ()


@pytest.mark.parametrize(
    "locale", ["../ja", "ja/..", "", "ja-JP", "j" * 300, "漢" * 99, "j" * 3000]
)
def test_a_locale_is_never_a_path(engine: Engine, locale: str) -> None:
    put(engine.project.folder, 7, locale="en")
    engine.store.catalog.put_users([User(id="v", locale="en")])
    context = {"text": "hello", "locale": locale}
    if len(locale) > 2000:
        with pytest.raises(Invalid):
            engine.decide(Ask("suggest", "v", context=context))
        return
    named = engine.decide(Ask("suggest", "v", context=context)).request.knowledge.versions()
    assert named["bundle"] == {"ja-JP": "ja/7", "": "en/7"}.get(locale, "none")


@pytest.mark.parametrize(
    ("context", "n", "said"),
    [
        ({}, None, "context.text"),
        ({"text": "a", "caret": "-1"}, None, "context.caret"),
        ({"text": "a", "caret": "²"}, None, "context.caret"),
        ({"text": "a"}, 9, "1 to 8"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_what_was_expected(
    engine: Engine, context: dict[str, str], n: int | None, said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        engine.decide(Ask("suggest", "u", n=n, context=context))


def mixed(engine: Engine, asks: int) -> list[Request]:
    """Returns key strokes of people of two languages with all sorts of rights; some cannot be
    answered."""
    put(engine.project.folder, 8, locale="en", seed=1)
    engine.store.catalog.put_users(
        [
            User(id="grown", locale="ja", region="JP", adult=True),
            User(id="poor", locale="ja"),
            User(id="far", locale="en", region="US", adult=True),
            User(id="silent", locale="fr"),
        ]
    )
    own = [("grown", "p00002"), ("far", "p00002"), ("poor", "p00004"), ("poor", "p00005")]
    engine.store.catalog.put_entitlements(
        [
            *(Entitlement(user=user, item=item) for user, item in own),
            Entitlement(user="grown", item=EVERYTHING, kind="trial"),
        ]
    )
    engine.refresh()
    words = [*contents(0).keywords, *contents(1).keywords]
    dice, knowledge, at = random.Random(5), engine.knowledge(), clock.now()
    made = []
    for number in range(asks):
        text = dice.choice(words)[: dice.randint(1, 9)] + dice.choice(["", "", " x"])
        context = {"text": text, "caret": dice.choice(["", "2", "99", "no"])}
        user = dice.choice(["u", "grown", "poor", "far", "silent"])
        ask = Ask("suggest", user, n=dice.choice([None, None, 3, 8, 9]),
                  context=context if dice.random() < 0.95 else {})  # fmt: skip
        made.append(engine._request(ask, knowledge, at + number, number))
    return made


def test_a_mixed_crowd_gets_what_each_of_them_gets_alone(engine: Engine) -> None:
    requests = mixed(engine, 240)
    told = set[str]()
    for start in range(0, len(requests), 40):
        batch = Batch(tuple(requests[start : start + 40]))
        together = engine.suggest.decide_all(batch)
        for number, made in enumerate(together):
            (alone,) = engine.suggest.decide_all(batch.only(number))
            if isinstance(made, Exception) or isinstance(alone, Exception):
                assert repr(made) == repr(alone)
                told.add(str(made).partition(":")[0])
            else:
                assert facts(made) == facts(alone)
                told |= {*made.dropped.counts, *made.failed, *(slot.source for slot in made.slots)}
                told |= set(made.request.knowledge.versions().values())
    assert told == {
        "n", "context.text", "context.caret", "tagged", "none", "ja/7", "en/8", "owned", "trial",
        "unsure", "adult", "no_right", "not_owned", "no_room",
    }  # fmt: skip


def test_rows_stay_the_same_where_few_packages_are_kept_open(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = Batch(tuple(mixed(engine, 240)))
    rows = [getattr(made, "slots", ()) for made in engine.suggest.decide_all(batch)]
    monkeypatch.setattr(serving, "PARTS", 1)
    few = Suggest(engine.project.folder).decide_all(batch)
    assert [getattr(made, "slots", ()) for made in few] == rows
    assert any(rows)


def test_rows_shown_while_typing_do_not_tire_the_shelves(engine: Engine) -> None:
    text = typed(engine)
    engine.serve(Ask("suggest", "u", context={"text": text}))
    catalog = engine.knowledge().catalog
    person = engine.store.people.person("u", catalog, clock.now())
    assert not len(person.served)
    assert not engine.store.people._states["u"].served


def test_the_bench_types_what_rows_answer(tmp_path: Path) -> None:
    from pittari.cli.bench.running import made
    from pittari.cli.bench.typing import typing

    engine = Engine.open(made(tmp_path / "project"))
    made_up = [engine.decide(ask) for ask in typing(engine, 2_000, 12)]
    engine.close()
    assert any(decision.slots for decision in made_up)
    assert all(decision.failed == {} for decision in made_up)
