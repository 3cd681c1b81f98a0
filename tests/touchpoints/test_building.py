"""Builds put bundles in force at one stroke: whole, newer, and only when something changed."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import resource
import shutil
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.touchpoints import builders
from tests.touchpoints.builders import built, opened
from tests.touchpoints.worlds import NOW, fill, goods

from pittari import clock
from pittari.cli import root
from pittari.device.arrival import arrived
from pittari.device.bundle import Bundle, Part
from pittari.device.format import layout
from pittari.device.signing import Signer, signer_of
from pittari.device.writing import write_bundle
from pittari.errors import NotFound, SettingsError, Unavailable
from pittari.model.catalog import Item
from pittari.settings import BundleTable
from pittari.testing.bundles import Size, familiar, made_up
from pittari.touchpoints.suggest.building import build
from pittari.touchpoints.suggest.keeping import Kept, packed


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose bundles were built once, of five packages."""
    folder = tmp_path_factory.mktemp("template")
    (folder / "pittari.toml").write_text(
        '[store]\nurl = "sqlite:///pittari.db"\nlake = "lake"\nparameters = "parameters"\n'
    )
    store = opened(folder)
    fill(store, goods(5))
    store.close()
    built(folder)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A copy of it, to write to."""
    shutil.copytree(template, tmp_path / "project")
    return tmp_path / "project"


def stock_up(folder: Path, packages: int) -> None:
    store = opened(folder)
    fill(store, goods(packages))
    store.close()


def test_what_stands_in_force_is_whole(folder: Path) -> None:
    kept, keys = Kept(folder), signer_of(folder).keys
    assert kept.locales() == ["en", "ja"]
    assert kept.keys() == [signer_of(folder).public.hex()]
    for locale in kept.locales():
        path = kept.path(locale, kept.versions(locale)[-1])
        assert Bundle.open(path, keys).meta.locale == locale
        assert gzip.decompress(packed(path).read_bytes()) == path.read_bytes()
    parts = kept.parts(kept.newest_parts())
    assert sorted(parts) == [f"pack-{n}" for n in range(5)]
    for package in parts:
        assert Part.open(parts[package], keys).packages == [package]


def test_where_nothing_changed_nothing_is_new(folder: Path) -> None:
    files = {path: path.stat().st_mtime_ns for path in (folder / "data").rglob("*.*")}
    again = built(folder, day=1)
    assert not any(one.new for one in again)
    stock_up(folder, 5)
    assert not any(one.new for one in built(folder, day=2))
    after = {path: path.stat().st_mtime_ns for path in (folder / "data").rglob("*.*")}
    assert {path.name for path in after if after[path] != files.get(path)} <= {"space.npz", ".turn"}


def test_versions_grow_whatever_the_clock_says(folder: Path) -> None:
    first = Kept(folder).versions("ja")[-1]
    assert first == int(clock.moment(NOW).strftime("%Y%m%d%H%M%S"))
    stock_up(folder, 6)
    assert {one.version for one in built(folder, day=-9)} == {first + 1}
    stock_up(folder, 7)
    assert {one.version for one in built(folder, day=1)} == {first + 1_000_000}


def test_older_versions_are_kept_for_differences_and_then_go(folder: Path) -> None:
    kept, keys = Kept(folder), signer_of(folder).keys
    held = {}
    for day, packages in enumerate((6, 7, 8, 9), start=1):
        version = kept.versions("ja")[-1]
        held[version] = kept.path("ja", version).read_bytes()
        stock_up(folder, packages)
        built(folder, day)
    versions = kept.versions("ja")
    assert len(versions) == 3
    newest = kept.path("ja", versions[-1]).read_bytes()
    for version, data in held.items():
        step = kept.path("ja", versions[-1], version)
        assert step.exists() == (version in versions)
        if step.exists():
            old = Bundle.open(data, keys)
            assert arrived(step.read_bytes(), keys, "ja", old)[1] == newest
            assert gzip.decompress(packed(step).read_bytes()) == step.read_bytes()
            assert step.stat().st_size < len(newest)
    assert len(list((kept.folder / "parts").iterdir())) == 1
    names = {path.name for path in (kept.folder / "ja").iterdir()}
    assert {name for name in names if name.endswith(".bundle")} == {f"{v}.bundle" for v in versions}
    assert all(name.endswith(".bundle") or name.startswith(str(versions[-1])) for name in names)


def test_a_part_that_says_the_same_is_the_same_file(folder: Path) -> None:
    kept = Kept(folder)
    before = kept.parts(kept.newest_parts())
    store = opened(folder)
    learned = store.parameters.current().versions["offers"]
    fill(store, goods(6))
    store.parameters.pin("offers", learned)
    store.close()
    built(folder, day=1)
    after = kept.parts(kept.newest_parts())
    same = [package for package in before if after[package] == before[package]]
    assert len(after) == 6
    assert same, "a new package changes no other's words"


def test_a_locale_nobody_speaks_and_a_shop_that_learned_nothing(
    folder: Path, tmp_path: Path
) -> None:
    store = opened(folder)
    with pytest.raises(SettingsError, match="en, ja"):
        build(store, folder, BundleTable(), ["xx"])
    assert Kept(folder).locales() == ["en", "ja"]
    store.close()
    empty = opened(tmp_path)
    with pytest.raises(NotFound, match="pittari learn tags offers"):
        build(empty, tmp_path, BundleTable())
    empty.close()
    assert Kept(tmp_path).locales() == []


def test_another_key_makes_new_files_that_the_old_one_does_not_open(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PITTARI_BUNDLE_KEY", "07" * 32)
    assert all(one.new for one in built(folder, day=1))
    kept, signer = Kept(folder), Signer(b"\x07" * 32)
    assert kept.keys() == [signer.public.hex()]
    parts = kept.parts(kept.newest_parts())
    for package in parts:
        assert Part.open(parts[package], signer.keys)


def test_a_bundle_that_would_be_too_large_offers_fewer(folder: Path) -> None:
    store = opened(folder)
    many = [
        Item(id=f"sticker-{n:09}", kind="sticker", premium=True, tags=(f"word {n % 60}",))
        for n in range(3000)
    ]
    fill(store, many)
    (full,) = build(store, folder, BundleTable(), ["en"], at=NOW)
    (less,) = build(store, folder, BundleTable(most_bytes=65_536), ["ja"], at=NOW)
    store.close()
    assert less.bytes <= 65_536 < full.bytes
    assert less.most < full.most == 100
    assert Bundle.open(less.path, signer_of(folder).keys).offers.max() == less.most


def test_a_builder_that_is_killed_leaves_what_was_in_force(folder: Path, tmp_path: Path) -> None:
    stock_up(folder, 7)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.touchpoints.builders"])
    keys, step = signer_of(folder).keys, 1
    old = {locale: Kept(folder).versions(locale)[-1] for locale in ("en", "ja")}
    while True:
        site = tmp_path / f"site-{step}"
        shutil.copytree(folder, site)
        process = context.Process(target=builders.die_at, args=(step, site))
        process.start()
        process.join()
        kept = Kept(site)
        for locale, version in old.items():
            newest = kept.versions(locale)[-1]
            assert Bundle.open(kept.path(locale, newest), keys).head.version == newest >= version
        parts = kept.parts(kept.newest_parts())
        assert all(Part.open(parts[package], keys) for package in parts)
        if process.exitcode == 0:
            break
        built(site, day=1)
        assert all(kept.versions(locale)[-1] > version for locale, version in old.items())
        assert not list(site.rglob("*-draft"))
        shutil.rmtree(site)
        step += 5
    assert step > int((site / "touches").read_text()) > 40


@pytest.mark.parametrize("damage", [b"", b"no parts", b"\xff" * 4000])
def test_damaged_parts_are_made_anew(folder: Path, damage: bytes) -> None:
    kept = Kept(folder)
    (folder / f"data/bundles/parts/{kept.newest_parts()}.parts").write_bytes(damage)
    built(folder)
    assert sorted(kept.parts(kept.newest_parts())) == [f"pack-{n}" for n in range(5)]


def test_a_full_disk_leaves_what_was_in_force(folder: Path) -> None:
    stock_up(folder, 7)
    before = sorted((folder / "data/bundles").glob("**/*"))
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2000, most[1]))
    try:
        with pytest.raises(Unavailable, match=r"what is in force stays"):
            Kept(folder).put_parts(1 << 52, {"pack": bytes(4000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
        signal.signal(signal.SIGXFSZ, handler)
    assert sorted((folder / "data/bundles").glob("**/*")) == before


def test_two_builders_at_once_are_both_well(folder: Path) -> None:
    stock_up(folder, 7)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.touchpoints.builders"])
    started = [context.Process(target=built, args=(folder, 1)) for _ in range(3)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0, 0, 0]
    kept = Kept(folder)
    assert [len(kept.versions(locale)) for locale in ("en", "ja")] == [2, 2]


def test_a_thousand_words_of_a_hundred_stickers_fit_into_five_megabytes() -> None:
    """The law of the format's size, where no sticker stands under two words."""
    size = Size(
        keywords=5000, tags=1000, items=100_000, offers=100, rest=0, packages=4000, dimensions=16,
        centres=32,
    )  # fmt: skip
    contents = made_up(3, size, keywords=familiar())
    data = write_bundle(contents, Signer(bytes(range(32))))
    entries = layout(data).entries
    words = ("language", "kw", "snd", "run", "tag")
    dictionary = sum(
        entry.bytes
        for name, entry in entries.items()
        if name.split(".")[0] in words and name not in {"tag.to", "tag.w"}
    )
    assert entries["tag.to"].count == 100_000
    assert len(data) <= 5_000_000
    assert dictionary <= 1_000_000


def test_the_commands_build_show_compare_and_check(folder: Path, tmp_path: Path) -> None:
    def run(*asked: str, code: int = 0) -> str:
        answer = CliRunner().invoke(root, ["bundle", *asked])
        assert answer.exit_code == code, answer.output
        return answer.output

    there = ("--project", str(folder))
    old = json.loads(run("build", *there, "--locale", "ja", "--json"))["bundles"][0]
    shutil.copy(old["path"], tmp_path / "old.bundle")
    stock_up(folder, 9)
    assert "is new" in run("build", *there)
    assert "nothing changed" in run("build", *there)
    new = json.loads(run("build", *there, "--locale", "ja", "--json"))["bundles"][0]
    assert new["version"] > old["version"]
    told = json.loads(run("show", new["path"], "--json"))
    assert (told["kind"], told["name"], told["version"]) == ("locale", "ja", new["version"])
    assert told["counts"]["items"] == 64
    assert "ja" in run("show", new["path"])
    change = tmp_path / "change"
    said = run(
        "diff", *there, str(tmp_path / "old.bundle"), new["path"], "--out", str(change), "--json"
    )
    assert json.loads(said)["bytes"] == change.stat().st_size < new["bytes"]
    assert "it" in json.loads(said)["changed"]
    assert json.loads(run("show", str(change), "--json"))["kind"] == "difference"
    public = signer_of(folder).public.hex()
    for file in (new["path"], str(change)):
        assert run("verify", *there, file) == "good\n"
        assert run("verify", "--project", str(tmp_path), "--key", public, file) == "good\n"
    wrong = json.loads(
        run("verify", "--key", Signer(bytes(32)).public.hex(), new["path"], "--json", code=1)
    )
    assert (wrong["good"], wrong["reason"]) == (False, "key")
    data = bytearray(Path(new["path"]).read_bytes())
    data[5000] ^= 1
    (tmp_path / "bad").write_bytes(data)
    assert "tampered" in run("verify", *there, str(tmp_path / "bad"), code=1)
