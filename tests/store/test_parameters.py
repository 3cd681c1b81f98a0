"""Laws of releases: all of one or none of it, never changed, one step back, whole or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
from tests.store.rows import NOON

from pittari.errors import Conflict, NotFound, ParametersError, Unavailable
from pittari.model.event import Published
from pittari.model.parameters import Arrays
from pittari.store import Release, Store


def table(seed: int) -> Arrays:
    dice = np.random.default_rng(seed)
    return {
        "items": np.array([b"cats", b"dogs"]),
        "weights": dice.normal(size=(3, 4)).astype(np.float32),
        "none": np.zeros((0, 4), np.int64),
    }


def learned(**seeds: int) -> Mapping[str, tuple[Arrays, str, Mapping[str, float]]]:
    return {name: (table(seed), "settings", {"rows": 1.0}) for name, seed in seeds.items()}


def test_what_was_published_is_loaded_by_another_process(
    store: Store, reopened: Callable[[], Store]
) -> None:
    assert store.parameters.current() == Release(0, {})
    release = store.parameters.publish(learned(taste=1, popular=2), NOON)
    other = reopened()
    assert other.parameters.current() == release
    loaded = other.parameters.load(release)
    for name, array in table(1).items():
        np.testing.assert_array_equal(loaded["taste"].arrays[name], array)
        assert loaded["taste"].arrays[name].dtype == array.dtype
    assert loaded["popular"].version == release.versions["popular"]
    assert not loaded["taste"].arrays["weights"].flags.writeable
    assert other.parameters.show("taste") == loaded["taste"].manifest


def test_a_release_keeps_what_was_not_learned_again_and_the_log_says_what_came(
    store: Store,
) -> None:
    first = store.parameters.publish(learned(taste=1, popular=2), NOON)
    second = store.parameters.publish(learned(taste=3), NOON + 1)
    assert second.versions["popular"] == first.versions["popular"]
    assert second.versions["taste"] != first.versions["taste"]
    rows = [row for _, row in store.events.since(0) if isinstance(row, Published)]
    assert [(row.name, row.version) for row in rows] == [
        *first.versions.items(),
        ("taste", second.versions["taste"]),
    ]


def test_the_same_tables_are_the_same_version(store: Store) -> None:
    first = store.parameters.publish(learned(taste=1), NOON)
    again = store.parameters.publish(learned(taste=1), NOON)
    assert again.versions == first.versions
    assert len(store.parameters.versions("taste")) == 1


def test_roll_back_goes_one_release_back_each_time(store: Store) -> None:
    releases = [store.parameters.publish(learned(taste=n), NOON + n) for n in range(3)]
    assert store.parameters.rollback().versions == releases[1].versions
    assert store.parameters.rollback().versions == releases[0].versions
    with pytest.raises(Conflict, match="no earlier"):
        store.parameters.rollback()
    assert store.parameters.current().versions == releases[0].versions
    after = store.parameters.publish(learned(taste=9), NOON + 9)
    assert store.parameters.rollback().versions == releases[0].versions != after.versions


def test_a_pinned_version_stays_until_it_is_unpinned(store: Store) -> None:
    first = store.parameters.publish(learned(taste=1, popular=1), NOON)
    second = store.parameters.publish(learned(taste=2, popular=2), NOON + 1)
    pinned = store.parameters.pin("taste", first.versions["taste"])
    assert pinned.versions == {**second.versions, "taste": first.versions["taste"]}
    third = store.parameters.publish(learned(taste=3, popular=3), NOON + 2)
    assert third.versions["taste"] == first.versions["taste"]
    assert third.versions["popular"] not in {*first.versions.values(), *second.versions.values()}
    assert store.parameters.rollback().versions["taste"] == first.versions["taste"]
    listed = store.parameters.versions("taste")
    assert [v.version for v in listed if v.pinned] == [first.versions["taste"]]
    assert [v.version for v in listed if v.current] == [first.versions["taste"]]
    store.parameters.unpin("taste")
    fourth = store.parameters.publish(learned(taste=3), NOON + 3)
    assert fourth.versions["taste"].startswith("20241004T120000.000003")
    with pytest.raises(NotFound):
        store.parameters.unpin("taste")
    with pytest.raises(NotFound, match='Did you mean "taste"'):
        store.parameters.pin("tast", first.versions["taste"])


def test_pruning_spares_what_is_in_force_pinned_or_one_step_away(store: Store) -> None:
    releases = [store.parameters.publish(learned(taste=n), NOON + n) for n in range(6)]
    versions = [release.versions["taste"] for release in releases]
    store.parameters.pin("taste", versions[0])
    assert store.parameters.prune(keep=1) == [f"taste/{v}" for v in reversed(versions[1:5])]
    assert {v.version for v in store.parameters.versions()} == {versions[0], versions[5]}
    store.parameters.load(store.parameters.current())
    store.parameters.unpin("taste")
    assert store.parameters.rollback().versions["taste"] == versions[5]
    with pytest.raises(Conflict, match="pruned"):
        store.parameters.rollback()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda folder: (folder / "weights.npy").unlink(), "weights.npy"),
        (lambda folder: (folder / "manifest.json").write_text("{}"), "label"),
        (lambda folder: (folder / "weights.npy").write_bytes(b"short"), "not whole"),
        (lambda folder: np.save(folder / "weights.npy", np.zeros((3, 4), np.float32)), "checksum"),
        (lambda folder: np.save(folder / "weights.npy", np.zeros(3)), "expected"),
        (
            lambda folder: np.save(
                folder / "weights.npy", np.array([{}], object), allow_pickle=True
            ),
            "Python objects",
        ),
        (
            lambda folder: (folder / "weights.npy").write_bytes(
                (folder / "weights.npy").read_bytes().replace(b"}", b"(")
            ),
            "not whole",
        ),
    ],
)
def test_a_damaged_version_is_refused_with_what_to_do(
    store: Store, tmp_path: Path, harm: Callable[[Path], object], said: str
) -> None:
    release = store.parameters.publish(learned(taste=1), NOON)
    harm(tmp_path / "parameters" / "taste" / release.versions["taste"])
    with pytest.raises(ParametersError, match=said) as caught:
        store.parameters.load(release)
    assert "roll back, or learn again" in str(caught.value)


def test_a_folder_of_another_version_is_refused(store: Store, tmp_path: Path) -> None:
    first = store.parameters.publish(learned(taste=1), NOON)
    second = store.parameters.publish(learned(taste=2), NOON + 1)
    folder = tmp_path / "parameters" / "taste"
    (folder / first.versions["taste"]).rename(folder / "elsewhere")
    (folder / second.versions["taste"]).rename(folder / first.versions["taste"])
    with pytest.raises(ParametersError, match="its label says"):
        store.parameters.load(first)


def test_a_release_is_not_moved_by_a_disk_that_fails(store: Store, tmp_path: Path) -> None:
    first = store.parameters.publish(learned(taste=1), NOON)
    (tmp_path / "parameters" / "popular").write_text("in the way of the folder")
    with pytest.raises(Unavailable):
        store.parameters.publish(learned(taste=2, popular=2), NOON + 1)
    assert store.parameters.current() == first
    with pytest.raises(ParametersError, match="Python objects"):
        store.parameters.publish({"x": ({"a": np.array([{}])}, "", {})}, NOON)
