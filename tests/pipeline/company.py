"""Does each of several who ask together get what it would get alone?"""

from collections.abc import Mapping
from dataclasses import replace

from msgspec import structs

from pittari.composition.slots import Slots
from pittari.model.candidates import Candidates, union
from pittari.model.decision import Decision
from pittari.model.request import Batch, Request
from pittari.pipeline import Arrangement, Pipeline
from pittari.settings import Bury, Caps, Match, Pin, Quota, Shelf
from pittari.touchpoints.shelf import SOURCES, build

PATIENT = 60_000.0
"""A deadline that no stall of a busy machine reaches."""
EVERYTHING = Shelf(
    name="everything",
    deadline_ms=PATIENT,
    sources=dict.fromkeys(SOURCES, 1.0),
    explore=0.3,
    caps=Caps(creator=3, character=2),
    pin=(Pin(item="item-3", place=2),),
    bury=(Bury(where=Match(character="k1")),),
    quota=(Quota(where=Match(premium=True), at_least=2, at_most=5),),
)


def said(decision: Decision | Exception) -> object:
    """All that a decision says, bit for bit: its row, and what fell out why, with every column
    that has a word on any of them. Of a failure what was raised."""
    if isinstance(decision, Exception):
        return repr(decision)
    dropped = decision.dropped
    words = [dropped.vocabulary[code] for code in dropped.reasons.tolist()]
    fell, placed = dropped.candidates, decision.placed
    assert len(dropped) == len(words) == len(fell)
    return decision.served(), fell.items.tolist(), words, columns(fell), columns(placed)


def columns(candidates: Candidates) -> Mapping[str, bytes]:
    told = candidates.columns.items()
    return {name: column.tobytes() for name, column in told if bool((column >= 0).any())}


def alone(pipeline: Pipeline, request: Request) -> object:
    """What a request gets that nobody has asked before: its dice lie as they first lay."""
    try:
        return said(pipeline.decide(structs.replace(request)))
    except Exception as error:
        return said(error)


class Counting(Slots):
    """Lays out as ever, and counts how many ask each time."""

    def __init__(self, shelf: Shelf) -> None:
        super().__init__(shelf)
        self.asked: list[int] = []

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        self.asked.append(len(batch))
        return super().arrange(batch, candidates)


def check_like_alone(shelf: Shelf, batch: Batch) -> None:
    """Checks that a batch goes through a shelf in one, each answered as alone, nothing lost."""
    composer = Counting(shelf)
    made = replace(build(shelf), composer=composer).decide_all(batch)
    assert composer.asked == [len(batch)]
    pipeline = build(shelf)
    assert [said(one) for one in made] == [alone(pipeline, request) for request in batch]
    for number, decision in enumerate(made):
        assert isinstance(decision, Decision)
        one = batch.only(number)
        named = union([use.source.candidates(one, use.limit) for use in pipeline.sources])
        kept = [batch.catalog.index[slot.item] for slot in decision.slots]
        gone = decision.dropped.candidates.items.tolist()
        assert sorted(kept + gone) == named.items.tolist()
        assert sum(decision.dropped.counts.values()) == len(decision.dropped) == len(gone)
        assert len(kept) <= batch.requests[number].n
