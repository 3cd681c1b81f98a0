"""How often was each topic seen and clicked, at which place, in which minute? Read off the log."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pittari import clock
from pittari.model.topic import NEWS
from pittari.store.database import Database, Session
from pittari.store.lake import Lake

KEPT = 40 * clock.DAY
"""How long minutes are kept: the past month can be replayed."""
_STEP = 50_000
"""Rows of the log that one transaction counts; writers wait for it."""
_GATHER = f"""
INSERT INTO topic_minutes (topic, place, minute, seen, clicked)
SELECT item, position, at / {clock.MINUTE},
       sum(CASE kind WHEN 'impression' THEN 1 ELSE 0 END),
       sum(CASE kind WHEN 'engagement' THEN 1 ELSE 0 END)
FROM events
WHERE seq > ? AND seq <= ? AND touchpoint = '{NEWS}'
  AND (kind = 'impression' OR (kind = 'engagement' AND action = 'click'))
GROUP BY 1, 2, 3
ON CONFLICT (topic, place, minute) DO UPDATE SET
  seen = topic_minutes.seen + excluded.seen, clicked = topic_minutes.clicked + excluded.clicked
"""
_ADD = """
INSERT INTO topic_minutes (topic, place, minute, seen, clicked) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (topic, place, minute) DO UPDATE SET
  seen = topic_minutes.seen + excluded.seen, clicked = topic_minutes.clicked + excluded.clicked
"""
_COUNTED = "SELECT value FROM meta WHERE name = 'counted'"
_COLUMNS = ["seq", "touchpoint", "kind", "action", "item", "position", "at"]


@dataclass(frozen=True, slots=True)
class Minutes:
    """Counts as columns: topic `ids[topic[i]]` at `place[i]` in `minute[i]` (whole minutes since
    1970) was `seen[i]` and `clicked[i]` times."""

    ids: tuple[str, ...]
    topic: npt.NDArray[np.int32]
    place: npt.NDArray[np.int32]
    minute: npt.NDArray[np.int64]
    seen: npt.NDArray[np.int64]
    clicked: npt.NDArray[np.int64]


class MinuteCounts:
    """Counts rows of the log once each, in the minute in which they happened: a row that comes
    late, or was moved to the lake before it was counted, counts where it belongs."""

    def __init__(self, database: Database, lake: Lake, now: clock.Clock = clock.now) -> None:
        self._database = database
        self._lake = lake
        self._now = now

    def tail(self) -> int:
        """Counts what the log has gained; returns how many of its rows were read."""
        self._gather_moved()
        read = 0
        while True:
            with self._database.write() as session:
                cursor, last = _cursor(session), session.last_seq()
                end = min(last, cursor + _STEP)
                if end > cursor:
                    session.run(_GATHER, (cursor, end))
                    _move(session, end)
                read += end - cursor
            if end == last:
                return read

    def minutes(self, since: int, until: int, fine: int | None = None) -> Minutes:
        """Returns the counts of the minutes that begin within since <= at < until; those before
        `fine` summed by the hour, each told of the hour's first minute with a count."""
        first, last = -(-since // clock.MINUTE), -(-until // clock.MINUTE)
        edge = first if fine is None else min(max(first, fine // clock.MINUTE), last)
        asked = (
            "SELECT topic, place, min(minute), CAST(sum(seen) AS bigint),"
            " CAST(sum(clicked) AS bigint) FROM topic_minutes"
            " WHERE minute >= ? AND minute < ? GROUP BY topic, place, minute / 60"
            " UNION ALL SELECT topic, place, minute, seen, clicked FROM topic_minutes"
            " WHERE minute >= ? AND minute < ? ORDER BY 1, 3, 2"
        )
        with self._database.peek() as session:
            rows = session.rows(asked, (first, edge, edge, last))
        columns = list(zip(*rows, strict=True)) or [()] * 5
        ids, topic = np.unique(np.array(columns[0], object), return_inverse=True)
        whole = [np.array(column, np.int64) for column in columns[1:]]
        return Minutes(
            tuple(ids.tolist()), topic.astype(np.int32), whole[0].astype(np.int32), *whole[1:]
        )

    def newest(self, before: int) -> int | None:
        """Returns when the newest minute with a count began, up to a time; None: there is none."""
        asked = "SELECT max(minute) FROM topic_minutes WHERE minute <= ?"
        with self._database.peek() as session:
            found = session.rows(asked, (before // clock.MINUTE,))[0][0]
        return None if found is None else int(found) * clock.MINUTE

    def sweep(self) -> int:
        """Forgets minutes older than `KEPT`; returns how many counts went."""
        with self._database.write() as session:
            asked = "DELETE FROM topic_minutes WHERE minute < ?"
            return session.run(asked, ((self._now() - KEPT) // clock.MINUTE,))

    def _gather_moved(self) -> None:
        """Counts from log and lake as one where rows were moved before they were counted."""
        with self._database.peek() as session:
            cursor, last = _cursor(session), session.last_seq()
            moved = session.rows("SELECT value FROM meta WHERE name = 'moved'")[0][0]
        if moved <= cursor:
            return
        counts: Counter[tuple[str, int, int, bool]] = Counter()
        kinds, since = ["impression", "engagement"], self._now() - KEPT
        for batch in self._lake.batches(kinds, since=since, columns=_COLUMNS):
            news = batch.filter(_of_news(batch, cursor, last))
            told = (news.column(name).to_pylist() for name in ("kind", "item", "position", "at"))
            for kind, item, place, at in zip(*told, strict=True):
                counts[item, place, at // clock.MINUTE, kind == "engagement"] += 1
        with self._database.write() as session:
            if _cursor(session) == cursor:
                session.many(
                    _ADD,
                    [
                        (item, place, minute, 0 if clicked else n, n if clicked else 0)
                        for (item, place, minute, clicked), n in counts.items()
                    ],
                )
                _move(session, last)


def _of_news(batch: pa.RecordBatch, after: int, last: int) -> pa.Array:
    """Returns, per row, whether it is to be counted: of the main tab, and within these numbers."""
    seq, where, kind, action = (batch.column(name) for name in _COLUMNS[:4])
    told = pc.or_(pc.equal(kind, "impression"), pc.equal(action, "click"))
    inside = pc.and_(pc.greater(seq, after), pc.less_equal(seq, last))
    return pc.and_(pc.and_(inside, told), pc.equal(where, NEWS))


def _cursor(session: Session) -> int:
    return int(session.rows(_COUNTED)[0][0])


def _move(session: Session, seq: int) -> None:
    session.run("UPDATE meta SET value = ? WHERE name = 'counted'", (seq,))
