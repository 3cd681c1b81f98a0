"""At what time of day stickers and tags are sent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.learning.worlds import NOW, act, log

from pittari import clock
from pittari.learning.tags.hours import ENOUGH, SLOTS, sends
from pittari.learning.tags.learner import learned
from pittari.learning.tags.wording import worded
from pittari.model.catalog import Item

ITEMS = np.array([b"a", b"b"])
TEN = NOW - NOW % clock.DAY - clock.DAY + 10 * clock.HOUR
"""Ten in the morning, UTC."""


def send(item: str, at: int, zone: str = "", user: str = "u", action: str = "send"):
    return act(user, item, action, NOW - at, zone=zone)


def read(*rows):
    return sends(log(rows), ITEMS, NOW - 9 * clock.DAY, NOW).tolist()


def test_sends_are_counted_in_the_senders_own_time():
    rows = [
        send("a", TEN),
        send("a", TEN, "Asia/Tokyo", user="v"),
        send("b", TEN, "nowhere", user="w"),
        send("b", TEN, action="click"),
        send("unknown", TEN),
        send("b", NOW - 20 * clock.DAY),
    ]
    assert read(*rows) == [[0, 0, 0, 1, 0, 0, 1, 0], [0, 0, 0, 1, 0, 0, 0, 0]]
    assert read() == [[0] * SLOTS] * 2


def test_a_tag_is_usual_when_its_stickers_are_sent_and_little_says_nothing():
    stickers = [
        Item(id="a", kind="sticker", creator="ann", tags=("猫",)),
        Item(id="b", kind="sticker", creator="ben", tags=("犬",)),
    ]
    sent = np.zeros((2, SLOTS), np.int64)
    sent[0, 3], sent[0, 6], sent[1, 1] = ENOUGH, ENOUGH // 2, ENOUGH - 1
    told = learned(replace(worded(stickers), sent=sent))
    assert told.hours[told.tag_row("猫")].tolist() == [0, 0, 0, 255, 0, 0, 128, 0]
    assert told.hours[told.tag_row("犬")].tolist() == [0] * SLOTS
