"""A bundle is read as it was written, or refused with its reason while the old one stays."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.device.worlds import bundle, contents

from pittari.device.arrival import arrived, kept
from pittari.device.bundle import Bundle, Part
from pittari.device.difference import applied, difference
from pittari.device.format import written
from pittari.device.signing import Keys, Signer, signer_of
from pittari.device.writing import write_bundle, write_part
from pittari.errors import BundleError, Invalid, SettingsError
from pittari.testing.bundles import SIGNER, Size, familiar, made_up, made_up_part

KEYS = SIGNER.keys
STRANGER = Signer(bytes(32))
FILE = write_bundle(contents(0), SIGNER)
NEWER = write_bundle(replace(contents(1), version=2), SIGNER)


def reason(data: bytes, keys: Keys = KEYS, locale: str = "ja", held: Bundle | None = None) -> str:
    with pytest.raises(BundleError) as caught:
        arrived(data, keys, locale, held)
    assert caught.value.reason in BundleError.REASONS
    assert str(caught.value)
    return caught.value.reason


def test_equal_contents_are_equal_bytes_and_read_as_they_were_written() -> None:
    told = contents(0)
    assert write_bundle(told, SIGNER) == FILE
    here = bundle(0)
    assert here.keywords == sorted(told.keywords)
    assert here.tags == sorted(told.tags.texts)
    assert (here.ids, here.packages) == (list(told.items.ids), list(told.items.packages))
    assert np.array_equal(here.vectors, told.items.vectors)
    assert here.language == told.language
    assert here.settings == told.settings


@given(st.integers(0, 30))
@settings(max_examples=10)
def test_links_lead_to_the_same_tags_and_items_after_sorting(seed: int) -> None:
    told = made_up(seed, Size(keywords=20, tags=12, items=30), keywords=["おはよう", "good"])
    here = Bundle.open(write_bundle(told, SIGNER), KEYS)
    at = 0
    for row, count in enumerate(told.keyword_tags.counts.tolist()):
        place = here.words.row(told.keywords[row])
        cells = slice(here.ways.starts[place], here.ways.starts[place + 1])
        links = zip(here.ways.tags[cells], here.ways.weights[cells], strict=True)
        wanted = [
            (told.tags.texts[told.keyword_tags.to[i]], int(told.keyword_tags.weight[i]))
            for i in range(at, at + count)
        ]
        assert [(here.tags[tag], int(weight)) for tag, weight in links] == wanted
        at += count
    each = int(told.tags.items.counts[0])
    for row, text in enumerate(told.tags.texts):
        place = here.tags.index(text)
        rows = here.items[here.starts[place] : here.starts[place + 1]]
        assert rows.tolist() == told.tags.items.to[row * each : (row + 1) * each].tolist()
        assert here.hours[place].tolist() == told.tags.hours[row].tolist()


@given(st.integers(0, len(FILE) - 1))
def test_a_truncated_file_is_refused(length: int) -> None:
    assert reason(FILE[:length], held=bundle(0)) in {"truncated", "no_bundle"}


@given(st.integers(0, len(FILE) - 1), st.integers(1, 255))
@settings(max_examples=300)
def test_a_file_with_any_byte_changed_is_refused(at: int, change: int) -> None:
    data = bytearray(FILE)
    data[at] ^= change
    assert reason(bytes(data)) in {"tampered", "damaged", "key", "format", "no_bundle", "truncated"}


@given(st.binary(max_size=300))
def test_anything_else_is_no_bundle(data: bytes) -> None:
    assert reason(data) in {"no_bundle", "truncated"}


def test_foreign_older_and_other_files_are_refused_each_with_its_reason() -> None:
    assert reason(write_bundle(contents(0), STRANGER)) == "key"
    assert reason(FILE, locale="en") == "locale"
    assert reason(FILE, held=Bundle.open(NEWER, KEYS)) == "older"
    assert reason(FILE[:8] + b"\x02\x00" + FILE[10:]) == "format"
    assert reason(write_part(made_up_part(contents(0), 0), SIGNER)) == "kind"
    assert reason(b"") == "no_bundle"
    assert reason(FILE + b"\0") == "tampered"
    assert arrived(FILE, KEYS, "ja", bundle(0))[0].head.version == 1


def test_a_signed_file_whose_sections_do_not_fit_is_damaged() -> None:
    file = bundle(0).file
    sections = {name: np.array(file.section(name)) for name in file.entries}
    for name, wrong in [
        ("kw.to", np.full_like(sections["kw.to"], 10_000)),
        ("tag.w", sections["tag.w"][:-1]),
        ("kw", sections["kw"][::-1].copy()),
        ("kw.n", sections["kw.n"][:-1]),
        ("language", sections["language"][:-3]),
        ("decay", sections["decay"][:0]),
        ("tag.off", np.full_like(sections["tag.off"], 99)),
        ("it.reg", np.full_like(sections["it.reg"], 99)),
    ]:
        assert reason(written(file.head, sections | {name: wrong}, SIGNER)) == "damaged", name
        without = {key: array for key, array in sections.items() if key != name}
        assert reason(written(file.head, without, SIGNER)) == "damaged", name


def test_what_a_later_version_adds_does_not_disturb_this_reader() -> None:
    file = bundle(0).file
    sections = {name: np.array(file.section(name)) for name in file.entries}
    more = sections | {
        "followup": np.arange(9, dtype=np.uint8),
        "rounds": np.zeros((2, 3), np.int16),
    }
    assert Bundle.open(written(file.head, more, SIGNER), KEYS).keywords == bundle(0).keywords


@pytest.mark.parametrize("newer", [1, 2, 3])
def test_a_difference_applied_is_byte_for_byte_the_new_bundle(newer: int) -> None:
    old = contents(0)
    new = {
        1: replace(contents(1), version=5),
        2: replace(old, version=5, ranker={"match": 7}),
        3: made_up(0, Size(keywords=151, tags=31), keywords=[*familiar(), "新しい"], version=5),
    }[newer]
    after = write_bundle(new, SIGNER)
    change = difference(FILE, after, SIGNER)
    assert applied(FILE, change, KEYS) == after
    told, data = arrived(change, KEYS, "ja", bundle(0))
    assert (told.head.version, data) == (5, after)
    assert newer != 2 or len(change) < len(after) / 4


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 60))
@settings(max_examples=15)
def test_any_two_bundles_have_a_difference(one: int, other: int, keywords: int) -> None:
    a = write_bundle(made_up(one, Size(keywords=30, tags=5, items=20)), SIGNER)
    b = write_bundle(made_up(other, Size(keywords=keywords, tags=6, items=25), version=2), SIGNER)
    assert applied(a, difference(a, b, SIGNER), KEYS) == b


def test_a_difference_for_another_version_or_changed_on_its_way_is_refused() -> None:
    change = difference(FILE, NEWER, SIGNER)
    other = Bundle.open(write_bundle(replace(contents(2), version=1), SIGNER), KEYS)
    assert reason(change, held=other) == "base"
    assert reason(change) == "base"
    assert reason(change[:-80] + b"x" + change[-79:], held=bundle(0)) == "tampered"
    assert reason(difference(NEWER, FILE, SIGNER), held=Bundle.open(NEWER, KEYS)) == "older"
    with pytest.raises(Invalid, match="one version"):
        difference(FILE, write_part(made_up_part(contents(0), 0), SIGNER), SIGNER)


def test_the_old_file_stays_until_a_good_one_has_come(tmp_path: Path) -> None:
    path = tmp_path / "ja.bundle"
    assert kept(path, FILE, KEYS, "ja").head.version == 1
    for bad in (NEWER[:-1], write_bundle(contents(0), STRANGER), b"", NEWER + b"x"):
        with pytest.raises(BundleError):
            kept(path, bad, KEYS, "ja")
        assert path.read_bytes() == FILE
    assert kept(path, difference(FILE, NEWER, SIGNER), KEYS, "ja").head.version == 2
    assert path.read_bytes() == NEWER
    path.write_bytes(b"worn out")
    assert kept(path, FILE, KEYS, "ja").head.version == 1
    assert os.listdir(tmp_path) == ["ja.bundle"]


def test_a_part_is_read_as_it_was_written() -> None:
    told = made_up_part(contents(0), 1)
    part = Part.open(write_part(told, SIGNER), KEYS)
    assert part.tags == sorted(told.tags.texts)
    assert (part.ids, part.packages) == (list(told.items.ids), [told.package])


@pytest.mark.parametrize(
    "wrong",
    [
        {"keywords": ["Good"]},
        {"keywords": ["good", "good"]},
        {"keywords": [""]},
        {"keywords": ["あ" * 100]},
        {"locale": ""},
        {"version": -1},
        {"ranker": {"charm": 1}},
        {"ranker": {"match": 40_000}},
    ],
)
def test_contents_that_no_bundle_can_hold_are_refused(wrong: dict[str, object]) -> None:
    links = replace(contents(0).keyword_tags, counts=np.array([0] * len(wrong.get("keywords", []))))
    if "keywords" in wrong:
        wrong = wrong | {"keyword_tags": replace(links, to=links.to[:0], weight=links.weight[:0])}
        wrong |= {"readings": ()}
    with pytest.raises(Invalid):
        write_bundle(replace(contents(0), **wrong), SIGNER)


def test_a_projects_key_is_made_once_and_readable_by_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PITTARI_BUNDLE_KEY", raising=False)
    first = signer_of(tmp_path)
    assert signer_of(tmp_path).public == first.public
    assert stat.S_IMODE((tmp_path / "data" / "bundle.key").stat().st_mode) == 0o600
    monkeypatch.setenv("PITTARI_BUNDLE_KEY", bytes(range(32)).hex())
    assert signer_of(tmp_path).public == SIGNER.public
    monkeypatch.setenv("PITTARI_BUNDLE_KEY", "short")
    with pytest.raises(SettingsError, match="64 hexadecimal"):
        signer_of(tmp_path)


def test_a_thousand_tags_of_a_hundred_stickers_and_five_thousand_words_stay_small() -> None:
    size = Size(
        keywords=5000, tags=1000, items=100_000, offers=100, rest=0,
        packages=4000, dimensions=16, centres=32,
    )  # fmt: skip
    told = made_up(3, size)
    data = write_bundle(told, SIGNER)
    here = Bundle.open(data, KEYS)
    assert here.offers.tolist() == [100] * 1000
    assert len(np.unique(here.items)) > 60_000
    assert len(data) <= 5_000_000
    dictionary = ("kw", "snd", "run", "language")
    words = sum(e.bytes for n, e in here.file.entries.items() if n.startswith(dictionary))
    assert words <= 1_000_000
