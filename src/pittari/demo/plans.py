"""Who subscribes, who tries, who may send a little? What people have beside what they bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pittari import clock
from pittari.demo.goods import Shop
from pittari.demo.people import Crowd
from pittari.model.catalog import EVERYTHING, Entitlement

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

KINDS = ("", "basic", "deluxe", "trial", "trial_send")
SHARES = (0.66, 0.12, 0.06, 0.06, 0.1)
"""Which plan people have, and the share that has it."""
BEGAN = (0, 40, 40, 6, 10)
"""Each began at most so many days before the world's end,"""
LASTS = (0, 120, 120, 30, 30)
"""and lasts so many days after it."""
KEEPS = (0, 5, 12, 0, 0)
"""Packages kept under a plan, at most."""
SENDS = 3
"""Trial sends a day."""


@dataclass(frozen=True, slots=True)
class Plans:
    """What each person has: `kind` counts in `KINDS`, `since` is in microseconds UTC.

    `open`, people x packages: what somebody can send by their plan without having bought it.
    """

    entitlements: tuple[Entitlement, ...]
    kind: Whole
    since: Whole
    open: Mask


def plans(seed: int, crowd: Crowd, shop: Shop, affinity: Floats, over: int) -> Plans:
    """Returns the plans of a world that ends at `over`; people keep what they like."""
    dice = np.random.default_rng((seed, 5))
    kind = dice.choice(len(KINDS), len(crowd), p=SHARES)
    since = over - ((dice.random(len(crowd)) * np.array(BEGAN)[kind]) * clock.DAY).astype(np.int64)
    open_ = _eligible(crowd, shop, over) & (kind > 0)[:, None]
    given: list[Entitlement] = []
    for person in np.flatnonzero(kind).tolist():
        plan = int(kind[person])
        user, begun = crowd.users[person].id, clock.moment(int(since[person]))
        until = clock.moment(over + LASTS[plan] * clock.DAY)
        sends = SENDS if KINDS[plan] == "trial_send" else 0
        of: dict[str, Any] = {"kind": KINDS[plan], "since": begun, "until": until}
        given.append(Entitlement(user=user, item=EVERYTHING, sends=sends, **of))
        if KEEPS[plan]:
            wish = affinity[person] + dice.gumbel(size=len(shop))
            liked = np.argsort(-np.where(open_[person], wish, -np.inf), kind="stable")
            most = min(int(dice.integers(1, KEEPS[plan] + 1)), int(open_[person].sum()))
            open_[person] = False
            open_[person, liked[:most]] = True
            given += [
                Entitlement(user=user, item=shop.ids[package], **of)
                for package in liked[:most].tolist()
            ]
    return Plans(tuple(given), kind, since, open_)


def _eligible(crowd: Crowd, shop: Shop, over: int) -> Mask:
    """Returns, people x packages, what may be offered to each under a plan."""
    premium = {item.id for item in shop.items if item.premium and item.status == "active"}
    taking = np.array([name in premium for name in shop.ids], np.bool_) & shop.on_sale(over)
    regions = {user.region: shop.sold_in(user.region) for user in crowd.users}
    here = np.array([regions[user.region] for user in crowd.users], np.bool_)
    grown = np.array([user.adult for user in crowd.users], np.bool_)
    found: Mask = here & taking & (grown[:, None] | ~shop.adult)
    return found
