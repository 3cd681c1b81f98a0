"""How the Python twin answers a file of cases, read as any reader has to read it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

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
from pittari.errors import BundleError, Invalid
from pittari.text.folding import folded
from pittari.text.sound import sound

Case = dict[str, Any]


class Twin:
    """The Python twin with the key and the files that cases name."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.keys = Keys([bytes.fromhex(told["key"])])
        self.files = {name: base64.b64decode(data) for name, data in told["files"].items()}
        self.bundle = cache(self._bundle)
        self.stock = cache(self._stock)

    def answer(self, case: Case) -> Any:
        """Returns what a case ought to give."""
        return CALLS[case["call"]](self, case)

    def _bundle(self, name: str) -> Bundle:
        return Bundle.open(self.files[name], self.keys)

    def _stock(self, name: str, parts: tuple[str, ...]) -> Stock:
        opened = [Part.open(self.files[part], self.keys) for part in parts]
        return Stock(self.bundle(name), opened)

    def matches(self, case: Case) -> Any:
        told = matches(self.bundle(case["file"]), case["text"], case["caret"])
        found = [
            [f.tag, f.value, f.keyword, MATCHES[s.match], PLACES[s.place], s.units, s.begin, s.end]
            for f in told.found
            for s in [f.span]
        ]
        return {"letters": told.letters, "found": found}

    def ranked(self, case: Case) -> Any:
        here = self.stock(case["file"], tuple(case["parts"]))
        found = matches(here.bundle, case["text"])
        row = ranked(here, found, person(case), at=case["at"], offset=case["offset"])
        return [msgspec.structs.asdict(one) for one in row]

    def silent(self, case: Case) -> Any:
        here = self.bundle(case["file"])
        more = {name: case[name] for name in ("at", "room", "recent")}
        return silent(here, matches(here, case["text"]), person(case), **more)

    def person(self, case: Case) -> Any:
        here, who = self.stock(case["file"], tuple(case["parts"])), person(case)
        for act in case["acts"]:
            if act["act"] == "used":
                vector, decay = here.vectors[here.row(act["item"])], here.bundle.decay
                source, room = SOURCES.index(act["source"]), act["room"]
                tag, at = act["tag"], act["at"]
                who.used(act["item"], tag, vector, at, decay, source=source, room=room)
            elif act["act"] == "was_ignored":
                who.was_ignored(act["room"])
            elif act["act"] == "wants_less":
                who.wants_less(act["item"])
            else:
                who.wipe()
        assert who.sends_left(case["acts"][-1]["at"]) == case["sends_left"]
        return json.loads(who.export())

    def reads(self, case: Case) -> Any:
        """Not in cases.json: what is kept of a person, exported again; null when it is refused."""
        try:
            return Person.read(case["text"]).export().decode()
        except Invalid:
            return None

    def arrived(self, case: Case) -> Any:
        data, change = bytearray(self.files[case["file"]]), case["change"]
        if "cut" in change:
            del data[change["cut"] :]
        if "at" in change:
            data[change["at"]] ^= change["xor"]
        held = self.bundle(case["held"]) if case["held"] else None
        return reason(lambda: arrived(bytes(data), self.keys, case["locale"], held))

    def opens(self, case: Case) -> Any:
        """Not in cases.json: why a file is refused, null when it is not."""
        kind = Part if case["kind"] == 2 else Bundle
        return reason(lambda: kind.open(self.files[case["file"]], self.keys))

    def applied(self, case: Case) -> Any:
        made = applied(self.files[case["old"]], self.files[case["file"]], self.keys)
        return hashlib.sha256(made).hexdigest()


def person(case: Case) -> Person:
    return Person.read(json.dumps(case["person"]))


def reason(opening: Callable[[], object]) -> str | None:
    try:
        opening()
    except BundleError as error:
        return error.reason
    return None


CALLS: dict[str, Callable[[Twin, Case], Any]] = {
    "folded": lambda _, case: folded(case["text"]),
    "sound": lambda _, case: [sound(case["text"]).whole, list(sound(case["text"]).begins)],
    "matches": Twin.matches,
    "ranked": Twin.ranked,
    "silent": Twin.silent,
    "person": Twin.person,
    "arrived": Twin.arrived,
    "applied": Twin.applied,
    "opens": Twin.opens,
    "reads": Twin.reads,
}
