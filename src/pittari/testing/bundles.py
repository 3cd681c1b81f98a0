"""Bundles of made-up words and stickers, from a seed: for tests, for measurements, for cases.

The dice are the old `RandomState`, whose throws no later NumPy changes.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari.device.contents import Contents, Items, Links, PartContents, Tags
from pittari.device.signing import Signer
from pittari.text.folding import folded
from pittari.text.language import language

SIGNER = Signer(bytes(range(32)))
"""A key that everybody knows: what it signs proves nothing."""


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((files("pittari.testing") / "bundles.toml").read_text("utf-8"))


def words(name: str) -> tuple[str, ...]:
    """Returns one of the lists of bundles.toml."""
    return tuple(_words()[name])


def familiar() -> tuple[str, ...]:
    """Returns keywords in which the rules of matching meet each other."""
    return words("familiar")


@dataclass(frozen=True, slots=True)
class Size:
    """How large a made-up bundle is."""

    keywords: int = 60
    tags: int = 20
    items: int = 80
    offers: int = 10
    rest: int = 5
    links: int = 2
    packages: int = 10
    dimensions: int = 8
    centres: int = 4


def made_up(
    seed: int = 0,
    size: Size = Size(),
    *,
    keywords: Sequence[str] = (),
    locale: str = "ja",
    version: int = 1,
) -> Contents:
    """Returns the contents of a made-up bundle: `keywords`, and random ones up to its size."""
    dice = random.Random(seed)  # noqa: S311
    rng = np.random.RandomState(seed)
    known = dict.fromkeys(folded(word) for word in keywords)
    while len(known) < size.keywords:
        known[folded(word(dice))] = None
    listed = list(known)
    tags = [f"tag{number}" for number in range(size.tags)]
    count = rng.randint(1, 2 * size.links, len(listed)) if size.tags else np.zeros(len(listed), int)
    total = int(count.sum())
    links = Links(count, rng.randint(0, max(1, size.tags), total), rng.randint(40, 256, total))
    return Contents(
        locale=locale,
        version=version,
        created=1_800_000_000_000_000 + version,
        language=language("ja", "en"),
        keywords=listed,
        keyword_tags=links,
        readings=[
            (row, read)
            for row, text in enumerate(listed)
            for read in _words()["readings"].get(text, ())
        ],
        tags=_tags(tags, size, rng),
        items=items(size, rng, dice),
        regions=((), ("JP",), ("JP", "TW"), ("US",)),
        centres=_unit(rng, size.centres, size.dimensions),
        made_from={"catalog": str(seed)},
    )


def made_up_part(contents: Contents, package: int, seed: int = 0) -> PartContents:
    """Returns the part of one of a made-up bundle's packages: its stickers of the bundle, and as
    many that the bundle does not name."""
    rng = np.random.RandomState(1000 * seed + package)
    name = contents.items.packages[package]
    own = [i for i, of in enumerate(contents.items.package.tolist()) if of == package]
    ids = [contents.items.ids[row] for row in own] + [
        f"{name}-extra{n}" for n in range(len(own) + 1)
    ]
    tags = [text for n, text in enumerate(contents.tags.texts) if n % 2 == 0] + ["unknown"]
    counts = rng.randint(0, min(4, len(ids)) + 1, len(tags))
    to = np.concatenate([np.sort(rng.permutation(len(ids))[:n]) for n in counts]).astype(int)
    dimensions = contents.items.vectors.shape[1]
    return PartContents(
        package=name,
        version=contents.version,
        created=contents.created,
        tags=Tags(tags, Links(counts, to, rng.randint(60, 256, len(to)))),
        items=Items(
            ids=ids,
            package=np.zeros(len(ids), int),
            packages=[name],
            flags=rng.randint(0, 2, len(ids)),
            prior=rng.randint(0, 256, len(ids)),
            vectors=_unit(rng, len(ids), dimensions),
            cluster=rng.randint(0, max(1, len(contents.centres)), len(ids))
            if contents.centres is not None
            else None,
        ),
    )


def word(dice: random.Random) -> str:
    """Returns a made-up word of one or two scripts."""
    kind = dice.random()
    kana, kanji = words("kana"), words("kanji")
    if kind < 0.6:
        return "".join(dice.choices(kana, k=dice.randint(2, 7)))
    if kind < 0.75:
        return "".join(dice.choices(kanji, k=dice.randint(1, 3)))
    if kind < 0.85:
        return dice.choice(kanji) + "".join(dice.choices(kana, k=dice.randint(1, 4)))
    return "".join(dice.choices(words("latin"), k=dice.randint(2, 4)))


def items(size: Size, rng: np.random.RandomState, dice: random.Random) -> Items:
    """Returns made-up stickers."""
    count = size.items
    return Items(
        ids=[f"s{dice.getrandbits(40):010x}{number:x}" for number in range(count)],
        package=np.sort(rng.randint(0, size.packages, count)),
        packages=[f"p{number:05}" for number in range(size.packages)],
        flags=rng.choice([0, 1, 4, 5, 12, 13, 14], count),
        prior=rng.randint(0, 256, count),
        vectors=_unit(rng, count, size.dimensions),
        region=rng.choice([0, 0, 0, 1, 2, 3], count),
        cluster=rng.randint(0, max(1, size.centres), count),
    )


def _tags(texts: Sequence[str], size: Size, rng: np.random.RandomState) -> Tags:
    offers = min(size.offers, size.items)
    each = min(offers + size.rest, size.items)
    width = len(texts) * each
    step = rng.randint(0, max(1, size.items), len(texts))
    to = (step[:, None] + np.arange(each) * 7919) % max(1, size.items)
    confidence = -np.sort(-rng.randint(30, 256, (len(texts), each)), axis=1)
    return Tags(
        texts=texts,
        items=Links(np.full(len(texts), each), to.reshape(width), confidence.reshape(width)),
        offers=np.full(len(texts), offers),
        rate=rng.randint(0, 256, len(texts)),
        hours=rng.randint(0, 256, (len(texts), 8)),
    )


def _unit(
    rng: np.random.RandomState, rows: int, columns: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.int8]]:
    drawn = rng.standard_normal((rows, columns))
    lengths = np.sqrt((drawn * drawn).sum(axis=1, keepdims=True))
    told: npt.NDArray[np.int8] = np.round(127 * drawn / lengths).astype(np.int8)
    return told
