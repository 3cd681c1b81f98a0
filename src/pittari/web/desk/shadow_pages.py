"""Is it better or worse than what the editors did? Figures to look at, and differences to judge."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pittari.errors import Invalid
from pittari.experiments.shadow.agreement import Agreement, Figure
from pittari.experiments.shadow.windows import Variant
from pittari.store.desk import VERDICTS, Divergence
from pittari.web.desk.cards import headline
from pittari.web.desk.frame import PART, Editor, Frame, answer
from pittari.web.desk.shadow import Found, Shadows
from pittari.web.sessions import Form, first, number
from pittari.web.words import Words, language_of, words

MEASURES = ("overlap", "same_place", "rbo", "pairwise_order")
LEFT, RIGHT, TOP, BOTTOM = 74.0, 306.0, 36.0, 172.0
"""Where points of the field of attack and defence may stand, in its own units."""
QUEUE = 500
CAUSES = 6


@dataclass(frozen=True, slots=True)
class Row:
    """A measure with its interval, the level of chance and that of editors among themselves."""

    name: str
    hint: str
    value: float
    low: float
    high: float
    chance: float | None
    peers: float | None
    figure: str
    interval: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Point:
    """A variant in the field: its place, its interval both ways, and its name."""

    label: str
    x: float
    y: float
    left: float
    right: float
    top: float
    bottom: float


class ShadowPages:
    """The report, and the queue of differences."""

    def __init__(self, frame: Frame, shadows: Shadows) -> None:
        self._frame, self._shadows = frame, shadows

    def show(self, request: Request) -> Response:
        """Shows the report; while it is worked out, that it is."""
        said = words(language_of(request))
        found, working = self._shadows.latest()
        what = {"told": self._told(found, said) if found else {}, "working": working}
        if found:
            what |= self._queue(said)
        return self._frame.page(request, "shadow", "desk/shadow.html", **what)

    def _told(self, found: Found, said: Words) -> dict[str, Any]:
        """Returns the report, and what led to most differences, with its reason."""
        reasons = self._reasons(said)
        causes = [
            (one.rule or said(f"shadow.cause_{one.cause}"), reasons.get(one.rule, ""), one.places)
            for one in found.shadow.report.parts[-1].causes[:CAUSES]
        ]
        return report(found, said) | {"causes": causes}

    async def judge(self, request: Request) -> Response:
        """Records one verdict and answers with the next difference."""
        _, editor, form = await self._frame.form(request)
        return await run_in_threadpool(self._judge, request, editor, form)

    def _judge(self, request: Request, editor: Editor, form: Form) -> Response:
        verdict, place = first(form, "verdict"), number(first(form, "place"))
        if verdict not in VERDICTS or place is None:
            raise Invalid(f"expected a place and a verdict of {', '.join(VERDICTS)}")
        self._frame.store.desk.judge(
            first(form, "edition"), place, first(form, "rules"),
            verdict,  # type: ignore[arg-type]
            editor.id,
        )  # fmt: skip
        if not request.headers.get(PART):
            return RedirectResponse("/desk/shadow#queue-title", 303)
        said = words(language_of(request))
        html = self._frame.part(request, "desk/parts/queue.html", editor, **self._queue(said))
        return answer({"html": html, "message": said("shadow.judged")})

    def _queue(self, said: Words) -> dict[str, Any]:
        desk = self._frame.store.desk
        waiting = desk.divergences(judged=False, limit=QUEUE)
        judged = Counter(str(one.verdict) for one in desk.divergences(judged=True, limit=QUEUE))
        counts = {name: judged[name] for name in VERDICTS}
        asked = self._asked(waiting[0], said) if waiting else None
        return {"asked": asked, "left": len(waiting), "counts": counts}

    def _asked(self, one: Divergence, said: Words) -> dict[str, Any]:
        topics = self._frame.store.topics.topics((one.ours, one.theirs))
        titles = {name: headline(topic, said) for name, topic in topics.items()}
        day, _, name = one.edition.partition("/")
        reason = self._reasons(said).get(one.rule, "")
        return {
            "edition": one.edition,
            "place": one.place,
            "rules": one.rules,
            "when": f"{day} {said.said(f'edition.{name}', name)}",
            "ours": titles.get(one.ours, one.ours),
            "theirs": titles.get(one.theirs, one.theirs),
            "because": said("shadow.because", rule=one.rule, reason=reason) if reason else "",
        }

    def _reasons(self, said: Words) -> dict[str, str]:
        """Returns the reason of every rule in force, by the rule's name."""
        book = self._frame.rulebook
        files = [book.rules(name) for name in book.names]
        every = [rule for own in files for rule in (*own.keep_out, *own.rules)]
        return {rule.name: rule.reason.to(said.language) for rule in every}


def report(found: Found, said: Words) -> dict[str, Any]:
    """Returns the report of a replay as the page draws it."""
    part = found.shadow.report.parts[-1]
    whole = part.whole
    course = found.course
    last = max(1, len(course) - 1)
    return {
        "period": _period(found, said),
        "measures": [_row(name, whole, said) for name in MEASURES],
        "peers": bool(whole.editors),
        "windows": field(found.variants, said),
        "days": [(i / last, value) for i, (_, value) in enumerate(course)],
        "days_level": _known(whole.chance["overlap"]),
        "first": course[0][0].partition("/")[0] if course else "",
        "last": course[-1][0].partition("/")[0] if course else "",
    }


def _period(found: Found, said: Words) -> str:
    part = found.shadow.report.parts[-1]
    first, last = (edition.partition("/")[0] for edition in (part.since, part.until))
    places = sum(len(one.topics) for one in found.shadow.line_ups)
    return said(
        "shadow.period", editions=part.whole.editions, decisions=places, first=first, last=last
    )


def field(variants: tuple[Variant, ...], said: Words) -> list[Point]:
    """Returns the variants as points: further up more opens, further right fresher topics."""
    up = _scale([one.clicks for one in variants], BOTTOM, TOP)
    across = _scale([one.age_hours for one in variants], RIGHT, LEFT)
    return [
        Point(
            label=said(f"shadow.window_{one.window}"),
            x=across(one.age_hours.mean),
            y=up(one.clicks.mean),
            left=across(one.age_hours.high),
            right=across(one.age_hours.low),
            top=up(one.clicks.high),
            bottom=up(one.clicks.low),
        )
        for one in variants
    ]


def _row(name: str, whole: Agreement, said: Words) -> Row:
    one, title = whole.measures[name], said(f"shadow.{name}")
    peers = whole.editors.get(name)
    chance = _known(whole.chance[name])
    value, low, high = (f"{100 * number:.0f}%" for number in (one.mean, one.low, one.high))
    spoken = said(
        "shadow.figure_spoken", name=title, value=value, low=low, high=high,
        chance="–" if chance is None else f"{100 * chance:.0f}%",
    )  # fmt: skip
    interval = said("shadow.interval", low=low, high=high)
    return Row(
        title, said(f"shadow.{name}_hint"), one.mean, one.low, one.high, chance,
        peers.mean if peers else None, value, interval, spoken,
    )  # fmt: skip


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


class _Line:
    """From values to a line on the page, both ends a little inside."""

    def __init__(self, low: float, high: float, start: float, end: float) -> None:
        self._low, self._span = low, (high - low) or 1.0
        self._start, self._length = start, end - start

    def __call__(self, value: float) -> float:
        """Returns where a value stands."""
        return round(self._start + (value - self._low) / self._span * self._length, 1)


def _scale(figures: list[Figure], start: float, end: float) -> _Line:
    lows, highs = [one.low for one in figures], [one.high for one in figures]
    return _Line(min(lows, default=0.0), max(highs, default=1.0), start, end)
