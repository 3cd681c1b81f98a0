"""One suite per socket: what every part must keep, ours and those from other packages.

Each function raises `AssertionError` with the broken promise.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from pittari.editions.channels import Channel
from pittari.model.candidates import Candidates, Places, bounds, union
from pittari.model.request import Batch
from pittari.pipeline import Arrangement, Composer, Filter, Scorer, Source
from pittari.store.outbox import Released, key
from pittari.testing.world import candidates, known_world, random_batch

WORLDS = range(25)
ALONE = "in a batch, each request gets exactly what it gets alone"


def check_source(source: Source) -> None:
    """Checks a source: for each request distinct real items, at most the limit, scores from 0 to
    1, no dice; the same answer twice, and an answer (if an empty one) for anybody in any world,
    whoever else asks at the same time."""
    assert isinstance(source, Source), "a source has name, waits and candidates()"
    world = known_world()
    known = Batch(tuple(world.request(user) for user in ("even-0", "odd-3", "stranger")))
    for batch in [known, *map(random_batch, WORLDS)]:
        before = _dice(batch)
        for limit in (1, 5, 500):
            found = source.candidates(batch, limit)
            _grouped(batch, found)
            _same(found, source.candidates(batch, limit), "asked again")
            for number, own in enumerate(found.each(len(batch))):
                _sound(source, batch, own, limit)
                alone = source.candidates(batch.only(number), limit)
                _grouped(batch.only(number), alone)
                _same(_heard(union([own])), _heard(union([alone])), ALONE)
        assert _dice(batch) == before, "a source draws no dice"


def _grouped(batch: Batch, found: Candidates) -> None:
    whose, items = found.whose, found.items
    assert items.dtype == np.int32, "items are catalogue rows as int32"
    assert whose.shape == items.shape, "one request (`whose`) per candidate"
    assert all(len(column) == len(items) for column in found.columns.values()), "whole columns"
    assert (whose[1:] >= whose[:-1]).all(), "candidates of the first request first: `whose` rises"
    assert not len(whose) or 0 <= whose[0] <= whose[-1] < len(batch), "`whose` is in the batch"
    assert not found.ascending or _rising(found), "items ascend for each request, as it says"


def _rising(found: Candidates) -> bool:
    within = found.whose[1:] == found.whose[:-1]
    return bool((found.items[1:] > found.items[:-1])[within].all())


def _sound(source: Source, batch: Batch, found: Candidates, limit: int) -> None:
    items, name = found.items, source.name
    assert set(found.columns) <= {name, f"because.{name}"}, "its own columns, and no others"
    assert len(items) <= limit, f"at most {limit} candidates for each request"
    assert len(np.unique(items)) == len(items), "no item twice for a request"
    if len(items):
        assert items.min() >= 0, "items are rows of the catalogue"
        assert items.max() < len(batch.catalog), "items are rows of the catalogue"
        column = found.columns[name]
        assert column.dtype == np.float32, "scores are float32"
        assert np.isfinite(column).all(), "scores are finite"
        assert column.min() >= 0, "scores are not negative"
        assert np.isclose(column.max(), 1), "the best score of each request is 1"


def check_filter(part: Filter) -> None:
    """Checks a filter: one reason per candidate from its vocabulary, each judged by itself and for
    its own request, the candidates untouched, no dice."""
    assert isinstance(part, Filter), "a filter has vocabulary and reasons()"
    for seed in WORLDS:
        batch = random_batch(seed)
        rows, before = candidates(batch, seed), _dice(batch)
        given = copy.deepcopy(rows)
        codes = part.reasons(batch, rows)
        _same(given, rows, "candidates are not changed")
        assert codes.shape == rows.items.shape, "one reason per candidate"
        assert codes.dtype == np.uint8, "reasons are uint8 codes"
        assert codes.max(initial=0) <= len(part.vocabulary), "codes are in the vocabulary"
        turn = _turned(rows, seed)
        moved = part.reasons(batch, rows.take(turn))
        assert np.array_equal(moved, codes[turn]), "a reason does not depend on the neighbours"
        for one, own, a, b in _each(batch, rows):
            assert np.array_equal(part.reasons(one, own), codes[a:b]), ALONE
        assert _dice(batch) == before, "a filter draws no dice"


def check_scorer(part: Scorer) -> None:
    """Checks a scorer: one finite number per candidate, the same wherever the candidate stands and
    whoever else asks, the candidates untouched, no dice."""
    assert isinstance(part, Scorer), "a scorer has name and scores()"
    for seed in WORLDS:
        batch = random_batch(seed)
        rows, before = candidates(batch, seed), _dice(batch)
        given = copy.deepcopy(rows)
        scores = part.scores(batch, rows)
        _same(given, rows, "candidates are not changed")
        assert scores.shape == rows.items.shape, "one score per candidate"
        assert np.isfinite(scores).all(), "scores are finite"
        turn = _turned(rows, seed)
        moved = part.scores(batch, rows.take(turn))
        assert np.allclose(moved, scores[turn]), "a score does not depend on the order"
        for one, own, a, b in _each(batch, rows):
            assert np.array_equal(part.scores(one, own), scores[a:b]), ALONE
        assert _dice(batch) == before, "a scorer draws no dice"


def check_composer(part: Composer) -> None:
    """Checks a composer: for each request at most n rows, none twice, a propensity in (0, 1] for
    each, a code for every row left over; the same line-up for the same dice, whoever else asks."""
    assert isinstance(part, Composer), "a composer has vocabulary and arrange()"
    for seed in WORLDS:
        batch = random_batch(seed)
        rows = candidates(batch, seed)
        given = copy.deepcopy(rows)
        laid = part.arrange(batch, rows)
        _same(given, rows, "candidates are not changed")
        _laid_out(part, batch, rows, laid)
        again = part.arrange(random_batch(seed), rows)
        assert np.array_equal(again.rows, laid.rows), "same dice, same line-up"
        starts = bounds(rows.whose.take(laid.rows), len(batch))
        fresh = _each(random_batch(seed), rows)
        for (one, own, a, b), start, end in zip(fresh, starts, starts[1:], strict=False):
            alone = part.arrange(one, own)
            assert np.array_equal(alone.rows, laid.rows[start:end] - a), ALONE
            assert np.array_equal(alone.propensities, laid.propensities[start:end]), ALONE
            assert list(alone.how) == list(laid.how[start:end]), ALONE
            assert np.array_equal(alone.left, laid.left[a:b]), ALONE


def _laid_out(part: Composer, batch: Batch, rows: Candidates, laid: Arrangement) -> None:
    whose = rows.whose.take(laid.rows)
    assert (whose[1:] >= whose[:-1]).all(), "the places of the first request first"
    places = np.bincount(whose, minlength=len(batch)).tolist()
    most = zip(places, batch, strict=True)
    assert all(told <= request.n for told, request in most), "at most n places for each request"
    assert len(set(laid.rows.tolist())) == len(laid.rows), "no row twice"
    assert len(laid.propensities) == len(laid.how) == len(laid.rows), "a propensity a place"
    assert ((laid.propensities > 0) & (laid.propensities <= 1)).all(), "propensities in (0, 1]"
    left = np.ones(len(rows), np.bool_)
    left[laid.rows] = False
    assert laid.left.shape == left.shape, "a code per candidate"
    assert (laid.left[left] > 0).all(), "a reason for every row left over"
    assert (laid.left[~left] == 0).all(), "no reason for a row that is placed"
    assert laid.left.max(initial=0) <= len(part.vocabulary), "codes are in the vocabulary"


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


def _dice(batch: Batch) -> list[str]:
    return [str(request.dice.bit_generator.state) for request in batch]


def _turned(rows: Candidates, seed: int) -> Places:
    """Returns the rows of each request in another order."""
    return np.lexsort((np.random.default_rng(seed).random(len(rows)), rows.whose))


def _each(batch: Batch, rows: Candidates) -> Iterator[tuple[Batch, Candidates, int, int]]:
    """Yields each request alone, its candidates as they would come to it alone, and where they
    stand among those of all."""
    ends = bounds(rows.whose, len(batch))
    for number, own in enumerate(rows.each(len(batch))):
        yield batch.only(number), _heard(own), ends[number], ends[number + 1]


def _heard(own: Candidates) -> Candidates:
    """Returns candidates without the columns that have no word on any of them: alone, a request
    has no columns of sources that named nothing for it."""
    columns = {
        name: column
        for name, column in own.columns.items()
        if not len(own) or bool((column >= 0).any())
    }
    return Candidates(own.items, columns, ascending=own.ascending)


def _same(one: Candidates, other: Candidates, when: str) -> None:
    assert np.array_equal(one.items, other.items), f"the same items: {when}"
    assert np.array_equal(one.whose, other.whose), f"the same requests: {when}"
    assert set(one.columns) == set(other.columns), f"the same columns: {when}"
    for name, column in one.columns.items():
        same = np.array_equal(column, other.columns[name], equal_nan=column.dtype.kind == "f")
        assert same, f"the same {name}: {when}"


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
