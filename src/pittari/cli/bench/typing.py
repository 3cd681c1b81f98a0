"""A made-up shop whose people type: a bundle as large as a real one, packages owned, trials."""

from __future__ import annotations

import random

from pittari.device.signing import signer_of
from pittari.device.writing import write_bundle, write_part
from pittari.engine import Ask, Engine
from pittari.model.catalog import EVERYTHING, Entitlement, User
from pittari.testing.bundles import Size, made_up, made_up_part
from pittari.touchpoints.suggest.keeping import Kept

KEYWORDS, TAGS, OFFERS, OWNED = 5_000, 1_000, 100, 20
IN_A_PACKAGE = 20
"""Stickers of each package that the bundle names; its part has as many again."""
LEAST = 3
"""Letters of a keyword that are typed at least."""


def typing(engine: Engine, stickers: int, users: int) -> list[Ask]:
    """Fills an empty project with a bundle of so many stickers and people who own packages; every
    second one tries the rest. Returns a key stroke of each."""
    folder, dice = engine.project.folder, random.Random(3)  # noqa: S311
    size = Size(
        keywords=KEYWORDS, tags=TAGS, items=stickers, offers=OFFERS, rest=0, links=2,
        packages=max(OWNED, stickers // IN_A_PACKAGE), dimensions=16, centres=32,
    )  # fmt: skip
    told, signer, kept = made_up(7, size), signer_of(folder), Kept(folder)
    names = told.items.packages
    with kept.turn():
        kept.put("ja", 1, write_bundle(told, signer), lambda old: b"", 0)
        parts = {name: write_part(made_up_part(told, n), signer) for n, name in enumerate(names)}
        kept.put_parts(1, parts)
    people = [f"u{n}" for n in range(users)]
    engine.store.catalog.put_users(User(id=user, region="JP") for user in people)
    engine.store.catalog.put_entitlements(
        Entitlement(user=user, item=item) for user in people for item in dice.sample(names, OWNED)
    )
    engine.store.catalog.put_entitlements(
        Entitlement(user=user, item=EVERYTHING, kind="trial") for user in people[::2]
    )
    words = [word for word in told.keywords if len(word) > LEAST]
    strokes = [word[: dice.randint(LEAST, len(word))] for word in dice.choices(words, k=users)]
    return [
        Ask("suggest", user, context={"text": text})
        for user, text in zip(people, strokes, strict=True)
    ]
