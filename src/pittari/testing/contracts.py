"""One suite per socket: what every part must keep, ours and those from other packages.

Each function raises `AssertionError` with the broken promise.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from pittari.editions.channels import Channel
from pittari.model.candidates import Candidates
from pittari.model.request import Request
from pittari.pipeline import Composer, Filter, Scorer, Source
from pittari.store.outbox import Released, key
from pittari.testing.world import candidates, known_world, random_request

WORLDS = range(25)


def check_source(source: Source) -> None:
    """Checks a source: distinct real items, at most the limit, scores from 0 to 1, no dice, the
    same answer twice, and an answer (if an empty one) for anybody in any world."""
    assert isinstance(source, Source), "a source has name, waits and candidates()"
    world = known_world()
    requests = [world.request(user) for user in ("even-0", "odd-3", "stranger")]
    for request in [*requests, *map(random_request, WORLDS)]:
        before = _state(request)
        for limit in (1, 5, 500):
            found = source.candidates(request, limit)
            _sound(source, request, found, limit)
            _same(found, source.candidates(request, limit))
        assert _state(request) == before, "a source draws no dice"


def _sound(source: Source, request: Request, found: Candidates, limit: int) -> None:
    items = found.items
    assert items.dtype == np.int32, "items are catalogue rows as int32"
    assert len(items) <= limit, f"at most {limit} candidates"
    assert len(np.unique(items)) == len(items), "no item twice"
    if len(items):
        assert items.min() >= 0, "items are rows of the catalogue"
        assert items.max() < len(request.catalog), "items are rows of the catalogue"
        column = found.columns[source.name]
        assert column.dtype == np.float32, "scores are float32"
        assert np.isfinite(column).all(), "scores are finite"
        assert column.min() >= 0, "scores are not negative"
        assert np.isclose(column.max(), 1), "the best score is 1"


def check_filter(part: Filter) -> None:
    """Checks a filter: one reason per candidate from its vocabulary, each judged by itself, the
    candidates untouched."""
    assert isinstance(part, Filter), "a filter has vocabulary and reasons()"
    for seed in WORLDS:
        request = random_request(seed)
        rows = candidates(request, seed)
        given = copy.deepcopy(rows)
        codes = part.reasons(request, rows)
        _same(given, rows)
        assert codes.shape == rows.items.shape, "one reason per candidate"
        assert codes.dtype == np.uint8, "reasons are uint8 codes"
        assert codes.max(initial=0) <= len(part.vocabulary), "codes are in the vocabulary"
        turn = np.random.default_rng(seed).permutation(len(rows))
        moved = part.reasons(request, rows.take(turn))
        assert np.array_equal(moved, codes[turn]), "a reason does not depend on the neighbours"


def check_scorer(part: Scorer) -> None:
    """Checks a scorer: one finite number per candidate, the same wherever the candidate stands."""
    assert isinstance(part, Scorer), "a scorer has name and scores()"
    for seed in WORLDS:
        request = random_request(seed)
        rows = candidates(request, seed)
        given = copy.deepcopy(rows)
        scores = part.scores(request, rows)
        _same(given, rows)
        assert scores.shape == rows.items.shape, "one score per candidate"
        assert np.isfinite(scores).all(), "scores are finite"
        turn = np.random.default_rng(seed).permutation(len(rows))
        moved = part.scores(request, rows.take(turn))
        assert np.allclose(moved, scores[turn]), "a score does not depend on the order"


def check_composer(part: Composer) -> None:
    """Checks a composer: at most n rows, none twice, a propensity in (0, 1] for each, a code for
    every row left over, the same line-up for the same dice."""
    assert isinstance(part, Composer), "a composer has vocabulary and arrange()"
    for seed in WORLDS:
        request = random_request(seed)
        rows = candidates(request, seed)
        given = copy.deepcopy(rows)
        laid = part.arrange(request, rows)
        _same(given, rows)
        assert len(laid.rows) <= request.n, "at most n places"
        assert len(set(laid.rows.tolist())) == len(laid.rows), "no row twice"
        assert len(laid.propensities) == len(laid.how) == len(laid.rows), "a propensity a place"
        assert ((laid.propensities > 0) & (laid.propensities <= 1)).all(), "propensities in (0, 1]"
        left = np.ones(len(rows), np.bool_)
        left[laid.rows] = False
        assert (laid.left[left] > 0).all(), "a reason for every row left over"
        assert (laid.left[~left] == 0).all(), "no reason for a row that is placed"
        assert laid.left.max(initial=0) <= len(part.vocabulary), "codes are in the vocabulary"
        again = part.arrange(random_request(seed), rows)
        assert np.array_equal(again.rows, laid.rows), "same dice, same line-up"


def check_learner(fit: Callable[[], Mapping[str, np.ndarray[Any, Any]]]) -> None:
    """Checks what a learner writes: named arrays, no objects, ids sorted where serving looks them
    up, the same again when fitted again."""
    first, second = fit(), fit()
    assert set(first) == set(second), "the same arrays again"
    for name, array in first.items():
        assert array.dtype.kind in "biufS", f"{name}: numbers or bytes, never objects"
        assert np.array_equal(array, second[name]), f"{name}: the same rows give the same array"
    if "users" in first:
        keys = first["users"]
        assert keys.dtype == np.uint64, "users are 64-bit keys"
        assert bool(np.all(keys[1:] > keys[:-1])), "users ascend, none twice"


def _state(request: Request) -> object:
    return str(request.dice.bit_generator.state)


def _same(one: Candidates, other: Candidates) -> None:
    assert np.array_equal(one.items, other.items), "the same items"
    assert set(one.columns) == set(other.columns), "the same columns"
    for name, column in one.columns.items():
        assert np.array_equal(column, other.columns[name], equal_nan=True), f"the same {name}"


def check_channel(channel: Channel, keys: Callable[[], Iterable[str]]) -> None:
    """Checks a channel: each row arrives once, however often it is sent, nothing else arrives.

    `keys` returns the keys of the rows that arrived; there may have been others before.
    """
    assert isinstance(channel, Channel), "a channel has name and send()"
    before = Counter(keys())
    rows = [_released(edition, place) for edition in ("one", "two") for place in range(1, 7)]
    for batch in (rows[:4], [], rows[2:8], rows, rows[::-1]):
        channel.send(batch)
    arrived = Counter(keys()) - before
    assert set(arrived) == {row.key for row in rows}, "every row arrives, and no other"
    assert max(arrived.values()) == 1, "a row that is sent again does not arrive again"


def _released(edition: str, place: int) -> Released:
    name = f"check-{edition}"
    content = b'{"title":"A check"}'
    return Released(name, 0, place, f"t{place}", key(name, 0, place), 0, False, content)
