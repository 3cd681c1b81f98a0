"""What happens on a made-up day? 120 topics in stories, with all they are told to be."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import msgspec
import numpy as np

from pittari import clock
from pittari.demo.newsroom.grammar import Line, Story, Teller, Told, sections
from pittari.model.topic import Topic

TOPICS = 120
"""Topics a day."""
ZONE, OFFSET = "Asia/Tokyo", 9 * clock.HOUR
"""Where the newsroom's day begins and ends; this zone never changes its clocks."""
WITHDRAWN, UPDATED = 0.02, 0.25
"""Share of topics that are taken back, and that are updated, within hours."""
_KINDS = ("live", "bulletin", "press_conference", "match", "feature", "interview", "video")
_DURATION = re.compile(r"(\d+)([hm])")


@dataclass(frozen=True, slots=True)
class News:
    """A topic with its versions, each with when it came in (microseconds UTC), the first first.

    `importance` and `draw` (0 to 1): what the public should know and what it wants to know; the
    newsroom's editors feel them, its readers show them, no topic carries them.
    """

    versions: tuple[tuple[int, Topic], ...]
    importance: float
    draw: float

    def at(self, moment: int) -> Topic | None:
        """Returns the topic as it stands at a time, nothing before it came in."""
        known = [topic for since, topic in self.versions if since <= moment]
        return known[-1] if known else None


@lru_cache(4)
def day(seed: int, number: int) -> tuple[News, ...]:
    """Returns the news of a day (local days since 1970-01-01) by the time they come in; days are
    independent, so that any of them can be asked for alone."""
    dice = np.random.default_rng((seed, 11, number))
    teller = Teller(dice)
    start = number * clock.DAY - OFFSET
    told = [(story, count, teller.tell(story)) for story, count in _stories(dice, number)]
    drafts: list[tuple[int, Story, Line, Told, int]] = []
    for story, count, words in told:
        begin = start + _begin(dice, story, count)
        for turn, line in enumerate(story.lines[:count]):
            drafts.append((begin + _after(dice, line), story, line, words, turn))
    drafts.sort(key=lambda draft: (draft[0], draft[1].name))
    date = clock.iso_day(number).replace("-", "")
    return tuple(
        _news(dice, f"demo-{date}-{place:03d}", date, draft)
        for place, draft in enumerate(drafts, start=1)
    )


def _news(
    dice: np.random.Generator, name: str, date: str, draft: tuple[int, Story, Line, Told, int]
) -> News:
    at, story, line, words, turn = draft
    titles = words.titles[turn]
    section = sections()[story.section]
    topic = Topic(
        id=name,
        title=titles["ja"],
        titles=titles,
        section=story.section,
        kind=line.kind,
        tone=line.tone or story.tone,
        mood=line.mood or story.mood,
        source=section.sources[int(dice.integers(len(section.sources)))],
        story=f"{date}-{story.name}" if len(story.lines) > 1 else "",
        published=clock.moment(at),
        stale_at=clock.moment(at + duration(line.stale)) if line.stale else None,
        embargo=clock.moment(at + duration(line.embargo)) if line.embargo else None,
        hazard=line.hazard,
        sensitive=story.sensitive,
        regions=words.regions,
        link=f"https://news.example/made-up/{name}",
        picture=f"/pictures/news-{story.section}.svg",
    )
    versions = [(at, topic)]
    later = at + int(dice.integers(10, 150)) * clock.MINUTE
    if dice.random() < WITHDRAWN:
        versions.append((later, msgspec.structs.replace(topic, status="withdrawn")))
    elif line.kind == "live" or dice.random() < UPDATED:
        fresh = msgspec.structs.replace(topic, updated=clock.moment(later))
        versions.append((later, fresh))
    # Later headlines of a story matter less to the public, and are clicked less, than the first.
    fading = 0.93**turn
    return News(tuple(versions), story.importance * fading, story.draw * fading)


def _stories(dice: np.random.Generator, number: int) -> Iterator[tuple[Story, int]]:
    """Yields the stories of a day with how many of their headlines are told: every kind of topic
    occurs, a hazard does, and all sections have their shares."""
    date = clock.moment(number * clock.DAY)
    weekend = date.weekday() >= 5
    open_ = {
        name: [_due(story, number) for story in section.story if story.fits(date.month, weekend)]
        for name, section in sections().items()
    }
    left = {name: section.share for name, section in sections().items()}
    taken: set[str] = set()

    def take(story: Story, most: int) -> tuple[Story, int]:
        open_[story.section].remove(story)
        taken.add(story.group or story.name)
        count = min(len(story.lines), most)
        left[story.section] -= count
        return story, count

    def free(name: str) -> list[Story]:
        return [story for story in open_[name] if (story.group or story.name) not in taken]

    hazards = [story for story in free("weather") if story.hazard]
    yield take(_drawn(dice, hazards), 9)
    open_["weather"] = [story for story in open_["weather"] if not story.hazard]
    for kind in _KINDS:
        every = [story for name in open_ for story in free(name) if left[name] >= len(story.lines)]
        yield take(_drawn(dice, [s for s in every if kind in {x.kind for x in s.lines}]), 9)
    for name in open_:
        while left[name] > 0 and free(name):
            yield take(_drawn(dice, free(name)), left[name])
    while missing := sum(left.values()):  # a section short of stories lends its places
        every = [story for name in open_ for story in free(name)]
        yield take(_drawn(dice, every), missing)


def _due(story: Story, number: int) -> Story:
    """Returns a story as likely as it is on a day: mostly told every third day, so that readers
    do not meet it day after day."""
    waits = (zlib.crc32(story.name.encode()) + number) % 3
    return msgspec.structs.replace(story, weight=story.weight * (0.15 if waits else 1.0))


def _drawn(dice: np.random.Generator, stories: Sequence[Story]) -> Story:
    weights = np.array([story.weight for story in stories])
    return stories[int(dice.choice(len(stories), p=weights / weights.sum()))]


def _begin(dice: np.random.Generator, story: Story, count: int) -> int:
    """Returns when in the day a story begins, so that it ends within the day."""
    length = duration(story.lines[count - 1].after)
    first = story.hours[0] * clock.HOUR
    last = min((story.hours[1] + 1) * clock.HOUR, clock.DAY - length - 10 * clock.MINUTE)
    minutes = max(1, (last - first) // clock.MINUTE)
    return first + int(dice.integers(minutes)) * clock.MINUTE


def _after(dice: np.random.Generator, line: Line) -> int:
    """Returns how long after its story's first headline one comes: about what the line says."""
    told = duration(line.after)
    return told + int(dice.integers(-4, 5)) * clock.MINUTE if told >= clock.HOUR else told


def duration(text: str) -> int:
    """Returns a duration such as 1h30m in microseconds."""
    units = {"h": clock.HOUR, "m": clock.MINUTE}
    return sum(int(number) * units[unit] for number, unit in _DURATION.findall(text))
