"""Random bundles and random typing."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from pittari.device.bundle import Bundle, Part
from pittari.device.contents import Contents
from pittari.device.person import Person, Rights, Switches, Uses
from pittari.device.stock import Stock
from pittari.device.writing import write_bundle, write_part
from pittari.testing.bundles import SIGNER, Size, familiar, made_up, made_up_part

NOW = 1_800_000_000_000_000
LATER = NOW + 10**12


@cache
def contents(seed: int) -> Contents:
    return made_up(seed, Size(keywords=150, tags=30), keywords=familiar())


@cache
def bundle(seed: int = 0) -> Bundle:
    return Bundle.open(write_bundle(contents(seed), SIGNER), SIGNER.keys)


@cache
def stock(seed: int = 0, parts: int = 2) -> Stock:
    told = [
        Part.open(write_part(made_up_part(contents(seed), number), SIGNER), SIGNER.keys)
        for number in range(parts)
    ]
    return Stock(bundle(seed), told)


bundles = st.integers(0, 4).map(bundle)
stocks = st.builds(stock, st.integers(0, 3), st.integers(0, 3))


@st.composite
def typing(draw: st.DrawFn) -> str:
    """What somebody types: pieces of keywords, in any script, with anything between them."""
    words = bundle().keywords
    pieces = []
    for _ in range(draw(st.integers(0, 4))):
        word = draw(st.sampled_from(words))
        kind = draw(st.integers(0, 4))
        if kind == 0:
            pieces.append(word)
        elif kind == 1:
            pieces.append(word[: draw(st.integers(1, len(word)))])
        elif kind == 2:
            pieces.append("".join(letter * draw(st.integers(1, 4)) for letter in word))
        elif kind == 3:
            pieces.append(draw(st.text(st.characters(), max_size=4)))
        else:
            pieces.append(
                draw(
                    st.sampled_from(
                        [
                            " ",
                            "、",
                            "「",
                            "」",
                            "とは言えない",
                            "not ",
                            "です",
                            "!",
                            "👍🏽",
                            "k",
                            "sh",
                        ]
                    )
                )
            )
    return "".join(pieces)


uses = st.builds(Uses, st.integers(0, 1 << 20), st.integers(20_000, 20_900))


@st.composite
def people(draw: st.DrawFn, stock: Stock | None = None) -> Person:
    """Somebody with a past, rights and switches."""
    here = stock or globals()["stock"]()
    packages = st.frozensets(st.sampled_from(here.packages), max_size=5)
    items = st.sampled_from(here.ids)
    width = here.vectors.shape[1]
    return Person(
        rights=Rights(
            owned=draw(packages),
            plan=draw(st.sampled_from(["", "basic", "deluxe"])),
            plan_until=draw(st.sampled_from([0, LATER])),
            kept=draw(packages),
            trial_until=draw(st.sampled_from([0, LATER])),
            sends_a_day=draw(st.integers(0, 2)),
            sends_until=draw(st.sampled_from([0, LATER])),
            sent_day=NOW // 86_400_000_000,
            sent=draw(st.integers(0, 2)),
            region=draw(st.sampled_from(["", "JP", "US"])),
            adult=draw(st.booleans()),
        ),
        switches=Switches(sources=draw(st.sets(st.sampled_from(["owned", "premium", "trial"])))),
        stickers=draw(st.dictionaries(items, uses, max_size=5)),
        tags=draw(st.dictionaries(st.sampled_from(here.bundle.tags), uses, max_size=5)),
        less=draw(st.dictionaries(items, st.integers(1, 3), max_size=3)),
        mean=draw(st.lists(st.integers(-32_000, 32_000), min_size=width, max_size=width)),
    )
