"""A bundle of all that people say with stickers."""

from __future__ import annotations

from functools import cache

import numpy as np

from pittari.device.bundle import Bundle
from pittari.device.contents import Contents, Items, Links, Tags
from pittari.device.settings import ELIGIBLE
from pittari.device.writing import write_bundle
from pittari.learning.tags.meanings import RATE, meanings
from pittari.testing.bundles import SIGNER
from pittari.text.language import language

NOW = 1_800_000_000_000_000
OWN, WAY = 255, 220


@cache
def bundle() -> Bundle:
    """All meanings as tags, with a sticker each."""
    known = sorted(meanings().by_tag.values(), key=lambda one: one.tag)
    ways: dict[str, dict[int, int]] = {}
    for row, one in enumerate(known):
        for form in one.forms:
            ways.setdefault(form, {})[row] = OWN if form == one.tag else WAY
    links = [pair for some in ways.values() for pair in some.items()]
    count = len(known)
    each = np.ones(count, np.int64)
    contents = Contents(
        locale="ja",
        version=1,
        created=NOW,
        language=language("ja", "en"),
        keywords=list(ways),
        keyword_tags=Links(
            np.array([len(some) for some in ways.values()]),
            np.array([tag for tag, _ in links]),
            np.array([weight for _, weight in links]),
        ),
        tags=Tags(
            texts=[one.tag for one in known],
            items=Links(each, np.arange(count), 200 * each),
            offers=each,
            rate=np.array([RATE if one.rate is None else one.rate for one in known]),
        ),
        items=Items(
            ids=[f"s{row}" for row in range(count)],
            package=0 * each,
            packages=["p"],
            flags=ELIGIBLE * each,
            prior=0 * each,
            vectors=np.zeros((count, 4), np.int8),
        ),
    )
    return Bundle.open(write_bundle(contents, SIGNER), SIGNER.keys)
