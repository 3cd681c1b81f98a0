"""The browser's reader of bundles answers as the Python twin does, whatever comes."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import struct
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route
from tests.device.answers import Case, Twin

from pittari.device.settings import MATCHES, PLACES, Settings
from pittari.testing import cases
from pittari.testing.bundles import SIGNER, Size

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "src" / "pittari" / "web" / "static"
CASES = HERE.parent / "device" / "cases.json"
ASK = "async () => (await import('/device/answers.js')).answers('/cases.json')"
SEEDS = range(4)
SIZES = [0, 1, 2, 4, 1, 2, 4]
"""Bytes of a number, by its type."""
Told = dict[str, Any]
Answers = Callable[[Told], list[Any]]


def asking(page: Page, origin: str) -> Answers:
    """Opens a page that is served nothing but modules and cases; returns how it is asked."""
    asked: list[bytes] = []

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(origin)
        if path == "/":
            route.fulfill(body="<!doctype html>", content_type="text/html")
        elif path == "/cases.json":
            route.fulfill(body=asked[-1], content_type="application/json")
        else:
            file = HERE / path[1:] if path == "/device/answers.js" else STATIC / path[1:]
            route.fulfill(path=file, content_type="text/javascript")

    def ask(told: Told) -> list[Any]:
        asked.append(json.dumps(told).encode())
        return json.loads(page.evaluate(ASK))

    page.route("**/*", serve)
    page.goto(f"{origin}/")
    return ask


@pytest.fixture(scope="module")
def answers(chromium: Browser) -> Iterator[Answers]:
    """Asks the browser's module."""
    page = chromium.new_page()
    yield asking(page, "https://device.example")
    page.close()


def same(told: Told, given: list[Any]) -> None:
    """Compares what was given with what ought to be."""
    assert len(given) == len(told["cases"])
    for case, got in zip(told["cases"], given, strict=True):
        if case["call"] == "person":
            assert json.loads(got["gives"]) == case["gives"], case
            assert got["sends_left"] == case["sends_left"], case
        else:
            assert got == case["gives"], case


def test_every_case_is_answered_bit_for_bit(answers: Answers) -> None:
    told = json.loads(CASES.read_text("utf-8"))
    same(told, answers(told))


def test_where_no_signature_can_be_checked_no_file_is_believed(chromium: Browser) -> None:
    told = json.loads(CASES.read_text("utf-8"))
    told["cases"] = [
        {"call": "opens", "file": "plain", "kind": 1, "gives": "unsupported"},
        {"call": "folded", "text": "ｵﾊﾖｰ", "gives": "おはよー"},
    ]
    page = chromium.new_page()
    same(told, asking(page, "http://device.example")(told))
    page.close()


def some_settings(dice: random.Random) -> Settings:
    """Returns settings as nobody would set them."""
    return Settings(
        row=dice.randint(0, 12),
        not_owned=dice.randint(0, 12),
        tags=dice.randint(0, 12),
        reach=dice.randint(0, 40),
        matches=tuple(dice.randint(0, 256) for _ in MATCHES),
        places=tuple(dice.randint(0, 256) for _ in PLACES),
        half_life=dice.randint(1, 60),
        ignored_each=dice.randint(0, 4),
        ignored_most=dice.randint(0, 9),
        ignored_step=dice.randint(0, 9000),
        basic=dice.randint(0, 6),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_twins_agree_on_any_bundle(answers: Answers, seed: int) -> None:
    dice = random.Random(seed)
    size = Size(
        keywords=dice.randint(60, 400),
        tags=dice.randint(1, 60),
        items=dice.randint(20, 200),
        offers=dice.randint(0, 20),
        dimensions=dice.choice([1, 8, 16, 31]),
        centres=dice.randint(1, 9),
    )
    told = cases.cases(seed, cases.World(seed, size, some_settings(dice)))
    same(told, answers(told))


def assigned() -> list[str]:
    """Returns every letter that this Python's Unicode knows, and lone surrogates."""
    return [
        letter
        for letter in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(letter) not in {"Cn", "Co"}
    ]


def test_the_twins_agree_on_any_text(answers: Answers) -> None:
    dice = random.Random(3)
    told = json.loads(CASES.read_text("utf-8"))
    twin, letters = Twin(told), assigned()
    told["cases"] = []
    for number in range(3000):
        some = "".join(dice.choices(letters, k=dice.randint(1, 8)))
        text = some.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        case: Case = {"call": "folded", "text": text}
        if number % 3 == 0:
            caret = dice.choice([None, dice.randint(-1, 9)])
            case = {"call": "matches", "file": "plain", "text": text, "caret": caret}
        told["cases"].append({**case, "gives": twin.answer(case)})
    same(told, answers(told))


NAMES = ["9", "10", "é", "\U0001f600", "\uff5e", "__proto__"]
STRANGE = [0, -1, 1 << 15, 1 << 24, 1 << 53, "", "a" * 128, "a" * 129, True, None, [], {}, "basic"]


def bent(told: Any, dice: random.Random) -> Any:
    """Returns JSON in which something is another way than it was."""
    if dice.random() < 0.1:
        return dice.choice(STRANGE)
    if isinstance(told, dict) and told:
        name = dice.choice(sorted(told))
        counted = not any(isinstance(one, (dict, list, str)) for one in told.values())
        other = dice.choice(NAMES) if counted and "value" not in told else name
        return {**told, other: bent(told[name], dice)}
    if isinstance(told, list) and told:
        return [*told, bent(told[0], dice)]
    return told + 1 if type(told) is int else told


def test_what_is_known_of_a_person_is_read_alike_or_not_at_all(answers: Answers) -> None:
    dice = random.Random(5)
    told = json.loads(CASES.read_text("utf-8"))
    twin, some = Twin(told), [case["person"] for case in told["cases"] if "person" in case]
    people = [bent(dice.choice(some), dice) for _ in range(1500)]
    texts = ["", "{", "null", "[]", *(json.dumps(one) for one in people)]
    told["cases"] = [{"call": "reads", "text": text} for text in texts]
    for case in told["cases"]:
        case["gives"] = twin.answer(case)
    assert 200 < sum(case["gives"] is None for case in told["cases"]) < 1400
    same(told, answers(told))


def spoiled(data: bytes, dice: random.Random) -> bytes:
    """Returns a file with something wrong in it, somewhere."""
    out = bytearray(data)
    for _ in range(dice.choice([1, 1, 2, 5])):
        at = min(len(out), dice.choice([dice.randrange(len(data)), dice.randrange(64)]))
        kind = dice.randrange(4)
        if kind == 0:
            out[at : at + 1] = dice.randbytes(1)
        elif kind == 1:
            out[at : at + 8] = bytes(8)
        elif kind == 2:
            del out[at : at + dice.randint(1, 64)]
        else:
            out[at:at] = dice.randbytes(dice.randint(1, 16))
    if dice.random() < 0.7 and len(out) >= 24:
        struct.pack_into("<Q", out, 16, len(out))
    return bytes(out)


def forged(data: bytes, dice: random.Random) -> bytes:
    """Returns a file that its signer made badly: the signature is good, what it signs is not."""
    out = bytearray(data)
    count = struct.unpack_from("<H", out, 10)[0]
    for _ in range(dice.choice([1, 1, 2])):
        row = 64 + 64 * dice.randrange(count)
        kind, columns = struct.unpack_from("<HH", out, row + 8)
        at, rows = struct.unpack_from("<QQ", out, row + 16)
        size = rows * columns * SIZES[kind]
        if not size or dice.random() < 0.1:
            out[row : row + 8] = dice.choice([b"other", b"kw.to", b"fresh"]).ljust(8, b"\0")
        elif dice.random() < 0.2:
            kind = dice.randint(1, 6)
            fits = [one for one in (1, 2, 3, 8) if size % (one * SIZES[kind]) == 0]
            columns = dice.choice(fits or [1])
            struct.pack_into("<HH", out, row + 8, kind, columns)
            struct.pack_into("<Q", out, row + 24, size // (columns * SIZES[kind]))
        else:
            out[at + dice.randrange(size)] = dice.choice([0, 1, 255, 128, 34, 44, 123])
        out[row + 32 : row + 64] = hashlib.sha256(out[at : at + size]).digest()
    out[-64:] = SIGNER.sign(bytes(out[: 64 + 64 * count]))
    return bytes(out)


@pytest.mark.parametrize("wrong", [spoiled, forged])
def test_files_with_anything_wrong_are_refused_for_the_same_reason(
    answers: Answers, wrong: Callable[[bytes, random.Random], bytes]
) -> None:
    dice = random.Random(4)
    told = json.loads(CASES.read_text("utf-8"))
    files = {name: base64.b64decode(data) for name, data in told["files"].items()}
    told["cases"] = []
    for number in range(250):
        data = wrong(files[dice.choice(["plain", "plain", "part0", "plain-next"])], dice)
        name = f"wrong{number}"
        told["files"][name] = base64.b64encode(data).decode()
        came = {"call": "arrived", "file": name, "locale": "ja", "change": {}}
        told["cases"] += [
            {"call": "opens", "file": name, "kind": dice.choice([1, 2])},
            {**came, "held": dice.choice(["plain", None])},
        ]
    twin = Twin(told)
    for case in told["cases"]:
        case["gives"] = twin.answer(case)
    assert len({case["gives"] for case in told["cases"]}) > 4
    same(told, answers(told))
