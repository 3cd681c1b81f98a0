"""What may an editor say? The tables of a rule file; each key carries its sentence."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from functools import cache, cached_property
from typing import Annotated, Literal

import msgspec

from pittari.clock import DAY, HOUR, MINUTE
from pittari.model.catalog import Id
from pittari.settings.tables import Table, said

NAME = r"^[a-z][a-z0-9-]{0,63}\Z"
TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"
SPAN = r"^[1-9][0-9]{0,3}[mhd]\Z"
COUNTRY = r"^[A-Z]{2}\Z"
MOST_PLACES = 20
FINEST = 1e-4
"""The smallest step and unit."""
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Place = Annotated[int, msgspec.Meta(ge=1, le=MOST_PLACES)]
Number = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Words = str | tuple[str, ...]


def span(text: str) -> int:
    """Returns a span such as 30m, 3h or 2d in microseconds."""
    return int(text[:-1]) * {"m": MINUTE, "h": HOUR, "d": DAY}[text[-1]]


def hour(text: str) -> float:
    """Returns a time of day such as 06:30 in hours, 6.5."""
    return int(text[:2]) + int(text[3:]) / 60


def is_time(text: object) -> bool:
    """Says whether this is a time of day, such as 06:30."""
    return isinstance(text, str) and re.match(TIME, text) is not None


class Sentence(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One sentence in the languages of the desk."""

    ja: Annotated[str, said("In Japanese.", max_length=300)] = ""
    en: Annotated[str, said("In English.", max_length=300)] = ""

    def to(self, locale: str) -> str:
        """Returns the sentence in `ja` or `en`; in the other language when it is not told."""
        return (self.ja or self.en) if locale == "ja" else (self.en or self.ja)


class Compare(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an attribute is compared when it need not equal a value."""

    at_least: Annotated[float | str | None, said("A number or time of day: this or more.")] = None
    at_most: Annotated[float | str | None, said("A number or time of day: this or less.")] = None
    not_: Annotated[
        Words | None, said("A word or list of words: none of them; a topic without word fits.")
    ] = msgspec.field(default=None, name="not")


Is = bool | float | str | tuple[str, ...] | Compare
Where = dict[str, Is]
"""Conditions on one topic by attribute; all of them must fit."""


class When(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days and editions; all that is given must fit."""

    editions: Annotated[tuple[str, ...], said("One of these editions.")] = ()
    weekdays: Annotated[tuple[Weekday, ...], said("One of these days of the week.")] = ()
    holiday: Annotated[bool | None, said("A public holiday, or not (needs the extra `news`).")] = (
        None
    )
    dates: Annotated[tuple[date, ...], said("One of these dates.")] = ()
    since: Annotated[date | None, said("This date or later.")] = None
    until: Annotated[date | None, said("This date or earlier.")] = None
    mode: Annotated[str | None, said("The desk has switched this mode on.")] = None


class Places(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many places the edition has on some days; the first that fits is taken."""

    n: Annotated[Place, said("Places on such a day.")]
    when: Annotated[When, said("On which days.")]


class Edition(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What goes out, when, and how large."""

    name: Annotated[str, said("Its name.", pattern=NAME)]
    places: Annotated[Place, said("Places, unless `[[places]]` says otherwise for the day.")]
    minimum: Annotated[Place, said("With fewer topics than this nothing is sent.")] = 1
    zone: Annotated[str, said("Time zone of all days and times in this file.")] = "Asia/Tokyo"
    at: Annotated[str, said("When it is due; it never goes out earlier.", pattern=TIME)]
    late_until: Annotated[
        str, said("The latest it may go out; then it is skipped and the desk called.", pattern=TIME)
    ]
    veto_minutes: Annotated[
        int,
        said(
            "The desk may change it until so many minutes before; silence means go.",
            ge=0,
            le=1440,
        ),
    ] = 2
    opened_after: Annotated[
        str, said("By when most readers will have opened it, counted from sending.", pattern=SPAN)
    ] = "3h"
    after_extra: Annotated[
        Annotated[str, msgspec.Meta(pattern=SPAN)] | None,
        said("Sent no sooner than this after an extra."),
    ] = None
    per_day: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=1000)] | None,
        said("At most so many editions and extras are sent on one day; more are skipped."),
    ] = None
    holidays: Annotated[str, said("Country whose public holidays count.", pattern=COUNTRY)] = "JP"
    modes: Annotated[tuple[str, ...], said("Modes that the desk can switch on.")] = (
        "election",
        "mourning",
    )
    owner: Annotated[str, said("Who answers for rules that name nobody.")] = ""
    review: Annotated[date | None, said("Review date of rules that name none.")] = None
    profile: Annotated[
        float,
        said(
            "Share of the last objectives' range within which topics count as equal, so that a"
            " choice drawn from the edition's id rotates among them; 0: none.",
            ge=0,
            le=1,
        ),
    ] = 0.0


class About(Table, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every rule says of itself."""

    name: Annotated[str, said("Its name, once in a file.", pattern=NAME)]
    owner: Annotated[str, said("Who answers for it.")] = ""
    reason: Annotated[Sentence, said("Why it is there.")]
    review: Annotated[date | None, said("By when somebody looks at it again.")] = None
    expires: Annotated[date | None, said("The last day on which it holds.")] = None
    when: Annotated[When | None, said("Only then.")] = None
    unless: Annotated[When | None, said("Not then.")] = None


class KeepOut(About, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Safety: topics that never stand in the edition, each judged by itself alone."""

    where: Annotated[Where, said("Which topics.")]


class Rule(About, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An editorial rule: it gives way by degrees, and only to rules above it."""

    priority: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None,
        said("1 is highest; when silent everywhere, the file's order."),
    ] = None
    gives_way: Annotated[
        Sentence | None, said("How it gives way, in your words; a standing sentence otherwise.")
    ] = None
    places: Annotated[tuple[Place, ...], said("At these places only; all when silent.")] = ()
    where: Annotated[Where, said("Only topics that fit.")] = msgspec.field(default_factory=dict)
    except_: Annotated[Where, said("Deliberate exception: such topics are left alone.")] = (
        msgspec.field(default_factory=dict, name="except")
    )
    avoid: Annotated[Where | None, said("Topics better not placed: each counts 1.")] = None
    want: Annotated[Where | None, said("What each place should hold: each that does not is 1.")] = (
        None
    )
    over: Annotated[
        dict[str, float] | None, said("A limit of one attribute: each step over it counts 1.")
    ] = None
    under: Annotated[
        dict[str, float] | None, said("A limit of one attribute: each step under it counts 1.")
    ] = None
    step: Annotated[float, said("Size of a step of `over` and `under`.", ge=FINEST, le=1e9)] = 1.0
    at_most: Annotated[Number | None, said("Cap: each topic more counts 1.")] = None
    at_least: Annotated[Number | None, said("Floor: each topic missing counts 1.")] = None
    each: Annotated[
        str | None, said("Cap or floor for each value of this attribute that the pool holds.")
    ] = None
    within: Annotated[
        str | None,
        said("Count what went out before, too: `today`, or within a span such as 48h."),
    ] = None
    apart: Annotated[
        str | None, said("No two neighbours share this attribute: each pair that does is 1.")
    ] = None
    by: Annotated[
        str | None, said("Objective: the leading topics by this, the best at the first place.")
    ] = None
    unit: Annotated[
        Annotated[float, msgspec.Meta(ge=FINEST, le=1e9)] | None,
        said("Differences of `by` are counted in these; the objective's own unit otherwise."),
    ] = None
    pin: Annotated[Id | None, said("This topic stands at the one place named.")] = None

    @property
    def kind(self) -> str:
        """Which kind of rule it is: one of `KINDS`."""
        return next(kind for key, kind in _KIND_OF.items() if getattr(self, key) is not None)

    @property
    def keys(self) -> frozenset[str]:
        """The keys, as written in a file, by which this rule differs from a silent one."""
        silent = _silent()
        return frozenset(
            key for name, (key, default) in silent.items() if getattr(self, name) != default
        )


@cache
def _silent() -> dict[str, tuple[str, object]]:
    """What each field of a rule is called in a file, and is when nothing is said."""
    return {
        field.name: (
            field.encode_name,
            field.default
            if field.default_factory is msgspec.NODEFAULT
            else field.default_factory(),
        )
        for field in msgspec.structs.fields(Rule)
    }


KINDS = {
    "avoid": ("avoid",),
    "want": ("want",),
    "over": ("over",),
    "under": ("under",),
    "count": ("at_most", "at_least"),
    "apart": ("apart",),
    "by": ("by",),
    "pin": ("pin",),
}
"""Each kind of editorial rule, by the keys that make it so."""

_KIND_OF = {key: kind for kind, keys in KINDS.items() for key in keys}

BESIDE = {
    "avoid": ("places", "except"),
    "want": ("places",),
    "over": ("places", "where", "except", "step"),
    "under": ("places", "where", "except", "step"),
    "count": ("places", "where", "except", "each", "within"),
    "apart": ("where", "except"),
    "by": ("places", "unit"),
    "pin": ("places",),
}
"""Which other keys fit each kind."""


class Rules(Table, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """A rule file, whole."""

    edition: Annotated[Edition, said("What goes out, when, and how large.")]
    days: Annotated[tuple[Places, ...], said("Places by day.")] = msgspec.field(
        default=(), name="places"
    )
    keep_out: Annotated[tuple[KeepOut, ...], said("Safety: never relaxed.")] = ()
    rules: Annotated[tuple[Rule, ...], said("Editorial rules, the highest priority first.")] = (
        msgspec.field(default=(), name="rule")
    )

    @cached_property
    def digest(self) -> str:
        """16 letters that change when any rule does."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]
