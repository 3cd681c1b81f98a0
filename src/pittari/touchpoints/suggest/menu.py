"""Suggest for clients that keep no bundle: the device's answer, made on the server.

This is the way that does see what is typed. The log keeps it only where the person consents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, islice
from typing import cast, get_args

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.device.bundle import Bundle
from pittari.device.matching import FULL
from pittari.device.settings import ADULT, MATCHES, NONE, OWNED, SOURCES, defaults
from pittari.device.silence import Reason as Silence
from pittari.errors import NotFound
from pittari.model.candidates import NONE as NOBODY
from pittari.model.candidates import Candidates, Column, bounds, ordered
from pittari.model.catalog import empty_catalog
from pittari.model.decision import Decision, Dropped
from pittari.model.event import Reason, Served
from pittari.model.request import Batch, Knowledge, Request
from pittari.pipeline import Arrangement, Pipeline, SourceUse
from pittari.pipeline.stages import Codes
from pittari.touchpoints.suggest.look import Look, Named, named

NAME, PLACE, SOURCE = "suggest", "row", "tagged"
ROW = defaults().settings.row
"""Stickers that are asked for when nobody says how many."""
TYPED = ("text", "caret")
"""What a request's context says of what is typed."""
_DEADLINE = 60_000.0
"""Milliseconds; the source only computes."""
_EVERY = 1 << 31
"""A look names so many stickers at most."""
_NO_BUNDLE = Knowledge(empty_catalog(), made_from={"bundle": "none"})
_NO_ROWS = np.zeros(0, np.intp)
_EMPTY = Arrangement(_NO_ROWS, np.zeros(0), _NO_ROWS.astype(np.uint8), ())


class Typed(Batch, frozen=True, eq=False, dict=True):
    """Questions whose texts were looked up in one bundle."""

    looks: tuple[Look, ...]

    @cached_property
    def named(self) -> Named:
        """What the texts name."""
        return named(self.looks)

    @property
    def bundle(self) -> Bundle:
        return self.looks[0].stock.bundle

    @property
    def flags(self) -> npt.NDArray[np.uint8]:
        """Flags of all stickers that were looked at: of stocks on one shelf the last has most."""
        return max((look.stock.flags for look in self.looks), key=len)

    def only(self, number: int) -> Typed:
        """Returns one question as a batch of its own."""
        return Typed((self.requests[number],), (self.looks[number],))


@dataclass(frozen=True, slots=True)
class Tagged:
    """Stickers of the tags that the text matches: what could it be?"""

    name: str = SOURCE
    waits: bool = False

    def candidates(self, batch: Batch, limit: int) -> Candidates:
        """Returns them with how well their tag was matched, and the tag's confidence (0 to 255)."""
        typed = cast(Typed, batch)
        here = typed.named
        if not len(here.items):
            return NOBODY
        there = np.zeros(len(here.found), np.bool_)
        there[here.of] = True  # a tag whose stickers all do better with others names nothing
        some, shares = iter(there.tolist()), list[float]()
        for look in typed.looks:
            values = [one.value for one in look.matches.found]
            best = max(compress(values, islice(some, len(values))), default=FULL)
            shares += [value / best for value in values]
        value = np.array(shares, np.float32).take(here.of)
        told: dict[str, Column] = {self.name: value, "confidence": here.confidence}
        return Candidates(here.items, told, here.whose)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Should anything be shown at all, and what has the person a right to send: why not?"""

    vocabulary: tuple[str, ...] = (*get_args(Silence), "adult", "no_right")

    def reasons(self, batch: Batch, candidates: Candidates) -> Codes:
        """Returns the reason for silence, the same for all of a request; else which cannot be
        sent: for adults only, or neither owned nor offered here."""
        typed = cast(Typed, batch)
        why = np.array([self._why(look.silence) for look in typed.looks], np.uint8)
        closed = typed.named.right[typed.named.rows(candidates)] == NONE
        codes: Codes = closed * why.take(candidates.whose)
        hidden = [
            0 if look.silence or request.person.adult else ADULT
            for request, look in zip(typed, typed.looks, strict=True)
        ]
        if any(hidden):
            minors = np.array(hidden, np.uint8).take(candidates.whose)
            codes -= closed & (typed.flags.take(candidates.items) & minors > 0)
        return codes

    def _why(self, silence: str) -> int:
        return self.vocabulary.index(silence) + 1 if silence else len(self.vocabulary)


@dataclass(frozen=True, slots=True)
class Device:
    """The device's linear ranker, in whole numbers: how good here?"""

    name: str = "device"

    def scores(self, batch: Batch, candidates: Candidates) -> npt.NDArray[np.float64]:
        """Returns the score that the device would give."""
        here = cast(Typed, batch).named
        return here.score[here.rows(candidates)].astype(np.float64)


@dataclass(frozen=True, slots=True)
class Row:
    """The best first, few of them not the person's own: how laid out?"""

    vocabulary: tuple[str, ...] = ("not_owned", "no_room")

    def arrange(self, batch: Batch, candidates: Candidates) -> Arrangement:
        """Returns the rows. No dice are drawn: every place was certain."""
        if not len(candidates):
            return _EMPTY
        typed = cast(Typed, batch)
        settings, here = typed.bundle.settings, typed.named
        own = here.rows(candidates)
        order = ordered(here.turn[own])[1].data  # those of the first request have the first turns
        stranger = (here.right[own] != OWNED).data
        rows: list[int] = []
        beyond: list[int] = []
        ends = bounds(candidates.whose, len(batch))
        for request, start, end in zip(batch, ends, ends[1:], strict=False):
            room, most = settings.not_owned, len(rows) + min(request.n, settings.row)
            for row in order[start:end]:
                if len(rows) == most:
                    break
                if stranger[row] and not room:
                    beyond.append(row)
                    continue
                room -= stranger[row]
                rows.append(row)
        left = np.full(len(order), 2, np.uint8)
        left[beyond], left[rows] = 1, 0
        return Arrangement(np.array(rows, np.intp), np.ones(len(rows)), left, ("",) * len(rows))


@dataclass(frozen=True, slots=True)
class ByWord:
    """Why does each sticker stand there? By what right, for which tag, by which keyword."""

    def reasons(
        self, batch: Batch, placed: Candidates, how: Sequence[str]
    ) -> list[tuple[str, Reason]]:
        """Returns the right, and how the keyword was met as the reason's key."""
        typed = cast(Typed, batch)
        bundle, here = typed.bundle, typed.named
        own = here.rows(placed)
        told = []
        for right, of in zip(here.right[own].tolist(), here.of[own].tolist(), strict=True):
            one = here.found[of]
            tag, keyword = bundle.tags[one.tag], bundle.keywords[one.keyword]
            reason = Reason(MATCHES[one.span.match], tag=tag, keyword=keyword)
            told.append((SOURCES[right], reason))
        return told


PIPELINE = Pipeline(
    sources=(SourceUse(Tagged(), _EVERY, _DEADLINE),),
    filters=(Allowed(),),
    scorers=(Device(),),
    composer=Row(),
    explainer=ByWord(),
)


def decided(
    requests: Sequence[Request], looks: Sequence[Look], knowledge: Knowledge
) -> list[Decision | Exception]:
    """Returns the decisions on texts that were looked up in one bundle, of whose stickers the
    knowledge tells."""
    told = [msgspec.structs.replace(request, knowledge=knowledge) for request in requests]
    return PIPELINE.decide_all(Typed(tuple(told), tuple(looks)))


def nothing(request: Request) -> Decision:
    """Returns the decision on a text for which there is no bundle to look in."""
    told = msgspec.structs.replace(request, knowledge=_NO_BUNDLE)
    return Decision(told, (), NOBODY, Dropped(), {SOURCE: "no_bundle"})


def place(name: str) -> str:
    """Returns the name of a placement, the only one when empty. Raises `NotFound`."""
    if name not in {"", PLACE}:
        raise NotFound(f'touchpoint "{NAME}" has no placement "{name}", only "{PLACE}"')
    return PLACE


def kept(row: Served) -> Served:
    """Returns the row that may go into the log: without what was typed and the words that tell of
    it, unless the person consents (`consent` is `yes`)."""
    if row.context.get("consent") == "yes":
        return row
    context = {name: told for name, told in row.context.items() if name not in TYPED}
    slots = tuple(
        msgspec.structs.replace(slot, reason=Reason(slot.reason.key)) for slot in row.slots
    )
    return msgspec.structs.replace(row, context=context, slots=slots)
