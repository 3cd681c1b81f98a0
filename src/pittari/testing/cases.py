"""What must every reader of a bundle answer, bit for bit? Cases for all twins, from one seed.

`python -m pittari.testing.cases FILE` writes them. docs/bundle.md says how to read the file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from pittari import clock
from pittari.device.arrival import arrived
from pittari.device.bundle import Bundle, Part
from pittari.device.difference import applied, difference
from pittari.device.matching import matches
from pittari.device.person import Person, Rights, Switches, Uses
from pittari.device.ranking import ranked
from pittari.device.settings import MATCHES, PLACES, SOURCES, Settings
from pittari.device.signing import Signer
from pittari.device.silence import silent
from pittari.device.stock import Stock
from pittari.device.writing import write_bundle, write_part
from pittari.errors import BundleError
from pittari.testing.bundles import SIGNER, Size, familiar, made_up, made_up_part, words
from pittari.text.folding import folded
from pittari.text.sound import sound

NOW = 1_800_000_000_000_000
STRANGER = Signer(bytes(32))
SIZE = Size(keywords=140, tags=30)
Case = dict[str, Any]
_BLOCKS = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3A1), (0x3A3, 0x3C9), (0x410, 0x44F), (0x5D0, 0x5EA),
    (0x621, 0x63A), (0x641, 0x652), (0x300, 0x36F), (0x200B, 0x200F), (0x202A, 0x202E),
    (0x2460, 0x24FF), (0x3041, 0x3096), (0x3099, 0x30FF), (0x3300, 0x33FF), (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3), (0xD83D, 0xD83D), (0xDE00, 0xDE00), (0xFB00, 0xFB06), (0xFDFA, 0xFDFA),
    (0xFE00, 0xFE0F), (0xFF01, 0xFFBE), (0x1D400, 0x1D454), (0x1F1E6, 0x1F1FF), (0x1F3FB, 0x1F3FF),
    (0x1F600, 0x1F64F), (0xE0020, 0xE007F),
)  # fmt: skip
"""Letters that every Unicode of the last years has, and lone surrogates."""


class World:
    """The bundles, parts and people that cases name: made up from a seed, with these settings."""

    def __init__(self, seed: int, size: Size = SIZE, settings: Settings | None = None) -> None:
        small, larger = Size(keywords=40, tags=8, items=24), size.keywords + 2
        plain = made_up(seed, size, keywords=familiar())
        plain = replace(plain, settings=settings or plain.settings)
        later = made_up(seed, replace(size, keywords=larger), keywords=familiar(), version=2)
        self.files = {
            "plain": write_bundle(plain, SIGNER),
            "next": write_bundle(later, SIGNER),
            "small": write_bundle(made_up(seed + 1, small, locale="en", version=7), SIGNER),
            "stranger": write_bundle(plain, STRANGER),
        }
        for number in range(3):
            self.files[f"part{number}"] = write_part(made_up_part(plain, number, seed), SIGNER)
        for one, other in (("plain", "next"), ("next", "plain"), ("plain", "plain")):
            change = difference(self.files[one], self.files[other], SIGNER)
            self.files[f"{one}-{other}"] = change
        self.bundles = {
            name: Bundle.open(self.files[name], SIGNER.keys) for name in ("plain", "next", "small")
        }
        parts = [Part.open(self.files[f"part{n}"], SIGNER.keys) for n in range(3)]
        self.stocks = {count: Stock(self.bundles["plain"], parts[:count]) for count in (0, 3)}


def cases(seed: int = 11, world: World | None = None) -> dict[str, Any]:
    """Returns everything that cases.json holds; of another world, as much of that."""
    world, dice = world or World(seed), random.Random(seed)  # noqa: S311
    told: list[Case] = []
    for make, most in _MAKERS.items():
        told += islice(make(world, dice), most)
    return {
        "about": "docs/bundle.md says how to read this file; made by pittari.testing.cases",
        "seed": seed,
        "key": SIGNER.public.hex(),
        "files": {name: base64.b64encode(data).decode() for name, data in world.files.items()},
        "cases": told,
    }


def write(path: Path) -> int:
    """Writes the cases, one a line, and returns how many there are."""
    told = cases()
    lines = [json.dumps(case, ensure_ascii=False, sort_keys=True) for case in told.pop("cases")]
    head = json.dumps(told, ensure_ascii=False, indent=1)[:-2]
    text = head + ',\n "cases": [\n' + ",\n".join(lines) + "\n]}\n"
    path.write_bytes(text.encode("utf-8", "backslashreplace"))  # lone surrogates as \ud83d
    return len(lines)


def _folds(world: World, dice: random.Random) -> Iterator[Case]:
    by_hand = words("folded")
    made = [_anything(dice, dice.randint(1, 9)) for _ in range(260)]
    for text in [*by_hand, *familiar(), *made, "あ々ゝゞ" * 2600, "ﷺ" * 900]:
        yield {"call": "folded", "text": text, "gives": folded(text)}


def _sounds(world: World, dice: random.Random) -> Iterator[Case]:
    letters = "aiueokstnhmrgzdbpywcfjvxlq'おはようきっしゃんふぁーなぁゔぃ漢 "
    made = ["".join(dice.choices(letters, k=dice.randint(1, 8))) for _ in range(300)]
    for text in [*map(folded, familiar()), *words("sounds"), *made]:
        told = sound(text)
        yield {"call": "sound", "text": text, "gives": [told.whole, list(told.begins)]}


def _matches(world: World, dice: random.Random) -> Iterator[Case]:
    typed = [*words("typed"), *familiar(), *(_typed(world, dice) for _ in range(760))]
    typed += [piece * (10_000 // len(piece)) for piece in ("おは", "w", "👨\u200d")]
    for text in typed:
        name = dice.choice(["plain", "plain", "plain", "small"])
        caret = dice.choice([None, None, None, dice.randint(0, len(text))])
        told = matches(world.bundles[name], text, caret)
        found = [
            [f.tag, f.value, f.keyword, MATCHES[s.match], PLACES[s.place], s.units, s.begin, s.end]
            for f in told.found
            for s in [f.span]
        ]
        gives = {"letters": told.letters, "found": found}
        yield {"call": "matches", "file": name, "text": text, "caret": caret, "gives": gives}


def _rows(world: World, dice: random.Random) -> Iterator[Case]:
    while True:
        for count, stock in world.stocks.items():
            text, person = _typed(world, dice), _person(stock, dice)
            at, offset = NOW + dice.randint(0, 40) * 37 * clock.HOUR, dice.choice([0, 540, -300])
            row = ranked(stock, matches(stock.bundle, text), person, at=at, offset=offset)
            gives = [
                {
                    "item": one.item, "tag": one.tag, "keyword": one.keyword, "match": one.match,
                    "place": one.place, "value": one.value, "confidence": one.confidence,
                    "source": one.source, "score": one.score, "parts": one.parts,
                }
                for one in row
            ]  # fmt: skip
            yield {
                "call": "ranked", "file": "plain", "parts": [f"part{n}" for n in range(count)],
                "text": text, "person": _told(person), "at": at, "offset": offset, "gives": gives,
            }  # fmt: skip


def _silences(world: World, dice: random.Random) -> Iterator[Case]:
    bundle = world.bundles["plain"]
    trouble = [word for some in bundle.language.veto.values() for word in some]
    while True:
        text, person = _typed(world, dice), _person(world.stocks[3], dice)
        text = dice.choice([text, dice.choice(bundle.keywords)])
        text += dice.choice(["", "", "", "", "", dice.choice(trouble)])
        recent = [dice.choice(["", "そうだね", dice.choice(trouble)])] * dice.choice([0, 0, 0, 1])
        person.ignored = {"r": dice.choice([0, 0, 3, 9, 30])}
        person.switches.off = dice.random() < 0.05
        room = dice.choice(["r", "q", ""])
        found = matches(bundle, text)
        why = silent(bundle, found, person, at=NOW, room=room, recent=recent)
        yield {
            "call": "silent", "file": "plain", "text": text, "person": _told(person), "at": NOW,
            "room": room, "recent": recent, "gives": why,
        }  # fmt: skip


def _lives(world: World, dice: random.Random) -> Iterator[Case]:
    """Yields what people do and what is known of them afterwards."""
    stock = world.stocks[3]
    decay = stock.bundle.decay
    while True:
        person = _person(stock, dice)
        before, at, acts = _told(person), NOW, []
        for _ in range(dice.randint(1, 8)):
            at += dice.randint(0, 90) * 7 * clock.HOUR
            item, room = dice.choice(stock.ids), dice.choice(["r", "q"])
            act = dice.choice(["used", "used", "used", "was_ignored", "wants_less", "wipe"])
            one: Case = {"act": act, "item": item, "room": room, "at": at}
            if act == "used":
                one["tag"] = dice.choice(["", *stock.bundle.tags])
                one["source"] = dice.choice(SOURCES)
                vector = stock.vectors[stock.row(item)]
                source = SOURCES.index(one["source"])
                person.used(item, one["tag"], vector, at, decay, source=source, room=room)
            elif act == "was_ignored":
                person.was_ignored(room)
            elif act == "wants_less":
                person.wants_less(item)
            else:
                person.wipe()
            acts.append(one)
        parts = ["part0", "part1", "part2"]
        yield {
            "call": "person", "file": "plain", "parts": parts, "person": before, "acts": acts,
            "gives": _told(person), "sends_left": person.sends_left(at),
        }  # fmt: skip


def _refusals(world: World, dice: random.Random) -> Iterator[Case]:
    """Yields files that come, whole, cut and changed, and why they are refused (null: they are
    taken), or the SHA-256 of the file that a difference makes."""
    size = len(world.files["plain"])
    changes: list[Case] = [{"cut": cut} for cut in (0, 1, 7, 8, 63, 64, 135, 136, size - 1)]
    changes += [{"at": dice.randrange(size), "xor": dice.randint(1, 255)} for _ in range(90)]
    changes += [{"at": at, "xor": 1} for at in (0, 8, 10, 12, 16, 24, 40, 64, 72, 74, 80, 88, 96)]
    for change in changes:
        yield _arrival(world, "plain", "ja", None, change)
    for name in world.files:
        for locale, held in (("ja", None), ("ja", "plain"), ("ja", "next"), ("en", "small")):
            yield _arrival(world, name, locale, held, {})
    for one, other in (("plain", "next"), ("next", "plain"), ("plain", "plain")):
        made = applied(world.files[one], world.files[f"{one}-{other}"], SIGNER.keys)
        gives = hashlib.sha256(made).hexdigest()
        yield {"call": "applied", "old": one, "file": f"{one}-{other}", "gives": gives}


def _arrival(world: World, name: str, locale: str, held: str | None, change: Case) -> Case:
    data = bytearray(world.files[name])
    if "cut" in change:
        del data[change["cut"] :]
    if "at" in change:
        data[change["at"]] ^= change["xor"]
    try:
        arrived(bytes(data), SIGNER.keys, locale, world.bundles[held] if held else None)
        gives = None
    except BundleError as error:
        gives = error.reason
    return {
        "call": "arrived", "file": name, "locale": locale, "held": held, "change": change,
        "gives": gives,
    }  # fmt: skip


def _anything(dice: random.Random, length: int) -> str:
    """Returns letters of any kind; two halves of one letter that meet are that letter."""
    text = "".join(chr(dice.randint(*dice.choice(_BLOCKS))) for _ in range(length))
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _typed(world: World, dice: random.Random) -> str:
    """Returns something typed: pieces of keywords, changed as people change them."""
    keywords = world.bundles["plain"].keywords
    between = words("between")
    text = dice.choice(["", "", *between])
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        word = dice.choice(keywords)
        kind = dice.randrange(5)
        if kind == 0:
            word = word.upper()
        elif kind == 1:
            word = _katakana(word)
        elif kind == 2:
            word = _held(word, dice)
        if dice.random() < 0.6:
            word = word[: dice.randint(1, len(word))]
        text += word + dice.choice(["", "", *between])
    if dice.random() < 0.05:
        text += _anything(dice, 2)
    return text


def _katakana(text: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in text)


def _held(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    return text[:at] + text[at] * dice.randint(2, 5) + text[at:]


def _person(stock: Stock, dice: random.Random) -> Person:
    def some(values: list[str], most: int) -> list[str]:
        return dice.sample(values, dice.randint(0, min(most, len(values))))

    def uses() -> Uses:
        return Uses(dice.randint(1, 1 << 14), clock.day(NOW) - dice.randint(-1, 90))

    width = stock.vectors.shape[1]
    times = [0, NOW + 20 * clock.DAY, NOW + 400 * clock.DAY]
    return Person(
        rights=Rights(
            owned=frozenset(some(stock.packages, 6)),
            plan=dice.choice(["", "basic", "deluxe"]),
            plan_until=dice.choice(times),
            kept=frozenset(some(stock.packages, 6)),
            trial_until=dice.choice(times),
            sends_a_day=dice.randint(0, 2),
            sends_until=dice.choice(times),
            sent_day=clock.day(NOW),
            sent=dice.randint(0, 2),
            region=dice.choice(["", "JP", "US"]),
            adult=dice.random() < 0.3,
        ),
        switches=Switches(
            sources=set(some(["owned", *SOURCES[1:]], 1)) if dice.random() < 0.2 else set()
        ),
        stickers={item: uses() for item in some(stock.ids, 8)},
        tags={tag: uses() for tag in some(stock.bundle.tags, 5)},
        less={item: dice.randint(1, 3) for item in some(stock.ids, 3)},
        mean=[dice.randint(-32_000, 32_000) for _ in range(width)] if dice.random() < 0.8 else [],
    )


def _told(person: Person) -> Any:
    return msgspec.json.decode(person.export())


_MAKERS = {
    _folds: None, _sounds: None, _matches: None, _refusals: None,
    _rows: 260, _silences: 240, _lives: 60,
}  # fmt: skip


if __name__ == "__main__":
    sys.stdout.write(f"{write(Path(sys.argv[1]))} cases\n")
