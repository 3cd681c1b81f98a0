"""What would editors place? Learned from the line-ups they made, used for those to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from pittari.errors import ParametersError
from pittari.learning.editors.course import Codes, Course, Lesson, Moment
from pittari.learning.editors.features import Floats, Seen, seen
from pittari.learning.editors.trees import Growth, Trees, grown, probability

CAUTION = 20.0
"""A word's habit is drawn towards the mean as if it had been seen this often at that."""


@dataclass(frozen=True, slots=True)
class Habits:
    """What editors do: how often they place topics with each word (`ATTRIBUTE=WORD`, ascending),
    and trees over these habits and all that a topic's course shows."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    rates: npt.NDArray[np.float32]
    trees: Trees

    def preferences(
        self, course: Course, moments: Sequence[Moment], among: Sequence[Codes | None] | None = None
    ) -> tuple[Seen, Floats]:
        """Returns the candidates of each moment and how likely editors are to place each of them.

        `among`: each moment's candidates, ascending; all topics of a day's lists when not given.
        """
        view = seen(course, moments, among)
        rows = _with_words(course, view, dict(zip(self.words, self.rates.tolist(), strict=True)))
        if (*view.names, *sorted(course.words)) != self.names:
            raise ParametersError(
                "table editors: learned by another version of Pittari; learn it again with"
                " `pittari learn editors`"
            )
        return view, probability(self.trees.log_odds(rows))

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Returns the arrays of the learned table `editors`."""
        label = msgspec.json.encode([self.names, self.words])
        return {
            "items": np.zeros(0, "S1"),
            "label": np.frombuffer(label, np.uint8),
            "rates": self.rates,
            **self.trees.arrays(),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Habits:
        """Returns the habits that `arrays` were made from."""
        names, words = msgspec.json.decode(
            arrays["label"].tobytes(), type=tuple[tuple[str, ...], tuple[str, ...]]
        )
        return cls(names, words, arrays["rates"], Trees.of(arrays))


def learned(course: Course, lessons: Sequence[Lesson], growth: Growth) -> Habits:
    """Returns the habits that `lessons` show; equal input gives equal habits."""
    moments = [lesson.moment for lesson in lessons]
    view = seen(course, moments, [lesson.among for lesson in lessons])
    return habits(course, view, placed(view, lessons), growth)


def placed(view: Seen, lessons: Sequence[Lesson]) -> npt.NDArray[np.bool_]:
    """Says of each candidate whether the editors placed it."""
    bounds = zip(view.starts[:-1], view.starts[1:], strict=True)
    parts = [
        np.isin(view.topic[start:end], lesson.placed)
        for (start, end), lesson in zip(bounds, lessons, strict=True)
    ]
    return np.concatenate([np.zeros(0, np.bool_), *parts])


def habits(course: Course, view: Seen, yes: npt.NDArray[np.bool_], growth: Growth) -> Habits:
    """Returns the habits that these candidates show, of whom `yes` were placed."""
    rates = _rates(course, view, yes)
    rows = _with_words(course, view, rates)
    names = (*view.names, *sorted(course.words))
    words = tuple(sorted(rates))
    return Habits(
        names, words, np.array([rates[word] for word in words], np.float32),
        grown(rows, yes, growth),
    )  # fmt: skip


def _rates(course: Course, view: Seen, yes: npt.NDArray[np.bool_]) -> dict[str, float]:
    mean = float(yes.mean()) if len(yes) else 0.0
    rates = {}
    for attribute, (words, codes) in course.words.items():
        own = codes[view.topic] + 1
        count = np.bincount(own, minlength=len(words) + 1)
        share = (np.bincount(own, yes, len(words) + 1) + CAUTION * mean) / (count + CAUTION)
        for word, rate, n in zip(("", *words), share.tolist(), count.tolist(), strict=True):
            if n:
                rates[f"{attribute}={word}"] = rate
    return rates


def _with_words(course: Course, view: Seen, rates: Mapping[str, float]) -> npt.NDArray[np.float32]:
    """Returns the features with one more column per attribute: the rate of the topic's word."""
    columns = [view.values]
    for attribute, (words, codes) in sorted(course.words.items()):
        table = [rates.get(f"{attribute}={word}", np.nan) for word in ("", *words)]
        columns.append(np.array(table, np.float32)[codes[view.topic] + 1][:, None])
    return np.hstack(columns)
