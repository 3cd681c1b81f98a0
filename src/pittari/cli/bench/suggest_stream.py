"""On a stream of chat messages: how often does the row appear, and how often should it?

Messages are typed to the demo shop's bundle by somebody on a free trial in Japan, who may be
offered all that is eligible and owns nothing; the four messages before are known to the row.
"""

from __future__ import annotations

import csv
import gzip
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from pittari import clock
from pittari.demo.world import Recipe, World
from pittari.device.matching import matches
from pittari.device.person import Person, Rights
from pittari.device.ranking import Sticker, ranked
from pittari.device.silence import silent
from pittari.device.stock import Stock
from pittari.errors import DataError
from pittari.learning.tags.meanings import meanings
from pittari.text.folding import folded
from pittari.touchpoints.suggest.trying import tried

Half = Literal["even", "odd"]
"""Dialogues with an even number are for tuning, odd ones for figures."""

FILE, NONE = "stream.tsv.gz", "none"
RECENT = 4
"""Messages before this one that may silence the row."""
TYPED = 10
"""Of so many messages without a formula one is typed letter by letter."""
END = 20_640
"""The demo world's last day, in days since 1970-01-01."""

KINDS = {
    "greeting": ("おはよう", "こんにちは", "こんばんは", "はじめまして", "おつかれさま"),
    "request": ("よろしく", "おねがい"),
    "thanks": ("ありがとう", "助かる"),
    "agreement": ("それな", "私も", "はい", "なるほど", "たしかに", "わかる", "了解"),
    "praise": ("すごい", "さすが", "えらい", "天才", "すてき", "いいね", "最高", "かっこいい",
               "かわいい", "おめでとう"),
}  # fmt: skip
"""Meanings that answer a kind of formula: a sticker fits when its tag is a way of saying one."""

STEMS = (
    "こんにち", "こんばん", "おはよう", "はじめまして", "初めまして", "お疲れ", "おつかれ",
    "よろしく", "宜しく", "お願い", "おねがい", "ありがと", "有難う", "感謝", "そうですね",
    "そうですよね", "たしかに", "確かに", "なるほど", "わかります", "分かります", "同感", "了解",
    "すごい", "凄い", "素晴らし", "すばらし", "さすが", "いいですね", "素敵", "最高", "おめでとう",
)  # fmt: skip
"""The peer that fires wherever a stem of a formula stands."""
_GAPS = re.compile(r"[\W_]+")


class Message(NamedTuple):
    """One message of a dialogue; `formula`: what kind of set phrase all of it is, or `NONE`."""

    text: str
    formula: str
    recent: tuple[str, ...]


def bench(folder: Path, half: Half = "odd") -> dict[str, Any]:
    """Returns what `measured` says of one half of the stream in a folder, on the demo shop.

    Raises `DataError` for a folder without the stream.
    """
    return {"half": half, **measured(read(folder, half), *shop())}


def measured(told: Sequence[Message], stock: Stock, person: Person, at: int) -> dict[str, Any]:
    """Returns shares of messages on which the row appears (`false_trigger`: of those without a
    formula, `formula_trigger`: of the others), `keystrokes_to_first_fit` (the median of letters
    typed until a sticker that fits stands in the row), microseconds for a message, and two peers.
    """

    def row(message: Message, text: str) -> tuple[Sticker, ...]:
        found = matches(stock.bundle, text)
        if silent(stock.bundle, found, person, at=at, recent=message.recent):
            return ()
        return ranked(stock, found, person, at=at, offset=540)

    words = {_bare(word) for word in stock.bundle.keywords}
    stems = re.compile("|".join(STEMS))
    return {
        "messages": len(told),
        "formulas": sum(one.formula != NONE for one in told),
        **_triggers(told, lambda one: bool(row(one, one.text))),
        **_typing(told, row),
        **_latency(told, lambda one: row(one, one.text)),
        "peers": {
            "stems": _triggers(told, lambda one: bool(stems.search(one.text))),
            "exact": _triggers(told, lambda one: _bare(folded(one.text)) in words),
        },
    }


def read(folder: Path, half: Half) -> list[Message]:
    """Returns the messages of one half of the dialogues, in order."""
    path = folder / FILE
    if not path.is_file():
        raise DataError(f"{folder}: expected a file {FILE} with columns dialogue, text, formula")
    rest = 0 if half == "even" else 1
    told: list[Message] = []
    before: list[str] = []
    dialogue = ""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if int(row["dialogue"]) % 2 != rest:
                continue
            if row["dialogue"] != dialogue:
                dialogue, before = row["dialogue"], []
            told.append(Message(row["text"], row["formula"], tuple(before[-RECENT:])))
            before.append(row["text"])
    return told


def shop() -> tuple[Stock, Person, int]:
    """Returns the demo shop's bundle, somebody on a free trial in Japan, and the time."""
    world = World(Recipe(0, END))
    bundle = tried(world.shop.items, "ja", world.over).bundle
    rights = Rights(region="JP", trial_until=world.over + clock.DAY)
    return Stock(bundle), Person(rights=rights), world.over


def _triggers(told: Sequence[Message], fires: Callable[[Message], bool]) -> dict[str, float]:
    fired = np.array([fires(one) for one in told])
    formula = np.array([one.formula != NONE for one in told])
    return {
        "false_trigger": _share(fired[~formula]),
        "formula_trigger": _share(fired[formula]),
        "precision": _share(formula[fired]),
        "per_100": round(100 * _share(fired), 2),
    }


def _typing(
    told: Sequence[Message], row: Callable[[Message, str], tuple[Sticker, ...]]
) -> dict[str, float]:
    """Types messages letter by letter: of those with a formula all, of the others one in `TYPED`.

    A formula that is never answered by a sticker that fits counts as one that takes for ever.
    """
    fits = {kind: _ways(tags) for kind, tags in KINDS.items()}
    first: list[float] = []
    length: list[int] = []
    shown: list[bool] = []
    for one in told:
        if one.formula != NONE:
            length.append(len(one.text))
            ends = range(1, len(one.text) + 1)
            rows = ((end, row(one, one.text[:end])) for end in ends)
            wanted = fits[one.formula]
            hits = (end for end, some in rows if any(sticker.tag in wanted for sticker in some))
            first.append(next(hits, np.inf))
    for one in [one for one in told if one.formula == NONE][::TYPED]:
        shown += [bool(row(one, one.text[:end])) for end in range(1, len(one.text) + 1)]
    return {
        "keystrokes_to_first_fit": float(np.median(first)),
        "letters_of_a_formula": float(np.median(length)),
        "never_fit": _share(np.isinf(first)),
        "shown_while_typing_others": _share(np.array(shown)),
    }


def _ways(tags: Sequence[str]) -> set[str]:
    """Returns all ways of saying some meanings."""
    known = meanings().by_tag
    return {form for tag in tags for form in known[tag].forms}


def _latency(told: Sequence[Message], call: Callable[[Message], object]) -> dict[str, float]:
    """Returns microseconds for a message, once all were answered before: by the wall, and by this
    thread's own time."""
    wall, own = [], []
    for one in told:
        begin, own_begin = time.perf_counter_ns(), time.thread_time_ns()
        call(one)
        own.append((time.thread_time_ns() - own_begin) / 1000)
        wall.append((time.perf_counter_ns() - begin) / 1000)
    return {
        f"p{q}{name}_us": round(float(np.percentile(times, q)), 1)
        for name, times in (("", wall), ("_own", own))
        for q in (50, 95, 99)
    }


def _bare(text: str) -> str:
    return _GAPS.sub("", text)


def _share(told: Any) -> float:
    return round(float(np.mean(told)), 4) if len(told) else 0.0
