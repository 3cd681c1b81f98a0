"""What did this newsroom's editors see, and what did they place? Read from its own memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pittari.clock import DAY, HOUR, micros
from pittari.learning.editors.course import Codes, Course, Lesson, Lists, Moment
from pittari.learning.editors.features import candidates
from pittari.model.topic import Topic
from pittari.store import Store
from pittari.store.counts import Minutes

MOST_READ = 20
"""Topics in an hour's list of the most clicked."""
ATTRIBUTES = ("section", "kind", "tone", "mood", "source")
"""Words of a topic that editors' habits may go by."""


@dataclass(frozen=True, slots=True)
class Newsroom:
    """Topic ids by code (ascending), their course hour by hour, and the line-ups that went out."""

    ids: tuple[str, ...]
    course: Course
    lessons: Sequence[Lesson]


_NO_LISTS = Lists.made([])
NO_NEWSROOM = Newsroom((), Course(np.zeros(0, np.int64), {}, _NO_LISTS, _NO_LISTS), ())


def newsroom(
    store: Store, since: int, until: int, more: Iterable[str] = (), *, sent: bool = True
) -> Newsroom:
    """Reads the time since <= at < until (microseconds UTC): the main tab at each whole hour, the
    most clicked of each hour before it and, if `sent` ones are asked for, the editions that went
    out. `more` are topics to know of beside those.
    """
    hours = range(-(-since // HOUR) * HOUR, until, HOUR)
    placings = store.topics.placings(since, until)
    starts = np.array([placing.at for placing in placings], np.int64)
    order = np.searchsorted(starts, hours, side="right") - 1
    main = [(at, placings[i].ids) for at, i in zip(hours, order.tolist(), strict=True) if i >= 0]
    read = _most_clicked(store.counts.minutes(since, until), hours)
    went = [e for e in store.editions.between(since, until) if e.state == "released" and sent]
    placed = {e.id: [row.topic for row in store.outbox.of(e.id)] for e in went}
    lists = [names for _, names in (*main, *read)]
    ids = tuple(sorted({*more}.union(*lists, *placed.values())))
    code = {name: i for i, name in enumerate(ids)}
    course = course_of(
        store.topics.topics(ids),
        ids,
        Lists.made([(at, [code[name] for name in names]) for at, names in read]),
        Lists.made([(at, [code[name] for name in names]) for at, names in main]),
    )
    lessons = [
        _lesson(course, Moment(e.due, e.due, e.due), [code[name] for name in placed[e.id]])
        for e in went
    ]
    return Newsroom(ids, course, lessons)


def course_of(topics: dict[str, Topic], ids: Sequence[str], read: Lists, main: Lists) -> Course:
    """Returns the course of topics by code; one that is not told has no words and no age."""
    published = [micros(topics[name].published) if name in topics else 0 for name in ids]
    words = {}
    for attribute in ATTRIBUTES:
        known: dict[str, int] = {}
        told = (getattr(topics[name], attribute) if name in topics else "" for name in ids)
        codes = [known.setdefault(word, len(known)) if word else -1 for word in told]
        words[attribute] = (tuple(known), np.array(codes, np.int32))
    return Course(np.array(published, np.int64), words, read, main)


def _lesson(course: Course, moment: Moment, placed: Sequence[int]) -> Lesson:
    """A line-up among all that was in a list of the day, was published in it, or was placed."""
    new = (course.published > moment.at - DAY) & (course.published <= moment.at)
    own = np.array(placed, np.int32)
    fresh = np.flatnonzero(new).astype(np.int32)
    among: Codes = np.union1d(candidates(course, moment), np.union1d(fresh, own)).astype(np.int32)
    return Lesson(moment, own, moment.at, among)


def _most_clicked(minutes: Minutes, hours: Sequence[int]) -> list[tuple[int, list[str]]]:
    """Returns, for each whole hour with clicks, the topics most clicked in the hour before."""
    slot = (minutes.minute * (DAY // 1440)) // HOUR
    found = []
    for at in hours:
        inside = slot == at // HOUR - 1
        clicks = np.bincount(
            minutes.topic[inside], minutes.clicked[inside], minlength=len(minutes.ids)
        )
        order = np.argsort(-clicks, kind="stable")[:MOST_READ]
        names = [minutes.ids[i] for i in order.tolist() if clicks[i] > 0]
        if names:
            found.append((at, names))
    return found
