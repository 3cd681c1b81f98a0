"""A world whose answers are known: even people take even items, odd people odd ones.

Items alternate between two camps; everyone has a few items of their own camp, and every learned
table says what an ideal learner would have found. Random worlds have no truth, only laws.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.model.candidates import Candidates, stacked
from pittari.model.catalog import Catalog, Item, Rows, empty_catalog
from pittari.model.parameters import Arrays, Manifest, Parameters, checksum, schema, user_key
from pittari.model.request import Batch, Knowledge, Person, Request

AT = 1_767_225_600 * clock.SECOND
"""The moment at which everything in a known world happens: 2026-01-01T00:00Z."""


@dataclass(frozen=True, slots=True)
class Known:
    """The known world: its knowledge, its people by name, and a way to ask."""

    knowledge: Knowledge
    people: dict[str, Person]

    def request(self, user: str = "even-0", n: int = 8, seed: int = 1, **context: str) -> Request:
        """Returns a request of one of its people."""
        return Request(
            decision_id=f"{AT:016x}{seed:016x}",
            touchpoint="shelf",
            placement="for_you",
            person=self.people[user],
            knowledge=self.knowledge,
            n=n,
            at=AT,
            seed=seed,
            context=context,
        )


def known_world(items: int = 60, people: int = 10) -> Known:
    """Returns the known world with `items` items and `people` people of each camp."""
    start = clock.moment(AT - 100 * clock.DAY)
    catalog = empty_catalog().amended(
        [
            Item(
                id=f"item-{i}",
                title={"en": f"Item {i}", "ja": f"アイテム{i}"},
                creator=f"creator-{i % 7}",
                character=f"character-{i % 5}",
                price=120 * (1 + i % 3),
                tags=("even" if i % 2 == 0 else "odd", f"tag-{i % 9}"),
                premium=i % 4 == 0,
                sold_from=start + timedelta(days=i),
            )
            for i in range(items)
        ],
        version=1,
    )
    folk = {}
    for camp, name in enumerate(("even", "odd")):
        for k in range(people):
            have = np.array([2 * k + camp, 2 * k + camp + 2], np.int32) % items
            folk[f"{name}-{k}"] = Person(f"{name}-{k}", owned=have, history=have)
    folk["stranger"] = Person("stranger")
    learned = {name: parameters(name, arrays) for name, arrays in _tables(catalog, folk).items()}
    return Known(Knowledge.bind(catalog, learned), folk)


def parameters(name: str, arrays: Arrays) -> Parameters:
    """Returns arrays as a version of learned parameters."""
    total = checksum(arrays)
    manifest = Manifest(
        name=name,
        version=f"20260101T000000-{total[:8]}",
        as_of=AT,
        schema=schema(arrays),
        checksum=total,
        settings_digest="known",
    )
    return Parameters(manifest, arrays)


def _tables(catalog: Catalog, folk: dict[str, Person]) -> dict[str, dict[str, npt.NDArray[Any]]]:
    n = len(catalog)
    ids = np.array([name.encode() for name in catalog.ids])
    falling = np.linspace(1.0, 0.1, n, dtype=np.float32)
    camp = np.arange(n) % 2
    near = np.full((n, 10), -1, np.int32)
    for i in range(n):
        same = np.flatnonzero((camp == camp[i]) & (np.arange(n) != i))
        near[i, : len(same[:10])] = same[np.argsort(np.abs(same - i), kind="stable")][:10]
    weight = np.where(near >= 0, np.linspace(1, 0.5, 10, dtype=np.float32), np.float32(0))
    users = sorted((int(user_key(name)), name) for name in folk if name != "stranger")
    keys = np.array([key for key, _ in users], np.uint64)
    side = np.array([name.startswith("odd") for _, name in users], np.int16)
    top = np.stack([np.flatnonzero(camp == s)[:20] for s in (0, 1)]).astype(np.int32)
    score = np.tile(np.linspace(1, 0.5, top.shape[1], dtype=np.float32), (2, 1))
    neighbours = {"items": ids, "neighbours": near, "weight": weight}
    histories = [folk[name].history for _, name in users]
    return {
        "popular": {"items": ids, "score": falling},
        "fresh": {"items": ids[::-1].copy(), "score": falling},
        "similar": neighbours,
        "content": neighbours,
        "taste": {**neighbours, "users": keys, "top": top[side], "score": score[side]},
        "peers": {"items": ids, "users": keys, "group": side, "top": top, "score": score},
        "engagement": {
            "items": ids,
            "lift": np.ones(n, np.float32),
            "alpha": np.ones(n, np.float32),
            "beta": np.full(n, 9, np.float32),
        },
        "history": {
            "items": ids,
            "users": keys,
            "seen": np.concatenate(histories).astype(np.int32),
            "starts": np.cumsum([0, *(len(h) for h in histories)]).astype(np.int64),
        },
    }


def random_request(seed: int) -> Request:
    """Returns a request in a random world: any catalogue, person, tables and time; no truth."""
    return random_batch(seed).requests[-1]


def random_batch(seed: int) -> Batch:
    """Returns 1 to 7 requests in a random world: of people and moments as different as can be,
    from one catalogue and the same tables; no truth."""
    dice = np.random.default_rng(seed)
    n_items = int(dice.integers(1, 80))
    catalog = empty_catalog().amended([_random_item(dice, i) for i in range(n_items)], 1)
    learned = {
        name: parameters(name, table)
        for name, table in _random_tables(dice, catalog).items()
        if dice.random() < 0.8
    }
    knowledge = Knowledge.bind(catalog, learned)
    numbers = range(int(dice.integers(1, 8)))
    return Batch(tuple(_random_request(dice, knowledge, seed, number) for number in numbers))


def _random_tables(
    dice: np.random.Generator, catalog: Catalog
) -> dict[str, dict[str, npt.NDArray[Any]]]:
    """Returns tables that know half of the people, not all items, and some that are gone."""
    known = [name for name in catalog.ids if dice.random() < 0.9]
    ids = dice.permutation(np.array([name.encode() for name in [*known, "gone-1", "gone-2"]]))
    n = len(ids)
    near = dice.integers(-1, n, (n, 5)).astype(np.int32)
    weight = dice.random((n, 5), np.float32)
    score = -np.sort(-dice.random(n, np.float32))
    keys = np.sort(np.array([user_key(f"someone-{k}") for k in (0, 2, 3, 6)], np.uint64))
    top = np.stack([dice.permutation(n).astype(np.int32) for _ in keys])
    own = -np.sort(-dice.random(top.shape, np.float32))
    group = dice.integers(0, len(keys), len(keys)).astype(np.int16)
    neighbours = {"items": ids, "neighbours": near, "weight": weight}
    return {
        "popular": {"items": ids, "score": score},
        "fresh": {"items": ids, "score": score},
        "similar": neighbours,
        "content": neighbours,
        "taste": {**neighbours, "users": keys, "top": top, "score": own},
        "peers": {"items": ids, "users": keys, "group": group, "top": top, "score": own},
        "engagement": {"items": ids, "lift": dice.random(n, np.float32) * 3},
    }


def _random_request(
    dice: np.random.Generator, knowledge: Knowledge, seed: int, number: int
) -> Request:
    catalog = knowledge.catalog
    n_items = len(catalog)
    person = Person(
        f"someone-{number}",
        region=str(dice.choice(["", "JP", "TW"])),
        adult=bool(dice.integers(2)),
        owned=_some(dice, n_items),
        history=_some(dice, n_items),
        muted=_some(dice, n_items),
        served=(served := _some(dice, n_items)),
        served_times=dice.integers(1, 20, len(served)).astype(np.int32),
    )
    context = {}
    if dice.random() < 0.3:
        context["item"] = f"item-{dice.integers(n_items + 1)}"
    if dice.random() < 0.3:
        context["shown"] = " ".join(catalog.ids[row] for row in _some(dice, n_items).tolist())
    return Request(
        decision_id=f"{AT:016x}{seed + number:016x}",
        touchpoint="shelf",
        placement="for_you",
        person=person,
        knowledge=knowledge,
        n=int(dice.integers(1, 15)),
        at=AT + int(dice.integers(-2, 3)) * clock.DAY,
        seed=seed + number,
        context=context,
    )


def _random_item(dice: np.random.Generator, i: int) -> Item:
    days = int(dice.integers(-60, 10))
    return Item(
        id=f"item-{i}",
        creator=f"c{dice.integers(5)}",
        character=f"k{dice.integers(4)}",
        price=int(dice.choice([0, 120, 250])),
        tags=(f"t{dice.integers(6)}",),
        adult=bool(dice.random() < 0.2),
        premium=bool(dice.integers(2)),
        status="withdrawn" if dice.random() < 0.1 else "active",
        regions=() if dice.random() < 0.7 else ("JP",),
        sold_from=clock.moment(AT + days * clock.DAY),
        sold_until=clock.moment(AT + int(dice.integers(-5, 50)) * clock.DAY),
    )


def _some(dice: np.random.Generator, n: int) -> Rows:
    return dice.permutation(n).astype(np.int32)[: int(dice.integers(0, n // 3 + 1))]


def candidates(batch: Batch, seed: int = 0) -> Candidates:
    """Returns for each request of a batch random candidates of its catalogue, for some none, with
    every column a part may read; some columns only where one of the batch has them."""
    dice = np.random.default_rng(seed)
    return stacked([_some_candidates(dice, len(request.catalog)) for request in batch])


def _some_candidates(dice: np.random.Generator, n: int) -> Candidates:
    size = int(dice.choice([0, 1, *dice.integers(0, n + 1, 4)]))
    items = np.sort(dice.permutation(n).astype(np.int32)[:size])
    share = dice.random(size, np.float32)
    some = np.where(dice.random(size) < 0.5, share, np.float32(np.nan)).astype(np.float32)
    columns = {
        "popular": share,
        "taste": some,
        "engagement": dice.random(size, np.float32) * 2,
        "fatigue": np.ones(size, np.float32),
        "score": share,
    }
    if dice.random() < 0.5:
        columns["similar"] = some[::-1]
    return Candidates(items, columns)
