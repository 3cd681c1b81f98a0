"""Devices fetch bundles, differences and parts over HTTP, and nothing a second time."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.touchpoints.worlds import NOW, fill, goods

from pittari import clock
from pittari.device.arrival import arrived
from pittari.device.bundle import Part
from pittari.device.format import DIFFERENCE, LOCALE, kind_of
from pittari.device.signing import Keys
from pittari.engine import Engine
from pittari.settings import BundleTable
from pittari.touchpoints.suggest.building import build
from pittari.touchpoints.suggest.keeping import Kept, packed
from pittari.web import bundles
from pittari.web.app import create_app
from pittari.web.guard import Guard
from pittari.web.operations import Address

pytestmark = pytest.mark.usefixtures("watched")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, engine: Engine) -> None:
    """A project with bundles, whose server looks for newer ones at each request."""
    monkeypatch.setattr(bundles, "LOOK", 0.0)
    fill(engine.store)
    build(engine.store, engine.project.folder, BundleTable(), at=NOW)


@pytest.fixture
def keys(door: TestClient) -> Keys:
    return Keys([bytes.fromhex(key) for key in door.get("/v1/bundles").json()["keys"]])


def rebuilt(engine: Engine, day: int, packages: int) -> None:
    """Builds again, on a later day, with other stickers."""
    fill(engine.store, goods(packages))
    build(engine.store, engine.project.folder, BundleTable(), at=NOW + day * clock.DAY)


def got(door: TestClient, path: str, **headers: str) -> Any:
    """Returns an answer as it comes over the wire."""
    with door.stream("GET", path, headers={"accept-encoding": "identity", **headers}) as answer:
        answer.raw = b"".join(answer.iter_raw())
    return answer


def test_a_device_learns_what_there_is_and_fetches_it(door: TestClient, keys: Keys) -> None:
    told = door.get("/v1/bundles").json()["bundles"]
    assert [one["locale"] for one in told] == ["en", "ja"]
    for one in told:
        answer = got(door, f"/v1/bundles/{one['locale']}")
        bundle, _ = arrived(answer.raw, keys, one["locale"])
        assert (bundle.head.version, len(answer.raw)) == (one["version"], one["bytes"])
        assert "public" in answer.headers["cache-control"]


def test_a_device_with_an_older_version_gets_the_difference(
    engine: Engine, door: TestClient, keys: Keys
) -> None:
    held, data = arrived(got(door, "/v1/bundles/ja").raw, keys, "ja")
    rebuilt(engine, 1, 7)
    change = got(door, f"/v1/bundles/ja?have={held.head.version}").raw
    new, whole = arrived(change, keys, "ja", held)
    assert kind_of(change) == DIFFERENCE
    assert whole == got(door, "/v1/bundles/ja").raw != data
    assert new.head.version > held.head.version
    assert len(change) < len(whole)


def test_a_device_that_is_up_to_date_can_ask_with_its_version(door: TestClient, keys: Keys) -> None:
    held, data = arrived(got(door, "/v1/bundles/ja").raw, keys, "ja")
    answer = got(door, f"/v1/bundles/ja?have={held.head.version}").raw
    assert len(answer) < len(data)
    assert arrived(answer, keys, "ja", held)[1] == data


def test_from_a_version_that_is_not_kept_the_whole_bundle_comes(door: TestClient) -> None:
    whole = got(door, "/v1/bundles/ja").raw
    for have in (1, 20200101000000, (1 << 53) - 1):
        answer = got(door, f"/v1/bundles/ja?have={have}").raw
        assert answer == whole
        assert kind_of(answer) == LOCALE


@pytest.mark.parametrize("path", ["/v1/bundles/ja", "/v1/parts/pack-1"])
def test_what_a_device_has_does_not_come_again(engine: Engine, door: TestClient, path: str) -> None:
    for coding in ("identity", "gzip"):
        first = got(door, path, **{"accept-encoding": coding})
        tag = first.headers["etag"]
        for said in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = got(door, path, **{"accept-encoding": coding, "if-none-match": said})
            assert (again.status_code, again.raw, again.headers["etag"]) == (304, b"", tag)
        assert got(door, path, **{"if-none-match": '"other"'}).status_code == 200
    held = got(door, path).headers["etag"]
    rebuilt(engine, 1, 9)
    fill(engine.store, goods(9, each=9))
    build(engine.store, engine.project.folder, BundleTable(), at=NOW + 2 * clock.DAY)
    assert got(door, path, **{"if-none-match": held}).status_code == 200


def test_a_worker_that_does_not_know_of_a_build_yet_serves_what_it_knew(
    engine: Engine, door: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files beside the bundle it knew are swept away by then."""
    plain, part = got(door, "/v1/bundles/ja").raw, got(door, "/v1/parts/pack-1").raw
    version = door.get("/v1/bundles").json()["bundles"][1]["version"]
    monkeypatch.setattr(bundles, "LOOK", 1e9)
    door.get("/v1/bundles")
    rebuilt(engine, 1, 8)
    answer = got(door, "/v1/bundles/ja", **{"accept-encoding": "gzip"})
    assert gzip.decompress(answer.raw) == plain
    assert got(door, f"/v1/bundles/ja?have={version}").raw == plain
    assert got(door, "/v1/parts/pack-1").raw == part


def damaged(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


DAMAGES = [
    lambda data: b"",
    lambda data: b"x" * 1000,
    lambda data: data[:-100],
    lambda data: damaged(data, len(data) // 2),
    lambda data: damaged(data, -3),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_bundle_goes_to_nobody_and_the_one_before_does(
    engine: Engine, door: TestClient, damage: Callable[[bytes], bytes]
) -> None:
    before = got(door, "/v1/bundles/ja").raw
    rebuilt(engine, 1, 7)
    kept = Kept(engine.project.folder)
    old, new = kept.versions("ja")
    newest = kept.path("ja", new)
    whole = newest.read_bytes()
    newest.write_bytes(damage(whole))
    for have in ("", f"?have={old}", f"?have={new}"):
        answer = got(door, f"/v1/bundles/ja{have}").raw
        assert answer == before or kind_of(answer) == DIFFERENCE
    assert got(door, "/v1/bundles/en").status_code == 200
    newest.write_bytes(whole)
    assert got(door, "/v1/bundles/ja").raw == whole, "it was mended"


@pytest.mark.parametrize("damage", DAMAGES)
def test_where_all_is_damaged_the_answer_is_to_try_again(
    engine: Engine, door: TestClient, damage: Callable[[bytes], bytes]
) -> None:
    kept = Kept(engine.project.folder)
    packages = list(kept.parts(kept.newest_parts()))
    parts = engine.project.folder / f"data/bundles/parts/{kept.newest_parts()}.parts"
    for file in (kept.path("ja", kept.versions("ja")[0]), parts):
        file.write_bytes(damage(file.read_bytes()))
    assert got(door, "/v1/bundles/ja").status_code == 503
    assert got(door, "/v1/bundles/en").status_code == 200
    answers = [got(door, f"/v1/parts/{package}").status_code for package in packages]
    assert set(answers) <= {200, 503}
    assert 503 in answers
    assert got(door, "/v1/bundles/fr").status_code == 404


def test_damaged_keys_are_not_told_and_mended_by_the_next_build(
    engine: Engine, door: TestClient, keys: Keys
) -> None:
    (engine.project.folder / "data/bundles/keys").write_bytes(b"zz\xff")
    assert door.get("/v1/bundles").status_code == 503
    rebuilt(engine, 1, 7)
    arrived(got(door, "/v1/bundles/ja").raw, keys, "ja")


def test_damaged_files_beside_a_bundle_are_passed_over(engine: Engine, door: TestClient) -> None:
    kept = Kept(engine.project.folder)
    (version,) = kept.versions("ja")
    path, step = kept.path("ja", version), kept.path("ja", version, version)
    packed(path).write_bytes(damaged(packed(path).read_bytes(), 500))
    step.write_bytes(damaged(step.read_bytes(), -3))
    answer = got(door, "/v1/bundles/ja", **{"accept-encoding": "gzip"})
    assert gzip.decompress(answer.raw) == path.read_bytes()
    assert got(door, f"/v1/bundles/ja?have={version}").raw == path.read_bytes()


@pytest.mark.parametrize("path", ["/v1/bundles/ja", "/v1/parts/pack-1"])
def test_answers_come_packed_to_who_takes_it(door: TestClient, path: str) -> None:
    plain = got(door, path)
    assert "content-encoding" not in plain.headers
    packed = got(door, path, **{"accept-encoding": "br;q=1.0, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.raw) == plain.raw
    assert len(packed.raw) < len(plain.raw)
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    refused = got(door, path, **{"accept-encoding": "gzip;q=0"})
    assert refused.raw == plain.raw


def test_an_owner_fetches_the_part_of_a_package(door: TestClient, keys: Keys) -> None:
    part = Part.open(got(door, "/v1/parts/pack-2").raw, keys)
    assert part.packages == ["pack-2"]
    assert set(part.ids) == {f"pack-2-{place}" for place in range(8)}


def test_what_there_is_not_is_answered_with_what_there_is(door: TestClient) -> None:
    answer = door.get("/v1/bundles/fr")
    assert answer.status_code == 404
    assert "en, ja" in answer.json()["detail"]
    assert door.get("/v1/bundles/parts").status_code == 404
    assert door.get("/v1/bundles/..%2Fja").status_code == 404
    assert door.get("/v1/parts/pack-99").status_code == 404
    assert door.get("/v1/bundles/ja?have=-1").status_code == 422


def test_one_address_cannot_fetch_without_end(engine: Engine) -> None:
    app = create_app(engine)
    for route in app.routes:
        if isinstance(route, Route) and isinstance(route.app, Address):
            route.app.guard = Guard(engine.store.keys, 3, seconds=lambda: 0.0)
    with TestClient(app) as client:
        codes = [client.get("/v1/parts/pack-1").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert client.get("/healthz").status_code == 200
