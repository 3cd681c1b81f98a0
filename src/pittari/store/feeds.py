"""When was each feed asked last, and what did it say of itself? So that replicas ask it once."""

from __future__ import annotations

from dataclasses import dataclass

from pittari.store.database import Database


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is known of a feed; `problem` is a sentence, empty when the last time went well."""

    url: str
    etag: str
    modified: str
    polled: int
    problem: str


class Feeds:
    """The state of each feed by its address."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, url: str, at: int, every: int) -> FeedState | None:
        """Takes a feed to ask it now; nothing when somebody did less than `every` microseconds
        ago."""
        with self._database.write() as session:
            session.run(
                "INSERT INTO feeds (url, etag, modified, polled, problem)"
                " VALUES (?, '', '', 0, '') ON CONFLICT DO NOTHING",
                (url,),
            )
            taken = session.run(
                "UPDATE feeds SET polled = ? WHERE url = ? AND polled <= ?", (at, url, at - every)
            )
            if not taken:
                return None
            asked = "SELECT url, etag, modified, polled, problem FROM feeds WHERE url = ?"
            return FeedState(*session.rows(asked, (url,))[0])

    def answered(self, url: str, etag: str, modified: str) -> None:
        """Remembers how a feed names its present state."""
        self._say(url, etag, modified, "")

    def failed(self, url: str, problem: str) -> None:
        """Remembers why a feed gave nothing; next time it is asked for all it has."""
        self._say(url, "", "", problem)

    def every(self) -> list[FeedState]:
        """Returns the state of all feeds ever asked, by address."""
        asked = "SELECT url, etag, modified, polled, problem FROM feeds ORDER BY url"
        with self._database.peek() as session:
            return [FeedState(*row) for row in session.rows(asked)]

    def _say(self, url: str, etag: str, modified: str, problem: str) -> None:
        said = "UPDATE feeds SET etag = ?, modified = ?, problem = ? WHERE url = ?"
        with self._database.write() as session:
            session.run(said, (etag, modified, problem.replace("\0", ""), url))
