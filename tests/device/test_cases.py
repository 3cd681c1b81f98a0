"""The Python twin answers every conformance case, read from the file as any reader has to."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pittari.device.arrival import arrived
from pittari.device.bundle import Bundle, Part
from pittari.device.difference import applied
from pittari.device.matching import matches
from pittari.device.person import Person
from pittari.device.ranking import ranked
from pittari.device.settings import MATCHES, PLACES, SOURCES
from pittari.device.signing import Keys
from pittari.device.silence import silent
from pittari.device.stock import Stock
from pittari.errors import BundleError
from pittari.testing import cases
from pittari.text.folding import folded
from pittari.text.sound import sound

FILE = Path(__file__).with_name("cases.json")
TOLD = json.loads(FILE.read_text("utf-8"))
KEYS = Keys([bytes.fromhex(TOLD["key"])])
FILES = {name: base64.b64decode(data) for name, data in TOLD["files"].items()}
Case = dict[str, Any]


@cache
def bundle(name: str) -> Bundle:
    return Bundle.open(FILES[name], KEYS)


@cache
def stock(name: str, parts: tuple[str, ...]) -> Stock:
    return Stock(bundle(name), [Part.open(FILES[part], KEYS) for part in parts])


def person(case: Case) -> Person:
    return Person.read(json.dumps(case["person"]))


def answer_matches(case: Case) -> object:
    told = matches(bundle(case["file"]), case["text"], case["caret"])
    found = [
        [f.tag, f.value, f.keyword, MATCHES[f.span.match], PLACES[f.span.place], *f.span[2:5]]
        for f in told.found
    ]
    return {"letters": told.letters, "found": found}


def answer_ranked(case: Case) -> object:
    here = stock(case["file"], tuple(case["parts"]))
    found = matches(here.bundle, case["text"])
    row = ranked(here, found, person(case), at=case["at"], offset=case["offset"])
    return [one._asdict() for one in row]


def answer_silent(case: Case) -> object:
    here = bundle(case["file"])
    more = {name: case[name] for name in ("at", "room", "recent")}
    return silent(here, matches(here, case["text"]), person(case), **more)


def answer_person(case: Case) -> object:
    here, who = stock(case["file"], tuple(case["parts"])), person(case)
    for act in case["acts"]:
        if act["act"] == "used":
            vector, decay = here.vectors[here.row(act["item"])], here.bundle.decay
            source, room = SOURCES.index(act["source"]), act["room"]
            who.used(act["item"], act["tag"], vector, act["at"], decay, source=source, room=room)
        elif act["act"] == "was_ignored":
            who.was_ignored(act["room"])
        elif act["act"] == "wants_less":
            who.wants_less(act["item"])
        else:
            who.wipe()
    assert who.sends_left(case["acts"][-1]["at"]) == case["sends_left"]
    return json.loads(who.export())


def answer_arrived(case: Case) -> object:
    data, change = bytearray(FILES[case["file"]]), case["change"]
    if "cut" in change:
        del data[change["cut"] :]
    if "at" in change:
        data[change["at"]] ^= change["xor"]
    try:
        arrived(bytes(data), KEYS, case["locale"], bundle(case["held"]) if case["held"] else None)
    except BundleError as error:
        return error.reason
    return None


ANSWERS: dict[str, Callable[[Case], object]] = {
    "folded": lambda case: folded(case["text"]),
    "sound": lambda case: [sound(case["text"]).whole, list(sound(case["text"]).begins)],
    "matches": answer_matches,
    "ranked": answer_ranked,
    "silent": answer_silent,
    "person": answer_person,
    "arrived": answer_arrived,
    "applied": lambda case: hashlib.sha256(
        applied(FILES[case["old"]], FILES[case["file"]], KEYS)
    ).hexdigest(),
}


@pytest.mark.parametrize("call", ANSWERS)
def test_every_case_is_answered_bit_for_bit(call: str) -> None:
    some = [case for case in TOLD["cases"] if case["call"] == call]
    assert some
    for case in some:
        assert ANSWERS[call](case) == case["gives"], case


def test_there_are_cases_enough_and_all_are_of_a_known_kind() -> None:
    assert len(TOLD["cases"]) >= 2000
    assert {case["call"] for case in TOLD["cases"]} == set(ANSWERS)


def test_the_cases_are_made_again_byte_for_byte_from_their_seed(tmp_path: Path) -> None:
    cases.write(tmp_path / "cases.json")
    same = (tmp_path / "cases.json").read_bytes() == FILE.read_bytes()
    assert same, "run `python -m pittari.testing.cases tests/device/cases.json` and read the diff"
