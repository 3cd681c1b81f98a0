"""Suggest for clients that keep no bundle: the device's answer, made on the server.

This is the way that does see what is typed. The log keeps it only where the person consents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast, get_args

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.device.settings import ADULT, MATCHES, NONE, OWNED, SOURCES, defaults
from pittari.device.silence import Reason as Silence
from pittari.errors import NotFound
from pittari.model.candidates import NONE as NOBODY
from pittari.model.candidates import Candidates
from pittari.model.decision import Decision, Dropped
from pittari.model.event import Reason, Served
from pittari.model.request import Knowledge, Request
from pittari.pipeline import Arrangement, Pipeline, SourceUse
from pittari.pipeline.stages import Codes
from pittari.touchpoints.suggest.look import Look

NAME, PLACE, SOURCE = "suggest", "row", "tagged"
ROW = defaults().settings.row
"""Stickers that are asked for when nobody says how many."""
TYPED = ("text", "caret")
"""What a request's context says of what is typed."""
_DEADLINE = 60_000.0
"""Milliseconds; the source only computes."""
_EVERY = 1 << 31
"""A look names so many stickers at most."""
_NO_ROWS = np.zeros(0, np.intp)
_EMPTY = Arrangement(_NO_ROWS, np.zeros(0), _NO_ROWS.astype(np.uint8), ())


class Typed(Request, frozen=True, eq=False, kw_only=True):
    """A question whose text was looked up."""

    look: Look


def _look(request: Request) -> Look:
    return cast(Typed, request).look


@dataclass(frozen=True, slots=True)
class Tagged:
    """Stickers of the tags that the text matches: what could it be?"""

    name: str = SOURCE
    waits: bool = False

    def candidates(self, request: Request, limit: int) -> Candidates:
        """Returns them with how well their tag was matched, and the tag's confidence (0 to 255)."""
        look = _look(request)
        if not len(look.items):
            return NOBODY
        values = np.array([one.value for one in look.matches.found], np.float32).take(look.of)
        columns = {self.name: values / values.max(), "confidence": look.confidence}
        return Candidates(look.items, columns)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Should anything be shown at all, and what has the person a right to send: why not?"""

    vocabulary: tuple[str, ...] = (*get_args(Silence), "adult", "no_right")

    def reasons(self, request: Request, candidates: Candidates) -> Codes:
        """Returns the reason for silence, the same for all; else which cannot be sent: for adults
        only, or neither owned nor offered here."""
        look = _look(request)
        if look.silence:
            return np.full(len(candidates), self.vocabulary.index(look.silence) + 1, np.uint8)
        closed = look.right[look.rows(candidates)] == NONE
        codes: Codes = closed * np.uint8(len(self.vocabulary))
        if not request.person.adult and np.count_nonzero(closed):
            codes -= closed & (look.stock.flags.take(candidates.items) & ADULT > 0)
        return codes


@dataclass(frozen=True, slots=True)
class Device:
    """The device's linear ranker, in whole numbers: how good here?"""

    name: str = "device"

    def scores(self, request: Request, candidates: Candidates) -> npt.NDArray[np.float64]:
        """Returns the score that the device would give."""
        look = _look(request)
        return look.score[look.rows(candidates)].astype(np.float64)


@dataclass(frozen=True, slots=True)
class Row:
    """The best first, few of them not the person's own: how laid out?"""

    vocabulary: tuple[str, ...] = ("not_owned", "no_room")

    def arrange(self, request: Request, candidates: Candidates) -> Arrangement:
        """Returns the row. No dice are drawn: every place was certain."""
        if not len(candidates):
            return _EMPTY
        look = _look(request)
        settings, own = look.stock.bundle.settings, look.rows(candidates)
        best = candidates.columns["score"].astype(np.int64)
        order = (look.turn[own] - (best << 32)).argsort()
        stranger = (look.right[own] != OWNED).data
        rows: list[int] = []
        beyond: list[int] = []
        room, most = settings.not_owned, min(request.n, settings.row)
        for row in order.data:
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
        self, request: Request, placed: Candidates, how: tuple[str, ...]
    ) -> list[tuple[str, Reason]]:
        """Returns the right, and how the keyword was met as the reason's key."""
        look = _look(request)
        bundle, found, own = look.stock.bundle, look.matches.found, look.rows(placed)
        told = []
        for right, of in zip(look.right[own].tolist(), look.of[own].tolist(), strict=True):
            one = found[of]
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


def decided(request: Request, look: Look | None, knowledge: Knowledge) -> Decision:
    """Returns the decision on a text that was looked up in a bundle, of whose stickers the
    knowledge tells; None: there is no bundle to look in."""
    if look is None:
        nobody = Dropped(((NOBODY, _NO_ROWS),), _NO_ROWS.astype(np.uint8), ("",))
        told = msgspec.structs.replace(request, knowledge=knowledge)
        return Decision(told, (), NOBODY, nobody, {SOURCE: "no_bundle"})
    typed = Typed(
        request.decision_id, request.touchpoint, request.placement, request.person, knowledge,
        request.n, request.at, request.seed, request.context, request.without, look=look,
    )  # fmt: skip
    return PIPELINE.decide(typed)


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
